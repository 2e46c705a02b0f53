"""What the release before left goes on when the schema goes up and down: promises, history, words, copies."""

from __future__ import annotations

import asyncio

import asyncpg

from services import catalogue
from shared import migrate
from shared.db import plain_url
from shared.events.contracts import AgreementChanged
from shared.events.gateway import PersonChanged
from shared.permissions import Role
from shared.search import query_of
from tests.builders.contracts import a_contract, signed
from tests.harness import OneService, principal

BEFORE = "incidents_0003"
INCIDENT, CLOCK, EVENT = (f"019a0000-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))
CUSTOMER = "019a0000-0000-7000-8000-0000000000c1"
KEPT_BEFORE = f"""
INSERT INTO incidents.incidents (id, version, number, customer_id, title, description, channel, severity, state,
    covered, contact_name, contact_locale, reported_by, reported_at, key_business_ids, engineer_id)
VALUES ('{INCIDENT}', 3, 'INC-2026-000001', '{CUSTOMER}', '核心交换机中断', 'All dark.', 'portal', 'general',
    'in_progress', false, 'Operator', 'zh-CN', 'person:x', '2026-03-02T01:00:00Z', '{{}}', '{EVENT}');
INSERT INTO incidents.clocks (id, customer_id, incident_id, number, kind, started_at, amount, unit, due_at,
    warned_percent, breach_said)
VALUES ('{CLOCK}', '{CUSTOMER}', '{INCIDENT}', 'INC-2026-000001', 'resolve', '2026-03-02T01:00:00Z', 28800,
    'seconds', '2026-03-02T09:00:00Z', 50, false);
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, data)
VALUES ('{EVENT}', '{CUSTOMER}', '{INCIDENT}', 'incidents.clock_armed.v1', '2026-03-02T01:00:00Z', 2, 'person:x',
    '{{"incident_id": "{INCIDENT}", "customer_id": "{CUSTOMER}", "kind": "resolve", "amount": 28800, "unit": "seconds",
       "started_at": "2026-03-02T01:00:00Z", "due_at": "2026-03-02T09:00:00Z", "calendar": {{}}}}');
"""
NOW = """
SELECT incident.state, impact, priority, team, cover, registered_at = reported_at AS told_at_once,
    warning_percents, warned_percent, about_id, entry.type, entry.data #>> '{clocks,0,kind}' AS told,
    search @@ '核心'::tsquery AS found
FROM incidents.incidents AS incident JOIN incidents.clocks AS clock ON clock.incident_id = incident.id
JOIN incidents.timeline AS entry ON entry.incident_id = incident.id
"""
AGAIN = """
SELECT incident.state, clock.kind, entry.type, entry.data ->> 'due_at' AS due_at FROM incidents.incidents AS incident
JOIN incidents.clocks AS clock ON clock.incident_id = incident.id
JOIN incidents.timeline AS entry ON entry.incident_id = incident.id
"""


async def test_an_incident_of_before_is_worked_on_after(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["incidents"], "")
    owner = migrate.owner_url(fresh, "incidents", "")
    await asyncio.to_thread(migrate.upgrade, "incidents", owner, BEFORE)
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await connection.execute(KEPT_BEFORE)
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        [now] = await connection.fetch(NOW)
        await connection.execute("UPDATE incidents.incidents SET state = 'waiting'")
        await asyncio.to_thread(migrate.downgrade, "incidents", owner, BEFORE)
        [again] = await connection.fetch(AGAIN)
    finally:
        await connection.close()
    assert dict(now) == {
        "state": "in_progress",
        "impact": "medium",
        "priority": "medium",
        "team": "site",
        "cover": "undecided",
        "told_at_once": True,
        "warning_percents": [],
        "warned_percent": 50,
        "about_id": None,
        "type": "incidents.clocks_armed.v1",
        "told": "resolve",
        "found": True,
    }
    assert dict(again) == {
        "state": "in_progress",
        "kind": "resolve",
        "type": "incidents.clock_armed.v1",
        "due_at": "2026-03-02T09:00:00Z",
    }


BEFORE_OCCASIONS = "incidents_0009"
REQUEST, PARTY, OTHER_PARTY, WITHDRAWN = (f"019a0000-0000-7000-8000-0000000000d{number}" for number in range(4))
TOLD_BEFORE = f"""
INSERT INTO incidents.incidents (id, version, number, customer_id, title, description, channel, severity, state,
    covered, contact_name, contact_locale, reported_by, reported_at, registered_at, impact, urgency, priority, team,
    key_business_ids)
VALUES ('{INCIDENT}', 3, 'INC-2026-000001', '{CUSTOMER}', '核心交换机中断', 'All dark.', 'portal', 'major',
    'waiting', false, 'Operator', 'zh-CN', 'person:x', '2026-03-02T01:00Z', '2026-03-02T01:00Z', 'high', 'high',
    'high', 'site', '{{}}');
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, data)
SELECT gen_random_uuid(), '{CUSTOMER}', '{INCIDENT}', 'escalation.' || type || '.v1', at::timestamptz, 1, 'person:x',
    data::jsonb
FROM (VALUES
    ('activation_requested', '2026-03-02T02:01Z',
        '{{"activation_id": "{REQUEST}", "requested_at": "2026-03-02T02:00Z"}}'),
    ('activation_refused', '2026-03-02T02:21Z',
        '{{"activation_id": "{REQUEST}", "decided_at": "2026-03-02T02:20Z"}}'),
    ('activation_requested', '2026-03-02T02:40Z',
        '{{"activation_id": "{WITHDRAWN}", "requested_at": "2026-03-02T02:40Z"}}'),
    ('activation_withdrawn', '2026-03-02T02:50Z', '{{"activation_id": "{WITHDRAWN}"}}'),
    ('party_engaged', '2026-03-02T03:00Z', '{{"engagement_id": "{PARTY}", "contacted_at": "2026-03-02T03:00Z"}}'),
    ('engagement_moved', '2026-03-02T03:30Z',
        '{{"engagement_id": "{PARTY}", "state": "arrived", "moved_at": "2026-03-02T03:30Z"}}'),
    ('party_engaged', '2026-03-02T04:00Z', '{{"engagement_id": "{OTHER_PARTY}", "contacted_at": "2026-03-02T04:00Z"}}'),
    ('engagement_moved', '2026-03-02T05:00Z',
        '{{"engagement_id": "{OTHER_PARTY}", "state": "done", "moved_at": "2026-03-02T05:00Z"}}')
) AS told (type, at, data);
INSERT INTO incidents.comments (id, customer_id, incident_id, visibility, text, author, author_name, from_customer,
    written_at)
VALUES ('{EVENT}', '{CUSTOMER}', '{INCIDENT}', 'public', 'We look.', 'person:x', 'X', false, '2026-03-02T06:00Z'),
    (gen_random_uuid(), '{CUSTOMER}', '{INCIDENT}', 'internal', 'Odd.', 'person:x', 'X', false, '2026-03-02T06:10Z'),
    (gen_random_uuid(), '{CUSTOMER}', '{INCIDENT}', 'public', 'And?', 'person:y', 'Y', true, '2026-03-02T06:20Z');
INSERT INTO incidents.clocks (id, customer_id, incident_id, number, kind, started_at, amount, unit, due_at,
    warning_percents, warn_before_seconds, warned_percent, breach_said)
VALUES ('{CLOCK}', '{CUSTOMER}', '{INCIDENT}', 'INC-2026-000001', 'superior_told', '2026-03-02T01:00Z', 28800,
    'seconds', '2026-03-02T09:00Z', '{{}}', '{{}}', 50, false);
INSERT INTO incidents.timers (id, kind, subject, label, due_at, data, state)
VALUES (gen_random_uuid(), 'clock_breach', '{CLOCK}', 'superior_told', '2026-03-02T09:00:00.000001Z', '{{}}', 'armed');
INSERT INTO incidents.pauses (id, version, customer_id, incident_id, reason, from_at, planned_until_at, author)
VALUES (gen_random_uuid(), 1, '{CUSTOMER}', '{INCIDENT}', 'waiting_for_customer', '2026-03-02T01:00Z',
    '2026-03-02T08:00Z', 'person:x');
"""
OCCASIONS = """
SELECT kind, about_id::text, to_char(from_at AT TIME ZONE 'UTC', 'HH24:MI') AS began,
    to_char(done_at AT TIME ZONE 'UTC', 'HH24:MI') AS done
FROM incidents.occasions ORDER BY from_at
"""
PLACED = """
SELECT breaks_at - due_at = interval '1 microsecond' AS breaks, asked_until_at = planned_until_at AS as_asked
FROM incidents.clocks, incidents.pauses
"""


async def test_what_was_requested_engaged_and_told_before_is_known_after(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["incidents"], "")
    owner = migrate.owner_url(fresh, "incidents", "")
    await asyncio.to_thread(migrate.upgrade, "incidents", owner, BEFORE_OCCASIONS)
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await connection.execute(TOLD_BEFORE)
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        occasions = [tuple(row) for row in await connection.fetch(OCCASIONS)]
        [placed] = await connection.fetch(PLACED)
        await asyncio.to_thread(migrate.downgrade, "incidents", owner, BEFORE_OCCASIONS)
        left = await connection.fetchval("SELECT count(*) FROM incidents.clocks")
    finally:
        await connection.close()
    assert occasions == [
        ("plan_decided", REQUEST, "02:00", "02:20"),
        ("vendor", PARTY, "03:00", None),
        ("vendor", OTHER_PARTY, "04:00", "05:00"),
        ("next_update", EVENT, "06:00", None),
    ]
    assert (tuple(placed), left) == ((True, True), 1)


async def test_numbers_go_on_where_they_were(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["incidents"], "")
    owner = migrate.owner_url(fresh, "incidents", "")
    await asyncio.to_thread(migrate.upgrade, "incidents", owner, "incidents_0010")
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await connection.execute("INSERT INTO incidents.numbers VALUES (2025, 7), (2026, 123)")
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        following = await connection.fetch("SELECT incidents.take_numbers(2026, 2)")
        first = await connection.fetchval("SELECT incidents.take_numbers(2027, 1)")
        await asyncio.to_thread(migrate.downgrade, "incidents", owner, "incidents_0010")
        again = await connection.fetch("SELECT year, last FROM incidents.numbers ORDER BY year")
    finally:
        await connection.close()
    assert ([row[0] for row in following], first) == ([124, 125], 1)
    assert [tuple(row) for row in again] == [(2025, 7), (2026, 125), (2027, 1)]


BEFORE_DUE = "incidents_0011"
WAITED_BEFORE = f"""
INSERT INTO incidents.incidents (id, version, number, customer_id, title, description, channel, severity, state,
    covered, contact_name, contact_locale, reported_by, reported_at, registered_at, impact, urgency, priority, team,
    key_business_ids)
SELECT id::uuid, 3, 'INC-' || id, '{CUSTOMER}', 'Dark', 'All dark.', 'portal', 'major', 'waiting', false, 'Operator',
    'zh-CN', 'person:x', '2026-03-02T01:00Z', '2026-03-02T01:00Z', 'high', 'high', 'high', 'site', '{{}}'
FROM unnest(ARRAY['{INCIDENT}', '{EVENT}']) AS id;
INSERT INTO incidents.clocks (id, customer_id, incident_id, number, kind, started_at, amount, unit, due_at, breaks_at,
    warning_percents, warn_before_seconds, warned_percent, breach_said)
SELECT gen_random_uuid(), '{CUSTOMER}', of::uuid, 'INC-2026-000001', kind, '2026-03-02T01:00Z', 3600, 'seconds',
    due::timestamptz, breaks::timestamptz, '{{}}', '{{}}', 0, false
FROM (VALUES
    ('{INCIDENT}', 'resolve', '2026-03-02T09:00Z', NULL),
    ('{INCIDENT}', 'on_site', '2026-03-02T01:30Z', NULL),
    ('{INCIDENT}', 'plan_requested', '2026-03-02T05:00Z', '2026-03-02T05:00:00.000001Z'),
    ('{EVENT}', 'resolve', '2026-03-02T09:00Z', '2026-03-02T12:00:00.000001Z')
) AS was (of, kind, due, breaks);
INSERT INTO incidents.pauses (id, version, customer_id, incident_id, reason, from_at, planned_until_at, author)
VALUES (gen_random_uuid(), 1, '{CUSTOMER}', '{INCIDENT}', 'waiting_for_customer', '2026-03-02T02:00Z', NULL, 'x'),
    (gen_random_uuid(), 1, '{CUSTOMER}', '{EVENT}', 'waiting_for_customer', '2026-03-02T02:00Z',
        '2026-03-02T05:00Z', 'x');
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, data)
VALUES ('{EVENT}', '{CUSTOMER}', '{EVENT}', 'incidents.agreement_replaced.v1', '2026-03-02T03:00Z', 2, 'x', '{{}}');
"""
DUE = """
SELECT kind, to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI') AS due, amended_at IS NOT NULL AS amended
FROM incidents.clocks JOIN incidents.incidents ON incidents.id = incident_id ORDER BY incident_id, kind
"""


async def test_what_stood_still_before_is_due_as_planned_after(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["incidents"], "")
    owner = migrate.owner_url(fresh, "incidents", "")
    await asyncio.to_thread(migrate.upgrade, "incidents", owner, BEFORE_DUE)
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await connection.execute(WAITED_BEFORE)
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        due = [tuple(row) for row in await connection.fetch(DUE)]
        await asyncio.to_thread(migrate.downgrade, "incidents", owner, BEFORE_DUE)
        without = await connection.fetchval("SELECT count(*) FROM incidents.clocks WHERE due_at IS NULL")
    finally:
        await connection.close()
    assert due == [
        ("on_site", "01:30", False),
        ("plan_requested", "05:00", False),
        ("resolve", None, False),
        ("resolve", "12:00", True),
    ]
    assert without == 0


CAPITALS = f"""
INSERT INTO incidents.incidents (id, version, number, customer_id, title, description, channel, severity, state,
    covered, contact_name, contact_locale, reported_by, reported_at, registered_at, impact, urgency, priority, team,
    key_business_ids)
SELECT gen_random_uuid(), 1, 'INC-2026-' || place, '{CUSTOMER}', title, '', 'portal', 'major', 'waiting', false, 'x',
    'zh-CN', 'person:x', '2026-03-02T01:00Z', '2026-03-02T01:00Z', 'high', 'high', 'high', 'site', '{{}}'
FROM unnest(ARRAY['Маршрутизатор ЯДРА', 'Straße dunkel', '核心交换机 Core']) WITH ORDINALITY AS told (title, place);
INSERT INTO incidents.timeline (event_id, customer_id, incident_id, type, at, sequence, actor, data)
SELECT gen_random_uuid(), '{CUSTOMER}', id, 'contracts.entitlement_used.v1', '2026-03-02T02:00Z', 1, 'person:x',
    jsonb_build_object('unit', unit)
FROM incidents.incidents, unnest(ARRAY['hours', 'visits']) AS unit WHERE number = 'INC-2026-1';
"""
FOUND = "SELECT count(*) FROM incidents.incidents WHERE search @@ $1::tsquery"
WHO = "SELECT data ->> 'unit', actor FROM incidents.timeline ORDER BY 1"


async def test_what_was_written_in_capitals_before_is_found_after(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["incidents"], "")
    owner = migrate.owner_url(fresh, "incidents", "")
    await asyncio.to_thread(migrate.upgrade, "incidents", owner, "incidents_0012")
    connection = await asyncpg.connect(plain_url(fresh))
    queries = [query_of(typed) for typed in ("ядра", "STRASSE", "core")]
    try:
        await connection.execute(CAPITALS)
        before = [await connection.fetchval(FOUND, query) for query in queries]
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        after = [await connection.fetchval(FOUND, query) for query in queries]
        who = [tuple(row) for row in await connection.fetch(WHO)]
        await asyncio.to_thread(migrate.downgrade, "incidents", owner, "incidents_0012")
        again = [await connection.fetchval(FOUND, query) for query in queries]
    finally:
        await connection.close()
    assert (before, after, again) == ([0, 0, 1], [1, 1, 1], [0, 0, 1])
    assert who == [("hours", "system:contracts"), ("visits", "person:x")]


PERSON = f"""
INSERT INTO gateway.people (id, version, name_zh, name_en, email, phone, locale, roles, active)
VALUES ('{INCIDENT}', 1, '安娜', 'Anna', 'anna@provider.example', '0', 'en', '{{engineer}}', true)
"""


async def test_people_of_before_are_said_once_more_by_the_worker_and_none_where_there_are_none(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["gateway"], "")
    owner = migrate.owner_url(fresh, "gateway", "")
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await asyncio.to_thread(migrate.upgrade, "gateway", owner)
        of_nobody = await connection.fetchval("SELECT count(*) FROM gateway.timers")
        await asyncio.to_thread(migrate.downgrade, "gateway", owner, "gateway_0003")
        await connection.execute(PERSON)
        await asyncio.to_thread(migrate.upgrade, "gateway", owner)
    finally:
        await connection.close()
    gateway = await OneService.opened(catalogue.service("gateway"), fresh)
    said = [person.email for person in await gateway.said(PersonChanged)]
    await gateway.close()
    assert (of_nobody, said) == (0, ["anna@provider.example"])


async def test_agreements_of_before_are_said_once_more_with_when_they_came_into_force(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["contracts"], "")
    owner = migrate.owner_url(fresh, "contracts", "")
    await asyncio.to_thread(migrate.upgrade, "contracts", owner)
    contracts = await OneService.opened(catalogue.service("contracts"), fresh)
    async with contracts.as_(principal(Role.ADMINISTRATOR)) as admin:
        contract = await a_contract(admin)
        drafted = await admin.post(f"/v1/contracts/{contract['id']}/agreements", json={})
        await signed(admin, drafted.json())
    [once] = await contracts.said(AgreementChanged)
    await contracts.close()
    await asyncio.to_thread(migrate.downgrade, "contracts", owner, "contracts_0006")
    await asyncio.to_thread(migrate.upgrade, "contracts", owner)
    contracts = await OneService.opened(catalogue.service("contracts"), fresh)
    said = await contracts.said(AgreementChanged)
    await contracts.close()
    assert said == [once]
    assert once.in_force_at is not None


RESOLVED_BEFORE = f"""
INSERT INTO incidents.incidents (id, version, number, customer_id, title, description, channel, severity, state,
    covered, contact_name, contact_locale, reported_by, reported_at, registered_at, impact, urgency, priority, team,
    key_business_ids, resolved_at, closes_at, merged_into_id)
SELECT id::uuid, 1, number, '{CUSTOMER}', '核心交换机中断', '', 'portal', 'major', state, false, 'x', 'zh-CN',
    'person:x', '2026-03-02T01:00Z', '2026-03-02T01:00Z', 'high', 'high', 'high', 'site', '{{}}', '2026-03-02T03:00Z',
    '2026-03-05T10:00Z', target::uuid
FROM (VALUES ('{INCIDENT}', 'INC-2026-1', 'resolved', NULL), ('{CLOCK}', 'INC-2026-2', 'merged', '{INCIDENT}'),
    ('{EVENT}', 'INC-2026-3', 'closed', NULL)) AS told (id, number, state, target);
"""
WAITED_FOR = """
SELECT state, resolved_at = answer_since AS answered, closes_at IS NOT NULL AS closes FROM incidents.incidents
ORDER BY number
"""


async def test_the_days_to_answer_count_from_where_they_did(fresh: str) -> None:
    await migrate.prepare_roles(fresh, ["incidents"], "")
    owner = migrate.owner_url(fresh, "incidents", "")
    await asyncio.to_thread(migrate.upgrade, "incidents", owner, "incidents_0014")
    connection = await asyncpg.connect(plain_url(fresh))
    try:
        await connection.execute(RESOLVED_BEFORE)
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        after = [tuple(row) for row in await connection.fetch(WAITED_FOR)]
        await asyncio.to_thread(migrate.downgrade, "incidents", owner, "incidents_0014")
        await asyncio.to_thread(migrate.upgrade, "incidents", owner)
        again = [tuple(row) for row in await connection.fetch(WAITED_FOR)]
    finally:
        await connection.close()
    assert after == again == [("resolved", True, True), ("merged", None, False), ("closed", None, True)]
