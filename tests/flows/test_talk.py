"""The story of a conversation: a customer asks, the desk answers, a file goes along, and a colleague watches it all."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

from tests.builders.organisation import Organisation, a_world, get, post
from tests.harness import Platform

LOG = b"2026-03-02 09:30 supervisor card: no answer\n"


async def reported(world: Organisation) -> dict[str, Any]:
    body = {
        "title": "Core switch down",
        "description": "No traffic since 08:10.",
        "asset_id": world.ids["switch"],
        "contact_name": "护士站",
        "contact_email": "ward@demo.example",
    }
    incident: dict[str, Any] = await post(world.operator, "/v1/incidents", body)
    await world.platform.settle()
    return incident


def told(platform: Platform, address: str) -> list[str]:
    return [mail.subject for mail in platform.recorder.mails(address)]


async def uploaded(client: httpx.AsyncClient, path: str, content: bytes, **query: str) -> httpx.Response:
    return await client.post(f"{path}/attachments", params=query, content=content)


async def test_customer_and_provider_talk_and_everybody_concerned_hears_of_it(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await reported(world)
    path = f"/v1/incidents/{incident['id']}"
    assert (await world.quality.put(f"{path}/watchers/me")).status_code == 204
    platform.recorder.forget_everything()

    await post(world.operator, f"{path}/comments", {"text": "When will somebody come?"})
    await platform.settle()
    number = incident["number"]
    assert told(platform, "desk@demo.example") == [f"【{number}】客户留言：Core switch down"]
    assert told(platform, "quality@demo.example") == [f"【{number}】新留言：Core switch down"]
    assert told(platform, "ward@demo.example") == []

    platform.recorder.forget_everything()
    await post(world.desk, f"{path}/comments", {"text": "At ten."})
    await post(world.desk, f"{path}/comments", {"text": "They always ask.", "visibility": "internal"})
    await platform.settle()
    assert told(platform, "ward@demo.example") == [f"【{number}】最新进展：Core switch down"]
    assert told(platform, "desk@demo.example") == []
    [mail] = platform.recorder.mails("ward@demo.example")
    assert "At ten." in mail.text

    for client, seen in ((world.operator, False), (world.desk, True)):
        everything = [await get(client, f"{path}/{part}") for part in ("comments", "timeline")]
        assert ("They always ask." in str(everything[0])) == seen
        assert ("internal_note_added" in str(everything[1])) == seen
    assert not [mail for mail in platform.recorder.mails() if "They always ask." in mail.text]


async def test_a_file_goes_from_one_to_the_other_through_the_front(platform: Platform) -> None:
    world = await a_world(platform)
    path = f"/v1/incidents/{(await reported(world))['id']}"
    answer = await uploaded(world.operator, path, LOG, name="核心交换机.log")
    assert (answer.status_code, answer.json()["sha256"]) == (201, hashlib.sha256(LOG).hexdigest())
    address = f"/v1/attachments/{answer.json()['id']}"
    download = await world.engineer.get(address)
    assert download.content == LOG
    protection = {
        "content-disposition": "attachment; filename*=UTF-8''%E6%A0%B8%E5%BF%83%E4%BA%A4%E6%8D%A2%E6%9C%BA.log",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "content-length": str(len(LOG)),
    }
    assert {name: download.headers[name] for name in protection} == protection
    assert (await world.reader.get(address)).status_code == 404
    assert (await world.desk.delete(address, params={"reason": "Names of patients."})).status_code == 204
    assert (await world.engineer.get(address)).status_code == 404


async def test_a_file_may_be_longer_than_other_bodies(platform: Platform) -> None:
    world = await a_world(platform)
    path = f"/v1/incidents/{(await reported(world))['id']}"
    long = LOG * (3_000_000 // len(LOG))
    answer = await uploaded(world.operator, path, long, name="long.log")
    assert (answer.status_code, answer.json()["size"]) == (201, len(long))
    too_long = await uploaded(world.operator, path, LOG * (21 * 1024 * 1024 // len(LOG)), name="too-long.log")
    assert (too_long.status_code, too_long.json()["code"]) == (413, "file_too_large")
