"""Another version of an agreement, in a form: first what it would change of open clocks, then perhaps its draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import events, ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.contracts_reading import KnownContract
from clients.dashboard.elements import Tag
from clients.dashboard.filters import SEVERITIES
from clients.dashboard.forms import INITIAL, option
from clients.dashboard.reader import Reader
from clients.dashboard.versions import KINDS, WORKING_DAYS, changed_targets, hours_of, target_name, told_amount
from clients.dashboard.what_if import draw_foreseen, foreseen
from clients.models import Agreement, Target, WorkCalendar

EMIT = "(event) => emit({...Object.fromEntries(new FormData(event.target)), pressed: event.submitter?.value})"


class Proposal:
    """`pressed` tells which of the two buttons was used."""

    def __init__(
        self, api: Aftercare, reader: Reader, known: KnownContract, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._reader, self._known, self._on_ended = api, reader, known, on_ended
        self._from = known.newest or known.agreements[-1]
        with Tag("section", "", "card proposal"):
            Tag("h2", reader.say("proposal"), "card__title")
            Tag("p", reader.say("proposal_hint"), "dialog__hint")
            with Tag("form", "", "form") as form:
                self._fields()
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("what_if"), "button button--main", type="submit", value="what_if")
                    Tag("button", reader.say("draft_agreement"), "button", type="submit", value="draft")
            self._problem = Tag("p", "", "form__problem", role="alert")
            self._answer = Tag("div", "", "foreseen")
        form.on("submit.prevent", self._submit, js_handler=EMIT)

    def _fields(self) -> None:
        reader = self._reader
        with Tag("label", "", "field"):
            Tag("span", reader.say("calendar"), "field__name")
            with Tag("select", "", "field__control", name="calendar"):
                kept = reader.say("calendar_kept", hours=hours_of(self._from.calendar, reader))
                option("", kept, is_chosen=True)
                for calendar in self._known.calendars:
                    option(str(calendar.id), calendar.name(reader.language), is_chosen=False)
        with Tag("div", "", "targets"):
            for target in _in_order(self._from.targets):
                self._target(target)
        with Tag("label", "", "pill"):
            Tag("input", "", "pill__box", type="checkbox", name="replaces", value="true")
            Tag("span", reader.say("for_open_ones"))

    def _target(self, target: Target) -> None:
        reader = self._reader
        units = {"seconds": "in_hours", "working_seconds": "in_working_hours", WORKING_DAYS: "in_working_days"}
        name = target_name(target.severity, target.kind, reader)
        with Tag("label", "", "field"):
            Tag("span", f"{name} · {reader.say(units[target.unit])}", "field__name")
            Tag(
                "input",
                "",
                "field__control",
                type="number",
                name=f"{target.severity}.{target.kind}",
                min="0",
                step="1" if target.unit == WORKING_DAYS else "any",
                **{INITIAL: told_amount(target)},
            )

    async def _submit(self, event: events.GenericEventArguments) -> None:
        told: Mapping[str, str] = event.args
        self._problem.show("")
        self._answer.clear()
        try:
            if told.get("pressed") == "draft":
                await self._draft(told)
            else:
                await self._foresee(told)
        except Problem as problem:
            if problem.status == 401:
                await self._on_ended()
            self._problem.show(problem.detail)
        except Unreachable:
            self._problem.show(self._reader.say("unreachable"))

    async def _foresee(self, told: Mapping[str, str]) -> None:
        agreement = self._in_force()
        found = await foreseen(
            self._api,
            agreement,
            calendar=self._calendar(told),
            targets=changed_targets(self._from.targets, told),
            replaces=bool(told.get("replaces")),
        )
        with self._answer:
            draw_foreseen(found, self._reader)

    async def _draft(self, told: Mapping[str, str]) -> None:
        body = _kept_terms(self._from) | {"targets": changed_targets(self._from.targets, told)}
        if told.get("calendar"):
            body["calendar_id"] = told["calendar"]
        else:
            body["calendar"] = self._from.calendar
        if told.get("replaces"):
            body["applies_to_open"] = True
        await self._api.post(Agreement, f"/v1/contracts/{self._known.contract.id}/agreements", **body)
        ui.navigate.reload()

    def _in_force(self) -> Agreement:
        """The version that open clocks follow, or the newest where none is in force."""
        found = [agreement for agreement in self._known.agreements if agreement.state == "in_force"]
        return found[-1] if found else self._from

    def _calendar(self, told: Mapping[str, str]) -> WorkCalendar:
        chosen = told.get("calendar")
        found = (calendar.data for calendar in self._known.calendars if str(calendar.id) == chosen)
        return next(found, self._from.calendar)


def _kept_terms(agreement: Agreement) -> dict[str, Any]:
    """What a draft takes over from the version it was made from."""
    kept: dict[str, Any] = {
        "warning_percents": agreement.warning_percents,
        "warn_before_seconds": agreement.warn_before_seconds,
        "pause_reasons": agreement.pause_reasons,
        "pause_cap_seconds": agreement.pause_cap_seconds,
        "close_after_days": agreement.close_after_days,
    }
    return kept | ({"priorities": agreement.priorities} if agreement.priorities else {})


def _in_order(targets: tuple[Target, ...]) -> list[Target]:
    return sorted(targets, key=lambda target: (SEVERITIES.index(target.severity), KINDS.index(target.kind)))
