"""Which agreement holds for an incident, after its report."""

from __future__ import annotations

from uuid import UUID

from shared.events._base import Event


class CoverDecided(
    Event,
    type="incidents.cover_decided.v1",
    subject="incident_id",
    en="Not covered by contract: {cover}. {reason_given}",
    zh="不在合同范围：{cover}。{reason_given}",
):
    """What is done about an incident that no agreement covers: worked on as goodwill, or declined."""

    incident_id: UUID
    customer_id: UUID
    number: str
    cover: str
    reason_given: str
    decided_by: UUID


class CoverFound(
    Event,
    type="incidents.cover_found.v1",
    subject="incident_id",
    en="Covered after all, by contract {contract_number}",
    zh="已确认由合同 {contract_number} 覆盖",
):
    """An agreement arrived that was in force at the report: its promises run from the report."""

    incident_id: UUID
    customer_id: UUID
    number: str
    agreement_id: UUID
    contract_number: str


class AgreementReplaced(
    Event,
    type="incidents.agreement_replaced.v1",
    subject="incident_id",
    en="Both sides agreed: revision {revision} of the agreement holds for this incident too",
    zh="双方约定：协议第 {revision} 版同样适用于本事件",
):
    """An amendment that also applies to open incidents: from now on its figures are this incident's."""

    incident_id: UUID
    customer_id: UUID
    number: str
    agreement_id: UUID
    revision: int
