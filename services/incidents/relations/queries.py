"""What can be asked about relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents.queries import incidents_of, states_of
from services.incidents.relations.models import Relation

if TYPE_CHECKING:
    from services.incidents.incidents.domain import State
    from services.incidents.incidents.models import Incident


@dataclass(frozen=True)
class Related:
    """An incident that another one has to do with, and why that was said."""

    incident: Incident
    state: State
    reason: str
    related_by: str
    related_at: datetime


async def relation(session: AsyncSession, one_id: UUID, other_id: UUID) -> Relation | None:
    """Of the pair, whichever is named first."""
    first, second = sorted((one_id, other_id))
    pair = select(Relation).where(Relation.one_id == first, Relation.other_id == second)
    return (await session.scalars(pair)).one_or_none()


async def related_to(session: AsyncSession, incident_id: UUID) -> Sequence[Related]:
    """What the incident is related to, in the order it was said."""
    rows = select(Relation).where(or_(Relation.one_id == incident_id, Relation.other_id == incident_id))
    relations = (await session.scalars(rows.order_by(Relation.id))).all()
    others = {each.id: each.other_id if each.one_id == incident_id else each.one_id for each in relations}
    known = await incidents_of(session, others.values())
    states = await states_of(session, list(known.values()))
    return [
        Related(known[other], states[other], each.reason, each.related_by, each.related_at)
        for each, other in zip(relations, others.values(), strict=True)
    ]
