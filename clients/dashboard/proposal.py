"""Another version of an agreement, in a form: first what it would change of open clocks, then perhaps its draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from clients.api import Aftercare
from clients.dashboard.agreement_form import draw_agreement_fields
from clients.dashboard.contracts_reading import KnownContract
from clients.dashboard.drafting import told_terms
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.weighing import WeighedForm
from clients.dashboard.what_if import draw_foreseen, foreseen, proposed_terms
from clients.models import Agreement, WorkCalendar


class Proposal(WeighedForm):
    """Begins with the terms of the newest version."""

    def __init__(
        self,
        api: Aftercare,
        reader: Reader,
        known: KnownContract,
        newest: Agreement,
        on_ended: Callable[[], Awaitable[None]],
    ) -> None:
        self._known, self._from = known, newest
        super().__init__(api, reader, on_ended, "proposal", "draft_agreement")

    def _draw_fields(self) -> None:
        draw_agreement_fields(self._from, self._known.calendars, self._reader)

    async def _look(self, told: Mapping[str, str]) -> None:
        terms, followed = told_terms(told), self._known.in_force
        if followed is None:
            with self._answer:
                Tag("p", self._reader.say("nothing_in_force"), "foreseen__sum", role="status")
            return
        calendar, replaces = self._calendar(told["calendar"]), bool(terms["applies_to_open"])
        proposed = proposed_terms(terms, followed)
        found = await foreseen(self._api, followed, replaces=replaces, calendar=calendar, **proposed)
        with self._answer:
            draw_foreseen(found, self._reader)
            if (found.moved or found.added) and not replaces:
                Tag("p", self._reader.say("moves_only_if"), "provisional")

    async def _do(self, told: Mapping[str, str]) -> None:
        named = told["calendar"]
        calendar = {"calendar_id": named} if named else {"calendar": self._from.calendar}
        path = f"/v1/contracts/{self._known.contract.id}/agreements"
        await self._api.post(Agreement, path, **told_terms(told), **calendar)
        ui.navigate.reload()

    def _calendar(self, calendar_id: str) -> WorkCalendar:
        found = (calendar.data for calendar in self._known.calendars if str(calendar.id) == calendar_id)
        return next(found, self._from.calendar)
