"""Times of day as another system wrote them, read in the zone where they were written.

A time that a clock put forward skips is read with the offset before the change; of a time that comes twice, the first.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from clients.cli.importing.rejections import Unfit
from shared.zones import LAST_YEAR

ISO = "iso"
FIRST_YEAR = 1970
"""To LAST_YEAR: what the platform takes in a record."""
REMEMBERED = 4096
"""An export says the same few times on many rows, and reading one costs more than everything else about a row."""


class LocalTimes:
    """Reads times in the first of `formats` that fits: strptime's, or `iso`. One with an offset needs no zone."""

    def __init__(self, zone: tzinfo, formats: tuple[str, ...]) -> None:
        self.zone, self.formats = zone, formats
        self.read = lru_cache(REMEMBERED)(self._read)

    def _read(self, text: str) -> datetime:
        """In UTC. Raises Unfit for what is no time, no day of the calendar, or a year that cannot be meant."""
        for form in self.formats:
            try:
                at = self._in_form(text, form)
            except (ValueError, OverflowError):
                continue
            if FIRST_YEAR <= at.year <= LAST_YEAR:
                return at
        raise Unfit("bad_date", value=text)

    def _in_form(self, text: str, form: str) -> datetime:
        if form == ISO:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)
        if "%z" in form:
            return datetime.strptime(text, form).astimezone(UTC)
        return datetime.strptime(text, form).replace(tzinfo=self.zone).astimezone(UTC)
