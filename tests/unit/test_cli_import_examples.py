"""The examples in the repository are imported as their pages say, whole."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clients.cli.importing.histories import Historian, History
from clients.cli.importing.mapping import BUILT_IN, mapping_in
from clients.cli.importing.reading import Export
from clients.cli.importing.records import Records
from clients.cli.importing.rejections import Rejection
from clients.cli.importing.times import LocalTimes
from clients.demo import cast
from tests.repo.sources import ROOT

EXAMPLES = ROOT / "examples" / "import"
ASSETS = dict.fromkeys((cast.SWITCH, cast.STORAGE), "asset")


@pytest.mark.parametrize(
    ("file", "mapping", "states"),
    [
        (
            "servicenow-updates.csv",
            BUILT_IN,
            [
                ["reported", "in_progress", "waiting", "in_progress", "resolved", "closed"],
                ["reported", "resolved", "in_progress", "resolved", "closed"],
                ["reported", None, "cancelled"],
            ],
        ),
        (
            "field-service.csv",
            EXAMPLES / "field-service.toml",
            [["reported", "in_progress", "resolved", "closed"], ["reported", "closed"]],
        ),
        (
            "help-desk.csv",
            EXAMPLES / "help-desk.toml",
            [
                ["reported", "acknowledged", "in_progress", "resolved", "closed"],
                ["reported", "acknowledged", "resolved", "closed"],
                ["reported", "resolved", "closed"],
            ],
        ),
    ],
)
def test_an_example_is_imported_whole(file: str, mapping: Path, states: list[list[str | None]]) -> None:
    meaning = mapping_in(mapping)
    rejections: list[Rejection] = []
    with Export(EXAMPLES / file, meaning.file) as export:
        meaning.require(export.header, export.path)
        times = LocalTimes(ZoneInfo("Asia/Shanghai"), meaning.file.dates)
        historian = Historian(meaning, times, meaning.detail_columns(export.header), ASSETS.get, {})
        records = Records(export, meaning.columns.number, rejections.append)
        histories = [historian.history_of(record) for record in records]
    assert rejections == []
    facts = [history.body["facts"] for history in histories if isinstance(history, History)]
    assert [[fact["state"] for fact in told] for told in facts] == states
