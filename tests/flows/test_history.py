"""A customer moves here with the history of an old system: all of it can be read, and nobody is bothered by it."""

from __future__ import annotations

from typing import Any

from services import catalogue
from tests.builders.history import fact, history
from tests.builders.organisation import Json, Organisation, a_world, get, post
from tests.flows.test_main_job import a_client_system
from tests.harness import Platform


async def taken_over(world: Organisation, *histories: Json) -> list[Json]:
    body = {"source": "servicenow", "customer_id": world.ids["hospital"], "incidents": list(histories)}
    results: list[Json] = (await post(world.admin, "/v1/incidents:import", body))["results"]
    await world.platform.settle()
    return results


async def heard_outside(world: Organisation) -> tuple[int, int]:
    recorder = world.platform.recorder
    return len(recorder.mails()), len(recorder.calls())


async def test_a_history_is_read_by_its_customer_and_tells_nobody(platform: Platform) -> None:
    world = await a_world(platform)
    await a_client_system(world)
    before, people = await heard_outside(world), world.people
    on_switch = {"asset_id": world.ids["switch"], "reported_at": "2025-03-03T09:00:00+08:00"}
    resolved_late = {"resolved_at": "2025-03-03T22:00:00+08:00"} | on_switch
    broken, kept = history("A", **resolved_late), history("B", resolved_at="2025-03-03T12:00:00+08:00", **on_switch)
    results = await taken_over(world, broken, kept)
    assert [result["outcome"] for result in results] == ["imported", "imported"]
    seen = [await get(people["operator"], f"/v1/incidents/{result['incident_id']}") for result in results]
    assert [clocks_of(incident)["resolve"] for incident in seen] == ["breached", "met"]
    timeline = await get(people["operator"], f"/v1/incidents/{results[0]['incident_id']}/timeline?limit=200")
    assert [line["at"] for line in timeline][:2] == ["2025-03-03T01:05:00Z", "2025-03-03T01:40:00Z"]
    hidden = await people["reader"].get(f"/v1/incidents/{results[0]['incident_id']}")
    assert hidden.status_code == 404
    await platform.advance(days=40)
    rows = await platform.row_counts()
    told = ("notify.messages", "notify.deliveries", "feedback.surveys", "escalation.alarms", "escalation.emergencies")
    assert [rows[name] for name in told] == [0] * len(told)
    assert await heard_outside(world) == before


def clocks_of(incident: Json) -> dict[str, Any]:
    return {clock["kind"]: clock["state"] for clock in incident["clocks"]}


async def test_the_second_import_changes_no_row_of_any_service(platform: Platform) -> None:
    world = await a_world(platform)
    first = await taken_over(world, history("A"), history("B"))
    before = await platform.row_counts()
    again = await taken_over(world, history("A"), history("B"))
    assert again == [result | {"outcome": "unchanged"} for result in first]
    after = await platform.row_counts()
    assert {name for name in after if after[name] != before[name]} <= {"incidents.idempotency"}


async def test_what_is_still_open_goes_on_here_and_is_told_like_any_other(platform: Platform) -> None:
    world = await a_world(platform)
    system = await a_client_system(world)
    still_open = history("A", resolved_at=None, closed_at=None, facts=[fact("2025-03-03T09:05:00+08:00", "reported")])
    [result] = await taken_over(world, still_open)
    before = await heard_outside(world)
    path = f"/v1/incidents/{result['incident_id']}"
    await post(world.desk, f"{path}/acknowledge")
    await post(world.desk, f"{path}/assign", {"engineer_id": world.ids["engineer"]})
    await post(world.engineer, f"{path}/resolve", {"solution": "Restarted."})
    await post(world.operator, f"{path}/confirm")
    await platform.settle()
    mails, calls = await heard_outside(world)
    assert (mails > before[0], calls - before[1]) == (True, 1)
    assert len(await get(world.desk, "/v1/surveys")) == 1
    assert (await get(system, path))["state"] == "closed"


async def test_the_evidence_of_an_imported_incident_is_its_record(platform: Platform) -> None:
    world = await a_world(platform)
    [result] = await taken_over(world, history("A"))
    evidence = await get(world.desk, f"/v1/evidence/incidents/{result['incident_id']}")
    assert [entry["action"] for entry in evidence["entries"]] == ["import_incident"]
    assert [event["type"] for event in evidence["events"]] == ["incidents.incident_imported.v1"]
    assert {event["historical"] for event in evidence["events"]} == {True}
    parked = [await get(world.admin, f"/v1/operations/{name}/parked") for name in catalogue.NAMES]
    assert parked == [[]] * len(catalogue.NAMES)
