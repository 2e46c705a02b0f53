"""Tables of contracts and agreement versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.contracts.agreements.domain import State
from services.contracts.base import Base, words_of
from services.contracts.term.domain import Term
from shared.db import Keyed, Tenanted, Versioned

STATES = ", ".join(f"'{state}'" for state in State)


class Contract(Keyed, Versioned, Tenanted, Base):
    """`starts_on` counts, `ends_on` does not. `engineer_ids`: who is responsible, in the order in which to call them.

    `years`: how each year of the term is served.
    """

    __tablename__ = "contracts"
    __table_args__ = (
        Index(None, "search", postgresql_using="gin"),
        UniqueConstraint("number"),
        CheckConstraint("ends_on > starts_on", name="term"),
    )

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    number: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    site_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    asset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    item_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    engineer_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    years: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    search: Mapped[str] = mapped_column(TSVECTOR, words_of("number"), deferred=True)

    @property
    def term(self) -> Term:
        return Term(self.starts_on, self.ends_on)


class Agreement(Keyed, Versioned, Tenanted, Base):
    """One revision of a contract's service-level agreement. At most one of a contract is in force.

    `calendar` is a copy: of the named calendar as it was last corrected, where there is a `calendar_id`.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("contract_id", "revision"),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index("uq_agreements_in_force", "contract_id", unique=True, postgresql_where=text("state = 'in_force'")),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.contracts.id"), index=True)
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    calendar: Mapped[dict[str, Any]] = mapped_column(JSONB)
    calendar_id: Mapped[UUID | None] = mapped_column(ForeignKey("contracts.calendars.id"), index=True)
    provisional_years: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    targets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    applies_to_open: Mapped[bool]
    warning_percents: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    warn_before_seconds: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    pause_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    pause_cap_seconds: Mapped[int | None]
    close_after_days: Mapped[int | None]
    priorities: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB)
    provider_signed_by: Mapped[str | None]
    provider_signed_at: Mapped[datetime | None]
    customer_signed_by: Mapped[str | None]
    customer_signed_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    withdrawn_by_provider: Mapped[str | None]
    withdrawn_by_customer: Mapped[str | None]
