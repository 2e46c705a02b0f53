"""Counting down what a contract grants. Pure.

Quantities are whole numbers: of visits, or of minutes where the unit is hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.errors import Conflict, Unprocessable


class Unit(StrEnum):
    VISITS = "visits"
    HOURS = "hours"


WHOLE: Mapping[Unit, int] = {Unit.VISITS: 1, Unit.HOURS: 60}
"""How many of the smallest quantity make one of the unit."""


class AmountNotWhole(Unprocessable):
    code = "amount_not_whole"
    en = "{amount} is no whole number of visits or minutes."
    zh = "{amount} 不是整数次上门或整数分钟。"


class NotYetUsed(Unprocessable):
    code = "not_yet_used"
    en = "A use is entered once it has happened: {used_on} is still to come."
    zh = "使用在发生后登记：{used_on} 尚未到来。"


class UsedAlready(Conflict):
    code = "used_already"
    en = "In year {year} of the term {used} {unit} were used; no less can be granted."
    zh = "合同期第 {year} 年已使用 {used}（{unit}），约定额度不能低于此数。"


@dataclass(frozen=True)
class Year:
    """One year of the term: what is granted and used in it, in the unit. Below zero `left` means overdrawn."""

    year: int
    granted: float
    used: float
    left: float
    overdrawn: bool


def quantity(unit: str, amount: float) -> int:
    """Raises AmountNotWhole."""
    exact = amount * WHOLE[Unit(unit)]
    whole = round(exact)
    if abs(exact - whole) > 1e-6:
        raise AmountNotWhole(amount=amount)
    return whole


def amount(unit: str, of: int) -> float:
    """A quantity in its unit, to the hundredth."""
    return round(of / WHOLE[Unit(unit)], 2)


def counted(unit: str, year: int, granted: int, used: int) -> Year:
    return Year(year, amount(unit, granted), amount(unit, used), amount(unit, granted - used), used > granted)


def require_enough(unit: str, granted: int, used: Mapping[int, int]) -> None:
    """No year may be overdrawn by granting less. `used`: by year. Raises UsedAlready."""
    for year, spent in sorted(used.items()):
        if spent > granted:
            raise UsedAlready(year=year, used=f"{amount(unit, spent):g}", unit=unit)


def require_used(used_on: date, today: date) -> None:
    """`today` in UTC: elsewhere it may be another day. Raises NotYetUsed."""
    if used_on > today + timedelta(days=1):
        raise NotYetUsed(used_on=used_on)


def exhausts(granted: int, before: int, after: int) -> bool:
    """Whether the use that led from `before` to `after` took the last of what is granted."""
    return before < granted <= after


def is_of_time(unit: str, source_event_id: UUID | None) -> bool:
    """Whether a use counts time that somebody spent: who and why is told among the provider's people only."""
    return unit == Unit.HOURS and source_event_id is not None
