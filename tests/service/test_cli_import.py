"""`aftercare import incidents` against what answers as the platform does: what is sent, told and left out."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from clients.cli.importing.sending import BATCH
from tests.builders.calling import Called, Caller
from tests.builders.exports import closed, log, text_of, update, written
from tests.builders.receiving import ASSET, HOSPITAL, SITE, Receiver, agreement, problem

HUNDRED = [row for number in range(100) for row in closed(f"INC{number:04}")]


@pytest.fixture
def platform() -> Receiver:
    return Receiver()


@pytest.fixture
def caller(tmp_path: Path, platform: Receiver) -> Caller:
    return Caller(tmp_path, platform.transport)


def imports(caller: Caller, file: Path, *options: str, language: str = "en") -> Called:
    given = ("import", "incidents", str(file), "--format", "servicenow", "--customer", "hospital", *options)
    return caller.calls(*given, language=language)


def summary(called: Called) -> Any:
    return json.loads(called[1])


def test_every_incident_is_sent_whole_in_batches_and_in_order(caller: Caller, platform: Receiver) -> None:
    code, out, err = imports(caller, log(caller.folder, HUNDRED))
    assert (code, err) == (0, "")
    assert [len(request["incidents"]) for request in platform.requests] == [BATCH, BATCH]
    assert list(platform.kept) == [f"INC{number:04}" for number in range(100)]
    assert {len(incident["facts"]) for incident in platform.kept.values()} == {4}
    asked = platform.requests[0] | {"incidents": None}
    assert asked == {"source": "servicenow", "customer_id": HOSPITAL, "dry_run": False, "incidents": None}
    assert "Import of log.csv, its times read in Asia/Shanghai" in out
    assert [line.split() for line in out.splitlines() if line.rstrip().endswith(" 400")] == [["imported", "100", "400"]]


def test_run_again_nothing_changes_and_that_is_said(caller: Caller, platform: Receiver) -> None:
    file = log(caller.folder, HUNDRED, "log.csv.gz")
    imports(caller, file)
    again = summary(imports(caller, file, "--json"))
    assert again["incidents"] == {"imported": 0, "unchanged": 100, "refused": 0, "rejected": 0}
    assert again["counts"]["priority"] == {"3 - Moderate": 100}


@pytest.mark.parametrize("options", [(), ("--site", "主机房"), ("--asset", "SN-1")])
def test_where_the_incidents_were_is_asked_for_only_when_it_was_not_said(
    caller: Caller, platform: Receiver, options: tuple[str, ...]
) -> None:
    platform.uncovered = {"INC1"}
    _, out, _ = imports(caller, log(caller.folder, [*closed("INC1"), *closed("INC2")]), *options)
    assert "1 of them are not covered" in out
    assert ("--site or --asset" in out) == (not options)


def test_a_dry_run_asks_for_judgement_only(caller: Caller, platform: Receiver) -> None:
    code, out, _ = imports(caller, log(caller.folder, closed("INC1")), "--dry-run")
    assert (code, platform.requests[0]["dry_run"], platform.kept) == (0, True, {})
    assert "nothing was written" in out


def test_a_bar_is_drawn_where_a_person_looks(caller: Caller) -> None:
    given = ("import", "incidents", str(log(caller.folder, HUNDRED)), "--format", "servicenow", "--asset", "SN-1")
    assert "100%" in caller.calls(*given, at_terminal=True)[1]
    assert "100%" in caller.calls(*given, "--limit", "7", at_terminal=True)[1]
    assert "100 个事件" in caller.calls(*given, at_terminal=True, language="zh")[1]
    assert "100%" not in caller.calls(*given)[1]
    assert "100%" not in caller.calls(*given, "--json", at_terminal=True)[1]


def test_only_the_first_incidents_are_sent_where_so_asked(caller: Caller, platform: Receiver) -> None:
    imports(caller, log(caller.folder, HUNDRED), "--limit", "7")
    assert len(platform.kept) == 7


def test_an_incident_with_a_bad_row_is_left_out_and_told_with_line_and_reason(
    caller: Caller, platform: Receiver
) -> None:
    bad = [*closed("INC1"), update("INC1", "Asleep", "31/2/2016 00:00"), *closed("INC2")]
    kept = caller.folder / "rejected.csv"
    code, out, _ = imports(caller, log(caller.folder, bad), "--rejected", str(kept))
    assert (code, list(platform.kept)) == (1, ["INC2"])
    assert "'31/2/2016 00:00' is no date and time" not in out, "the state is looked at first"
    assert "incident_state: the mapping does not know 'Asleep'" in out
    assert list(csv.reader(kept.read_text(encoding="utf-8").splitlines())) == [
        ["line", "number", "reason"],
        ["6", "INC1", "incident_state: the mapping does not know 'Asleep'"],
    ]
    assert "映射中没有 'Asleep'" in imports(caller, log(caller.folder, bad), language="zh")[1]


def test_a_row_without_a_number_is_counted_among_what_was_left_out(caller: Caller, platform: Receiver) -> None:
    rows = [row for number in range(3) for row in closed(f"INC{number}")]
    rows[5] |= {"number": "?"}
    called = imports(caller, log(caller.folder, rows), "--json")
    assert (called[0], list(platform.kept)) == (1, ["INC0", "INC2"])
    assert summary(called)["updates"] == {"imported": 8, "unchanged": 0, "refused": 0, "rejected": 4}
    assert [each["line"] for each in summary(called)["first_left_out"]] == [7, 6]


def test_the_first_twenty_are_shown_and_all_are_kept(caller: Caller) -> None:
    bad = [row for number in range(30) for row in closed(f"INC{number}", priority="none")]
    kept = caller.folder / "rejected.csv"
    _, out, _ = imports(caller, log(caller.folder, bad), "--rejected", str(kept))
    assert "and 100 more" in out
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 1 + 120


def test_what_the_platform_refuses_is_told_in_its_words(caller: Caller, platform: Receiver) -> None:
    platform.refused = {"INC0003"}
    called = imports(caller, log(caller.folder, HUNDRED), "--json")
    assert (called[0], summary(called)["incidents"]["refused"]) == (1, 1)
    assert summary(called)["first_left_out"] == [
        {"line": 14, "number": "INC0003", "reason": "the platform: It contradicts itself."}
    ]


def test_what_is_invalid_is_left_out_and_the_others_are_sent_again(caller: Caller, platform: Receiver) -> None:
    platform.invalid = {"INC0003", "INC0008"}
    called = imports(caller, log(caller.folder, HUNDRED[:40]), "--json")
    assert summary(called)["incidents"] == {"imported": 8, "unchanged": 0, "refused": 2, "rejected": 0}
    assert [len(request["incidents"]) for request in platform.requests] == [10, 8]
    assert summary(called)["first_left_out"][0]["reason"] == "the platform: contact_email: no address"


def test_a_rate_limit_is_waited_out(caller: Caller, platform: Receiver) -> None:
    platform.first_answers = [problem(429, "too_many_requests", retry_after=0) for _ in range(3)]
    assert (imports(caller, log(caller.folder, HUNDRED))[0], len(platform.kept)) == (0, 100)


@pytest.mark.parametrize(
    ("status", "code"), [(403, "forbidden"), (404, "customer_not_found"), (401, "unauthenticated")]
)
def test_a_caller_who_may_not_is_told_so_and_nothing_is_kept(
    caller: Caller, platform: Receiver, status: int, code: str
) -> None:
    platform.first_answers = [problem(status, code) for _ in range(4)]
    exit_code, out, err = imports(caller, log(caller.folder, HUNDRED))
    assert (exit_code, out, platform.kept) == (1, "", {})
    assert code in err


def test_an_import_that_ends_early_tells_what_came_of_it(caller: Caller, platform: Receiver) -> None:
    platform.ends_after = 2
    rows = [row for number in range(150) for row in closed(f"INC{number:04}")]
    code, out, err = imports(caller, log(caller.folder, rows))
    assert (code, len(platform.kept)) == (1, 2 * BATCH)
    assert "ended early; run it again to go on" in out
    assert "forbidden" in err


def test_a_gzip_that_breaks_off_keeps_whole_incidents_only_and_says_where(caller: Caller, platform: Receiver) -> None:
    rows = [row for number in range(3000) for row in closed(f"INC{number:04}", cmdb_ci=f"{number * 7919}")]
    file = log(caller.folder, rows, "log.csv.gz")
    file.write_bytes(file.read_bytes()[:-9000])
    code, _, err = imports(caller, file)
    assert code == 2
    assert 0 < len(platform.kept) < 3000
    assert {len(incident["facts"]) for incident in platform.kept.values()} == {4}
    assert "log.csv.gz breaks off at line" in err
    assert "run the command again" in err
    file = log(caller.folder, rows, "log.csv.gz")
    assert (imports(caller, file)[0], len(platform.kept)) == (0, 3000)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "log.csv is empty."),
        ("PK\x03\x04", "log.csv is a spreadsheet or an archive; export it as CSV."),
        ("a,b\n1,2\n", "log.csv has no column number"),
        (text_of([]).replace("incident_state", "state"), "log.csv has no column incident_state."),
    ],
)
def test_a_wrong_file_is_wrong_usage_and_nothing_is_asked(
    caller: Caller, platform: Receiver, content: str, sentence: str
) -> None:
    code, out, err = imports(caller, written(caller.folder, content))
    assert (code, out, platform.requests) == (2, "", [])
    assert err.startswith(f"Error: {sentence}")
    assert not caller.session.exists()


def test_a_file_without_rows_is_no_import_that_succeeded(caller: Caller, platform: Receiver) -> None:
    code, out, err = imports(caller, log(caller.folder, []))
    assert (code, out, platform.kept) == (2, "", {})
    assert err == "Error: log.csv has a header and no rows.\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--mapping", "x.toml"), "--mapping is for --format csv only"),
        (("--zone", ""), "--zone: "),
        (("--zone", "Mars/Olympus"), "--zone: Mars/Olympus is no time zone"),
        (("--site", "attic"), "--site: nothing matches “attic”."),
        (("--asset", "router"), "--asset: nothing matches “router”."),
        (("--rejected", "/nowhere/at/all.csv"), "/nowhere/at/all.csv cannot be written"),
        (("--limit", "0"), "--limit wants a whole number above 0."),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_sent(
    caller: Caller, platform: Receiver, options: tuple[str, ...], sentence: str
) -> None:
    code, out, err = imports(caller, log(caller.folder, HUNDRED), *options)
    assert (code, out, platform.requests) == (2, "", [])
    assert sentence in err


def test_where_the_incidents_were_is_found_by_what_people_call_it(caller: Caller, platform: Receiver) -> None:
    imports(caller, log(caller.folder, closed("INC1")), "--site", "主机房", "--asset", "SN-1")
    incident = platform.kept["INC1"]
    assert (incident["site_id"], incident["asset_id"]) == (SITE, ASSET)


def test_the_customer_is_known_from_the_asset(caller: Caller, platform: Receiver) -> None:
    file = str(log(caller.folder, closed("INC1")))
    assert caller.calls("import", "incidents", file, "--format", "servicenow")[0] == 2
    assert caller.calls("import", "incidents", file, "--format", "servicenow", "--asset", "core")[0] == 0
    assert platform.requests[0]["customer_id"] == HOSPITAL


@pytest.mark.parametrize(
    ("agreements", "sentence"),
    [
        ([], "No agreement is in force for this customer"),
        ([agreement("Asia/Shanghai", "draft")], "No agreement is in force for this customer"),
        ([agreement("Asia/Shanghai"), agreement("Europe/Berlin")], "(Asia/Shanghai, Europe/Berlin): state one"),
    ],
)
def test_a_zone_that_is_not_known_is_asked_for(
    caller: Caller, platform: Receiver, agreements: list[Any], sentence: str
) -> None:
    platform.agreements = agreements
    file = log(caller.folder, closed("INC1"))
    code, _, err = imports(caller, file)
    assert (code, sentence in err) == (2, True)
    assert imports(caller, file, "--zone", "Europe/Lisbon")[0] == 0
    assert platform.kept["INC1"]["reported_at"] == "2016-03-01T09:00:00+00:00"


def test_any_other_export_is_read_by_its_mapping(caller: Caller, platform: Receiver) -> None:
    mapping = written(
        caller.folder,
        'source = "desk"\ntitle = ["Title"]\n[file]\ndelimiter = ";"\n[columns]\nnumber = "Key"\n'
        'reported_at = "Created"\nclosed_at = "Closed"\nasset_serial = "Serial"\n',
        "desk.toml",
    )
    file = written(caller.folder, "Key;Title;Created;Closed;Serial\nK-1;泵;2016-03-01 09:00;2016-03-02 09:00;SN-1\n")
    given = ("import", "incidents", str(file), "--format", "csv", "--customer", "演示")
    assert caller.calls(*given)[0] == 2
    assert caller.calls(*given, "--mapping", str(mapping))[0] == 0
    assert (platform.requests[0]["source"], platform.kept["K-1"]["asset_id"]) == ("desk", ASSET)
