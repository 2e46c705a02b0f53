"""The public pages of a survey: server-rendered HTML without scripts, in the contact's language or the one chosen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.feedback.surveys.domain import COMMENT_LIMIT, TEMPLATES
from services.feedback.surveys.wording import TEXTS, language_of_locale
from shared.edge import Edge, Handler
from shared.errors import AftercareError, MalformedRequest, failure_of, language_of

MOST_FIELDS = 50


class PageRoute(Edge):
    """A route whose failures are pages too, after its transaction was rolled back."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def as_page(request: Request) -> Response:
            try:
                return await answer(request)
            except Exception as problem:
                return _problem_page(request, problem)

        return as_page


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form; the last of a name counts. Raises MalformedRequest."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, max_num_fields=MOST_FIELDS))
    except ValueError as problem:
        raise MalformedRequest() from problem


def survey_page(
    request: Request, survey: Any, *, form: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> Response:
    """The questions; with `problems` by question, the form again with what was entered."""
    return _page(
        request,
        "survey.html",
        survey.contact_locale,
        status=422 if problems else 200,
        survey=survey,
        questions=TEMPLATES[survey.template_version].questions,
        form=form or {},
        problems=problems or {},
        limit=COMMENT_LIMIT,
    )


def thanks_page(request: Request, survey: Any) -> Response:
    return _page(
        request, "message.html", survey.contact_locale, heading="thanks", text=None, kind="done", number=survey.number
    )


def answered_page(request: Request, survey: Any, error: AftercareError) -> Response:
    """What is seen behind the link of an answered survey: no failure."""
    return _message(request, error, survey.contact_locale, status=200)


def _problem_page(request: Request, problem: Exception) -> Response:
    error = failure_of(request, problem)
    return _message(request, error, error.members.get("locale"), status=error.status)


def _message(request: Request, error: AftercareError, locale: str | None, *, status: int) -> Response:
    heading = error.code if error.code in TEXTS["en"] else "problem"
    kind = "done" if heading == "survey_already_answered" else "closed"
    text = error.detail(_language(request, locale))
    return _page(request, "message.html", locale, status=status, heading=heading, text=text, kind=kind, number=None)


def _page(request: Request, template: str, locale: str | None, *, status: int = 200, **values: Any) -> Response:
    language = _language(request, locale)
    nonce = secrets.token_urlsafe(16)
    html = _templates().get_template(template)
    side = 0 if language == "zh" else 1
    content = html.render(t=TEXTS[language], side=side, nonce=nonce, **values)
    return HTMLResponse(content, status_code=status, headers=_headers(language, nonce))


def _language(request: Request, locale: str | None) -> str:
    """The language chosen on the page, else the contact's, else the browser's."""
    chosen = request.query_params.get("lang")
    if chosen in TEXTS:
        return str(chosen)
    if locale is not None:
        return language_of_locale(locale)
    return language_of(request.headers.get("accept-language"))


def _headers(language: str, nonce: str) -> dict[str, str]:
    """Nothing may be loaded, run, framed or kept; the address, which is a secret, is told to nobody."""
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self'"
    return {
        "Content-Language": TEXTS[language]["html"],
        "Content-Security-Policy": f"{policy}; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


@cache
def _templates() -> Environment:
    """Escaping is on for every template; a name that is not given is an error, not a blank."""
    return Environment(
        loader=PackageLoader("services.feedback.surveys"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
