"""HTTP bodies about API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.permissions import Permission

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class AddKey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    customer_id: UUID
    scopes: list[Permission] = Field(min_length=1, max_length=len(Permission))


class KeyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    customer_id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None
    version: int


class AddedKeyOut(KeyOut):
    """`key` is shown here and never again."""

    key: str
