"""Beginning and ceasing to watch. Who watches already, or does not, is left as it is, and nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.copies.queries import ONLY_OF_STAFF, staff_member
from services.incidents.incidents.queries import locked_incident
from services.incidents.watchers import queries
from services.incidents.watchers.models import Watcher
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, context
from shared.errors import Forbidden
from shared.events.incidents import WatchersChanged
from shared.outbox import emit

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


class OnlyPeopleWatch(Forbidden):
    code = "only_people_watch"
    en = "Only a person can watch an incident; a client system enters a webhook."
    zh = "只有人员可以关注事件，客户系统请登记 Webhook。"


async def watch(session: AsyncSession, *, incident_id: UUID, by: Principal) -> None:
    """Hear how it goes on from now. Raises IncidentNotFound, OnlyPeopleWatch."""
    await _add(session, incident_id, _own_id(by), of_customer=by.customer_id is not None)


async def add_watcher(session: AsyncSession, *, incident_id: UUID, person_id: UUID) -> None:
    """A customer's people watch by themselves, so only a colleague is added. Raises PersonNotFound."""
    added = await staff_member(session, person_id, roles=ONLY_OF_STAFF)
    await _add(session, incident_id, added.id, of_customer=False)


async def unwatch(session: AsyncSession, *, incident_id: UUID, by: Principal) -> None:
    await remove_watcher(session, incident_id=incident_id, person_id=_own_id(by))


async def remove_watcher(session: AsyncSession, *, incident_id: UUID, person_id: UUID) -> None:
    incident = await locked_incident(session, incident_id, for_client=False)
    found = await queries.watcher(session, incident_id, person_id)
    if found:
        await session.delete(found)
        await _changed(session, incident, "remove_watcher", found)


async def _add(session: AsyncSession, incident_id: UUID, person_id: UUID, *, of_customer: bool) -> None:
    incident = await locked_incident(session, incident_id, for_client=False)
    if await queries.watcher(session, incident_id, person_id):
        return
    since, customer_id = context(session).now, incident.customer_id
    added = Watcher(
        incident_id=incident_id, person_id=person_id, customer_id=customer_id, of_customer=of_customer, since=since
    )
    session.add(added)
    await _changed(session, incident, "add_watcher", added)


async def _changed(session: AsyncSession, incident: Incident, action: str, watcher: Watcher) -> None:
    """The entries about a colleague are of no customer, in a chain of their own: who watches is the provider's."""
    await session.flush()
    watching = tuple(await queries.all_watchers(session, incident.id))
    emit(
        session,
        WatchersChanged(
            incident_id=incident.id, customer_id=incident.customer_id, person_ids=watching, watchers=len(watching)
        ),
    )
    chain, after = uuid5(incident.id, str(watcher.person_id)), as_record(watcher, "incident_id", "person_id")
    note(session, chain, action, after=after, customer_id=watcher.customer_id if watcher.of_customer else None)


def _own_id(by: Principal) -> UUID:
    if by.kind != "person" or by.id is None:
        raise OnlyPeopleWatch()
    return by.id
