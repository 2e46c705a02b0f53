"""Giving out numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.settings import Settings
from shared.db import context, settings_of, tenants_driver

TAKE = "SELECT incidents.take_numbers($1, $2)"


async def next_number(session: AsyncSession) -> str:
    """The next number of the platform's year. Take it when nothing is left that may refuse the report: a number whose
    transaction fails is given to nobody.
    """
    [number] = await next_numbers(session, [context(session).now])
    return number


async def next_numbers(session: AsyncSession, reported_at: Sequence[datetime]) -> list[str]:
    """A number for each report, of the year in which it was made. Nobody waits for another report's end."""
    zone = settings_of(session, Settings).time_zone
    years = [moment.astimezone(zone).year for moment in reported_at]
    driver = await tenants_driver(session)
    taken = {year: iter(await driver.fetch(TAKE, year, count)) for year, count in Counter(years).items()}
    return [f"INC-{year}-{next(taken[year])[0]:06}" for year in years]
