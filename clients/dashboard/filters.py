"""By what the list of incidents is narrowed, as it stands in the address and as the platform wants it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

SEVERITIES = ("general", "major", "disaster", "consultation")
LEVELS = ("high", "medium", "low")
PRIORITIES = ("critical", "high", "medium", "low")
FAULT_CLASSES = ("device", "line", "software", "power_or_connection", "other")
TEAMS = ("desk", "site", "regional", "headquarters", "joint_analysis")
STATES = (
    "reported",
    "acknowledged",
    "triaged",
    "in_progress",
    "waiting",
    "resolved",
    "confirmed",
    "closed",
    "cancelled",
    "merged",
)
ORDERS = ("newest", "due")
SOON = timedelta(hours=4)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "severity": SEVERITIES,
    "priority": PRIORITIES,
    "fault_class": FAULT_CLASSES,
    "team": TEAMS,
    "breached": ("true", "false"),
    "covered": ("true", "false"),
    "due": ("soon",),
    "order": ORDERS,
}
IDS = frozenset({"customer_id", "engineer_id", "parent_id"})
LONGEST = 200


@dataclass(frozen=True)
class Filters:
    """What of the list is shown; what is empty does not narrow it. `due`: "soon" is within the next hours."""

    state: tuple[str, ...] = ()
    severity: str = ""
    priority: str = ""
    fault_class: str = ""
    customer_id: str = ""
    engineer_id: str = ""
    parent_id: str = ""
    team: str = ""
    covered: str = ""
    breached: str = ""
    due: str = ""
    tag: str = ""
    q: str = ""
    source_number: str = ""
    order: str = ""

    @classmethod
    def of(cls, told: Mapping[str, str | Sequence[str]]) -> Self:
        """From an address, a form or a saved view; what is unknown or senseless is left out."""
        texts = {name: value if isinstance(value, str) else ",".join(value) for name, value in told.items()}
        known = {field.name: texts.get(field.name, "").strip()[:LONGEST] for field in fields(cls)}
        sensible: dict[str, Any] = {name: value for name, value in known.items() if _is_sensible(name, value)}
        wanted = set(known["state"].split(","))
        return cls(**sensible | {"state": tuple(state for state in STATES if state in wanted)})

    @property
    def path(self) -> str:
        """The address of the list, narrowed like this."""
        return f"/?{urlencode(self._said)}" if self._said else "/"

    @property
    def export_path(self) -> str:
        return f"/export?{urlencode(self._said)}" if self._said else "/export"

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, order="") != type(self)()

    @property
    def saved(self) -> dict[str, str | list[str]]:
        """As a saved view keeps it, which knows neither order nor what is due soon."""
        kept: dict[str, str | list[str]] = {k: v for k, v in self._said.items() if k not in ("order", "due", "state")}
        return kept | {"state": [*self.state]} if self.state else kept

    @property
    def _said(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)} | {"state": ",".join(self.state)}
        return {name: value for name, value in values.items() if value}

    def query(self, now: datetime) -> dict[str, Any]:
        """The parameters of GET /v1/incidents."""
        told: dict[str, Any] = {name: value for name, value in self._said.items() if name != "due"}
        if self.state:
            told["state"] = list(self.state)
        if self.due:
            told["due_before"] = (now + SOON).isoformat()
        return told


def _is_sensible(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    return _is_id(value) if name in IDS else True


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
