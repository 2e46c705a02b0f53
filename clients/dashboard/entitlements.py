"""What a contract grants by year: what is left of it, or what was used of it before it was withdrawn, and why."""

from __future__ import annotations

from clients.dashboard.contracts_reading import KnownContract
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.models import Entitlement, EntitlementYear
from shared.events.words import word


def draw_entitlements(known: KnownContract, reader: Reader) -> None:
    """A card of its own; a contract that grants nothing has none. What still counts comes first."""
    if not known.entitlements:
        return
    with Tag("section", "", "card section--entitlements"):
        Tag("h2", reader.say("entitlements"), "card__title")
        with Tag("dl", "", "facts__list"):
            for entitlement in sorted(known.entitlements, key=lambda each: each.withdrawal is not None):
                _draw_entitlement(entitlement, known.item(entitlement.item_code, reader.language), reader)


def _draw_entitlement(entitlement: Entitlement, item: str, reader: Reader) -> None:
    Tag("dt", item)
    with Tag("dd", "", "is-withdrawn" if entitlement.withdrawal else ""):
        if entitlement.withdrawal:
            Tag("p", reader.say("grant_withdrawn", reason=entitlement.withdrawal))
        for each in entitlement.years:
            if entitlement.withdrawal and not each.used:
                continue
            overdrawn = each.left < 0 and not entitlement.withdrawal
            Tag("p", year_in_words(entitlement, each, reader), "is-overdrawn" if overdrawn else "")


def year_in_words(entitlement: Entitlement, of: EntitlementYear, reader: Reader) -> str:
    """Nothing is left of what was withdrawn: its uses are told."""
    key = "used_of" if entitlement.withdrawal else "left_of"
    amounts = {name: f"{amount:g}" for name, amount in (("left", of.left), ("used", of.used), ("granted", of.granted))}
    told = reader.say(key, unit=word(entitlement.unit, reader.language), **amounts)
    return reader.say("contract_year", year=of.year, text=told)
