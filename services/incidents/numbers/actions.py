"""Giving out numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.numbers.models import LastNumber
from services.incidents.settings import Settings
from shared.db import context, settings_of, tenants_driver

TAKE = f"""
INSERT INTO {LastNumber.__table__} AS numbers (year, last) VALUES ($1, $2)
ON CONFLICT (year) DO UPDATE SET last = numbers.last + excluded.last RETURNING last
"""


async def next_number(session: AsyncSession) -> str:
    """The next number of the platform's year. The year's row stays locked until the commit, so there are no gaps:
    call it as late as possible.
    """
    [number] = await next_numbers(session, [context(session).now])
    return number


async def next_numbers(session: AsyncSession, reported_at: Sequence[datetime]) -> list[str]:
    """A number for each report, of the year in which it was made. Years are taken in order: so nobody deadlocks."""
    zone = settings_of(session, Settings).time_zone
    years = [moment.astimezone(zone).year for moment in reported_at]
    following: dict[int, int] = {}
    for year, count in sorted(Counter(years).items()):
        following[year] = await (await tenants_driver(session)).fetchval(TAKE, year, count) - count
    numbers = []
    for year in years:
        following[year] += 1
        numbers.append(f"INC-{year}-{following[year]:06}")
    return numbers
