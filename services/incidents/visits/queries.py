"""What can be asked about visits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.visits.domain import State
from services.incidents.visits.models import Visit
from shared.db import check_version
from shared.errors import NotFound


class VisitNotFound(NotFound):
    code = "visit_not_found"
    en = "There is no visit {visit_id}."
    zh = "没有上门服务 {visit_id}。"


async def visit(session: AsyncSession, visit_id: UUID) -> Visit:
    found = await session.get(Visit, visit_id)
    if found is None:
        raise VisitNotFound(visit_id=visit_id)
    return found


async def locked_visit(session: AsyncSession, visit_id: UUID) -> Visit:
    """The visit under its row lock, at the version that the client's If-Match names."""
    found = await session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise VisitNotFound(visit_id=visit_id)
    check_version(session, found.version)
    return found


async def locked_visits(session: AsyncSession, incident_id: UUID, states: Sequence[State]) -> Sequence[Visit]:
    """Those of an incident in any of these states, under their locks. Call with the incident locked."""
    rows = select(Visit).where(Visit.incident_id == incident_id, Visit.state.in_(states))
    locked = rows.order_by(Visit.id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).all()


async def visits_of(session: AsyncSession, incident_id: UUID) -> Sequence[Visit]:
    """Oldest first."""
    of_incident = select(Visit).where(Visit.incident_id == incident_id).order_by(Visit.id)
    return (await session.scalars(of_incident)).all()
