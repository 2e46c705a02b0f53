"""Which filters a view may have. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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


def require_known(filters: Mapping[str, object]) -> None:
    """Raises UnknownFilters, with those there are."""
    if unknown := sorted(set(filters) - FILTERS):
        raise UnknownFilters(unknown=unknown, allowed=sorted(FILTERS))
