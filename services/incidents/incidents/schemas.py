"""HTTP bodies about incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from services.incidents.incidents.domain import Channel, Level, Severity, Team, hindrances
from services.incidents.incidents.queries import Shown
from shared.auth import Principal
from shared.instant import Instant

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReportIncident(Body):
    """Staff say for which customer (`customer_id`); everybody else reports for their own.

    `reported_at`: the true time of a call that staff record afterwards; a direct call to an engineer needs it.
    """

    title: Line
    description: Text
    severity: Severity = Severity.GENERAL
    channel: Channel | None = None
    customer_id: UUID | None = None
    asset_id: UUID | None = None
    site_id: UUID | None = None
    impact: Level = Level.MEDIUM
    urgency: Level = Level.MEDIUM
    reported_at: Instant | None = None
    contact_name: Line
    contact_email: EmailStr | None = None
    contact_locale: Literal["zh-CN", "en"] = "zh-CN"


class Acknowledge(Body):
    """Nothing to say."""


class Assign(Body):
    """`team`: for which team the engineer holds it; left out, the one that has it, or the site team. Only escalating
    convenes a joint analysis.
    """

    engineer_id: UUID
    team: Literal[Team.DESK, Team.SITE, Team.REGIONAL, Team.HEADQUARTERS] | None = None


class Begin(Body):
    """Nothing to say."""


class Prioritise(Body):
    """The priority follows from both by the contract's matrix."""

    impact: Level
    urgency: Level


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ClockOut(Out):
    """A promise as it stands now, in counted seconds; fewer than none are left when it is broken.

    `state`: running, paused, breached, met or cancelled. `stopped_at` is when it was kept, or cancelled. `about_id`:
    what a clock of several of its kind runs for (a request of a plan, an engagement, an update). While it is paused,
    `due_at` is when it is due if the pause ends as planned; none where no end of it is planned.
    """

    clock_id: UUID
    kind: str
    about_id: UUID | None
    state: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    counted_seconds: int
    remaining_seconds: int
    target_seconds: int


class IntervalOut(Out):
    """A stretch of a clock's life, counted or why not (`outside_hours`); `seconds` is exact, to the microsecond."""

    from_at: datetime
    until_at: datetime
    counts: bool
    reason: str
    seconds: float


class AccountedClockOut(ClockOut):
    """A promise with the account of every second."""

    account: list[IntervalOut]


class MoveOut(Out):
    """A move, and what keeps this caller from making it now: not_in_this_state, not_permitted, customers_own, or what
    else is in its way (children_open, merged_into_it, problem_at_top).
    """

    move: str
    why_not: str | None


class IncidentOut(Out):
    """`covered` false: no agreement covers it, so nothing was promised; `cover` is what was decided about that.

    `allowed`: what this caller can do now; `moves`: every move, and why it cannot be made. `closes_at`: when a solution
    that nobody answers counts as accepted. `registered_at` is later than `reported_at` when a call was recorded
    afterwards. What waited until a planned end is in progress from then on.

    `source` and `source_number`: the system an incident was taken over from, and its number there.
    """

    id: UUID
    number: str
    customer_id: UUID
    customer_name_zh: str | None
    customer_name_en: str | None
    title: str
    description: str
    channel: str
    severity: str
    state: str
    asset_id: UUID | None
    asset_name: str | None
    site_id: UUID | None
    site_name_zh: str | None
    site_name_en: str | None
    impact: str
    urgency: str
    priority: str
    team: str
    covered: bool
    cover: str | None
    agreement_id: UUID | None
    contract_number: str | None
    contact_name: str
    contact_email: str | None
    contact_locale: str
    reported_by: str
    reported_at: datetime
    registered_at: datetime
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    fault_class: str | None
    analysis: str | None
    quickly_solvable: bool | None
    key_business_ids: list[UUID]
    classified_by: UUID | None
    classified_at: datetime | None
    engineer_id: UUID | None
    engineer_name_zh: str | None
    engineer_name_en: str | None
    arrived_at: datetime | None
    plan_requested_at: datetime | None
    superior_told_at: datetime | None
    solution: str | None
    resolved_by: UUID | None
    resolved_at: datetime | None
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    reopened_at: datetime | None
    cancelled_at: datetime | None
    merged_into_id: UUID | None
    merged_at: datetime | None
    parent_id: UUID | None
    source: str | None
    source_number: str | None
    version: int
    clocks: list[ClockOut] = Field(description="In the order they were armed.")
    allowed: list[str]
    moves: list[MoveOut]

    @classmethod
    def of(cls, shown: Shown, by: Principal) -> IncidentOut:
        incident = shown.incident
        own = {name: getattr(incident, name) for name in cls.model_fields if hasattr(incident, name)}
        for thing in ("customer", "site", "engineer"):
            named = shown.names.get(getattr(incident, f"{thing}_id"))
            own |= {f"{thing}_name_zh": named and named.name_zh, f"{thing}_name_en": named and named.name_en}
        asset = shown.names.get(incident.asset_id) if incident.asset_id else None
        caller = {"is_customers": by.customer_id is not None, "is_person": by.kind == "person"}
        moves = hindrances(shown.state, by.permissions, **caller, held_up=shown.held_up)
        return cls.model_validate(
            own
            | {
                "state": shown.state,
                "asset_name": asset and asset.name_zh,
                "clocks": shown.clocks,
                "allowed": [move for move, why_not in moves.items() if why_not is None],
                "moves": [{"move": move, "why_not": why_not} for move, why_not in moves.items()],
            }
        )
