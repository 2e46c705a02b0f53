"""A visit is counted against what the contract grants, and the incident's timeline says so; the list follows people."""

from __future__ import annotations

from tests.builders.organisation import Organisation, a_world, get, post
from tests.harness import Platform


async def visit_done(world: Organisation) -> str:
    """The id of an incident under contract that an engineer went to."""
    fault = {
        "title": "Core switch without power",
        "description": "All ports are dark.",
        "asset_id": world.ids["switch"],
        "contact_name": "Duty operator",
    }
    incident = await post(world.operator, "/v1/incidents", fault)
    await world.platform.settle()
    path = f"/v1/incidents/{incident['id']}"
    await post(world.desk, f"{path}/acknowledge")
    analysis = {"severity": "general", "fault_class": "device", "analysis": "The power module is dead."}
    await post(world.responder, f"{path}/classify", analysis)
    planned = {"engineer_id": world.ids["engineer"], "planned_at": (await world.platform.now()).isoformat()}
    visit = await post(world.desk, f"{path}/visits", planned)
    for move in ("depart", "arrive"):
        await post(world.engineer, f"/v1/visits/{visit['id']}/{move}")
    record = {"service_record": "Power module replaced.", "signed_by": "Duty operator"}
    await post(world.engineer, f"/v1/visits/{visit['id']}/complete", record)
    await world.platform.settle()
    return str(incident["id"])


async def test_a_visit_is_counted_once_and_told_in_the_timeline(platform: Platform) -> None:
    world = await a_world(platform)
    contract = f"/v1/contracts/{world.ids['contract']}"
    await post(world.admin, f"{contract}/entitlements", {"item_code": "fault_removal", "unit": "visits", "granted": 1})
    incident_id = await visit_done(world)
    [entitlement] = await get(world.operator, f"{contract}/entitlements")
    [use] = await get(world.operator, f"/v1/entitlements/{entitlement['id']}/uses")
    used = [year for year in entitlement["years"] if year["used"]]
    told = await get(world.operator, f"/v1/incidents/{incident_id}/timeline?limit=200")
    assert [(year["granted"], year["left"], year["overdrawn"]) for year in used] == [(1, 0, False)]
    assert (use["incident_id"], use["reason"]) == (incident_id, "Power module replaced.")
    assert [entry["type"] for entry in told].count("contracts.entitlement_used.v1") == 1


async def test_the_contact_list_names_the_engineers_as_the_gateway_knows_them(platform: Platform) -> None:
    world = await a_world(platform)
    contract = f"/v1/contracts/{world.ids['contract']}"
    named = await world.admin.patch(contract, json={"engineer_ids": [world.ids["engineer"]]})
    assert named.status_code == 200, named.text
    await post(world.admin, f"{contract}/contact-list", {"hotline": "400 000 0000"})
    issued = await get(world.operator, f"{contract}/contact-list/1")
    document = await world.operator.get(f"{contract}/contact-list/1/document", params={"lang": "en"})
    assert [one["email"] for one in issued["content"]["engineers"]] == ["engineer@demo.example"]
    assert document.content.startswith(b"PK")
    assert (await world.reader.get(f"{contract}/contact-list/1")).status_code == 404
