"""The outside world of the story: the mails and calls that the recorder got, and the public page of the survey."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from clients.api import Unreachable
from clients.language import LOCALES

_LINK = re.compile(r"https?://[^\s<>\"]+/s/[A-Za-z0-9_\-]+")


class Mail(BaseModel):
    """A mail as the recorder got it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    recipients: tuple[str, ...]
    subject: str
    text: str
    message_id: str

    def link(self) -> str | None:
        """The address of a public survey page in it."""
        found = _LINK.search(self.text)
        return found.group() if found else None


class Call(BaseModel):
    """A webhook call as the recorder got it. `verified` is None where it knows no secret."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    headers: dict[str, str]
    body: str
    verified: bool | None

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")

    @property
    def event_type(self) -> str:
        """What the call says it is about."""
        told = json.loads(self.body)
        return str(told.get("type", "")) if isinstance(told, dict) else ""


class Outside:
    """Raises Unreachable where the recorder or a page does not answer."""

    def __init__(self, recorder_url: str, language: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.recorder_url = recorder_url.rstrip("/")
        headers = {"Accept-Language": LOCALES[language]}
        self._http = httpx.AsyncClient(trust_env=False, headers=headers, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def mails(self, about: str, to: str | None = None) -> list[Mail]:
        """The mails that name this incident, oldest first; with `to` only those to that address."""
        answer = await self._answer("GET", f"{self.recorder_url}/mails", params={"to": to} if to else None)
        mails = TypeAdapter(list[Mail]).validate_json(answer.content)
        return [mail for mail in mails if about in mail.subject or about in mail.text]

    async def calls(self, hook: str, about: str) -> list[Call]:
        """The calls that name this incident, oldest first, each webhook-id once."""
        answer = await self._answer("GET", f"{self.recorder_url}/hooks/{hook}/calls")
        calls = TypeAdapter(list[Call]).validate_json(answer.content)
        return list({call.id: call for call in calls if about in call.body}.values())

    async def page(self, url: str) -> httpx.Response:
        return await self._answer("GET", url)

    async def send(self, url: str, form: Form) -> httpx.Response:
        """Post a form as a browser does, from the page at this address."""
        return await self._answer("POST", urljoin(url, form.action), data=form.values)

    async def _answer(self, method: str, url: str, **request: object) -> httpx.Response:
        try:
            return await self._http.request(method, url, **request)  # type: ignore[arg-type]  # handed on as given
        except httpx.HTTPError as failed:
            raise Unreachable(url, str(failed) or type(failed).__name__) from failed


@dataclass
class Form:
    """The first form of a page, filled in: the best mark of each choice, the same text in each field of text."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)


class FormReader(HTMLParser):
    """Reads the form of a page. `text` goes into its free fields; of radio buttons the highest number is chosen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.form: Form | None = None
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and self.form is None:
            self.form = Form(given.get("action") or "")
        name = given.get("name")
        if self.form is None or self._ended or not name:
            return
        if tag == "textarea":
            self.form.values[name] = self.text
        elif tag == "input":
            self._read_input(self.form, name, given.get("type") or "text", given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._ended = self._ended or (tag == "form" and self.form is not None)

    def _read_input(self, form: Form, name: str, kind: str, value: str) -> None:
        if kind == "radio":
            if not value.isdecimal() or int(value) >= int(form.values.get(name, "0")):
                form.values[name] = value
        elif kind == "hidden":
            form.values[name] = value
        elif kind == "text":
            form.values[name] = self.text


def filled_form(page: str, text: str) -> Form | None:
    """The page's form as a content contact fills it in; None where there is none."""
    reader = FormReader(text)
    reader.feed(page)
    return reader.form
