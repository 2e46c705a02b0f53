"""Lists of incidents: pages of what filters leave, newest first or by what is due next. Nothing counts them all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    all_,
    any_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.incidents.clocks import queries as clocks
from services.incidents.incidents.domain import State
from services.incidents.incidents.filters import Filters, Order
from services.incidents.incidents.models import Incident
from services.incidents.pauses import queries as pauses
from shared.db import context
from shared.paging import Page
from shared.search import query_of

PLANNED = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('random_page_cost', '1.1', true)"
)
"""A list is planned for the values asked for: the plan for any of them reads a rare and a common one the same way. And
for memory or a disk without heads: else one customer's newest are picked from everybody's.
"""

NEAR, NEAR_OF_CUSTOMER = 2_000, 300
"""An index of words gives all of a frequent word's incidents, to be read and sorted for one page: first so many are
looked through, as they come. Of one customer it gives only those, sooner."""


@dataclass(frozen=True)
class Listed:
    """A row of a list, and when it is due next in lists in that order."""

    incident: Incident
    due_at: datetime | None

    @property
    def id(self) -> UUID:
        return self.incident.id


@dataclass(frozen=True)
class Unsaid:
    """Incidents of which nothing ran yet to say what happened by itself: a promise is broken, a pause over."""

    broken: Collection[UUID] = ()
    waiting_no_more: Collection[UUID] = ()


NOTHING = Unsaid()


async def incidents_page(session: AsyncSession, page: Page, filters: Filters, order: Order) -> Sequence[Listed]:
    """One more than asked for, if there are more. By a tag finds nothing who may not see what is internal."""
    if filters.tag is not None and not context(session).sees_internal:
        return []
    await session.execute(PLANNED)
    of_customer = context(session).customer_id
    unsaid = await _unsaid(session, filters, of_customer)
    if filters.typed is not None and order is Order.NEWEST:
        rows = await session.execute(listed_near(page, filters, of_customer=of_customer, unsaid=unsaid))
        near = [Listed(*row) for row in rows]
        if len(near) > page.limit:
            return near
    rows = await session.execute(listed(page, filters, order, of_customer=of_customer, unsaid=unsaid))
    return [Listed(*row) for row in rows]


async def _unsaid(session: AsyncSession, filters: Filters, of_customer: UUID | None) -> Unsaid:
    """What matters to these filters."""
    broken = filters.breached is not None and await clocks.broken_unsaid(session, filters.customer_id or of_customer)
    waiting_no_more = _tells_waiting_from_working(filters.states) and await pauses.waiting_no_more(session)
    return Unsaid(broken or (), waiting_no_more or ())


def _tells_waiting_from_working(states: Collection[State]) -> bool:
    return (State.WAITING in states) is not (State.IN_PROGRESS in states)


def listed_near(page: Page, filters: Filters, *, of_customer: UUID | None, unsaid: Unsaid = NOTHING) -> Select[Any]:
    """Those of the next incidents that have the words: a frequent word fills its page from them."""
    looked_through = NEAR_OF_CUSTOMER if filters.customer_id or of_customer else NEAR
    rows: Any = select(Incident.__table__).where(*_conditions(replace(filters, typed=None), of_customer, unsaid))
    near = aliased(Incident, page.of(rows, Incident.id).limit(looked_through).subquery())
    found: Any = select(near, null()).where(_says(near, filters.typed or "", None))
    return page.of(found, near.id)


def listed(
    page: Page, filters: Filters, order: Order, *, of_customer: UUID | None, unsaid: Unsaid = NOTHING
) -> Select[Any]:
    """Incidents, and when each is due next (None in other orders). `of_customer`: whose person asks, if one's.

    With `unsaid`, a list is narrowed by what pages show: by what was counted and planned, not by what a timer told.
    """
    conditions = _conditions(filters, of_customer, unsaid)
    if order is Order.NEWEST:
        newest: Any = select(Incident, null()).where(*conditions)
        return page.of(newest, Incident.id)
    due = clocks.next_due(filters.customer_id or of_customer)
    rows: Any = select(Incident, due.c.due_at).join(due, due.c.incident_id == Incident.id).where(*conditions)
    return page.by_moment(rows, due.c.due_at, due.c.incident_id)


def _conditions(filters: Filters, of_customer: UUID | None, unsaid: Unsaid) -> Iterator[ColumnElement[bool]]:
    only = filters.customer_id or of_customer
    if only:
        yield Incident.customer_id == only
    if filters.states:
        yield _in_states(filters.states, unsaid.waiting_no_more)
    for name in ("severity", "priority", "fault_class", "engineer_id", "team", "parent_id", "source_number"):
        if (value := getattr(filters, name)) is not None:
            yield getattr(Incident, name) == value
    if filters.covered is not None:
        yield true() == Incident.covered if filters.covered else ~Incident.covered
    if filters.due_before is not None:
        yield Incident.id.in_(clocks.with_clock_due_before(filters.due_before, only))
    if filters.breached is not None:
        broken = _is_broken(only, unsaid.broken)
        yield broken if filters.breached else ~broken
    if filters.typed is not None:
        yield _says(Incident, filters.typed, only)
    if filters.tag is not None:
        yield _tagged(filters.tag)


def _in_states(states: Collection[State], waiting_no_more: Collection[UUID]) -> ColumnElement[bool]:
    stored = Incident.state.in_(states)
    if not waiting_no_more:
        return stored
    over = literal([*waiting_no_more], ARRAY(Uuid))
    if State.IN_PROGRESS in states:
        return or_(stored, Incident.id == any_(over))
    return stored & (Incident.id != all_(over))


def _is_broken(only: UUID | None, unsaid: Collection[UUID]) -> ColumnElement[bool]:
    said = Incident.id.in_(clocks.with_broken_clock(only))
    return or_(said, Incident.id == any_(literal([*unsaid], ARRAY(Uuid)))) if unsaid else said


def _tagged(tag: str) -> ColumnElement[bool]:
    tagged = Incident.metadata.tables["incidents.incident_tags"].c
    return Incident.id.in_(select(tagged.incident_id).where(tagged.tag == tag))


def _says(incident: type[Incident], typed: str, of_customer: UUID | None) -> ColumnElement[bool]:
    query = query_of(typed, of_customer=of_customer)
    return false() if query is None else incident.search.bool_op("@@")(cast(literal(query, String), TSQUERY))
