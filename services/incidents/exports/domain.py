"""What an exported list of incidents has in its columns, and how a cell is written. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.events.words import word

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheet programs take a file that begins with it for UTF-8, and show its Chinese."""

COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("Number", "编号"),
    "title": ("Title", "标题"),
    "state": ("State", "状态"),
    "severity": ("Severity", "严重程度"),
    "priority": ("Priority", "优先级"),
    "fault_class": ("Fault class", "故障类别"),
    "team": ("Team", "处理团队"),
    "customer": ("Customer", "客户"),
    "site": ("Site", "站点"),
    "asset": ("Asset", "资产"),
    "engineer": ("Engineer", "工程师"),
    "covered": ("Covered", "服务协议覆盖"),
    "contract_number": ("Contract", "合同"),
    "broken": ("Broken promises", "超时的承诺"),
    "due_at": ("Due next (UTC)", "最近到期（UTC）"),
    "reported_at": ("Reported (UTC)", "报告时间（UTC）"),
    "acknowledged_at": ("Acknowledged (UTC)", "响应时间（UTC）"),
    "resolved_at": ("Resolved (UTC)", "解决时间（UTC）"),
    "closed_at": ("Closed (UTC)", "关闭时间（UTC）"),
    "source_number": ("Number at the source", "来源系统编号"),
    "description": ("Description", "描述"),
    "solution": ("Solution", "解决方案"),
}
YES_NO = {True: ("yes", "是"), False: ("no", "否")}
CODED = frozenset({"state", "severity", "priority", "fault_class", "team", "broken"})
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins with one of these would be computed by a spreadsheet program: whoever reports could have it do
what they like on the reader's machine."""


def header(language: str) -> str:
    return BYTE_ORDER_MARK + _written([[names[language == "zh"] for names in COLUMNS.values()]])


def lines(rows: Iterable[Mapping[str, Any]], language: str) -> str:
    """One line per row, of the values by column; a coded value is told by its term."""
    return _written([[_cell(name, row[name], language) for name in COLUMNS] for row in rows])


def _cell(name: str, value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_NO[value][language == "zh"]
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if name in CODED:
        values = [value] if isinstance(value, str) else value
        return ("、" if language == "zh" else ", ").join(word(each, language) for each in values)
    return _harmless(str(value))


def _harmless(said: str) -> str:
    return f"'{said}" if said.startswith(FORMULA) else said


def _written(rows: Sequence[Sequence[str]]) -> str:
    """Lines as RFC 4180 has them."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()
