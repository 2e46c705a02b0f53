"""Which filters a view may have. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from services.incidents.incidents.domain import FaultClass, Priority, Severity, State, Team
from shared.errors import Unprocessable
from shared.instant import Instant

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
SEVERAL = frozenset({"state"})
"""Filters that the list takes more than once."""
READ: Mapping[str, TypeAdapter[Any]] = {
    "customer_id": TypeAdapter(UUID),
    "engineer_id": TypeAdapter(UUID),
    "parent_id": TypeAdapter(UUID),
    "due_before": TypeAdapter(Instant),
}
TYPED = frozenset({"q", "tag"})
FLAGS = frozenset({"covered", "breached"})


class FilterNotUsable(Unprocessable):
    code = "filter_not_usable"
    en = "The filter {filter} cannot be {value}."
    zh = "筛选条件 {filter} 不能取值 {value}。"


def require_usable(filters: Mapping[str, str | Sequence[str]]) -> None:
    """Raises FilterNotUsable for a value that the list would refuse, or several where it takes one."""
    for name, stated in filters.items():
        values = [stated] if isinstance(stated, str) else stated
        if len(values) > 1 and name not in SEVERAL:
            raise FilterNotUsable(filter=name, value=stated)
        for value in values:
            if not _is_usable(name, value):
                raise FilterNotUsable(filter=name, value=value)


def _is_usable(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in set(CHOICES[name])
    if name in FLAGS:
        return value in ("true", "false")
    return not (name in TYPED and not value.strip()) and _is_read(name, value)


def _is_read(name: str, value: str) -> bool:
    try:
        if name in READ:
            READ[name].validate_python(value)
    except ValidationError:
        return False
    return True


def require_known(filters: Mapping[str, object]) -> None:
    """Raises UnknownFilters, with those there are."""
    if unknown := sorted(set(filters) - FILTERS):
        raise UnknownFilters(unknown=unknown, allowed=sorted(FILTERS))
