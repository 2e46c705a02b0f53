"""Reading a CSV file of customers, sites or assets. Pure.

A file as spreadsheets write it: UTF-8 with or without mark, or GB18030; commas, semicolons or tabs; headers in
Chinese or English, in any order. Cells that a spreadsheet would run as a formula are refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import StringIO
from uuid import UUID

from shared.errors import Conflict, Unprocessable
from shared.zones import FIRST_YEAR, LAST_YEAR

MOST_ROWS = 5000
LONGEST_CELL, LONGEST_LIST = 200, 4000
MOST_NAMED = 100
BETWEEN_NAMES = re.compile("[,;，；、\n]")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CRITICALITIES = {"low": "low", "低": "low", "normal": "normal", "一般": "normal", "high": "high", "高": "high"}


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class FileUnreadable(Unprocessable):
    code = "file_unreadable"
    en = "The file is neither UTF-8 nor GB18030, or is no table of comma-separated values."
    zh = "文件既不是 UTF-8 也不是 GB18030 编码，或不是 CSV 表格。"


class TooManyRows(Unprocessable):
    code = "too_many_rows"
    en = "The file has more than {most} rows; split it."
    zh = "文件超过 {most} 行，请拆分后导入。"


class ColumnMissing(Unprocessable):
    code = "column_missing"
    en = "The column {column} is missing."
    zh = "缺少列 {column}。"


class ColumnUnknown(Unprocessable):
    code = "column_unknown"
    en = "The column {column} is not known, or is there twice."
    zh = "列 {column} 无法识别或重复。"


class CellEmpty(Unprocessable):
    code = "cell_empty"
    en = "The cell {column} is empty."
    zh = "单元格 {column} 为空。"


class CellInvalid(Unprocessable):
    code = "cell_invalid"
    en = "The cell {column} cannot be used: it is too long, or is not one of the values possible."
    zh = "单元格 {column} 无效：内容过长，或不是允许的取值。"


class CellNoDate(Unprocessable):
    code = "cell_no_date"
    en = "The cell {column} is no date; write YYYY-MM-DD."
    zh = "单元格 {column} 不是有效日期，格式应为 YYYY-MM-DD。"


class CellUnsafe(Unprocessable):
    code = "cell_unsafe"
    en = "The cell {column} holds a control character, or begins as a formula does."
    zh = "单元格 {column} 含有控制字符，或以公式符号开头。"


class RowRepeated(Unprocessable):
    code = "row_repeated"
    en = "{key} is in the file already, in the row {row}."
    zh = "{key} 已在文件第 {row} 行出现。"


class SiteUnknown(Unprocessable):
    code = "site_unknown"
    en = "The customer has no site in use that is called {site}, or more than one."
    zh = "该客户没有名为“{site}”的在用站点，或存在多个同名站点。"


class ServicersUnknown(Unprocessable):
    code = "servicers_unknown"
    en = "There is no active engineer, or more than one, for: {unknown}."
    zh = "以下人员不是有效的工程师，或存在多个同名工程师：{unknown}。"


class NameAmbiguous(Conflict):
    code = "name_ambiguous"
    en = "There is more than one record called {name} already; change it by its id."
    zh = "已有多条名为“{name}”的记录，请按编号修改。"


@dataclass(frozen=True)
class Column:
    """A column by its field, and what it may be called. Without `required` it may be missing, and its cells empty.

    A cell has at most `longest` characters.
    """

    field: str
    headers: frozenset[str]
    required: bool = True
    longest: int = LONGEST_CELL


@dataclass(frozen=True)
class Line:
    """A row of the file by its number (that of the header is 1), with the cells that are not empty, by field."""

    row: int
    cells: Mapping[str, str]


def _column(field: str, *headers: str, required: bool = True, longest: int = LONGEST_CELL) -> Column:
    return Column(field, frozenset({field, *headers}), required, longest)


NAMES = (_column("name_zh", "中文名称", "名称", "name (zh)"), _column("name_en", "英文名称", "name (en)"))
CUSTOMERS = NAMES
SITES = (*NAMES, _column("address", "地址"), _column("region", "区域"))
ASSETS = (
    _column("site", "站点"),
    _column("name", "名称", "资产名称"),
    _column("product", "产品", "产品类型"),
    _column("model", "型号"),
    _column("serial", "序列号", "serial number"),
    _column("criticality", "重要程度", required=False),
    _column("warranty_until", "保修截止", "保修截止日期", "warranty until", required=False),
    _column("servicers", "授权工程师", "服务工程师", "serviced by", required=False, longest=LONGEST_LIST),
)


def read(content: bytes, columns: Sequence[Column]) -> list[Line]:
    """Raises FileUnreadable, TooManyRows, ColumnMissing, ColumnUnknown. Rows without any text are left out."""
    text = _decoded(content)
    try:
        table = list(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as problem:
        raise FileUnreadable() from problem
    if len(table) > MOST_ROWS + 1:
        raise TooManyRows(most=MOST_ROWS)
    fields = _fields(table[0] if table else [], columns)
    return [_line(row, fields, cells) for row, cells in enumerate(table[1:], 2) if any(map(str.strip, cells))]


def checked(line: Line, columns: Sequence[Column]) -> Mapping[str, str]:
    """The row's cells by field. Raises CellEmpty, CellInvalid, CellUnsafe."""
    for column in columns:
        if column.required and column.field not in line.cells:
            raise CellEmpty(column=column.field)
    longest = {column.field: column.longest for column in columns}
    for field, cell in line.cells.items():
        if len(cell) > longest.get(field, 0):
            raise CellInvalid(column=field)
        if cell.startswith(FORMULA) or not cell.isprintable():
            raise CellUnsafe(column=field)
    return line.cells


def criticality(cell: str) -> str:
    try:
        return CRITICALITIES[cell.lower()]
    except KeyError as problem:
        raise CellInvalid(column="criticality") from problem


def day(cell: str, field: str) -> date:
    """A day as 2026-03-01 or 2026/3/1. Raises CellNoDate, CellInvalid."""
    try:
        year, month, of_month = (int(part) for part in cell.replace("/", "-").split("-"))
        found = date(year, month, of_month)
    except ValueError as problem:
        raise CellNoDate(column=field) from problem
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellInvalid(column=field)
    return found


def named_in(cell: str) -> Mapping[str, str]:
    """The people that a cell names by address or name, each once: in small letters, as they are found, and as written.

    Between them stand commas or semicolons.
    """
    written = (" ".join(name.split()) for name in BETWEEN_NAMES.split(cell))
    named: dict[str, str] = {}
    for name in filter(None, written):
        named.setdefault(name.lower(), name)
    return named


def servicers(cell: str, known: Mapping[str, Collection[UUID]]) -> list[UUID]:
    """Who may service an asset, in the order of the cell. Raises ServicersUnknown, CellInvalid."""
    named = named_in(cell)
    if unknown := [written for name, written in named.items() if len(known.get(name, ())) != 1]:
        raise ServicersUnknown(unknown=", ".join(unknown))
    found = list(dict.fromkeys(person for name in named for person in known[name]))
    if len(found) > MOST_NAMED:
        raise CellInvalid(column="servicers")
    return found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable()


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _fields(header: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The field of each column of the file."""
    fields: list[str] = []
    for name in header:
        plain = name.strip().lower()
        field = next((column.field for column in columns if plain in column.headers), None)
        if field is None or field in fields:
            raise ColumnUnknown(column=name)
        fields.append(field)
    for column in columns:
        if column.required and column.field not in fields:
            raise ColumnMissing(column=column.field)
    return fields


def _line(row: int, fields: Sequence[str], cells: Sequence[str]) -> Line:
    """A cell too many is kept under a name that no column has, and so is refused."""
    named = [*fields, *(f"#{place}" for place in range(len(fields) + 1, len(cells) + 1))]
    pairs = zip(named, map(str.strip, cells), strict=False)
    return Line(row, {field: cell for field, cell in pairs if cell})
