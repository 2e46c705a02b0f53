"""How an event reads in the timeline: its sentence, and who did it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import tzinfo
from typing import Any
from uuid import UUID

from services.incidents.copies.domain import Named
from shared.events import REGISTRY, Event
from shared.events.words import word

TOLD: tuple[type[Event], ...] = tuple(kind for kind in REGISTRY.values() if "incident_id" in kind.model_fields)
"""Every class of event that can be about an incident, our own included."""

INTERNAL = tuple(kind.type for kind in TOLD if kind.internal)
"""What the provider keeps to itself."""

PERSONS = {
    "engineer_name": "engineer_id",
    "decided_by_name": "decided_by",
    "person_name": "person_id",
    "owner_name": "owner_id",
    "author_name": "author",
}
"""Names inside events that belong to a person: shown in the reader's language where the person is known."""

SYSTEM = ("系统", "system")
ANYBODY = ("未登录访客", "visitor without sign-in")


def kept(event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """An event's data as the timeline stores it: what is secret in it is left blank."""
    secret = REGISTRY[event_type].secret
    return {name: "" if name in secret else value for name, value in data.items()}


def actor_id(actor: str) -> UUID | None:
    """The person behind an actor, if it is one."""
    kind, _, who = actor.partition(":")
    return UUID(who) if kind == "person" else None


def actor_names(actor: str, people: Mapping[UUID, Named]) -> tuple[str | None, str | None]:
    """Who did it, in Chinese and English; None for a person we have no copy of yet."""
    kind, _, _ = actor.partition(":")
    if kind == "person":
        person = people.get(actor_id(actor))  # type: ignore[arg-type]  # a person has an id
        return (person.name_zh, person.name_en) if person else (None, None)
    if kind == "key":
        return word("client_system", "zh"), word("client_system", "en")
    return SYSTEM if kind == "system" else ANYBODY


def person_ids(data: Mapping[str, Any]) -> Collection[UUID]:
    """The people whose names the sentence of an event may show."""
    return {person for of in PERSONS.values() if (person := _person_id(data.get(of)))}


def _person_id(of: str | None) -> UUID | None:
    """Told by the id, or as an actor; None where that is no person."""
    if not of:
        return None
    return actor_id(of) if ":" in of else UUID(of)


def sentence(
    event_type: str, data: Mapping[str, Any], people: Mapping[UUID, Named], language: str, zone: tzinfo
) -> str:
    """What happened, in `zh` or `en`, with times in the provider's zone."""
    shown = dict(data)
    for name, of in PERSONS.items():
        person_id = _person_id(data.get(of)) if name in data else None
        if person_id and (person := people.get(person_id)):
            shown[name] = person.name_zh if language == "zh" else person.name_en
    return REGISTRY[event_type].model_validate(shown).sentence(language, zone)
