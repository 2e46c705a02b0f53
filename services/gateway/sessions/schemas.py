"""HTTP bodies of signing in, and of who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.auth import Principal
from shared.permissions import permissions_of


class SignIn(BaseModel):
    """Neither field is checked for form: a malformed address is refused as an unknown one is."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class MeOut(BaseModel):
    """Who is asking: a person, or a customer's system by its key (which has one name and no language)."""

    kind: str
    id: UUID
    name_zh: str
    name_en: str
    roles: list[str]
    permissions: list[str]
    customer_id: UUID | None
    locale: str | None

    @classmethod
    def of_person(cls, person: Any) -> MeOut:
        return cls(
            kind="person",
            id=person.id,
            name_zh=person.name_zh,
            name_en=person.name_en,
            roles=person.roles,
            permissions=sorted(permissions_of(tuple(person.roles), of_customer=person.customer_id is not None)),
            customer_id=person.customer_id,
            locale=person.locale,
        )

    @classmethod
    def of_key(cls, key: Principal) -> MeOut:
        return cls(
            kind="key",
            id=key.id,
            name_zh=key.name,
            name_en=key.name,
            roles=list(key.roles),
            permissions=sorted(key.permissions),
            customer_id=key.customer_id,
            locale=None,
        )


class SignedInOut(BaseModel):
    token: str
    expires_at: datetime
    person: MeOut
