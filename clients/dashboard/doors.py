"""Addresses without a page: entering, leaving, choosing a language, health, and files up and down."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Request, UploadFile
from fastapi.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from nicegui import app

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.addresses import incident_path, local_path
from clients.dashboard.filters import Filters
from clients.dashboard.reader import LANGUAGE_COOKIE
from clients.dashboard.reading import Platform, moment_now, record_id
from clients.dashboard.sessions import Sessions, SignedIn
from clients.dashboard.visitors import browser_of, reader_of, to_sign_in
from clients.language import LOCALES
from clients.models import Answer

YEAR_SECONDS = 31_536_000
LARGEST_FILE = 20 * 1024 * 1024
PASSED_ON = ("content-type", "content-disposition", "content-length")
AS_FILE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}


def add_doors(platform: Platform, sessions: Sessions) -> None:
    """Register them with NiceGUI's app."""
    _add_entrances(platform, sessions)
    _add_files(platform, sessions)

    @app.get("/language/{language}")
    def choose_language(request: Request, language: str) -> Response:
        answer = RedirectResponse(local_path(request.headers.get("referer", "/")), status_code=303)
        if language in ("zh", "en"):
            answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
        return answer

    @app.get("/livez")
    def live() -> Response:
        return PlainTextResponse("ok\n")


def _add_entrances(platform: Platform, sessions: Sessions) -> None:
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


async def _end(platform: Platform, signed_in: SignedIn) -> None:
    """Tell the platform that the session is over; where that fails it ends by itself at its expiry."""
    with contextlib.suppress(Problem, Unreachable):
        await platform.as_(signed_in.token, "en").delete("/v1/sessions/current")


def _add_files(platform: Platform, sessions: Sessions) -> None:
    def caller(request: Request) -> Aftercare | None:
        signed_in = sessions.of(browser_of(request))
        return platform.as_(signed_in.token, reader_of(request).language) if signed_in else None

    @app.get("/export")
    async def export(request: Request) -> Response:
        query = Filters.of(request.query_params).query(moment_now())
        query.pop("order", None)
        return await _passed_on(request, caller(request), "/v1/incidents:export", query)

    @app.get("/attachments/{attachment_id}")
    async def attachment(request: Request, attachment_id: UUID) -> Response:
        return await _passed_on(request, caller(request), f"/v1/attachments/{attachment_id}", {})

    @app.get("/contracts/{contract_id}/contact-list/{version}")
    async def contact_list(request: Request, contract_id: UUID, version: int) -> Response:
        path = f"/v1/contracts/{contract_id}/contact-list/{version}/document"
        return await _passed_on(request, caller(request), path, {"lang": LOCALES[reader_of(request).language]})

    @app.post("/incidents/{number}/attachments")
    async def attach(
        request: Request, number: str, file: UploadFile, internal: Annotated[str, Form()] = ""
    ) -> Response:
        api = caller(request)
        if api is None:
            return to_sign_in(request)
        refused = await _attached(request, api, number, file, "internal" if internal else "public")
        request.session["told"] = refused or ""
        return RedirectResponse(incident_path(number), status_code=303)


async def _attached(request: Request, api: Aftercare, number: str, file: UploadFile, visibility: str) -> str | None:
    """Hand the file to the platform; returns why it was refused."""
    reader = reader_of(request)
    if file.size is None or file.size > LARGEST_FILE:
        return reader.say("file_too_large")
    if not file.filename:
        return reader.say("no_file_chosen")
    try:
        path = f"/v1/incidents/{await record_id(api, number)}/attachments"
        media_type = file.content_type or "application/octet-stream"
        await api.upload(Answer, path, await file.read(), media_type, name=file.filename, visibility=visibility)
    except Problem as problem:
        return problem.detail
    except Unreachable:
        return reader.say("unreachable")
    return None


async def _passed_on(request: Request, api: Aftercare | None, path: str, query: dict[str, Any]) -> Response:
    """A file of the platform, as it comes, under this browser's session."""
    if api is None:
        return to_sign_in(request)
    kept = contextlib.AsyncExitStack()
    try:
        answer = await kept.enter_async_context(api.download(path, **query))
    except Problem as problem:
        return PlainTextResponse(problem.detail, status_code=problem.status)
    except Unreachable:
        return PlainTextResponse(reader_of(request).say("unreachable"), status_code=503)

    async def content() -> AsyncIterator[bytes]:
        async with kept:
            async for piece in answer.aiter_bytes():
                yield piece

    headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    return StreamingResponse(content(), headers=headers | AS_FILE)
