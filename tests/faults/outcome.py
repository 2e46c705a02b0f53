"""What a run is judged by: the ledger, the audit chains, the jobs, the accepted commands, and the world outside."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from services import catalogue
from services.ledger import LEDGER, findings
from shared.audit import verify_chains
from shared.db import Caller, Database
from tests.builders.eventually import eventually
from tests.builders.launched import Launched
from tests.faults.jobs import SCENES, Company

SHOWN = 5
RAISED = re.compile(r"[\w.]+: ")
SETTLE_SECONDS = 120.0
KEPT = " UNION ALL ".join(f"SELECT key, status FROM {name}.idempotency" for name in catalogue.NAMES)
SENT = "SELECT message_id FROM notify.messages WHERE state = 'sent'"
DELIVERED = "SELECT id::text FROM notify.deliveries WHERE state = 'delivered'"


@dataclass(frozen=True)
class Verdict:
    """A sentence, and what speaks against it."""

    sentence: str
    against: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Everything there is to say about a run.

    `repeats`: what arrived more than once outside, which is allowed. `logged`: the errors in the processes' logs.
    """

    kills: Sequence[tuple[float, str]]
    verdicts: Sequence[Verdict]
    jobs: int
    requests_repeated: int
    repeats: Mapping[str, int]
    logged: Mapping[str, int]

    @property
    def broken(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.against]


async def settled(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Wait until nothing is under way any more. What still is then speaks against the run in the ledger."""
    in_time = [promise for promise in LEDGER if promise.in_time]

    async def under_way() -> list[str]:
        return [row for finding in await findings(connection, in_time) for row in finding.rows]

    try:
        await eventually(under_way, lambda rows: not rows, SETTLE_SECONDS)
    except AssertionError:
        return


async def ledger_verdicts(connection: asyncpg.Connection[asyncpg.Record]) -> list[Verdict]:
    return [Verdict(finding.promise.en, finding.rows) for finding in await findings(connection)]


async def audit_verdict(admin_url: str) -> Verdict:
    broken = []
    for name in catalogue.NAMES:
        database = Database(admin_url, name)
        async with database.transaction(Caller(f"system:{name}", "system"), read_only=True) as session:
            broken += [f"{name} {subject} entry {entry}" for subject, entry in await verify_chains(session)]
        await database.close()
    return Verdict("Every audit chain holds.", tuple(broken))


async def job_verdicts(company: Company, connection: asyncpg.Connection[asyncpg.Record]) -> list[Verdict]:
    """The jobs as their clients saw them, and the records as the clients know they must be."""
    states = {
        str(row["id"]): row["state"] for row in await connection.fetch("SELECT id, state FROM incidents.incidents")
    }
    reported = [str(job.play.incident.id) for job in company.jobs if job.play.seen]
    surprises = set(states) ^ set(reported)
    unfinished = [
        f"{job.name}: {job.scenes} of {len(SCENES)} scenes, {job.failure}" for job in company.jobs if job.failure
    ]
    unfinished += [f"{id_} is {states.get(id_)}" for id_ in reported if states.get(id_) != "closed"]
    kept = {(row["key"], row["status"]) for row in await connection.fetch(KEPT)}
    forgotten = [f"{key} {status}" for key, status in company.patience.accepted.items() if (key, status) not in kept]
    return [
        Verdict("Every job came to its end: closed, and the survey answered.", tuple(unfinished)),
        Verdict("There are the incidents whose reports were accepted, and no others.", tuple(surprises)),
        Verdict("Every command that a client was told is accepted is kept.", tuple(forgotten)),
    ]


async def outside_verdicts(
    recorder_url: str, connection: asyncpg.Connection[asyncpg.Record]
) -> tuple[list[Verdict], dict[str, int]]:
    """What arrived outside against what we say has left; how often something arrived again."""
    async with httpx.AsyncClient(base_url=recorder_url, trust_env=False) as recorder:
        mails = Counter(mail["message_id"] for mail in (await recorder.get("/mails")).json())
        calls = Counter(call["headers"]["webhook-id"] for call in (await recorder.get("/calls")).json())
    sent = {row[0] for row in await connection.fetch(SENT)}
    delivered = {row[0] for row in await connection.fetch(DELIVERED)}
    verdicts = [
        Verdict("The mails that arrived are the messages that were sent.", _differing(mails, sent)),
        Verdict("The webhook calls that arrived are those that were delivered.", _differing(calls, delivered)),
    ]
    return verdicts, {"mails": mails.total() - len(mails), "webhook calls": calls.total() - len(calls)}


def errors_logged(platform: Launched) -> Mapping[str, int]:
    """What our own processes logged as errors, each with what was raised, and how often."""
    ours = (entry for line in platform.errors for entry in entries_in(line))
    return Counter(f"{entry['event']} {_raised(entry.get('exception', ''))}" for entry in ours)


def entries_in(line: str) -> Iterator[dict[str, Any]]:
    """The log's entries in a line: all processes write to one stream, so two may stand in one line, or one be cut."""
    while line.startswith("{"):
        try:
            entry, end = json.JSONDecoder().raw_decode(line)
        except ValueError:
            return
        yield entry
        line = line[end:]


def _raised(trace: str) -> str:
    """The last line of a trace that names an exception."""
    return next((line for line in reversed(trace.splitlines()) if RAISED.match(line)), "")


def _differing(arrived: Iterable[str], left: set[str]) -> tuple[str, ...]:
    came = set(arrived)
    return (*(f"only outside: {id_}" for id_ in came - left), *(f"only with us: {id_}" for id_ in left - came))


def show(outcome: Outcome, console: Console) -> None:
    """The kills, the jobs, the repeats, and each sentence with what speaks against it."""
    kills = Table("killed", "after", box=None, header_style="bold")
    for seconds, what in outcome.kills:
        kills.add_row(what, f"{seconds:.1f} s")
    console.print(kills)
    console.print(f"{outcome.jobs} jobs; {outcome.requests_repeated} requests sent again by clients")
    console.print("arrived again outside: " + ", ".join(f"{count} {what}" for what, count in outcome.repeats.items()))
    for line, count in outcome.logged.items():
        console.print(f"logged {count} times: {line}", markup=False)
    for verdict in outcome.verdicts:
        console.print(f"{'BROKEN' if verdict.against else 'holds '}  {verdict.sentence}", markup=False)
        for row in verdict.against[:SHOWN]:
            console.print(f"          {row}", markup=False)
        if len(verdict.against) > SHOWN:
            console.print(f"          and {len(verdict.against) - SHOWN} more")
