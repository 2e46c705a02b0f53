"""China's public holidays, from two libraries that are kept by different people and must agree on every day.

`python -m tests.china_calendar` writes the data file; with a folder of year files (`days` with `date` and `isOffDay`)
it compares the data file with that third source instead.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import orjson

from services.contracts.calendars.domain import PublicHolidays
from tests.repo.sources import ROOT

FILE = ROOT / "services" / "contracts" / "calendars" / "china.json"
FIRST_YEAR = 2007
LAST_YEAR = max(chinese_calendar.holidays).year
"""The last year of which both know what was announced."""
Data = dict[str, dict[str, list[str]]]


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def announced() -> Data:
    """As in the data file: by year the days off and the days at weekends that are worked instead."""
    return {
        str(year): {
            "holidays": [day.isoformat() for day in days_of(year) if day in chinese_calendar.holidays],
            "make_up_days": [
                day.isoformat() for day in days_of(year) if day.weekday() >= 5 and day in chinese_calendar.workdays
            ],
        }
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }


def works(public: PublicHolidays, day: date) -> bool:
    """Whether offices with the usual week work on a day."""
    return day in public.make_up_days or (day.weekday() < 5 and day not in public.holidays)


def disputed(public: PublicHolidays) -> list[date]:
    """The days on which the data and the library `holidays` do not agree."""
    days = (day for year in public.years for day in days_of(year))
    known = holidays.country_holidays("CN", years=public.years)
    return [day for day in days if works(public, day) != known.is_working_day(day)]


def disputed_by(public: PublicHolidays, folder: Path) -> list[str]:
    """What a third source's year files say otherwise: days of ours, and announced years that are not in the data."""
    said = {
        date.fromisoformat(day["date"]): not day["isOffDay"]
        for file in sorted(folder.glob("[0-9]*.json"))
        for day in orjson.loads(file.read_bytes())["days"]
    }
    years = {day.year for day in said if day.month > 1}
    missing = sorted(years - set(public.years))
    days = (day for year in sorted(years & set(public.years)) for day in days_of(year))
    differing = [day for day in days if works(public, day) != said.get(day, day.weekday() < 5)]
    return [f"{year}: not in the data" for year in missing] + [day.isoformat() for day in differing]


def written(data: Data) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main(folders: Sequence[str]) -> int:
    held = PublicHolidays.from_data(announced())
    wrong = [day.isoformat() for day in disputed(held)]
    for folder in folders:
        wrong += disputed_by(PublicHolidays.from_data(orjson.loads(FILE.read_bytes())), Path(folder))
    if not folders and not wrong:
        FILE.write_bytes(written(announced()))
    sys.stdout.write("\n".join(wrong or ["agreed"]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
