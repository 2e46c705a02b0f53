"""What both carriers promise: everything confirmed arrives whole, in order, only where it is listened to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import aio_pika
import pytest
from yarl import URL

from shared.bus import Bus, PublishFailed, Topology
from shared.bus.rabbit import EXCHANGE, UNROUTED, RabbitBus
from tests.bus.conftest import OTHER, Ear, an_envelope, published
from tests.outside import server


async def test_what_is_published_reaches_every_service_that_listens_to_it(bus: Bus, names: tuple[str, str]) -> None:
    a, b = Ear(), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    envelope = an_envelope()
    await published(bus, envelope)
    await a.hears(envelope.id)
    await b.hears(envelope.id)
    assert a.taken == b.taken == [envelope]


async def test_a_service_hears_only_what_it_listens_to(bus: Bus, names: tuple[str, str]) -> None:
    a, b = Ear(), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    other, last = an_envelope(OTHER), an_envelope()
    await published(bus, other, last)
    await a.hears(last.id)
    await b.hears(other.id, last.id)
    assert [envelope.id for envelope in a.taken] == [last.id]


async def test_an_event_of_a_drill_reaches_only_those_who_listen_to_drills(bus: Bus, names: tuple[str, str]) -> None:
    a, b = Ear(), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    drill, real = an_envelope(drill=True), an_envelope()
    await published(bus, drill, real)
    await a.hears(drill.id, real.id)
    await b.hears(real.id)
    assert [envelope.id for envelope in b.taken] == [real.id]


async def test_events_arrive_in_the_order_they_were_published(bus: Bus, names: tuple[str, str]) -> None:
    a, b = Ear(), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    envelopes = [an_envelope(sequence=number) for number in range(1, 101)]
    await published(bus, *envelopes)
    await a.hears(*(envelope.id for envelope in envelopes))
    assert [envelope.sequence for envelope in a.taken] == list(range(1, 101))


async def test_what_a_service_gave_back_when_it_stopped_arrives_when_it_listens_again(
    bus: Bus, names: tuple[str, str]
) -> None:
    a, b = Ear(refusals=1), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    envelope = an_envelope()
    publishing = asyncio.create_task(published(bus, envelope))
    await a.has_refused.wait()
    await bus.stop_listening(names[0])
    await bus.listen(names[0], a.receive)
    await publishing
    await a.hears(envelope.id)
    await b.hears(envelope.id)


async def test_what_was_published_while_a_service_was_away_is_there_when_it_comes_back(
    bus: Bus, names: tuple[str, str]
) -> None:
    a, b = Ear(), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    await bus.stop_listening(names[1])
    envelope = an_envelope()
    try:
        await bus.publish(envelope)
    except PublishFailed:
        await bus.listen(names[1], b.receive)
        await published(bus, envelope)
    else:
        await bus.listen(names[1], b.receive)
    await b.hears(envelope.id)


async def test_a_second_process_does_not_lose_what_the_first_declared(
    bus: Bus, names: tuple[str, str], topology: Topology
) -> None:
    """Declaring again is harmless, whoever starts first."""
    await bus.open()
    a, b = Ear(), Ear()
    await bus.listen(names[0], a.receive)
    await bus.listen(names[1], b.receive)
    envelope = an_envelope()
    await published(bus, envelope)
    await a.hears(envelope.id)
    assert await bus.healthy()


@pytest.mark.rabbit
async def test_what_happens_now_does_not_wait_for_history_which_arrives_in_its_own_order(
    broker: str, topology: Topology, names: tuple[str, str]
) -> None:
    bus = RabbitBus(broker, topology)
    await bus.open()
    history, now = [an_envelope(sequence=number) for number in range(1, 101)], an_envelope(subject="now")
    ear = Ear(busy_with={envelope.id for envelope in history})
    await bus.listen(names[0], ear.receive)
    await published(bus, *history, of_history=True)
    await published(bus, now)
    await ear.hears(now.id)
    assert ear.taken == [now]
    ear.free.set()
    await ear.hears(*ear.busy_with)
    assert [envelope.sequence for envelope in ear.taken[1:]] == list(range(1, 101))
    await bus.close()


@pytest.mark.rabbit
async def test_bytes_that_are_no_envelope_go_to_the_dead_letters_and_hold_nothing_up(
    broker: str, topology: Topology, names: tuple[str, str]
) -> None:
    bus = RabbitBus(broker, topology)
    ear = Ear()
    await bus.open()
    await bus.listen(names[0], ear.receive)
    async with await aio_pika.connect(broker) as connection, connection.channel() as channel:
        exchange = await channel.get_exchange(EXCHANGE)
        await exchange.publish(aio_pika.Message(b"{not json"), "incidents.thing_happened.v1")
        envelope = an_envelope()
        await published(bus, envelope)
        await ear.hears(envelope.id)
        unparsed = await channel.get_queue(f"{names[0]}.unparsed")
        dead = await unparsed.get(timeout=10)
        assert dead is not None
        assert dead.body == b"{not json"
        await dead.ack()
    await bus.close()


@pytest.mark.rabbit
async def test_what_can_never_be_taken_goes_to_the_dead_letters_and_holds_nothing_up(
    broker: str, topology: Topology, names: tuple[str, str]
) -> None:
    bus = RabbitBus(broker, topology)
    refused, envelope = an_envelope(), an_envelope()
    ear = Ear(never={refused.id})
    await bus.open()
    await bus.listen(names[0], ear.receive)
    await published(bus, refused, envelope)
    await ear.hears(envelope.id)
    async with await aio_pika.connect(broker) as connection, connection.channel() as channel:
        dead = await (await channel.get_queue(f"{names[0]}.unparsed")).get(timeout=10)
        assert dead is not None
        assert dead.message_id == str(refused.id)
        await dead.ack()
    await bus.close()


@pytest.mark.rabbit
async def test_an_event_nobody_listens_to_is_kept_where_an_operator_sees_it(broker: str, topology: Topology) -> None:
    bus = RabbitBus(broker, topology)
    await bus.open()
    envelope = an_envelope("incidents.nobody_listens.v1")
    await bus.publish(envelope)
    async with await aio_pika.connect(broker) as connection, connection.channel() as channel:
        kept = await (await channel.get_queue(UNROUTED)).get(timeout=10)
        assert kept is not None
        assert kept.message_id == str(envelope.id)
        await kept.ack()
    await bus.close()


@pytest.mark.rabbit
async def test_without_a_broker_publishing_fails_and_the_bus_says_it_is_down(topology: Topology) -> None:
    bus = RabbitBus("amqp://127.0.0.1:1/", topology)
    await bus.open()
    with pytest.raises(PublishFailed):
        await bus.publish(an_envelope())
    assert not await bus.healthy()
    await bus.close()


@pytest.mark.rabbit
async def test_who_gives_up_does_not_make_a_slow_broker_begin_again(
    broker: str, topology: Topology, names: tuple[str, str]
) -> None:
    came: asyncio.Queue[str] = asyncio.Queue()
    answers = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await came.put("a connection")
        await answers.wait()
        there, back = await asyncio.open_connection(URL(broker).host, URL(broker).port)
        await asyncio.gather(_carried(reader, back), _carried(there, writer))

    async with server(slow) as port:
        bus, ear, envelope = RabbitBus(str(URL(broker).with_port(port)), topology), Ear(), an_envelope()
        impatient = asyncio.create_task(bus.publish(envelope))
        await came.get()
        impatient.cancel()
        with suppress(asyncio.CancelledError):
            await impatient
        answers.set()
        await bus.listen(names[0], ear.receive)
        await published(bus, envelope)
        await ear.hears(envelope.id)
        assert came.empty()
        await bus.close()


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
        await writer.drain()
    writer.close()
