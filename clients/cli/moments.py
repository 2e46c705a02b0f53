"""Times as a person writes them, and lengths of time to the second."""

from __future__ import annotations

from datetime import datetime, tzinfo

from clients.cli.terminal import Misuse


def moment_in(parameter: str, written: str, zone: tzinfo | None) -> datetime:
    """One without an offset is meant in `zone`, None: this machine's. Raises Misuse for what is no time."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as unlike:
        raise Misuse("bad_time", parameter=parameter, value=written) from unlike
    if at.tzinfo is not None:
        return at
    return at.astimezone() if zone is None else at.replace(tzinfo=zone)


def to_the_second(seconds: int) -> str:
    """Hours, minutes and seconds: 26:03:07. Sums of these can be checked by hand."""
    hours, rest = divmod(abs(seconds), 3600)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{rest // 60:02}:{rest % 60:02}"
