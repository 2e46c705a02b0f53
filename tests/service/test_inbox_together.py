"""Effects that take what arrived together: each event with its own cause and customer, a bad one set aside alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from services.contracts.customers import actions
from shared.bus import Envelope
from shared.consumers import Consumers
from shared.db import AsyncSession, because_of
from shared.events.contracts import CustomerChanged
from shared.events.gateway import PersonChanged
from shared.mechanisms import tables_of
from shared.service import Service
from tests.harness import OneService
from tests.toy import Toy, a_person

INBOX, AUDIT = tables_of("contracts")["inbox"], tables_of("contracts")["audit"]


def adds_customers(calls: list[list[str]]) -> Service:
    """A service with an effect that takes many: a row, an event and an audit entry for each person heard of."""
    consumers = Consumers()

    @consumers.on_envelopes(PersonChanged)
    async def add_customers(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """A customer for each person; one called bad fails."""
        calls.append([envelope.data["name_en"] for envelope in envelopes])
        for envelope in envelopes:
            with because_of(session, envelope.id):
                name = envelope.data["name_en"]
                await actions.add_customer(session, name_zh=name, name_en=name)
        if "bad" in calls[-1]:
            raise RuntimeError("cannot handle bad")

    return replace(Toy().service(), consumers=consumers)


async def arrive(service: OneService, *people: PersonChanged) -> list[Envelope]:
    """All at once, as a bus may bring them."""
    template = await service.hear(a_person("first"))
    envelopes = [
        template.model_copy(
            update={
                "id": uuid4(),
                "subject": person.subject_id,
                "customerid": person.customer_id,
                "correlationid": uuid4(),
                "data": person.model_dump(mode="json"),
            }
        )
        for person in people
    ]
    await asyncio.gather(*(service.runtime.inbox.receive(envelope) for envelope in envelopes))
    return envelopes


async def test_what_arrives_together_is_handled_together_and_each_consequence_has_its_own_cause(
    one_service: OneService.Factory,
) -> None:
    calls: list[list[str]] = []
    service = await one_service(adds_customers(calls))
    envelopes = await arrive(service, *(a_person(name) for name in ("Ada", "Grace", "Mary")))
    assert calls == [["first"], ["Ada", "Grace", "Mary"]]
    causes = {envelope.id: (envelope.correlationid, envelope.data["name_en"]) for envelope in envelopes}
    await service.settle()
    said = {e.causationid: (e.correlationid, e.data["name_en"]) for e in service.bus.published[1:]}
    assert said == causes
    noted = await service.rows(AUDIT.select().order_by(AUDIT.c.at))
    assert {row.causation_id: row.correlation_id for row in noted[1:]} == {
        envelope.id: envelope.correlationid for envelope in envelopes
    }


async def test_of_events_handled_together_a_bad_one_is_set_aside_alone(one_service: OneService.Factory) -> None:
    service = await one_service(adds_customers([]))
    envelopes = await arrive(service, *(a_person(name) for name in ("Ada", "bad", "Mary")))
    waiting = [row.event_id for row in await service.rows(INBOX.select()) if row.state == "waiting"]
    assert waiting == [envelopes[1].id]
    assert {said.name_en for said in await service.said(CustomerChanged)} == {"first", "Ada", "Mary"}


async def test_events_handled_together_write_no_row_of_another_customer(one_service: OneService.Factory) -> None:
    """Ada's has no customer; Grace's has one, who may not write that of another, whoever arrived beside it."""
    calls: list[list[str]] = []
    service = await one_service(adds_customers(calls))
    grace = a_person("Grace").model_copy(update={"customer_id": uuid4()})
    envelopes = await arrive(service, a_person("Ada"), grace, a_person("Mary"))
    waiting = [row for row in await service.rows(INBOX.select()) if row.state == "waiting"]
    assert [row.event_id for row in waiting] == [envelopes[1].id]
    assert "row-level security" in waiting[0].error
    assert calls[1:3] == [["Ada", "Mary"], ["Grace"]]


async def test_repeats_among_what_is_handled_together_have_one_effect(one_service: OneService.Factory) -> None:
    calls: list[list[str]] = []
    service = await one_service(adds_customers(calls))
    [envelope] = await arrive(service, a_person("Ada"))
    new = [envelope.model_copy(update={"id": uuid4(), "subject": str(uuid4())}) for _ in range(2)]
    await asyncio.gather(*(service.runtime.inbox.receive(one) for one in [envelope, *new, *new]))
    assert calls == [["first"], ["Ada"], ["Ada", "Ada"]]


async def test_an_effect_that_does_not_say_because_of_which_event_it_acts_is_refused(
    one_service: OneService.Factory,
) -> None:
    """Alone it is plain, so the events are handled one by one then."""
    calls: list[int] = []
    consumers = Consumers()

    @consumers.on_envelopes(PersonChanged)
    async def add_one(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Says for nobody."""
        calls.append(len(envelopes))
        await actions.add_customer(session, name_zh="某", name_en="some")

    service = await one_service(replace(Toy().service(), consumers=consumers))
    await arrive(service, a_person("Ada"), a_person("Grace"))
    assert calls == [1, 2, 1, 1]
