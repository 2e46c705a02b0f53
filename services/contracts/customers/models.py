"""Tables of customers, sites, departments and key businesses."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, synonym
from sqlalchemy.types import Uuid

from services.contracts.base import Base, words_of
from shared.db import Keyed, Tenanted, Versioned


class Customer(Versioned, Base):
    """A tenant. Its own row is a tenant row too, so that its people see it and no other."""

    __tablename__ = "customers"
    __table_args__ = (Index(None, "search", postgresql_using="gin"),)

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = synonym("customer_id")
    name_zh: Mapped[str]
    name_en: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    search: Mapped[str] = mapped_column(TSVECTOR, words_of("name_zh", "name_en"), deferred=True)


class Site(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "sites"
    __table_args__ = (Index(None, "search", postgresql_using="gin"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    address: Mapped[str]
    region: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    search: Mapped[str] = mapped_column(TSVECTOR, words_of("name_zh", "name_en", "address"), deferred=True)


class Department(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "departments"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class Asset(Keyed, Versioned, Tenanted, Base):
    """`servicer_ids`: who is authorised to service it; none named, anybody with the skill is."""

    __tablename__ = "assets"
    __table_args__ = (
        Index(None, "search", postgresql_using="gin"),
        UniqueConstraint("customer_id", "serial"),
        CheckConstraint("state IN ('in_service', 'retired')", name="state"),
    )

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.sites.id"), index=True)
    name: Mapped[str]
    product: Mapped[str]
    model: Mapped[str]
    serial: Mapped[str]
    criticality: Mapped[str]
    warranty_until: Mapped[date | None]
    servicer_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    state: Mapped[str] = mapped_column(default="in_service")
    search: Mapped[str] = mapped_column(TSVECTOR, words_of("name", "product", "model", "serial"), deferred=True)


class KeyBusiness(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "key_businesses"
    __table_args__ = (CheckConstraint("dependence IN ('general', 'very_high')", name="dependence"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    department_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.departments.id"))
    asset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    dependence: Mapped[str]
    tolerable_outage_seconds: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
