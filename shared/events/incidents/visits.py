"""Visits of engineers to the site."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event


class VisitPlanned(
    Event,
    type="incidents.visit_planned.v1",
    subject="visit_id",
    en="Visit planned: {engineer_name}",
    zh="已安排上门：{engineer_name}",
):
    """An engineer is to go to the site at `planned_at`, to render a service item."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    engineer_id: UUID
    engineer_name: str
    site_id: UUID | None
    planned_at: datetime
    service_item: str = "fault_removal"


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
    """The visit is done, with its service record and who signed for the customer.

    `contract_number`: the contract that covers the incident, if one does.
    """

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    engineer_id: UUID
    engineer_name: str
    service_record: str
    signed_by: str
    completed_at: datetime
    contract_number: str | None = None
    service_item: str = "fault_removal"


class VisitCancelled(
    Event,
    type="incidents.visit_cancelled.v1",
    subject="visit_id",
    en="Visit of {engineer_name} cancelled: the incident was {outcome}",
    zh="{engineer_name} 的上门已取消：事件{outcome}",
):
    """The incident was closed, cancelled or merged (`outcome`) before the engineer was on site."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    engineer_id: UUID
    engineer_name: str
    planned_at: datetime
    outcome: str
    cancelled_at: datetime


class VisitTakenUp(
    Event,
    type="incidents.visit_taken_up.v1",
    subject="visit_id",
    en="Visit of {engineer_name} holds again",
    zh="{engineer_name} 的上门恢复安排",
):
    """The incident is taken up again, and the visit that was cancelled with it is still to come."""

    visit_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    engineer_id: UUID
    engineer_name: str
    planned_at: datetime
    taken_up_at: datetime
