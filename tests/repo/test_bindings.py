"""Drills stay apart: no service's normal binding lets in an event of a drill, on either bus."""

from __future__ import annotations

import re
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services import catalogue
from shared.bus import DRILL_PREFIX, Envelope, Topology
from shared.bus.local import LocalBus
from shared.events import REGISTRY

MAY_HEAR_DRILLS = {"escalation": None, "notify": frozenset({"drill.escalation.drill_notice.v1"})}
"""By service the routing keys of drills it may bind; None is any."""
TYPES = tuple(sorted(REGISTRY))


def drill_of(event_type: str) -> Envelope:
    return Envelope.model_validate(
        {
            "id": uuid7(),
            "source": f"/aftercare/{event_type.split('.', 1)[0]}",
            "type": event_type,
            "subject": "s",
            "time": "2026-03-02T04:00:00Z",
            "actor": "system:test",
            "drill": uuid7(),
            "sequence": 1,
            "correlationid": uuid7(),
            "data": {},
        }
    )


def topic_matches(binding: str, routing_key: str) -> bool:
    """Whether a topic exchange hands a message on: `*` is one word, `#` any number of them."""
    pattern = (
        re.escape(binding).replace(r"\*", r"[^.]+").replace(r"\.\#", r"(\.[^.]+)*").replace(r"\#\.", r"([^.]+\.)*")
    )
    return re.fullmatch(pattern.replace(r"\#", r".*"), routing_key) is not None


def heard_on_rabbit(topology: Topology) -> set[tuple[str, str]]:
    return {
        (service, key)
        for service, bindings in topology.items()
        for key in (drill_of(event_type).routing_key for event_type in TYPES)
        if any(topic_matches(binding, key) for binding in bindings)
    }


async def heard_on_the_local_bus(topology: Topology) -> set[tuple[str, str]]:
    heard: set[tuple[str, str]] = set()
    bus = LocalBus(topology)
    for service in topology:
        await bus.listen(service, ear_of(service, heard))
    for event_type in TYPES:
        await bus.publish(drill_of(event_type))
    return heard


def ear_of(service: str, heard: set[tuple[str, str]]) -> Any:
    async def receive(envelope: Envelope) -> None:
        heard.add((service, envelope.routing_key))

    return receive


def out_of_place(heard: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {
        (service, key)
        for service, key in heard
        if service not in MAY_HEAR_DRILLS or (key not in (MAY_HEAR_DRILLS[service] or {key}))
    }


async def test_no_normal_binding_lets_a_drill_in() -> None:
    topology = catalogue.topology()
    assert out_of_place(heard_on_rabbit(topology)) == set()
    assert out_of_place(await heard_on_the_local_bus(topology)) == set()


@pytest.mark.parametrize("careless", ["#", "*.incidents.incident_reported.v1", "drill.#"])
def test_a_careless_binding_would_be_seen(careless: str) -> None:
    """The planted twin: a wildcard, or a drill's own prefix, at a service that must not hear drills."""
    assert out_of_place(heard_on_rabbit({"inventory": frozenset({careless})})) != set()


async def test_a_drills_binding_at_the_wrong_service_would_be_seen_on_the_local_bus() -> None:
    binding = {"inventory": frozenset({"drill.incidents.incident_reported.v1"})}
    assert out_of_place(await heard_on_the_local_bus(binding)) != set()


def test_a_binding_names_one_event_that_exists() -> None:
    """No wildcards: what a service hears is listed, so that a new event is heard by decision."""
    unknown = {
        f"{service}: {key}"
        for service, keys in catalogue.topology().items()
        for key in keys
        if key.removeprefix(DRILL_PREFIX) not in REGISTRY
    }
    assert unknown == set()
