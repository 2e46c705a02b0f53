"""HTTP bodies about corrections of calendars."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.contracts.calendars.schemas import CalendarData, CalendarOut, Year, Years
from services.contracts.customers.schemas import Name, Out


class CorrectCalendar(BaseModel):
    """The whole calendar as it should have been. Left out, `provisional_years` stay."""

    model_config = ConfigDict(extra="forbid")

    data: CalendarData
    provisional_years: Years | None = None
    reason: Name


class ExtendCalendar(BaseModel):
    """Up to which year the calendar is to follow China's public holidays; never fewer years than before."""

    model_config = ConfigDict(extra="forbid")

    to_year: Year
    reason: Name


class FollowingOut(Out):
    """A version of an agreement that counts on the calendar. All but drafts were said again."""

    id: UUID
    contract_id: UUID
    revision: int
    state: str


class CorrectionOut(Out):
    calendar: CalendarOut
    agreements: list[FollowingOut]
