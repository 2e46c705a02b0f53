"""Open clocks follow agreements: corrected calendars, amendments, withdrawals, and cover that comes late."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from services.incidents.retargeting.actions import BATCH
from shared.calendar import chinese_office_hours
from shared.events.contracts import Target
from shared.events.incidents import AgreementReplaced, ClockBreached, ClockStopped, ClockWarned, CoverFound
from shared.mechanisms import tables_of
from shared.permissions import Role
from tests.builders.incidents import (
    DESK,
    ENGINEER,
    HOUR,
    SOLVED,
    TARGETS,
    Customer,
    a_customer,
    armed_timers,
    broken,
    clock,
    counted_minutes,
    do,
    in_progress,
    reported,
    seen,
    states,
)
from tests.builders.pauses import FAR_AHEAD
from tests.harness import OneService, principal

ADMINISTRATOR = principal(Role.ADMINISTRATOR)
AUDIT = tables_of("incidents")["audit"]
ASKED = {"reason": "waiting_for_customer", "evidence": "Asked."}
ALL_WEEK = {"zone": "Asia/Shanghai", "week": [[["00:00", "24:00"]]] * 7, "exceptions": {}}


def shorter(kind: str, amount: int) -> tuple[Target, ...]:
    """The usual targets with another amount for general faults."""
    return tuple(
        target.model_copy(update={"amount": amount}) if (target.severity, target.kind) == ("general", kind) else target
        for target in TARGETS
    )


async def test_a_corrected_calendar_moves_what_counts_on_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    general = await reported(incidents, customer)
    major = await in_progress(incidents, customer, severity="consultation")
    await incidents.hear(customer.agreed(calendar=ALL_WEEK), sequence=2)
    await incidents.settle()
    now = await seen(incidents, major)
    assert clock(now, "resolve")["target_seconds"] == 3 * 24 * HOUR
    assert clock(await seen(incidents, general), "resolve")["due_at"] == clock(general, "resolve")["due_at"]
    await incidents.advance(days=3, seconds=1)
    assert "resolve" in await broken(incidents)


async def test_a_correction_concerns_every_open_incident_a_few_at_a_time(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    several = [await reported(incidents, customer, severity="consultation") for _ in range(2 * BATCH + 1)]
    await incidents.hear(customer.agreed(calendar=ALL_WEEK), sequence=2)
    await incidents.settle()
    now = [await seen(incidents, incident) for incident in several]
    assert {clock(incident, "resolve")["target_seconds"] for incident in now} == {3 * 24 * HOUR}


async def test_what_was_warned_of_is_not_said_again_and_a_lifted_breach_may_come_again(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents, (agreed := (own := Customer()).agreed()), of=own)
    await reported(incidents, customer)
    await incidents.advance(hours=5)
    longer = agreed.model_copy(update={"targets": shorter("resolve", 9 * HOUR)})
    await incidents.hear(longer, sequence=2)
    await incidents.settle()
    assert [w.percent for w in await incidents.said(ClockWarned) if w.kind == "resolve"] == [50]
    too_short = agreed.model_copy(update={"targets": shorter("resolve", 4 * HOUR)})
    for sequence, version in enumerate((too_short, longer, too_short), 3):
        await incidents.hear(version, sequence=sequence)
        await incidents.settle()
    assert [b.kind for b in await incidents.said(ClockBreached)].count("resolve") == 2


async def test_an_amendment_is_for_new_reports_unless_both_sides_agreed_otherwise(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    old = await reported(incidents, customer)
    former = customer.agreed(in_force=False)
    amendment = customer.agreed(agreement_id=uuid7(), revision=2, targets=shorter("resolve", 4 * HOUR))
    await incidents.hear(former, sequence=2)
    await incidents.hear(amendment)
    await incidents.settle()
    assert clock(await seen(incidents, old), "resolve")["target_seconds"] == 8 * HOUR
    assert clock(await reported(incidents, customer), "resolve")["target_seconds"] == 4 * HOUR
    assert await incidents.said(AgreementReplaced) == []


async def test_an_amendment_for_open_incidents_counts_from_their_reports(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    old = await reported(incidents, customer)
    done = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, done, "resolve", SOLVED)
    await do(incidents, customer.user, done, "confirm")
    await incidents.advance(hours=3)
    amendment = customer.agreed(
        agreement_id=uuid7(), revision=2, targets=shorter("resolve", 4 * HOUR), applies_to_open=True
    )
    await incidents.hear(customer.agreed(in_force=False), sequence=2)
    await incidents.hear(amendment)
    await incidents.settle()
    now = await seen(incidents, old)
    assert (now["agreement_id"], clock(now, "resolve")["target_seconds"]) == (str(amendment.agreement_id), 4 * HOUR)
    assert counted_minutes(now, "resolve") == 180
    [said] = await incidents.said(AgreementReplaced)
    assert (str(said.incident_id), said.revision) == (old["id"], 2)
    assert (await seen(incidents, done))["agreement_id"] == str(customer.agreement)
    await incidents.advance(hours=1, seconds=1)
    assert "resolve" in await broken(incidents)


async def test_what_an_amendment_adds_is_promised_to_open_incidents_too(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    old = await reported(incidents, customer)
    await incidents.advance(hours=3)
    update = Target(severity="general", kind="next_update", amount=2 * HOUR, unit="seconds")
    amendment = customer.agreed(agreement_id=uuid7(), revision=2, targets=(*TARGETS, update), applies_to_open=True)
    await incidents.hear(customer.agreed(in_force=False), sequence=2)
    await incidents.hear(amendment)
    await incidents.settle()
    now = await seen(incidents, old)
    assert (states(now)["next_update"], counted_minutes(now, "next_update")) == ("running", 0)


async def test_a_withdrawn_agreement_withdraws_its_clocks(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await incidents.hear(customer.agreed(in_force=False, withdrawn=True), sequence=2)
    await incidents.settle()
    assert set(states(await seen(incidents, incident)).values()) == {"cancelled"}
    assert await armed_timers(incidents) == []
    assert {stopped.outcome for stopped in await incidents.said(ClockStopped)} == {"cancelled"}
    assert (await reported(incidents, customer))["covered"] is False


async def test_a_second_telling_of_the_same_changes_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    await reported(incidents, customer)
    await incidents.settle()
    before = await incidents.rows(select(func.count()).select_from(AUDIT))
    await incidents.hear(customer.agreed(), sequence=2)
    await incidents.settle()
    assert await incidents.rows(select(func.count()).select_from(AUDIT)) == before


async def test_a_pause_is_kept_by_a_correction(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", {"reason": "waiting_for_customer", "evidence": "Asked."})
    await incidents.advance(hours=20)
    await incidents.hear(customer.agreed(targets=shorter("resolve", HOUR)), sequence=2)
    await incidents.settle()
    now = await seen(incidents, incident)
    assert (states(now)["resolve"], clock(now, "resolve")["target_seconds"]) == ("paused", HOUR)
    assert counted_minutes(now, "resolve") == 0
    assert await broken(incidents) == []


async def test_what_was_not_covered_is_when_the_agreement_arrives(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    other = customer.agreed(agreement_id=uuid7(), asset_ids=(uuid7(),), contract_number="C-other")
    await a_customer(incidents, other, of=customer)
    incident = await in_progress(incidents, customer)
    assert (incident["covered"], incident["cover"], incident["clocks"]) == (False, "undecided", [])
    await incidents.advance(hours=3)
    await incidents.hear(customer.agreed())
    await incidents.settle()
    now = await seen(incidents, incident)
    assert (now["covered"], now["cover"], now["contract_number"]) == (True, None, "C-2026-1")
    assert states(now) == {"respond": "met", "on_site": "breached", "resolve": "running"}
    assert counted_minutes(now, "resolve") == 180
    [said] = await incidents.said(CoverFound)
    assert said.agreement_id == customer.agreement


async def test_cover_found_after_a_pause_loses_no_breach(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(agreement_id=uuid7(), asset_ids=(uuid7(),)), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "pause", ASKED)
    await incidents.advance(hours=4)
    await do(incidents, ENGINEER, incident, "resume")
    await incidents.hear(customer.agreed())
    await incidents.settle()
    assert counted_minutes(await seen(incidents, incident), "resolve") == 0
    await incidents.advance(hours=8, seconds=1)
    assert "resolve" in await broken(incidents)


async def test_cover_found_for_a_restored_service_is_judged_by_its_time(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(agreement_id=uuid7(), asset_ids=(uuid7(),)), of=customer)
    incident = await in_progress(incidents, customer)
    await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.advance(hours=9)
    await incidents.hear(customer.agreed(close_after_days=3))
    await incidents.settle()
    now = await seen(incidents, incident)
    assert states(now) == {"respond": "met", "on_site": "cancelled", "resolve": "met"}
    assert now["closes_at"] is not None
    assert await broken(incidents) == []


@pytest.mark.parametrize("end", ["resolve", "merge", "cancel"])
async def test_what_became_of_an_agreement_meanwhile_holds_when_taken_up_again(
    one_service: OneService.Factory, end: str
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident, other = await in_progress(incidents, customer), await reported(incidents, customer)
    ends = {"resolve": SOLVED, "merge": {"target_id": other["id"], "reason": "x"}, "cancel": {"reason": "x"}}
    back = {"resolve": "reopen", "merge": "unmerge", "cancel": "reopen"}[end]
    await do(incidents, DESK, incident, end, ends[end])
    await incidents.hear(customer.agreed(targets=shorter("resolve", 4 * HOUR)), sequence=2)
    await incidents.settle()
    await do(incidents, DESK, incident, back, {"reason": "Not over."})
    await incidents.settle()
    assert clock(await seen(incidents, incident), "resolve")["target_seconds"] == 4 * HOUR
    await do(incidents, DESK, incident, end, ends[end])
    await incidents.hear(customer.agreed(in_force=False, withdrawn=True), sequence=3)
    await incidents.settle()
    await do(incidents, DESK, incident, back, {"reason": "Not over."})
    await incidents.settle()
    assert states(await seen(incidents, incident))["resolve"] == "cancelled"


async def test_a_correction_moves_when_an_unanswered_solution_closes(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(close_after_days=2), of=customer)
    incident = await in_progress(incidents, customer)
    before = await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    closed = chinese_office_hours([(await incidents.now()).date() + timedelta(days=n) for n in range(6)], ())
    await incidents.hear(customer.agreed(close_after_days=2, calendar=closed.to_data()), sequence=2)
    await incidents.settle()
    assert (await seen(incidents, incident))["closes_at"] > before["closes_at"]


async def test_a_correction_moves_the_closings_of_all_resolved_incidents(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(close_after_days=2), of=customer)
    several = [await in_progress(incidents, customer) for _ in range(3)]
    for incident in several:
        await do(incidents, ENGINEER, incident, "resolve", SOLVED)
    await incidents.hear(customer.agreed(close_after_days=9, calendar=ALL_WEEK), sequence=2)
    await incidents.advance(days=8, hours=23)
    assert {(await seen(incidents, incident))["state"] for incident in several} == {"resolved"}
    await incidents.advance(hours=2)
    assert {(await seen(incidents, incident))["state"] for incident in several} == {"closed"}


async def test_an_agreement_that_did_not_hold_then_covers_nothing(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    other = customer.agreed(agreement_id=uuid7(), asset_ids=(uuid7(),))
    await a_customer(incidents, other, of=customer)
    incident = await reported(incidents, customer)
    tomorrow = (await incidents.now() + timedelta(days=2)).date()
    await incidents.hear(customer.agreed(starts_on=tomorrow))
    await incidents.settle()
    assert (await seen(incidents, incident))["cover"] == "undecided"


async def test_what_people_decided_stays_decided(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    await a_customer(incidents, customer.agreed(agreement_id=uuid7(), asset_ids=(uuid7(),)), of=customer)
    incident = await reported(incidents, customer)
    covered = await reported(incidents, await a_customer(incidents))
    decision = {"cover": "goodwill", "reason": "A prospect."}
    assert (await do(incidents, ENGINEER, incident, "decide-cover", decision, expect=403))["code"] == "forbidden"
    assert (await do(incidents, DESK, covered, "decide-cover", decision, expect=409))["code"] == "incident_covered"
    assert (await do(incidents, DESK, incident, "decide-cover", decision))["cover"] == "goodwill"
    again = await do(incidents, DESK, incident, "decide-cover", decision, expect=409)
    assert again["code"] == "cover_already_decided"
    await incidents.hear(customer.agreed())
    await incidents.settle()
    assert (await seen(incidents, incident))["cover"] == "goodwill"


async def test_a_clock_explains_itself_to_the_second(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    calendar = chinese_office_hours((), ()).to_data()
    customer = Customer()
    await a_customer(incidents, customer.agreed(calendar=calendar, provisional_years=range(2020, 2100)), of=customer)
    incident = await in_progress(incidents, customer, severity="consultation")
    await incidents.advance(hours=30)
    await do(incidents, ENGINEER, incident, "pause", {"reason": "waiting_for_customer", "evidence": "Asked."})
    await incidents.advance(days=5)
    await do(incidents, ENGINEER, incident, "resume")
    await incidents.advance(days=1)
    async with incidents.as_(customer.user) as user:
        found = (await user.get(f"/v1/incidents/{incident['number']}/clocks/resolve/explanation")).json()
        missing = await user.get(f"/v1/incidents/{incident['id']}/clocks/vendor/explanation")
    lines = found["lines"]
    lengths = [timedelta(seconds=line["seconds"]) for line in lines]
    edges = [[datetime.fromisoformat(line[name]) for name in ("from_at", "until_at")] for line in lines]
    assert lengths == [until_at - from_at for from_at, until_at in edges]
    counted = sum((length for length, line in zip(lengths, lines, strict=True) if line["counts"]), timedelta())
    assert timedelta(seconds=lines[-1]["so_far_seconds"]) == counted
    assert math.ceil(counted.total_seconds()) == found["counted_seconds"]
    assert [line["until_at"] for line in lines[:-1]] == [line["from_at"] for line in lines[1:]]
    assert {"counted", "outside_hours", "waiting_for_customer"} == {line["reason"] for line in lines}
    assert all("等待客户" in line["text_zh"] for line in lines if line["reason"] == "waiting_for_customer")
    assert (found["unit"], found["amount"], found["zone"]) == ("working_days", 3, "Asia/Shanghai")
    assert found["provisional_years"]
    assert "counted of" in found["summary_en"]
    assert (missing.status_code, missing.json()["code"]) == (404, "clock_not_found")


async def test_an_incident_that_waits_until_far_ahead_keeps_no_other_from_following(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    far, near = await in_progress(incidents, customer), await in_progress(incidents, customer)
    await do(incidents, ENGINEER, far, "pause", FAR_AHEAD)
    days = [{"severity": "general", "kind": "resolve", "amount": 1, "unit": "working_days"}]
    body = {"agreement_id": str(customer.agreement), "targets": days}
    async with incidents.as_(ADMINISTRATOR) as client:
        found = (await client.post("/v1/clocks/what-if", json=body)).json()
    told = {moved["number"]: moved["new_due_at"] for moved in found["moved"] if moved["kind"] == "resolve"}
    await incidents.hear(customer.agreed(targets=tuple(map(Target.model_validate, days))), sequence=2)
    await incidents.settle()
    now = {each["number"]: clock(each, "resolve") for each in [await seen(incidents, one) for one in (far, near)]}
    assert {number: resolve["due_at"] for number, resolve in now.items()} == told
    assert [told[each["number"]] is None for each in (far, near)] == [True, False]
