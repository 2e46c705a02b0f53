"""Copies of what other services own: a snapshot replaces an older one, and is ignored where a newer one is kept.

Statements are built once per kind of copy: every move of an incident passes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Table, Update, bindparam, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

Row = Mapping[str, Any]


async def keep_newest(session: AsyncSession, model: type[DeclarativeBase], *rows: Row) -> None:
    """Store rows of a copy, each unless one with a greater `sequence` is stored under its primary key already."""
    for columns, alike in groupby(rows, key=tuple):
        await session.execute(_keeping(_table(model), columns), [dict(row) for row in alike])


async def change_older(session: AsyncSession, model: type[DeclarativeBase], *rows: Row) -> None:
    """Change rows of a copy by their `id`, each unless it is not there or has a greater `sequence` already."""
    changes = [{"of": row["id"], "newer": row["sequence"], **row} for row in rows]
    await session.execute(_changing(_table(model)), changes)


def _table(model: type[DeclarativeBase]) -> Table:
    return model.metadata.tables[str(model.__table__)]


@cache
def _keeping(copy: Table, columns: tuple[str, ...]) -> Insert:
    insertion, key = insert(copy), [column.name for column in copy.primary_key]
    changed = {name: insertion.excluded[name] for name in columns if name not in key}
    newer = insertion.excluded.sequence > copy.c.sequence
    return insertion.on_conflict_do_update(index_elements=key, set_=changed, where=newer)


@cache
def _changing(copy: Table) -> Update:
    return update(copy).where(copy.c.id == bindparam("of"), copy.c.sequence < bindparam("newer"))
