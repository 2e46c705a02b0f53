"""`aftercare comments` and `aftercare analyses`: what is said, attached and found out together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.answering import INCIDENT, NUMBER, Answering, incident, person
from tests.builders.calling import Caller

ANALYSIS = "00000000-0000-7000-8000-00000000003a"
HYPOTHESIS = "00000000-0000-7000-8000-00000000003b"
LI, WANG = person(1, "Li"), person(2, "Wang")
COMMENT = {
    "id": "00000000-0000-7000-8000-00000000003c",
    "visibility": "public",
    "text": "When will somebody come?",
    "author": f"person:{WANG['id']}",
    "author_name": "Zhou Min",
    "from_customer": True,
    "written_at": "2026-03-02T04:30:00Z",
}
NOTE = COMMENT | {
    "visibility": "internal",
    "text": "Beyond us.\nAsk the vendor.",
    "author": f"person:{LI['id']}",
    "author_name": "Li",
    "from_customer": False,
}
FILE = {"id": HYPOTHESIS, "name": "核心交换机.log", "media_type": "text/plain", "size": 2048, "visibility": "internal"}
FILE |= {"author": f"person:{LI['id']}", "author_name": "Li", "added_at": "2026-03-02T04:31:00Z"}


def analysis(**changes: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": ANALYSIS,
        "state": "open",
        "convened_at": "2026-03-02T05:00:00Z",
        "concluded_at": None,
        "conclusion": None,
        "participants": [{"person_id": LI["id"], "person_name": "Li", "team": "site"}],
        "hypotheses": [
            {"id": ANALYSIS, "statement": "Power", "verdict": "rejected", "finding": "Steady"},
            {"id": HYPOTHESIS, "statement": "Firmware", "verdict": "proposed", "finding": None},
        ],
    }
    return shown | changes


@pytest.fixture
def platform() -> Answering:
    path, at = f"/v1/incidents/{INCIDENT}", f"/v1/joint-analyses/{ANALYSIS}"
    concluded = analysis(state="concluded", conclusion="Firmware 7.1.")
    return Answering(
        {
            ("GET", "/v1/me"): LI,
            ("GET", "/v1/people"): [LI, WANG],
            ("GET", f"/v1/incidents/{NUMBER}"): incident(),
            ("GET", f"{path}/comments"): [NOTE, COMMENT],
            ("POST", f"{path}/comments"): NOTE,
            ("GET", f"{path}/attachments"): [FILE],
            ("GET", f"{path}/joint-analyses"): [analysis()],
            ("POST", f"{at}/participants"): analysis(),
            ("POST", f"{at}/hypotheses"): analysis(),
            ("POST", f"{at}/hypotheses/{HYPOTHESIS}/judge"): analysis(),
            ("POST", f"{at}/conclude"): concluded,
        }
    )


@pytest.fixture
def caller(tmp_path: Path, platform: Answering) -> Caller:
    return Caller(tmp_path, platform.transport)


def test_comments_are_told_oldest_first_with_what_is_internal_and_the_files(caller: Caller) -> None:
    code, out, err = caller.calls("comments", "list", NUMBER)
    assert (code, err) == (0, "")
    assert [line.rstrip() for line in out.splitlines()] == [
        "2026-03-02 04:30  Zhou Min  customer",
        "  When will somebody come?",
        "",
        "2026-03-02 04:30  Li  provider  internal",
        "  Beyond us.",
        "  Ask the vendor.",
        "",
        "Files",
        "核心交换机.log  2 KB  Li  internal",
    ]
    assert "服务方  内部" in caller.calls("comments", "list", NUMBER, language="zh")[1]
    assert [said["text"] for said in json.loads(caller.calls("comments", "list", NUMBER, "--json")[1])] == [
        COMMENT["text"],
        NOTE["text"],
    ]


def test_nothing_said_is_told(caller: Caller, platform: Answering) -> None:
    for name in ("comments", "attachments"):
        platform.answers["GET", f"/v1/incidents/{INCIDENT}/{name}"] = []
    assert caller.calls("comments", "list", NUMBER)[1] == "Nothing was said or attached yet.\n"


@pytest.mark.parametrize(("options", "visibility"), [((), "public"), (("--internal",), "internal")])
def test_a_comment_is_public_unless_it_is_said_to_be_internal(
    caller: Caller, platform: Answering, options: tuple[str, ...], visibility: str
) -> None:
    code, out, _ = caller.calls("comments", "add", NUMBER, "--text", "At ten.", *options)
    assert (code, "Ask the vendor." in out) == (0, True)
    assert platform.written == [(f"/v1/incidents/{INCIDENT}/comments", {"text": "At ten.", "visibility": visibility})]


def test_files_go_along_and_are_as_internal_as_what_is_said(
    caller: Caller, platform: Answering, tmp_path: Path
) -> None:
    file, path = tmp_path / "state.json", f"/v1/incidents/{INCIDENT}/attachments"
    file.write_text('{"down": true}')
    platform.answers["POST", path] = FILE
    code, out, err = caller.calls("comments", "add", NUMBER, "--text", "Look", "--internal", "--attach", str(file))
    assert (code, err, "核心交换机.log  2 KB" in out) == (0, "", True)
    assert platform.written[1:] == [(path, {"down": True})]
    assert platform.queries[path] == {"name": "state.json", "visibility": "internal"}


def test_a_file_that_cannot_be_read_keeps_the_comment_from_being_said(
    caller: Caller, platform: Answering, tmp_path: Path
) -> None:
    code, _, err = caller.calls("comments", "add", NUMBER, "--text", "Look", "--attach", str(tmp_path / "none.log"))
    assert (code, "cannot be read: No such file" in err, platform.written) == (2, True, [])


def test_a_text_cannot_write_on_the_readers_screen(caller: Caller, platform: Answering) -> None:
    platform.answers["GET", f"/v1/incidents/{INCIDENT}/comments"] = [COMMENT | {"text": "\x1b[2JGone"}]
    out = caller.calls("comments", "list", NUMBER)[1]
    assert ("\x1b" in out, "[2JGone" in out) == (False, True)


def test_an_analysis_is_told_with_its_people_and_hypotheses(caller: Caller) -> None:
    code, out, _ = caller.calls("analyses", "show", NUMBER)
    told = " ".join(out.split())
    people, hypotheses = "site team Li", "1 rejected Power Steady 2 proposed Firmware"
    assert (code, told) == (0, f"joint analysis open convened 2026-03-02 05:00 {people} Hypotheses {hypotheses}")
    assert "待验证" in caller.calls("analyses", "show", NUMBER, language="zh")[1]


@pytest.mark.parametrize(
    ("line", "path", "body"),
    [
        ("join --team site", "participants", {"person_id": LI["id"], "team": "site"}),
        ("join --team regional --person wang", "participants", {"person_id": WANG["id"], "team": "regional"}),
        ("propose --statement Firmware", "hypotheses", {"statement": "Firmware"}),
        (
            "judge --hypothesis 2 --verdict confirmed --finding Seen",
            f"hypotheses/{HYPOTHESIS}/judge",
            {"verdict": "confirmed", "finding": "Seen"},
        ),
        ("conclude --conclusion Known --owner wang", "conclude", {"conclusion": "Known", "owner_id": WANG["id"]}),
    ],
)
def test_a_step_is_taken_in_the_analysis_that_is_open(
    caller: Caller, platform: Answering, line: str, path: str, body: dict[str, Any]
) -> None:
    former = analysis(id=HYPOTHESIS, state="concluded", convened_at="2026-03-03T05:00:00Z")
    platform.answers["GET", f"/v1/incidents/{INCIDENT}/joint-analyses"] = [former, analysis()]
    step, *options = line.split()
    code, out, err = caller.calls("analyses", step, NUMBER, *options)
    assert (code, err, "Firmware" in out) == (0, "", True)
    assert platform.written == [(f"/v1/joint-analyses/{ANALYSIS}/{path}", body)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("join --team desk", "--team: not desk, but one of site, regional, headquarters"),
        ("judge --hypothesis 3 --verdict rejected --finding x", "There is no hypothesis 3, but 2."),
        ("judge --hypothesis 1 --verdict maybe --finding x", "--verdict: not maybe, but one of confirmed, rejected"),
        ("conclude --conclusion x", "--owner is missing."),
    ],
)
def test_a_step_that_cannot_be_understood_is_not_taken(
    caller: Caller, platform: Answering, line: str, sentence: str
) -> None:
    step, *options = line.split()
    code, _, err = caller.calls("analyses", step, NUMBER, *options)
    assert (code, sentence in err, platform.written) == (2, True, [])


def test_without_an_analysis_there_is_nothing_to_join(caller: Caller, platform: Answering) -> None:
    platform.answers["GET", f"/v1/incidents/{INCIDENT}/joint-analyses"] = []
    code, _, err = caller.calls("analyses", "join", NUMBER, "--team", "site")
    assert (code, "No joint analysis was convened" in err) == (2, True)
    assert caller.calls("analyses", "show", NUMBER)[:2] == (0, "No joint analysis was convened for this incident.\n")
