"""Stories of an incident's life, through the public API: promises kept and broken, paused, disputed, taken up again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

import httpx

from tests.builders.organisation import Json, Organisation, a_world, get, post
from tests.harness import Platform

REPORT = {"title": "Core switch down", "description": "No traffic.", "contact_name": "Operator"}
CONTACT = {"contact_email": "operator@demo.example", "contact_locale": "en"}
ANALYSIS = {"severity": "general", "fault_class": "device", "analysis": "The supervisor card is dead."}
SOLVED = {"solution": "Card replaced."}
ASKED = {"reason": "waiting_for_customer", "evidence": "Asked for the key at 09:10 by mail."}


async def reported(world: Organisation, asset: str = "switch", **more: Any) -> Json:
    body = REPORT | CONTACT | {"asset_id": world.ids[asset]} | more
    incident: Json = await post(world.operator, "/v1/incidents", body)
    await world.platform.settle()
    return incident


async def worked_on(world: Organisation, **more: Any) -> Json:
    """An incident that was acknowledged and classified at once."""
    incident = await reported(world, **more)
    await moved(world, world.desk, incident, "acknowledge")
    return await moved(world, world.engineer, incident, "classify", ANALYSIS)


async def moved(
    world: Organisation, who: httpx.AsyncClient, incident: Json, move: str, body: Json | None = None
) -> Json:
    now: Json = await post(who, f"/v1/incidents/{incident['id']}/{move}", body)
    await world.platform.settle()
    return now


async def seen(world: Organisation, incident: Json) -> Json:
    found: Json = await get(world.operator, f"/v1/incidents/{incident['id']}")
    return found


def states(incident: Json) -> dict[str, str]:
    return {clock["kind"]: clock["state"] for clock in incident["clocks"]}


def clock(incident: Json, kind: str) -> Json:
    found: Json = next(clock for clock in incident["clocks"] if clock["kind"] == kind)
    return found


async def explained(world: Organisation, incident: Json, kind: str) -> Json:
    found: Json = await get(world.operator, f"/v1/incidents/{incident['id']}/clocks/{kind}/explanation")
    return found


async def told(world: Organisation, incident: Json, kind: str) -> list[str]:
    """The sentences of a type of event in the incident's timeline."""
    lines = await get(world.operator, f"/v1/incidents/{incident['id']}/timeline?limit=200")
    return [line["sentence_en"] for line in lines if line["type"] == f"incidents.{kind}.v1"]


async def signed(world: Organisation, **draft: Any) -> Json:
    """The next revision of the hospital's agreement, signed by both sides."""
    agreement: Json = await post(world.admin, f"/v1/contracts/{world.ids['contract']}/agreements", draft)
    for side in ("provider", "customer"):
        await post(world.admin, f"/v1/agreements/{agreement['id']}/sign", {"side": side, "signed_by": side})
    await world.platform.settle()
    return agreement


def targets(resolve_seconds: int) -> list[Json]:
    amounts = (("respond", 3600), ("on_site", 7200), ("resolve", resolve_seconds))
    return [{"severity": "general", "kind": kind, "amount": n, "unit": "seconds"} for kind, n in amounts]


async def test_one_hour_two_hours_eight_hours_kept(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await worked_on(world)
    planned = {"engineer_id": world.ids["engineer"], "planned_at": (await platform.now()).isoformat()}
    visit = await post(world.desk, f"/v1/incidents/{incident['id']}/visits", planned)
    await platform.advance(minutes=100)
    for move in ("depart", "arrive"):
        await post(world.engineer, f"/v1/visits/{visit['id']}/{move}")
    await platform.advance(hours=6)
    await moved(world, world.engineer, incident, "resolve", SOLVED)
    closed = await moved(world, world.operator, incident, "confirm")
    assert (closed["state"], states(closed)) == ("closed", {"respond": "met", "on_site": "met", "resolve": "met"})
    assert await told(world, incident, "clock_breached") == []


async def test_one_hour_two_hours_eight_hours_broken(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await reported(world)
    await platform.advance(hours=1, seconds=1)
    await platform.advance(hours=1)
    await platform.advance(hours=6)
    now = await seen(world, incident)
    assert set(states(now).values()) == {"breached"}
    broken = await told(world, incident, "clock_breached")
    assert broken == ["Promise “respond” broken", "Promise “on site” broken", "Promise “resolve” broken"]
    alarms = await get(world.responder, f"/v1/alarms?incident_id={incident['id']}")
    assert {alarm["detail"] for alarm in alarms} == {"respond", "on_site", "resolve"}


async def test_what_broke_while_we_were_down_is_said_once_and_marked_late(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await reported(world)
    platform.time.advance(timedelta(hours=30))
    await platform.settle()
    await platform.settle()
    lines = await get(world.operator, f"/v1/incidents/{incident['id']}/timeline?limit=200")
    broken = [line["data"] for line in lines if line["type"] == "incidents.clock_breached.v1"]
    assert sorted((said["kind"], said["late"]) for said in broken) == [
        ("on_site", True),
        ("resolve", True),
        ("respond", True),
    ]
    warned = [line["data"] for line in lines if line["type"] == "incidents.clock_warned.v1"]
    assert len({(said["kind"], said["percent"]) for said in warned}) == len(warned) == 9
    assert all(said["late"] for said in warned)


async def test_a_pause_is_disputed_and_settled_from_the_record(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await worked_on(world)
    await moved(world, world.engineer, incident, "pause", ASKED)
    await platform.advance(hours=9)
    await moved(world, world.engineer, incident, "resume")
    account = await explained(world, incident, "resolve")
    counted = sum(line["seconds"] for line in account["lines"] if line["counts"])
    assert ceil(round(counted, 6)) == account["counted_seconds"]
    assert any("waiting for the customer" in line["text_en"] for line in account["lines"])
    [pause] = await get(world.operator, f"/v1/incidents/{incident['id']}/pauses")
    await post(world.operator, f"/v1/pauses/{pause['id']}/dispute", {"dispute": "The key lay at the gate."})
    verdict = {"is_upheld": False, "settlement": "The gate's log shows it."}
    await post(world.quality, f"/v1/pauses/{pause['id']}/settle", verdict)
    await platform.settle()
    assert states(await seen(world, incident))["resolve"] == "breached"
    again = await explained(world, incident, "resolve")
    assert again["counted_seconds"] >= 9 * 3600
    assert not any("waiting" in line["text_en"] for line in again["lines"])
    assert await told(world, incident, "pause_settled") == ["The disputed pause is struck: The gate's log shows it."]


async def test_a_new_severity_while_paused_keeps_what_was_counted(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await worked_on(world)
    await platform.advance(hours=1)
    await moved(world, world.engineer, incident, "pause", ASKED)
    await platform.advance(hours=40)
    major = await moved(world, world.engineer, incident, "classify", ANALYSIS | {"severity": "major"})
    assert (major["state"], states(major)["resolve"]) == ("waiting", "paused")
    account = await explained(world, incident, "resolve")
    assert (account["unit"], account["amount"], account["started_at"]) == ("working_days", 1, incident["reported_at"])
    assert any(line["reason"] == "waiting_for_customer" and line["seconds"] // 3600 == 40 for line in account["lines"])


async def test_a_refused_solution_and_a_reopening_resume_the_clock(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await worked_on(world)
    await platform.advance(hours=2)
    await moved(world, world.engineer, incident, "resolve", SOLVED)
    await platform.advance(hours=30)
    await moved(world, world.operator, incident, "refuse", {"reason": "The wards are dark."})
    await platform.advance(hours=2)
    await moved(world, world.engineer, incident, "resolve", SOLVED)
    await moved(world, world.operator, incident, "confirm")
    await platform.advance(days=3)
    reopened = await moved(world, world.operator, incident, "reopen", {"reason": "Dark again."})
    assert (reopened["state"], clock(reopened, "resolve")["counted_seconds"] // 60) == ("in_progress", 240)
    await platform.advance(hours=4, seconds=1)
    assert await told(world, incident, "clock_breached") == [
        "Promise “on site” broken",
        "Promise “resolve” broken",
    ]


async def test_a_merge_is_told_and_undone(platform: Platform) -> None:
    world = await a_world(platform)
    target, source = await worked_on(world), await worked_on(world)
    await platform.advance(minutes=30)
    body = {"target_id": target["id"], "reason": "The same switch."}
    await moved(world, world.desk, source, "merge", body)
    mails = [mail.subject for mail in platform.recorder.mails(to="operator@demo.example")]
    assert any(source["number"] in subject and target["number"] in subject for subject in mails)
    await platform.advance(days=2)
    back = await moved(world, world.desk, source, "unmerge", {"reason": "Another switch."})
    assert (back["state"], clock(back, "resolve")["counted_seconds"] // 60) == ("triaged", 30)
    hidden = await world.reader.post(f"/v1/incidents/{source['id']}/merge", json=body)
    assert hidden.status_code == 403


async def test_an_amendment_for_new_reports_and_one_for_open_ones(platform: Platform) -> None:
    world = await a_world(platform)
    old = await worked_on(world)
    await signed(world, targets=targets(4 * 3600))
    assert clock(await seen(world, old), "resolve")["target_seconds"] == 8 * 3600
    assert clock(await reported(world), "resolve")["target_seconds"] == 4 * 3600
    proposal = {"agreement_id": old["agreement_id"], "targets": targets(2 * 3600), "replaces": True}
    foreseen = await post(world.admin, "/v1/clocks/what-if", proposal)
    assert old["number"] in {found["number"] for found in foreseen["moved"]}
    assert clock(await seen(world, old), "resolve")["target_seconds"] == 8 * 3600
    newest = await signed(world, targets=targets(2 * 3600), applies_to_open=True)
    now = await seen(world, old)
    assert (now["agreement_id"], clock(now, "resolve")["target_seconds"]) == (newest["id"], 2 * 3600)
    assert len(await told(world, old, "agreement_replaced")) == 1


async def test_a_corrected_calendar_moves_open_clocks(platform: Platform) -> None:
    world = await a_world(platform)
    calendar = await post(world.admin, "/v1/calendars:china", {"from_year": 2026, "to_year": 2027})
    await signed(world, calendar_id=calendar["id"])
    incident = await worked_on(world, severity="consultation")
    await moved(world, world.engineer, incident, "classify", ANALYSIS | {"severity": "consultation"})
    before = clock(await seen(world, incident), "resolve")
    today = (await platform.now()).date()
    closed: dict[str, Any] = {f"{today + timedelta(days=number)}": [] for number in range(1, 22)}
    data = {"zone": "Asia/Shanghai", "week": [[["00:00", "24:00"]]] * 7, "exceptions": closed}
    proposal = {"agreement_id": (await seen(world, incident))["agreement_id"], "calendar": data}
    [foreseen] = (await post(world.admin, "/v1/clocks/what-if", proposal))["moved"]
    correction = {"data": data, "reason": "The desk moves, and works round the clock after that."}
    await post(world.admin, f"/v1/calendars/{calendar['id']}/correct", correction)
    await platform.settle()
    now = clock(await seen(world, incident), "resolve")
    assert now["due_at"] > before["due_at"]
    assert (now["due_at"], now["started_at"]) == (foreseen["new_due_at"], before["started_at"])


async def test_not_covered_then_covered(platform: Platform) -> None:
    world = await a_world(platform)
    report = REPORT | {"title": "Catalogue down"}
    incident = await post(world.reader, "/v1/incidents", report)
    assert (incident["covered"], incident["cover"], incident["clocks"]) == (False, "undecided", [])
    await moved(world, world.desk, incident, "acknowledge")
    library = world.ids["library"]
    site = {"name_zh": "馆", "name_en": "Hall", "address": "示例路 9 号", "region": "Chengdu"}
    site_id = (await post(world.admin, f"/v1/customers/{library}/sites", site))["id"]
    await platform.settle()
    body = report | {"site_id": site_id}
    second = await post(world.reader, "/v1/incidents", body)
    await platform.advance(hours=2)
    term = {"number": "C-DEMO-9", "starts_on": "2025-01-01", "ends_on": "2100-01-01"}
    contract = await post(world.admin, "/v1/contracts", term | {"customer_id": library, "site_ids": [site_id]})
    agreement = await post(world.admin, f"/v1/contracts/{contract['id']}/agreements")
    for side in ("provider", "customer"):
        await post(world.admin, f"/v1/agreements/{agreement['id']}/sign", {"side": side, "signed_by": side})
    await platform.settle()
    now = await get(world.reader, f"/v1/incidents/{second['id']}")
    assert (now["covered"], now["contract_number"], states(now)["respond"]) == (True, "C-DEMO-9", "breached")
    assert clock(now, "resolve")["started_at"] == second["reported_at"]
    elsewhere = await get(world.reader, f"/v1/incidents/{incident['id']}")
    assert (elsewhere["covered"], elsewhere["cover"]) == (False, "undecided")


async def test_nobody_answers_over_a_holiday_with_a_make_up_saturday(platform: Platform) -> None:
    """Resolved on Wednesday, 30 September 2026: the holidays end on 7 October, and Saturday the 10th is worked."""
    world = await a_world(platform)
    noon = datetime.fromisoformat("2026-09-30T12:00:00+08:00")
    while noon < await platform.now():
        noon = noon.replace(year=noon.year + 1)
    calendar = {
        "zone": "Asia/Shanghai",
        "week": [[["09:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[], []],
        "exceptions": {f"{noon.year}-10-{day:02}": [] for day in range(1, 8)}
        | {f"{noon.year}-10-10": [["09:00", "12:00"], ["13:30", "18:00"]]},
    }
    await signed(world, calendar=calendar, close_after_days=3)
    await platform.advance(seconds=(noon - await platform.now()).total_seconds())
    incident = await worked_on(world)
    resolved = await moved(world, world.engineer, incident, "resolve", SOLVED)
    closes_at = datetime.fromisoformat(resolved["closes_at"]).astimezone(noon.tzinfo)
    worked = [day for day in range(8, 15) if date(noon.year, 10, day).weekday() < 5 or day == 10]
    assert (closes_at.month, closes_at.day) == (10, worked[2])
    await platform.advance(seconds=(closes_at - await platform.now()).total_seconds() - 1)
    assert (await seen(world, incident))["state"] == "resolved"
    await platform.advance(seconds=2)
    assert (await seen(world, incident))["state"] == "closed"


async def test_a_parent_fans_out_to_its_children(platform: Platform) -> None:
    world = await a_world(platform)
    parent, child = await worked_on(world), await worked_on(world, asset="storage")
    body = {"parent_id": parent["id"]}
    answer = await world.desk.put(f"/v1/incidents/{child['id']}/parent", json=body)
    assert answer.is_success, answer.text
    await moved(world, world.engineer, parent, "resolve", SOLVED | {"with_children": False})
    refused = await world.operator.post(f"/v1/incidents/{parent['id']}/confirm", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "children_open")
    await moved(world, world.desk, parent, "reopen", {"reason": "The child is open."})
    await moved(world, world.engineer, parent, "resolve", SOLVED)
    assert (await seen(world, child))["state"] == "resolved"
    assert (await moved(world, world.operator, parent, "confirm"))["state"] == "closed"


async def test_a_difficult_problem_ends_in_a_joint_analysis(platform: Platform) -> None:
    world = await a_world(platform)
    incident = await worked_on(world)
    await moved(world, world.desk, incident, "assign", {"engineer_id": world.ids["engineer"]})
    for _ in range(3):
        await moved(world, world.engineer, incident, "escalate", {"reason": "Restarts without a trace."})
    [analysis] = await get(world.operator, f"/v1/incidents/{incident['id']}/joint-analyses")
    path = f"/v1/joint-analyses/{analysis['id']}"
    for name, team in (("engineer", "site"), ("responder", "regional"), ("desk", "headquarters")):
        await post(world.engineer, f"{path}/participants", {"person_id": world.ids[name], "team": team})
    proposed = await post(world.engineer, f"{path}/hypotheses", {"statement": "The firmware leaks."})
    judge = f"{path}/hypotheses/{proposed['hypotheses'][0]['id']}/judge"
    await post(world.responder, judge, {"verdict": "confirmed", "finding": "Heap dump of 03:12."})
    end = {"conclusion": "Firmware 4.2 leaks.", "owner_id": world.ids["engineer"]}
    assert (await post(world.engineer, f"{path}/conclude", end))["state"] == "concluded"
    await platform.settle()
    assert len(await told(world, incident, "joint_analysis_concluded")) == 1
    shares = await get(world.operator, f"/v1/incidents/{incident['id']}/segments")
    assert [share["team"] for share in shares] == ["desk", "site", "regional", "headquarters", "joint_analysis"]
