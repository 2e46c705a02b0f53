"""HTTP bodies of changes. What is left out stays as it is; `active: false` (or a state) retires."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import EmailStr, Field

from services.contracts.customers.schemas import Change, Criticality, Day, Locale, Name, Outage, People


class ChangeCustomer(Change):
    name_zh: Name | None = None
    name_en: Name | None = None
    active: bool | None = None


class ChangeSite(Change):
    name_zh: Name | None = None
    name_en: Name | None = None
    address: Name | None = None
    region: Name | None = None
    active: bool | None = None


class ChangeDepartment(Change):
    name_zh: Name | None = None
    name_en: Name | None = None
    email: EmailStr | None = None
    locale: Locale | None = None
    active: bool | None = None


class ChangeAsset(Change):
    """`warranty_until: null` says that there is no warranty."""

    emptied_by_null: ClassVar[frozenset[str]] = frozenset({"warranty_until"})

    site_id: UUID | None = None
    name: Name | None = None
    product: Name | None = None
    model: Name | None = None
    serial: Name | None = None
    criticality: Criticality | None = None
    warranty_until: Day | None = None
    servicer_ids: People | None = None
    state: Literal["in_service", "retired"] | None = None


class ChangeKeyBusiness(Change):
    name_zh: Name | None = None
    name_en: Name | None = None
    department_id: UUID | None = None
    asset_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=1000)
    dependence: Literal["general", "very_high"] | None = None
    tolerable_outage_seconds: Outage | None = None
    active: bool | None = None
