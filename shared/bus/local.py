"""The bus of one process: hands an envelope to each listening service's inbox, which commits under its own role."""

from __future__ import annotations

from collections.abc import Collection

from shared.bus import Envelope, PublishFailed, Receive


class LocalBus:
    """Listeners of services that are not running in this process never hear anything: use RabbitMQ for those."""

    def __init__(self) -> None:
        self._listeners: dict[str, tuple[frozenset[str], Receive]] = {}

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        self._listeners.clear()

    async def listen(self, service: str, routing_keys: Collection[str], receive: Receive) -> None:
        self._listeners[service] = (frozenset(routing_keys), receive)

    async def stop_listening(self, service: str) -> None:
        self._listeners.pop(service, None)

    async def publish(self, envelope: Envelope) -> None:
        for service, (routing_keys, receive) in list(self._listeners.items()):
            if envelope.routing_key not in routing_keys:
                continue
            try:
                await receive(envelope)
            except Exception as problem:
                raise PublishFailed(f"{service} could not take {envelope.type} {envelope.id}") from problem

    async def healthy(self) -> bool:
        return True
