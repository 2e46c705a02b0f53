"""How long ten thousand open clocks take to follow a corrected calendar, and how reports fare meanwhile.

The correction goes the way of any: contracts says the agreement again, and incidents hears it from the bus.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from uuid_utils.compat import uuid7

from bench.load import post
from bench.report import Goal
from bench.report_path import CLIENTS, drained
from bench.standing import Standing, standing

CLOCKS = 10_000
PER_INCIDENT = 2
"""A consultation has two promises in working time: to respond, and to resolve."""
REPORTS_AT_ONCE = 10
PATIENCE_SECONDS = 120
DRAIN_SECONDS = 300
CORRECTED = {
    "zone": "Asia/Shanghai",
    "week": [[["09:00", "12:00"], ["13:30", "17:30"]]] * 5 + [[], []],
    "exceptions": {},
}
LAST_SAID = """
SELECT envelope FROM contracts.outbox
WHERE type = 'contracts.agreement_changed.v1' AND envelope ->> 'customerid' = $1
    AND envelope #>> '{data,in_force}' = 'true'
ORDER BY id DESC LIMIT 1
"""
SAY = """
WITH moved AS (UPDATE contracts.heads SET sequence = sequence + 1 WHERE subject = $2 RETURNING sequence)
INSERT INTO contracts.outbox (event_id, subject, sequence, type, customer_id, correlation_id, envelope, created_at)
SELECT $1, $2, sequence, $3, $4::uuid, $5::uuid, $6::jsonb || jsonb_build_object('sequence', sequence),
    statement_timestamp()
FROM moved
"""
LEFT = """
SELECT count(*) FROM incidents.clocks WHERE customer_id = $2::uuid AND unit IN ('working_seconds', 'working_days')
    AND stopped_at IS NULL AND cancelled_at IS NULL AND calendar <> $1::jsonb
"""
CALLS_WAITING = "SELECT EXISTS (SELECT FROM notify.deliveries WHERE state = 'waiting')"


class NotFollowed(Exception):
    """So many clocks were left where they were."""


def run() -> list[Goal]:
    return asyncio.run(_measure())


async def _measure() -> list[Goal]:
    async with standing() as platform:
        await _reports(platform, CLOCKS // PER_INCIDENT)
        await drained(platform.url, DRAIN_SECONDS)
        await _all_called(platform)
        following = asyncio.create_task(_followed(platform))
        slowest = await _reported_meanwhile(platform, following)
        took = await following
        await platform.admin.close()
    return [
        Goal(f"{CLOCKS:,} clocks follow a corrected calendar", took, 20, "s"),
        Goal("reports while they do: p99", slowest, 250, "ms"),
    ]


async def _all_called(platform: Standing) -> None:
    """Wait for the webhook calls of the reports: they are of before the correction, and would be made beside it."""
    for _ in range(DRAIN_SECONDS):
        if not await platform.admin.fetchval(CALLS_WAITING):
            return
        await asyncio.sleep(1)
    raise TimeoutError(f"webhook calls still waited after {DRAIN_SECONDS} s")


async def _followed(platform: Standing) -> float:
    """Seconds from the correction until no clock of the customer counts by the former calendar."""
    began = time.perf_counter()
    await _correct(platform)
    while left := await platform.admin.fetchval(LEFT, json.dumps(CORRECTED), platform.demo["hospital_id"]):
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise NotFollowed(left)
        await asyncio.sleep(0.2)
    return time.perf_counter() - began


async def _correct(platform: Standing) -> None:
    """The agreement in force is said again with another calendar, as contracts says it."""
    said = json.loads(await platform.admin.fetchval(LAST_SAID, platform.demo["hospital_id"]))
    event_id = uuid7()
    said |= {"id": str(event_id), "data": said["data"] | {"calendar": CORRECTED}}
    about = said["subject"], said["type"], said["customerid"], said["correlationid"]
    async with platform.admin.transaction():
        await platform.admin.execute(SAY, event_id, *about, json.dumps(said))
        await platform.admin.execute("SELECT pg_notify('aftercare_contracts', 'outbox')")


async def _reported_meanwhile(platform: Standing, following: asyncio.Task[float]) -> float:
    latencies: list[float] = []
    while not following.done():
        latencies += await _reports(platform, REPORTS_AT_ONCE, clients=1)
    return 1000 * sorted(latencies)[int(0.99 * len(latencies))]


async def _reports(platform: Standing, count: int, *, clients: int = CLIENTS) -> list[float]:
    def body(number: int) -> dict[str, Any]:
        return {
            "title": f"Question {number}",
            "description": "How is the array extended?",
            "severity": "consultation",
            "asset_id": platform.demo["switch_id"],
            "contact_name": "Demo contact",
        }

    load = await post(platform.port, "/v1/incidents", body, clients=clients, requests=count, headers=platform.customers)
    return load.latencies
