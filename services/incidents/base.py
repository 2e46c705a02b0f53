"""The declarative base of the service's tables."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from shared.db import COLUMN_TYPES, metadata_for, tenants_driver


class Base(DeclarativeBase):
    metadata = metadata_for("incidents")
    type_annotation_map = COLUMN_TYPES


async def insert_complete(session: AsyncSession, rows: Sequence[Base]) -> None:
    """Insert new rows of one table in one statement, as they are; the session does not track them.

    For the hot path, where tracking costs more than the statement. What is not set is null: no defaults apply, but
    generated columns are filled.
    """
    table = rows[0].__table__
    values = [{name: value for name, value in vars(row).items() if not name.startswith("_")} for row in rows]
    names = ", ".join(column.name for column in table.columns if column.computed is None)
    filled = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, $1)"
    await (await tenants_driver(session)).execute(filled, orjson.dumps(values, default=str).decode())
