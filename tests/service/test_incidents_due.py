"""What is due next: the order, the filter and the file of lists go by the due times that pages show, whatever ran."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.builders.incidents import (
    DESK,
    ENGINEER,
    HOUR,
    Customer,
    a_customer,
    broken,
    clock,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.builders.pauses import ASKED, down_for
from tests.builders.talk import ask
from tests.harness import OneService

SOON = (timedelta(), timedelta(hours=1), timedelta(hours=4), timedelta(hours=9), timedelta(days=3), timedelta(days=30))


def next_due(incident: dict[str, Any]) -> datetime | None:
    """The earliest due time of the clocks that a page shows as not ended."""
    shown = [each["due_at"] for each in incident["clocks"] if each["stopped_at"] is None and each["due_at"]]
    return min(map(datetime.fromisoformat, shown)) if shown else None


async def lists_agree_with_pages(incidents: OneService) -> dict[str, datetime | None]:
    """By number, what pages show to be due next; the order, the filter and the file say the same."""
    pages = await ask(incidents, DESK, "GET", "/v1/incidents")
    shown = {one["number"]: next_due(one) for one in pages}
    due = {number: at for number, at in shown.items() if at}
    ordered = [one["number"] for one in await ask(incidents, DESK, "GET", "/v1/incidents", params={"order": "due"})]
    assert sorted(ordered) == sorted(due)
    assert [due[number] for number in ordered] == sorted(due.values())
    now = await incidents.now()
    for moment in (now + span for span in SOON):
        before = {"due_before": moment.isoformat()}
        found = {one["number"] for one in await ask(incidents, DESK, "GET", "/v1/incidents", params=before)}
        assert found == {number for number, at in due.items() if at < moment}
    async with incidents.as_(DESK) as desk:
        exported = (await desk.get("/v1/incidents:export", headers={"accept-language": "en"})).text
    written = {row["\ufeffNumber"]: row["Due next (UTC)"] for row in csv.DictReader(io.StringIO(exported))}
    assert written == {number: f"{at:%Y-%m-%d %H:%M:%S}" if at else "" for number, at in shown.items()}
    return shown


async def paused(incidents: OneService, customer: Customer, **asked: Any) -> dict[str, Any]:
    incident = await in_progress(incidents, customer)
    return await do(incidents, ENGINEER, incident, "pause", ASKED | asked)


async def several(incidents: OneService) -> dict[str, str]:
    """Numbers of incidents: one runs, one waits with no end, one up to the cap, one up to an end asked for, one waits
    whose promise was due before.
    """
    customer, capped = await a_customer(incidents), Customer()
    changes = {"pause_cap_seconds": 6 * HOUR, "contract_number": "C-2026-2", "agreement_id": uuid7()}
    await a_customer(incidents, capped.agreed(**changes), of=capped)
    late = await in_progress(incidents, customer)
    await incidents.advance(hours=3)
    until = (await incidents.now() + timedelta(hours=2)).isoformat()
    return {
        "runs": (await reported(incidents, customer))["number"],
        "waits": (await paused(incidents, customer))["number"],
        "capped": (await paused(incidents, capped))["number"],
        "planned": (await paused(incidents, customer, until=until))["number"],
        "late": (await do(incidents, ENGINEER, late, "pause", ASKED))["number"],
    }


@pytest.mark.parametrize("hours", [0, 1, 3, 7, 30])
async def test_lists_by_due_time_agree_with_pages_while_nothing_runs_and_after(
    one_service: OneService.Factory, hours: int
) -> None:
    incidents = await one_service("incidents")
    named = await several(incidents)
    began = await incidents.now()
    down_for(incidents, hours=hours)
    shown = await lists_agree_with_pages(incidents)
    foreseen = {name: round(((shown[number] or began) - began) / timedelta(hours=1)) for name, number in named.items()}
    assert foreseen == {"runs": 1, "waits": 0, "capped": 8, "planned": 4, "late": -1}
    assert shown[named["waits"]] is None
    await incidents.settle()
    assert await lists_agree_with_pages(incidents) == shown


async def test_what_stands_still_with_no_end_planned_has_no_due_time_until_it_runs_on(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await paused(incidents, await a_customer(incidents))
    resolve = clock(incident, "resolve")
    assert (resolve["state"], resolve["due_at"], resolve["remaining_seconds"] > 7 * HOUR) == ("paused", None, True)
    path = f"/v1/incidents/{incident['id']}/clocks/resolve/explanation"
    told = await ask(incidents, DESK, "GET", path)
    assert (told["due_at"], "no due time" in told["summary_en"], "暂无到期时间" in told["summary_zh"]) == (
        None,
        True,
        True,
    )
    await incidents.advance(hours=10)
    resumed = await do(incidents, ENGINEER, incident, "resume")
    due = datetime.fromisoformat(clock(resumed, "resolve")["due_at"])
    assert due > (await incidents.now()) + timedelta(hours=7)
    assert due.tzinfo == UTC
    await lists_agree_with_pages(incidents)


async def test_a_promise_that_was_broken_before_a_pause_is_broken_in_lists_meanwhile(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    down_for(incidents, hours=9)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    assert states(await seen(incidents, incident))["resolve"] == "breached"
    found = await ask(incidents, DESK, "GET", "/v1/incidents", params={"breached": True})
    assert [one["number"] for one in found] == [incident["number"]]
    await incidents.settle()
    assert sorted(await broken(incidents)) == ["on_site", "resolve"]


@pytest.mark.parametrize("end", ["resume", "resolve", "cancel"])
async def test_a_pause_that_somebody_ends_early_moves_what_is_due(one_service: OneService.Factory, end: str) -> None:
    incidents = await one_service("incidents")
    until = (await incidents.now() + timedelta(hours=5)).isoformat()
    incident = await paused(incidents, await a_customer(incidents), until=until)
    await incidents.advance(hours=1)
    body = {"resume": {}, "resolve": {"solution": "New card."}, "cancel": {"reason": "Sold."}}[end]
    await do(incidents, DESK if end == "cancel" else ENGINEER, incident, end, body)
    shown = await lists_agree_with_pages(incidents)
    assert (shown[incident["number"]] is not None) is (end == "resume")
