"""Tables of entitlements and of their uses. What was used is a sum over the uses; nothing else counts it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base
from shared.db import Keyed, Tenanted, Versioned


class Entitlement(Keyed, Versioned, Tenanted, Base):
    """What a contract grants of a service item in each year: `granted` visits, or minutes where the unit is hours.

    Withdrawn, it stays with its uses and its reason, and nothing counts against it.
    """

    __tablename__ = "entitlements"
    __table_args__ = (
        Index(
            "uq_entitlements_contract_id_item_code_unit",
            *("contract_id", "item_code", "unit"),
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("unit IN ('visits', 'hours')", name="unit"),
        CheckConstraint("granted > 0", name="granted"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal IS NULL)", name="withdrawn"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.contracts.id"), index=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("contracts.catalogue_items.code"))
    unit: Mapped[str]
    granted: Mapped[int]
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[str | None]


class Use(Keyed, Tenanted, Base):
    """One line of the ledger. `source_event_id`: the event it was counted for, at most once; None by hand.
    `time_entry_id`: the time spent that it counts, or takes back.

    Below zero a line takes back what another one counted by mistake.
    """

    __tablename__ = "entitlement_uses"
    __table_args__ = (
        UniqueConstraint("source_event_id"),
        CheckConstraint("quantity <> 0", name="quantity"),
        Index("ix_entitlement_uses_year", "entitlement_id", "year"),
    )

    entitlement_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.entitlements.id"))
    year: Mapped[int]
    quantity: Mapped[int]
    used_at: Mapped[datetime]
    reason: Mapped[str]
    by: Mapped[str]
    incident_id: Mapped[UUID | None]
    source_event_id: Mapped[UUID | None]
    time_entry_id: Mapped[UUID | None] = mapped_column(index=True)
