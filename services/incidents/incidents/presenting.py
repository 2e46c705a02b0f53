"""An incident as a caller sees it after a change of it."""

from __future__ import annotations

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
