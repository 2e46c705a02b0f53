"""Nobody's change is written over another's: every route that changes a record honours If-Match and tells the ETag.

The walk goes through all public routes of all services; one that is neither walked nor excused here fails it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import get_args, get_origin

import httpx

from services.gateway.front.docs import merged_openapi, method_of, public_routes
from services.gateway.front.table import PUBLIC_ROUTES, Table
from tests.builders.organisation import Json, Organisation, a_world, get, post
from tests.harness import Platform

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
STALE = '"999999"'
WITHOUT_VERSION = {
    ("POST", "/v1/calendars/{calendar_id}/preview"): "asks, and changes nothing",
    ("POST", "/v1/customers/{customer_id}/sites:import"): "many records, each judged by itself",
    ("POST", "/v1/customers/{customer_id}/assets:import"): "many records, each judged by itself",
    ("PUT", "/v1/incidents/{incident_id}/watchers/me"): "who watches is a set; nobody overwrites another",
    ("DELETE", "/v1/incidents/{incident_id}/watchers/me"): "who watches is a set",
    ("PUT", "/v1/incidents/{incident_id}/watchers/{person_id}"): "who watches is a set",
    ("DELETE", "/v1/incidents/{incident_id}/watchers/{person_id}"): "who watches is a set",
    ("PUT", "/v1/incidents/{incident_id}/tags"): "a set of words, replaced whole; the audit has both",
    ("DELETE", "/v1/attachments/{attachment_id}"): "withdrawn once; a second withdrawal is refused",
    ("POST", "/v1/time/{entry_id}/withdraw"): "withdrawn once; a second withdrawal is refused",
    ("POST", "/s/{token}"): "a survey is answered once, by who has its secret link; a second answer is refused",
    **{
        (route.method, route.path): "what is parked is decided once; a second decision finds nothing"
        for route in PUBLIC_ROUTES
        if route.path.startswith("/v1/operations/") and route.method == "POST"
    },
}
CHANGES = {
    (method_of(route), route.path)
    for _, route in public_routes()
    if method_of(route) in WRITES and "{" in route.path and route.status_code != 201
} - set(WITHOUT_VERSION)


@dataclass
class Walk:
    """Does each change first with a stale version, which must do nothing, and then with the right one."""

    world: Organisation
    walked: set[tuple[str, str]] = field(default_factory=set)

    async def change(self, who: httpx.AsyncClient, method: str, path: str, body: Json | None = None) -> None:
        route = Table().find(method, path)
        record = _record_of(route.path, path)
        before = await who.get(record)
        assert before.is_success, f"{record}: {before.text}"
        rows = await self.world.platform.row_counts()
        stale = await who.request(method, path, json=body or {}, headers={"If-Match": STALE})
        assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch"), path
        assert await self.world.platform.row_counts() == rows
        tag = before.headers["etag"]
        assert (await who.get(record)).headers["etag"] == tag
        done = await who.request(method, path, json=body or {}, headers={"If-Match": tag})
        assert done.is_success, f"{path}: {done.text}"
        if done.content:
            assert done.headers["etag"] == (await who.get(record)).headers["etag"] != tag, path
        await self.world.platform.settle()
        self.walked.add((method, route.path))


def _record_of(template: str, path: str) -> str:
    """Where the record that a change is about is read: at the path itself, or at its beginning."""
    if ("GET", template) in {(route.method, route.path) for route in PUBLIC_ROUTES}:
        return path
    kind, identity = path.split("/")[2:4]
    return f"/v1/{kind}/{identity}"


async def test_every_change_of_a_record_honours_the_version_it_is_meant_for(platform: Platform) -> None:
    walk = Walk(await a_world(platform))
    await _entered(walk)
    await _installed(walk)
    await _corrected(walk)
    await _planned(walk)
    incident = await _an_emergency(walk)
    await _plan_run(walk, incident)
    await _part_moved(walk, incident)
    await _party_followed(walk, incident)
    await _visited(walk, incident)
    await _paused(walk, incident)
    await _solved(walk, incident)
    await _not_covered(walk)
    await _related(walk)
    await _analysed(walk)
    await _saved(walk)
    await _withdrawn(walk)
    assert walk.walked == CHANGES


def test_the_documentation_says_where_a_version_is_honoured() -> None:
    described = {
        (method.upper(), path)
        for path, item in merged_openapi()["paths"].items()
        for method, operation in item.items()
        if any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", ()))
    }
    assert described == CHANGES


async def _entered(walk: Walk) -> None:
    """People, keys, webhooks, the emergency organisation, an agreement."""
    world = walk.world
    await walk.change(world.admin, "PATCH", f"/v1/people/{world.ids['quality']}", {"phone": "+86 28 1"})
    key = {"name": "monitoring", "customer_id": world.ids["hospital"], "scopes": ["incidents:report"]}
    await walk.change(world.admin, "DELETE", f"/v1/keys/{(await post(world.admin, '/v1/keys', key))['id']}")
    hook = {"url": world.platform.recorder.hook_url("walk"), "event_types": ["incidents.incident_closed.v1"]}
    added = await post(world.admin, "/v1/webhooks", hook | {"customer_id": world.ids["hospital"]})
    await walk.change(world.admin, "DELETE", f"/v1/webhooks/{added['id']}")
    organisation = f"/v1/customers/{world.ids['hospital']}/emergency-organisation"
    named = await get(world.admin, organisation)
    body = {name: named[name] for name in ("team_ids", "leader_ids", "quorum", "superior_ids")}
    await walk.change(world.admin, "PUT", organisation, body)
    draft = await post(world.admin, f"/v1/contracts/{world.ids['contract']}/agreements")
    await walk.change(
        world.admin, "POST", f"/v1/agreements/{draft['id']}/sign", {"side": "provider", "signed_by": "provider"}
    )


async def _corrected(walk: Walk) -> None:
    """A calendar with China's public holidays, corrected and extended."""
    world = walk.world
    calendar = await post(world.admin, "/v1/calendars:china", {"from_year": 2026, "to_year": 2026})
    path, week = f"/v1/calendars/{calendar['id']}", [[["09:00", "17:00"]]] * 5 + [[], []]
    corrected = {"data": {"zone": "Asia/Shanghai", "week": week}, "reason": "No break at noon."}
    await walk.change(world.admin, "POST", f"{path}/correct", corrected)
    await walk.change(world.admin, "POST", f"{path}/extend", {"to_year": 2027, "reason": "One year more."})


async def _withdrawn(walk: Walk) -> None:
    world = walk.world
    withdrawal = {"reason": "Entered by mistake.", "provider_signed_by": "provider", "customer_signed_by": "customer"}
    await walk.change(world.admin, "POST", f"/v1/agreements/{world.ids['agreement']}/withdraw", withdrawal)


async def _installed(walk: Walk) -> None:
    """What a customer has, what its contract covers, and an item of the catalogue."""
    world, names = walk.world, {"name_zh": "改名", "name_en": "Renamed"}
    hospital = f"/v1/customers/{world.ids['hospital']}"
    await walk.change(world.admin, "PATCH", hospital, names)
    for kind, name in (("sites", "site"), ("departments", "department"), ("key-businesses", "business")):
        await walk.change(world.admin, "PATCH", f"{hospital}/{kind}/{world.ids[name]}", names)
    await walk.change(world.admin, "PATCH", f"{hospital}/assets/{world.ids['storage']}", {"name": "renamed"})
    person = {"name": "Operator", "role_zh": "运维", "role_en": "Operations", "phone": "+86 28 1"}
    contact = await post(world.admin, f"{hospital}/contacts", person)
    await walk.change(world.admin, "PATCH", f"{hospital}/contacts/{contact['id']}", {"phone": "+86 28 2"})
    year = {"year": 1, "on_site": True, "remote": True}
    await walk.change(world.admin, "PATCH", f"/v1/contracts/{world.ids['contract']}", {"years": [year]})
    await walk.change(world.admin, "PATCH", "/v1/catalogue/health_check", names)
    grant = {"item_code": "health_check", "unit": "visits", "granted": 4}
    granted = await post(world.admin, f"/v1/contracts/{world.ids['contract']}/entitlements", grant)
    await walk.change(world.admin, "PATCH", f"/v1/entitlements/{granted['id']}", {"granted": 6})
    mistake = {"reason": "Entered by mistake."}
    await walk.change(world.admin, "POST", f"/v1/entitlements/{granted['id']}/withdraw", mistake)


async def _reported(walk: Walk) -> Json:
    body = {"title": "Slow", "description": "All day.", "asset_id": walk.world.ids["storage"], "contact_name": "Op"}
    incident: Json = await post(walk.world.operator, "/v1/incidents", body)
    return incident


async def _related(walk: Walk) -> None:
    """Merged and taken apart again; below another one, and by itself again."""
    world = walk.world
    one, other = await _reported(walk), await _reported(walk)
    path = f"/v1/incidents/{one['id']}"
    await walk.change(world.desk, "POST", f"{path}/merge", {"target_id": other["id"], "reason": "The same."})
    await walk.change(world.desk, "POST", f"{path}/unmerge", {"reason": "Another one."})
    await walk.change(world.desk, "PUT", f"{path}/parent", {"parent_id": other["id"]})
    await walk.change(world.desk, "DELETE", f"{path}/parent")
    related = f"{path}/related/{other['id']}"
    await walk.change(world.desk, "PUT", related, {"reason": "The same switch."})
    await walk.change(world.desk, "DELETE", f"{related}?reason=Another+one")


async def _analysed(walk: Walk) -> None:
    """A difficult problem up to the conclusion of its joint analysis."""
    world = walk.world
    path = f"/v1/incidents/{(await _reported(walk))['id']}"
    for move in ("acknowledge", "begin"):
        await post(world.desk, f"{path}/{move}")
    for _ in range(3):
        await walk.change(world.engineer, "POST", f"{path}/escalate", {"reason": "Nobody knows."})
    [analysis] = await get(world.engineer, f"{path}/joint-analyses")
    analysis_path = f"/v1/joint-analyses/{analysis['id']}"
    for name, team in (("engineer", "site"), ("responder", "regional"), ("desk", "headquarters")):
        body = {"person_id": world.ids[name], "team": team}
        await walk.change(world.engineer, "POST", f"{analysis_path}/participants", body)
    await walk.change(world.engineer, "POST", f"{analysis_path}/hypotheses", {"statement": "A leak."})
    [hypothesis] = (await get(world.engineer, analysis_path))["hypotheses"]
    verdict = {"verdict": "confirmed", "finding": "A heap dump."}
    await walk.change(world.engineer, "POST", f"{analysis_path}/hypotheses/{hypothesis['id']}/judge", verdict)
    end = {"conclusion": "A leak.", "owner_id": world.ids["engineer"]}
    await walk.change(world.engineer, "POST", f"{analysis_path}/conclude", end)


async def _saved(walk: Walk) -> None:
    world = walk.world
    view = await post(world.desk, "/v1/views", {"name": "Urgent", "filters": {"priority": "critical"}})
    await walk.change(world.desk, "PATCH", f"/v1/views/{view['id']}", {"name": "Most urgent"})
    await walk.change(world.desk, "DELETE", f"/v1/views/{view['id']}")


async def _planned(walk: Walk) -> None:
    """A second version of the plan, from draft to retired."""
    world = walk.world
    step = {"title_zh": "切换", "title_en": "Switch over", "measure": "it", "minutes": 10}
    plan = {"customer_id": world.ids["hospital"], "name_zh": "线路预案", "name_en": "Line", "fault_class": "line"}
    drafted = await post(world.responder, "/v1/plans", plan | {"scenario": "The line fails.", "steps": [step]})
    path, drill = f"/v1/plans/{drafted['id']}", {"scenario": "Desk drill", "participant_ids": [world.ids["leader"]]}
    await walk.change(world.responder, "POST", f"{path}/start-drill", drill)
    passed = {"passed": True, "score": 90, "summary": "As planned."}
    await walk.change(world.responder, "POST", f"{path}/evaluate-drill", passed)
    await walk.change(world.leader, "POST", f"{path}/approve")
    await walk.change(world.responder, "POST", f"{path}/put-in-force")
    await walk.change(world.leader, "POST", f"{path}/retire", {"reason": "Replaced."})


async def _an_emergency(walk: Walk) -> str:
    """An incident that is acknowledged, classified and assigned; its id."""
    world = walk.world
    report = {"title": "No power", "description": "All dark.", "asset_id": world.ids["switch"]}
    caller = {"contact_name": "Operator", "contact_email": "operator@demo.example", "contact_locale": "en"}
    incident = await post(world.operator, "/v1/incidents", report | caller)
    await world.platform.settle()
    path = f"/v1/incidents/{incident['id']}"
    await walk.change(world.desk, "POST", f"{path}/acknowledge")
    await walk.change(world.desk, "POST", f"{path}/begin")
    await walk.change(world.desk, "POST", f"{path}/prioritise", {"impact": "high", "urgency": "high"})
    analysis = {"severity": "major", "fault_class": "device", "analysis": "The power module is dead."}
    await walk.change(world.desk, "POST", f"{path}/classify", analysis)
    await walk.change(world.desk, "POST", f"{path}/assign", {"engineer_id": world.ids["engineer"]})
    return str(incident["id"])


async def _plan_run(walk: Walk, incident_id: str) -> None:
    """A request that is refused, and one that runs to its end."""
    world = walk.world
    request = {"incident_id": incident_id, "plan_id": world.ids["plan"], "reason": "All stands still."}
    refused = await post(world.responder, "/v1/activations", request)
    await walk.change(world.leader, "POST", f"/v1/activations/{refused['id']}/refuse", {"reason": "Wait."})
    path = f"/v1/activations/{(await post(world.responder, '/v1/activations', request))['id']}"
    await walk.change(world.leader, "POST", f"{path}/authorise", {"information": "By phone."})
    step = (await get(world.responder, path))["steps"][0]["id"]
    await walk.change(world.responder, "POST", f"{path}/steps/{step}/start")
    await walk.change(world.responder, "POST", f"{path}/steps/{step}/complete", {"result": "done"})


async def _part_moved(walk: Walk, incident_id: str) -> None:
    """Three parts called up: one used, one given back; and an alarm for one that nobody has."""
    world = walk.world
    for number, quantity in (("PSU-9000", 1), ("PSU-9000", 1), ("NO-SUCH-PART", 1)):
        need = {"incident_id": incident_id, "part_number": number, "quantity": quantity}
        await post(world.responder, "/v1/part-call-ups", need)
    await world.platform.settle()
    spare, needed = await get(world.keeper, f"/v1/reservations?incident_id={incident_id}")
    await walk.change(world.responder, "POST", f"/v1/reservations/{spare['id']}/release")
    await walk.change(world.keeper, "POST", f"/v1/reservations/{needed['id']}/issue")
    await walk.change(world.engineer, "POST", f"/v1/reservations/{needed['id']}/use")
    alarm, *_ = await get(world.responder, f"/v1/alarms?incident_id={incident_id}")
    await walk.change(world.responder, "POST", f"/v1/alarms/{alarm['id']}/acknowledge")


async def _party_followed(walk: Walk, incident_id: str) -> None:
    world = walk.world
    engagement = await post(world.responder, "/v1/engagements", {"incident_id": incident_id, "party_name": "Vendor"})
    for move in ("accept", "arrive", "complete"):
        await walk.change(world.responder, "POST", f"/v1/engagements/{engagement['id']}/{move}")


async def _visited(walk: Walk, incident_id: str) -> None:
    world = walk.world
    planned = {"engineer_id": world.ids["engineer"], "planned_at": (await world.platform.now()).isoformat()}
    visit = await post(world.desk, f"/v1/incidents/{incident_id}/visits", planned)
    record = {"service_record": "Module replaced.", "signed_by": "Operator"}
    for move, body in (("depart", None), ("arrive", None), ("complete", record)):
        await walk.change(world.engineer, "POST", f"/v1/visits/{visit['id']}/{move}", body)


async def _paused(walk: Walk, incident_id: str) -> None:
    """A pause that is disputed and upheld."""
    world, path = walk.world, f"/v1/incidents/{incident_id}"
    evidence = {"reason": "waiting_for_customer", "evidence": "Asked for the key of the room."}
    await walk.change(world.desk, "POST", f"{path}/pause", evidence)
    await walk.change(world.desk, "POST", f"{path}/resume")
    [pause] = await get(world.operator, f"{path}/pauses")
    await walk.change(world.operator, "POST", f"/v1/pauses/{pause['id']}/dispute", {"dispute": "It was open."})
    settled = {"is_upheld": True, "settlement": "The log of the door says otherwise."}
    await walk.change(world.quality, "POST", f"/v1/pauses/{pause['id']}/settle", settled)


async def _solved(walk: Walk, incident_id: str) -> None:
    """Resolved, refused, resolved and confirmed; reopened, and cancelled."""
    world, path = walk.world, f"/v1/incidents/{incident_id}"
    await walk.change(world.engineer, "POST", f"{path}/resolve", {"solution": "New power module."})
    await walk.change(world.operator, "POST", f"{path}/refuse", {"reason": "Still dark."})
    await post(world.engineer, f"{path}/resolve", {"solution": "New cable, too."})
    await walk.change(world.operator, "POST", f"{path}/confirm")
    await walk.change(world.operator, "POST", f"{path}/reopen", {"reason": "Dark again."})
    await walk.change(world.desk, "POST", f"{path}/cancel", {"reason": "The device was sold."})


async def _not_covered(walk: Walk) -> None:
    """An incident of what no agreement names: worked on as goodwill."""
    world = walk.world
    report = {"title": "Printer jams", "description": "Each page.", "contact_name": "Reader"}
    incident = await post(world.reader, "/v1/incidents", report)
    decision = {"cover": "goodwill", "reason": "A prospect."}
    await walk.change(world.desk, "POST", f"/v1/incidents/{incident['id']}/decide-cover", decision)


def test_every_record_that_can_be_changed_tells_its_version_alone_and_in_lists() -> None:
    routes = {(method_of(route), route.path): route for _, route in public_routes()}
    for kind in {path.split("/")[2] for _, path in CHANGES}:
        told = [
            route.response_model for (method, path), route in routes.items() if method == "GET" and _is_of(kind, path)
        ]
        models = [get_args(model)[0] if get_origin(model) is list else model for model in told]
        assert len(models) >= 2, kind
        assert all("version" in model.model_fields for model in models), kind


def _is_of(kind: str, path: str) -> bool:
    """Whether this is the list of such records, or one of them."""
    return re.fullmatch(rf"/v1(/incidents/{{\w+}}|/contracts/{{\w+}})?/{kind}(/{{\w+}})?", path) is not None
