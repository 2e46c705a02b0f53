"""Contracts, what was agreed, and whom to call, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from uuid import UUID

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.coded import KINDS, SEVERITIES
from clients.cli.sentences import Sentence
from clients.cli.words import say, span
from clients.language import listed
from clients.models import Agreement, Contract, Customer, Entitlement, IssuedContactList, Target
from shared.events.words import word

IN_FORCE = "in_force"
WORKING_DAYS = "working_days"


def contracts_table(contracts: Iterable[Contract], customers: Mapping[UUID, Customer], language: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for key in ("number", "customer", "from", "ends"):
        table.add_column(say(key, language), no_wrap=key != "customer")
    for contract in contracts:
        customer = customers.get(contract.customer_id)
        table.add_row(
            Text(contract.number),
            Sentence(customer.name(language) if customer else str(contract.customer_id)),
            str(contract.starts_on or ""),
            str(contract.ends_on or ""),
        )
    return table


def contract_page(
    contract: Contract, customer: Customer, agreements: Sequence[Agreement], language: str
) -> RenderableType:
    """The versions of its agreement, and what the one in force (else the newest) promises."""
    heading = Text.assemble((contract.number, "bold"), "  ", customer.name(language))
    term = say("term", language, starts_on=contract.starts_on, ends_on=contract.ends_on)
    parts: list[RenderableType] = [heading, Text(term, style="dim"), _versions(agreements, language)]
    newest_first = sorted(agreements, key=lambda each: each.revision, reverse=True)
    shown = next((each for each in newest_first if each.state == IN_FORCE), next(iter(newest_first), None))
    if shown is not None:
        parts += [_terms(shown, language), _targets(shown.targets, language)]
    return Group(*parts)


def entitlements_table(found: Sequence[Entitlement], names: Mapping[str, str], language: str) -> RenderableType:
    """One line for each year of each grant; what was withdrawn is dim, with its reason."""
    if not found:
        return Text(say("no_entitlements", language))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(say("service_item", language))
    for key in ("year", "granted", "used", "left"):
        table.add_column(say(key, language), justify="right", no_wrap=True)
    table.add_column(say("unit", language), no_wrap=True)
    for grant in found:
        told, style = names.get(grant.item_code, grant.item_code), "dim" if grant.withdrawal else ""
        if grant.withdrawal:
            told = say("withdrawn_because", language, item=told, reason=grant.withdrawal)
        for year in grant.years:
            amounts = (f"{amount:g}" for amount in (year.granted, year.used, year.left))
            overdrawn = "red" if year.left < 0 else style
            table.add_row(
                Sentence(told, style=style), str(year.year), *amounts, word(grant.unit, language), style=overdrawn
            )
            told = ""
    return table


def contact_list_page(found: IssuedContactList, language: str, zone: tzinfo | None) -> RenderableType:
    content = found.content
    day = found.issued_at.astimezone(zone).strftime("%Y-%m-%d")
    told = say("issued", language, version=found.version, day=day, number=content.contract_number)
    hotline = " ".join(filter(None, (content.hotline, content.hotline_email)))
    people = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for key in ("person", "role", "site", "phone", "email"):
        people.add_column(say(key, language))
    for engineer in content.engineers:
        people.add_row(engineer.name(language), say("engineer", language), "", engineer.phone, engineer.email)
    for contact in content.contacts:
        site = contact.site(language) or say("all_sites", language)
        people.add_row(contact.name, contact.role(language), site, contact.phone, contact.email)
    return Group(
        Text.assemble((content.customer(language), "bold"), "  ", told),
        Text.assemble((say("hotline", language) + "  ", "dim"), (hotline, "bold")),
        people,
    )


def _versions(agreements: Iterable[Agreement], language: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for key in ("version", "state", "zone", "provider_signed", "customer_signed"):
        table.add_column(say(key, language))
    for agreement in agreements:
        table.add_row(
            str(agreement.revision),
            word(agreement.state, language),
            agreement.calendar.zone,
            agreement.provider_signed_by or "",
            agreement.customer_signed_by or "",
            style="" if agreement.state == IN_FORCE else "dim",
        )
    return table


def _terms(agreement: Agreement, language: str) -> Table:
    reasons = listed((word(reason, language) for reason in agreement.pause_reasons), language)
    warnings = listed((f"{percent} %" for percent in agreement.warning_percents), language)
    days = agreement.close_after_days
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row(Text(say("agreement", language), style="dim"), Text(str(agreement.id)))
    table.add_row(Text(say("may_pause", language), style="dim"), Sentence(reasons or say("never", language)))
    table.add_row(Text(say("warned_at", language), style="dim"), Sentence(warnings or say("as_usual", language)))
    if days is not None:
        closing = say("closes_after", language, days=days)
        table.add_row(Text(say("closing", language), style="dim"), Sentence(closing))
    return table


def _targets(targets: Sequence[Target], language: str) -> Table:
    """One line per severity, one column per kind of promise that there is."""
    kinds = [kind for kind in KINDS if any(target.kind == kind for target in targets)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for title in (say("severity", language), *(word(kind, language) for kind in kinds)):
        table.add_column(title)
    known = {(target.severity, target.kind): target for target in targets}
    for severity in SEVERITIES:
        cells = [known.get((severity, kind)) for kind in kinds]
        if any(cells):
            table.add_row(word(severity, language), *(_amount(cell, language) if cell else "" for cell in cells))
    return table


def _amount(target: Target, language: str) -> str:
    if target.unit == WORKING_DAYS:
        return say("working_days", language, n=target.amount)
    length = span(target.amount, language)
    return length if target.unit == "seconds" else say("working_time", language, time=length)
