"""The ledger of a platform that has worked: no promise is broken, and each one, once it is broken, is seen to be."""

from __future__ import annotations

import asyncpg

from services.ledger import LEDGER, Promise, findings
from shared.db import plain_url
from tests.builders.organisation import a_world, get, post
from tests.flows.test_main_job import a_client_system, authorised, classified, part_used, reported
from tests.harness import Platform

ONE = "(SELECT event_id FROM {0}.outbox WHERE {1} ORDER BY id DESC LIMIT 1)"
CLASSIFIED = ONE.format("incidents", "type = 'incidents.incident_classified.v1'")
BREACHED = ONE.format("incidents", "type = 'incidents.clock_breached.v1'")
STOPPED = ONE.format("incidents", "envelope -> 'data' ->> 'outcome' = 'met'")
REPORTED = ONE.format("incidents", "type = 'incidents.incident_reported.v1'")
RESERVED = ONE.format("inventory", "type = 'inventory.part_reserved.v1'")
SENT = ONE.format("notify", "type = 'notify.message_sent.v1'")
ANOTHER_TIMER = """
INSERT INTO incidents.timers (id, kind, subject, label, due_at, state, fired_at)
SELECT gen_random_uuid(), kind, subject, label, due_at, state, fired_at
FROM incidents.timers WHERE state = 'fired' LIMIT 1
"""
DAMAGE = {
    "Everything said has left.": f"UPDATE incidents.outbox SET sent_at = NULL WHERE event_id = {CLASSIFIED}",
    "Nothing that came in waits.": f"UPDATE notify.inbox SET state = 'waiting' WHERE event_id = {CLASSIFIED}",
    "No event and no timer is parked.": f"UPDATE notify.inbox SET state = 'parked' WHERE event_id = {CLASSIFIED}",
    "Every event that has left was handled by each of its consumers.": (
        f"DELETE FROM escalation.inbox WHERE event_id = {CLASSIFIED} AND consumer = 'open_emergency'"
    ),
    "Everything handled was said by somebody.": f"DELETE FROM incidents.outbox WHERE event_id = {CLASSIFIED}",
    "The events of a subject are numbered 1, 2, 3 ... and its head has the last number.": (
        f"UPDATE incidents.outbox SET sequence = 1000 WHERE event_id = {CLASSIFIED}"
    ),
    "The events of a subject left in the order of their numbers.": (
        f"UPDATE incidents.outbox SET sent_at = '2000-01-01Z' WHERE event_id = {CLASSIFIED}"
    ),
    "Each consumer took the events of a subject in the order of their numbers.": (
        f"DELETE FROM incidents.inbox WHERE event_id = {REPORTED};"
        "INSERT INTO incidents.inbox (consumer, event_id, subject, type, state)"
        f" SELECT 'tell_timeline', event_id, subject, type, 'done' FROM incidents.outbox WHERE event_id = {REPORTED}"
    ),
    "No timer is overdue.": "UPDATE incidents.timers SET due_at = '2000-01-01Z' WHERE state = 'armed'",
    "No timer has fired before it was due.": "UPDATE incidents.timers SET due_at = '2999-01-01Z' WHERE state = 'fired'",
    "No timer has fired twice.": ANOTHER_TIMER,
    "What waits for an end has its timer armed: promises, surveys, reservations, requests.": (
        "UPDATE incidents.timers SET state = 'cancelled' WHERE state = 'armed'"
    ),
    "What has ended has no timer armed.": "UPDATE incidents.clocks SET stopped_at = now() WHERE NOT breach_said",
    "A broken promise is said once, and a promise said to be broken once is known to be.": (
        f"DELETE FROM incidents.outbox WHERE event_id = {BREACHED}"
    ),
    "A promise that ended is said to have ended, once.": f"DELETE FROM incidents.outbox WHERE event_id = {STOPPED}",
    "Each broken promise raised one alarm.": (
        "INSERT INTO escalation.alarms SELECT (jsonb_populate_record(alarms, jsonb_build_object("
        "'id', gen_random_uuid()))).* FROM escalation.alarms"
    ),
    "Every command that was accepted has kept its answer.": (
        "INSERT INTO incidents.idempotency (owner, key, fingerprint) VALUES ('somebody POST /v1/incidents', 'k', '')"
    ),
    "Each report that was accepted made one incident.": (
        "INSERT INTO incidents.idempotency (owner, key, fingerprint, status, body)"
        """ VALUES ('somebody POST /v1/incidents', 'k', '', 201, '{"id": "lost"}')"""
    ),
    "Each incident is said to be reported or imported once, and once to be closed when it is.": (
        f"DELETE FROM incidents.outbox WHERE event_id = {REPORTED}"
    ),
    "Each event about an incident stands in its timeline.": (
        f"DELETE FROM incidents.timeline WHERE event_id = {CLASSIFIED}"
    ),
    "The contact of each closed incident was asked for an opinion once.": (
        "DELETE FROM feedback.links; DELETE FROM feedback.surveys"
    ),
    "Each part called up has one answer of the store.": f"DELETE FROM inventory.outbox WHERE event_id = {RESERVED}",
    "What the store holds is the sum of what was booked.": "UPDATE inventory.balances SET quantity = quantity + 1",
    "No message and no webhook call waits.": "UPDATE notify.messages SET state = 'waiting', next_try_at = now()",
    "Each message and each webhook call that was taken is said to be, once.": (
        f"DELETE FROM notify.outbox WHERE event_id = {SENT}"
    ),
}
"""By promise, what breaks it."""


async def worked(platform: Platform) -> None:
    """One fault went from report to closed, its survey unanswered so far; of another a promise was broken."""
    world = await a_world(platform)
    system = await a_client_system(world)
    first = await reported(world, system)
    await classified(world, first)
    await authorised(world, first)
    await part_used(world, first)
    await post(world.engineer, f"/v1/incidents/{first['id']}/resolve", {"solution": "New power module."})
    await post(world.operator, f"/v1/incidents/{first['id']}/confirm")
    await reported(world, system)
    await platform.advance(hours=1, minutes=1)
    assert await get(world.desk, "/v1/alarms")


async def rows_once_broken(connection: asyncpg.Connection[asyncpg.Record], promise: Promise) -> tuple[str, ...]:
    """What the ledger finds after the damage, which is undone at once."""
    undo = connection.transaction(isolation="repeatable_read")
    await undo.start()
    try:
        await connection.execute(DAMAGE[promise.en])
        [finding] = await findings(connection, [promise])
        return finding.rows
    finally:
        await undo.rollback()


async def test_what_has_worked_breaks_no_promise_and_every_broken_one_is_seen(platform: Platform) -> None:
    await worked(platform)
    connection = await asyncpg.connect(plain_url(platform.admin_url))
    try:
        assert [finding for finding in await findings(connection) if finding.rows] == []
        assert [promise.en for promise in LEDGER] == list(DAMAGE)
        unseen = [promise.en for promise in LEDGER if not await rows_once_broken(connection, promise)]
        assert unseen == []
    finally:
        await connection.close()
