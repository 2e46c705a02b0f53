"""Keeping the copies up to date: a snapshot replaces an older one and is ignored where a newer one is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.base import Base
from services.incidents.copies.models import Agreement, Asset, Customer, Department, KeyBusiness, Person, Site
from shared import timers
from shared.copies import keep_newest
from shared.db import context
from shared.events import Snapshot
from shared.events.contracts import (
    AgreementChanged,
    AssetChanged,
    CustomerChanged,
    DepartmentChanged,
    KeyBusinessChanged,
    SiteChanged,
)
from shared.events.gateway import PersonChanged

FOLLOW = "follow_agreement"
COPIES: dict[type[Snapshot], type[Base]] = {
    CustomerChanged: Customer,
    SiteChanged: Site,
    AssetChanged: Asset,
    DepartmentChanged: Department,
    KeyBusinessChanged: KeyBusiness,
    AgreementChanged: Agreement,
    PersonChanged: Person,
}


async def keep_copy(session: AsyncSession, snapshot: Snapshot, sequence: int) -> None:
    """Store a snapshot unless a later one (greater `sequence` of the same subject) is stored already."""
    model = COPIES[type(snapshot)]
    row = _row(snapshot, set(model.__table__.columns.keys()))
    await keep_newest(session, model, row | {"sequence": sequence})


async def follow_from_now(session: AsyncSession, agreement_id: UUID) -> None:
    """Whatever the agreement concerns is looked at, from the first incident on."""
    await timers.arm(session, FOLLOW, agreement_id, context(session).now)


async def look_again(session: AsyncSession, agreement_id: UUID | None, contract_number: str | None) -> None:
    """An incident is taken up again: what its agreement, or an amendment of it, became meanwhile holds for it too."""
    in_force = select(Agreement.id).where(Agreement.contract_number == contract_number, Agreement.in_force)
    for each in {agreement_id, *await session.scalars(in_force)} - {None}:
        await follow_from_now(session, each)


def _row(snapshot: Snapshot, columns: set[str]) -> dict[str, Any]:
    said = snapshot.model_dump()
    row = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if name in columns}
    return row | {"id": UUID(snapshot.subject_id)}
