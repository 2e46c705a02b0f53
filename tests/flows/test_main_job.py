"""The main job: a fault at a customer is carried from report to closed, through all services, by those who may."""

from __future__ import annotations

import re
from typing import Any

import httpx

from services import catalogue
from tests.builders.organisation import Json, Organisation, a_world, add_person, get, post
from tests.harness import Platform

SECRET_HOOK = "demo-hospital"


async def a_client_system(world: Organisation) -> httpx.AsyncClient:
    """The customer's own software: a key that may report, and an endpoint that wants to hear of everything."""
    scopes = ["incidents:report", "incidents:read", "webhooks:write", "webhooks:read"]
    body = {"name": "monitoring", "customer_id": world.ids["hospital"], "scopes": scopes}
    key = (await post(world.admin, "/v1/keys", body))["key"]
    system = world.platform.client(key)
    recorder = world.platform.recorder
    endpoint = {
        "url": recorder.hook_url(SECRET_HOOK),
        "event_types": ["incidents.incident_reported.v1", "incidents.incident_closed.v1"],
    }
    created = await post(system, "/v1/webhooks", endpoint)
    recorder.set_secret(SECRET_HOOK, created["secret"])
    return system


async def reported(world: Organisation, system: httpx.AsyncClient) -> Json:
    body = {
        "title": "Core switch without power",
        "description": "All ports are dark.",
        "asset_id": world.ids["switch"],
        "contact_name": "Duty operator",
        "contact_email": "operator@demo.example",
        "contact_locale": "zh-CN",
    }
    incident: Json = await post(system, "/v1/incidents", body)
    await world.platform.settle()
    return incident


def clocks_of(incident: Json) -> dict[str, str]:
    return {clock["kind"]: clock["state"] for clock in incident["clocks"]}


async def classified(world: Organisation, incident: Json) -> None:
    path = f"/v1/incidents/{incident['id']}"
    await post(world.desk, f"{path}/acknowledge")
    analysis = {"severity": "major", "fault_class": "device", "analysis": "The power module is dead."}
    await post(world.responder, f"{path}/classify", analysis)
    await world.platform.settle()


async def authorised(world: Organisation, incident: Json) -> Json:
    request = {"incident_id": incident["id"], "plan_id": world.ids["plan"], "reason": "Registration stands still."}
    activation: Json = await post(world.responder, "/v1/activations", request)
    await world.platform.settle()
    path = f"/v1/activations/{activation['id']}"
    own = await world.responder.post(f"{path}/authorise", json={"information": "my own request"})
    assert own.status_code == 403
    await post(world.leader, f"{path}/authorise", {"information": "Report of the emergency team by phone."})
    await world.platform.settle()
    plan: Json = await get(world.responder, path)
    return plan


async def plan_run(world: Organisation, activation: Json) -> None:
    for step in activation["steps"]:
        path = f"/v1/activations/{activation['id']}/steps/{step['id']}"
        await post(world.responder, f"{path}/start")
        await post(world.responder, f"{path}/complete", {"result": "done"})
    await world.platform.settle()


async def part_used(world: Organisation, incident: Json) -> None:
    need = {"incident_id": incident["id"], "part_number": "PSU-9000", "quantity": 1}
    await post(world.responder, "/v1/part-call-ups", need)
    await world.platform.settle()
    [reservation] = await get(world.keeper, f"/v1/reservations?incident_id={incident['id']}")
    assert reservation["depot_id"] == world.ids["depot"]
    wrong = await world.other_keeper.post(f"/v1/reservations/{reservation['id']}/issue", json={})
    assert wrong.status_code == 403
    await post(world.keeper, f"/v1/reservations/{reservation['id']}/issue")
    await post(world.engineer, f"/v1/reservations/{reservation['id']}/use")
    await world.platform.settle()


async def visited(world: Organisation, incident: Json) -> None:
    planned = await world.platform.now()
    body = {"engineer_id": world.ids["engineer"], "planned_at": planned.isoformat()}
    visit = await post(world.desk, f"/v1/incidents/{incident['id']}/visits", body)
    for move in ("depart", "arrive"):
        await post(world.engineer, f"/v1/visits/{visit['id']}/{move}")
    record = {"service_record": "Power module replaced.", "signed_by": "Duty operator"}
    await post(world.engineer, f"/v1/visits/{visit['id']}/complete", record)
    await world.platform.settle()


async def vendor_engaged(world: Organisation, incident: Json) -> None:
    body = {"incident_id": incident["id"], "party_name": "Demo vendor", "party_email": "vendor@demo.example"}
    engagement = await post(world.responder, "/v1/engagements", body)
    for move in ("accept", "arrive", "complete"):
        await post(world.responder, f"/v1/engagements/{engagement['id']}/{move}")
    await world.platform.settle()


def mails_to(platform: Platform, address: str) -> list[Any]:
    return platform.recorder.mails(to=address)


async def survey_answered(world: Organisation) -> None:
    link = next(
        found[0]
        for mail in reversed(mails_to(world.platform, "operator@demo.example"))
        if (found := re.findall(r"http://platform(/s/\S+)", mail.text))
    )
    async with world.platform.client() as anybody:
        page = await anybody.get(link)
        assert page.status_code == 200
        names = re.findall(r'name="(\w+)"', page.text)
        answers = {"rating": "5", "recommend": "9", "comment": "快"}
        assert set(answers) <= set(names)
        thanks = await anybody.post(link, data=answers)
    assert thanks.status_code == 200, thanks.text
    await world.platform.settle()


async def whole_story_told(world: Organisation, path: str) -> None:
    """The timeline has every step once, in order, in both languages."""
    timeline = await get(world.desk, f"{path}/timeline?limit=200")
    said = [entry["type"].split(".")[1] for entry in timeline]
    for event in TOLD_IN_ORDER:
        assert event in said, event
    assert [event for event in said if event in TOLD_IN_ORDER and said.count(event) == 1] == list(TOLD_IN_ORDER)
    assert all(entry["sentence_zh"] and entry["sentence_en"] for entry in timeline)


async def test_a_fault_is_carried_from_report_to_closed(platform: Platform) -> None:
    world = await a_world(platform)
    system = await a_client_system(world)

    incident = await reported(world, system)
    path = f"/v1/incidents/{incident['id']}"
    assert re.fullmatch(r"INC-\d{4}-\d{6}", incident["number"])
    assert incident["covered"]
    assert clocks_of(incident) == {"respond": "running", "on_site": "running", "resolve": "running"}

    await classified(world, incident)
    now = await get(world.desk, path)
    assert clocks_of(now)["respond"] == "met"
    assert clocks_of(now)["plan_requested"] == "running"
    assert any(incident["number"] in mail.subject for mail in mails_to(platform, "leader@demo.example"))
    assert mails_to(platform, "superior@demo.example")

    activation = await authorised(world, incident)
    now = await get(world.desk, path)
    assert (clocks_of(now)["plan_requested"], clocks_of(now)["plan_decided"]) == ("met", "met")
    await plan_run(world, activation)
    await vendor_engaged(world, incident)
    assert mails_to(platform, "vendor@demo.example")

    await part_used(world, incident)
    await visited(world, incident)
    now = await get(world.desk, path)
    assert clocks_of(now)["on_site"] == "met"

    await post(world.engineer, f"{path}/resolve", {"solution": "New power module."})
    await platform.settle()
    assert mails_to(platform, "outpatient@demo.example")
    await post(world.operator, f"{path}/confirm")
    await platform.settle()
    closed = await get(world.operator, path)
    assert closed["state"] == "closed"
    assert set(clocks_of(closed).values()) == {"met"}

    held = await get(world.desk, f"/v1/evidence/feedback/{incident['id']}")
    assert "link" not in held["events"][0]["data"]
    await survey_answered(world)
    [survey] = await get(world.quality, f"/v1/surveys?incident_id={incident['id']}")
    assert survey["state"] == "answered"

    await whole_story_told(world, path)
    assert [call.verified for call in platform.recorder.calls(SECRET_HOOK)] == [True, True]


TOLD_IN_ORDER = (
    "incident_reported",
    "incident_acknowledged",
    "incident_classified",
    "emergency_opened",
    "superior_informed",
    "activation_requested",
    "activation_authorised",
    "plan_completed",
    "party_engaged",
    "parts_called_up",
    "part_reserved",
    "part_issued",
    "part_used",
    "visit_planned",
    "visit_departed",
    "visit_arrived",
    "visit_completed",
    "incident_resolved",
    "incident_confirmed",
    "incident_closed",
    "survey_sent",
    "survey_answered",
)


async def test_another_customers_user_sees_and_changes_nothing_of_it(platform: Platform) -> None:
    world = await a_world(platform)
    system = await a_client_system(world)
    incident = await reported(world, system)
    await add_person(world, "foreign_leader", "leader", customer="library")
    await platform.settle()
    before = await platform.row_counts()
    for path in ("", "/timeline", "/clocks", "/visits"):
        answer = await world.reader.get(f"/v1/incidents/{incident['id']}{path}")
        assert answer.status_code == 404, path
    assert (await world.reader.get("/v1/incidents")).json() == []
    for service in catalogue.NAMES:
        answer = await world.foreign_leader.get(f"/v1/evidence/{service}/{incident['id']}")
        assert answer.status_code == 404, service
    own = await get(world.leader, f"/v1/evidence/incidents/{incident['id']}")
    assert own["events"][0]["type"] == "incidents.incident_reported.v1"
    refused = await world.reader.post(f"/v1/incidents/{incident['id']}/confirm", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "incident_not_found")
    assert await platform.row_counts() == before


async def test_a_refused_plan_never_runs(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await reported(world, await a_client_system(world))
    await classified(world, incident)
    request = {"incident_id": incident["id"], "plan_id": world.ids["plan"], "reason": "To be safe."}
    activation = await post(world.responder, "/v1/activations", request)
    path = f"/v1/activations/{activation['id']}"
    await post(world.leader, f"{path}/refuse", {"reason": "The standby took over already."})
    await platform.settle()
    again = await world.leader.post(f"{path}/authorise", json={"information": "changed my mind"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    refused = await get(world.responder, path)
    assert refused["state"] == "refused"
    assert all(step["state"] == "pending" for step in refused["steps"])
    mails = mails_to(platform, "responder@demo.example")
    assert any("The standby took over already." in mail.text for mail in mails)


async def test_a_broken_promise_is_seen_and_somebody_is_alarmed(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await reported(world, await a_client_system(world))
    await platform.advance(hours=1, minutes=1)
    now = await get(world.desk, f"/v1/incidents/{incident['id']}")
    assert clocks_of(now) == {"respond": "breached", "on_site": "running", "resolve": "running"}
    [alarm] = await get(world.desk, f"/v1/alarms?incident_id={incident['id']}")
    assert alarm["reason"] == "clock_breached"
    assert mails_to(platform, "responder@demo.example")
