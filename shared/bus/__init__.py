"""The bus carries envelopes from a service's outbox to the inboxes of those that listen. Two carriers, one promise.

`publish` returns only when every listener has the envelope for good (local) or the broker has confirmed it (RabbitMQ).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from shared.bus.envelope import DRILL_PREFIX, Envelope

Receive = Callable[[Envelope], Awaitable[None]]
"""Takes one envelope into a service's inbox. Returning means it is committed there. May raise NeverTaken."""


Topology = Mapping[str, frozenset[str]]
"""What each service listens to: routing keys by service. Known before anything is published, so nothing is missed."""


class PublishFailed(Exception):
    """The envelope may or may not have arrived. Publish it again with the same id."""


class NeverTaken(Exception):
    """The receiver cannot store the envelope, now or ever (a NUL in a text): it is no event of ours."""


class Bus(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def listen(self, service: str, receive: Receive) -> None: ...

    async def stop_listening(self, service: str) -> None: ...

    async def publish(self, envelope: Envelope, *, of_history: bool = False) -> None:
        """`of_history`: it may arrive behind what happens now, in order with all others that are so published."""

    async def healthy(self) -> bool: ...


__all__ = ["DRILL_PREFIX", "Bus", "Envelope", "NeverTaken", "PublishFailed", "Receive", "Topology"]
