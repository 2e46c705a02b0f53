"""What a service listens to, and how many events an effect takes at once. `shared/inbox.py` does the handling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Envelope
from shared.events import Event, History

E = TypeVar("E", bound=Event)
Handle = Callable[[AsyncSession, Any], Awaitable[None]]
HandleEnvelope = Callable[[AsyncSession, Envelope], Awaitable[None]]
HandleEnvelopes = Callable[[AsyncSession, Sequence[Envelope]], Awaitable[None]]


@dataclass(frozen=True)
class Consumer:
    """One effect of one kind of event in this service. With `history` it also hears of what is historical.

    `handle` is given one envelope; where the effect takes many (`together`), perhaps several of one customer.
    """

    name: str
    handle: HandleEnvelopes
    doc: str
    history: bool = False
    together: bool = False

    def is_for(self, envelope: Envelope) -> bool:
        return self.history or not envelope.historical


@dataclass(frozen=True)
class Turn:
    """What is handled by one call: an effect, and the envelopes that it is given."""

    consumer: Consumer
    envelopes: list[Envelope]


class Consumers:
    """A service's table of what it listens to.

    What is historical happened long ago and elsewhere: only effects that keep records (`history=True`) are made of it.
    """

    def __init__(self) -> None:
        self.by_type: dict[str, list[Consumer]] = {}

    def on(self, event: type[E]) -> Callable[[Callable[[AsyncSession, E], Awaitable[None]]], Handle]:
        """Register `async def effect(session, event)` for a class of events."""

        def register(effect: Callable[[AsyncSession, E], Awaitable[None]]) -> Handle:
            async def handle(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
                [envelope] = envelopes
                await effect(session, event.model_validate(envelope.data))

            self._add(event, Consumer(effect.__name__, handle, _doc(effect)))
            return effect

        return register

    def on_envelope(
        self, *events: type[Event], history: bool = False, name: str | None = None
    ) -> Callable[[HandleEnvelope], HandleEnvelope]:
        """Register one effect for many classes of events; it is given the envelope.

        `name`: by which inboxes know it already, where the effect is called otherwise now. What waits there, or was
        handled, is found by that name only.
        """

        def register(effect: HandleEnvelope) -> HandleEnvelope:
            async def handle(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
                [envelope] = envelopes
                await effect(session, envelope)

            self._add_each(events, Consumer(name or effect.__name__, handle, _doc(effect), history))
            return effect

        return register

    def on_envelopes(self, *events: type[Event], history: bool = False) -> Callable[[HandleEnvelopes], HandleEnvelopes]:
        """Register one effect that takes what arrived together, in order: only where it writes nothing that another
        such effect of these events reads. For each envelope it acts `because_of` that one.
        """

        def register(effect: HandleEnvelopes) -> HandleEnvelopes:
            self._add_each(events, Consumer(effect.__name__, effect, _doc(effect), history, together=True))
            return effect

        return register

    def _add_each(self, events: Iterable[type[Event]], consumer: Consumer) -> None:
        for event in events:
            if issubclass(event, History) and not consumer.history:
                raise TypeError(f"{consumer.name} would never hear of {event.type}: it is history")
            self._add(event, consumer)

    def _add(self, event: type[Event], consumer: Consumer) -> None:
        taken = self.by_type.setdefault(event.type, [])
        if any(other.name == consumer.name for other in taken):
            raise TypeError(f"{consumer.name} listens to {event.type} twice")
        taken.append(consumer)

    def routing_keys(self) -> frozenset[str]:
        return frozenset(self.by_type)


def turns(heard: Iterable[tuple[Envelope, Sequence[Consumer]]]) -> list[Turn]:
    """In which order a batch has its effects, each given as many envelopes of one customer as it may take.

    Effects that take many wait for more until another kind of effect is to come first, or an event whose subject was
    of another customer before. So each hears a subject's events in order, and none sees what comes after them.
    """
    made: list[Turn] = []
    waiting: dict[tuple[Consumer, UUID | None], Turn] = {}
    customers: dict[str, UUID | None] = {}
    for envelope, consumers in heard:
        together = all(consumer.together for consumer in consumers)
        if not together or customers.get(envelope.subject, envelope.customerid) != envelope.customerid:
            waiting, customers = {}, {}
        customers[envelope.subject] = envelope.customerid
        for consumer in consumers:
            turn = waiting.get((consumer, envelope.customerid)) or Turn(consumer, [])
            if not turn.envelopes:
                made.append(turn)
            turn.envelopes.append(envelope)
            if together:
                waiting[consumer, envelope.customerid] = turn
    return made


def _doc(effect: Callable[..., Any]) -> str:
    return (effect.__doc__ or "").strip()
