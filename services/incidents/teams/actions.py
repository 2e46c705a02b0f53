"""Handing an incident over."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.domain import Bearer
from services.incidents.teams.models import Segment
from shared.db import context


async def hand_over(session: AsyncSession, bearer: Bearer, *, team: str, engineer_id: UUID | None) -> None:
    """From now on this team, and this engineer of it, holds the incident. Call with the incident locked."""
    session.add(
        Segment(
            incident_id=bearer.incident_id,
            customer_id=bearer.customer_id,
            team=team,
            engineer_id=engineer_id,
            from_at=context(session).now,
        )
    )
    await session.flush()
