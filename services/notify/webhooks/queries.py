"""What can be asked about webhook endpoints."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.webhooks.models import Endpoint
from shared.db import tenants_driver
from shared.errors import NotFound
from shared.paging import Page

WANTING = """
SELECT type, id FROM notify.endpoints JOIN unnest($2::text[]) AS wanted (type) ON type = ANY (event_types)
WHERE customer_id = $1 AND disabled_at IS NULL AND removed_at IS NULL
"""
"""One prepared statement: every public event passes here."""


class WebhookNotFound(NotFound):
    code = "webhook_not_found"
    en = "There is no webhook {webhook_id}."
    zh = "没有 Webhook {webhook_id}。"


async def endpoint(session: AsyncSession, webhook_id: UUID, *, lock: bool = False) -> Endpoint:
    """Raises WebhookNotFound, also for one that was removed. `lock` holds its row to the end of the transaction."""
    found = await session.get(Endpoint, webhook_id, with_for_update=lock, populate_existing=lock)
    if found is None or found.removed_at is not None:
        raise WebhookNotFound(webhook_id=webhook_id)
    return found


async def endpoints_page(session: AsyncSession, page: Page) -> Sequence[Endpoint]:
    return (await session.scalars(page.of(select(Endpoint).where(Endpoint.removed_at.is_(None)), Endpoint.id))).all()


async def endpoint_count(session: AsyncSession, customer_id: UUID) -> int:
    """How many the customer has. Held until the end of the transaction against a second that is being entered."""
    entering = func.hashtextextended(f"webhooks of {customer_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(entering)))
    own = select(func.count()).select_from(Endpoint)
    own = own.where(Endpoint.customer_id == customer_id, Endpoint.removed_at.is_(None))
    return await session.scalar(own) or 0


async def endpoints_for(
    session: AsyncSession, customer_id: UUID, event_types: Collection[str]
) -> Mapping[str, Sequence[UUID]]:
    """The ids of the customer's endpoints that are to be called about such events, for each type that any wants."""
    rows = await (await tenants_driver(session)).fetch(WANTING, customer_id, list(event_types))
    wanting: dict[str, list[UUID]] = {}
    for event_type, endpoint_id in rows:
        wanting.setdefault(event_type, []).append(endpoint_id)
    return wanting


def every_endpoint_id() -> Select[tuple[UUID]]:
    """The ids of all endpoints, removed and disabled ones too, for use inside another query."""
    return select(Endpoint.id)


async def endpoints_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Endpoint]:
    """The endpoints, removed and disabled ones too."""
    found = await session.scalars(select(Endpoint).where(Endpoint.id.in_(ids)))
    return {endpoint.id: endpoint for endpoint in found}


async def locked_endpoint(session: AsyncSession, endpoint_id: UUID) -> Endpoint:
    """The endpoint whatever its state, its row locked to the end of the transaction."""
    return (await session.scalars(select(Endpoint).where(Endpoint.id == endpoint_id).with_for_update())).one()
