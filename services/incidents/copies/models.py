"""Tables of copies. Columns are named as in the snapshot events; a copy has only what this service reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from services.incidents.base import Base
from shared.db import Copied, Tenanted


class Customer(Copied, Base):
    """A tenant's own row is a tenant row too: `customer_id` is its id."""

    __tablename__ = "customers"

    customer_id: Mapped[UUID]
    name_zh: Mapped[str]
    name_en: Mapped[str]


class Site(Copied, Tenanted, Base):
    __tablename__ = "sites"

    name_zh: Mapped[str]
    name_en: Mapped[str]


class Asset(Copied, Tenanted, Base):
    __tablename__ = "assets"

    site_id: Mapped[UUID]
    name: Mapped[str]


class Department(Copied, Tenanted, Base):
    __tablename__ = "departments"


class KeyBusiness(Copied, Tenanted, Base):
    __tablename__ = "key_businesses"

    department_id: Mapped[UUID]
    asset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class Agreement(Copied, Tenanted, Base):
    __tablename__ = "agreements"

    contract_number: Mapped[str]
    revision: Mapped[int]
    in_force: Mapped[bool]
    in_force_at: Mapped[datetime | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    site_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    asset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    calendar: Mapped[dict[str, Any]] = mapped_column(JSONB)
    targets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    applies_to_open: Mapped[bool]
    withdrawn: Mapped[bool]
    warning_percents: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    warn_before_seconds: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    pause_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    pause_cap_seconds: Mapped[int | None]
    close_after_days: Mapped[int | None]
    priorities: Mapped[dict[str, Any]] = mapped_column(JSONB)
    provisional_years: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Person(Copied, Base):
    """Staff and customers' users alike; no tenant row, since an actor's name is shown to every customer they serve."""

    __tablename__ = "people"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool]
