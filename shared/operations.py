"""The routes every service has for its operators: events given up on, and its part of an incident's evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, update

from shared.audit import note
from shared.auth import needs
from shared.chains import json_value
from shared.db import context
from shared.edge import Session, router
from shared.errors import NotFound
from shared.mechanisms import table
from shared.outbox import events_about
from shared.permissions import Permission


class ParkedNotFound(NotFound):
    code = "parked_event_not_found"
    en = "No such event waits or is parked for {consumer}."
    zh = "没有等待或搁置的事件：{consumer}。"


class EvidenceNotFound(NotFound):
    code = "evidence_not_found"
    en = "This service holds nothing about the incident {incident_id}."
    zh = "本服务没有关于事件 {incident_id} 的记录。"


class ParkedOut(BaseModel):
    """An event that could not be handled: `waiting` is tried again, `parked` needs a decision."""

    consumer: str
    event_id: UUID
    type: str
    subject: str
    state: str
    tries: int
    error: str | None
    next_try_at: datetime | None


class EvidenceOut(BaseModel):
    """What one service holds about an incident: its audit chains in full, and every event it said."""

    service: str
    incident_id: UUID
    entries: list[dict[str, Any]]
    events: list[dict[str, Any]]


def operations_router(service: str) -> APIRouter:
    routes = router(tags=["operations"])

    @routes.get(f"/v1/operations/{service}/parked", response_model=list[ParkedOut], name=f"parked_{service}")
    @needs(Permission.OPERATIONS)
    async def parked_events(session: Session) -> Any:
        inbox = table(session, "inbox")
        open_rows = select(inbox).where(inbox.c.state.in_(("waiting", "parked"))).order_by(inbox.c.id).limit(200)
        return (await session.execute(open_rows)).mappings().all()

    @routes.post(
        f"/v1/operations/{service}/parked/{{consumer}}/{{event_id}}/replay",
        status_code=204,
        name=f"replay_{service}",
    )
    @needs(Permission.OPERATIONS)
    async def replay_parked_event(consumer: str, event_id: UUID, session: Session) -> None:
        await _release(session, consumer, event_id, "waiting")

    @routes.post(
        f"/v1/operations/{service}/parked/{{consumer}}/{{event_id}}/discard",
        status_code=204,
        name=f"discard_{service}",
    )
    @needs(Permission.OPERATIONS)
    async def discard_parked_event(consumer: str, event_id: UUID, session: Session) -> None:
        await _release(session, consumer, event_id, "discarded")

    @routes.get(f"/v1/evidence/{service}/{{incident_id}}", response_model=EvidenceOut, name=f"evidence_{service}")
    @needs(Permission.EVIDENCE_READ)
    async def evidence(incident_id: UUID, session: Session) -> EvidenceOut:
        audit = table(session, "audit")
        touched = select(audit.c.subject).where(audit.c.correlation_id == incident_id)
        chains = select(audit).where(audit.c.subject.in_(touched)).order_by(audit.c.subject, audit.c.number)
        if not context(session).sees_internal:
            chains = chains.where(audit.c.customer_id.is_not(None))
        entries = [json_value(dict(row)) for row in (await session.execute(chains)).mappings()]
        events = await events_about(session, incident_id)
        if not entries and not events:
            raise EvidenceNotFound(incident_id=incident_id)
        return EvidenceOut(service=service, incident_id=incident_id, entries=entries, events=events)

    return routes


async def _release(session: Session, consumer: str, event_id: UUID, state: str) -> None:
    inbox = table(session, "inbox")
    released = update(inbox).where(
        inbox.c.consumer == consumer, inbox.c.event_id == event_id, inbox.c.state.in_(("waiting", "parked"))
    )
    now = context(session).now
    result = await session.execute(released.values(state=state, tries=0, next_try_at=now).returning(inbox.c.id))
    if result.first() is None:
        raise ParkedNotFound(consumer=consumer)
    note(session, event_id, f"inbox_{state}", after={"consumer": consumer, "state": state})
    context(session).wakes.add("inbox")
