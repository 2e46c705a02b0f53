"""The bus over RabbitMQ (3.10 and 4.x): the only door to aio_pika. It only carries; the inbox does the handling.

One durable topic exchange with an alternate for what nobody listens to; for each service one quorum queue, and one for
history, of which a little is taken at a time (0027). Publishes are confirmed by the broker; a time-out means unknown,
and the relay publishes again with the same id. Declaring is a task that outlives the publish it was begun for: a slow
broker is not asked to begin again. A running handler is shielded from the cancellation that follows a lost connection
(the commit decides, the inbox absorbs the repeat).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
    AbstractRobustQueue,
)
from aio_pika.connection import make_url
from pydantic import ValidationError

from shared.bus import Envelope, NeverTaken, PublishFailed, Receive, Topology

EXCHANGE = "aftercare.events"
UNROUTED = "aftercare.unrouted"
DELIVERY_LIMIT = 20
PUBLISH_DEADLINE_SECONDS = 5.0
LISTEN_DEADLINE_SECONDS = 10.0
DECLARE_DEADLINE_SECONDS = 30.0
STOP_SECONDS = 2.0
RECONNECT_SECONDS = 0.5
log = structlog.get_logger()


@dataclass(frozen=True)
class Lane:
    """One of the ways into each service, with a queue of its own: what is in one waits for nothing in the other.

    `at_once`: how many a service takes before it has handled the first.
    """

    prefix: str
    suffix: str
    at_once: int


LIVE, HISTORY = Lane("", "", 50), Lane("history.", ".history", 20)
LANES = (LIVE, HISTORY)
Consuming = tuple[AbstractRobustChannel, AbstractRobustQueue, str]
"""A channel, the queue that is consumed on it, and the tag under which."""


class RabbitBus:
    """A process's connection to the broker: one channel to publish on, two per listening service."""

    def __init__(self, url: str, topology: Topology) -> None:
        self.url, self._topology = url, topology
        self._connection: AbstractRobustConnection | None = None
        self._declaring: asyncio.Task[aio_pika.abc.AbstractExchange] | None = None
        self._listening: dict[str, list[Consuming]] = {}

    async def open(self) -> None:
        """Connect in the background: writes go on while the broker is away, events leave later."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PUBLISH_DEADLINE_SECONDS):
                await self._opened()

    async def close(self) -> None:
        self._listening.clear()
        if self._declaring:
            self._declaring.cancel()
            self._declaring = None
        if self._connection:
            await _within_stop_seconds(self._connection.close())
            self._connection = None

    async def healthy(self) -> bool:
        connection = self._connection
        return bool(connection and not connection.is_closed and connection.connected.is_set())

    async def publish(self, envelope: Envelope, *, of_history: bool = False) -> None:
        lane = HISTORY if of_history else LIVE
        message = aio_pika.Message(
            body=envelope.model_dump_json(exclude_none=True).encode(),
            message_id=str(envelope.id),
            type=envelope.type,
            content_type="application/cloudevents+json",
            correlation_id=str(envelope.correlationid),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        try:
            async with asyncio.timeout(PUBLISH_DEADLINE_SECONDS):
                exchange = await self._opened()
                await exchange.publish(message, lane.prefix + envelope.routing_key, mandatory=True)
        except Exception as problem:
            raise PublishFailed(f"no confirmation for {envelope.type} {envelope.id}") from problem

    async def listen(self, service: str, receive: Receive) -> None:
        """Consume the service's queues, each on a channel of its own.

        Raises TimeoutError: a channel that is opened while the connection comes back may never become ready.
        """
        async with asyncio.timeout(LISTEN_DEADLINE_SECONDS):
            await self._opened()
            assert self._connection is not None
            async with contextlib.AsyncExitStack() as opened:
                consuming = []
                for lane in LANES:
                    channel = await opened.enter_async_context(_new_channel(self._connection))
                    consuming.append((channel, *await _consumed(channel, service, lane, receive)))
                self._listening[service] = consuming

    async def stop_listening(self, service: str) -> None:
        """A broker that is away is not waited for: it has forgotten the consumer, and gets none on its return."""
        for channel, queue, tag in self._listening.pop(service, ()):
            await _within_stop_seconds(queue.cancel(tag))
            await _within_stop_seconds(channel.close())

    async def _opened(self) -> aio_pika.abc.AbstractExchange:
        """The exchange, once all is declared. Who no longer waits leaves the declaring to the next who asks."""
        if self._declaring is None or (self._declaring.done() and self._declaring.exception()):
            self._declaring = asyncio.create_task(self._declared())
        return await asyncio.shield(self._declaring)

    async def _declared(self) -> aio_pika.abc.AbstractExchange:
        async with asyncio.timeout(DECLARE_DEADLINE_SECONDS):
            if self._connection is None:
                self._connection = await _connected(self.url)
            async with _new_channel(self._connection, publisher_confirms=True, on_return_raises=True) as channel:
                return await _declare(channel, self._topology)


async def _connected(url: str) -> AbstractRobustConnection:
    """A connection that comes back by itself. One that is not made is closed: forgotten, it would complain later."""
    connection = aio_pika.RobustConnection(make_url(url, reconnect_interval=RECONNECT_SECONDS))
    try:
        await connection.connect(timeout=PUBLISH_DEADLINE_SECONDS)
    except BaseException:
        await _within_stop_seconds(connection.close())
        raise
    return connection


@contextlib.asynccontextmanager
async def _new_channel(connection: AbstractRobustConnection, **options: bool) -> AsyncIterator[AbstractRobustChannel]:
    """A channel that is closed when what it was opened for fails. It waits for a connection that comes back."""
    await connection.connected.wait()
    channel = await connection.channel(**options)
    assert isinstance(channel, aio_pika.RobustChannel)
    try:
        yield channel
    except BaseException:
        await _within_stop_seconds(channel.close())
        raise


async def _declare(channel: AbstractRobustChannel, topology: Topology) -> aio_pika.abc.AbstractExchange:
    exchange = await declare_exchanges(channel)
    for service, routing_keys in topology.items():
        for lane in LANES:
            queue = await declare_queue(channel, service, lane)
            for key in sorted(routing_keys):
                await queue.bind(EXCHANGE, lane.prefix + key)
    return exchange


async def declare_exchanges(channel: aio_pika.abc.AbstractChannel) -> aio_pika.abc.AbstractExchange:
    """The exchange of all events, and the queue behind it that must stay empty: what nobody listens to."""
    unrouted = await channel.declare_exchange(UNROUTED, aio_pika.ExchangeType.FANOUT, durable=True)
    queue = await channel.declare_queue(UNROUTED, durable=True, arguments={"x-queue-type": "quorum"})
    await queue.bind(unrouted)
    return await channel.declare_exchange(
        EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True, arguments={"alternate-exchange": UNROUTED}
    )


async def declare_queue(channel: AbstractRobustChannel, service: str, lane: Lane) -> AbstractRobustQueue:
    """One of a service's queues and, beside it, the one for bytes that do not parse."""
    await channel.declare_queue(f"{service}.unparsed", durable=True, arguments={"x-queue-type": "quorum"})
    queue = await channel.declare_queue(
        service + lane.suffix,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{service}.unparsed",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    assert isinstance(queue, aio_pika.RobustQueue)
    return queue


async def _consumed(
    channel: AbstractRobustChannel, service: str, lane: Lane, receive: Receive
) -> tuple[AbstractRobustQueue, str]:
    """The service's queue and the tag under which it is consumed on this channel from now on."""
    await channel.set_qos(lane.at_once)
    queue = await declare_queue(channel, service, lane)
    gate = asyncio.Semaphore(lane.at_once)

    async def consume(message: AbstractIncomingMessage) -> None:
        async with gate:
            await _take(service, message, receive)

    return queue, await queue.consume(consume)


async def _within_stop_seconds(ending: Awaitable[object]) -> None:
    """What ends anyway is asked to end in order, and not waited for when nobody answers."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(STOP_SECONDS):
            await ending


async def _take(service: str, message: AbstractIncomingMessage, receive: Receive) -> None:
    """Parse, hand to the inbox, acknowledge. What the inbox gives back comes again once the channel is closed."""
    try:
        envelope = Envelope.model_validate_json(message.body)
    except ValidationError:
        await _put_aside(service, message, "unparsed_message")
        return
    work = asyncio.ensure_future(receive(envelope))
    try:
        await asyncio.shield(work)
        await message.ack()
    except asyncio.CancelledError:
        await work
        raise
    except NeverTaken as problem:
        await _put_aside(service, message, "unstorable_message", problem=str(problem))
    except Exception as problem:
        log.warning("not_acknowledged", service=service, event_id=str(envelope.id), problem=repr(problem))


async def _put_aside(service: str, message: AbstractIncomingMessage, what: str, **why: str) -> None:
    """With what does not parse, for an operator to see; it holds nothing up."""
    log.error(what, service=service, message=message.message_id, **why)
    with contextlib.suppress(Exception):
        await message.reject(requeue=False)
