"""What can be asked about milestones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks.domain import Made
from services.incidents.clocks.queries import made_promises
from services.incidents.incidents.domain import UNRESTORED
from services.incidents.milestones.domain import Beginning, Occasion, added, beginnings
from services.incidents.milestones.models import OccasionRow
from shared.db import context

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def occasions_of(session: AsyncSession, incident_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Occasion]]:
    """What promises of several incidents could run for, whether they are made or not."""
    found: dict[UUID, list[Occasion]] = defaultdict(list)
    for row in await session.scalars(select(OccasionRow).where(OccasionRow.incident_id.in_(incident_ids))):
        found[row.incident_id].append(row.occasion)
    return found


async def added_promises(
    session: AsyncSession, incidents: Sequence[Incident]
) -> list[tuple[Incident, list[Beginning]]]:
    """What an amendment for open incidents, or a new severity, may add to each, if there is a target for it."""
    unrestored = {each.id: each for each in incidents if each.state in UNRESTORED}
    made, occasions = await made_promises(session, unrestored), await occasions_of(session, unrestored)
    now = context(session).now
    return [
        (each, _added_to(each, occasions.get(each.id, ()), made.get(each.id, ()), now)) for each in unrestored.values()
    ]


def _added_to(
    incident: Incident, occasions: Sequence[Occasion], made: Sequence[Made], now: datetime
) -> list[Beginning]:
    once = beginnings(incident.reported_at, incident.classified_at, ())
    kept = {kind for kind, at in incident.kept_at.items() if at is not None}
    taken_over_at = incident.registered_at if incident.source else None
    return added(once, occasions, kept=kept, made=made, taken_over_at=taken_over_at, now=now)


async def occasion(session: AsyncSession, incident_id: UUID, kind: str, about_id: UUID) -> OccasionRow | None:
    return await session.get(OccasionRow, (incident_id, kind, about_id))
