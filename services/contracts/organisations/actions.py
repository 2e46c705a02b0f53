"""Writing emergency organisations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.customers import queries as customers
from services.contracts.organisations.models import EmergencyOrganisation
from shared.audit import note
from shared.db import as_record, check_version
from shared.errors import Unprocessable
from shared.events.contracts import EmergencyOrganisationChanged
from shared.outbox import emit

FIELDS = ("team_ids", "leader_ids", "quorum", "superior_ids")


class QuorumTooLarge(Unprocessable):
    code = "quorum_too_large"
    en = "The quorum is {quorum}, but there are only {leaders} leaders."
    zh = "法定人数为 {quorum}，但领导小组只有 {leaders} 人。"


async def name_organisation(
    session: AsyncSession,
    *,
    customer_id: UUID,
    team_ids: Sequence[UUID],
    leader_ids: Sequence[UUID],
    quorum: int,
    superior_ids: Sequence[UUID],
) -> EmergencyOrganisation:
    """Name the customer's emergency organisation, or replace it whole. Raises QuorumTooLarge.

    The customer is locked, since there is no row of the organisation to lock before the first time.
    """
    await customers.locked_customer(session, customer_id)
    leaders = list(dict.fromkeys(leader_ids))
    if quorum > len(leaders):
        raise QuorumTooLarge(quorum=quorum, leaders=len(leaders))
    organisation = await session.get(EmergencyOrganisation, customer_id, with_for_update=True, populate_existing=True)
    before: dict[str, object] = {}
    if organisation is None:
        organisation = EmergencyOrganisation(customer_id=customer_id, version=0)
        session.add(organisation)
    else:
        before = as_record(organisation, *FIELDS)
    check_version(session, organisation.version)
    organisation.team_ids = list(dict.fromkeys(team_ids))
    organisation.leader_ids = leaders
    organisation.quorum = quorum
    organisation.superior_ids = list(dict.fromkeys(superior_ids))
    organisation.version += 1
    await session.flush()
    after = as_record(organisation, *FIELDS)
    note(session, customer_id, "name_organisation", before=before, after=after, customer_id=customer_id)
    say_organisation(session, organisation)
    return organisation


def say_organisation(session: AsyncSession, organisation: EmergencyOrganisation) -> None:
    emit(
        session,
        EmergencyOrganisationChanged(
            customer_id=organisation.customer_id,
            team_ids=tuple(organisation.team_ids),
            leader_ids=tuple(organisation.leader_ids),
            quorum=organisation.quorum,
            superior_ids=tuple(organisation.superior_ids),
        ),
    )
