"""HTTP bodies about contact lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, StringConstraints

from services.contracts.contact_lists.domain import Content
from services.contracts.customers.schemas import Out

Hotline = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[0-9+() .\-/]*$")
]


class IssueContactList(BaseModel):
    """The service desk's own ways in; the rest is what contract and contacts say at this moment."""

    model_config = ConfigDict(extra="forbid")

    hotline: Hotline
    hotline_email: EmailStr | Literal[""] = ""


class IssuedOut(Out):
    contract_id: UUID
    version: int
    issued_at: datetime
    issued_by: str


class ContactListOut(IssuedOut):
    content: Content
