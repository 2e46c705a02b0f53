"""Each team's share of an incident."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.domain import Kind
from services.incidents.clocks.queries import readings
from services.incidents.incidents.domain import Team
from services.incidents.incidents.queries import incident
from services.incidents.shares.domain import Share, shares
from services.incidents.teams.domain import Holder
from services.incidents.teams.queries import holders
from shared.db import context


async def shares_of(session: AsyncSession, incident_id: UUID) -> list[Share]:
    """Each team's stretches up to the end or now, the desk's first. Raises IncidentNotFound."""
    found, now = await incident(session, incident_id), context(session).now
    held = [Holder(found.reported_at, Team.DESK, None), *await holders(session, incident_id)]
    clocks = (await readings(session, [incident_id], now))[incident_id]
    resolve = next((clock.promise for clock in clocks if clock.kind == Kind.RESOLVE), None)
    ends = [at for at in (found.resolved_at, found.cancelled_at, found.merged_at) if at is not None]
    return shares(held, min(ends, default=now), resolve)
