"""What a form says of an agreement's draft, as the platform wants it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from clients.dashboard.asking import Mistyped
from clients.dashboard.filters import LEVELS, SEVERITIES
from clients.dashboard.incident_moves import PAUSE_REASONS
from clients.dashboard.versions import KINDS, WORKING_DAYS
from clients.models import Target

HOUR = 3600
APART = re.compile(r"[\s,，、;；%％]+")


class NotNumbers(Mistyped):
    """What was typed where numbers belong is none."""

    key = "not_numbers"


def told_terms(told: Mapping[str, str]) -> dict[str, Any]:
    """All terms but the calendar, as the platform wants them. Raises NotNumbers."""
    cap, days = told.get("pause_cap", "").strip(), told.get("close_after_days", "").strip()
    return {
        "targets": told_targets(told),
        "warning_percents": [round(each) for each in _numbers(told.get("warning_percents", ""))],
        "warn_before_seconds": [round(each * HOUR) for each in _numbers(told.get("warn_before", ""))],
        "pause_reasons": [reason for reason in PAUSE_REASONS if told.get(f"pause.{reason}")],
        "pause_cap_seconds": round(_number(cap) * HOUR) if cap else None,
        "close_after_days": round(_number(days)) if days else None,
        "priorities": {
            impact: {urgency: told[f"priority.{impact}.{urgency}"] for urgency in LEVELS} for impact in LEVELS
        },
        "applies_to_open": bool(told.get("applies_to_open")),
    }


def told_targets(told: Mapping[str, str]) -> list[dict[str, str | int]]:
    """The targets as the form says them, in hours or working days; what was left empty is not promised."""
    places = ((severity, kind, f"{severity}.{kind}") for severity in SEVERITIES for kind in KINDS)
    return [
        {"severity": severity, "kind": kind, "amount": _amount(told[name], unit), "unit": unit}
        for severity, kind, name in places
        if told.get(name, "").strip() and (unit := told.get(f"{name}.unit", "seconds"))
    ]


def told_amount(target: Target) -> str:
    """The amount as the form says it: working days, or hours."""
    return str(target.amount) if target.unit == WORKING_DAYS else told_hours(target.amount)


def _amount(text: str, unit: str) -> int:
    return round(_number(text)) if unit == WORKING_DAYS else round(_number(text) * HOUR)


def told_hours(seconds: int) -> str:
    return f"{seconds / HOUR:g}"


def _numbers(text: str) -> list[float]:
    return [_number(part) for part in APART.split(text) if part]


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError as not_a_number:
        raise NotNumbers(text) from not_a_number
    if not math.isfinite(number):
        raise NotNumbers(text)
    return number
