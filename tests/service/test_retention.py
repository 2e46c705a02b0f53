"""What is over is forgotten after its keep time; what is not over, what was said and what was noted never is."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest
from pydantic import ValidationError
from sqlalchemy import select
from uuid_utils.compat import uuid7

from services import catalogue
from shared.db import Caller
from shared.events.contracts import CustomerChanged
from shared.mechanisms import MECHANISMS, tables_of
from shared.permissions import Role
from shared.retention import BATCH, Retention
from shared.settings import KeepTimes, PlatformSettings
from tests.harness import OneService, principal
from tests.toy import Toy, a_person

SYSTEM = Caller("system:contracts", "system")
ADMIN = principal(Role.ADMINISTRATOR)
INBOX = tables_of("contracts")["inbox"]
PLANTED = """
INSERT INTO contracts.inbox (consumer, event_id, subject, type, state, received_at)
SELECT state || ' ' || days, gen_random_uuid(), 'subject', 'type', state, clock_timestamp() - days * interval '1 day'
FROM unnest(ARRAY['done', 'discarded', 'waiting', 'parked']) AS state, unnest(ARRAY[29, 31, 400]) AS days;

INSERT INTO contracts.timers (id, kind, subject, label, state, due_at)
SELECT gen_random_uuid(), 'ring', gen_random_uuid(), state || ' ' || days, state,
    clock_timestamp() - days * interval '1 day'
FROM unnest(ARRAY['fired', 'cancelled', 'parked', 'armed']) AS state, unnest(ARRAY[-31, 29, 31, 400]) AS days;
UPDATE contracts.timers SET fired_at = due_at WHERE state = 'fired' AND label <> 'fired 400';
UPDATE contracts.timers SET fired_at = clock_timestamp() WHERE label = 'fired 400';

INSERT INTO contracts.idempotency (owner, key, fingerprint, created_at)
SELECT 'owner', days::text, '', clock_timestamp() - days * interval '1 day' FROM unnest(ARRAY[0, 13, 15, 400]) AS days;

INSERT INTO contracts.outbox
    (event_id, subject, sequence, type, correlation_id, envelope, created_at, sent_at)
VALUES (gen_random_uuid(), 'old', 1, 'type', gen_random_uuid(), '{}', '2020-01-01Z', '2020-01-01Z');
INSERT INTO contracts.heads (subject, sequence, entries, hash) VALUES ('old', 1, 1, '');
INSERT INTO contracts.audit
    (subject, number, at, actor, roles, action, before, after, information, previous, hash)
VALUES ('old', 1, '2020-01-01Z', 'nobody', '[]', 'act', '{}', '{}', '{}', '', '');
"""
MANY = """
INSERT INTO contracts.inbox (consumer, event_id, subject, type, state, received_at)
SELECT 'count', gen_random_uuid(), 'subject', 'type', 'done', '2020-01-01Z' FROM generate_series(1, $1::int)
"""


async def left(admin: asyncpg.Connection[asyncpg.Record], column: str, table: str) -> set[str]:
    return {row[0] for row in await admin.fetch(f"SELECT {column} FROM contracts.{table}")}


async def test_what_is_over_goes_after_its_keep_time_and_all_else_stays_whatever_its_age(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    service = await one_service("contracts")
    await admin.execute(PLANTED)
    retention = Retention(service.runtime.database, KeepTimes())
    assert await retention.step() == 4 + 3 + 2
    assert await retention.step() == 0
    open_events = {f"{state} {days}" for state in ("waiting", "parked") for days in (29, 31, 400)}
    assert await left(admin, "consumer", "inbox") == open_events | {"done 29", "discarded 29"}
    open_timers = {f"{state} {days}" for state in ("armed", "parked") for days in (-31, 29, 31, 400)}
    young = {"fired -31", "fired 29", "fired 400", "cancelled -31", "cancelled 29"}
    assert await left(admin, "label", "timers") == open_timers | young
    assert await left(admin, "key", "idempotency") == {"0", "13"}
    for table in ("outbox", "heads", "audit"):
        assert await left(admin, "subject", table) == {"old"}


async def test_it_goes_in_small_batches_and_waits_for_nobody(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    service = await one_service("contracts")
    await admin.execute(MANY, 2 * BATCH)
    retention = Retention(service.runtime.database, KeepTimes())
    async with service.runtime.database.transaction(SYSTEM) as session:
        await session.execute(select(INBOX).order_by(INBOX.c.id).limit(1).with_for_update())
        assert [await retention.step() for _ in range(3)] == [BATCH, BATCH - 1, 0]
    assert await retention.step() == 1


async def test_a_handled_event_is_remembered_for_its_keep_time_of_the_platforms_time(
    one_service: OneService.Factory,
) -> None:
    service = await one_service(Toy().service())
    event, event_id = a_person("Ada"), uuid7()
    await service.hear(event, event_id=event_id)
    await service.advance(days=29)
    await service.hear(event, event_id=event_id)
    assert len(await service.said(CustomerChanged)) == 1
    await service.advance(days=2)
    assert await service.rows(select(INBOX)) == []
    assert len(await service.said(CustomerChanged)) == 1


async def test_a_repeat_within_the_keep_time_is_answered_as_before_and_a_later_one_is_a_new_command(
    one_service: OneService.Factory,
) -> None:
    service = await one_service("contracts")

    async def add_customer() -> str:
        async with service.as_(ADMIN) as client:
            body = {"name_zh": "甲", "name_en": "A"}
            answer = await client.post("/v1/customers", json=body, headers={"Idempotency-Key": "once"})
        customer_id: str = answer.json()["customer_id"]
        return customer_id

    first = await add_customer()
    await service.advance(days=13)
    assert await add_customer() == first
    await service.advance(days=2)
    assert await add_customer() != first


async def test_keep_times_are_settings_of_the_platform(
    one_service: OneService.Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_KEEP_INBOX_DAYS", "2")
    assert PlatformSettings().keep == KeepTimes(inbox_days=2)
    service = await one_service(Toy().service())
    await service.hear(a_person("Ada"))
    service.time.advance(timedelta(days=2, seconds=1))
    assert await Retention(service.runtime.database, PlatformSettings().keep).step() == 1


@pytest.mark.parametrize("name", ["INBOX", "TIMERS", "IDEMPOTENCY"])
@pytest.mark.parametrize("days", ["0", "-1", "3651", "a week"])
def test_a_keep_time_is_a_number_of_days(monkeypatch: pytest.MonkeyPatch, name: str, days: str) -> None:
    monkeypatch.setenv(f"AFTERCARE_KEEP_{name}_DAYS", days)
    with pytest.raises(ValidationError, match=f"keep_{name.lower()}_days"):
        PlatformSettings()


@pytest.mark.parametrize("service", catalogue.NAMES)
async def test_the_running_role_may_delete_what_is_over_and_never_what_was_said_or_noted(
    admin: asyncpg.Connection[asyncpg.Record], service: str
) -> None:
    async def having(right: str) -> set[str]:
        asked = "SELECT has_table_privilege($1, $2, $3)"
        return {name for name in MECHANISMS if await admin.fetchval(asked, service, f"{service}.{name}", right)}

    assert await having("DELETE") == {"inbox", "timers", "idempotency"}
    assert await having("UPDATE") == {"inbox", "timers", "idempotency", "outbox", "heads"}
    assert await having("TRUNCATE") == set()
