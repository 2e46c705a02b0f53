"""Saying all snapshots of a service again, for services whose copies are empty or lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import timers
from shared.db import Transactions, context

BATCH = 500
SAY_AGAIN = "say_again"
"""What a migration arms where copies elsewhere are new or have more: see `say_snapshots_again` in shared/migrate.py."""


@dataclass(frozen=True)
class Every:
    """All rows of a select, in the order of a key that never changes: the uuid of its first table."""

    rows: Select[*tuple[Any, ...]]
    key: Any

    def after(self, last: UUID | None, limit: int) -> Select[*tuple[Any, ...]]:
        """The next rows, each with its key. Who changes one of them waits: what is said later is also newer."""
        rows = self.rows if last is None else self.rows.where(self.key > last)
        keyed = rows.add_columns(self.key.label("after")).order_by(self.key).limit(limit)
        return keyed.with_for_update(read=True, of=self.key.class_)


Snapshots = Sequence[tuple[Every, Callable[..., None]]]
"""Kinds of records in the order in which they are said, each with what says one: `say(session, *row)`."""


async def say_again(transactions: Transactions, snapshots: Snapshots, *, batch: int = BATCH) -> None:
    """A transaction for each batch: none holds a whole table, neither in memory nor in the outbox's one statement."""
    for every, say in snapshots:
        last: UUID | None = None
        said = batch
        while said == batch:
            async with transactions() as session:
                last, said = await _say_batch(session, every, say, last, batch)


async def say_some_again(
    session: AsyncSession, snapshots: Snapshots, timer: timers.Timer, *, batch: int = BATCH
) -> None:
    """The next batch, in the transaction of its timer, which then is armed for the rest."""
    kind, after = timer.data.get("kind", 0), timer.data.get("after")
    every, say = snapshots[kind]
    last, said = await _say_batch(session, every, say, UUID(after) if after else None, batch)
    rest = {"kind": kind, "after": last} if said == batch else {"kind": kind + 1}
    if rest["kind"] < len(snapshots):
        await timers.arm(session, SAY_AGAIN, timer.subject_id, context(session).now, data=rest)


async def _say_batch(
    session: AsyncSession, every: Every, say: Callable[..., None], last: UUID | None, batch: int
) -> tuple[UUID | None, int]:
    """The key of the last row that was said, and how many were."""
    found = (await session.execute(every.after(last, batch))).all()
    for *row, _ in found:
        say(session, *row)
    return found[-1].after if found else last, len(found)
