"""How long the explanation of a clock takes over HTTP: of today's incident, and of one open for a year."""

from __future__ import annotations

import asyncio

import httpx

from bench.load import get
from bench.report import Goal
from bench.standing import Standing, standing

REQUESTS = 300
LONG_AGO = """
UPDATE incidents.clocks SET started_at = started_at - interval '1 year', amount = 400
WHERE incident_id = $1::uuid AND kind = 'resolve'
"""
PAUSES = """
INSERT INTO incidents.pauses (id, version, customer_id, incident_id, reason, from_at, until_at, author)
SELECT uuidv7(), 1, customer_id, id, 'waiting_for_customer', reported_at - interval '30 days' * n,
    reported_at - interval '30 days' * n + interval '50 hours', 'person:bench'
FROM incidents.incidents, generate_series(1, 12) AS n WHERE id = $1::uuid
"""


def run() -> list[Goal]:
    return asyncio.run(_measure())


async def _measure() -> list[Goal]:
    async with standing() as platform:
        incident_id = await _incident(platform)
        path = f"/v1/incidents/{incident_id}/clocks/resolve/explanation"
        new = await get(platform.port, path, requests=REQUESTS, headers=platform.staff)
        for statement in (LONG_AGO, PAUSES):
            await platform.admin.execute(statement, incident_id)
        old = await get(platform.port, path, requests=REQUESTS, headers=platform.staff)
        await platform.admin.close()
    return [
        Goal("explanation of the clock of a new incident: p50", new.percentile(0.5), 20, "ms"),
        Goal("explanation of a year in office hours with twelve pauses: p50", old.percentile(0.5), 20, "ms"),
    ]


async def _incident(platform: Standing) -> str:
    body = {
        "title": "The array shall be extended",
        "description": "By one shelf.",
        "severity": "consultation",
        "asset_id": platform.demo["switch_id"],
        "contact_name": "Demo contact",
    }
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{platform.port}", headers=platform.customers) as client:
        answer = await client.post("/v1/incidents", json=body)
    incident_id: str = answer.raise_for_status().json()["id"]
    return incident_id
