"""HTTP bodies about customers and what they have."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, StringConstraints, model_validator

from shared.lengths import NUMBER
from shared.zones import FIRST_YEAR, LAST_YEAR


def _written(value: object) -> object:
    """A number would be taken for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("a day such as 2026-03-01")
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Locale = Literal["zh-CN", "en"]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+() .\-/]*$")]
Criticality = Literal["low", "normal", "high"]
Day = Annotated[date, BeforeValidator(_written), Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,49}$")]
"""Of a service item."""
Outage = Annotated[int, NUMBER, Field(gt=0, le=366 * 86400)]
People = Annotated[list[UUID], Field(max_length=100)]


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
    """`servicer_ids`: the people authorised to service it; none named, anybody with the skill is."""

    model_config = ConfigDict(extra="forbid")

    site_id: UUID
    name: Name
    product: Name
    model: Name
    serial: Name
    criticality: Criticality = "normal"
    warranty_until: Day | None = None
    servicer_ids: People = Field(default_factory=list)


class AddKeyBusiness(BaseModel):
    """`tolerable_outage_seconds`: how long the business can be without its systems."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name
    department_id: UUID
    asset_ids: list[UUID] = Field(min_length=1, max_length=1000)
    dependence: Literal["general", "very_high"]
    tolerable_outage_seconds: Outage


class Change(BaseModel):
    """What is left out, or null, stays as it is; null empties a field of `emptied_by_null`. Something is to change."""

    model_config = ConfigDict(extra="forbid")

    emptied_by_null: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.changes():
            raise ValueError("nothing to change")
        return self

    def changes(self) -> dict[str, Any]:
        said = {name: value for name, value in self.model_dump().items() if name in self.model_fields_set}
        return {name: value for name, value in said.items() if value is not None or name in self.emptied_by_null}


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
    active: bool
    version: int


class DepartmentOut(Out):
    id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    email: str
    locale: str
    active: bool
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
    warranty_until: date | None
    servicer_ids: list[UUID]
    state: str
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
    active: bool
    version: int
