"""Writing comments. What the provider says in public is an update to the customer, and reaches incidents below too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.comments.domain import Visibility
from services.incidents.comments.models import Comment
from services.incidents.comments.queries import surviving_incident
from services.incidents.copies.queries import people_of_role
from services.incidents.incidents.queries import locked_family
from services.incidents.milestones.actions import note_updates
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, context
from shared.events.incidents import IncidentCommented, InternalNoteAdded
from shared.outbox import emit
from shared.permissions import Permission, Role

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def add_comment(
    session: AsyncSession, *, incident_id: UUID, text: str, visibility: Visibility, by: Principal
) -> Comment:
    """Say something about an incident; of a merged one it is said about its target.

    Raises IncidentNotFound; Forbidden for an internal note of somebody who may see none.
    """
    incident = await surviving_incident(session, incident_id)
    written_on = incident_id if incident.id != incident_id else None
    if visibility is Visibility.INTERNAL:
        by.require(Permission.INCIDENTS_INTERNAL)
        return await _note_internally(session, incident, text, by, written_on)
    if by.customer_id is not None:
        comment = await _written(session, incident, text, by, written_on_id=written_on)
        _tell(session, incident, comment, await _to_be_told(session, incident))
        return comment
    return await _update_customer(session, incident, text, by, written_on)


async def _update_customer(
    session: AsyncSession, incident: Incident, text: str, by: Principal, written_on: UUID | None
) -> Comment:
    """The provider's word is an update, of the incident and of those below it. A few statements for all of them."""
    incident, children = await locked_family(session, incident.id, for_client=False)
    comment = _comment(session, incident, text, by, written_on_id=written_on)
    below = [_comment(session, child, text, by, origin_id=comment.id) for child in children]
    session.add_all([comment, *below])
    await session.flush()
    updated = list(zip((incident, *children), (comment, *below), strict=True))
    for each, written in updated:
        _tell(session, each, written, [])
    updates = {each.id: written.id for each, written in updated}
    await note_updates(session, [incident, *children], updates, at=comment.written_at)
    return comment


async def _note_internally(
    session: AsyncSession, incident: Incident, text: str, by: Principal, written_on: UUID | None
) -> Comment:
    """Its audit entries are of no customer, so that a customer's evidence does not have them."""
    comment = await _written(session, incident, text, by, visibility=Visibility.INTERNAL, written_on_id=written_on)
    own = {name: getattr(comment, name) for name in ("incident_id", "customer_id", "author", "author_name")}
    emit(session, InternalNoteAdded(**own, comment_id=comment.id, written_at=comment.written_at))
    note(session, comment.id, "note_internally", after=as_record(comment, "incident_id", "text"))
    return comment


async def _written(session: AsyncSession, incident: Incident, text: str, by: Principal, **said: Any) -> Comment:
    comment = _comment(session, incident, text, by, **said)
    session.add(comment)
    await session.flush()
    return comment


def _comment(
    session: AsyncSession,
    incident: Incident,
    text: str,
    by: Principal,
    visibility: Visibility = Visibility.PUBLIC,
    **origin: Any,
) -> Comment:
    return Comment(
        id=uuid7(),
        incident_id=incident.id,
        customer_id=incident.customer_id,
        text=text,
        author=by.actor,
        author_name=by.name,
        from_customer=by.customer_id is not None,
        written_at=context(session).now,
        visibility=visibility,
        **origin,
    )


def _tell(session: AsyncSession, incident: Incident, comment: Comment, told: list[UUID]) -> None:
    _say(session, incident, comment, told)
    after = as_record(comment, "incident_id", "text", "origin_id", "written_on_id")
    note(session, comment.id, "add_comment", after=after, customer_id=comment.customer_id)


async def _to_be_told(session: AsyncSession, incident: Incident) -> list[UUID]:
    """Who at the provider hears what a customer says: the engineer, or the desk before there is one."""
    if incident.engineer_id:
        return [incident.engineer_id]
    return await people_of_role(session, Role.DESK)


def _say(session: AsyncSession, incident: Incident, comment: Comment, told: list[UUID]) -> None:
    of_incident = ("number", "title", "contact_name", "contact_email", "contact_locale")
    of_comment = ("customer_id", "incident_id", "visibility", "text", "author", "author_name", "from_customer")
    said: dict[str, Any] = {name: getattr(incident, name) for name in of_incident}
    said |= {name: getattr(comment, name) for name in (*of_comment, "origin_id", "written_at")}
    emit(session, IncidentCommented(**said, comment_id=comment.id, told_ids=tuple(told)))
