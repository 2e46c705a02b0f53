"""Editing the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements.domain import require_unique
from services.contracts.catalogue import queries
from services.contracts.catalogue.models import CatalogueItem
from shared.audit import note
from shared.db import as_record
from shared.events.contracts import CatalogueItemChanged, Target
from shared.outbox import emit


async def change_item(session: AsyncSession, *, code: str, changes: Mapping[str, Any]) -> CatalogueItem:
    """Raises ItemNotFound, VersionMismatch, TargetRepeated."""
    item = await queries.locked_item(session, code)
    require_unique([Target.model_validate(target) for target in changes.get("targets", ())])
    before = as_record(item, *changes)
    for name, value in changes.items():
        setattr(item, name, value)
    item.version += 1
    await session.flush()
    note(session, item.id, "change_item", before=before, after=as_record(item, *changes))
    say_item(session, item)
    return item


def say_item(session: AsyncSession, item: CatalogueItem) -> None:
    emit(
        session,
        CatalogueItemChanged(
            item_id=item.id,
            code=item.code,
            name_zh=item.name_zh,
            name_en=item.name_en,
            scope_zh=item.scope_zh,
            scope_en=item.scope_en,
            provider_zh=item.provider_zh,
            provider_en=item.provider_en,
            modes=tuple(item.modes),
            skills=tuple(item.skills),
            targets=tuple(Target.model_validate(target) for target in item.targets),
            active=item.active,
        ),
    )
