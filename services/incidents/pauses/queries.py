"""What can be asked about pauses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.pauses.domain import Stretch
from services.incidents.pauses.models import Pause
from shared.db import context
from shared.errors import NotFound


class PauseNotFound(NotFound):
    code = "pause_not_found"
    en = "There is no pause {pause_id}."
    zh = "没有暂停记录 {pause_id}。"


async def pause(session: AsyncSession, pause_id: UUID) -> Pause:
    """Call with its incident locked, to change it. Raises PauseNotFound."""
    found = await session.get(Pause, pause_id, populate_existing=True)
    if found is None:
        raise PauseNotFound(pause_id=pause_id)
    return found


async def stretches_of(session: AsyncSession, incident_ids: Collection[UUID]) -> dict[UUID, tuple[Stretch, ...]]:
    """What each of the incidents does not count as of now, by time; a struck pause counts after all."""
    now = context(session).now
    counted = select(Pause).where(Pause.incident_id.in_(incident_ids), Pause.struck_at.is_(None))
    found: dict[UUID, tuple[Stretch, ...]] = dict.fromkeys(incident_ids, ())
    for pause in await session.scalars(counted.order_by(Pause.from_at, Pause.id)):
        found[pause.incident_id] += (pause.stretch(now),)
    return found


async def pauses_of(session: AsyncSession, incident_id: UUID) -> Sequence[Pause]:
    """All pauses of an incident, struck ones too, by time."""
    rows = select(Pause).where(Pause.incident_id == incident_id)
    return (await session.scalars(rows.order_by(Pause.from_at, Pause.id))).all()


async def waiting_no_more(session: AsyncSession, incident_ids: Collection[UUID] | None = None) -> Collection[UUID]:
    """Incidents (of these, or all) whose pause came to its planned end, and nothing ran yet to end it.

    They are as few as the timers that are late.
    """
    rows = select(Pause.incident_id).where(Pause.until_at.is_(None), Pause.planned_until_at <= context(session).now)
    if incident_ids is not None:
        rows = rows.where(Pause.incident_id.in_(incident_ids))
    return set(await session.scalars(rows))


async def open_pause(session: AsyncSession, incident_id: UUID) -> Pause | None:
    """The pause that has not ended. Call with the incident locked."""
    found = await open_pauses(session, [incident_id])
    return found[0] if found else None


async def open_pauses(session: AsyncSession, incident_ids: Collection[UUID]) -> Sequence[Pause]:
    """The pauses that have not ended, of each incident one at most. Call with the incidents locked."""
    rows = select(Pause).where(Pause.incident_id.in_(incident_ids), Pause.until_at.is_(None))
    return (await session.scalars(rows.order_by(Pause.id).execution_options(populate_existing=True))).all()
