"""Tagging an incident."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.incidents.queries import locked_incident
from services.incidents.tags import domain, queries
from services.incidents.tags.models import Tagging
from shared.audit import note
from shared.db import as_record


async def tag_incident(session: AsyncSession, *, incident_id: UUID, tags: Iterable[str]) -> list[str]:
    """From now on it has these tags and no others. Raises IncidentNotFound, TagNotUsable, TooManyTags."""
    wanted = domain.normalised(tags)
    incident = await locked_incident(session, incident_id, for_client=False)
    present = {tagging.tag: tagging for tagging in await queries.taggings_of(session, incident_id)}
    for tag, tagging in present.items():
        if tag not in wanted:
            await session.delete(tagging)
            note(session, tagging.id, "remove_tag", before=as_record(tagging, "incident_id", "tag"))
    for tag in wanted:
        if tag not in present:
            tagging = Tagging(id=uuid7(), incident_id=incident_id, customer_id=incident.customer_id, tag=tag)
            session.add(tagging)
            note(session, tagging.id, "add_tag", after=as_record(tagging, "incident_id", "tag"))
    await session.flush()
    return sorted(wanted)
