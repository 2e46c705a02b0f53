"""One continuous run of a distributed platform of its own, with main jobs in flight and everything killed in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from rich.console import Console

from clients.demo.kept import DemoOrganisation, read_demo
from clients.demo.preparations import receive
from deploy.postgres_node import PostgresNode
from deploy.rabbit_node import RabbitNode
from shared.db import plain_url
from tests.builders.agreed import an_answer_within_a_second_is_promised
from tests.builders.launched import Launched, a_home, launched
from tests.faults.jobs import Company, a_company
from tests.faults.kills import Kill, Killer
from tests.faults.outcome import (
    Outcome,
    audit_verdict,
    errors_logged,
    job_verdicts,
    ledger_verdicts,
    outside_verdicts,
    settled,
)

TOLD = {"AFTERCARE_NOTIFY_SMTP_SECONDS": "5", "AFTERCARE_NOTIFY_WEBHOOK_SECONDS": "5"}
"""What a kill leaves under way is tried again soon."""
PARTS = 1000
"""More than all jobs together use: they do not wait for each other's deliveries."""


@dataclass(frozen=True)
class Scene:
    """A platform that is ready, its own broker and database at hand."""

    platform: Launched
    broker: RabbitNode
    admin_url: str
    demo: DemoOrganisation


@asynccontextmanager
async def a_distributed_platform() -> AsyncIterator[Scene]:
    """Fourteen processes as a person starts them, against a broker that is ours to kill."""
    broker, database = RabbitNode(), PostgresNode()
    told = TOLD | {"AFTERCARE_AMQP_URL": await asyncio.to_thread(broker.start)}
    try:
        with a_home() as home, launched("deploy.distributed", home, "--without-dashboard", told=told) as platform:
            await platform.is_ready()
            try:
                admin_url = await asyncio.to_thread(database.start, home.data)
                demo = read_demo(home.folder)
                assert demo
                yield Scene(platform, broker, admin_url, demo)
            finally:
                await asyncio.to_thread(database.stop)
    finally:
        await asyncio.to_thread(broker.stop)


async def run(plan: Sequence[Kill], side_by_side: int, console: Console) -> Outcome:
    """Jobs without a pause, `side_by_side` of them, while the plan is carried out; then everything is looked at."""
    async with a_distributed_platform() as scene:
        console.print(f"{side_by_side} jobs side by side, {len(plan)} kills")
        await an_answer_within_a_second_is_promised(scene.platform)
        async with a_company(scene.demo) as company:
            for keeper, depot_id in scene.demo.depot_ids.items():
                await receive(company.apis[keeper], depot_id, PARTS)
            killer = Killer(scene.platform, scene.broker, plain_url(scene.admin_url))
            await _works_while_killed(company, killer, plan, side_by_side)
            return await _outcome(scene, company, killer)


async def _works_while_killed(company: Company, killer: Killer, plan: Sequence[Kill], side_by_side: int) -> None:
    over = asyncio.Event()
    async with asyncio.TaskGroup() as working:
        for _ in range(side_by_side):
            working.create_task(company.works_until(over))
        try:
            await killer.kill_all(plan)
        finally:
            over.set()


async def _outcome(scene: Scene, company: Company, killer: Killer) -> Outcome:
    connection = await asyncpg.connect(plain_url(scene.admin_url))
    try:
        await settled(connection)
        outside, repeats = await outside_verdicts(scene.platform.ports.recorder_url, connection)
        verdicts = [
            *await job_verdicts(company, connection),
            *await ledger_verdicts(connection),
            await audit_verdict(scene.admin_url),
            *outside,
        ]
    finally:
        await connection.close()
    logged = errors_logged(scene.platform)
    return Outcome(killer.done, verdicts, len(company.jobs), company.patience.repeats, repeats, logged)
