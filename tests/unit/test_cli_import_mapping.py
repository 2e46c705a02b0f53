"""What a mapping file may say: each mistake is told by its place, and nothing unknown is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients.cli.importing.mapping import BUILT_IN, MOST_DETAILS, mapping_in
from clients.cli.terminal import Misuse
from clients.cli.words import say
from tests.builders.exports import COLUMNS, written

LEAST = """
source = "desk"
title = ["Summary"]
[columns]
number = "Key"
reported_at = "Created"
"""


def misuse_of(folder: Path, text: str) -> Misuse:
    with pytest.raises(Misuse) as told:
        mapping_in(written(folder, text, "desk.toml"))
    for language in ("en", "zh"):
        assert say(told.value.key, language, **told.value.values).startswith("desk.toml")
    return told.value


def test_little_needs_to_be_said(tmp_path: Path) -> None:
    meaning = mapping_in(written(tmp_path, LEAST, "desk.toml"))
    assert (meaning.file.delimiter, meaning.file.dates, meaning.of_updates) == (",", ("iso",), False)


def test_servicenow_is_a_mapping_like_any_other_and_names_only_columns_of_its_log() -> None:
    meaning = mapping_in(BUILT_IN)
    assert (meaning.source, meaning.of_updates) == ("servicenow", True)
    meaning.require(COLUMNS, Path("log.csv"))
    assert meaning.late_columns() == {"resolved_at", "closed_at", "closed_code", "resolved_by"}


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        (LEAST + 'teem = "T"', "mapping_unknown", "columns.teem"),
        (LEAST.replace('number = "Key"', ""), "mapping_missing", "columns.number"),
        (LEAST.replace('"desk"', '"Desk 1"'), "mapping_value", "source"),
        (LEAST + '[file]\nencoding = "utf-99"', "mapping_value", "file.encoding"),
        (LEAST + '[file]\nencoding = "zip"', "mapping_value", "file.encoding"),
        (LEAST + '[file]\ndelimiter = "x"', "mapping_value", "file.delimiter"),
        (LEAST + '[file]\ndelimiter = ";;"', "mapping_value", "file.delimiter"),
        (LEAST + '[file]\ndates = ["%Q"]', "mapping_value", "file.dates.0"),
        (LEAST + '[severity]\ncolumn = "P"\nvalues = { high = "huge" }', "mapping_value", "severity.values.high"),
        (LEAST + 'at = "Updated"\nstarted_at = "Started"', "mapping_moments", "columns.started_at"),
    ],
)
def test_a_mistake_is_told_by_its_place(tmp_path: Path, text: str, key: str, place: str) -> None:
    misuse = misuse_of(tmp_path, text)
    assert (misuse.key, misuse.values["place"]) == (key, place)


def test_a_misspelt_member_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    assert misuse_of(tmp_path, LEAST + 'asignee = "A"').values["nearest"] == "assignee"


def test_a_state_without_the_time_since_when_is_refused(tmp_path: Path) -> None:
    misuse = misuse_of(tmp_path, LEAST + '[state]\ncolumn = "S"\nvalues = { open = "reported" }')
    assert misuse.key == "mapping_state"


def test_what_is_no_toml_is_told(tmp_path: Path) -> None:
    assert misuse_of(tmp_path, "source: desk").key == "no_toml"


def test_columns_that_the_file_lacks_or_has_twice_are_named(tmp_path: Path) -> None:
    meaning = mapping_in(written(tmp_path, LEAST, "desk.toml"))
    with pytest.raises(Misuse) as lacking:
        meaning.require(["Key", "Sumary", "Created"], Path("desk.csv"))
    assert (lacking.value.values["columns"], lacking.value.values["nearest"]) == ("Summary", "Sumary")
    with pytest.raises(Misuse) as twice:
        meaning.require(["Key", "Summary", "Created", "Key"], Path("desk.csv"))
    assert twice.value.values["columns"] == "Key"


def test_more_columns_than_the_platform_takes_are_to_be_chosen_from(tmp_path: Path) -> None:
    header = ["Key", "Summary", "Created", *(f"column {number}" for number in range(MOST_DETAILS))]
    with pytest.raises(Misuse) as told:
        mapping_in(written(tmp_path, LEAST, "desk.toml")).detail_columns(header)
    assert told.value.key == "many_details"
    chosen = LEAST.replace("[columns]", 'details = ["column 1"]\n[columns]')
    assert mapping_in(written(tmp_path, chosen, "desk.toml")).detail_columns(header) == ("column 1",)
