"""Giving out numbers."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.numbers.models import LastNumber
from services.incidents.settings import Settings
from shared.db import context, settings_of
from shared.mechanisms import driver

TAKE = f"""
INSERT INTO {LastNumber.__table__} AS numbers (year, last) VALUES ($1, 1)
ON CONFLICT (year) DO UPDATE SET last = numbers.last + 1 RETURNING last
"""


async def next_number(session: AsyncSession) -> str:
    """The next number of the platform's year. The year's row stays locked until the commit, so there are no gaps:
    call it as late as possible.
    """
    year = context(session).now.astimezone(settings_of(session, Settings).time_zone).year
    return f"INC-{year}-{await driver(session).fetchval(TAKE, year):06}"
