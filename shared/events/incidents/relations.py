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
    title: str = ""
    contact_name: str = ""
    contact_email: str | None = None
    contact_locale: str = "zh-CN"


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
    title: str = ""
    contact_name: str = ""
    contact_email: str | None = None
    contact_locale: str = "zh-CN"


class IncidentAbsorbed(
    Event,
    type="incidents.incident_absorbed.v1",
    subject="incident_id",
    en="{merged_number} was merged into this incident",
    zh="{merged_number} 已合并到本事件",
):
    """Another report of the same fault was merged into this incident."""

    incident_id: UUID
    customer_id: UUID
    number: str
    merged_id: UUID
    merged_number: str


class IncidentReleased(
    Event,
    type="incidents.incident_released.v1",
    subject="incident_id",
    en="{merged_number} was taken out of this incident again",
    zh="{merged_number} 已从本事件中拆分",
):
    """What was merged into this incident is one of its own again."""

    incident_id: UUID
    customer_id: UUID
    number: str
    merged_id: UUID
    merged_number: str


class ParentChanged(
    Event,
    type="incidents.parent_changed.v1",
    subject="incident_id",
    en="Part of a larger incident: {parent_number}",
    zh="所属上级事件：{parent_number}",
):
    """The incident stands below another one from now on, or (None) below none."""

    incident_id: UUID
    customer_id: UUID
    number: str
    parent_id: UUID | None
    parent_number: str


class ChildrenChanged(
    Event,
    type="incidents.children_changed.v1",
    subject="incident_id",
    en="{child_number} {outcome} below this incident",
    zh="下级事件 {child_number}：{outcome}",
):
    """An incident was put below this one, or taken out again; `outcome`: linked or unlinked."""

    incident_id: UUID
    customer_id: UUID
    number: str
    child_id: UUID
    child_number: str
    outcome: str


class RelationChanged(
    Event,
    type="incidents.relation_changed.v1",
    subject="incident_id",
    en="Related incident {other_number}, {outcome}: {reason_given}",
    zh="相关事件 {other_number}，{outcome}：{reason_given}",
):
    """The incident has to do with another one, or no more; `outcome`: related or unrelated. Said of both."""

    incident_id: UUID
    customer_id: UUID
    number: str
    other_id: UUID
    other_number: str
    outcome: str
    reason_given: str
