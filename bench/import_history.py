"""How long an import of another system's history takes, with the whole platform in one process beside it.

The file is BENCH_LOG (an event log as ServiceNow exports it), else an invented one of the same shape. The
customer has a contract for all those years, so that every promise is computed. The command runs as people run it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.invented import write_log
from bench.report import Goal
from bench.report_path import drained, platform, resident_megabytes, welcomed
from clients.api import Aftercare, sign_in
from clients.models import Agreement, Contract, Customer, Site
from clients.sign_in import read_sign_ins
from deploy.machine import free_ports
from deploy.postgres_node import PostgresNode

FIRST = 2000
DRAIN_SECONDS = 1200
CUSTOMER = "History"
COMMAND = """
import atexit, pathlib
from clients.cli.app import main
atexit.register(lambda: pathlib.Path("status").write_text(pathlib.Path("/proc/self/status").read_text()))
main()
"""
"""`aftercare`, which leaves behind what the system says of it: its parent's memory is no part of that."""


@dataclass(frozen=True)
class Imported:
    """One call of the command: its time, its memory at the most, and what it told."""

    seconds: float
    megabytes: float
    told: dict[str, Any]


def run() -> list[Goal]:
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        log = Path(os.environ.get("BENCH_LOG") or home / "invented.csv.gz")
        if not log.exists():
            write_log(log)
        node = PostgresNode()
        try:
            return asyncio.run(_measure(node.start(home / "postgres"), home, log.absolute()))
        finally:
            node.stop()


async def _measure(url: str, home: Path, log: Path) -> list[Goal]:
    [port] = free_ports(1)
    with platform(url, home, port) as process:
        await welcomed(home)
        await _sign_contract(home)
        first = await asyncio.to_thread(_imported, home, log, "--limit", str(FIRST))
        first_drained = await drained(url, DRAIN_SECONDS)
        again = await asyncio.to_thread(_imported, home, log, "--limit", str(FIRST))
        whole = await asyncio.to_thread(_imported, home, log)
        whole_drained = await drained(url, DRAIN_SECONDS)
        memory = resident_megabytes(process.pid)
    _require(first, "imported")
    _require(again, "unchanged")
    return [
        Goal(f"import: the first {FIRST} incidents", first.seconds, 60, "s"),
        Goal("import: the same again, nothing changes", again.seconds, 60, "s"),
        Goal("import: the whole file, the first ones unchanged", whole.seconds, 480, "s"),
        Goal("import: the command's memory at the most", max(first.megabytes, whole.megabytes), 150, "MB"),
        Goal("import: backlog drained after the first (no goal of its own)", first_drained, 0, "s", at_least=True),
        Goal("import: backlog drained after the whole (no goal of its own)", whole_drained, 0, "s", at_least=True),
        Goal("import: incidents in the file (no goal of its own)", _taken(whole), 0, "", at_least=True),
        Goal("platform process, resident memory after the import", memory, 400, "MB"),
    ]


async def _sign_contract(home: Path) -> None:
    """A customer with one site, under an agreement in force since before the first incident."""
    sign_ins = read_sign_ins(home / ".aftercare" / "sign-ins.json")
    who = sign_ins.administrator
    token = (await sign_in(sign_ins.base_url, who.email, who.password)).token
    async with Aftercare(sign_ins.base_url, token) as api:
        customer = await api.post(Customer, "/v1/customers", name_zh=CUSTOMER, name_en=CUSTOMER)
        place = {"name_zh": CUSTOMER, "name_en": CUSTOMER, "address": "1", "region": "Demo"}
        site = await api.post(Site, f"/v1/customers/{customer.customer_id}/sites", **place)
        years = {"starts_on": "2015-01-01", "ends_on": "2035-01-01"}
        covered: dict[str, Any] = {"customer_id": customer.customer_id, "site_ids": [site.id], **years}
        contract = await api.post(Contract, "/v1/contracts", number="HISTORY-1", **covered)
        await _agree(api, contract.id)


async def _agree(api: Aftercare, contract_id: UUID) -> None:
    agreement = await api.post(Agreement, f"/v1/contracts/{contract_id}/agreements")
    for side in ("provider", "customer"):
        await api.post(Agreement, f"/v1/agreements/{agreement.id}/sign", side=side, signed_by=CUSTOMER)


def _imported(home: Path, log: Path, *options: str) -> Imported:
    command = [sys.executable, "-c", COMMAND, "import", "incidents", str(log), "--format", "servicenow"]
    command += ["--customer", CUSTOMER, "--site", CUSTOMER, "--json", *options]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "HOME": str(home)}
    began = time.perf_counter()
    answer = subprocess.run(command, cwd=home, env=environment, stdout=subprocess.PIPE, check=True)
    seconds = time.perf_counter() - began
    return Imported(seconds, _most_megabytes((home / "status").read_text(encoding="utf-8")), json.loads(answer.stdout))


def _most_megabytes(status: str) -> float:
    """The resident memory of a process at its most, from its status."""
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _require(answer: Imported, outcome: str) -> None:
    """A benchmark of an import that left something out says nothing."""
    if answer.told["incidents"][outcome] != FIRST:
        raise AssertionError(f"not all {outcome}: {answer.told['incidents']}")


def _taken(imported: Imported) -> int:
    return sum(imported.told["incidents"].values())
