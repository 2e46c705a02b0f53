"""Putting an incident below another, and taking it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.families import domain
from services.incidents.incidents import queries
from services.incidents.incidents.actions import note_incident, say
from services.incidents.incidents.domain import OVER, UNRESTORED
from shared.db import as_record
from shared.events.incidents import ChildrenChanged, ParentChanged

if TYPE_CHECKING:
    from services.incidents.incidents.models import Incident


async def set_parent(session: AsyncSession, *, incident_id: UUID, parent_id: UUID) -> Incident:
    """Put it below another of its customer.

    Raises IncidentNotFound for another customer's, ParentOfItself, ParentIsChild, ChildIsParent, ParentOver, ChildOver.
    """
    if incident_id == parent_id:
        raise domain.ParentOfItself()
    child, parent = await queries.locked_pair(session, incident_id, parent_id)
    if parent.parent_id is not None:
        raise domain.ParentIsChild(parent=parent.number)
    if parent.state not in UNRESTORED:
        raise domain.ParentOver(parent=parent.number, state=parent.state)
    if child.state in OVER:
        raise domain.ChildOver(state=child.state)
    if await queries.children_of(session, child.id):
        raise domain.ChildIsParent()
    if child.parent_id == parent.id:
        return child
    await _unlink(session, child)
    await _change(session, child, parent)
    say(session, parent, ChildrenChanged, child_id=child.id, child_number=child.number, outcome="linked")
    return child


async def leave_parent(session: AsyncSession, *, incident_id: UUID) -> Incident:
    """Raises NoParent."""
    child = await queries.locked_incident(session, incident_id)
    if child.parent_id is None:
        raise domain.NoParent()
    await _unlink(session, child)
    await _change(session, child, None)
    return child


async def leave_parent_that_is_over(session: AsyncSession, child: Incident) -> None:
    """What comes back to be worked on holds open no parent that was closed without it."""
    if child.parent_id is not None and (await queries.locked_now(session, child.parent_id)).state in OVER:
        await _unlink(session, child)
        await _change(session, child, None)


async def _unlink(session: AsyncSession, child: Incident) -> None:
    """Tell the parent that the child has now, if it has one."""
    if child.parent_id is not None:
        former = await queries.incident(session, child.parent_id)
        say(session, former, ChildrenChanged, child_id=child.id, child_number=child.number, outcome="unlinked")


async def _change(session: AsyncSession, child: Incident, parent: Incident | None) -> None:
    before = as_record(child, "parent_id")
    child.parent_id = parent.id if parent else None
    child.version += 1
    say(session, child, ParentChanged, parent_number=parent.number if parent else "-")
    note_incident(session, child, "set_parent", "parent_id", before=before)
    await session.flush()
