"""The form in which a fault is reported: by the customer for itself, by staff for a customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from nicegui import events, ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.addresses import incident_path
from clients.dashboard.asking import Ask
from clients.dashboard.elements import Part, Tag
from clients.dashboard.filters import LEVELS, SEVERITIES
from clients.dashboard.forms import EMIT_FORM, INITIAL, draw_field, values_of
from clients.dashboard.reader import Reader
from clients.dashboard.reportable import Places, Reportable, places
from clients.dashboard.sending import refusal
from clients.models import Customer, Incident, Me

STAFF_CHANNELS = ("hotline", "mail", "direct_call", "monitoring")
EMIT_VALUE = "(event) => emit(event.target.value)"
CHOSEN = ("customer_id", "site_id", "asset_id")
WHAT = (Ask("title"), Ask("description", "text"))
HOW_BAD = (
    Ask("severity", "choice", SEVERITIES, initial="general"),
    Ask("impact", "choice", LEVELS, initial="medium"),
    Ask("urgency", "choice", LEVELS, initial="medium"),
)
WHOM = (Ask("contact_name"), Ask("contact_email", "email", required=False))
HOW_IT_CAME = (
    Ask("channel", "choice", STAFF_CHANNELS, initial="hotline"),
    Ask("reported_at", "moment", required=False),
)


class ReportPage:
    """Staff first say for whom; then the sites, assets and contacts of that customer are there to choose from."""

    def __init__(
        self, api: Aftercare, me: Me, reader: Reader, known: Reportable, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._me, self._reader, self._on_ended = api, me, reader, on_ended
        self._how = () if me.customer_id else HOW_IT_CAME
        with Tag("section", "", "card report"):
            Tag("h1", reader.say("report"), "list__title")
            Tag("p", reader.say("report_hint"), "dialog__hint")
            with Tag("form", "", "form") as form:
                self._draw_form(known.customers)
                self._problem = Tag("p", "", "form__problem", role="alert")
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("report"), "button button--main", type="submit")
        self._show(known.places)
        form.on("submit.prevent", self._submit, js_handler=EMIT_FORM)

    def _draw_form(self, customers: tuple[Customer, ...]) -> None:
        if self._me.customer_id is None:
            self._draw_customers(customers)
        with Tag("div", "", "form__row"):
            sites, assets = Tag("div"), Tag("div")
        sites.on("change", self._choose_site, js_handler=EMIT_VALUE)
        self._sites, self._assets = Part(sites, self._draw_sites), Part(assets, self._draw_assets)
        self._draw(WHAT)
        with Tag("div", "", "form__row"):
            self._draw(HOW_BAD)
        with Tag("div", "", "form__row"):
            self._draw_contact()
            self._email = Part(Tag("div"), self._draw_email)
        with Tag("div", "", "form__row"):
            self._draw(self._how)

    def _draw(self, asks: tuple[Ask, ...]) -> None:
        for ask in asks:
            draw_field(ask, [(value, self._reader.word(value)) for value in ask.choices], self._reader)

    def _draw_customers(self, customers: tuple[Customer, ...]) -> None:
        names = [(str(one.customer_id), one.name(self._reader.language)) for one in customers if one.active]
        with Tag("div") as box:
            draw_field(Ask("customer_id", "choice"), names, self._reader)
        box.on("change", self._choose_customer, js_handler=EMIT_VALUE)

    def _draw_sites(self, found: Places) -> None:
        names = [(str(site.id), site.name(self._reader.language)) for site in found.sites]
        draw_field(Ask("site_id", "choice", required=False), names, self._reader, _nothing_in(found))

    def _draw_assets(self, found: Places) -> None:
        names = [(str(asset.id), " · ".join(filter(None, (asset.name, asset.serial)))) for asset in found.assets]
        draw_field(Ask("asset_id", "choice", required=False), names, self._reader, _nothing_in(found))

    def _draw_contact(self) -> None:
        """Anybody may be named; those whom the contract's contacts know are proposed."""
        own = self._me.name(self._reader.language) if self._me.customer_id else ""
        with Tag("label", "", "field"):
            Tag("span", self._reader.say("ask_contact_name"), "field__name")
            control = {"name": "contact_name", "list": "contacts", "maxlength": "200", "required": True, INITIAL: own}
            name = Tag("input", "", "field__control", type="text", autocomplete="off", **control)
        name.on("change", self._choose_contact, js_handler=EMIT_VALUE)
        self._contacts = Part(Tag("datalist", id="contacts"), self._draw_known_contacts)

    def _draw_known_contacts(self, found: Places) -> None:
        for contact in found.contacts:
            Tag("option", contact.email, value=contact.name)

    def _draw_email(self, email: str) -> None:
        draw_field(Ask("contact_email", "email", required=False, initial=email), (), self._reader)

    def _show(self, found: Places) -> None:
        self._places = found
        self._sites.show(found)
        self._assets.show(found)
        self._contacts.show(found)
        self._email.show(found.email_of(self._me.name(self._reader.language)) if self._me.customer_id else "")

    async def _choose_customer(self, event: events.GenericEventArguments) -> None:
        try:
            self._show(await places(self._api, UUID(event.args)))
        except (Problem, Unreachable):
            self._show(Places())

    def _choose_site(self, event: events.GenericEventArguments) -> None:
        found = self._places.at(event.args)
        self._assets.show(found)
        self._contacts.show(found)

    def _choose_contact(self, event: events.GenericEventArguments) -> None:
        """Their address comes along; one that is not known leaves what was typed."""
        if email := self._places.email_of(event.args):
            self._email.show(email)

    async def _submit(self, event: events.GenericEventArguments) -> None:
        self._problem.show(await refusal(self._report(event.args), self._reader, self._on_ended) or "")

    async def _report(self, told: Mapping[str, str]) -> None:
        chosen: dict[str, Any] = {name: told[name] for name in CHOSEN if told.get(name)}
        said = values_of((*WHAT, *HOW_BAD, *WHOM, *self._how), told, self._reader)
        incident = await self._api.post(Incident, "/v1/incidents", **(chosen | said))
        ui.navigate.to(incident_path(incident.number))


def _nothing_in(found: Places) -> str:
    """Why there is no site or asset to choose: the key of it."""
    return "nothing_to_choose" if found.customer_id else "choose_customer_first"
