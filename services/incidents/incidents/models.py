"""The table of incidents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Connection, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.incidents.base import Base
from services.incidents.clocks.domain import Bearer, Kind
from services.incidents.incidents.domain import OVER, Channel, Cover, FaultClass, Level, Priority, Severity, State, Team
from shared.db import Keyed, Tenanted, Versioned
from shared.search import FUNCTION, OWNER

OVER_STATES = ", ".join(sorted(f"'{state}'" for state in OVER))
SEARCHED = Computed(f"incidents.search_terms(number, title, description) || {OWNER}", persisted=True)
LISTED_BY = ("customer_id", "state", "severity", "priority", "team")
"""Lists of these are read newest first from an index of their own; a list by anything else is narrowed on the way."""


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Incident(Keyed, Versioned, Tenanted, Base):
    """`covered`: an agreement was in force at the report; `agreement_id` is the version that counts.

    `reported_at` is the true time of the report; `registered_at` is later when a call was recorded afterwards.
    `cover` is what was decided where no agreement covers it. `closes_at`: when a solution that nobody answered counts
    as accepted, the agreed days after `answer_since`: the resolution, or what since then began the days anew (a merge
    that was undone, children that were open, days that were agreed later). `former_state`: the one to come back to
    when a merge is undone. `amended_at`: when an amendment that both sides signed for open incidents too became the
    version that counts.

    `arrived_at`, `plan_requested_at` and `superior_told_at` are the first time: they keep a promise that a later
    severity would bring from being made when it is kept already. `source`, `source_number` and `history_hash`
    (SHA-256 of what was recorded) are those of an incident taken over from another system.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("number"),
        _one_of("state", State),
        _one_of("severity", Severity),
        _one_of("channel", Channel),
        _one_of("fault_class", FaultClass),
        _one_of("impact", Level),
        _one_of("urgency", Level),
        _one_of("priority", Priority),
        _one_of("team", Team),
        _one_of("cover", Cover),
        _one_of("former_state", State),
        CheckConstraint("covered = (agreement_id IS NOT NULL)", name="covered"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into_id <> id AND parent_id <> id", name="itself"),
        Index(None, "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
        Index(None, "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        CheckConstraint("num_nulls(source, source_number, history_hash) IN (0, 3)", name="source"),
        UniqueConstraint("source_number", "source", "customer_id"),
        Index("ix_incidents_open", "customer_id", "id", postgresql_where=text(f"state NOT IN ({OVER_STATES})")),
        *(Index(None, column, "id") for column in LISTED_BY),
        Index(None, "engineer_id", "id", postgresql_where=text("engineer_id IS NOT NULL")),
        Index("ix_incidents_uncovered", "id", postgresql_where=text("NOT covered")),
        Index(None, "search", postgresql_using="gin"),
    )

    customer_id: Mapped[UUID] = mapped_column()

    number: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    channel: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str]
    asset_id: Mapped[UUID | None]
    site_id: Mapped[UUID | None]
    covered: Mapped[bool]
    agreement_id: Mapped[UUID | None]
    cover: Mapped[str | None]
    contract_number: Mapped[str | None]
    contact_name: Mapped[str]
    contact_email: Mapped[str | None]
    contact_locale: Mapped[str]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime]
    registered_at: Mapped[datetime]
    impact: Mapped[str]
    urgency: Mapped[str]
    priority: Mapped[str]
    team: Mapped[str]
    acknowledged_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    fault_class: Mapped[str | None]
    analysis: Mapped[str | None]
    quickly_solvable: Mapped[bool | None]
    key_business_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    classified_by: Mapped[UUID | None]
    classified_at: Mapped[datetime | None]
    engineer_id: Mapped[UUID | None]
    arrived_at: Mapped[datetime | None]
    plan_requested_at: Mapped[datetime | None]
    superior_told_at: Mapped[datetime | None]
    solution: Mapped[str | None]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    answer_since: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.incidents.id"))
    merged_at: Mapped[datetime | None]
    former_state: Mapped[str | None]
    amended_at: Mapped[datetime | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.incidents.id"))
    source: Mapped[str | None]
    source_number: Mapped[str | None]
    history_hash: Mapped[str | None]
    search: Mapped[str] = mapped_column(TSVECTOR, SEARCHED, deferred=True)

    @property
    def bearer(self) -> Bearer:
        return Bearer(self.id, self.customer_id, self.number)

    @property
    def kept_at(self) -> dict[Kind, datetime | None]:
        """When each promise was kept that one milestone keeps: it is noted, whatever state the incident was in."""
        return {
            Kind.RESPOND: self.acknowledged_at,
            Kind.ON_SITE: self.arrived_at,
            Kind.PLAN_REQUESTED: self.plan_requested_at,
            Kind.SUPERIOR_TOLD: self.superior_told_at,
        }


@event.listens_for(Base.metadata, "before_create")
def _create_function(_target: object, connection: Connection, **_options: object) -> None:
    connection.exec_driver_sql(FUNCTION.replace("{schema}", "incidents"))
