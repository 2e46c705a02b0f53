"""China's public holidays as this installation has them: read once from the data file beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

from services.contracts.calendars.domain import PublicHolidays

FILE = Path(__file__).with_name("china.json")


@cache
def public_holidays() -> PublicHolidays:
    return PublicHolidays.from_data(orjson.loads(FILE.read_bytes()))
