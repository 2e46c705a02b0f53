"""One contract: what it covers, the versions of its agreement, and what another one would change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui

from clients.api import Aftercare
from clients.dashboard.addresses import contact_list_path, customer_path
from clients.dashboard.asking import Ask, Move
from clients.dashboard.contracts_page import term
from clients.dashboard.contracts_reading import KnownContract
from clients.dashboard.elements import Tag
from clients.dashboard.entitlements import draw_entitlements
from clients.dashboard.forms import Moves
from clients.dashboard.proposal import Proposal
from clients.dashboard.reader import Reader
from clients.dashboard.responsible import ResponsibleEngineers
from clients.dashboard.sending import send
from clients.dashboard.versions import draw_versions
from clients.models import Agreement, Me
from shared.permissions import Permission

SIDES = ("provider", "customer")


class ContractPage:
    def __init__(
        self, api: Aftercare, me: Me, reader: Reader, known: KnownContract, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._me, self._reader, self._known, self._on_ended = api, me, reader, known, on_ended
        self._moves = Moves(reader, api, Tag("div", "", "home"), self._make)
        self._may_write = Permission.CONTRACTS_WRITE in me.permissions
        Tag("a", reader.say("all_contracts"), "back", href="/contracts")
        self._head()
        with Tag("div", "", "columns"):
            with Tag("div", "", "columns__main"):
                self._versions()
                if self._may_write and known.newest:
                    Proposal(api, reader, known, known.newest, on_ended)
            with Tag("aside", "", "columns__side"):
                if known.contract.engineer_ids or self._may_write:
                    ResponsibleEngineers(api, reader, known, on_ended, may_write=self._may_write)
                self._contact_lists()
                self._scope()
                self._names("items", [known.item(code, reader.language) for code in known.contract.item_codes])
                self._names("sites", [site.name(reader.language) for site in known.sites])
                self._names("assets", [asset.name for asset in known.assets])
                draw_entitlements(known, reader)

    def _head(self) -> None:
        reader, known = self._reader, self._known
        with Tag("header", "", "head"):
            Tag("h1", known.contract.number, "head__title")
            with Tag("p", "", "head__customer"):
                if known.customer:
                    path = customer_path(known.customer.customer_id)
                    Tag("a", known.customer.name(reader.language), "link", href=path)
                Tag("span", term(known.contract, reader))

    def _versions(self) -> None:
        reader, known = self._reader, self._known
        with Tag("section", "", "card"):
            Tag("h2", reader.say("agreement_versions"), "card__title")
            if known.provisional_years:
                years = reader.joined([str(year) for year in known.provisional_years])
                Tag("p", reader.say("provisional", years=years), "provisional")
            if not known.agreements:
                Tag("p", reader.say("no_agreements"), "card__empty")
                self._first_draft()
                return
            draw_versions(known.agreements, reader)
            for agreement in known.agreements if self._may_write else ():
                self._signing(agreement)

    def _first_draft(self) -> None:
        if self._may_write:
            with Tag("div", "", "item__buttons"):
                path = f"/v1/contracts/{self._known.contract.id}/agreements"
                self._moves.button(Move("draft_usual", path, asks_first=True))

    def _signing(self, agreement: Agreement) -> None:
        moves = agreement_moves(agreement, self._reader)
        if moves:
            with Tag("div", "", "item__buttons"):
                Tag("span", self._reader.say("version", number=agreement.revision), "item__note")
                for move in moves:
                    self._moves.button(move)

    def _names(self, title: str, names: list[str]) -> None:
        if not names:
            return
        with Tag("section", "", "card"):
            with Tag("h2", self._reader.say(title), "card__title"):
                Tag("span", str(len(names)), "card__count")
            for name in names:
                Tag("p", name)

    def _scope(self) -> None:
        reader, years = self._reader, self._known.contract.years
        if not years:
            return
        with Tag("section", "", "card"):
            Tag("h2", reader.say("scope"), "card__title")
            for year in years:
                ways = [reader.word(way) for way in ("on_site", "remote") if getattr(year, way)]
                text = " · ".join(filter(None, (reader.joined(ways), year.text(reader.language))))
                Tag("p", reader.say("contract_year", year=year.year, text=text))

    def _contact_lists(self) -> None:
        reader, contract = self._reader, self._known.contract
        if not (self._known.contact_lists or self._may_write):
            return
        with Tag("section", "", "card"):
            Tag("h2", reader.say("contact_list"), "card__title")
            if not self._known.contact_lists:
                Tag("p", reader.say("no_contact_list"), "card__empty")
            for issued in self._known.contact_lists:
                name = f"{reader.say('version', number=issued.version)} · {reader.day(issued.issued_at)}"
                path = contact_list_path(contract.id, issued.version)
                with Tag("p"):
                    Tag("a", name, "link", href=path, download=True)
            if self._may_write and contract.engineer_ids:
                asks = (Ask("hotline"), Ask("hotline_email", "email", required=False))
                with Tag("div", "", "item__buttons"):
                    self._moves.button(Move("issue_contact_list", f"/v1/contracts/{contract.id}/contact-list", asks))

    async def _make(self, move: Move, told: Mapping[str, Any]) -> str | None:
        refused = await send(self._api, move, told, self._reader, self._on_ended)
        if refused is None:
            ui.navigate.reload()
        return refused


def agreement_moves(agreement: Agreement, reader: Reader) -> list[Move]:
    """A draft is signed by each side once; what is in force can be withdrawn."""
    at, about = f"/v1/agreements/{agreement.id}", reader.say("version", number=agreement.revision)
    if agreement.state == "draft":
        signed = {"provider": agreement.provider_signed_at, "customer": agreement.customer_signed_at}
        return [
            Move(
                f"sign_{side}",
                f"{at}/sign",
                (Ask("signed_by", label="agreed_by"),),
                says=(("side", side),),
                about=about,
            )
            for side in SIDES
            if signed[side] is None
        ]
    if agreement.state == "in_force":
        asks = (Ask("reason", "text"), Ask("provider_signed_by"), Ask("customer_signed_by"))
        return [Move("withdraw_agreement", f"{at}/withdraw", asks, is_refusal=True, about=about)]
    return []
