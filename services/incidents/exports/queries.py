"""The rows of an export, a batch at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.queries import broken_kinds, next_dues
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Named
from services.incidents.incidents.filters import Filters, Order
from services.incidents.incidents.listing import Listed, incidents_page
from services.incidents.incidents.queries import states_of
from shared.db import Transactions
from shared.paging import Page

BATCH = 500
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Batch:
    """Rows of an export, and where it goes on."""

    rows: Sequence[Row]
    following: Page | None


async def first_batch(session: AsyncSession, filters: Filters, language: str) -> Batch:
    """The newest. What no query can be made of is refused here, before anything is sent."""
    return await _batch(session, Page(BATCH), filters, language)


async def batches(first: Batch, reading: Transactions, filters: Filters, language: str) -> AsyncIterator[Sequence[Row]]:
    """The first and all that follow, each read in a transaction of its own: a slow reader holds neither it nor a
    connection.
    """
    batch = first
    yield batch.rows
    while batch.following:
        async with reading() as session:
            batch = await _batch(session, batch.following, filters, language)
        yield batch.rows


async def _batch(session: AsyncSession, page: Page, filters: Filters, language: str) -> Batch:
    found = await incidents_page(session, page, filters, Order.NEWEST)
    following = Page(BATCH, found[BATCH - 1].id) if len(found) > BATCH else None
    return Batch(await _rows(session, found[:BATCH], language), following)


async def _rows(session: AsyncSession, found: Sequence[Listed], language: str) -> list[Row]:
    incidents = [row.incident for row in found]
    incident_ids = [incident.id for incident in incidents]
    states = await states_of(session, incidents)
    broken, due = await broken_kinds(session, incident_ids), await next_dues(session, incident_ids)
    ids = [i for one in incidents for i in (one.customer_id, one.site_id, one.asset_id, one.engineer_id)]
    names = await copies.names(session, ids)

    def named(thing_id: UUID | None) -> str | None:
        return _name(names[thing_id], language) if thing_id in names else None

    return [
        vars(incident)
        | {
            "state": states[incident.id],
            "customer": named(incident.customer_id),
            "site": named(incident.site_id),
            "asset": named(incident.asset_id),
            "engineer": named(incident.engineer_id),
            "broken": broken.get(incident.id),
            "due_at": due.get(incident.id),
        }
        for incident in incidents
    ]


def _name(named: Named, language: str) -> str:
    return named.name_zh if language == "zh" else named.name_en
