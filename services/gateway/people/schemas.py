"""HTTP bodies about people."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from shared.permissions import Role

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+() .\-/]*$")]
Password = Annotated[str, StringConstraints(min_length=10, max_length=200)]
Locale = Literal["zh-CN", "en"]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class AddPerson(BaseModel):
    """Without `customer_id` the person is staff; without `password` they cannot sign in."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name
    name_en: Name
    email: EmailStr
    phone: Phone = ""
    locale: Locale = "zh-CN"
    roles: Roles
    customer_id: UUID | None = None
    password: Password | None = None


class ChangePerson(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name_zh: Name | None = None
    name_en: Name | None = None
    email: EmailStr | None = None
    phone: Phone | None = None
    locale: Locale | None = None
    roles: Roles | None = None
    active: bool | None = None
    password: Password | None = None


class PersonOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name_zh: str
    name_en: str
    email: str
    phone: str
    locale: str
    roles: list[str]
    customer_id: UUID | None
    active: bool
    version: int
