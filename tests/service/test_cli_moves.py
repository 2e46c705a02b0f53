"""Moves, filters and the page of an incident: what the command asks of the platform, and what it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clients.cli.moves import MOVES
from tests.builders.answering import INCIDENT, NUMBER, Answering, incident, person
from tests.builders.calling import Caller
from tests.builders.receiving import ASSET, HOSPITAL, SITE

TARGET = "00000000-0000-7000-8000-00000000001d"
LI, WANG = person(1, "Li"), person(2, "Wang")
CLOCK = {
    "kind": "resolve",
    "state": "running",
    "started_at": "2026-03-02T04:00:00Z",
    "due_at": "2026-03-02T12:00:00Z",
    "stopped_at": None,
    "counted_seconds": 3600,
    "remaining_seconds": 25200,
    "target_seconds": 28800,
}
RELATED: dict[str, Any] = {
    "id": TARGET,
    "number": "INC-2026-000002",
    "title": "Slow",
    "state": "reported",
    "severity": "major",
    "merged_into_id": None,
    "reason": "The same switch",
    "related_by": "person:1",
    "related_at": "2026-03-02T05:00:00Z",
}
GIVEN: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "acknowledge": ((), {}),
    "classify": (
        ("--severity", "major", "--fault-class", "line", "--analysis", "Cut"),
        {"severity": "major", "fault_class": "line", "analysis": "Cut"},
    ),
    "prioritise": (("--impact", "high", "--urgency", "low"), {"impact": "high", "urgency": "low"}),
    "assign": (("--engineer", "wang", "--team", "site"), {"engineer_id": WANG["id"], "team": "site"}),
    "begin": ((), {}),
    "pause": (
        ("--reason", "site_closed", "--evidence", "Gate shut", "--until", "2026-03-03 09:00"),
        {"reason": "site_closed", "evidence": "Gate shut", "until": "2026-03-03T09:00:00Z"},
    ),
    "resume": ((), {}),
    "escalate": (("--reason", "Beyond us", "--engineer", "me"), {"reason": "Beyond us", "engineer_id": LI["id"]}),
    "resolve": (("--solution", "Spliced", "--alone"), {"solution": "Spliced", "with_children": False}),
    "confirm": ((), {}),
    "refuse": (("--reason", "Still down"), {"reason": "Still down"}),
    "reopen": (("--reason", "Down again"), {"reason": "Down again"}),
    "cancel": (("--reason", "No fault"), {"reason": "No fault"}),
    "merge": (("--into", "INC-2026-000002", "--reason", "Same cut"), {"target_id": TARGET, "reason": "Same cut"}),
    "unmerge": (("--reason", "Another cut"), {"reason": "Another cut"}),
    "decide-cover": (("--cover", "goodwill", "--reason", "Old friend"), {"cover": "goodwill", "reason": "Old friend"}),
}


@pytest.fixture
def platform() -> Answering:
    moved = incident(state="waiting", clocks=[CLOCK], allowed=["resume"])
    customer = {"customer_id": HOSPITAL, "name_zh": "演示医院", "name_en": "Demo Hospital", "active": True}
    asset = {"id": ASSET, "customer_id": HOSPITAL, "site_id": SITE, "name": "Core switch", "product": "switch"}
    return Answering(
        {
            ("GET", "/v1/me"): LI,
            ("GET", "/v1/people"): [LI, WANG],
            ("GET", "/v1/customers"): [customer],
            ("GET", f"/v1/customers/{HOSPITAL}/assets"): [asset | {"model": "S-9", "serial": "SN-1"}],
            ("GET", "/v1/incidents"): [incident()],
            ("POST", "/v1/incidents"): incident(),
            ("GET", f"/v1/incidents/{NUMBER}"): incident(),
            ("GET", "/v1/incidents/INC-2026-000002"): incident(id=TARGET, number="INC-2026-000002"),
            **{("POST", f"/v1/incidents/{INCIDENT}/{move.name}"): moved for move in MOVES},
        }
    )


@pytest.fixture
def caller(tmp_path: Path, platform: Answering) -> Caller:
    return Caller(tmp_path, platform.transport)


@pytest.mark.parametrize("move", [move.name for move in MOVES])
def test_a_move_says_what_was_written_and_tells_how_the_incident_stands(
    caller: Caller, platform: Answering, move: str
) -> None:
    options, body = GIVEN[move]
    code, out, err = caller.calls("incidents", move, NUMBER, *options)
    assert (code, err) == (0, "")
    assert platform.written == [(f"/v1/incidents/{INCIDENT}/{move}", body)]
    assert [piece in out for piece in (NUMBER, "waiting", "7 h", "Possible now  resume")] == [True] * 4


def test_what_is_left_out_is_the_platforms_to_choose(caller: Caller, platform: Answering) -> None:
    caller.calls("incidents", "resolve", NUMBER, "--solution", "Spliced")
    caller.calls("incidents", "assign", NUMBER, "--engineer", "wang@demo.example")
    assert [said for _, said in platform.written] == [{"solution": "Spliced"}, {"engineer_id": WANG["id"]}]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"cancel {NUMBER}", "--reason is missing."),
        (f"pause {NUMBER} --evidence x --reason lunch", "--reason: not lunch, but one of waiting_for_customer"),
        (f"pause {NUMBER} --evidence x --reason site_closed --until noon", "--until: noon is no time such as"),
        (f"assign {NUMBER} --engineer zhao", "--engineer: nothing matches “zhao”."),
        ("begin", "INCIDENT is missing."),
    ],
)
def test_a_move_that_cannot_be_understood_is_not_made(
    caller: Caller, platform: Answering, line: str, sentence: str
) -> None:
    code, _, err = caller.calls("incidents", *line.split())
    assert (code, sentence in err, platform.written) == (2, True, [])


def test_a_list_is_narrowed_and_ordered_by_the_platform(caller: Caller, platform: Answering) -> None:
    options = "--state waiting --state triaged --priority high --team site --breached --order due --engineer me"
    caller.calls(
        "incidents",
        "list",
        *options.split(),
        "--due-before",
        "2026-03-02 10:30",
        "--words",
        "core switch",
        "--source-number",
        "INC7",
    )
    _, path, query = platform.asked[-1]
    assert (path, query.pop("limit")) == ("/v1/incidents", ["200"])
    assert query == {
        "state": ["waiting", "triaged"],
        "priority": ["high"],
        "team": ["site"],
        "breached": ["true"],
        "order": ["due"],
        "engineer_id": [LI["id"]],
        "due_before": ["2026-03-02T10:30:00+00:00"],
        "q": ["core switch"],
        "source_number": ["INC7"],
    }


def test_a_direct_call_is_reported_at_its_true_time(caller: Caller, platform: Answering) -> None:
    options = ("--asset", "core", "--direct-call", "--at", "2026-03-02T18:00:00+08:00", "--impact", "high")
    code, _, _ = caller.calls("incidents", "report", "--title", "Down", *options)
    [(_, said)] = platform.written
    stated = {name: said.get(name) for name in ("channel", "reported_at", "impact", "urgency")}
    expected = {"channel": "direct_call", "reported_at": "2026-03-02T18:00:00+08:00", "impact": "high", "urgency": None}
    assert (code, stated) == (0, expected)


def test_an_incident_tells_its_pauses_its_teams_and_why_a_move_cannot_be_made(
    caller: Caller, platform: Answering
) -> None:
    hindered = [
        {"move": "pause", "why_not": None},
        {"move": "reopen", "why_not": "not_in_this_state"},
        {"move": "assign", "why_not": "not_permitted"},
        {"move": "confirm", "why_not": "customers_own"},
    ]
    pause = {"id": INCIDENT, "reason": "site_closed", "author": "person:1", "evidence": "Gate shut"}
    never = dict.fromkeys(("planned_until_at", "disputed_at", "settled_at", "struck_at", "settlement"))
    begun = {"from_at": "2026-03-02T05:00:00Z", "until_at": None}
    team = {"from_at": "2026-03-02T04:00:00Z", "until_at": "2026-03-02T05:00:01Z", "seconds": 3601}
    platform.answers |= {
        ("GET", f"/v1/incidents/{NUMBER}"): incident(clocks=[CLOCK], moves=hindered, priority="high"),
        ("GET", f"/v1/incidents/{INCIDENT}/pauses"): [pause | never | begun | {"dispute": "It was open"}],
        ("GET", f"/v1/incidents/{INCIDENT}/related"): [RELATED],
        ("GET", f"/v1/incidents/{INCIDENT}/segments"): [
            team | {"team": "desk", "counted_seconds": 3600},
            team | {"team": "regional", "counted_seconds": None},
        ],
    }
    code, out, _ = caller.calls("incidents", "show", NUMBER)
    told = (
        "Priority high",
        "no access to the site",
        "Disputed: It was open",
        "1:00:01 1:00:00 counted",
        f"{RELATED['number']} reported Slow The same switch",
        "Possible now pause",
        "Not in this state reopen",
        "Needs another role assign",
        "Only the customer confirm",
    )
    said = " ".join(out.split())
    assert (code, [piece for piece in told if piece not in said]) == (0, [])
    assert "客户异议：It was open" in caller.calls("incidents", "show", NUMBER, language="zh")[1]


def test_two_incidents_are_related_by_their_numbers_and_parted_again(caller: Caller, platform: Answering) -> None:
    relation = f"/v1/incidents/{INCIDENT}/related"
    platform.answers |= {
        ("GET", f"/v1/incidents/{NUMBER}"): incident(),
        ("GET", f"/v1/incidents/{RELATED['number']}"): incident(id=RELATED["id"], number=RELATED["number"]),
        ("PUT", f"{relation}/{RELATED['id']}"): incident(),
        ("DELETE", f"{relation}/{RELATED['id']}"): incident(),
        ("GET", relation): [RELATED],
    }
    named = (NUMBER, RELATED["number"], "--reason", "The same switch.")
    code, out, _ = caller.calls("incidents", "relate", *named)
    assert (code, RELATED["number"] in out) == (0, True)
    assert caller.calls("incidents", "unrelate", *named)[0] == 0
    between = f"{relation}/{RELATED['id']}"
    assert [asked[:2] for asked in platform.asked if asked[1] == between] == [("PUT", between), ("DELETE", between)]
