"""HTTP bodies about service items."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.contracts.agreements.schemas import TargetIn
from services.contracts.customers.schemas import Change, Name, Out

Scope = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Skill = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,49}$")]


class ChangeItem(Change):
    name_zh: Name | None = None
    name_en: Name | None = None
    scope_zh: Scope | None = None
    scope_en: Scope | None = None
    provider_zh: Name | None = None
    provider_en: Name | None = None
    modes: list[Literal["on_site", "remote"]] | None = Field(default=None, min_length=1, max_length=2)
    skills: list[Skill] | None = Field(default=None, max_length=50)
    targets: list[TargetIn] | None = Field(default=None, max_length=200)
    active: bool | None = None


class ItemOut(Out):
    id: UUID
    code: str
    name_zh: str
    name_en: str
    scope_zh: str
    scope_en: str
    provider_zh: str
    provider_en: str
    modes: list[str]
    skills: list[str]
    targets: list[dict[str, Any]]
    active: bool
    version: int
