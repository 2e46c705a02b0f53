"""The data file of China's public holidays is what its two sources say, and a third can be laid beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.contracts.calendars.china import public_holidays
from services.contracts.calendars.domain import PublicHolidays
from tests import china_calendar

MAKE_UP_DAYS_OF_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def a_year_file(folder: Path, year: int, **days: bool) -> Path:
    """A third source's file: days by `y2026_10_10=is_off`."""
    listed = [{"name": "国庆节", "date": day[1:].replace("_", "-"), "isOffDay": off} for day, off in days.items()]
    (folder / f"{year}.json").write_bytes(orjson.dumps({"year": year, "days": listed}))
    return folder


def test_the_file_is_what_one_source_says() -> None:
    assert china_calendar.FILE.read_bytes() == china_calendar.written(china_calendar.announced())


def test_the_other_source_agrees_on_every_day() -> None:
    assert china_calendar.disputed(public_holidays()) == []
    assert list(public_holidays().years) == list(range(china_calendar.FIRST_YEAR, china_calendar.LAST_YEAR + 1))


def test_a_day_that_the_sources_dispute_is_found() -> None:
    data: dict[str, Any] = china_calendar.announced()
    data["2026"]["make_up_days"].remove("2026-10-10")
    data["2026"]["holidays"].remove("2026-10-01")
    assert china_calendar.disputed(PublicHolidays.from_data(data)) == [date(2026, 10, 1), date(2026, 10, 10)]


def test_the_make_up_days_of_a_year() -> None:
    in_2026 = sorted(day.isoformat() for day in public_holidays().make_up_days if day.year == 2026)
    assert in_2026 == MAKE_UP_DAYS_OF_2026


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"y2025_10_09": True}, "2025-10-09"),
        ({"y2025_10_18": False}, "2025-10-18"),
        ({"y2006_10_01": True}, "2006: not in the data"),
    ],
)
def test_a_third_source_that_says_otherwise_is_heard(tmp_path: Path, days: dict[str, bool], expected: str) -> None:
    assert expected in china_calendar.disputed_by(public_holidays(), a_year_file(tmp_path, 2025, **days))


def test_a_third_source_that_says_the_same_has_nothing_to_say(tmp_path: Path) -> None:
    said = {f"y{day:%Y_%m_%d}": True for day in public_holidays().holidays if day.year == 2026}
    said |= {f"y{day:%Y_%m_%d}": False for day in public_holidays().make_up_days if day.year == 2026}
    assert china_calendar.disputed_by(public_holidays(), a_year_file(tmp_path, 2026, **said)) == []
    assert china_calendar.main([str(tmp_path)]) == 0
