"""The dashboard's pages, and who may see them. Nothing here knows the platform but by its public API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.addresses import SEARCH, local_path, sign_in_path
from clients.dashboard.calendar_page import CalendarPage
from clients.dashboard.calendars_page import CalendarsPage
from clients.dashboard.contract_page import ContractPage
from clients.dashboard.contracts_page import draw_contracts
from clients.dashboard.contracts_reading import KnownCalendar, KnownContract, calendar, calendars, contract, contracts
from clients.dashboard.customer_page import CustomerPage
from clients.dashboard.customer_reading import KnownCustomer, customer
from clients.dashboard.doors import add_doors
from clients.dashboard.elements import Tag
from clients.dashboard.filters import Filters
from clients.dashboard.frame import Frame, begin, serve_style
from clients.dashboard.incident_page import IncidentPage
from clients.dashboard.list_page import ListPage
from clients.dashboard.reader import Reader
from clients.dashboard.reading import Platform, moment_now, record
from clients.dashboard.records import Record
from clients.dashboard.report_page import ReportPage
from clients.dashboard.reportable import Reportable, reportable
from clients.dashboard.search_page import Findings, draw_search, findings
from clients.dashboard.sessions import Sessions
from clients.dashboard.sign_in_page import draw_sign_in
from clients.dashboard.visitors import browser_of, reader_of, searched_for, to_sign_in
from clients.models import Contract, Customer, Me, NamedCalendar

PAGE_SECONDS = 45.0
"""How long a page may take: a little longer than the client of the API waits for an answer."""

T = TypeVar("T")


@dataclass(frozen=True)
class Caller:
    """A signed-in person at a page, and what the page does when the platform no longer knows their session."""

    api: Aftercare
    me: Me
    reader: Reader
    on_ended: Callable[[], Awaitable[None]]


Read = Callable[[Caller], Awaitable[T]]
Draw = Callable[[Caller, Frame, T], Awaitable[None]]


def add_pages(platform: Platform, sessions: Sessions) -> None:
    """Register all pages and addresses with NiceGUI's app."""
    ui.add_head_html(serve_style(), shared=True)
    add_doors(platform, sessions)
    pages = _Pages(platform, sessions)
    _add_incidents(pages)
    _add_agreements(pages)
    _add_calendars(pages)

    @ui.page("/sign-in")
    def sign_in(request: Request, note: str = "", goal: str = "/") -> None:
        draw_sign_in(platform, sessions, reader_of(request), note=note, goal=local_path(goal))

    @ui.page("/{path:path}")
    async def nothing_here(request: Request) -> Response | None:
        async def draw(caller: Caller, frame: Frame, _: None) -> None:
            _draw_nothing(frame, 404, "page_not_found", "page_not_found_hint")

        return await pages.show(request, "page_not_found", _nothing_to_read, draw)


def _add_incidents(pages: _Pages) -> None:
    @ui.page("/", response_timeout=PAGE_SECONDS)
    async def incidents(request: Request) -> Response | None:
        async def draw(caller: Caller, frame: Frame, _: None) -> None:
            page = ListPage(caller.api, caller.me, frame, Filters.of(request.query_params), caller.on_ended)
            await page.show_first()
            page.follow()

        return await pages.show(request, "incidents", _nothing_to_read, draw)

    @ui.page("/incidents/{number}", response_timeout=PAGE_SECONDS)
    async def incident(request: Request, number: str) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: Record) -> None:
            told = str(request.session.pop("told", ""))
            IncidentPage(caller.api, caller.me, frame, known, caller.on_ended, told).follow()

        return await pages.show(request, "incident", lambda caller: record(caller.api, caller.me, number), draw, number)

    @ui.page(SEARCH, response_timeout=PAGE_SECONDS)
    async def search(request: Request, q: str = "") -> Response | None:
        async def draw(caller: Caller, frame: Frame, found: Findings) -> None:
            draw_search(found, caller.reader)

        return await pages.show(request, "find", lambda caller: findings(caller.api, caller.me, q), draw)

    @ui.page("/report", response_timeout=PAGE_SECONDS)
    async def report(request: Request) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: Reportable) -> None:
            ReportPage(caller.api, caller.me, caller.reader, known, caller.on_ended)

        return await pages.show(request, "report", lambda caller: reportable(caller.api, caller.me), draw)


def _id_of(text: str) -> UUID:
    """The id in an address; what is none is one that nothing has, so that our own page says so."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _add_agreements(pages: _Pages) -> None:
    @ui.page("/contracts", response_timeout=PAGE_SECONDS)
    async def all_contracts(request: Request) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: Sequence[tuple[Contract, Customer | None]]) -> None:
            draw_contracts(known, caller.reader)

        return await pages.show(request, "contracts", lambda caller: contracts(caller.api, caller.me), draw)

    @ui.page("/contracts/{contract_id}", response_timeout=PAGE_SECONDS)
    async def one_contract(request: Request, contract_id: str) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: KnownContract) -> None:
            ContractPage(caller.api, caller.me, caller.reader, known, caller.on_ended)

        return await pages.show(
            request, "contract", lambda caller: contract(caller.api, caller.me, _id_of(contract_id)), draw
        )

    @ui.page("/customers/{customer_id}", response_timeout=PAGE_SECONDS)
    async def one_customer(request: Request, customer_id: str) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: KnownCustomer) -> None:
            CustomerPage(caller.api, caller.me, caller.reader, known, caller.on_ended)

        return await pages.show(request, "customer", lambda caller: customer(caller.api, _id_of(customer_id)), draw)


def _add_calendars(pages: _Pages) -> None:
    @ui.page("/calendars", response_timeout=PAGE_SECONDS)
    async def all_calendars(request: Request) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: Sequence[NamedCalendar]) -> None:
            CalendarsPage(caller.api, caller.me, caller.reader, known, caller.on_ended)

        return await pages.show(request, "calendars", lambda caller: calendars(caller.api), draw)

    @ui.page("/calendars/{calendar_id}", response_timeout=PAGE_SECONDS)
    async def one_calendar(request: Request, calendar_id: str, year: int = 0) -> Response | None:
        async def draw(caller: Caller, frame: Frame, known: KnownCalendar) -> None:
            shown = year if 1970 <= year <= 2200 else moment_now().astimezone(caller.reader.zone).year
            CalendarPage(caller.api, caller.me, caller.reader, known, shown, caller.on_ended)

        return await pages.show(request, "calendars", lambda caller: calendar(caller.api, _id_of(calendar_id)), draw)


async def _nothing_to_read(_: Caller) -> None:
    return None


@dataclass(frozen=True)
class _Pages:
    """Shows a page to who is signed in: what it shows is read first, so that nothing half done is seen."""

    platform: Platform
    sessions: Sessions

    async def show(self, request: Request, title: str, read: Read[T], draw: Draw[T], name: str = "") -> Response | None:
        """`title` is the key of its words; `name` is shown instead, where the page is about one thing."""
        signed_in = self.sessions.of(browser_of(request))
        if signed_in is None:
            return to_sign_in(request)
        reader = reader_of(request)
        begin(reader, name or reader.say(title))
        api = self.platform.as_(signed_in.token, reader.language)
        caller = Caller(api, signed_in.me, reader, _ended(request, self.sessions))
        try:
            known = await read(caller)
        except Problem as problem:
            if problem.status == 401:
                self.sessions.leave(browser_of(request))
                return to_sign_in(request, note="session_ended")
            self._refused(caller, problem, title)
        except Unreachable:
            with (frame := Frame(reader, caller.me)).content():
                _draw_nothing(frame, 503, "unreachable")
        else:
            with (frame := Frame(reader, caller.me, searched_for(request))).content():
                await draw(caller, frame, known)
        return None

    def _refused(self, caller: Caller, problem: Problem, title: str) -> None:
        with (frame := Frame(caller.reader, caller.me)).content():
            if problem.status == 404 and title == "incident":
                _draw_nothing(frame, 404, "not_found", "not_found_hint")
            elif problem.status in (403, 404):
                _draw_nothing(frame, 404, "page_not_found", "not_for_you")
            else:
                _draw_nothing(frame, 503, "unreachable")


def _draw_nothing(frame: Frame, status: int, title: str, hint: str | None = None) -> None:
    """A page that only says, by the keys of its words, why there is nothing to see."""
    reader = frame.reader
    ui.context.client.status_code = status
    with Tag("section", "", "card nothing"):
        Tag("h1", reader.say(title), "nothing__title")
        if hint:
            Tag("p", reader.say(hint), "nothing__hint")
        Tag("a", reader.say("back"), "button", href="/")


def _ended(request: Request, sessions: Sessions) -> Callable[[], Awaitable[None]]:
    """What an open page does when the platform no longer knows its session."""
    browser_id, client = browser_of(request), ui.context.client

    async def lead_to_sign_in() -> None:
        sessions.leave(browser_id)
        with client:
            path = await ui.run_javascript("location.pathname + location.search", timeout=5.0)
            ui.navigate.to(sign_in_path(str(path), "session_ended"))

    return lead_to_sign_in
