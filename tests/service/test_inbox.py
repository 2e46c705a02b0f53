"""The inbox: one commit with its effects, once per event, in order per subject, and nothing is dropped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from services.contracts.customers.models import Customer
from shared.bus import Envelope, NeverTaken
from shared.consumers import Consumer, Consumers
from shared.db import AsyncSession, tenants_driver
from shared.events.contracts import CustomerChanged
from shared.events.gateway import PersonChanged
from shared.events.incidents import IncidentImported
from shared.inbox import MAX_TRIES, Inbox, InboxClosed
from shared.mechanisms import tables_of
from shared.permissions import Role
from shared.service import Runtime
from tests.harness import OneService, principal
from tests.toy import Toy, a_person

INBOX = tables_of("contracts")["inbox"]
OPERATOR = principal(Role.ADMINISTRATOR)


async def states(service: OneService) -> list[str]:
    return [row.state for row in await service.rows(INBOX.select().order_by(INBOX.c.id))]


async def test_a_repeated_event_has_one_effect(one_service: OneService.Factory) -> None:
    service = await one_service(Toy().service())
    event, event_id = a_person("Ada"), uuid4()
    for _ in range(3):
        await service.hear(event, event_id=event_id)
    assert len(await service.said(CustomerChanged)) == 1


async def test_history_reaches_only_those_who_keep_records(one_service: OneService.Factory) -> None:
    toy = Toy()
    described = toy.service()
    records: list[str] = []

    @described.consumers.on_envelope(PersonChanged, history=True)
    async def keep_record(session: AsyncSession, envelope: Envelope) -> None:
        """Keeps what it hears."""
        records.append(envelope.data["name_en"])

    service = await one_service(described)
    await service.hear(a_person("Ada"), historical=True)
    await service.hear(a_person("Grace"))
    assert (records, toy.handled) == (["Ada", "Grace"], ["Grace"])
    assert await states(service) == ["done"] * 4


async def test_a_statement_by_hand_in_a_batch_acts_for_the_customer_of_its_own_event(
    one_service: OneService.Factory,
) -> None:
    acted_for: list[tuple[str, str]] = []
    consumers = Consumers()

    @consumers.on(PersonChanged)
    async def look_who_acts(session: AsyncSession, event: PersonChanged) -> None:
        """Asks PostgreSQL for whom it acts."""
        acting = await (await tenants_driver(session)).fetchval("SELECT current_setting('aftercare.customer')")
        acted_for.append((str(event.customer_id), acting))

    service = await one_service(replace(Toy().service(), consumers=consumers))
    people = [a_person(name).model_copy(update={"customer_id": uuid4()}) for name in ("Ada", "Grace", "Mary") * 3]
    await asyncio.gather(*(service.hear(person) for person in people))
    assert sorted(acted_for) == sorted((str(person.customer_id),) * 2 for person in people)


async def test_an_effect_that_is_called_otherwise_now_does_not_repeat_what_was_handled(
    one_service: OneService.Factory,
) -> None:
    met: list[str] = []

    async def greet(session: AsyncSession, envelope: Envelope) -> None:
        """Says hello."""
        met.append(f"greet {envelope.data['name_en']}")

    async def welcome(session: AsyncSession, envelope: Envelope) -> None:
        """Says hello, by another name."""
        met.append(f"welcome {envelope.data['name_en']}")

    before, after = Consumers(), Consumers()
    before.on_envelope(PersonChanged)(greet)
    after.on_envelope(PersonChanged, name="greet")(welcome)
    service = await one_service(replace(Toy().service(), consumers=before))
    ada, event_id = a_person("Ada"), uuid4()
    await service.hear(ada, event_id=event_id)
    service.runtime.inbox.consumers = after
    await service.hear(ada, event_id=event_id)
    await service.hear(a_person("Grace"))
    assert met == ["greet Ada", "welcome Grace"]


async def test_a_consumer_that_would_never_hear_is_refused() -> None:
    async def ask_contact(session: AsyncSession, envelope: Envelope) -> None:
        """Would ask about what was over long ago."""

    with pytest.raises(TypeError, match="would never hear"):
        Consumers().on_envelope(IncidentImported)(ask_contact)


async def test_simultaneous_repeats_have_one_effect(one_service: OneService.Factory) -> None:
    service = await one_service(Toy().service())
    event, event_id = a_person("Ada"), uuid4()
    await asyncio.gather(*(service.hear(event, event_id=event_id) for _ in range(5)))
    assert len(await service.said(CustomerChanged)) == 1


async def test_a_failed_event_leaves_no_effect_and_is_tried_again(one_service: OneService.Factory) -> None:
    toy = Toy(failing={"Ada"})
    service = await one_service(toy.service())
    await service.hear(a_person("Ada"))
    assert await states(service) == ["waiting"]
    assert await service.said(CustomerChanged) == []
    toy.failing.clear()
    await service.advance(seconds=2)
    assert await states(service) == ["done"]
    assert len(await service.said(CustomerChanged)) == 1


async def test_the_effects_of_one_event_are_one_commit_unless_one_fails(
    one_service: OneService.Factory,
) -> None:
    toy = Toy()
    described = toy.service()
    seen: list[int] = []

    @described.consumers.on_envelope(PersonChanged)
    async def look_at_customers(session: AsyncSession, envelope: Envelope) -> None:
        """How many customers there are, as this transaction sees them and as others do."""
        others = await service.rows(select(func.count()).select_from(Customer))
        seen.append(await session.scalar(select(func.count()).select_from(Customer)) - others[0][0])
        if envelope.data["name_en"] == "bad":
            raise RuntimeError("cannot look")

    service = await one_service(described)
    await service.hear(a_person("Ada"))
    await service.hear(a_person("bad"))
    assert (seen, await states(service)) == ([1, 1, 0], ["done", "done", "done", "waiting"])
    assert {said.name_en for said in await service.said(CustomerChanged)} == {"Ada", "bad"}


async def test_later_events_of_a_subject_wait_behind_a_failed_one_and_others_flow(
    one_service: OneService.Factory,
) -> None:
    toy = Toy(failing={"first"})
    service = await one_service(toy.service())
    person = uuid4()
    await service.hear(a_person("first", person), sequence=1)
    await service.hear(a_person("second", person), sequence=2)
    await service.hear(a_person("another"))
    assert toy.handled == ["another"]
    toy.failing.clear()
    await service.advance(seconds=2)
    assert toy.handled == ["another", "first", "second"]


async def test_of_events_that_arrive_together_a_bad_one_holds_up_no_other(one_service: OneService.Factory) -> None:
    toy = Toy(failing={"bad"})
    service = await one_service(toy.service())
    names = ["first", "bad", "second", "third"]
    await asyncio.gather(*(service.hear(a_person(name)) for name in names))
    assert sorted(await states(service)) == ["done", "done", "done", "waiting"]
    assert {said.name_en for said in await service.said(CustomerChanged)} == {"first", "second", "third"}


async def test_events_that_arrive_together_are_entered_in_the_order_of_their_arrival(
    one_service: OneService.Factory,
) -> None:
    service = await one_service(Toy().service())
    first = await service.hear(a_person("first"))
    arriving = [first.model_copy(update={"id": uuid4(), "subject": str(uuid4())}) for _ in range(40)]
    await asyncio.gather(*(service.runtime.inbox.receive(envelope) for envelope in arriving))
    rows = await service.rows(INBOX.select().order_by(INBOX.c.id))
    assert [row.subject for row in rows] == [envelope.subject for envelope in (first, *arriving)]


async def test_an_event_given_up_on_is_parked_with_its_reason_and_blocks_only_its_subject(
    one_service: OneService.Factory,
) -> None:
    toy = Toy(failing={"bad"})
    service = await one_service(toy.service())
    person = uuid4()
    bad = await service.hear(a_person("bad", person))
    for _ in range(MAX_TRIES):
        await service.advance(minutes=11)
    await service.hear(a_person("later", person), sequence=2)
    await service.hear(a_person("another"))
    await service.advance(minutes=11)
    assert await states(service) == ["parked", "waiting", "done"]
    async with service.as_(OPERATOR) as operator:
        listed = (await operator.get("/v1/operations/contracts/parked")).json()
        assert (listed[0]["event_id"], listed[0]["state"]) == (str(bad.id), "parked")
        assert "cannot handle bad" in listed[0]["error"]
        toy.failing.clear()
        address = f"/v1/operations/contracts/parked/count_person/{bad.id}/replay"
        assert (await operator.post(address)).status_code == 204
    await service.advance(seconds=1)
    assert await states(service) == ["done", "done", "done"]
    assert toy.handled == ["another", "bad", "later"]


async def test_a_discarded_event_lets_its_subject_go_on(one_service: OneService.Factory) -> None:
    toy = Toy(failing={"bad"})
    service = await one_service(toy.service())
    person = uuid4()
    bad = await service.hear(a_person("bad", person))
    await service.hear(a_person("later", person), sequence=2)
    async with service.as_(OPERATOR) as operator:
        address = f"/v1/operations/contracts/parked/count_person/{bad.id}/discard"
        assert (await operator.post(address)).status_code == 204
        assert (await operator.post(address)).status_code == 404
    await service.advance(seconds=1)
    assert toy.handled == ["later"]
    assert await states(service) == ["discarded", "done"]


async def test_an_event_of_one_customer_cannot_write_another_customers_row(one_service: OneService.Factory) -> None:
    toy = Toy()
    service = await one_service(toy.service())
    await service.hear(a_person("Ada").model_copy(update={"customer_id": uuid4()}))
    [row] = await service.rows(INBOX.select())
    assert row.state == "waiting"
    assert "row-level security" in row.error


async def test_a_row_whose_consumer_is_gone_is_parked_and_holds_up_no_retry(one_service: OneService.Factory) -> None:
    toy = Toy(failing={"bad", "other"})
    service = await one_service(toy.service())
    await service.hear(a_person("bad"))
    await service.hear(a_person("other"))
    consumers = service.runtime.inbox.consumers.by_type[PersonChanged.type]
    consumers[:] = [replace(consumers[0], name="renamed")]
    await service.advance(seconds=2)
    assert await states(service) == ["parked", "parked"]
    [first, _] = await service.rows(INBOX.select())
    assert "no such consumer" in first.error


class InboxWithoutDatabase(Inbox):
    """The database is away as often as it is told: nothing is stored then, nor noted why."""

    def __init__(self, of: Runtime, away: int) -> None:
        super().__init__(of.database, of.service.consumers, of.tracer)
        self.away, self.tried = away, asyncio.Event()

    async def _enter_together(self, *_: object) -> list[tuple[Envelope, list[Consumer]]]:
        raise ConnectionError("the server closed the connection")

    async def _keep_failed(self, consumer: Consumer, envelope: Envelope, problem: Exception) -> None:
        raise ConnectionError("the server is starting up")

    async def _entered(self, session: AsyncSession, consumer: Consumer, envelope: Envelope) -> str | None:
        self.tried.set()
        if self.away:
            self.away -= 1
            raise ConnectionError("the server closed the connection")
        return await super()._entered(session, consumer, envelope)


async def test_nothing_overtakes_what_could_not_be_stored_while_the_database_was_away(
    one_service: OneService.Factory,
) -> None:
    service = await one_service(Toy().service())
    first = await service.hear(a_person("first"))
    inbox = InboxWithoutDatabase(service.runtime, away=2)
    arriving = [first.model_copy(update={"id": uuid4(), "sequence": number}) for number in range(2, 6)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(inbox.receive(envelope) for envelope in arriving))
    rows = await service.rows(INBOX.select().order_by(INBOX.c.id))
    assert [(row.event_id, row.state) for row in rows] == [(each.id, "done") for each in (first, *arriving)]


async def test_what_cannot_be_stored_when_the_service_stops_is_given_back_to_the_carrier(
    one_service: OneService.Factory,
) -> None:
    service = await one_service(Toy().service())
    first = await service.hear(a_person("first"))
    inbox = InboxWithoutDatabase(service.runtime, away=100_000)
    arriving = [first.model_copy(update={"id": uuid4(), "sequence": number}) for number in (2, 3)]
    receiving = asyncio.gather(*(inbox.receive(envelope) for envelope in arriving), return_exceptions=True)
    async with asyncio.timeout(60):
        await inbox.tried.wait()
        await inbox.close()
        assert [type(problem) for problem in await receiving] == [InboxClosed, InboxClosed]
    assert await states(service) == ["done"]


async def test_what_can_never_be_stored_is_refused_and_holds_nothing_up(one_service: OneService.Factory) -> None:
    toy = Toy()
    service = await one_service(toy.service())
    first = await service.hear(a_person("first"))
    foreign = first.model_copy(update={"id": uuid4(), "data": first.data | {"name_en": "Ada\0"}})
    after = first.model_copy(update={"id": uuid4(), "sequence": 2})
    receiving = (service.runtime.inbox.receive(each) for each in (foreign, after))
    async with asyncio.timeout(60):
        refused, taken = await asyncio.gather(*receiving, return_exceptions=True)
    assert (type(refused), taken) == (NeverTaken, None)
    rows = await service.rows(INBOX.select().order_by(INBOX.c.id))
    assert [(row.event_id, row.state) for row in rows] == [(first.id, "done"), (after.id, "done")]


async def test_a_lost_deadlock_is_no_try_of_the_effect(one_service: OneService.Factory) -> None:
    toy = Toy(lost_deadlocks=1)
    service = await one_service(toy.service())
    await service.hear(a_person("Ada"))
    [row] = await service.rows(INBOX.select())
    assert (row.state, row.tries) == ("waiting", 0)
    await service.advance(seconds=1)
    assert toy.handled == ["Ada"]
