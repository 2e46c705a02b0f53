"""Moves as buttons, and the dialogs with the small forms that some of them need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import events, ui
from nicegui.element import Element

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.asking import Ask, Choices, Move
from clients.dashboard.elements import Tag
from clients.dashboard.finding import choices
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident
from clients.dashboard.words import WORDS

EMIT_FORM = "(event) => emit(Object.fromEntries(new FormData(event.target)))"
INITIAL = "^value"
"""Vue sets the attribute, not the property, and so leaves alone what was typed when the page is drawn again."""

CONTROLS = {"moment": "datetime-local", "day": "date", "phone": "tel"}
HOUR = 3600
Send = Callable[[Move, Mapping[str, Any]], Awaitable[str | None]]
"""Makes a move with what its form says; returns why it was refused, None when it was made."""


class Moves:
    """The buttons and dialogs of one page. `send` makes the move; `home` outlives what the buttons stand in."""

    def __init__(self, reader: Reader, api: Aftercare, home: Element, send: Send) -> None:
        self._reader, self._api, self._home, self._send = reader, api, home, send

    def button(self, move: Move, incident: Incident | None = None, *, is_main: bool = False) -> None:
        look = "button--main" if is_main else "button--refuse" if move.is_refusal else ""
        button = Tag("button", self._reader.say(move.name), f"button {look}", type="button", title=move.about)

        async def press() -> None:
            with self._home:
                await self._begin(move, incident)

        button.on("click", press)

    async def _begin(self, move: Move, incident: Incident | None) -> None:
        if not move.asks and not move.asks_first:
            refused = await self._send(move, {})
            self._tell(move, refused)
            return
        try:
            found = {ask.name: await self._choices(ask, incident) for ask in move.asks if ask.kind == "choice"}
        except Problem as problem:
            self._tell(move, problem.detail)
        except Unreachable:
            self._tell(move, self._reader.say("unreachable"))
        else:
            self._open(move, found)

    def _tell(self, move: Move, refused: str | None) -> None:
        text = refused or self._reader.say("done", move=self._reader.say(move.name))
        ui.notify(text, classes="toast toast--bad" if refused else "toast", position="top", timeout=4000)

    def _open(self, move: Move, found: Mapping[str, Choices]) -> None:
        reader = self._reader
        with ui.dialog().props("transition-duration=120") as dialog, Tag("div", "", "dialog"):
            Tag("h2", reader.say(move.name), "dialog__title")
            if move.about:
                Tag("p", move.about, "dialog__about")
            if f"{move.name}_hint" in WORDS:
                Tag("p", reader.say(f"{move.name}_hint"), "dialog__hint")
            with Tag("form", "", "form") as form:
                for ask in move.asks:
                    draw_field(ask, found.get(ask.name, ()), reader)
                problem = Tag("p", "", "form__problem", role="alert")
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("cancel"), "button", type="button").on("click", dialog.close)
                    look = "button--refuse" if move.is_refusal else "button--main"
                    submit = Tag("button", reader.say(move.name), f"button {look}", type="submit")

        async def send(event: events.GenericEventArguments) -> None:
            submit.props["disabled"] = True
            refused = await self._send(move, values_of(move.asks, event.args, reader))
            if refused:
                problem.show(refused)
                submit.props.pop("disabled", None)
                return
            dialog.close()
            with self._home:
                self._tell(move, None)

        form.on("submit.prevent", send, js_handler=EMIT_FORM)
        dialog.on("hide", dialog.delete)
        dialog.open()

    async def _choices(self, ask: Ask, incident: Incident | None) -> Choices:
        if ask.options:
            return ask.options
        if isinstance(ask.choices, str):
            customer = incident.customer_id if incident else None
            return await choices(self._api, ask.choices, customer, self._reader.language)
        return [(value, self._reader.word(value)) for value in ask.choices]


def draw_field(ask: Ask, found: Choices, reader: Reader, nothing: str = "nothing_to_choose") -> None:
    """`nothing` is the key of what a choice says where nothing is found."""
    if ask.kind == "several":
        _draw_several(ask, reader)
        return
    if ask.kind == "check":
        _draw_check(ask.name, reader.say(f"ask_{ask.label or ask.name}"), is_on=bool(ask.initial))
        return
    with Tag("label", "", "field"):
        Tag("span", reader.say(f"ask_{ask.label or ask.name}", zone=reader.zone_name), "field__name")
        if ask.kind == "choice":
            _draw_choice(ask, found, reader.say("choose" if found else nothing))
        elif ask.kind == "text":
            _control("textarea", ask, text=ask.initial, rows="4", maxlength="4000")
        elif ask.kind == "number":
            _control("input", ask, type="number", min="1", max="10000", step="1", **{INITIAL: ask.initial})
        elif ask.kind == "hours":
            _control("input", ask, type="number", min="0.25", step="any", **{INITIAL: ask.initial})
        elif ask.kind in CONTROLS:
            _control("input", ask, type=CONTROLS[ask.kind], **{INITIAL: ask.initial})
        else:
            kind = "email" if ask.kind == "email" else "text"
            _control("input", ask, type=kind, maxlength="200", **{INITIAL: ask.initial})


def _draw_several(ask: Ask, reader: Reader) -> None:
    chosen = ask.initial.split()
    with Tag("fieldset", "", "field several"):
        Tag("legend", reader.say(f"ask_{ask.label or ask.name}"), "field__name")
        if not ask.options:
            Tag("p", reader.say("nothing_to_choose"), "card__empty")
        for value, label in ask.options:
            _draw_check(f"{ask.name}.{value}", label, is_on=value in chosen)


def _draw_check(name: str, label: str, *, is_on: bool) -> None:
    with Tag("label", "", "several__one"):
        checked = {"checked": True} if is_on else {}
        Tag("input", "", "", type="checkbox", name=name, value="true", **checked)
        Tag("span", label)


def _control(tag: str, ask: Ask, text: str = "", **attributes: Any) -> Tag:
    if ask.required:
        attributes["required"] = True
    return Tag(tag, text, "field__control", name=ask.name, **attributes)


def _draw_choice(ask: Ask, found: Choices, prompt: str) -> None:
    with _control("select", ask):
        first = option("", prompt, is_chosen=ask.initial not in dict(found))
        if ask.required:
            first.props["disabled"] = True
        for value, label in found:
            option(value, label, is_chosen=value == ask.initial)


def option(value: str, label: str, *, is_chosen: bool) -> Tag:
    option = Tag("option", label, value=value)
    if is_chosen:
        option.props["selected"] = True
    return option


def values_of(asks: tuple[Ask, ...], told: Mapping[str, str], reader: Reader) -> dict[str, Any]:
    """What the form says, as the platform wants it; what was left empty is left out, or told as empty if it may be."""
    values: dict[str, Any] = {}
    for ask in asks:
        text = str(told.get(ask.name, "")).strip()
        if ask.kind == "several":
            values[ask.name] = [value for value, _ in ask.options if told.get(f"{ask.name}.{value}")]
        elif text or ask.kind in ("check", "words"):
            values[ask.name] = _value(ask.kind, text, reader)
        elif ask.may_empty:
            values[ask.name] = None if ask.kind == "choice" else ""
    return values


def _value(kind: str, text: str, reader: Reader) -> Any:
    if kind == "check":
        return bool(text)
    if kind == "words":
        return text.replace("，", " ").replace(",", " ").split()
    if kind == "number":
        return int(text)
    if kind == "hours":
        return round(float(text) * HOUR)
    return reader.at_local(text) if kind == "moment" else text
