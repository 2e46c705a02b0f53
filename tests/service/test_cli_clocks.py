"""`aftercare clocks`: the account of a promise adds up, and a proposal is foreseen for all open incidents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.answering import INCIDENT, NUMBER, Answering, Turns, incident
from tests.builders.calling import Caller

AGREEMENT = "00000000-0000-7000-8000-0000000000aa"
NEXT = "00000000-0000-7000-8000-0000000000ab"


def line(start: str, end: str, reason: str, seconds: int, so_far: int) -> dict[str, Any]:
    times = {"from_at": f"2026-03-02T{start}Z", "until_at": f"2026-03-02T{end}Z", "seconds": seconds}
    return times | {
        "counts": reason == "counted",
        "reason": reason,
        "so_far_seconds": so_far,
        "text_zh": "",
        "text_en": "",
    }


EXPLAINED = {
    "kind": "resolve",
    "state": "running",
    "started_at": "2026-03-02T01:00:00Z",
    "due_at": "2026-03-02T12:00:00Z",
    "stopped_at": None,
    "counted_seconds": 5407,
    "remaining_seconds": 100,
    "target_seconds": 5507,
    "zone": "Asia/Shanghai",
    "amount": 5507,
    "unit": "working_seconds",
    "provisional_years": [2028],
    "lines": [
        line("01:00:00", "02:00:00", "counted", 3600, 3600),
        line("02:00:00", "03:00:00", "waiting_for_customer", 3600, 3600),
        line("03:00:00", "03:30:07", "counted", 1807, 5407),
    ],
    "summary_zh": "承诺“解决”计时中",
    "summary_en": "Promise resolve running",
}


def moved(number: str, state: str, new_state: str | None) -> dict[str, Any]:
    due = "2026-03-02T12:00:00Z"
    new_due = None if new_state is None else "2026-03-02T18:00:00Z"
    told = {"incident_id": INCIDENT, "number": number, "kind": "resolve", "state": state, "due_at": due}
    return told | {"new_state": new_state, "new_due_at": new_due}


def begun(number: str, state: str) -> dict[str, Any]:
    due = "2026-03-02T09:00:00Z"
    return {"incident_id": INCIDENT, "number": number, "kind": "on_site", "state": state, "due_at": due}


@pytest.fixture
def platform() -> Answering:
    parts = Turns(
        [
            {"examined": 500, "moved": [moved("INC-1", "running", "breached")], "next": NEXT},
            {
                "examined": 2,
                "moved": [moved("INC-2", "breached", "running"), moved("INC-3", "running", None)],
                "added": [begun("INC-4", "breached"), begun("INC-5", "running")],
                "next": None,
            },
        ]
    )
    return Answering(
        {
            ("GET", f"/v1/incidents/{NUMBER}"): incident(),
            ("GET", f"/v1/incidents/{INCIDENT}/clocks/resolve/explanation"): EXPLAINED,
            ("POST", "/v1/clocks/what-if"): parts,
        }
    )


@pytest.fixture
def caller(tmp_path: Path, platform: Answering) -> Caller:
    return Caller(tmp_path, platform.transport)


def test_every_second_of_a_promise_is_accounted_for_in_the_calendars_time(caller: Caller) -> None:
    code, out, _ = caller.calls("clocks", "explain", NUMBER, "resolve")
    rows = [" ".join(row.split()) for row in out.splitlines()]
    assert code == 0
    assert "2026-03-02 11:00:00 11:30:07 0:30:07 1:30:07 counted" in rows
    assert "2026-03-02 10:00:00 11:00:00 1:00:00 1:00:00 waiting for the customer" in rows
    assert "sum 1:30:07" in rows
    assert "Public holidays of 2028 are not announced yet" in out


def test_the_account_is_told_in_chinese_and_as_data(caller: Caller) -> None:
    chinese = caller.calls("clocks", "explain", NUMBER, "resolve", language="zh")[1]
    assert [piece in chinese for piece in ("承诺“解决”计时中", "等待客户", "合计")] == [True] * 3
    told = json.loads(caller.calls("clocks", "explain", NUMBER, "resolve", "--json")[1])
    assert sum(each["seconds"] for each in told["lines"] if each["counts"]) == told["counted_seconds"]


def test_a_kind_that_is_none_is_wrong_usage(caller: Caller) -> None:
    code, _, err = caller.calls("clocks", "explain", NUMBER, "repair")
    assert (code, "not repair, but one of respond" in err) == (2, True)


def test_a_proposal_is_foreseen_for_all_open_incidents(caller: Caller, platform: Answering) -> None:
    calendar, targets = caller.folder / "calendar.json", caller.folder / "targets.json"
    calendar.write_text('{"zone": "UTC", "week": []}')
    targets.write_text('[{"severity": "major", "kind": "resolve", "amount": 1, "unit": "seconds"}]')
    code, out, _ = caller.calls(
        "clocks", "what-if", AGREEMENT, "--calendar", str(calendar), "--targets", str(targets), "--replaces"
    )
    first, second = (said for _, said in platform.written)
    assert (first["calendar"]["zone"], first["targets"][0]["amount"], first["replaces"]) == ("UTC", 1, True)
    assert second == first | {"after": NEXT}
    assert (code, "not promised" in out) == (0, True)
    assert "502 open promises examined, 3 would move; 1 more would be broken, 1 fewer." in out
    assert "2 promises would begin, 1 of them already broken." in out
    assert ["INC-5", "on", "site"] in [row.split()[:3] for row in out.splitlines()]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "is no JSON of the kind expected"), ("[]", "is no JSON of the kind expected: list")],
)
def test_a_file_that_is_no_calendar_is_wrong_usage(
    caller: Caller, platform: Answering, content: str, sentence: str
) -> None:
    calendar = caller.folder / "calendar.json"
    calendar.write_text(content)
    code, _, err = caller.calls("clocks", "what-if", AGREEMENT, "--calendar", str(calendar))
    assert (code, sentence in err, platform.asked) == (2, True, [])


def test_what_if_nothing_is_wrong_usage(caller: Caller) -> None:
    code, _, err = caller.calls("clocks", "what-if", AGREEMENT)
    assert (code, "State --calendar, --targets or both." in err) == (2, True)
