"""What incidents says: the life of an incident, its visits, and its clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events._base import Event, History
from shared.events.words import word

SHOWN_DETAILS = 6
"""How many of a fact's details its sentence names; the others are in its data."""


class IncidentReported(
    Event,
    type="incidents.incident_reported.v1",
    subject="incident_id",
    en="{number} reported ({channel}): {title}",
    zh="{number} 已报告（{channel}）：{title}",
):
    """A fault was registered, with the contact to answer and the cover found (`covered` false: not covered)."""

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    description: str
    channel: str
    severity: str
    asset_id: UUID | None
    site_id: UUID | None
    covered: bool
    agreement_id: UUID | None
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    contact_locale: str
    reported_at: datetime


class IncidentAcknowledged(
    Event,
    type="incidents.incident_acknowledged.v1",
    subject="incident_id",
    en="Acknowledged",
    zh="已响应",
):
    """The desk or an engineer answered the report; the respond clock stops."""

    incident_id: UUID
    customer_id: UUID
    number: str
    acknowledged_by: UUID
    acknowledged_at: datetime


class IncidentClassified(
    Event,
    type="incidents.incident_classified.v1",
    subject="incident_id",
    en="Classified: {severity}, {fault_class}. {analysis}",
    zh="已定性：{severity}，{fault_class}。{analysis}",
):
    """The preliminary analysis: what kind of fault, how severe, which key businesses it hits.

    `quickly_solvable` false: it cannot be solved in the shortest time, so the leading group must know; None: not said.
    """

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    severity: str
    fault_class: str
    analysis: str
    asset_id: UUID | None
    site_id: UUID | None
    key_business_ids: tuple[UUID, ...]
    classified_by: UUID
    classified_at: datetime
    quickly_solvable: bool | None = None


class IncidentAssigned(
    Event,
    type="incidents.incident_assigned.v1",
    subject="incident_id",
    en="Assigned to {engineer_name}",
    zh="已指派给 {engineer_name}",
):
    """An engineer is responsible for the incident from now on."""

    incident_id: UUID
    customer_id: UUID
    number: str
    engineer_id: UUID
    engineer_name: str


class IncidentResolved(
    Event,
    type="incidents.incident_resolved.v1",
    subject="incident_id",
    en="Service restored: {solution}",
    zh="服务已恢复：{solution}",
):
    """Service is restored; the business departments named are told, and the contact is asked to confirm."""

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    solution: str
    department_ids: tuple[UUID, ...]
    contact_name: str
    contact_email: str | None
    contact_locale: str
    resolved_at: datetime


class IncidentConfirmed(
    Event,
    type="incidents.incident_confirmed.v1",
    subject="incident_id",
    en="The customer confirmed the restoration",
    zh="客户已确认恢复",
):
    """A user of the customer confirmed that service is restored."""

    incident_id: UUID
    customer_id: UUID
    number: str
    confirmed_by: UUID
    confirmed_at: datetime


class IncidentClosed(
    Event,
    type="incidents.incident_closed.v1",
    subject="incident_id",
    en="{number} closed",
    zh="{number} 已关闭",
):
    """The incident is over. What follows (survey, report) hangs on this."""

    incident_id: UUID
    customer_id: UUID
    number: str
    title: str
    contact_name: str
    contact_email: str | None
    contact_locale: str
    closed_at: datetime


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


class VisitPlanned(
    Event,
    type="incidents.visit_planned.v1",
    subject="visit_id",
    en="Visit planned: {engineer_name}",
    zh="已安排上门：{engineer_name}",
):
    """An engineer is to go to the site at `planned_at`."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    engineer_id: UUID
    engineer_name: str
    site_id: UUID | None
    planned_at: datetime


class VisitDeparted(
    Event,
    type="incidents.visit_departed.v1",
    subject="visit_id",
    en="{engineer_name} is on the way",
    zh="{engineer_name} 已出发",
):
    """The engineer is en route."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    engineer_id: UUID
    engineer_name: str
    departed_at: datetime


class VisitArrived(
    Event,
    type="incidents.visit_arrived.v1",
    subject="visit_id",
    en="{engineer_name} arrived on site",
    zh="{engineer_name} 已到场",
):
    """The engineer is on site; the on-site clock stops."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    engineer_id: UUID
    engineer_name: str
    arrived_at: datetime


class VisitCompleted(
    Event,
    type="incidents.visit_completed.v1",
    subject="visit_id",
    en="Visit done: {service_record}",
    zh="上门完成：{service_record}",
):
    """The visit is done, with its service record and who signed for the customer."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    engineer_id: UUID
    engineer_name: str
    service_record: str
    signed_by: str
    completed_at: datetime


class ClockArmed(
    Event,
    type="incidents.clock_armed.v1",
    subject="incident_id",
    en="Promise “{kind}”: due {due_at}",
    zh="承诺“{kind}”：应于 {due_at} 前完成",
):
    """A promise began or its target changed. Carries every input of its arithmetic (shared/clocks.py)."""

    incident_id: UUID
    customer_id: UUID
    kind: str
    started_at: datetime
    amount: int
    unit: str
    calendar: dict[str, Any]
    due_at: datetime


class ClockStopped(
    Event,
    type="incidents.clock_stopped.v1",
    subject="incident_id",
    en="Promise “{kind}” {outcome}",
    zh="承诺“{kind}”{outcome}",
):
    """A promise ended; `outcome` is met, breached, or cancelled when it had no point any more."""

    incident_id: UUID
    customer_id: UUID
    kind: str
    stopped_at: datetime
    due_at: datetime
    outcome: str


class ClockWarned(
    Event,
    type="incidents.clock_warned.v1",
    subject="incident_id",
    en="Promise “{kind}”: {percent} % of the time used",
    zh="承诺“{kind}”已用时 {percent}%",
):
    """A fraction of a promise's time is used up and it is not yet kept. `late`: we were down when it was due."""

    incident_id: UUID
    customer_id: UUID
    number: str
    kind: str
    percent: int
    due_at: datetime
    late: bool


class ClockBreached(
    Event,
    type="incidents.clock_breached.v1",
    subject="incident_id",
    en="Promise “{kind}” broken",
    zh="承诺“{kind}”超时",
):
    """A promise was not kept in time. `late`: we were down when it was due."""

    incident_id: UUID
    customer_id: UUID
    number: str
    kind: str
    due_at: datetime
    late: bool
