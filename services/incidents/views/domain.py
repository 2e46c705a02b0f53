"""Which filters a view may have. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.incidents.incidents.domain import FaultClass, Priority, Severity, State, Team
from shared.errors import Unprocessable

FILTERS = frozenset(
    {"state", "severity", "priority", "fault_class", "customer_id", "engineer_id", "team", "covered", "due_before"}
    | {"breached", "tag", "parent_id", "q", "source_number"}
)
"""Query parameters of GET /v1/incidents."""


class UnknownFilters(Unprocessable):
    code = "unknown_filters"
    en = "There are no such filters: {unknown}."
    zh = "没有以下筛选条件：{unknown}。"


CHOICES: Mapping[str, type[StrEnum]] = {
    "state": State,
    "severity": Severity,
    "priority": Priority,
    "fault_class": FaultClass,
    "team": Team,
}
IDS = frozenset({"customer_id", "engineer_id", "parent_id"})
FLAGS = frozenset({"covered", "breached"})


class FilterNotUsable(Unprocessable):
    code = "filter_not_usable"
    en = "The filter {filter} cannot be {value}."
    zh = "筛选条件 {filter} 不能取值 {value}。"


def require_usable(filters: Mapping[str, str | Sequence[str]]) -> None:
    """Raises FilterNotUsable for a value that the list would refuse."""
    for name, stated in filters.items():
        for value in [stated] if isinstance(stated, str) else stated:
            if not _is_usable(name, value):
                raise FilterNotUsable(filter=name, value=value)


def _is_usable(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in set(CHOICES[name])
    if name in FLAGS:
        return value in ("true", "false")
    try:
        if name in IDS:
            UUID(value)
        elif name == "due_before":
            return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
    return True


def require_known(filters: Mapping[str, object]) -> None:
    """Raises UnknownFilters, with those there are."""
    if unknown := sorted(set(filters) - FILTERS):
        raise UnknownFilters(unknown=unknown, allowed=sorted(FILTERS))
