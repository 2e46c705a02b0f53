"""How many statements a request takes: what may not grow with the number of records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event as sqlalchemy_event

from tests.harness import OneService


async def statements(service: OneService, request: Any) -> int:
    """With those that begin and end its transaction."""
    seen: list[Any] = []

    def watch(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(seen.append)

    engine = service.runtime.database.engine.sync_engine
    through_sqlalchemy = (engine, "before_cursor_execute", lambda *_: seen.append(_))
    at_the_driver = (engine.pool, "checkout", watch)
    for listener in (through_sqlalchemy, at_the_driver):
        sqlalchemy_event.listen(*listener)
    try:
        answer = await request
    finally:
        for listener in (through_sqlalchemy, at_the_driver):
            sqlalchemy_event.remove(*listener)
    assert answer.status_code < 300
    return len(seen)
