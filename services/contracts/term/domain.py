"""The term of a contract, its years, and what a change of it may not undo. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Conflict, Unprocessable
from shared.zones import zone_named

ZONE = zone_named("Asia/Shanghai")
"""Where the days of a term begin; that of the default calendar."""


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


class TermEmpty(Unprocessable):
    code = "term_empty"
    en = "The contract must end after it starts."
    zh = "合同结束日期必须晚于开始日期。"


class PromisedThen(Conflict):
    code = "promised_then"
    en = "A signed agreement promised service on {day}, which is over; the term cannot leave it out."
    zh = "已签署的服务协议在 {day} 已作出承诺且该日已过，合同期不能将其排除。"


class UsedThen(Conflict):
    code = "used_then"
    en = "What was used on {day} is counted in year {year} of the term; the new term would change that."
    zh = "{day} 的服务已计入合同期第 {year} 年，新的合同期会改变这一记录。"


@dataclass(frozen=True)
class Term:
    """`starts_on` counts, `ends_on` does not."""

    starts_on: date
    ends_on: date

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on

    @property
    def years(self) -> range:
        """The calendar years in which it has a day."""
        return range(self.starts_on.year, (self.ends_on - timedelta(days=1)).year + 1)

    def require_some(self) -> None:
        """Raises TermEmpty."""
        if self.ends_on <= self.starts_on:
            raise TermEmpty()

    def require_promised(self, former: Term, since: date, today: date) -> None:
        """What was promised stays so: each day of the former term between both. Raises PromisedThen."""
        first, last = max(former.starts_on, since), min(former.ends_on, today) - timedelta(days=1)
        for day in (first, last):
            if first <= last and day not in self:
                raise PromisedThen(day=day)

    def require_counted(self, former: Term, used: Iterable[tuple[date, int]]) -> None:
        """A use, by day and year, of the former term counts in the same year of this. Raises UsedThen."""
        for day, year in used:
            if day in former and not (day in self and year_of(self.starts_on, day) == year):
                raise UsedThen(day=day, year=year)


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
