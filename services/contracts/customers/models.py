"""Tables of customers, sites, departments and key businesses."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, synonym
from sqlalchemy.types import Uuid

from services.contracts.base import Base
from shared.db import Keyed, Tenanted, Versioned


class Customer(Versioned, Base):
    """A tenant. Its own row is a tenant row too, so that its people see it and no other."""

    __tablename__ = "customers"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = synonym("customer_id")
    name_zh: Mapped[str]
    name_en: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class Site(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "sites"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    address: Mapped[str]
    region: Mapped[str]


class Department(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "departments"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]


class Asset(Keyed, Versioned, Tenanted, Base):
    __tablename__ = "assets"
    __table_args__ = (UniqueConstraint("customer_id", "serial"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.customers.customer_id"), index=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.sites.id"), index=True)
    name: Mapped[str]
    product: Mapped[str]
    model: Mapped[str]
    serial: Mapped[str]
    criticality: Mapped[str]


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
