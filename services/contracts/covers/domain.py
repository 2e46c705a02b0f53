"""The years of a contract's term. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from shared.errors import Unprocessable


class YearOutsideTerm(Unprocessable):
    code = "year_outside_term"
    en = "The term of the contract has {years} year(s); there is no year {year}."
    zh = "合同期共 {years} 年，没有第 {year} 年。"


class YearRepeated(Unprocessable):
    code = "year_repeated"
    en = "The year {year} is described more than once."
    zh = "第 {year} 年重复。"


class DayOutsideTerm(Unprocessable):
    code = "day_outside_term"
    en = "{day} is not within the term of the contract, {starts_on} to {ends_on}."
    zh = "{day} 不在合同期 {starts_on} 至 {ends_on} 之内。"


def year_of(starts_on: date, day: date) -> int:
    """Which year of the term a day lies in, the first being 1; a year begins on the anniversary of the start."""
    before_anniversary = (day.month, day.day) < (starts_on.month, starts_on.day)
    return day.year - starts_on.year - before_anniversary + 1


def years_of(starts_on: date, ends_on: date) -> int:
    """How many years the term has, one begun being one."""
    return year_of(starts_on, ends_on - timedelta(days=1))


def require_years(years: Sequence[int], starts_on: date, ends_on: date) -> None:
    """Raise YearOutsideTerm, YearRepeated."""
    last = years_of(starts_on, ends_on)
    for place, year in enumerate(years):
        if not 1 <= year <= last:
            raise YearOutsideTerm(year=year, years=last)
        if year in years[:place]:
            raise YearRepeated(year=year)


def require_within(day: date, starts_on: date, ends_on: date) -> None:
    """Raise DayOutsideTerm."""
    if not starts_on <= day < ends_on:
        raise DayOutsideTerm(day=day, starts_on=starts_on, ends_on=ends_on)
