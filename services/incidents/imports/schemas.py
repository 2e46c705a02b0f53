"""HTTP bodies of an import."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, EmailStr, Field, StringConstraints

from services.incidents.imports.actions import Result
from services.incidents.imports.domain import Outcome, RecordedState
from services.incidents.incidents.domain import Channel, Severity
from services.incidents.incidents.schemas import Body, Line, Out, Text

MOST_INCIDENTS = 200
MOST_FACTS = 1000
MOST_DETAILS = 60
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Detail = Annotated[str, StringConstraints(max_length=10_000)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]


class ImportedFact(Body):
    """What the source recorded at one moment. What is not said (null) is as it was before.

    `details`: further columns that changed; null there says that it was emptied.
    """

    at: Moment
    by: Line
    state: RecordedState | None = None
    team: Line | None = None
    assignee: Line | None = None
    severity: Severity | None = None
    details: dict[Line, Detail | None] = Field(default_factory=dict, max_length=MOST_DETAILS)


class ImportedIncident(Body):
    """An incident with its whole history. `severity` is the last one recorded.

    `resolved_at` and `closed_at` are stated once, for the end, and count only when the last recorded state is
    resolved or closed. Without `arrived_at` the promise to be on site is not judged.
    """

    number: Number
    title: Line
    description: Text
    channel: Channel
    severity: Severity
    asset_id: UUID | None = None
    site_id: UUID | None = None
    contact_name: Line
    contact_email: EmailStr | None = None
    contact_locale: Literal["zh-CN", "en"] = "zh-CN"
    reported_at: Moment
    arrived_at: Moment | None = None
    resolved_at: Moment | None = None
    closed_at: Moment | None = None
    solution: Text | None = None
    resolved_by: Line | None = None
    facts: list[ImportedFact] = Field(min_length=1, max_length=MOST_FACTS)


class ImportIncidents(Body):
    """`source` names the system; with the customer and the source's number it makes an incident known again.

    With `dry_run` the answer is the same and nothing is written.
    """

    source: Source
    customer_id: UUID
    dry_run: bool = False
    incidents: list[ImportedIncident] = Field(min_length=1, max_length=MOST_INCIDENTS)


class ImportedOut(Out):
    """What became of one incident. `code` and `detail` say why it was refused.

    `clocks`: each promise and how the record kept it (met, breached, cancelled; running or paused where it is open).
    """

    source_number: str
    outcome: Outcome
    incident_id: UUID | None
    number: str | None
    covered: bool | None
    clocks: dict[str, str]
    code: str | None
    detail: str | None

    @classmethod
    def of(cls, result: Result, language: str) -> ImportedOut:
        return cls(
            source_number=result.source_number,
            outcome=result.outcome,
            incident_id=result.incident_id,
            number=result.number,
            covered=result.covered,
            clocks=dict(result.clocks),
            code=result.refusal.code if result.refusal else None,
            detail=result.refusal.detail(language) if result.refusal else None,
        )


class ImportOut(Out):
    """One result for each incident of the request, in its order."""

    dry_run: bool
    results: list[ImportedOut]
