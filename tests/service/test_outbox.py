"""The outbox: what was said leaves after the commit, in order per subject, and is marked only once confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.db import Caller
from shared.events.contracts import CustomerChanged
from shared.events.incidents import IncidentAcknowledged
from shared.mechanisms import tables_of
from shared.outbox import (
    BATCH,
    HISTORY_BATCH,
    ForeignEvent,
    ForeignTenant,
    Relay,
    emit,
    oldest_unsent_seconds,
)
from tests.harness import OneService

OUTBOX = tables_of("contracts")["outbox"]
SYSTEM = Caller("system:contracts", "system")


def a_customer(**changes: Any) -> CustomerChanged:
    return CustomerChanged(**{"customer_id": uuid7(), "name_zh": "甲", "name_en": "A", "active": True} | changes)


async def unsent(service: OneService) -> list[Any]:
    return await service.rows(OUTBOX.select().where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.id))


async def test_what_a_rolled_back_transaction_said_never_leaves(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")

    async def change_my_mind() -> None:
        async with service.runtime.database.transaction(SYSTEM) as session:
            emit(session, a_customer())
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    assert await service.said(CustomerChanged) == []


async def test_events_of_a_subject_are_numbered_from_one_without_gaps(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    customer = uuid7()
    for names in (("A", "B"), ("C",)):
        async with service.runtime.database.transaction(SYSTEM) as session:
            for name in names:
                emit(session, a_customer(customer_id=customer, name_en=name))
    await service.settle()
    assert [(e.sequence, e.data["name_en"]) for e in service.bus.published] == [(1, "A"), (2, "B"), (3, "C")]


async def test_an_unconfirmed_event_stays_and_leaves_later_with_the_same_id(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    async with service.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer())
    service.bus.failing = True
    await service.settle()
    [row] = await unsent(service)
    assert row.tries >= 1
    service.bus.failing = False
    await service.settle()
    assert [envelope.id for envelope in service.bus.published] == [row.event_id]
    assert await unsent(service) == []


async def test_a_failing_subject_keeps_its_order_and_holds_up_no_other(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    stuck, free = uuid7(), uuid7()
    async with service.runtime.database.transaction(SYSTEM) as session:
        for customer in (stuck, free, stuck):
            emit(session, a_customer(customer_id=customer))
    service.bus.refused = {str(stuck)}
    await service.settle()
    assert [envelope.subject for envelope in service.bus.published] == [str(free)]
    service.bus.refused = set()
    await service.settle()
    assert [(e.subject, e.sequence) for e in service.bus.published[1:]] == [(str(stuck), 1), (str(stuck), 2)]


async def test_a_service_says_only_its_own_events(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    event = IncidentAcknowledged(
        incident_id=uuid7(),
        customer_id=uuid7(),
        number="INC",
        acknowledged_by=uuid7(),
        acknowledged_at=await service.now(),
    )
    with pytest.raises(ForeignEvent):
        async with service.runtime.database.transaction(SYSTEM) as session:
            emit(session, event)


async def test_nobody_says_a_fact_about_another_customer(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    with pytest.raises(ForeignTenant):
        async with service.runtime.database.transaction(Caller("person:x", "customer", uuid7())) as session:
            emit(session, a_customer())


async def test_the_envelope_tells_who_when_and_what_caused_it(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    cause, incident = uuid7(), uuid7()
    caller = Caller("person:ada", "system", correlation_id=incident, causation_id=cause, traceparent="00-ab-cd-01")
    async with service.runtime.database.transaction(caller) as session:
        emit(session, a_customer())
    await service.settle()
    [envelope] = service.bus.published
    assert (envelope.actor, envelope.causationid, envelope.correlationid) == ("person:ada", cause, incident)
    assert (envelope.source, envelope.specversion, envelope.traceparent) == (
        "/aftercare/contracts",
        "1.0",
        "00-ab-cd-01",
    )
    assert str(envelope.customerid) == envelope.data["customer_id"]


async def test_what_happens_now_does_not_wait_behind_history(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    now = uuid7()
    async with service.runtime.database.transaction(replace(SYSTEM, historical=True)) as session:
        for _ in range(2 * HISTORY_BATCH):
            emit(session, a_customer())
    async with service.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer(customer_id=now))
    relay = next(loop for loop in service.runtime.loops if isinstance(loop, Relay))
    assert await relay.step() == HISTORY_BATCH + 1
    assert str(now) in {envelope.subject for envelope in service.bus.published}
    await service.settle()
    assert len(service.bus.published) == 2 * HISTORY_BATCH + 1


async def test_a_subject_does_not_speak_before_its_own_history(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    last = uuid7()
    async with service.runtime.database.transaction(replace(SYSTEM, historical=True)) as session:
        for _ in range(HISTORY_BATCH):
            emit(session, a_customer())
        emit(session, a_customer(customer_id=last))
    async with service.runtime.database.transaction(SYSTEM) as session:
        emit(session, a_customer(customer_id=last))
    await service.settle()
    spoken = [envelope for envelope in service.bus.published if envelope.subject == str(last)]
    assert [envelope.historical for envelope in spoken] == [True, False]
    assert {envelope.id for envelope in spoken} <= service.bus.of_history, "nor on its way"


async def test_a_subject_that_began_here_goes_its_way_whatever_is_historical_of_it(
    one_service: OneService.Factory,
) -> None:
    service = await one_service("contracts")
    known = uuid7()
    for caller in (SYSTEM, replace(SYSTEM, historical=True), SYSTEM):
        async with service.runtime.database.transaction(caller) as session:
            emit(session, a_customer(customer_id=known))
    await service.settle()
    assert [envelope.historical for envelope in service.bus.published] == [False, True, False]
    assert service.bus.of_history == set()


async def test_waiting_history_is_no_sign_of_a_stuck_outbox(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    async with service.runtime.database.transaction(replace(SYSTEM, historical=True)) as session:
        emit(session, a_customer())
    async with service.runtime.database.transaction(SYSTEM) as session:
        assert await oldest_unsent_seconds(session) == 0
        emit(session, a_customer())
    async with service.runtime.database.transaction(SYSTEM) as session:
        assert await oldest_unsent_seconds(session) > 0


async def test_a_subject_that_keeps_failing_never_fills_the_batch(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    stuck, free = uuid7(), uuid7()
    async with service.runtime.database.transaction(SYSTEM) as session:
        for _ in range(BATCH + 1):
            emit(session, a_customer(customer_id=stuck))
        emit(session, a_customer(customer_id=free))
    service.bus.refused = {str(stuck)}
    await service.settle()
    await service.settle()
    assert [envelope.subject for envelope in service.bus.published] == [str(free)]


async def test_what_leaves_together_has_left_at_the_same_time(one_service: OneService.Factory) -> None:
    """Else the record could tell another order than the one in which a subject's events left."""
    service = await one_service("contracts")
    customer = uuid7()
    async with service.runtime.database.transaction(SYSTEM) as session:
        for _ in range(20):
            emit(session, a_customer(customer_id=customer))
    await service.settle()
    rows = await service.rows(OUTBOX.select())
    assert len(rows) == 20
    assert len({row.sent_at for row in rows}) == 1
