"""Many incidents at once, written straight into the tables: what lists and exports are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

INCIDENTS = """
INSERT INTO incidents.incidents (id, version, customer_id, number, title, description, channel, severity, state,
    covered, contact_name, contact_locale, reported_by, reported_at, registered_at, impact, urgency, priority, team,
    key_business_ids, engineer_id)
SELECT uuidv7(interval '1 minute' * (n - $1::int)), 1, ($2::uuid[])[1 + n % cardinality($2::uuid[])],
    'INC-2020-' || lpad(n::text, 6, '0'),
    CASE WHEN n % 1000 = 0 THEN '核心交换机断电' WHEN n % 7 = 0 THEN '=2+3' ELSE 'Printer ' || n END,
    '五号机房的值班人员发现指示灯熄灭', 'portal', CASE WHEN n % 500 = 0 THEN 'disaster' ELSE 'general' END,
    CASE WHEN n > 0.98 * $1::int THEN 'reported' ELSE 'closed' END, false, '示例联系人', 'zh-CN', 'person:test',
    statement_timestamp() + interval '1 minute' * (n - $1::int), statement_timestamp(), 'medium', 'medium',
    CASE WHEN n % 900 = 0 THEN 'critical' ELSE 'medium' END,
    CASE WHEN n % 800 = 0 THEN 'headquarters' ELSE 'desk' END, '{}',
    CASE WHEN n % 700 = 0 THEN ($2::uuid[])[1] END
FROM generate_series(1, $1::int) AS n
"""
CLOCKS = """
INSERT INTO incidents.clocks (id, customer_id, incident_id, number, kind, started_at, amount, unit, due_at, stopped_at,
    warning_percents, warn_before_seconds, warned_percent, breach_said)
SELECT uuidv7(), customer_id, id, number, kind, reported_at, 28800, 'seconds', reported_at + interval '8 hours',
    CASE WHEN state = 'closed' THEN reported_at END, '{}', '{}', 0, number LIKE '%50'
FROM incidents.incidents, unnest(ARRAY['respond', 'resolve']) AS kind
"""


async def many_incidents(admin: asyncpg.Connection[asyncpg.Record], count: int, customer_ids: Sequence[UUID]) -> None:
    """So many, a minute apart, the last one now; each has two promises. Engineer: the id of the first customer."""
    await admin.execute(INCIDENTS, count, list(customer_ids))
    await admin.execute(CLOCKS)
    await admin.execute("ANALYZE incidents.incidents, incidents.clocks")
