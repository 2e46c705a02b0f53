"""The broker loses its disk: what it had confirmed and not delivered is sent again, and takes effect once."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from deploy.rabbit_node import RabbitNode
from services import catalogue
from services.gateway.people.actions import bootstrap_administrator
from services.incidents.copies.models import Person
from shared.bus.rabbit import RabbitBus
from shared.db import Caller, context
from shared.events.gateway import PersonChanged
from shared.mechanisms import driver
from shared.now import ShiftedTime
from shared.outbox import emit
from shared.resend import send_again, sent_since
from shared.service import Runtime
from shared.snapshots import say_again
from tests.builders.eventually import eventually
from tests.databases import Databases
from tests.harness import files_in, runtime_of
from tests.toy import Toy

pytestmark = pytest.mark.rabbit
GATEWAY = Caller("system:gateway", "system")
UNSENT = "SELECT count(*) FROM gateway.outbox WHERE sent_at IS NULL"


@dataclass
class Scene:
    """The gateway says people; the toy counts each it hears of; incidents keeps copies of them. All on one broker."""

    node: RabbitNode
    folder: Path
    bus: RabbitBus
    gateway: Runtime
    incidents: Runtime
    toy: Toy
    url: str

    def counting(self) -> Runtime:
        """A worker of the toy: it ends with the test's `async with`."""
        return runtime_of(self.toy.service(), self.url, self.bus, ShiftedTime())

    async def say(self, *names: str) -> datetime:
        """Say people, as new ones; the time before that."""
        async with self.gateway.database.transaction(GATEWAY) as session:
            for name in names:
                emit(session, a_person(name))
            return context(session).now

    async def all_sent(self) -> None:
        await eventually(lambda: self._one(UNSENT), lambda left: left == 0)

    async def hears(self, *names: str) -> None:
        """Wait until the toy has counted these."""

        async def counted() -> Counter[str]:
            return Counter(self.toy.handled)

        await eventually(counted, lambda so_far: set(names) <= set(so_far))

    async def broker_loses_all(self) -> None:
        """Killed, its folder deleted, started anew under the same address: no queue, no exchange, no message."""
        await asyncio.to_thread(self.node.kill)
        shutil.rmtree(self.folder / "data")
        await asyncio.to_thread(self.node.restart)

    async def _one(self, statement: str) -> Any:
        async with self.gateway.database.transaction(GATEWAY, read_only=True) as session:
            return await driver(session).fetchval(statement)


def a_person(name: str) -> PersonChanged:
    return PersonChanged(
        person_id=uuid7(),
        name_zh=name,
        name_en=name,
        email=f"{name}@provider.example",
        phone="",
        locale="en",
        roles=("engineer",),
        customer_id=None,
        active=True,
    )


@pytest.fixture
async def scene(databases: Databases, tmp_path: Path) -> AsyncIterator[Scene]:
    url, toy = await asyncio.to_thread(databases.clean, "all"), Toy()
    node = RabbitNode(tmp_path / "broker")
    keys = {
        "contracts": toy.service().consumers.routing_keys(),
        "incidents": catalogue.service("incidents").consumers.routing_keys(),
    }
    bus = RabbitBus(await asyncio.to_thread(node.start), keys)
    gateway, incidents = (
        runtime_of(catalogue.service(name), url, bus, ShiftedTime(), files=files_in(str(tmp_path / "files")))
        for name in ("gateway", "incidents")
    )
    try:
        await bus.open()
        await gateway.start("worker")
        yield Scene(node, tmp_path / "broker", bus, gateway, incidents, toy, url)
    finally:
        await gateway.stop()
        await incidents.stop()
        await bus.close()
        await asyncio.to_thread(node.stop)


async def test_facts_that_a_broker_lost_are_sent_again_and_take_effect_once(scene: Scene) -> None:
    listener = scene.counting()
    await listener.start("worker")
    since = await scene.say("heard", "heard too")
    await scene.hears("heard", "heard too")
    await listener.stop()

    await scene.say("lost", "lost too")
    await scene.all_sent()
    await scene.broker_loses_all()
    listener = scene.counting()
    try:
        await listener.start("worker")
        await scene.say("after")
        await scene.hears("after")
        assert sorted(scene.toy.handled) == ["after", "heard", "heard too"], "else nothing was lost"

        sent = await sent_since(scene.gateway.database, since, remembered=timedelta(days=1))
        assert sent.events == 5
        await send_again(scene.gateway.database, sent)
        await scene.all_sent()
        await scene.say("last")
        await scene.hears("last")
    finally:
        await listener.stop()
    assert scene.toy.handled[-1] == "last"
    assert Counter(scene.toy.handled) == Counter(["after", "heard", "heard too", "lost", "lost too", "last"])


async def test_a_listener_goes_on_by_itself_at_a_broker_that_forgot_it(scene: Scene) -> None:
    listener = scene.counting()
    await listener.start("worker")
    try:
        await scene.say("before")
        await scene.hears("before")
        await scene.broker_loses_all()
        await scene.say("after")
        await scene.hears("after")
    finally:
        await listener.stop()
    assert scene.toy.handled == ["before", "after"]


async def test_a_copy_is_filled_by_saying_the_snapshots_again(scene: Scene) -> None:
    async with scene.gateway.database.transaction(GATEWAY) as session:
        await bootstrap_administrator(
            session, email="first@provider.example", password="a long enough password", name_zh="甲", name_en="A"
        )
    await scene.all_sent()
    await scene.broker_loses_all()
    await scene.incidents.start("worker")
    await scene.say("after")
    await eventually(lambda: known(scene), lambda names: "after" in names)
    assert "A" not in await known(scene), "else nothing was lost"
    await say_again(lambda: scene.gateway.database.transaction(GATEWAY), catalogue.service("gateway").snapshots)
    await eventually(lambda: known(scene), lambda names: "A" in names)


async def known(scene: Scene) -> set[str]:
    """The English names of the people whose copies incidents has."""
    async with scene.incidents.database.transaction(Caller("system:incidents", "system"), read_only=True) as session:
        return set(await session.scalars(select(Person.name_en)))
