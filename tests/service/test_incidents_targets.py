"""A new severity: promises are aimed at its targets and keep their start and what they counted."""

from __future__ import annotations

from uuid_utils.compat import uuid7

from shared.events.incidents import ClockBreached
from tests.builders.incidents import (
    CLASSIFIED,
    DESK,
    ENGINEER,
    HOUR,
    TARGETS,
    a_customer,
    armed,
    armed_timers,
    broken,
    clock,
    do,
    in_progress,
    reported,
    seen,
    states,
    stopped,
    warned,
)
from tests.harness import OneService


async def test_a_new_severity_keeps_what_was_counted_and_moves_what_is_due(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await incidents.advance(minutes=59)
    await do(incidents, DESK, incident, "acknowledge")
    disaster = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    resolve, on_site = clock(disaster, "resolve"), clock(disaster, "on_site")
    assert (resolve["target_seconds"], resolve["started_at"]) == (6 * HOUR, incident["reported_at"])
    assert resolve["counted_seconds"] >= 59 * 60
    assert on_site == clock(incident, "on_site") | {
        "counted_seconds": on_site["counted_seconds"],
        "remaining_seconds": on_site["remaining_seconds"],
    }
    assert clock(disaster, "respond")["state"] == "met"
    told = [(c.kind, c.amount) for c in await armed(incidents)]
    assert told[3:] == [("resolve", 6 * HOUR), ("plan_requested", HOUR // 4), ("superior_told", HOUR)]
    await incidents.advance(hours=2, minutes=2)
    assert await warned(incidents, "resolve") == [50]


async def test_a_shorter_target_that_is_nearly_used_up_warns_once_at_its_height(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(hours=4, minutes=45)
    assert await warned(incidents, "resolve") == [50]
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    assert await warned(incidents, "resolve") == [50, 75]
    await incidents.advance(minutes=40)
    assert await warned(incidents, "resolve") == [50, 75, 90]


async def test_a_shorter_target_that_is_used_up_is_broken_at_once_and_not_late(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    incident = await reported(incidents, await a_customer(incidents))
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(hours=7)
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    [breach] = [b for b in await incidents.said(ClockBreached) if b.kind == "resolve"]
    assert not breach.late


async def test_a_longer_target_lifts_a_breach_and_can_be_broken_again(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="disaster")
    await incidents.advance(hours=7)
    assert clock(await seen(incidents, incident), "resolve")["state"] == "breached"
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(general, "resolve")["state"] == "running"
    await incidents.advance(hours=2)
    assert (await broken(incidents)).count("resolve") == 2


async def test_the_same_severity_again_leaves_the_promises_alone(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    incident = await in_progress(incidents, await a_customer(incidents))
    told, timers = len(await armed(incidents)), await armed_timers(incidents)
    await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"analysis": "Both cards are dead."})
    assert (len(await armed(incidents)), await armed_timers(incidents)) == (told, timers)


async def test_a_promise_the_severity_does_not_make_is_cancelled_and_can_come_back(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await in_progress(incidents, customer, severity="consultation")
    assert states(incident) == {"respond": "met", "on_site": "cancelled", "resolve": "running"}
    assert (await stopped(incidents))["on_site"] == "cancelled"
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(general, "on_site")["state"] == "running"
    assert clock(general, "on_site")["started_at"] == incident["reported_at"]
    await incidents.advance(hours=2, minutes=1)
    assert (await broken(incidents)).count("on_site") == 1


async def test_a_severity_that_adds_a_promise_counts_it_from_the_report(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer, severity="consultation")
    assert set(states(incident)) == {"respond", "resolve"}
    await do(incidents, DESK, incident, "acknowledge")
    await incidents.advance(minutes=90)
    general = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED)
    assert clock(general, "on_site")["started_at"] == incident["reported_at"]
    assert clock(general, "on_site")["counted_seconds"] >= 90 * 60


async def test_a_version_that_was_replaced_still_counts_for_what_was_reported_under_it(
    one_service: OneService.Factory,
) -> None:
    incidents = await one_service("incidents")
    customer = await a_customer(incidents)
    incident = await reported(incidents, customer)
    await do(incidents, DESK, incident, "acknowledge")
    halved = tuple(t.model_copy(update={"amount": max(1, t.amount // 2)}) for t in TARGETS)
    await incidents.hear(customer.agreed(in_force=False), sequence=2)
    await incidents.hear(customer.agreed(agreement_id=uuid7(), revision=2, targets=halved))
    worse = await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | {"severity": "disaster"})
    assert clock(worse, "resolve")["target_seconds"] == 6 * HOUR
