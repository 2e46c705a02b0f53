"""What can be asked about deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import DateTime, Integer, Select, bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from services.notify.deliveries.models import Delivery
from services.notify.webhooks.queries import every_endpoint_id
from shared.paging import Page


async def deliveries_page(
    session: AsyncSession, page: Page, *, endpoint_id: UUID | None = None, incident_id: UUID | None = None
) -> Sequence[Delivery]:
    found = select(Delivery).options(selectinload(Delivery.log))
    if endpoint_id is not None:
        found = found.where(Delivery.endpoint_id == endpoint_id)
    if incident_id is not None:
        found = found.where(Delivery.incident_id == incident_id)
    return (await session.scalars(page.of(found, Delivery.id))).all()


async def deliveries_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Delivery]:
    """For each endpoint that is not being called, the delivery that is due longest; locked.

    One call at a time keeps the order of events where nothing fails, and a slow endpoint from taking all places. One
    look into the index per endpoint: however much waits for one of them, finding the others takes no longer.
    """
    return (await session.scalars(_due(), {"now": now, "places": limit})).all()


@cache
def _due() -> Select[Delivery]:
    """Built once: it is asked after every call."""
    now, places = bindparam("now", type_=DateTime(timezone=True)), bindparam("places", type_=Integer)
    endpoint, other = every_endpoint_id().subquery(), aliased(Delivery)
    being_called = exists().where(other.endpoint_id == endpoint.c.id, other.lease_until > now)
    first = (
        select(Delivery.id, Delivery.next_try_at)
        .where(Delivery.endpoint_id == endpoint.c.id, Delivery.state == "waiting", Delivery.next_try_at <= now)
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(1)
        .lateral()
    )
    chosen = select(first.c.id).select_from(endpoint.join(first, true())).where(~being_called)
    chosen = chosen.order_by(first.c.next_try_at).limit(places)
    due = select(Delivery).where(Delivery.id.in_(chosen)).order_by(Delivery.next_try_at)
    return due.with_for_update(skip_locked=True)


async def locked_delivery(session: AsyncSession, delivery_id: UUID) -> Delivery:
    return (await session.scalars(select(Delivery).where(Delivery.id == delivery_id).with_for_update())).one()


async def next_due(session: AsyncSession) -> datetime | None:
    waiting = select(func.min(Delivery.next_try_at)).where(Delivery.state == "waiting")
    due: datetime | None = await session.scalar(waiting)
    return due
