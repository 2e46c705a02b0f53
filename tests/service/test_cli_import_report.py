"""`aftercare import incidents --report`: what the file says of each promise beside what the platform says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clients.cli.importing.mapping import BUILT_IN
from tests.builders.calling import Called, Caller
from tests.builders.exports import closed, log
from tests.builders.receiving import Receiver


@pytest.fixture
def platform() -> Receiver:
    return Receiver()


@pytest.fixture
def caller(tmp_path: Path, platform: Receiver) -> Caller:
    return Caller(tmp_path, platform.transport)


def compares(caller: Caller, file: Path, *options: str, language: str = "en") -> Called:
    given = ("import", "incidents", str(file), "--format", "servicenow", "--customer", "hospital", "--report", *options)
    return caller.calls(*given, language=language)


def report(called: Called) -> Any:
    return json.loads(called[1])["report"]


@pytest.fixture
def file(caller: Caller, platform: Receiver) -> Path:
    """Of each cell one incident, of two priorities, and two that cannot be compared."""
    platform.broken, platform.open = {"BOTH-BROKEN", "ONLY-HERE"}, {"OPEN"}
    rows = [
        *closed("BOTH-KEPT"),
        *closed("BOTH-BROKEN", made_sla="false"),
        *closed("ONLY-HERE", priority="1 - Critical"),
        *closed("ONLY-FILE", priority="1 - Critical", made_sla="false"),
        *closed("OPEN"),
        *closed("SILENT", made_sla="?"),
    ]
    return log(caller.folder, rows)


def test_each_incident_falls_into_the_cell_of_both_verdicts(caller: Caller, file: Path) -> None:
    told = report(compares(caller, file, "--json"))
    assert told["rows"]["3 - Moderate"]["cells"] == {
        "said_kept_ours_kept": 1,
        "said_broken_ours_broken": 1,
        "said_kept_ours_broken": 0,
        "said_broken_ours_kept": 0,
    }
    assert told["rows"]["1 - Critical"]["agreement"] == 0.0
    assert (told["total"]["compared"], told["total"]["not_compared"], told["total"]["agreement"]) == (4, 2, 0.5)
    assert told["examples"]["said_kept_ours_broken"] == ["ONLY-HERE"]


def test_a_dry_run_and_a_repeat_compare_the_same(caller: Caller, file: Path) -> None:
    tried, done, again = (report(compares(caller, file, "--json", *options)) for options in (("--dry-run",), (), ()))
    assert tried == done == again


def test_the_comparison_is_told_by_value_with_examples(caller: Caller, file: Path) -> None:
    _, out, _ = compares(caller, file)
    lines = [line.split() for line in out.splitlines()]
    assert ["1", "-", "Critical", "2", "1", "1", "1", "1", "0.0%"] in lines
    assert ["all", "1", "1", "1", "1", "2"] in lines
    assert "only file broken  ONLY-FILE" in out
    assert "2 are not compared" in out
    assert "仅文件超时" in compares(caller, file, language="zh")[1]


def test_only_the_first_numbers_of_a_cell_are_examples(caller: Caller) -> None:
    many = [row for number in range(9) for row in closed(f"INC{number}")]
    told = report(compares(caller, log(caller.folder, many), "--json"))
    assert told["examples"]["said_kept_ours_kept"] == [f"INC{number}" for number in range(5)]


def test_nothing_is_compared_where_it_was_not_asked_for(caller: Caller, file: Path) -> None:
    given = ("import", "incidents", str(file), "--format", "servicenow", "--customer", "hospital", "--json")
    assert report(caller.calls(*given)) is None


def test_a_mapping_that_judges_nothing_is_wrong_usage(caller: Caller, platform: Receiver, file: Path) -> None:
    silent = caller.folder / "silent.toml"
    before, judged = BUILT_IN.read_text(encoding="utf-8").split("[judged]")
    silent.write_text(before + "[counts]" + judged.split("[counts]")[1], encoding="utf-8")
    given = ("--format", "csv", "--mapping", str(silent), "--customer", "hospital", "--report")
    code, _, err = caller.calls("import", "incidents", str(file), *given)
    assert (code, "[judged]" in err, platform.requests) == (2, True, [])
