"""On whose behalf a transaction runs: who, which customer, when, and what caused it.

Filled at the edge, read by the mechanisms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.events import Event

Scope = Literal["staff", "customer", "system"]


@dataclass(frozen=True)
class Entry:
    """One audit entry before it is chained: what was done to a record, and on what information."""

    subject: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    information: dict[str, Any]
    customer_id: UUID | None


@dataclass(frozen=True)
class Said:
    """One fact before it is written, and the span that said it. `actor`: who made it true, if not whose turn it is."""

    event: Event
    event_id: UUID
    traceparent: str | None
    actor: str | None = None


@dataclass
class Context:
    """The circumstances of one transaction. `now` is the platform's time at its start (aware, UTC).

    `sees_internal`: whether what the provider keeps to itself is shown, as only some of its people may see it.
    """

    service: str
    scope: Scope
    now: datetime
    actor: str
    customer_id: UUID | None = None
    person_id: UUID | None = None
    roles: tuple[str, ...] = ()
    sees_internal: bool = False
    origin: str | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    drill: UUID | None = None
    historical: bool = False
    traceparent: str | None = None
    expected_versions: frozenset[int] = frozenset()
    version_checked: bool = False
    said: list[Said] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    wakes: set[str] = field(default_factory=set)
    cancelled: set[UUID] = field(default_factory=set)
    armed: set[tuple[str, str, str]] = field(default_factory=set)
