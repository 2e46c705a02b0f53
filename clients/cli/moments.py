"""Times as a person writes them, and lengths of time to the second."""

from __future__ import annotations

from datetime import datetime, tzinfo

from clients.cli.terminal import Misuse
from shared.zones import SECOND, fraction


def moment_in(parameter: str, written: str, zone: tzinfo | None) -> datetime:
    """One without an offset is meant in `zone`, None: this machine's. Raises Misuse for what is no time."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as unlike:
        raise Misuse("bad_time", parameter=parameter, value=written) from unlike
    if at.tzinfo is not None:
        return at
    return at.astimezone() if zone is None else at.replace(tzinfo=zone)


def offset_of(at: datetime, zone: tzinfo | None) -> str:
    """How far the zone (None: this machine's) is from UTC at that time: UTC+08:00."""
    offset = f"{at.astimezone(zone):%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def to_the_second(seconds: float) -> str:
    """Hours, minutes and seconds, with the fraction there is: 26:03:07.5. Sums of these can be checked by hand."""
    whole, microseconds = divmod(round(abs(seconds) * SECOND), SECOND)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}{fraction(microseconds)}"
