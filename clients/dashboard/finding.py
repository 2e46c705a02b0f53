"""What a person chooses from, as the platform knows it: customers, engineers, tags, plans, parts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.asking import Choices
from clients.models import Answer, Customer, Me, Part, Person, Plan, SavedView, UsedTag
from shared.permissions import GRANTS, Permission

M = TypeVar("M", bound=Answer)
COLLEAGUES = frozenset(role for role, granted in GRANTS.items() if Permission.INCIDENTS_INTERNAL in granted)
"""Roles of those who may know what is the provider's own."""


@dataclass(frozen=True)
class Findable:
    """What only the platform can tell to choose from, and the views that were kept."""

    customers: Choices = ()
    engineers: Choices = ()
    tags: Choices = ()
    views: tuple[SavedView, ...] = ()


async def findable(api: Aftercare, me: Me, language: str) -> Findable:
    """What the list can be narrowed by; what cannot be read now is not there to choose."""
    if me.customer_id:
        return Findable(views=tuple(await _all(api, SavedView, "/v1/views")))
    customers, people, tags, views = await asyncio.gather(
        _all(api, Customer, "/v1/customers"),
        _all(api, Person, "/v1/people", role="engineer"),
        _all(api, UsedTag, "/v1/tags"),
        _all(api, SavedView, "/v1/views"),
    )
    return Findable(
        [(str(customer.customer_id), customer.name(language)) for customer in customers],
        [(str(person.id), person.name(language)) for person in people],
        [(used.tag, used.tag) for used in tags],
        tuple(views),
    )


async def _all(api: Aftercare, of: type[M], path: str, **query: str) -> list[M]:
    try:
        return await api.all(of, path, **query)
    except (Problem, Unreachable):
        return []


async def choices(api: Aftercare, lookup: str, customer_id: UUID | None, language: str) -> Choices:
    """The values and labels of a form's choice. Raises Problem, Unreachable."""
    if lookup == "engineers":
        people = await api.all(Person, "/v1/people", role="engineer")
        return [(str(person.id), person.name(language)) for person in people if person.active]
    if lookup == "staff":
        everybody = await api.all(Person, "/v1/people")
        return [(str(one.id), one.name(language)) for one in everybody if one.active and COLLEAGUES & set(one.roles)]
    if lookup == "plans":
        plans = await api.all(Plan, "/v1/plans", customer_id=customer_id, state="in_force")
        return [(str(plan.id), plan.name(language)) for plan in plans]
    if lookup == "parts":
        parts = await api.all(Part, "/v1/parts")
        return [(part.part_number, f"{part.part_number} · {part.name(language)}") for part in parts]
    raise LookupError(lookup)
