"""The table of contacts."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base, words_of
from shared.db import Keyed, Tenanted, Versioned


class Contact(Keyed, Versioned, Tenanted, Base):
    """A person of the customer to call. Without a site, for all of them."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "search", postgresql_using="gin"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("contracts.sites.id"))
    name: Mapped[str]
    role_zh: Mapped[str]
    role_en: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    search: Mapped[str] = mapped_column(TSVECTOR, words_of("name", "phone", "email"), deferred=True)
