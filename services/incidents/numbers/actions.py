"""Giving out numbers."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.numbers.models import LastNumber
from services.incidents.settings import Settings
from shared.db import context, settings_of

TAKE = (
    insert(LastNumber)
    .values(year=bindparam("of_year"), last=1)
    .on_conflict_do_update(index_elements=["year"], set_={"last": LastNumber.last + 1})
    .returning(LastNumber.last)
)


async def next_number(session: AsyncSession) -> str:
    """The next number of the platform's year. The year's row stays locked until the commit, so there are no gaps:
    call it as late as possible.
    """
    year = context(session).now.astimezone(settings_of(session, Settings).time_zone).year
    last: int = (await session.execute(TAKE, {"of_year": year})).scalar_one()
    return f"INC-{year}-{last:06}"
