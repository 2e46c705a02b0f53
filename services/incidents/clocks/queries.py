"""What can be asked about clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.incidents.clocks.domain import Made, Reading
from services.incidents.clocks.models import Clock
from services.incidents.pauses.queries import stretches_of
from shared.db import context


async def readings(
    session: AsyncSession, incident_ids: Collection[UUID], now: datetime
) -> dict[UUID, tuple[Reading, ...]]:
    """The clocks of several incidents as they stand, in the order they were armed, in two statements."""
    rows = await session.scalars(select(Clock).where(Clock.incident_id.in_(incident_ids)).order_by(Clock.id))
    stretches = await stretches_of(session, incident_ids)
    found: dict[UUID, list[Reading]] = defaultdict(list)
    for clock in rows:
        found[clock.incident_id].append(clock.reading(stretches[clock.incident_id], now))
    return {incident_id: tuple(found[incident_id]) for incident_id in incident_ids}


async def clocks_of(session: AsyncSession, incident_ids: Collection[UUID]) -> Sequence[Clock]:
    """All clocks of the incidents, in the order they were armed."""
    return (await session.scalars(select(Clock).where(Clock.incident_id.in_(incident_ids)).order_by(Clock.id))).all()


async def open_clocks(session: AsyncSession, incident_ids: Collection[UUID]) -> Sequence[Clock]:
    """Those of the incidents' clocks that run or stand still, as they are now."""
    is_open = Clock.stopped_at.is_(None) & Clock.cancelled_at.is_(None)
    rows = select(Clock).where(Clock.incident_id.in_(incident_ids), is_open).order_by(Clock.id)
    return (await session.scalars(rows.execution_options(populate_existing=True))).all()


async def made_promises(session: AsyncSession, incident_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Made]]:
    """What each of the incidents has or had clocks for."""
    found: dict[UUID, list[Made]] = defaultdict(list)
    for clock in await session.scalars(select(Clock).where(Clock.incident_id.in_(incident_ids))):
        made = Made(clock.kind, clock.about_id, clock.started_at, clock.is_open, clock.is_given_up)
        found[clock.incident_id].append(made)
    return found


async def locked_clocks(session: AsyncSession, clock_ids: Collection[UUID]) -> Sequence[Clock]:
    """The clocks under their row locks, as they are once the locks are held."""
    rows = select(Clock).where(Clock.id.in_(clock_ids)).order_by(Clock.id)
    return (await session.scalars(rows.with_for_update().execution_options(populate_existing=True))).all()


async def incidents_of(session: AsyncSession, clock_ids: Collection[UUID]) -> Sequence[UUID]:
    return (await session.scalars(select(Clock.incident_id).where(Clock.id.in_(clock_ids)).distinct())).all()


async def locked_with_incident(session: AsyncSession, clock_id: UUID) -> Sequence[Clock]:
    """The clock under its row lock, and before it the incident under the lock that its moves take."""
    incidents = Clock.metadata.tables["incidents.incidents"]
    owner = select(incidents.c.id).join(Clock, Clock.incident_id == incidents.c.id).where(Clock.id == clock_id)
    await session.execute(owner.with_for_update(key_share=True, of=incidents))
    return await locked_clocks(session, [clock_id])


def next_due(customer_id: UUID | None) -> Subquery:
    """Of each incident with clocks that will be due (of one customer, or of all), which and when the next is."""
    earlier = aliased(Clock)
    will_be_due = (Clock.stopped_at.is_(None), Clock.cancelled_at.is_(None), Clock.due_at.is_not(None))
    comes_first = ~exists().where(
        earlier.incident_id == Clock.incident_id,
        earlier.stopped_at.is_(None),
        earlier.cancelled_at.is_(None),
        tuple_(earlier.due_at, earlier.id) < tuple_(Clock.due_at, Clock.id),
    )
    rows = select(Clock.incident_id, Clock.due_at).where(*will_be_due, comes_first)
    return (rows if customer_id is None else rows.where(Clock.customer_id == customer_id)).subquery()


def with_clock_due_before(moment: datetime, customer_id: UUID | None) -> Select[UUID]:
    """Incidents that have an open clock due before then."""
    rows = select(Clock.incident_id).where(
        Clock.stopped_at.is_(None), Clock.cancelled_at.is_(None), Clock.due_at < moment
    )
    return rows if customer_id is None else rows.where(Clock.customer_id == customer_id)


def with_broken_clock(customer_id: UUID | None) -> Select[UUID]:
    """Incidents of which a promise was said to be broken."""
    rows = select(Clock.incident_id).where(Clock.breach_said)
    return rows if customer_id is None else rows.where(Clock.customer_id == customer_id)


async def next_dues(session: AsyncSession, incident_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the next open clock of each is due, of those that have one."""
    is_open = Clock.stopped_at.is_(None) & Clock.cancelled_at.is_(None)
    rows = select(Clock.incident_id, func.min(Clock.due_at)).where(Clock.incident_id.in_(incident_ids), is_open)
    found = await session.execute(rows.group_by(Clock.incident_id))
    return {incident_id: due_at for incident_id, due_at in found if due_at}


async def broken_unsaid(session: AsyncSession, customer_id: UUID | None) -> Collection[UUID]:
    """Incidents of which a promise is broken by what was counted, and nothing ran yet to say it.

    Their number is that of timers that are late: none, or as many as broke in a downtime. So they are asked for by
    themselves, and lists go on being read by the index of what was said.
    """
    rows = select(Clock.incident_id).where(*_broke_unsaid(context(session).now))
    if customer_id is not None:
        rows = rows.where(Clock.customer_id == customer_id)
    return set(await session.scalars(rows))


def _broke_unsaid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A clock is broken by what it counted from `breaks_at` on, and so much sooner than its timer fires."""
    return Clock.stopped_at.is_(None), Clock.cancelled_at.is_(None), ~Clock.breach_said, Clock.breaks_at <= now


async def broken_kinds(session: AsyncSession, incident_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Of those incidents that have some: the kinds of promises that are broken by what was counted."""
    kinds = func.array_agg(aggregate_order_by(Clock.kind, Clock.id))
    broke = and_(*_broke_unsaid(context(session).now))
    rows = select(Clock.incident_id, kinds).where(Clock.incident_id.in_(incident_ids), or_(Clock.breach_said, broke))
    return {row[0]: list(row[1]) for row in await session.execute(rows.group_by(Clock.incident_id))}
