"""Who looks at a page: their browser, their language and zone, and where they go when they are not signed in."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from clients.dashboard.addresses import SEARCH, local_path, sign_in_path
from clients.dashboard.reader import Reader


def browser_of(request: Request) -> str:
    """The random id in the browser's signed cookie."""
    browser_id: str = request.session["id"]
    return browser_id


def reader_of(request: Request) -> Reader:
    return Reader.of_request(request.cookies, request.headers.get("accept-language", ""))


def to_sign_in(request: Request, note: str = "") -> Response:
    """Sign in first, and come back to this address."""
    return RedirectResponse(sign_in_path(local_path(str(request.url)), note), status_code=303)


def searched_for(request: Request) -> str:
    """What the search of all pages is asked for; the list of incidents has a box of its own."""
    return request.query_params.get("q", "") if request.url.path == SEARCH else ""
