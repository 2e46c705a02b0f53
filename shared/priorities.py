"""The priority of an incident by impact, then urgency, where no agreement says otherwise. Pure."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_PRIORITIES: Mapping[str, Mapping[str, str]] = {
    "high": {"high": "critical", "medium": "high", "low": "medium"},
    "medium": {"high": "high", "medium": "medium", "low": "medium"},
    "low": {"high": "medium", "medium": "low", "low": "low"},
}
