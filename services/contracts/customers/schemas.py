"""HTTP bodies about customers and what they have."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Locale = Literal["zh-CN", "en"]


class AddCustomer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name


class AddSite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name
    address: Name
    region: Name


class AddDepartment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name
    email: EmailStr
    locale: Locale = "zh-CN"


class AddAsset(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site_id: UUID
    name: Name
    product: Name
    model: Name
    serial: Name
    criticality: Literal["low", "normal", "high"] = "normal"


class AddKeyBusiness(BaseModel):
    """`tolerable_outage_seconds`: how long the business can be without its systems."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name
    department_id: UUID
    asset_ids: list[UUID] = Field(min_length=1, max_length=1000)
    dependence: Literal["general", "very_high"]
    tolerable_outage_seconds: int = Field(gt=0)


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CustomerOut(Out):
    customer_id: UUID
    name_zh: str
    name_en: str
    active: bool
    version: int


class SiteOut(Out):
    id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    address: str
    region: str
    version: int


class DepartmentOut(Out):
    id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    email: str
    locale: str
    version: int


class AssetOut(Out):
    id: UUID
    customer_id: UUID
    site_id: UUID
    name: str
    product: str
    model: str
    serial: str
    criticality: str
    version: int


class KeyBusinessOut(Out):
    id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    department_id: UUID
    asset_ids: list[UUID]
    dependence: str
    tolerable_outage_seconds: int
    version: int
