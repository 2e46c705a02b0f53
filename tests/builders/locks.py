"""The order of locks: a record first, then its timers, so that a timer that fires waits for nobody in a circle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from shared.db import Caller
from tests.builders.eventually import eventually
from tests.harness import OneService

T = TypeVar("T")
SYSTEM = Caller("system:test", "system")
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def is_waited_for(service: OneService) -> bool:
    """Whether somebody waits for a lock of the database."""
    return bool((await service.rows(text(WAITING)))[0][0])


async def waits_without(
    service: OneService, table: str, held_id: UUID, free_id: UUID, move: Coroutine[Any, Any, T]
) -> T:
    """Let the move wait for one record, and lock another meanwhile, as somebody does who needs both in this order.

    Raises DBAPIError (lock not available) when the move holds that one already: the two would wait in a circle.
    Returns what the move does.
    """
    async with service.runtime.database.transaction(SYSTEM) as session:
        row = f"SELECT 1 FROM {service.runtime.service.name}.{table} WHERE id = :id FOR NO KEY UPDATE"
        assert (await session.execute(text(row), {"id": held_id})).all()
        moving = asyncio.ensure_future(move)
        await eventually(lambda: is_waited_for(service), bool)
        try:
            assert (await session.execute(text(f"{row} NOWAIT"), {"id": free_id})).all()
        except BaseException:
            moving.cancel()
            raise
    return await moving


async def takes_no_timer_before(service: OneService, table: str, record_id: UUID, move: Coroutine[Any, Any, T]) -> T:
    """Let the move wait for its record, locked as by a timer that fires, and take the timers meanwhile, as that does.

    Raises DBAPIError (lock not available) when the move holds one of them already. Returns what the move does.
    """
    name = service.runtime.service.name
    async with service.runtime.database.transaction(SYSTEM) as session:
        locked = text(f"SELECT 1 FROM {name}.{table} WHERE id = :id FOR UPDATE")
        assert (await session.execute(locked, {"id": record_id})).all()
        moving = asyncio.ensure_future(move)
        await eventually(lambda: is_waited_for(service), bool)
        timers = text(f"SELECT 1 FROM {name}.timers WHERE subject = :id AND state = 'armed' FOR UPDATE NOWAIT")
        try:
            assert (await session.execute(timers, {"id": str(record_id)})).all()
        except BaseException:
            moving.cancel()
            raise
    return await moving
