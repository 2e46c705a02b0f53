"""Named calendars: the list, a year of one, and its correction, which is looked at before it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from nicegui import events, ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.addresses import calendar_path, contract_path
from clients.dashboard.contracts_reading import KnownCalendar
from clients.dashboard.elements import Tag
from clients.dashboard.proposal import EMIT
from clients.dashboard.reader import Reader
from clients.dashboard.versions import hours_of
from clients.dashboard.what_if import Outlook, draw_foreseen, foreseen
from clients.dashboard.year_view import draw_year
from clients.models import Answer, Me, NamedCalendar, WorkCalendar
from shared.permissions import Permission


def draw_calendars(known: Sequence[NamedCalendar], reader: Reader) -> None:
    Tag("h1", reader.say("calendars"), "list__title")
    with Tag("div", "", "card list-of-things"):
        if not known:
            Tag("p", reader.say("no_calendars"), "card__empty")
        for calendar in known:
            with Tag("a", "", "thing", href=calendar_path(calendar.id)):
                Tag("span", calendar.name(reader.language), "thing__name")
                Tag("span", hours_of(calendar.data, reader), "thing__what")
                years = reader.joined([str(year) for year in calendar.provisional_years])
                Tag("span", reader.say("provisional_short", years=years) if years else "", "thing__when")


class CalendarPage:
    """A year of a calendar; who may write contracts corrects days of it."""

    def __init__(
        self,
        api: Aftercare,
        me: Me,
        reader: Reader,
        known: KnownCalendar,
        year: int,
        on_ended: Callable[[], Awaitable[None]],
    ) -> None:
        self._api, self._reader, self._known, self._on_ended = api, reader, known, on_ended
        calendar = known.calendar
        Tag("a", reader.say("all_calendars"), "back", href="/calendars")
        with Tag("header", "", "head"):
            Tag("h1", calendar.name(reader.language), "head__title")
            Tag("p", hours_of(calendar.data, reader), "head__customer")
        with Tag("nav", "", "years", aria_label=reader.say("year")):
            for other in range(year - 1, year + 2):
                place = {"aria_current": "page"} if other == year else {}
                Tag("a", str(other), "pill", href=calendar_path(calendar.id, other), **place)
        with Tag("section", "", "card"):
            draw_year(calendar, year, reader)
        self._used_by()
        if Permission.CONTRACTS_WRITE in me.permissions:
            self._correction()

    def _used_by(self) -> None:
        reader = self._reader
        with Tag("section", "", "card"):
            with Tag("h2", reader.say("used_by"), "card__title"):
                Tag("span", str(len(self._known.used_by)), "card__count")
            for contract, agreement in self._known.used_by:
                version = reader.say("version", number=agreement.revision)
                Tag("a", f"{contract.number} · {version}", "link", href=contract_path(contract.id))

    def _correction(self) -> None:
        reader = self._reader
        with Tag("section", "", "card proposal"):
            Tag("h2", reader.say("correct_calendar"), "card__title")
            Tag("p", reader.say("correct_calendar_hint"), "dialog__hint")
            with Tag("form", "", "form") as form:
                with Tag("div", "", "targets"):
                    self._field("day", type="date", required=True)
                    self._field("windows", type="text", placeholder="09:00-12:00, 13:30-18:00", maxlength="200")
                    self._field("why", type="text", required=True, maxlength="200")
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("what_if"), "button button--main", type="submit", value="what_if")
                    Tag("button", reader.say("correct"), "button button--refuse", type="submit", value="correct")
            self._problem = Tag("p", "", "form__problem", role="alert")
            self._answer = Tag("div", "", "foreseen")
        form.on("submit.prevent", self._submit, js_handler=EMIT)

    def _field(self, name: str, **attributes: str | bool) -> None:
        with Tag("label", "", "field"):
            Tag("span", self._reader.say(f"ask_{name}"), "field__name")
            Tag("input", "", "field__control", name=name, **attributes)

    async def _submit(self, event: events.GenericEventArguments) -> None:
        told: Mapping[str, str] = event.args
        self._problem.show("")
        self._answer.clear()
        try:
            corrected = corrected_calendar(self._known.calendar.data, told["day"], told["windows"])
            if told.get("pressed") == "correct":
                await self._correct(corrected, told["why"])
            else:
                await self._foresee(corrected)
        except NotHours:
            self._problem.show(self._reader.say("not_hours"))
        except Problem as problem:
            if problem.status == 401:
                await self._on_ended()
            self._problem.show(problem.detail)
        except Unreachable:
            self._problem.show(self._reader.say("unreachable"))

    async def _foresee(self, corrected: WorkCalendar) -> None:
        found = [await foreseen(self._api, agreement, calendar=corrected) for _, agreement in self._known.used_by]
        moved = tuple(clock for outlook in found for clock in outlook.moved)
        examined, more = sum(outlook.examined for outlook in found), any(outlook.more for outlook in found)
        with self._answer:
            draw_foreseen(Outlook(examined, moved, more=more), self._reader)

    async def _correct(self, corrected: WorkCalendar, why: str) -> None:
        calendar = self._known.calendar
        path = f"/v1/calendars/{calendar.id}/correct"
        await self._api.post_at(Answer, path, version=calendar.version, data=corrected, reason=why)
        ui.navigate.reload()


class NotHours(ValueError):
    """What was typed is no day, or no hours of one."""


def corrected_calendar(calendar: WorkCalendar, day: str, hours: str) -> WorkCalendar:
    """With other hours on one day, told as 09:00-12:00, 13:30-18:00; none: closed. Raises NotHours."""
    windows = tuple(_window(part) for part in hours.replace("，", ",").split(",") if part.strip())
    on = _day(day)
    exceptions = dict(calendar.exceptions)
    if windows == calendar.week[on.weekday()]:
        exceptions.pop(on.isoformat(), None)
    else:
        exceptions[on.isoformat()] = windows
    return calendar.model_copy(update={"exceptions": exceptions})


def _window(text: str) -> tuple[str, str]:
    start, dash, end = text.replace("–", "-").replace("：", ":").partition("-")
    if not dash or "-" in end:
        raise NotHours(text)
    return start.strip(), end.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as not_a_day:
        raise NotHours(text) from not_a_day
