"""The table of people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.gateway.base import Base
from services.gateway.people.domain import OF_A_CUSTOMER
from shared.db import Keyed, Versioned

CUSTOMER_ROLES = ", ".join(f"'{role.value}'" for role in sorted(OF_A_CUSTOMER))


class Person(Keyed, Versioned, Base):
    """Staff have no customer. Who has no password cannot sign in; sessions begun before `signed_out_at` are void."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("locale IN ('zh-CN', 'en')", name="locale"),
        CheckConstraint(f"customer_id IS NULL OR roles <@ ARRAY[{CUSTOMER_ROLES}]::text[]", name="roles"),
    )

    customer_id: Mapped[UUID | None] = mapped_column(index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    locale: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    signed_out_at: Mapped[datetime | None]
