"""`aftercare import incidents` against the whole platform: what is seen of a history, and who hears nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from clients.sign_in import Login, write_private
from tests.builders.calling import Called, Caller, InLoop
from tests.builders.exports import closed, log, update
from tests.builders.organisation import PASSWORD, Organisation, a_world, get, post
from tests.flows.test_main_job import a_client_system
from tests.harness import Platform

OPEN = [update("INC9", "New", "5/3/2016 09:10", **dict.fromkeys(("resolved_at", "closed_at", "resolved_by"), "?"))]
LOG = [*closed("INC1"), *closed("INC2", priority="2 - High"), *OPEN]
COMMAND = ("--format", "servicenow", "--customer", "hospital")


@pytest.fixture
async def world(platform: Platform) -> Organisation:
    return await a_world(platform)


def caller(platform: Platform, folder: Path, email: str = "", password: str = PASSWORD) -> Caller:
    """The administrator, or whoever is named."""
    transport = InLoop(httpx.ASGITransport(app=platform.front, raise_app_exceptions=False))
    administrator = platform.administrator
    if not email:
        email, password = administrator.email, administrator.password
    return Caller(folder, transport, email, password)


async def imports(someone: Caller, *options: str) -> Called:
    file = log(someone.folder, LOG, "log.csv.gz")
    return await someone.has_called("import", "incidents", str(file), *COMMAND, *options)


def outcomes(called: Called) -> Any:
    return json.loads(called[1])["incidents"]


async def test_an_imported_history_is_seen_at_its_times(world: Organisation, tmp_path: Path) -> None:
    code, _, err = await imports(caller(world.platform, tmp_path), "--site", "Computer room")
    assert (code, err) == (0, "")
    await world.platform.settle()
    [incident] = await get(world.desk, "/v1/incidents?source_number=INC1")
    assert (incident["source"], incident["state"], incident["reported_at"]) == (
        "servicenow",
        "closed",
        "2016-03-01T01:00:00Z",
    )
    assert incident["title"] == "Category 1 / Subcategory 2"
    timeline = await get(world.operator, f"/v1/incidents/{incident['id']}/timeline?limit=200")
    assert [(line["at"], line["data"].get("state")) for line in timeline][:4] == [
        ("2016-03-01T01:10:00Z", "reported"),
        ("2016-03-01T01:30:00Z", "in_progress"),
        ("2016-03-02T02:00:00Z", "resolved"),
        ("2016-03-03T03:00:00Z", "closed"),
    ]


async def test_a_second_run_changes_nothing(world: Organisation, tmp_path: Path) -> None:
    someone = caller(world.platform, tmp_path)
    assert outcomes(await imports(someone, "--json"))["imported"] == 3
    await world.platform.settle()
    before = await world.platform.row_counts()
    assert outcomes(await imports(someone, "--json")) == {
        "imported": 0,
        "unchanged": 3,
        "refused": 0,
        "rejected": 0,
    }
    await world.platform.settle()
    after = await world.platform.row_counts()
    assert {name for name in after if after[name] != before[name]} <= {"incidents.idempotency"}


async def test_another_zone_is_another_history_and_is_refused(world: Organisation, tmp_path: Path) -> None:
    someone = caller(world.platform, tmp_path)
    await imports(someone)
    called = await imports(someone, "--zone", "Europe/Lisbon", "--json")
    assert (called[0], outcomes(called)["refused"]) == (1, 3)
    assert "It was imported before with another history" in json.loads(called[1])["first_left_out"][0]["reason"]


async def test_a_dry_run_writes_nothing(world: Organisation, tmp_path: Path) -> None:
    someone = caller(world.platform, tmp_path)
    await imports(someone, "--dry-run")
    before = await world.platform.row_counts()
    assert outcomes(await imports(someone, "--dry-run", "--json"))["imported"] == 3
    await world.platform.settle()
    after = await world.platform.row_counts()
    assert {name for name in after if after[name] != before[name]} <= {"incidents.idempotency"}


@pytest.mark.parametrize(
    ("who", "exit_code", "sentence"),
    [
        ("desk", 1, "403 forbidden"),
        ("operator", 1, "403 forbidden"),
        ("reader", 2, "--customer: nothing matches “hospital”."),
    ],
)
async def test_who_may_not_import_is_refused_and_nothing_is_written(
    world: Organisation, tmp_path: Path, who: str, exit_code: int, sentence: str
) -> None:
    """Of the provider but no administrator, of the customer, and of another customer, who does not see this one."""
    before = await world.platform.row_counts()
    code, out, err = await imports(caller(world.platform, tmp_path, f"{who}@demo.example"))
    assert (code, out, sentence in err) == (exit_code, "", True)
    after = await world.platform.row_counts()
    assert {name for name in after if after[name] != before[name]} == {"gateway.sessions", "gateway.audit"}


async def test_the_key_of_another_customer_imports_nothing(world: Organisation, tmp_path: Path) -> None:
    body = {"name": "library system", "customer_id": world.ids["library"], "scopes": ["incidents:report"]}
    key = (await post(world.admin, "/v1/keys", body))["key"]
    someone = caller(world.platform, tmp_path)
    write_private(someone.login, Login(base_url="http://platform", email="key@demo.example", token=key))
    before = await world.platform.row_counts()
    code, out, err = await imports(someone)
    assert (code, out, "403 forbidden" in err) == (1, "", True)
    assert await world.platform.row_counts() == before


async def test_nobody_is_told_of_what_was_imported(world: Organisation, tmp_path: Path) -> None:
    await a_client_system(world)
    recorder = world.platform.recorder
    before = (len(recorder.mails()), len(recorder.calls()))
    await imports(caller(world.platform, tmp_path), "--asset", "SN-1")
    await world.platform.settle()
    await world.platform.advance(days=40)
    assert (len(recorder.mails()), len(recorder.calls())) == before
    rows = await world.platform.row_counts()
    told = ("notify.messages", "notify.deliveries", "feedback.surveys", "escalation.alarms")
    assert [rows[name] for name in told] == [0] * len(told)
