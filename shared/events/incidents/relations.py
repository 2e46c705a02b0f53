"""What incidents are to each other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class IncidentMerged(
    Event,
    type="incidents.incident_merged.v1",
    subject="incident_id",
    en="{number} merged into {target_number}: {reason_given}",
    zh="{number} 已合并到 {target_number}：{reason_given}",
):
    """The same fault was reported twice; work goes on in the target. `former_state` comes back if it is undone."""

    incident_id: UUID
    customer_id: UUID
    number: str
    target_id: UUID
    target_number: str
    former_state: str
    reason_given: str
    merged_at: datetime


class IncidentUnmerged(
    Event,
    type="incidents.incident_unmerged.v1",
    subject="incident_id",
    en="{number} taken out of {target_number} again: {reason_given}",
    zh="{number} 已从 {target_number} 中拆分：{reason_given}",
):
    """The merge was a mistake; the incident is as it was, and its clocks run on."""

    incident_id: UUID
    customer_id: UUID
    number: str
    target_id: UUID
    target_number: str
    state: str
    reason_given: str
    unmerged_at: datetime
