"""The promises made for an incident."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events._base import Event, shown_moment
from shared.events.words import word


class PausedStretch(BaseModel):
    """Time that a clock does not count; still open while `until_at` is None."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    from_at: datetime
    until_at: datetime | None
    reason: str


class ArmedClock(BaseModel):
    """One promise with every input of its arithmetic (shared/clocks.py): the last one said of it rebuilds the clock.

    While a pause is open the clock stands still, and `due_at` is when it would be due if it ran on now. `about_id`:
    what a clock of several of its kind runs for.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    clock_id: UUID
    about_id: UUID | None
    kind: str
    started_at: datetime
    amount: int
    unit: str
    calendar: dict[str, Any]
    due_at: datetime
    pauses: tuple[PausedStretch, ...] = ()

    def stands(self, language: str, zone: tzinfo) -> str:
        """When it is due; of what stands still that is not known yet."""
        stands_still = any(pause.until_at is None for pause in self.pauses)
        return word("paused", language) if stands_still else shown_moment(self.due_at, zone)


class ClocksArmed(
    Event,
    type="incidents.clocks_armed.v1",
    subject="incident_id",
    en="Promised: {clocks}",
    zh="承诺：{clocks}",
):
    """Promises run, from now on as said here: they began, their targets changed, or what they do not count."""

    incident_id: UUID
    customer_id: UUID
    clocks: tuple[ArmedClock, ...]

    def sentence(self, language: str, zone: tzinfo = UTC) -> str:
        due = [f"{word(clock.kind, language)} {clock.stands(language, zone)}" for clock in self.clocks]
        template = self.zh if language == "zh" else self.en
        return template.format(clocks=("；" if language == "zh" else "; ").join(due))


class ClockStopped(
    Event,
    type="incidents.clock_stopped.v1",
    subject="incident_id",
    en="Promise “{kind}” {outcome}",
    zh="承诺“{kind}”{outcome}",
):
    """A promise ended; `outcome` is met, breached, or cancelled when it had no point any more."""

    incident_id: UUID
    customer_id: UUID
    kind: str
    stopped_at: datetime
    due_at: datetime
    outcome: str
    clock_id: UUID | None = None
    about_id: UUID | None = None


class ClockWarned(
    Event,
    type="incidents.clock_warned.v1",
    subject="incident_id",
    en="Promise “{kind}”: {percent} % of the time used",
    zh="承诺“{kind}”已用时 {percent}%",
):
    """A fraction of a promise's time is used up and it is not yet kept. `late`: we were down when it was due.

    `before_seconds`: the warning is one ahead of the end, by so much counted time.
    """

    incident_id: UUID
    customer_id: UUID
    number: str
    kind: str
    percent: int
    due_at: datetime
    late: bool
    clock_id: UUID | None = None
    about_id: UUID | None = None
    before_seconds: int | None = None


class ClockBreached(
    Event,
    type="incidents.clock_breached.v1",
    subject="incident_id",
    en="Promise “{kind}” broken",
    zh="承诺“{kind}”超时",
):
    """A promise was not kept in time. `late`: we were down when it was due."""

    incident_id: UUID
    customer_id: UUID
    number: str
    kind: str
    due_at: datetime
    late: bool
    clock_id: UUID | None = None
    about_id: UUID | None = None
