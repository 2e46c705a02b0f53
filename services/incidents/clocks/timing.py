"""The timers of clocks: cancelled while a clock is changed under its lock, armed again as it runs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import domain, queries
from services.incidents.clocks.models import Clock
from services.incidents.clocks.saying import say_armed
from services.incidents.pauses.domain import Stretch
from services.incidents.settings import Settings
from shared import clocks, timers
from shared.db import context, settings_of

Stretches = Sequence[Stretch]
WARNING = "clock_warning"
BREACH = "clock_breach"


async def held_clocks(
    session: AsyncSession, clock_ids: Collection[UUID], *, stopped_too: bool = False
) -> Sequence[Clock]:
    """Those of the clocks that are not stopped, under lock and without timers. Call with the incident locked."""
    await session.flush()
    if not clock_ids:
        return ()
    locked = await queries.locked_clocks(session, clock_ids)
    await timers.cancel_many(session, (WARNING, BREACH), [clock.id for clock in locked])
    return [clock for clock in locked if stopped_too or clock.stopped_at is None]


async def run_on(
    session: AsyncSession, going: Sequence[Clock], stretches: Mapping[UUID, Stretches], since: datetime | None = None
) -> None:
    """Arm the timers of clocks as they are now, and say when they are due; one that stands still has none.

    `since`: from when on they run, where nothing was there to see it: what was due from then on is due then, and late.
    """
    uncounted = {clock: stretches[clock.incident_id] for clock in going}
    running = {clock: mine for clock, mine in uncounted.items() if is_running(clock, mine)}
    await arm_timers(session, running, since=since)
    of_incident: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in going:
        of_incident[clock.incident_id].append(clock)
    for incident_id, together in of_incident.items():
        say_armed(session, together, stretches[incident_id])


def is_running(clock: Clock, stretches: Stretches) -> bool:
    return clock.promise(stretches).phase is clocks.Phase.RUNNING


async def arm_timers(
    session: AsyncSession,
    running: Mapping[Clock, Stretches],
    alerts: Callable[..., Iterator[domain.Alert]] = domain.alerts,
    *,
    since: datetime | None = None,
) -> None:
    """One statement for the timers of all the clocks, of whatever incidents; due from `since` (now) on."""
    now, percents = since or context(session).now, settings_of(session, Settings).warning_percents
    await timers.arm_each(
        session,
        [
            timers.Wanted(*_timer(clock, alert), clock.customer_id, clock.incident_id)
            for clock, stretches in running.items()
            for alert in alerts(clock.promise(stretches), now, clock.aim, percents)
        ],
    )


def _timer(clock: Clock, alert: domain.Alert) -> tuple[str, UUID, str, datetime, dict[str, Any]]:
    if alert.percent is not None:
        return WARNING, clock.id, f"{clock.kind}:{alert.percent}", alert.due_at, {"percent": alert.percent}
    if alert.before is not None:
        return WARNING, clock.id, f"{clock.kind}:-{alert.before}", alert.due_at, {"before": alert.before}
    return BREACH, clock.id, clock.kind, alert.due_at, {}
