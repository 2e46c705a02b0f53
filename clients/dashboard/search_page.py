"""One search over all that is here: incidents, and what contracts know, grouped by kind."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from clients.api import Aftercare
from clients.dashboard.addresses import contract_path, customer_path, incident_path
from clients.dashboard.contracts_reading import customers_of
from clients.dashboard.elements import Tag
from clients.dashboard.filters import LONGEST, Filters
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident
from clients.models import Customer, Found, Me
from shared.permissions import Permission

MOST_INCIDENTS = 20
LONGEST_ELSEWHERE = 100
KINDS = {
    "contract": "contracts",
    "customer": "customers",
    "site": "sites",
    "asset": "assets",
    "contact": "contacts",
}
"""In this order, and how several of them are called."""


@dataclass(frozen=True)
class Findings:
    """`there_are_more`: incidents that are not among those listed."""

    text: str
    incidents: Sequence[Incident] = ()
    there_are_more: bool = False
    elsewhere: Sequence[Found] = ()
    customers: Mapping[UUID, Customer] = field(default_factory=dict)


async def findings(api: Aftercare, me: Me, text: str) -> Findings:
    """Raises Problem, Unreachable."""
    wanted = text.strip()[:LONGEST]
    if not wanted:
        return Findings("")
    (incidents, there_are_more), elsewhere = await asyncio.gather(
        _incidents(api, me, wanted), _elsewhere(api, me, wanted[:LONGEST_ELSEWHERE])
    )
    customers = await customers_of(api, me) if elsewhere else {}
    return Findings(wanted, incidents, there_are_more, elsewhere, customers)


async def _incidents(api: Aftercare, me: Me, text: str) -> tuple[list[Incident], bool]:
    if Permission.INCIDENTS_READ not in me.permissions:
        return [], False
    return await api.page(Incident, "/v1/incidents", q=text, limit=MOST_INCIDENTS)


async def _elsewhere(api: Aftercare, me: Me, text: str) -> list[Found]:
    if Permission.CONTRACTS_READ not in me.permissions:
        return []
    return await api.all(Found, "/v1/search", q=text)


def draw_search(found: Findings, reader: Reader) -> None:
    Tag("h1", reader.say("search_results", text=found.text) if found.text else reader.say("find"), "list__title")
    if not found.text:
        Tag("p", reader.say("find_hint"), "dialog__hint")
        return
    if not (found.incidents or found.elsewhere):
        with Tag("section", "", "card findings"):
            Tag("p", reader.say("nothing_found", text=found.text), "card__empty")
        return
    if found.incidents:
        _draw_incidents(found, reader)
    for kind in KINDS:
        _draw_kind(kind, [one for one in found.elsewhere if one.kind == kind], found.customers, reader)


def _draw_incidents(found: Findings, reader: Reader) -> None:
    with _group("incidents", len(found.incidents), reader):
        for incident in found.incidents:
            with Tag("a", "", "thing", href=incident_path(incident.number)):
                Tag("span", incident.title, "thing__name")
                Tag("span", f"{incident.number} · {incident.customer(reader.language)}", "thing__what")
                Tag("span", reader.word(incident.state), f"state state--{incident.state}")
        if found.there_are_more:
            Tag("a", reader.say("all_found"), "thing thing--more", href=Filters(q=found.text).path)


def _draw_kind(kind: str, found: Sequence[Found], customers: Mapping[UUID, Customer], reader: Reader) -> None:
    if not found:
        return
    with _group(KINDS[kind], len(found), reader):
        for one in found:
            customer = customers.get(one.customer_id)
            whose = customer.name(reader.language) if customer and kind != "customer" else ""
            path = contract_path(one.id) if kind == "contract" else customer_path(one.customer_id)
            with Tag("a", "", "thing", href=path):
                Tag("span", one.name(reader.language), "thing__name")
                Tag("span", " · ".join(filter(None, (one.detail, whose))), "thing__what")


def _group(title: str, count: int, reader: Reader) -> Tag:
    with Tag("h2", reader.say(title), "card__title findings__title"):
        Tag("span", str(count), "card__count")
    return Tag("section", "", "card list-of-things findings")
