"""HTTP bodies about depots."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class OpenDepot(BaseModel):
    """`region` is compared with the regions of customers' sites: a part from the same region is promised sooner."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name
    region: Name
    keeper_id: UUID


class DepotOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name_zh: str
    name_en: str
    region: str
    keeper_id: UUID
    version: int
