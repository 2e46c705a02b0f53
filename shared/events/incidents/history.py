"""Incidents taken over from another system, with what it had recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events._base import History
from shared.events.incidents.clocks import PausedStretch
from shared.events.words import word

SHOWN_DETAILS = 6
"""How many of a fact's details its sentence names; the others are in its data."""


class RecordedFact(BaseModel):
    """What a source recorded at one moment: by whom, and what was so from then on. None: it does not say.

    `details` are further columns of the source that changed; None there: it was emptied.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: datetime
    by: str
    state: str | None = None
    team: str | None = None
    assignee: str | None = None
    severity: str | None = None
    details: dict[str, str | None] = {}

    def sentence(self, language: str) -> str:
        """What a reader of the timeline sees, in `zh` or `en`."""
        terms = [word(value, language) for value in (self.state, self.severity) if value]
        names = [name for name in (self.team, self.assignee) if name]
        changed = [f"{name}: {value or '-'}" for name, value in self.details.items()][:SHOWN_DETAILS]
        between = "，" if language == "zh" else ", "
        return between.join(terms + names + changed) or word("updated", language)


class RecordedClock(BaseModel):
    """A promise as the record shows it was kept. Carries every input of its arithmetic (shared/clocks.py).

    `outcome`: met, breached, or running when it is not over.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    started_at: datetime
    amount: int
    unit: str
    calendar: dict[str, Any]
    due_at: datetime
    stopped_at: datetime | None
    outcome: str
    pauses: tuple[PausedStretch, ...] = ()


class IncidentImported(
    History,
    type="incidents.incident_imported.v1",
    subject="incident_id",
    en="{number} taken over from {source} ({source_number}): {title}",
    zh="从 {source}（{source_number}）导入 {number}：{title}",
):
    """An incident was taken over from another system, with its whole history: recorded facts, not moves.

    `state` and `severity` are as last recorded. `clocks`: what the agreement in force at the report promised.
    """

    incident_id: UUID
    customer_id: UUID
    number: str
    source: str
    source_number: str
    title: str
    description: str
    channel: str
    severity: str
    state: str
    asset_id: UUID | None
    site_id: UUID | None
    covered: bool
    agreement_id: UUID | None
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    contact_locale: str
    reported_at: datetime
    acknowledged_at: datetime | None
    arrived_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    solution: str | None
    closed_at: datetime | None
    facts: tuple[RecordedFact, ...]
    clocks: tuple[RecordedClock, ...]
