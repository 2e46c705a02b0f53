"""HTTP bodies about parts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
PartNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class AddPart(BaseModel):
    """`models`: the asset models it fits. `lead_time_days`: from order to receipt."""

    model_config = ConfigDict(extra="forbid")

    part_number: PartNumber
    name_zh: Name
    name_en: Name
    models: list[Name] = Field(default=[], max_length=200)
    lead_time_days: int = Field(default=0, ge=0, le=3650)


class PartOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    part_number: str
    name_zh: str
    name_en: str
    models: list[str]
    lead_time_days: int
    version: int
