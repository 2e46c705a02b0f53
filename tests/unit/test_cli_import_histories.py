"""From rows to the history that is sent: what each fact says, what must not be said early, what rejects it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.cli.importing.histories import Historian, History
from clients.cli.importing.mapping import BUILT_IN, Meaning, mapping_in
from clients.cli.importing.reading import Export
from clients.cli.importing.records import Records
from clients.cli.importing.rejections import Rejection, Unfit
from clients.cli.importing.times import LocalTimes
from tests.builders.exports import Update, closed, log, update, written

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
PLACE = {"asset_id": None, "site_id": "the site"}
LATE = ("resolved_at", "closed_at", "closed_code", "resolved_by")

Told = History | list[Rejection]


def told(file: Path, meaning: Meaning) -> list[Told]:
    """What becomes of each incident of a file in which every row is some incident's."""
    strays: list[Rejection] = []
    with Export(file, meaning.file) as export:
        meaning.require(export.header, file)
        times = LocalTimes(SHANGHAI, meaning.file.dates)
        details = meaning.detail_columns(export.header)
        historian = Historian(meaning, times, details, {"SN-1": "the asset"}.get, PLACE)
        records = Records(export, meaning.columns.number, strays.append)
        histories = [historian.history_of(record) for record in records]
    assert strays == []
    return histories


def sent(folder: Path, updates: list[Update]) -> dict[str, Any]:
    """The body of the one incident of a ServiceNow log."""
    [history] = told(log(folder, updates), mapping_in(BUILT_IN))
    assert isinstance(history, History)
    return history.body


def rejected(folder: Path, updates: list[Update]) -> list[tuple[int, str]]:
    [rejections] = told(log(folder, updates), mapping_in(BUILT_IN))
    assert isinstance(rejections, list)
    return [(rejection.line, rejection.key) for rejection in rejections]


def test_the_incident_is_told_as_its_last_row_has_it(tmp_path: Path) -> None:
    updates = closed("INC1")
    updates[-1] |= {"category": "Category 7", "priority": "2 - High"}
    body = sent(tmp_path, updates)
    assert body | {"facts": None} == {
        "number": "INC1",
        "title": "Category 7 / Subcategory 2",
        "description": "Category 7\nSubcategory 2",
        "channel": "hotline",
        "severity": "major",
        "asset_id": None,
        "site_id": "the site",
        "contact_name": "Caller 1",
        "contact_email": None,
        "reported_at": "2016-03-01T01:00:00+00:00",
        "arrived_at": None,
        "resolved_at": "2016-03-02T02:00:00+00:00",
        "closed_at": "2016-03-03T03:00:00+00:00",
        "solution": "code 5",
        "resolved_by": "Resolver 9",
        "facts": None,
    }


def test_what_the_end_knows_is_told_by_no_fact(tmp_path: Path) -> None:
    """The file copies it onto every row; a fact that told it would know the future."""
    facts = sent(tmp_path, closed("INC1"))["facts"]
    assert [name for fact in facts for name in fact["details"] if name in LATE] == []
    assert "Resolver 9" not in str(facts)


def test_the_first_fact_tells_all_that_is_known_and_later_ones_what_changed(tmp_path: Path) -> None:
    updates = closed("INC1", vendor="Vendor 1")
    updates[1] |= {"assignment_group": "?", "assigned_to": "Resolver 1"}
    updates[2] |= {"vendor": "?", "assigned_to": "?"}
    first, second, third, _ = sent(tmp_path, updates)["facts"]
    assert (first["state"], first["team"], first["severity"], first["by"]) == (
        "reported",
        "Group 1",
        "general",
        "Clerk 1",
    )
    assert first["details"].items() >= {"vendor": "Vendor 1", "incident_state": "New", "caller_id": "Caller 1"}.items()
    assert "number" not in first["details"]
    assert second["details"] == {"incident_state": "Active", "assignment_group": None}
    assert (second["team"], second["assignee"], second["severity"]) == (None, "Resolver 1", None)
    assert third["details"] == {"incident_state": "Resolved", "vendor": None, "assigned_to": None}
    assert (third["team"], third["assignee"]) == ("Group 1", None)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Awaiting User Info", "waiting"),
        ("On Hold", "waiting"),
        ("Cancelled", "cancelled"),
        ("-100", None),
        ("?", None),
    ],
)
def test_a_state_is_what_the_mapping_says_it_means(tmp_path: Path, said: str, state: str | None) -> None:
    assert sent(tmp_path, [update("INC1", said, "1/3/2016 09:10")])["facts"][0]["state"] == state


@pytest.mark.parametrize(
    ("said", "channel"), [("IVR", "hotline"), ("Email", "mail"), ("Self service", "portal"), ("Fax", "api")]
)
def test_the_channel_is_known_or_the_api(tmp_path: Path, said: str, channel: str) -> None:
    assert sent(tmp_path, closed("INC1", contact_type=said))["channel"] == channel


def test_rows_out_of_order_are_told_in_order_of_time(tmp_path: Path) -> None:
    late, early = update("INC1", "Active", "1/3/2016 11:00"), update("INC1", "New", "1/3/2016 09:10")
    facts = sent(tmp_path, [late, early])["facts"]
    assert [(fact["state"], fact["details"].get("incident_state")) for fact in facts] == [
        ("reported", "New"),
        ("in_progress", "Active"),
    ]


def test_who_is_missing_is_named_as_the_source(tmp_path: Path) -> None:
    body = sent(tmp_path, closed("INC1", caller_id="?", sys_updated_by="?"))
    assert (body["contact_name"], body["facts"][0]["by"]) == ("servicenow", "servicenow")


def test_a_title_is_cut_and_one_that_says_nothing_is_the_number(tmp_path: Path) -> None:
    long = sent(tmp_path, closed("INC1", category="x" * 300))
    assert (len(long["title"]), long["title"][-1], len(long["description"])) == (200, "…", 314)
    nothing = sent(tmp_path, closed("INC2", category="?", subcategory="?"))
    assert (nothing["title"], nothing["description"]) == ("INC2", "INC2")


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"sys_updated_at": "31/2/2016 09:00"}, "bad_date"),
        ({"sys_updated_at": "2016-03-01"}, "bad_date"),
        ({"sys_updated_at": "?"}, "no_date"),
        ({"opened_at": "?"}, "no_date"),
        ({"closed_at": "soon"}, "bad_date"),
        ({"incident_state": "Asleep"}, "unknown_value"),
        ({"priority": "0 - Whatever"}, "unknown_value"),
        ({"assigned_to": "x" * 201}, "too_long"),
    ],
)
def test_one_bad_value_rejects_the_incident_with_its_line(tmp_path: Path, wrong: Update, key: str) -> None:
    updates = closed("INC1")
    updates[2] |= wrong
    assert rejected(tmp_path, updates) == [(4, key)]


def test_every_bad_row_is_told(tmp_path: Path) -> None:
    updates = closed("INC1")
    updates[3] |= {"sys_updated_at": "never"}
    updates[1] |= {"incident_state": "Asleep"}
    assert rejected(tmp_path, updates) == [(3, "unknown_value"), (5, "bad_date")]


def test_a_history_larger_than_a_request_is_rejected(tmp_path: Path) -> None:
    updates = [update("INC1", "Active", "1/3/2016 09:10", vendor=f"{n}{'x' * 9000}") for n in range(400)]
    assert [key for _, key in rejected(tmp_path, updates)] == ["too_large"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("27/3/2016 01:59", "2016-03-27T00:59:00+00:00"),
        ("27/3/2016 02:30", "2016-03-27T01:30:00+00:00"),  # skipped that night: read as if it had not been
        ("27/3/2016 03:30", "2016-03-27T01:30:00+00:00"),
        ("30/10/2016 02:30", "2016-10-30T00:30:00+00:00"),  # came twice that night: the first
        ("30/10/2016 03:00", "2016-10-30T02:00:00+00:00"),
    ],
)
def test_local_times_follow_the_rule_where_clocks_are_put_forward_or_back(text: str, instant: str) -> None:
    assert LocalTimes(BERLIN, ("%d/%m/%Y %H:%M",)).read(text).isoformat() == instant


def test_a_time_with_an_offset_needs_no_zone() -> None:
    times = LocalTimes(BERLIN, ("iso", "%d %b %Y %H:%M %z"))
    assert times.read("2016-03-01T09:00:00+08:00").isoformat() == "2016-03-01T01:00:00+00:00"
    assert times.read("2016-03-01 09:00").isoformat() == "2016-03-01T08:00:00+00:00"
    assert times.read("01 Mar 2016 09:00 -0500").isoformat() == "2016-03-01T14:00:00+00:00"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "0016-03-01", "2916-03-01", "24:00", "2016-02-30"])
def test_what_is_no_instant_is_unfit(text: str) -> None:
    with pytest.raises(Unfit):
        LocalTimes(SHANGHAI, ("iso",)).read(text)


ONE_ROW = """
source = "desk"
title = ["Summary"]
[columns]
number = "Key"
reported_at = "Created"
started_at = "Started"
resolved_at = "Resolved"
closed_at = "Closed"
resolved_by = "Who"
assignee = "Who"
asset_serial = "Serial"
"""


def of_one_row(folder: Path, row: str) -> Told:
    meaning = mapping_in(written(folder, ONE_ROW, "desk.toml"))
    [history] = told(written(folder, "Key,Summary,Created,Started,Resolved,Closed,Who,Serial,Room\n" + row), meaning)
    return history


def test_of_one_row_the_facts_are_its_moments_and_only_the_last_tells_the_rest(tmp_path: Path) -> None:
    history = of_one_row(tmp_path, "K-1,Pump,2016-03-01T09:00,,2016-03-02T10:00,2016-03-03T11:00,Li,SN-1,12\n")
    assert isinstance(history, History)
    facts = history.body["facts"]
    assert [(fact["state"], fact["assignee"], fact["details"].get("Room")) for fact in facts] == [
        ("reported", None, None),
        ("resolved", None, None),
        ("closed", "Li", "12"),
    ]
    assert (history.body["asset_id"], history.body["site_id"], history.body["title"]) == ("the asset", None, "Pump")


def test_of_an_open_incident_the_report_tells_all_there_is(tmp_path: Path) -> None:
    history = of_one_row(tmp_path, "K-1,Pump,2016-03-01T09:00,,,,Li,,12\n")
    assert isinstance(history, History)
    assert [(fact["state"], fact["assignee"]) for fact in history.body["facts"]] == [("reported", "Li")]
    assert history.body["site_id"] == "the site"


def test_an_asset_that_the_customer_does_not_have_rejects_the_incident(tmp_path: Path) -> None:
    rejections = of_one_row(tmp_path, "K-1,Pump,2016-03-01T09:00,,,,Li,SN-9,12\n")
    assert isinstance(rejections, list)
    assert [rejection.key for rejection in rejections] == ["unknown_serial"]


def test_a_second_row_of_an_incident_that_has_one_is_rejected(tmp_path: Path) -> None:
    rejections = of_one_row(tmp_path, "K-1,Pump,2016-03-01T09:00,,,,Li,,1\n" * 2)
    assert isinstance(rejections, list)
    assert [rejection.key for rejection in rejections] == ["several_rows"]
