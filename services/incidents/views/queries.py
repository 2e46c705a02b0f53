"""What can be asked about saved views: everybody their own, and staff what is shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.views.models import View
from shared.auth import Principal
from shared.db import check_version
from shared.errors import NotFound


class ViewNotFound(NotFound):
    code = "view_not_found"
    en = "There is no view {view_id}."
    zh = "没有视图 {view_id}。"


async def views_of(session: AsyncSession, by: Principal) -> Sequence[View]:
    """By name, one's own first."""
    rows = select(View).where(_seen(by)).order_by((View.owner_id != by.id), View.name, View.id)
    return (await session.scalars(rows)).all()


async def view(session: AsyncSession, view_id: UUID, by: Principal) -> View:
    return await _one(session, view_id, and_(View.id == view_id, _seen(by)))


async def locked_own_view(session: AsyncSession, view_id: UUID, by: Principal) -> View:
    """One's own view under its row lock, at the version that the client's If-Match names. Raises ViewNotFound."""
    found = await _one(session, view_id, and_(View.id == view_id, View.owner_id == by.id), lock=True)
    check_version(session, found.version)
    return found


async def has_another(session: AsyncSession, owner_id: UUID | None, name: str, but: UUID | None) -> bool:
    """Whether the owner has a view of this name beside the one given."""
    found = and_(View.owner_id == owner_id, View.name == name, View.id.is_distinct_from(but))
    return bool(await session.scalar(select(exists().where(found))))


async def _one(session: AsyncSession, view_id: UUID, which: ColumnElement[bool], *, lock: bool = False) -> View:
    row: Any = select(View).where(which).execution_options(populate_existing=lock)
    found: View | None = (await session.scalars(row.with_for_update() if lock else row)).one_or_none()
    if found is None:
        raise ViewNotFound(view_id=view_id)
    return found


def _seen(by: Principal) -> ColumnElement[bool]:
    """Tags are among what is internal: whoever may not see them sees no view that names one."""
    own = View.owner_id == by.id
    if by.scope != "staff":
        return own
    tells_a_tag = View.filters.op("?", is_comparison=True)("tag")
    return or_(own, View.shared if by.sees_internal else and_(View.shared, ~tells_a_tag))
