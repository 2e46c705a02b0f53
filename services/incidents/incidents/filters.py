"""By what lists of incidents are narrowed, and their order: the same for pages and exports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import StringConstraints

from services.incidents.incidents.domain import FaultClass, Priority, Severity, State, Team
from shared.instant import Instant
from shared.search import folded

Typed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Order(StrEnum):
    NEWEST = "newest"
    DUE = "due"


@dataclass(frozen=True)
class Filters:
    """What is None, or no states, narrows nothing. `typed`: words that all are in number, title or description."""

    states: tuple[State, ...] = ()
    severity: Severity | None = None
    priority: Priority | None = None
    fault_class: FaultClass | None = None
    customer_id: UUID | None = None
    engineer_id: UUID | None = None
    team: Team | None = None
    covered: bool | None = None
    due_before: Instant | None = None
    breached: bool | None = None
    parent_id: UUID | None = None
    source_number: str | None = None
    typed: str | None = None
    tag: str | None = None


def _filters(
    state: Annotated[list[State] | None, Query(description="One or several.")] = None,
    severity: Severity | None = None,
    priority: Priority | None = None,
    fault_class: FaultClass | None = None,
    customer_id: UUID | None = None,
    engineer_id: UUID | None = None,
    team: Team | None = None,
    covered: bool | None = None,
    due_before: Annotated[
        Instant | None,
        Query(description="A promise is due before then, also one that stands still until a planned end."),
    ] = None,
    breached: Annotated[bool | None, Query(description="Whether a promise of it was broken.")] = None,
    parent_id: UUID | None = None,
    source_number: Annotated[str | None, Query(description="Its number in the system it was taken over from.")] = None,
    tag: Annotated[
        Typed | None, Query(description="For whoever sees what is internal, as tags are; others find nothing.")
    ] = None,
    q: Annotated[Typed | None, Query(description="All of these words are in its number, title or description.")] = None,
) -> Filters:
    return Filters(
        states=tuple(state or ()),
        severity=severity,
        priority=priority,
        fault_class=fault_class,
        customer_id=customer_id,
        engineer_id=engineer_id,
        team=team,
        covered=covered,
        due_before=due_before,
        breached=breached,
        parent_id=parent_id,
        source_number=source_number,
        typed=q,
        tag=tag and folded(tag),
    )


Filtered = Annotated[Filters, Depends(_filters)]
Ordered = Annotated[
    Order, Query(description="Newest first; or what is due next first, of those of which something will be due.")
]
