"""Attachments: the file as it was, for those who may see it, and gone once it is withdrawn."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.events.incidents import (
    AttachmentAdded,
    AttachmentWithdrawn,
    InternalAttachmentAdded,
    InternalAttachmentWithdrawn,
)
from shared.files import PIECE_BYTES
from shared.permissions import Role
from tests.builders.incidents import DESK, ENGINEER, Customer, a_customer, do, reported
from tests.builders.talk import LOG, ask, attach, attached, colleague_of, downloaded, told_types
from tests.harness import OneService, principal

SHA256 = hashlib.sha256(LOG).hexdigest()


def contents(incidents: OneService) -> list[str]:
    """What is in the store, by SHA-256."""
    folder = Path(incidents.folder.name)
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def size_of_incoming(incidents: OneService) -> int:
    return sum(path.stat().st_size for path in Path(incidents.folder.name).glob("incoming/*"))


async def withdraw(
    incidents: OneService, who: Principal, attachment: dict[str, str], *, expect: int = 204, reason: str = "Wrong file."
) -> None:
    path = f"/v1/attachments/{attachment['id']}"
    await ask(incidents, who, "DELETE", path, params={"reason": reason}, expect=expect)


async def test_a_file_comes_back_as_it_was(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    attachment = await attach(incidents, customer.user, incident)
    assert (attachment["name"], attachment["size"], attachment["sha256"]) == ("核心交换机.log", len(LOG), SHA256)
    for who in (colleague_of(customer), DESK):
        assert await attached(incidents, who, incident) == [attachment["id"]]
        answer = await downloaded(incidents, who, attachment)
        assert (answer.content, answer.headers["content-type"]) == (LOG, "text/plain; charset=utf-8")
        assert answer.headers["content-disposition"].startswith("attachment; ")
    [event] = await incidents.said(AttachmentAdded)
    assert (event.sha256, event.size, event.visibility, event.number) == (
        SHA256,
        len(LOG),
        "public",
        incident["number"],
    )


async def test_an_internal_file_is_not_there_for_a_customer(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    attachment = await attach(incidents, ENGINEER, incident, visibility="internal")
    leader = principal(Role.LEADER, Role.CUSTOMER_USER, customer_id=customer.id)
    assert await attached(incidents, leader, incident) == []
    assert (await downloaded(incidents, leader, attachment)).json()["code"] == "attachment_not_found"
    await withdraw(incidents, leader, attachment, expect=404)
    assert InternalAttachmentAdded.type not in await told_types(incidents, leader, incident)
    assert SHA256 not in str(await ask(incidents, leader, "GET", f"/v1/evidence/incidents/{incident['id']}"))
    assert (await downloaded(incidents, DESK, attachment)).content == LOG
    assert InternalAttachmentAdded.type in await told_types(incidents, DESK, incident)
    assert await incidents.said(AttachmentAdded) == []


async def test_a_customer_attaches_nothing_internal(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await attach(incidents, customer.user, incident, visibility="internal", expect=403)
    assert await attached(incidents, DESK, incident) == []


async def test_another_customers_files_are_not_there(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    attachment = await attach(incidents, customer.user, incident)
    stranger = (await a_customer(incidents, of=Customer())).user
    assert (await downloaded(incidents, stranger, attachment)).status_code == 404
    await withdraw(incidents, stranger, attachment, expect=404)
    await attach(incidents, stranger, incident, expect=404)
    await ask(incidents, stranger, "GET", f"/v1/incidents/{incident['id']}/attachments", expect=404)
    assert len(await incidents.said(AttachmentAdded)) == 1


async def test_a_file_of_a_merged_incident_is_its_targets(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    target, merged = [await reported(incidents, customer) for _ in range(2)]
    await do(incidents, DESK, merged, "merge", {"target_id": target["id"], "reason": "The same fault."})
    attachment = await attach(incidents, customer.user, merged)
    assert await attached(incidents, DESK, target) == [attachment["id"]]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ\x90\x00\x03\x00", 415, "file_type_not_accepted"),
        (b"<!doctype html><script>", 415, "file_type_not_accepted"),
        (b"x" * 101, 413, "file_too_large"),
    ],
)
async def test_what_is_not_let_in_leaves_nothing(
    one_service: OneService.Factory, content: bytes, status: int, code: str
) -> None:
    incidents = await one_service("incidents", file_rules={"limit_bytes": 100})
    incident = await reported(incidents, await a_customer(incidents))
    assert (await attach(incidents, DESK, incident, content, expect=status))["code"] == code
    assert contents(incidents) == []
    assert await attached(incidents, DESK, incident) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\Users\\li\\switch.log", "switch.log"),
        ("../../etc/passwd", "passwd"),
        ("交换\u202e机\r\n.log", "交换机.log"),
        ("..", None),
        ("\u200b", None),
        ("x" * 201, None),
    ],
)
async def test_a_name_is_only_a_name(one_service: OneService.Factory, name: str, kept: str | None) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    attachment = await attach(incidents, DESK, incident, name=name, expect=201 if kept else 422)
    assert attachment.get("name") == kept


async def test_who_attached_a_file_withdraws_it_and_its_content_goes(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    attachment = await attach(incidents, customer.user, incident)
    await withdraw(incidents, customer.user, attachment, reason="Names of patients in it.")
    assert (await downloaded(incidents, DESK, attachment)).status_code == 404
    assert await attached(incidents, DESK, incident) == []
    await withdraw(incidents, customer.user, attachment, expect=404)
    assert [event.reason_given for event in await incidents.said(AttachmentWithdrawn)] == ["Names of patients in it."]
    assert contents(incidents) == [SHA256]
    await incidents.advance(hours=25)
    assert contents(incidents) == []


async def test_the_desk_withdraws_anybodys_file_and_others_only_their_own(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    attachment = await attach(incidents, customer.user, incident)
    for other in (colleague_of(customer), ENGINEER):
        await withdraw(incidents, other, attachment, expect=403)
    await withdraw(incidents, DESK, attachment)
    assert await incidents.said(InternalAttachmentWithdrawn) == []


async def test_a_withdrawal_has_a_reason(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    attachment = await attach(incidents, DESK, incident)
    await withdraw(incidents, DESK, attachment, reason=" ", expect=422)
    assert await attached(incidents, DESK, incident) == [attachment["id"]]


async def test_content_that_another_attachment_has_stays(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    first, second = [await attach(incidents, DESK, incident, name=name) for name in ("a.log", "b.log")]
    await withdraw(incidents, DESK, first)
    await incidents.advance(hours=25)
    assert (await downloaded(incidents, DESK, second)).content == LOG


async def test_content_without_a_row_is_swept_after_a_day(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    unknown = {"id": str(uuid7())}
    await attach(incidents, customer.user, unknown, expect=404)
    await incidents.settle()
    assert contents(incidents) == [SHA256]
    await incidents.advance(hours=25)
    assert contents(incidents) == []


async def test_of_an_upload_that_breaks_off_nothing_is_kept(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    messages = [{"type": "http.request", "body": LOG, "more_body": True}, {"type": "http.disconnect"}]
    async with incidents.as_(DESK) as client:
        headers = [(name.lower(), value) for name, value in client.headers.raw]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": f"/v1/incidents/{incident['id']}/attachments"}
    scope |= {"headers": headers, "query_string": b"name=a.log"}
    answered: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    await incidents.runtime.app(scope, receive, send)
    assert answered[0]["status"] == 400
    assert contents(incidents) == []
    assert await attached(incidents, DESK, incident) == []


async def test_a_repeat_of_an_upload_attaches_once(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    path, key = f"/v1/incidents/{incident['id']}/attachments", {"Idempotency-Key": "one"}
    sent = {"params": {"name": "a.log"}, "headers": key}
    first, second = [await ask(incidents, DESK, "POST", path, content=LOG, expect=201, **sent) for _ in range(2)]
    assert first == second
    other = await ask(incidents, DESK, "POST", path, content=b"other", expect=422, **sent)
    assert other["code"] == "idempotency_key_reused"
    assert await attached(incidents, DESK, incident) == [first["id"]]


async def test_of_a_large_file_one_piece_at_a_time_is_held(one_service: OneService.Factory) -> None:
    """Whatever was sent is in the folder before more is taken, and it leaves in pieces too."""
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    piece, count, held = LOG * 1000, 200, []

    async def pieces() -> AsyncIterator[bytes]:
        for sent in range(count):
            held.append(sent * len(piece) - size_of_incoming(incidents))
            yield piece

    attachment = await attach(incidents, DESK, incident, pieces())
    assert attachment["size"] == len(piece) * count
    assert max(held) <= len(piece)
    leaving = [len(part) async for part in incidents.runtime.files.store.read(attachment["sha256"])]
    assert (sum(leaving), max(leaving)) == (attachment["size"], PIECE_BYTES)
