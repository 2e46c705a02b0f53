"""The door's own pages for those who operate it: what is ready, and figures."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.front.app import build_front
from services.gateway.settings import Settings
from tests.builders.gateway import Door
from tests.builders.upstreams import answering
from tests.harness import OneService


async def test_readiness_is_that_of_the_whole_process(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    told: tuple[bool, dict[str, Any]] = (True, {"gateway": {}, "incidents": {"bus": "up"}})

    async def readiness() -> tuple[bool, dict[str, Any]]:
        return told

    front = build_front(gateway.runtime, {}, gateway.signer, Settings(), readiness=readiness)
    door = Door(gateway, front)
    async with door.client(address="127.0.0.1") as operator, door.client(address="10.0.0.1") as stranger:
        ready = await operator.get("/readyz")
        told = (False, {"incidents": {"bus": "down"}})
        not_ready, seen_from_without = await operator.get("/readyz"), await stranger.get("/readyz")
    assert (ready.status_code, not_ready.status_code) == (200, 503)
    assert not_ready.json()["incidents"] == {"bus": "down"}
    assert (seen_from_without.status_code, seen_from_without.json()) == (503, {"ready": False})


async def test_the_figures_count_what_was_answered_by_whom(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, {"feedback": answering([])})
    async with door.client() as client:
        await client.get("/s/x")
        await client.get("/nowhere")
    async with door.client(address="127.0.0.1") as operator:
        figures = (await operator.get("/metrics")).text
    assert 'aftercare_requests_total{method="GET",service="feedback",status="200"} 1.0' in figures
    assert 'aftercare_requests_total{method="GET",service="front",status="404"} 1.0' in figures


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("10.0.0.1", 403), ("2001:db8::1", 403)],
)
async def test_the_figures_are_told_to_the_operators_networks_only(
    one_service: OneService.Factory, address: str, status: int
) -> None:
    door = await Door.opened(one_service)
    async with door.client(await door.token(), address=address) as client:
        assert (await client.get("/metrics")).status_code == status


async def test_the_operators_say_where_they_look_from(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, operators=("10.9.0.0/16",))
    async with door.client(address="10.9.0.4") as watching, door.client(address="127.0.0.1") as local:
        answers = [await watching.get("/metrics"), await local.get("/metrics")]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].json()["code"] == "operators_only"
    with pytest.raises(ValueError, match="operators"):
        Settings(operators=("everybody",))
