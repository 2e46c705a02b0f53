"""The frame around every page: head, style, top bar with language and account, and the strip that tells of trouble."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import Response
from nicegui import app, ui
from nicegui.element import Element

from clients.dashboard.addresses import SEARCH
from clients.dashboard.elements import Tag
from clients.dashboard.reader import ZONE_COOKIE, Reader
from clients.models import Me
from shared.permissions import Permission

STYLE = Path(__file__).parent / "style"
SHEETS = (
    "base", "frame", "pieces", "clocks", "list", "incident", "bars", "talk", "timeline", "forms", "agreements", "narrow"
)  # fmt: skip
"""In this order: what comes later may refine what came before."""

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" aria-hidden="true">'
    '<rect width="32" height="32" rx="8" fill="#0f5c6e"/>'
    '<path d="M8.5 17.5 14 23 24 9.5" fill="none" stroke="#fff" stroke-width="3.2" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
SEARCHABLE = frozenset({Permission.INCIDENTS_READ.value, Permission.CONTRACTS_READ.value})
"""Who may read any of these has something to search in."""
TELL_ZONE = (
    f"document.cookie = '{ZONE_COOKIE}=' + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || '')"
    " + ';path=/;max-age=31536000;samesite=lax'"
)


def serve_style() -> str:
    """Serve the style sheets as one; its address names its content, so that browsers may keep it for good."""
    style = "\n".join((STYLE / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
    address = f"/style-{hashlib.sha256(style.encode()).hexdigest()[:12]}.css"
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}

    @app.get(address)
    def style_sheet() -> Response:
        return Response(style, media_type="text/css", headers=kept)

    return f'<link rel="stylesheet" href="{address}">'


def begin(reader: Reader, title: str) -> None:
    """Set language, title and head of the page that is being built."""
    client = ui.context.client
    timeout = client.page.response_timeout
    client.page = ui.page(
        client.page.path, language="zh-CN" if reader.language == "zh" else "en-US", response_timeout=timeout
    )
    client.title = f"{title} · {reader.say('product')}"
    ui.add_head_html(f"<script>{TELL_ZONE}</script>")


def language_switch(reader: Reader) -> None:
    """A plain link; its answer leads back to the page it was clicked on."""
    Tag(
        "a",
        reader.say("other_language"),
        "bar__link",
        href=f"/language/{reader.other_language}",
        title=reader.say("other_language_hint"),
        hreflang=reader.other_language,
    )


def mark() -> None:
    ui.html(MARK, sanitize=False).classes("mark")


def destinations(me: Me) -> list[tuple[str, str]]:
    """Where this person may go from everywhere: addresses, and the keys of their names."""
    places = [("/", "incidents", Permission.INCIDENTS_READ), ("/report", "report", Permission.INCIDENTS_REPORT)]
    places.append(("/contracts", "contracts", Permission.CONTRACTS_READ))
    if me.customer_id is None:
        places.append(("/calendars", "calendars", Permission.CONTRACTS_READ))
    return [(path, key) for path, key, needed in places if needed in me.permissions]


class Frame:
    """The bar at the top, and the strip under it while the platform does not answer."""

    def __init__(self, reader: Reader, me: Me, searched: str = "") -> None:
        self.reader = reader
        Tag("a", reader.say("to_content"), "skip", href="#content")
        with Tag("header", "", "bar"), Tag("div", "", "bar__inner"):
            with Tag("a", "", "bar__brand", href="/"):
                mark()
                Tag("span", reader.say("product"), "bar__product")
                Tag("span", reader.say("tagline"), "bar__tagline")
            with Tag("nav", "", "bar__nav", aria_label=reader.say("navigation")):
                for path, key in destinations(me):
                    Tag("a", reader.say(key), "bar__place", href=path)
            self._search(me, searched)
            with Tag("div", "", "bar__side"):
                self._account(me)
                language_switch(reader)
                with Tag("form", "", "bar__form", method="post", action="/sign-out"):
                    Tag("button", reader.say("sign_out"), "bar__link", type="submit")
        self._trouble = Tag("div", reader.say("not_connected"), "trouble", role="status")
        self._trouble.set_visibility(False)

    def _search(self, me: Me, searched: str) -> None:
        """What was searched for stays in the box."""
        if not SEARCHABLE & set(me.permissions):
            return
        label = self.reader.say("find_all")
        named = {"name": "q", "placeholder": label, "aria_label": label, "maxlength": "200", "^value": searched}
        with Tag("form", "", "bar__search", role="search", action=SEARCH, method="get"):
            Tag("input", "", "field__control bar__q", type="search", **named)

    def _account(self, me: Me) -> None:
        roles = self.reader.joined([self.reader.word(role) for role in me.roles])
        with Tag("span", "", "bar__account", title=roles):
            Tag("span", me.name(self.reader.language), "bar__name")
            Tag("span", roles, "bar__roles")

    def show_trouble(self, there_is: bool) -> None:
        if self._trouble.visible != there_is:
            self._trouble.set_visibility(there_is)

    @contextmanager
    def content(self) -> Iterator[Element]:
        """Where the page itself goes; the zone of all its times stands at its end."""
        with Tag("main", "", "content", id="content") as main:
            yield main
        with Tag("footer", "", "foot"):
            Tag("span", self.reader.say("zone", zone=self.reader.zone_name))
