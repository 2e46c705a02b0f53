"""The demo against a platform that runs as it does for people: loaded twice, told in both languages."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from clients.api import Aftercare, Problem, sign_in
from clients.demo.kept import DEMO, DemoOrganisation, read_demo
from clients.demo.organisation import load_organisation
from clients.demo.stage import StoryFailed
from clients.demo.story import tell_story
from clients.models import Customer, Incident, Key, Me, Person, Plan, Webhook
from tests.builders.running import ADMINISTRATOR, Running, running_platform
from tests.databases import Databases


@pytest.fixture(scope="module")
async def running(databases: Databases) -> AsyncIterator[Running]:
    async with running_platform(await asyncio.to_thread(databases.clean, "all")) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all of these tests keep what the demo keeps."""
    return tmp_path_factory.mktemp("kept")


async def loaded(running: Running, folder: Path) -> DemoOrganisation:
    return await load_organisation(running.url, ADMINISTRATOR, running.recorder.url, folder)


async def told(demo: DemoOrganisation, language: str) -> str:
    """What the terminal shows of the story."""
    console = Console(file=io.StringIO(), width=120, record=True)
    await tell_story(demo, console, language)
    return console.export_text()


async def counted(running: Running) -> dict[str, int]:
    """How many of each thing there are."""
    session = await sign_in(running.url, ADMINISTRATOR.email, ADMINISTRATOR.password)
    async with Aftercare(running.url, session.token) as api:
        return {
            "customers": len(await api.all(Customer, "/v1/customers")),
            "people": len(await api.all(Person, "/v1/people")),
            "plans": len(await api.all(Plan, "/v1/plans")),
            "keys": len(await api.all(Key, "/v1/keys")),
            "webhooks": len(await api.all(Webhook, "/v1/webhooks")),
            "incidents": len(await api.all(Incident, "/v1/incidents")),
        }


async def test_the_story_is_told_in_both_languages_and_can_be_told_again(running: Running, folder: Path) -> None:
    demo = await loaded(running, folder)
    before = await counted(running)
    english, chinese = await told(demo, "en"), await told(demo, "zh")
    assert "Summary of INC-" in english
    assert "Promises: 6 kept, 0 broken" in english
    assert "8, signatures verified: 8" in english
    assert "requester_cannot_decide" in english
    assert "承诺：按时 6 项，超时 0 项" in chinese
    assert "补货入库 1 件" in chinese
    assert (await counted(running))["incidents"] == before["incidents"] + 2


async def test_what_is_there_is_not_made_again(running: Running, folder: Path) -> None:
    first = await loaded(running, folder)
    before = await counted(running)
    assert await loaded(running, folder) == first
    assert await counted(running) == before


async def test_lost_passwords_and_secrets_are_replaced_by_ones_that_work(running: Running, folder: Path) -> None:
    before = await loaded(running, folder)
    (folder / DEMO).unlink()
    after = await loaded(running, folder)
    assert (before.plan_id, before.hospital_id) == (after.plan_id, after.hospital_id)
    assert (await counted(running))["webhooks"] == 1
    desk = after.actors["desk"]
    assert (await sign_in(running.url, desk.email, desk.password)).token
    async with Aftercare(running.url, after.key) as system:
        assert (await system.get(Me, "/v1/me")).kind == "key"
    with pytest.raises(Problem):
        await sign_in(running.url, desk.email, before.actors["desk"].password)


async def test_another_recorder_gets_the_calls_from_then_on(running: Running, folder: Path) -> None:
    demo = await loaded(running, folder)
    moved = running.recorder.url.replace("127.0.0.1", "localhost")
    again = await load_organisation(running.url, ADMINISTRATOR, moved, folder)
    assert demo.hook
    assert again.hook
    assert (demo.hook.id != again.hook.id, again.hook.url.startswith(moved)) == (True, True)
    assert read_demo(folder) == again


async def test_a_receiver_that_cannot_verify_fails_the_story(running: Running, folder: Path) -> None:
    demo = await loaded(running, folder)
    assert demo.hook
    running.recorder.set_secret(demo.hook.name, "whsec_AAAA")
    with pytest.raises(StoryFailed, match="no valid signature"):
        await told(demo, "en")
