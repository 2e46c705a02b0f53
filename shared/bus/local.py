"""The bus of one process: hands an envelope to each listening service's inbox, which commits under its own role."""

from __future__ import annotations

from shared.bus import Envelope, PublishFailed, Receive, Topology


class LocalBus:
    """A service that is to hear of an envelope and is not listening right now makes `publish` fail, to be repeated.

    Nothing waits in it, so that history is in nobody's way.
    """

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._receivers: dict[str, Receive] = {}

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        self._receivers.clear()

    async def listen(self, service: str, receive: Receive) -> None:
        self._receivers[service] = receive

    async def stop_listening(self, service: str) -> None:
        self._receivers.pop(service, None)

    async def publish(self, envelope: Envelope, *, of_history: bool = False) -> None:
        for service, routing_keys in self._topology.items():
            if envelope.routing_key not in routing_keys:
                continue
            receive = self._receivers.get(service)
            if receive is None:
                raise PublishFailed(f"{service} is not listening")
            try:
                await receive(envelope)
            except Exception as problem:
                raise PublishFailed(f"{service} could not take {envelope.type} {envelope.id}") from problem

    async def healthy(self) -> bool:
        return True
