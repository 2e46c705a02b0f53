"""Saving, changing and deleting views: each person their own. Only the desk shares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.views import domain, queries
from services.incidents.views.models import View
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record
from shared.errors import Conflict
from shared.permissions import Permission

FIELDS = ("name", "filters", "shared")


class ViewNameTaken(Conflict):
    code = "view_name_taken"
    en = "You have a view {name} already."
    zh = "您已有名为 {name} 的视图。"


async def save_view(session: AsyncSession, *, by: Principal, **said: Any) -> View:
    """Raises UnknownFilters, FilterNotUsable, ViewNameTaken; Forbidden when somebody shares who may not."""
    view = View(id=uuid7(), owner_id=by.id, version=1, **said)
    await _check(session, view, by)
    session.add(view)
    await session.flush()
    note(session, view.id, "save_view", after=as_record(view, *FIELDS))
    return view


async def change_view(session: AsyncSession, *, view_id: UUID, by: Principal, **changes: Any) -> View:
    """Change what is given and differs. Raises as `save_view`, ViewNotFound, VersionMismatch."""
    view = await queries.locked_own_view(session, view_id, by)
    changes = {name: value for name, value in changes.items() if value != getattr(view, name)}
    if not changes:
        return view
    before = as_record(view, *changes)
    for name, value in changes.items():
        setattr(view, name, value)
    await _check(session, view, by)
    view.version += 1
    note(session, view.id, "change_view", before=before, after=as_record(view, *changes))
    return view


async def delete_view(session: AsyncSession, *, view_id: UUID, by: Principal) -> None:
    view = await queries.locked_own_view(session, view_id, by)
    note(session, view.id, "delete_view", before=as_record(view, *FIELDS))
    await session.delete(view)


async def _check(session: AsyncSession, view: View, by: Principal) -> None:
    domain.require_known(view.filters)
    domain.require_usable(view.filters)
    if view.shared:
        by.require(Permission.INCIDENTS_DISPATCH)
    if await queries.has_another(session, view.owner_id, view.name, view.id):
        raise ViewNameTaken(name=view.name)
