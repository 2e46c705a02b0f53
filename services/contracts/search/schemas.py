"""HTTP bodies of the search."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.contracts.customers.schemas import Out


class HitOut(Out):
    """`detail` tells records of one name apart: an address, a serial number, a term, a telephone number."""

    kind: Literal["customer", "site", "asset", "contract", "contact"]
    id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    detail: str
