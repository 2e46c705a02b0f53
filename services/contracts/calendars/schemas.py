"""HTTP bodies about calendars."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.calendars.domain import Unit
from services.contracts.customers.schemas import Name, Out
from shared.lengths import NUMBER
from shared.zones import FIRST_YEAR, LAST_YEAR

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$")]
Year = Annotated[int, NUMBER, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Years = Annotated[list[Year], Field(max_length=LAST_YEAR - FIRST_YEAR + 1)]
CalendarData = Annotated[
    dict[str, Any],
    Field(
        description="`zone` (IANA), `week` (seven days from Monday, each a list of pairs of local times), "
        "`exceptions` (other windows by ISO date; none: closed)",
        examples=[
            {
                "zone": "Asia/Shanghai",
                "week": [[["09:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[], []],
                "exceptions": {"2026-10-01": [], "2026-10-10": [["09:00", "12:00"], ["13:30", "18:00"]]},
            }
        ],
    ),
]


class AddCalendar(BaseModel):
    """`provisional_years`: those of which the public holidays are not announced yet."""

    model_config = ConfigDict(extra="forbid")

    code: Code | None = None
    name_zh: Name
    name_en: Name
    data: CalendarData
    provisional_years: Years = Field(default_factory=list)


class AddChineseCalendar(BaseModel):
    """China's public holidays and make-up days over a week: left out, 09:00-12:00 and 13:30-18:00 Monday to Friday."""

    model_config = ConfigDict(extra="forbid")

    code: Code | None = None
    name_zh: Name = "中国办公时间"
    name_en: Name = "China office hours"
    from_year: Year
    to_year: Year
    week: list[Any] | None = None


class PreviewCalendar(BaseModel):
    """Ask a calendar what it says of a time; with `data`, ask it as it would be after a correction."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    amount: int | None = Field(default=None, ge=0, le=366 * 86400)
    unit: Unit = Unit.WORKING_SECONDS
    from_on: date | None = Field(default=None, description="First day of the list; left out, the day of `at`.")
    days: int = Field(default=7, ge=1, le=62)
    data: CalendarData | None = None


class CalendarOut(Out):
    """`first_year` to `last_year`: those whose public holidays in China it follows."""

    id: UUID
    code: str | None
    name_zh: str
    name_en: str
    data: dict[str, Any]
    provisional_years: list[int]
    first_year: int | None
    last_year: int | None
    version: int


class IntervalOut(BaseModel):
    """Half-open, in the calendar's own time."""

    starts_at: datetime
    ends_at: datetime


class PreviewOut(BaseModel):
    """`due_at`: when the amount, counted from `at`, is over. `provisional_years`: of those that the answer touches."""

    at: datetime
    is_open: bool
    next_opening: datetime
    due_at: datetime | None
    intervals: list[IntervalOut]
    provisional_years: list[int]
