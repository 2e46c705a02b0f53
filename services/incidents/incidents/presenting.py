"""Incidents as a caller sees them: one after a change of it, or several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.incidents import queries
from services.incidents.incidents.schemas import IncidentOut
from shared.auth import Principal
from shared.edge import tagged

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def incident_out(session: AsyncSession, response: Response, by: Principal, incident: Incident) -> IncidentOut:
    """With its version as ETag."""
    await session.flush()
    [shown] = await queries.shown(session, [tagged(response, incident)])
    return IncidentOut.of(shown, by)


async def incidents_out(session: AsyncSession, by: Principal, incidents: Sequence[Incident]) -> list[IncidentOut]:
    return [IncidentOut.of(shown, by) for shown in await queries.shown(session, incidents)]
