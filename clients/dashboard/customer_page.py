"""One customer: whom to call, its sites, departments and key businesses, and its contracts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from nicegui import ui

from clients.api import Aftercare
from clients.dashboard.addresses import contract_path
from clients.dashboard.asking import Move
from clients.dashboard.contracts_page import term
from clients.dashboard.customer_moves import contact_form, department_form, in_use_move, key_business_form, site_form
from clients.dashboard.customer_reading import KnownCustomer
from clients.dashboard.customer_records import Contact, Department, KeyBusiness, Site
from clients.dashboard.elements import Tag
from clients.dashboard.filters import Filters
from clients.dashboard.forms import Moves
from clients.dashboard.reader import Reader
from clients.dashboard.sending import send
from clients.models import Me
from shared.permissions import Permission

T = TypeVar("T")


class CustomerPage:
    """Who may write contracts enters and changes what it shows."""

    def __init__(
        self, api: Aftercare, me: Me, reader: Reader, known: KnownCustomer, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._reader, self._known, self._on_ended = api, reader, known, on_ended
        self._moves = Moves(reader, api, Tag("div", "", "home"), self._make)
        self._may_write = Permission.CONTRACTS_WRITE in me.permissions
        Tag("a", reader.say("all_contracts"), "back", href="/contracts")
        self._head()
        with Tag("div", "", "columns"):
            with Tag("div", "", "columns__main"):
                self._section("contacts", known.contacts, self._contact, contact_form(known, reader))
                self._section("departments", known.departments, self._department, department_form(known))
                adding = key_business_form(known, reader)
                self._section("key_businesses", known.key_businesses, self._key_business, adding)
            with Tag("aside", "", "columns__side"):
                self._contracts()
                self._section("sites", known.sites, self._site, site_form(known))

    def _head(self) -> None:
        reader, customer = self._reader, self._known.customer
        with Tag("header", "", "head"):
            Tag("h1", customer.name(reader.language), "head__title")
            with Tag("p", "", "head__customer"):
                path = Filters(customer_id=str(customer.customer_id)).path
                Tag("a", reader.say("its_incidents"), "link", href=path)

    def _contracts(self) -> None:
        reader = self._reader
        with Tag("section", "", "card"):
            self._title("contracts", len(self._known.contracts))
            if not self._known.contracts:
                Tag("p", reader.say("no_contracts"), "card__empty")
            for contract in self._known.contracts:
                with Tag("div", "", "item"):
                    Tag("a", contract.number, "link item__title", href=contract_path(contract.id))
                    self._notes(term(contract, reader))

    def _section(self, title: str, things: Sequence[T], draw: Callable[[T], None], adding: Move) -> None:
        with Tag("section", "", f"card section--{title}"):
            self._title(title, len(things))
            if not things:
                Tag("p", self._reader.say("none_entered"), "card__empty")
            for thing in things:
                with Tag("div", "", "item"):
                    draw(thing)
            if self._may_write:
                with Tag("div", "", "item__buttons section__add"):
                    self._moves.button(adding)

    def _contact(self, contact: Contact) -> None:
        language, site = self._reader.language, self._known.site(contact.site_id)
        self._item(f"{contact.name} · {contact.role(language)}", is_in_use=contact.active)
        where = site.name(language) if site else self._reader.say("all_sites")
        self._notes(where, contact.phone, contact.email)
        changing = contact_form(self._known, self._reader, contact)
        self._buttons([changing, in_use_move(f"{self._known.path}/contacts", contact, contact.name)])

    def _site(self, site: Site) -> None:
        name = site.name(self._reader.language)
        self._item(name, is_in_use=site.active)
        self._notes(site.address, site.region)
        self._buttons([site_form(self._known, site), in_use_move(f"{self._known.path}/sites", site, name)])

    def _department(self, department: Department) -> None:
        name = department.name(self._reader.language)
        self._item(name, is_in_use=department.active)
        self._notes(department.email)
        at = f"{self._known.path}/departments"
        self._buttons([department_form(self._known, department), in_use_move(at, department, name)])

    def _key_business(self, business: KeyBusiness) -> None:
        reader, known = self._reader, self._known
        name, department = business.name(reader.language), known.department(business.department_id)
        self._item(name, is_in_use=business.active)
        dependence = reader.say(f"dependence_{business.dependence}")
        self._notes(
            department.name(reader.language) if department else "",
            reader.say("dependence_is", dependence=dependence),
            reader.say("outage_is", time=reader.duration(business.tolerable_outage_seconds)),
            reader.joined([asset.name for asset in known.assets if asset.id in business.asset_ids]),
        )
        changing = key_business_form(known, reader, business)
        self._buttons([changing, in_use_move(f"{known.path}/key-businesses", business, name)])

    def _title(self, title: str, count: int) -> None:
        with Tag("h2", self._reader.say(title), "card__title"):
            Tag("span", str(count or ""), "card__count")

    def _item(self, name: str, *, is_in_use: bool) -> None:
        with Tag("div", "", "item__head"):
            Tag("span", name, "item__title")
            if not is_in_use:
                Tag("span", self._reader.word("retired"), "state state--retired")

    def _notes(self, *notes: str) -> None:
        with Tag("p", "", "item__notes"):
            for note in filter(None, notes):
                Tag("span", note, "item__note")

    def _buttons(self, moves: Sequence[Move]) -> None:
        if self._may_write:
            with Tag("div", "", "item__buttons"):
                for move in moves:
                    self._moves.button(move)

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        refused = await send(self._api, move, told, self._reader, self._on_ended)
        if refused is None:
            ui.navigate.reload()
        return refused
