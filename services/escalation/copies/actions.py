"""Taking over what other services say; an older snapshot never replaces a newer one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.copies.domain import facts_of
from services.escalation.copies.models import Incident, Organisation, Person
from shared.bus import Envelope
from shared.copies import change_older, keep_newest
from shared.events import REGISTRY
from shared.events.contracts import EmergencyOrganisationChanged
from shared.events.gateway import PersonChanged


async def copy_incidents(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Take over what each event settles. A mere move of an incident never heard of has no row to settle it in."""
    settled = [{"id": UUID(envelope.subject), **_facts(envelope)} for envelope in envelopes]
    for whole, rows in groupby(settled, key=lambda row: "number" in row):
        if whole:
            await keep_newest(session, Incident, *rows)
        else:
            await change_older(session, Incident, *rows)


def _facts(envelope: Envelope) -> dict[str, Any]:
    return facts_of(REGISTRY[envelope.type].model_validate(envelope.data)) | {"sequence": envelope.sequence}


async def copy_organisation(session: AsyncSession, envelope: Envelope) -> None:
    event = EmergencyOrganisationChanged.model_validate(envelope.data)
    row = event.model_dump(include={"customer_id", "team_ids", "leader_ids", "quorum", "superior_ids"})
    await keep_newest(session, Organisation, {**row, "sequence": envelope.sequence})


async def copy_person(session: AsyncSession, envelope: Envelope) -> None:
    event = PersonChanged.model_validate(envelope.data)
    row = event.model_dump(include={"name_zh", "name_en", "roles", "active"})
    await keep_newest(session, Person, {"id": event.person_id, **row, "sequence": envelope.sequence})
