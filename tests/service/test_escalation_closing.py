"""What is begun for an incident in the very moment of its end does not outlive it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.escalation.activations.actions import request_activation
from services.escalation.part_call_ups.actions import call_up_parts
from shared.db import Caller
from shared.events.escalation import ActivationWithdrawn, AlarmRaised
from shared.events.incidents import IncidentClassified
from tests.builders.escalation import TEAM, classified, close, in_force, opened
from tests.builders.eventually import eventually
from tests.builders.locks import is_waited_for
from tests.harness import OneService

AS_TEAM = Caller(actor=TEAM.actor, scope="staff", person_id=TEAM.id)


async def closed_while(
    escalation: OneService, incident: IncidentClassified, begin: Callable[[AsyncSession], Awaitable[Any]]
) -> None:
    """Begin something, and let the incident's end come in before it is committed."""
    async with escalation.runtime.database.transaction(AS_TEAM) as session:
        await begin(session)
        closing = asyncio.ensure_future(close(escalation, incident))

        async def met() -> bool:
            return closing.done() or await is_waited_for(escalation)

        await eventually(met, bool)
    await closing


async def test_a_request_is_withdrawn(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident, plan = await classified(escalation), await in_force(escalation)
    await closed_while(
        escalation,
        incident,
        lambda session: request_activation(
            session, incident_id=incident.incident_id, plan_id=UUID(plan["id"]), reason="No spare at hand"
        ),
    )
    assert len(await escalation.said(ActivationWithdrawn)) == 1
    await escalation.advance(hours=6)
    assert await escalation.said(AlarmRaised) == []


async def test_nobody_is_alarmed_for_a_part(one_service: OneService.Factory) -> None:
    escalation = await opened(one_service)
    incident = await classified(escalation)
    await closed_while(
        escalation,
        incident,
        lambda session: call_up_parts(
            session, incident_id=incident.incident_id, activation_id=None, part_number="PSU-1", quantity=1
        ),
    )
    await escalation.advance(hours=6)
    assert await escalation.said(AlarmRaised) == []
    assert await escalation.rows(text("SELECT id FROM escalation.timers WHERE state = 'armed'")) == []
