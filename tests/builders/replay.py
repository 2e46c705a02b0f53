"""An incident's clocks rebuilt from its events alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shared import clocks
from shared.bus import Envelope
from shared.calendar import WorkCalendar
from shared.events.incidents import ArmedClock, ClocksArmed, ClockStopped


def rebuilt(envelopes: Iterable[Envelope]) -> dict[str, clocks.Clock]:
    """By its id, each clock as the last thing said of it has it."""
    found: dict[str, clocks.Clock] = {}
    for envelope in envelopes:
        if envelope.type == ClocksArmed.type:
            told = ClocksArmed.model_validate(envelope.data)
            found |= {str(armed.clock_id): _armed(armed) for armed in told.clocks}
        elif envelope.type == ClockStopped.type:
            stopped = ClockStopped.model_validate(envelope.data)
            found[str(stopped.clock_id)] = _ended(found[str(stopped.clock_id)], stopped)
    return found


def _armed(said: ArmedClock) -> clocks.Clock:
    unit = clocks.Unit.WORKING_DAYS if said.unit == "working_days" else clocks.Unit.SECONDS
    return clocks.Clock(
        kind=said.kind,
        started_at=said.started_at,
        budget=clocks.Budget(said.amount, unit),
        calendar=WorkCalendar.from_data(said.calendar),
        pauses=tuple(clocks.Pause(pause.from_at, pause.until_at, pause.reason) for pause in said.pauses),
    )


def _ended(clock: clocks.Clock, said: ClockStopped) -> clocks.Clock:
    end = clocks.cancel if said.outcome == "cancelled" else clocks.stop
    return end(clock, said.stopped_at)


def as_shown(clock: clocks.Clock, now: datetime) -> dict[str, Any]:
    """What people are shown of it."""
    return {
        "kind": clock.kind,
        "state": clocks.state(clock, now).value,
        "counted_seconds": clocks.counted_seconds(clock, now),
        "target_seconds": round(clock.total.total_seconds()),
    }
