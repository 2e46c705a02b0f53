"""The dashboard's pages and addresses, and who may see them. Nothing here knows the platform but by its public API."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from nicegui import app, ui

from clients.api import Problem, Unreachable
from clients.dashboard.addresses import local_path, sign_in_path
from clients.dashboard.elements import Tag
from clients.dashboard.frame import Frame, begin, serve_style
from clients.dashboard.incident_page import IncidentPage
from clients.dashboard.list_page import ListPage
from clients.dashboard.moves import SEVERITIES, STATES
from clients.dashboard.reader import LANGUAGE_COOKIE, Reader
from clients.dashboard.reading import Filters, Platform, record
from clients.dashboard.sessions import Sessions, SignedIn
from clients.dashboard.sign_in_page import draw_sign_in

PAGE_SECONDS = 45.0
"""How long a page may take: a little longer than the client of the API waits for an answer."""
YEAR_SECONDS = 31_536_000


def add_pages(platform: Platform, sessions: Sessions) -> None:
    """Register all pages and addresses with NiceGUI's app."""
    ui.add_head_html(serve_style(), shared=True)
    _add_doors(platform, sessions)

    @ui.page("/sign-in")
    def sign_in(request: Request, note: str = "", goal: str = "/") -> None:
        draw_sign_in(platform, sessions, reader_of(request), note=note, goal=local_path(goal))

    @ui.page("/", response_timeout=PAGE_SECONDS)
    async def incidents(request: Request, state: str = "", severity: str = "") -> Response | None:
        signed_in = sessions.of(browser_of(request))
        if signed_in is None:
            return to_sign_in(request)
        reader = reader_of(request)
        begin(reader, reader.say("incidents"))
        frame = Frame(reader, signed_in.me)
        filters = Filters(state if state in STATES else None, severity if severity in SEVERITIES else None)
        with frame.content():
            page = ListPage(platform.as_(signed_in.token, reader.language), frame, filters, _ended(request, sessions))
        await page.refresh()
        page.follow()
        return None

    @ui.page("/incidents/{number}", response_timeout=PAGE_SECONDS)
    async def incident(request: Request, number: str) -> Response | None:
        signed_in = sessions.of(browser_of(request))
        if signed_in is None:
            return to_sign_in(request)
        return await _draw_incident(request, number, signed_in, platform, sessions)

    @ui.page("/{path:path}")
    def nothing_here(request: Request) -> Response | None:
        signed_in = sessions.of(browser_of(request))
        if signed_in is None:
            return to_sign_in(request)
        reader = reader_of(request)
        begin(reader, reader.say("page_not_found"))
        _draw_nothing(Frame(reader, signed_in.me), 404, "page_not_found", "page_not_found_hint")
        return None


async def _draw_incident(
    request: Request, number: str, signed_in: SignedIn, platform: Platform, sessions: Sessions
) -> Response | None:
    reader, me = reader_of(request), signed_in.me
    begin(reader, number)
    api = platform.as_(signed_in.token, reader.language)
    try:
        known = await record(api, me, number)
    except Problem as problem:
        if problem.status == 401:
            sessions.leave(browser_of(request))
            return to_sign_in(request, note="session_ended")
        if problem.status == 404:
            _draw_nothing(Frame(reader, me), 404, "not_found", "not_found_hint")
        else:
            _draw_nothing(Frame(reader, me), 503, "unreachable")
        return None
    except Unreachable:
        _draw_nothing(Frame(reader, me), 503, "unreachable")
        return None
    frame = Frame(reader, me)
    with frame.content():
        IncidentPage(api, me, frame, known, _ended(request, sessions)).follow()
    return None


def _draw_nothing(frame: Frame, status: int, title: str, hint: str | None = None) -> None:
    """A page that only says, by the keys of its words, why there is nothing to see."""
    reader = frame.reader
    ui.context.client.status_code = status
    with frame.content(), Tag("section", "", "card nothing"):
        Tag("h1", reader.say(title), "nothing__title")
        if hint:
            Tag("p", reader.say(hint), "nothing__hint")
        Tag("a", reader.say("back"), "button", href="/")


def _add_doors(platform: Platform, sessions: Sessions) -> None:
    """Addresses without a page: entering, leaving, choosing a language, health."""

    @app.get("/enter/{ticket}")
    def enter(request: Request, ticket: str, goal: str = "/") -> Response:
        fresh = sessions.enter(ticket, browser_of(request))
        if fresh is None:
            return RedirectResponse("/sign-in", status_code=303)
        request.session["id"] = fresh
        return RedirectResponse(local_path(goal), status_code=303)

    @app.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        signed_in = sessions.leave(browser_of(request))
        if signed_in:
            await _end(platform, signed_in)
        return RedirectResponse("/sign-in?note=signed_out", status_code=303)

    @app.get("/language/{language}")
    def choose_language(request: Request, language: str) -> Response:
        answer = RedirectResponse(local_path(request.headers.get("referer", "/")), status_code=303)
        if language in ("zh", "en"):
            answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
        return answer

    @app.get("/livez")
    def live() -> Response:
        return PlainTextResponse("ok\n")


async def _end(platform: Platform, signed_in: SignedIn) -> None:
    """Tell the platform that the session is over; where that fails it ends by itself at its expiry."""
    with contextlib.suppress(Problem, Unreachable):
        await platform.as_(signed_in.token, "en").delete("/v1/sessions/current")


def _ended(request: Request, sessions: Sessions) -> Callable[[], Awaitable[None]]:
    """What an open page does when the platform no longer knows its session."""
    browser_id, client = browser_of(request), ui.context.client

    async def lead_to_sign_in() -> None:
        sessions.leave(browser_id)
        with client:
            path = await ui.run_javascript("location.pathname + location.search", timeout=5.0)
            ui.navigate.to(sign_in_path(str(path), "session_ended"))

    return lead_to_sign_in


def browser_of(request: Request) -> str:
    """The random id in the browser's signed cookie."""
    browser_id: str = request.session["id"]
    return browser_id


def reader_of(request: Request) -> Reader:
    return Reader.of_request(request.cookies, request.headers.get("accept-language", ""))


def to_sign_in(request: Request, note: str = "") -> Response:
    """Sign in first, and come back to this address."""
    return RedirectResponse(sign_in_path(local_path(str(request.url)), note), status_code=303)
