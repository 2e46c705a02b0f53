"""An export read as rows and incidents: line numbers, what is no table, what breaks off, what spoils an incident."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from clients.cli.importing.mapping import FileForm
from clients.cli.importing.reading import Export
from clients.cli.importing.records import MOST_ROWS, Record, Records
from clients.cli.importing.rejections import Rejection
from clients.cli.terminal import Misuse
from tests.builders.exports import written

FORM = FileForm(missing=("", "?"))


def records_in(file: Path, form: FileForm = FORM) -> tuple[list[Record], list[Rejection]]:
    """The records of a file, and the rows whose incident cannot be told."""
    strays: list[Rejection] = []
    with Export(file, form) as export:
        return list(Records(export, "number", strays.append)), strays


def reasons(*rejections: Rejection) -> list[tuple[int, str]]:
    return [(rejection.line, rejection.key) for rejection in rejections]


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_consecutive_rows_with_one_number_are_one_record(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, "number,what\nA,1\nA,2\nB,?\n", name)
    records, strays = records_in(file)
    assert [(record.number, [row.values["what"] for row in record.rows]) for record in records] == [
        ("A", ["1", "2"]),
        ("B", [None]),
    ]
    assert strays == []


def test_a_file_is_known_as_compressed_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(gzip.compress(b"number,what\nA,1\n"))
    assert len(records_in(file)[0]) == 1


def test_lines_are_those_of_the_file_also_after_quoted_line_breaks(tmp_path: Path) -> None:
    file = written(tmp_path, 'number,what\nA,"one\ntwo\nthree"\n\nB,1,2\n')
    with Export(file, FORM) as export:
        rows = list(export.rows())
    assert [row.line for row in rows] == [2, 6]
    assert rows[0].values["what"] == "one\ntwo\nthree"
    assert rows[1].unfit is not None


def test_a_quote_that_is_never_closed_ends_the_file_where_it_opened(tmp_path: Path) -> None:
    file = written(tmp_path, 'number,what\nA,1\nB,"2\n' + "C,3\n" * 40)
    with Export(file, FORM) as export:
        rows = list(export.rows())
    assert [row.values for row in rows] == [{"number": "A", "what": "1"}]
    assert export.broken is not None
    assert export.broken.line == 3


def test_a_byte_order_mark_and_blanks_around_names_and_values_are_not_part_of_them(tmp_path: Path) -> None:
    file = written(tmp_path, "\ufeffnumber , what\n A , 1 \n")
    [record], _ = records_in(file)
    assert record.rows[0].values == {"number": "A", "what": "1"}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04 sheet", "spreadsheet"),
        (b"\x89PNG\r\n\x00\x00", "no_table"),
        ("number,what\n".encode("utf-16"), "no_table"),
        (b"\n\n", "no_table"),
        (b"\x1f\x8b\x08\x00", "unreadable_file"),
    ],
)
def test_what_is_no_table_is_told_before_any_row(tmp_path: Path, content: bytes, key: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    with pytest.raises(Misuse) as told:
        Export(file, FORM)
    assert told.value.key == key


def test_a_file_that_is_not_there_is_told_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as told:
        Export(tmp_path / "none.csv", FORM)
    assert told.value.values["reason"] == "No such file or directory"


def test_where_a_file_breaks_off_its_last_record_is_left_out(tmp_path: Path) -> None:
    lines = [f"{name}{number:05},some text that is the same on every line\n" for number in range(2000) for name in "AB"]
    file = written(tmp_path, "number,what\n" + "".join(sorted(lines)), "log.csv.gz")
    file.write_bytes(file.read_bytes()[:-2000])
    strays: list[Rejection] = []
    with Export(file, FORM) as export:
        records = list(Records(export, "number", strays.append))
        assert export.broken is not None
        assert export.broken.line == len(records) + 3, "the header, the record in which it breaks, the line after it"
    assert strays == []


def test_an_encoding_that_cannot_go_on_after_a_wrong_byte_breaks_off(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes("number,what\nA,1\nB,1\nB,2".encode("utf-16")[:-1])
    strays: list[Rejection] = []
    with Export(file, FileForm(encoding="utf-16")) as export:
        assert export.header == ["number", "what"]
        assert [record.number for record in Records(export, "number", strays.append)] == ["A"]
        assert export.broken is not None
    assert strays == []


def test_a_second_block_of_a_number_is_rejected_with_its_line(tmp_path: Path) -> None:
    records, _ = records_in(written(tmp_path, "number,what\nA,1\nB,1\nA,2\n"))
    assert [reasons(*record.rejections) for record in records] == [[], [], [(4, "apart")]]


@pytest.mark.parametrize(
    ("row", "key"),
    [("A", "wrong_width"), ("A,1,2", "wrong_width"), ("A,\0", "nul")],
)
def test_a_bad_row_spoils_its_whole_incident_and_no_other(tmp_path: Path, row: str, key: str) -> None:
    records, strays = records_in(written(tmp_path, f"number,what\nA,1\n{row}\nA,3\nB,1\n"))
    assert [reasons(*record.rejections) for record in records] == [[(3, key)], []]
    assert (records[0].length, strays) == (3, [])


def test_bytes_of_another_encoding_spoil_their_incident_only(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(b"number,what\nA,caf\xe9\nB,plain\n")
    assert [reasons(*record.rejections) for record in records_in(file)[0]] == [[(2, "not_text")], []]
    latin = FileForm(encoding="latin-1")
    assert records_in(file, latin)[0][0].rows[0].values["what"] == "café"


def test_a_row_without_a_number_spoils_the_incidents_on_both_sides(tmp_path: Path) -> None:
    records, strays = records_in(written(tmp_path, "number,what\nA,1\n?,2\nB,1\nC,1\n"))
    assert reasons(*strays) == [(3, "no_number")]
    assert [reasons(*record.rejections) for record in records] == [[(2, "beside")], [(4, "beside")], []]


def test_a_quotation_mark_that_never_closes_takes_no_other_incident_with_it_in_silence(tmp_path: Path) -> None:
    swallowed = "".join(f"C{number},{'x' * 90}\n" for number in range(2000))
    records, strays = records_in(written(tmp_path, f'number,what\nA,1\nB,"open\n{swallowed}'))
    assert reasons(*strays) == [(3, "no_row")]
    assert reasons(*records[0].rejections) == [(2, "beside")]
    assert records[1].rejections[-1].key == "beside"
    assert strays[0].values["last"] == records[1].line - 1
    assert all(not record.rejections for record in records[2:])


def test_more_rows_than_the_platform_takes_are_rejected_and_not_held(tmp_path: Path) -> None:
    [record], _ = records_in(written(tmp_path, "number,what\n" + "A,1\n" * (MOST_ROWS + 5)))
    assert reasons(*record.rejections) == [(MOST_ROWS + 2, "many_rows")]
    assert (record.length, record.rows) == (MOST_ROWS + 5, [])
