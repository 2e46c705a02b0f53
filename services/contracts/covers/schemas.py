"""HTTP bodies about changes of a contract."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.customers.schemas import Change, Code, Day
from shared.lengths import NUMBER

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class YearIn(BaseModel):
    """How the `year`th year of the term is served, the first being 1."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int, NUMBER, Field(ge=1, le=300)]
    on_site: bool
    remote: bool
    text_zh: Words = ""
    text_en: Words = ""


class ChangeContract(Change):
    """`starts_on` counts, `ends_on` does not. Each list given replaces the present one;
    `engineer_ids` are in the order in which they are called."""

    starts_on: Day | None = None
    ends_on: Day | None = None
    site_ids: list[UUID] | None = Field(default=None, max_length=1000)
    asset_ids: list[UUID] | None = Field(default=None, max_length=10000)
    item_codes: list[Code] | None = Field(default=None, max_length=100)
    engineer_ids: list[UUID] | None = Field(default=None, max_length=50)
    years: list[YearIn] | None = Field(default=None, max_length=300)
