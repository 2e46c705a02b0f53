"""The list of contracts."""

from __future__ import annotations

from collections.abc import Sequence

from clients.dashboard.addresses import contract_path
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.models import Contract, Customer


def draw_contracts(known: Sequence[tuple[Contract, Customer | None]], reader: Reader) -> None:
    Tag("h1", reader.say("contracts"), "list__title")
    with Tag("div", "", "card list-of-things"):
        if not known:
            Tag("p", reader.say("no_contracts"), "card__empty")
        for contract, customer in known:
            with Tag("a", "", "thing", href=contract_path(contract.id)):
                Tag("span", contract.number, "thing__name")
                Tag("span", customer.name(reader.language) if customer else "", "thing__what")
                Tag("span", term(contract, reader), "thing__when")


def term(contract: Contract, reader: Reader) -> str:
    """First day and last day; the contract says the day after the last."""
    if contract.starts_on is None or contract.ends_on is None:
        return ""
    return reader.say("term", first=contract.starts_on.isoformat(), end=contract.ends_on.isoformat())
