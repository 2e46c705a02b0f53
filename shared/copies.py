"""Copies of what other services own: a snapshot replaces an older one, and is ignored where a newer one is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def keep_newest(session: AsyncSession, model: type[DeclarativeBase], row: Mapping[str, Any]) -> None:
    """Store a row of a copy unless one with a greater `sequence` is stored under its primary key already."""
    await session.execute(_keeping(model, tuple(row)), [dict(row)])


@cache
def _keeping(model: type[DeclarativeBase], columns: tuple[str, ...]) -> Insert:
    """Built once per kind of copy: what every move of an incident passes."""
    copy, insertion = model.__table__, insert(model)
    key = [column.name for column in copy.primary_key]
    changed = {name: insertion.excluded[name] for name in columns if name not in key}
    newer = insertion.excluded.sequence > copy.c.sequence
    return insertion.on_conflict_do_update(index_elements=key, set_=changed, where=newer)
