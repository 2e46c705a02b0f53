"""The page where a person signs in. The password is passed on to the platform and kept nowhere."""

from __future__ import annotations

from nicegui import app, events, ui

from clients.api import Problem, Unreachable
from clients.dashboard.addresses import enter_path
from clients.dashboard.elements import Tag
from clients.dashboard.forms import EMIT_FORM
from clients.dashboard.frame import begin, language_switch, mark
from clients.dashboard.reader import Reader
from clients.dashboard.reading import Platform
from clients.dashboard.sessions import Sessions, SignedIn
from clients.models import Me, Session

NOTES = frozenset({"session_ended", "signed_out"})


def draw_sign_in(platform: Platform, sessions: Sessions, reader: Reader, *, note: str, goal: str) -> None:
    """`note`: why the person is here, if they did not come by themselves; `goal`: where they wanted to go."""
    begin(reader, reader.say("sign_in"))
    browser_id: str = app.storage.browser["id"]
    with Tag("main", "", "sign-in"), Tag("section", "", "sign-in__card"):
        with Tag("div", "", "sign-in__brand"):
            mark()
            Tag("span", reader.say("product"), "bar__product")
            Tag("span", reader.say("tagline"), "bar__tagline")
            language_switch(reader)
        Tag("h1", reader.say("sign_in"), "sign-in__title")
        Tag("p", reader.say(note if note in NOTES else "sign_in_hint"), "sign-in__note")
        with Tag("form", "", "form") as form:
            _field(reader.say("email"), name="email", type="email", autocomplete="username", autofocus=True)
            _field(reader.say("password"), name="password", type="password", autocomplete="current-password")
            problem = Tag("p", "", "form__problem", role="alert")
            button = Tag("button", reader.say("sign_in"), "button button--main button--wide", type="submit")

    async def sign_in(event: events.GenericEventArguments) -> None:
        problem.show("")
        button.props["disabled"] = True
        try:
            signed_in = await _signed_in(platform, reader, event.args)
        except Problem as refused:
            problem.show(refused.detail)
        except Unreachable:
            problem.show(reader.say("unreachable"))
        else:
            ticket = sessions.issue_ticket(browser_id, signed_in)
            ui.navigate.to(enter_path(ticket, goal))
            return
        button.props.pop("disabled", None)

    form.on("submit.prevent", sign_in, js_handler=EMIT_FORM)


async def _signed_in(platform: Platform, reader: Reader, told: dict[str, str]) -> SignedIn:
    """Raises Problem and Unreachable."""
    anybody = platform.as_(None, reader.language)
    session = await anybody.post(
        Session, "/v1/sessions", email=str(told.get("email", "")).strip(), password=str(told.get("password", ""))
    )
    return SignedIn(session, await platform.as_(session.token, reader.language).get(Me, "/v1/me"))


def _field(label: str, **attributes: str | bool) -> None:
    with Tag("label", "", "field"):
        Tag("span", label, "field__name")
        Tag("input", "", "field__control", required=True, **attributes)
