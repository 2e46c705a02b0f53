"""Writing the catalogue. Each write says the whole part as a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.inventory.parts.models import Part
from shared.audit import note
from shared.db import as_record, unless_taken
from shared.errors import Conflict
from shared.events.inventory import PartChanged
from shared.outbox import emit


class PartNumberTaken(Conflict):
    code = "part_number_taken"
    en = "There is a part with the number {part_number} already."
    zh = "备件编号 {part_number} 已存在。"


async def add_part(
    session: AsyncSession,
    *,
    part_number: str,
    name_zh: str,
    name_en: str,
    models: Sequence[str],
    lead_time_days: int,
) -> Part:
    """Raises PartNumberTaken."""
    part = Part(
        part_number=part_number,
        name_zh=name_zh,
        name_en=name_en,
        models=list(models),
        lead_time_days=lead_time_days,
    )
    session.add(part)
    with unless_taken(PartNumberTaken(part_number=part_number)):
        await session.flush()
    note(session, part.id, "add_part", after=as_record(part, "part_number", "name_zh", "models", "lead_time_days"))
    say_part(session, part)
    return part


def say_part(session: AsyncSession, part: Part) -> None:
    emit(
        session,
        PartChanged(
            part_id=part.id,
            part_number=part.part_number,
            name_zh=part.name_zh,
            name_en=part.name_en,
            models=tuple(part.models),
        ),
    )
