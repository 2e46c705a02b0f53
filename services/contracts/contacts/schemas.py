"""HTTP bodies about contacts."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr

from services.contracts.customers.schemas import Change, Locale, Name, Out, Phone


class AddContact(BaseModel):
    """A person to call: by telephone, by mail, or both. Without `site_id`, for all sites."""

    model_config = ConfigDict(extra="forbid")

    site_id: UUID | None = None
    name: Name
    role_zh: Name
    role_en: Name
    phone: Phone = ""
    email: EmailStr | Literal[""] = ""
    locale: Locale = "zh-CN"


class ChangeContact(Change):
    """`site_id: null` says that the contact is for all sites."""

    emptied_by_null: ClassVar[frozenset[str]] = frozenset({"site_id"})

    site_id: UUID | None = None
    name: Name | None = None
    role_zh: Name | None = None
    role_en: Name | None = None
    phone: Phone | None = None
    email: EmailStr | Literal[""] | None = None
    locale: Locale | None = None
    active: bool | None = None


class ContactOut(Out):
    id: UUID
    customer_id: UUID
    site_id: UUID | None
    name: str
    role_zh: str
    role_en: str
    phone: str
    email: str
    locale: str
    active: bool
    version: int
