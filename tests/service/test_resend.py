"""Sending again what was sent since a time: the same events, in order, and nothing older."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from shared.bus import Envelope
from shared.db import Caller
from shared.mechanisms import tables_of
from shared.outbox import emit
from shared.resend import RANGE, CannotSendAgain, Sent, send_again, sent_since
from tests.harness import OneService
from tests.service.test_outbox import a_customer, unsent

OUTBOX = tables_of("contracts")["outbox"]
REMEMBERED = timedelta(days=10)
SYSTEM = Caller("system:contracts", "system")


async def said(service: OneService, *names: str) -> list[Envelope]:
    """Say a customer of each name and let it leave; what has left by now."""
    async with service.runtime.database.transaction(SYSTEM) as session:
        for name in names:
            emit(session, a_customer(name_en=name))
    await service.settle()
    return list(service.bus.published)


async def sent_again(service: OneService, since: datetime) -> list[Envelope]:
    """What leaves once more."""
    before = len(service.bus.published)
    await send_again(service.runtime.database, await sent_since(service.runtime.database, since, remembered=REMEMBERED))
    await service.settle()
    return service.bus.published[before:]


async def test_what_was_sent_since_leaves_again_as_it_was_and_in_order(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    since = await service.now()
    first = await said(service, "A", "B", "C")
    assert await sent_again(service, since) == first
    assert await unsent(service) == []


async def test_what_was_sent_before_stays_sent(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    await said(service, "old", "older")
    since = await service.now()
    sent = await sent_since(service.runtime.database, since, remembered=REMEMBERED)
    assert sent.events == 0
    assert await sent_again(service, since) == []
    *_, new = await said(service, "new")
    assert await sent_again(service, since) == [new]


async def test_what_leaves_while_events_are_marked_is_not_marked_too(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    since = await service.now()
    [lost] = await said(service, "lost")
    sent = await sent_since(service.runtime.database, since, remembered=REMEMBERED)
    await said(service, "meanwhile")
    await send_again(service.runtime.database, sent)
    assert [row.event_id for row in await unsent(service)] == [lost.id]


async def test_what_was_sent_again_before_is_not_sent_after_inboxes_forgot_it(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Sending again renews when it was sent, not when it came in elsewhere."""
    service = await one_service("contracts")
    since = await service.now()
    await said(service, "Ada", "Grace")
    await admin.execute("UPDATE contracts.outbox SET created_at = created_at - interval '40 days' WHERE id = 1")
    sent = await sent_since(service.runtime.database, since, remembered=REMEMBERED)
    assert sent.events == 1
    assert len(await sent_again(service, since)) == 1


async def test_an_event_that_had_failed_before_it_was_sent_starts_afresh(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    since = await service.now()
    service.bus.failing = True
    await said(service, "late")
    service.bus.failing = False
    await service.settle()
    await send_again(service.runtime.database, await sent_since(service.runtime.database, since, remembered=REMEMBERED))
    [row] = await unsent(service)
    assert (row.tries, row.error) == (0, None)


@pytest.mark.parametrize(
    ("back", "why"),
    [(timedelta(seconds=-5), "still to come"), (REMEMBERED + timedelta(seconds=5), "may have forgotten")],
)
async def test_a_time_that_would_do_harm_is_refused(one_service: OneService.Factory, back: timedelta, why: str) -> None:
    service = await one_service("contracts")
    since = await service.now() - back
    with pytest.raises(CannotSendAgain, match=why):
        await sent_since(service.runtime.database, since, remembered=REMEMBERED)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1, 0, []),
        (7, 7, [(7, 7)]),
        (1, RANGE, [(1, RANGE)]),
        (5, RANGE + 5, [(5, RANGE + 4), (RANGE + 5, RANGE + 5)]),
    ],
)
def test_rows_are_marked_in_ranges_that_leave_none_out(first: int, last: int, expected: list[Any]) -> None:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    assert list(Sent(0, moment, moment, moment, first, last).ranges()) == expected
