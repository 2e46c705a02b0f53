"""How fast lists of incidents are with a million of them, beside the same lists with a thousand.

What is asked fills its page both times, so that the same number of incidents is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

import asyncpg

from bench.load import get
from bench.report import Goal
from bench.standing import Headers, Standing, standing
from shared.db import plain_url

FEW, MANY = 1_000, 1_000_000
FILLERS = 2
REQUESTS = 60
WARMING = 10
MOST = 2.0

DROP_INDEX = "DROP INDEX IF EXISTS incidents.ix_incidents_search"
CREATE_INDEX = "CREATE INDEX ix_incidents_search ON incidents.incidents USING gin (search)"
FILL = """
WITH filled AS (
    INSERT INTO incidents.incidents (id, version, customer_id, number, title, description, channel, severity, state,
        covered, contact_name, contact_locale, reported_by, reported_at, registered_at, impact, urgency, priority, team,
        key_business_ids, fault_class, engineer_id)
    SELECT uuidv7(interval '1 minute' * (n - $2::int)), 1,
        CASE WHEN n % 20 = 1 THEN $3::uuid ELSE md5((n % 1000)::text)::uuid END, 'OLD-' || lpad(n::text, 7, '0'),
        (ARRAY['核心交换机断电', '数据库备份失败', 'Core switch without power', '打印机无法连接网络',
            '存储阵列磁盘告警', 'Mail server rejects messages', '门诊系统响应缓慢', 'VPN tunnel down'])[1 + n % 8]
            || ' ' || n,
        '设备位于' || (n % 500) || '号机房。' || CASE WHEN n % 100 = 7 THEN '光纤模块损坏。' ELSE '' END
            || (ARRAY['值班人员发现指示灯熄灭，重启后仍然无法恢复。', 'The array reports a failed drive in slot 7.',
            '用户报告从今天上午开始无法登录系统，影响门诊挂号业务。'])[1 + n % 3],
        'portal', CASE WHEN n % 100 = 0 THEN 'disaster' ELSE 'general' END,
        CASE WHEN n % 50 = 1 THEN 'in_progress' WHEN n % 50 = 2 THEN 'waiting' ELSE 'closed' END,
        false, '示例联系人', 'zh-CN', 'person:bench', now() + interval '1 minute' * (n - $2::int), now(), 'medium',
        'medium', CASE WHEN n % 100 = 3 THEN 'critical' ELSE 'medium' END, 'site', '{}', 'device',
        md5((n % 97)::text)::uuid
    FROM generate_series($1::int, $2::int, $4::int) AS n
    RETURNING id, customer_id, number, reported_at, state
)
INSERT INTO incidents.clocks (id, customer_id, incident_id, number, kind, started_at, amount, unit, due_at, stopped_at,
    warning_percents, warn_before_seconds, warned_percent, breach_said)
SELECT uuidv7(), customer_id, id, number, kind, reported_at, 28800, 'seconds', reported_at + interval '8 hours',
    CASE WHEN state = 'closed' THEN reported_at + interval '1 hour' END, '{}', '{}', 0, right(number, 2) = '33'
FROM filled, unnest(ARRAY['respond', 'resolve']) AS kind
"""
TIDY = ("VACUUM ANALYZE incidents.incidents", "VACUUM ANALYZE incidents.clocks", "CHECKPOINT")

Asked = Mapping[str, str | int | list[str]]
OF_STAFF: Mapping[str, Asked] = {
    "newest 50": {"limit": 50},
    "two states": {"state": ["in_progress", "waiting"], "limit": 30},
    "severity": {"severity": "disaster", "limit": 9},
    "severity and priority": {"severity": "general", "priority": "critical", "limit": 9},
    "engineer": {"engineer_id": "cfcd2084-95d5-65ef-66e7-dff9f98764da", "limit": 9},
    "due next": {"order": "due", "limit": 30},
    "due next, one severity": {"order": "due", "severity": "general", "limit": 30},
    "overdue": {"due_before": "2030-01-01T00:00:00Z", "limit": 30},
    "broken promises": {"breached": "true", "limit": 9},
    "a rare text": {"q": "光纤模块", "limit": 9},
    "a common text": {"q": "机房", "limit": 50},
    "a common word": {"q": "core switch", "limit": 50},
}
OF_CUSTOMER: Mapping[str, Asked] = {
    "a customer's newest 50": {"limit": 50},
    "a customer's due next": {"order": "due", "limit": 9},
    "a customer's text": {"q": "交换机", "limit": 9},
}


def run() -> list[Goal]:
    return asyncio.run(_measure())


async def _measure() -> list[Goal]:
    async with standing() as platform:
        await _fill(platform, 1, FEW)
        with_few = await _milliseconds(platform)
        await _fill(platform, FEW + 1, MANY)
        with_many = await _milliseconds(platform)
        await platform.admin.close()
    ratios = {name: with_many[name] / with_few[name] for name in with_few}
    slowest = max(with_many, key=with_many.__getitem__)
    return [
        *(Goal(f"lists at {MANY:,} beside {FEW:,}: {name}", ratio, MOST, "×") for name, ratio in ratios.items()),
        Goal(f"lists at {MANY:,}: {slowest}, p50 (no goal of its own)", with_many[slowest], 0, "ms", at_least=True),
    ]


async def _fill(platform: Standing, first: int, last: int) -> None:
    """Incidents of so many years ago up to now, by several hands; the index of texts is faster made at the end."""
    await platform.admin.execute(DROP_INDEX)
    hands = [await asyncpg.connect(plain_url(platform.url), command_timeout=900) for _ in range(FILLERS)]
    hospital = platform.demo["hospital_id"]
    await asyncio.gather(
        *(hand.execute(FILL, first + number, last, hospital, FILLERS) for number, hand in enumerate(hands))
    )
    for hand in hands:
        await hand.close()
    await platform.admin.execute(CREATE_INDEX)
    for statement in TIDY:
        await platform.admin.execute(statement)


async def _milliseconds(platform: Standing) -> dict[str, float]:
    """The median of each question."""
    asked = [(name, query, platform.staff) for name, query in OF_STAFF.items()]
    asked += [(name, query, platform.customers) for name, query in OF_CUSTOMER.items()]
    return {name: await _median(platform.port, query, headers) for name, query, headers in asked}


async def _median(port: int, query: Asked, headers: Headers) -> float:
    path = f"/v1/incidents?{urlencode(query, doseq=True)}"
    await get(port, path, requests=WARMING, headers=headers)
    return (await get(port, path, requests=REQUESTS, headers=headers)).percentile(0.5)
