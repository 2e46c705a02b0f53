"""Corrections of a calendar: of some days, or of its week and all its dates; looked at before they are made."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from clients.api import Aftercare
from clients.dashboard.calendar_fields import draw_hours_fields, draw_line
from clients.dashboard.contracts_reading import KnownCalendar
from clients.dashboard.elements import Tag
from clients.dashboard.hours import corrected_days, told_days, told_week
from clients.dashboard.reader import Reader
from clients.dashboard.weighing import WeighedForm
from clients.dashboard.what_if import Outlook, draw_foreseen, foreseen
from clients.models import Answer, WorkCalendar


class Correction(WeighedForm):
    """What of the calendar is corrected is told by its kinds."""

    title: str

    def __init__(
        self, api: Aftercare, reader: Reader, known: KnownCalendar, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._known = known
        super().__init__(api, reader, on_ended, self.title, "correct")

    @abstractmethod
    def _corrected(self, told: Mapping[str, str]) -> WorkCalendar:
        """Raises NotHours."""

    async def _look(self, told: Mapping[str, str]) -> None:
        corrected = self._corrected(told)
        found = [await foreseen(self._api, agreement, calendar=corrected) for _, agreement in self._known.used_by]
        moved = tuple(clock for outlook in found for clock in outlook.moved)
        added = tuple(clock for outlook in found for clock in outlook.added)
        examined, more = sum(outlook.examined for outlook in found), any(outlook.more for outlook in found)
        with self._answer:
            draw_foreseen(Outlook(examined, moved, added, more=more), self._reader)

    async def _do(self, told: Mapping[str, str]) -> None:
        calendar, corrected = self._known.calendar, self._corrected(told)
        path = f"/v1/calendars/{calendar.id}/correct"
        await self._api.post_at(Answer, path, version=calendar.version, data=corrected, reason=told["why"])
        ui.navigate.reload()


class DaysCorrection(Correction):
    title = "correct_days"

    def _draw_fields(self) -> None:
        with Tag("div", "", "targets"):
            draw_line("day", self._reader, type="date", required=True)
            draw_line("last_day", self._reader, type="date")
            draw_line("windows", self._reader, placeholder="09:00-12:00, 13:30-18:00")
            draw_line("why", self._reader, required=True)

    def _corrected(self, told: Mapping[str, str]) -> WorkCalendar:
        return corrected_days(self._known.calendar.data, told["day"], told["last_day"], told["windows"])


class WholeCorrection(Correction):
    title = "correct_calendar"

    def _draw_fields(self) -> None:
        draw_hours_fields(self._known.calendar.data, self._reader)
        draw_line("why", self._reader, required=True)

    def _corrected(self, told: Mapping[str, str]) -> WorkCalendar:
        week, exceptions = told_week(told), told_days(told["days"])
        return self._known.calendar.data.model_copy(update={"week": week, "exceptions": exceptions})
