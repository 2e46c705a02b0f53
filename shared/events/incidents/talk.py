"""What is said, shown and watched about an incident, and the time it took. Internal ones are the provider's own."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from shared.events._base import Event


class IncidentCommented(
    Event,
    type="incidents.incident_commented.v1",
    subject="incident_id",
    en="{author_name}: {text}",
    zh="{author_name}：{text}",
):
    """Somebody wrote what customer and provider both see. `from_customer`: the customer's side wrote it.

    `told_ids`: those of the provider who are to hear of it, the engineer or the desk. `origin_id`: the comment on the
    incident above of which this is the copy.
    """

    comment_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    visibility: str
    text: str
    author: str
    author_name: str
    from_customer: bool
    origin_id: UUID | None
    told_ids: tuple[UUID, ...]
    contact_name: str
    contact_email: str | None
    contact_locale: str
    written_at: datetime


class InternalNoteAdded(
    Event,
    type="incidents.internal_note_added.v1",
    subject="incident_id",
    en="{author_name} added an internal note",
    zh="{author_name} 添加了内部备注",
    internal=True,
):
    """Somebody of the provider wrote a note. Its text stays where it is."""

    comment_id: UUID
    incident_id: UUID
    customer_id: UUID
    author: str
    author_name: str
    written_at: datetime


class _Attachment(Event):
    """What every event about an attachment says. `sha256` is of its content."""

    attachment_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    name: str
    media_type: str
    size: int
    sha256: str
    visibility: str


class AttachmentAdded(
    _Attachment,
    type="incidents.attachment_added.v1",
    subject="incident_id",
    en="File attached: {name}",
    zh="已添加附件：{name}",
):
    """A file was attached that customer and provider both see."""

    added_at: datetime


class AttachmentWithdrawn(
    _Attachment,
    type="incidents.attachment_withdrawn.v1",
    subject="incident_id",
    en="File withdrawn: {name} ({reason_given})",
    zh="已撤回附件：{name}（{reason_given}）",
):
    """An attached file was withdrawn: its content is no longer to be had."""

    reason_given: str
    withdrawn_at: datetime


class InternalAttachmentAdded(
    _Attachment,
    type="incidents.internal_attachment_added.v1",
    subject="incident_id",
    en="Internal file attached: {name}",
    zh="已添加内部附件：{name}",
    internal=True,
):
    """A file was attached that only the provider sees."""

    added_at: datetime


class InternalAttachmentWithdrawn(
    _Attachment,
    type="incidents.internal_attachment_withdrawn.v1",
    subject="incident_id",
    en="Internal file withdrawn: {name} ({reason_given})",
    zh="已撤回内部附件：{name}（{reason_given}）",
    internal=True,
):
    """A file that only the provider saw was withdrawn."""

    reason_given: str
    withdrawn_at: datetime


class WatchersChanged(
    Event,
    type="incidents.watchers_changed.v1",
    subject="incident_id",
    en="Watchers of the incident: {watchers}",
    zh="事件的关注人数：{watchers}",
    internal=True,
):
    """All who watch an incident from now on, and how many they are."""

    incident_id: UUID
    customer_id: UUID
    person_ids: tuple[UUID, ...]
    watchers: int


class _Time(Event):
    """What every event about time spent says; `person_id` spent it, on a service item."""

    entry_id: UUID
    incident_id: UUID
    customer_id: UUID
    contract_number: str | None
    minutes: int
    work: str
    person_id: UUID
    person_name: str
    spent_on: date
    service_item: str = "fault_removal"


class TimeSpent(
    _Time,
    type="incidents.time_spent.v1",
    subject="incident_id",
    en="{person_name} spent {minutes} min ({work}) on {spent_on}",
    zh="{person_name} 于 {spent_on} 用时 {minutes} 分钟（{work}）",
    internal=True,
):
    """Somebody of the provider worked on an incident for so long."""


class TimeWithdrawn(
    _Time,
    type="incidents.time_withdrawn.v1",
    subject="incident_id",
    en="{person_name} withdrew {minutes} min ({work}) of {spent_on}: {reason_given}",
    zh="{person_name} 撤回 {spent_on} 的 {minutes} 分钟（{work}）：{reason_given}",
    internal=True,
):
    """Time that was entered does not count: it was a mistake, for this reason."""

    reason_given: str
    withdrawn_at: datetime
