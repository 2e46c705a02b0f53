"""HTTP bodies about emergency organisations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.customers.schemas import Out
from shared.lengths import NUMBER


class NameOrganisation(BaseModel):
    """Persons by their id. `quorum`: how many of the leaders must authorise a plan."""

    model_config = ConfigDict(extra="forbid")

    team_ids: list[UUID] = Field(min_length=1, max_length=200)
    leader_ids: list[UUID] = Field(min_length=1, max_length=50)
    quorum: Annotated[int, NUMBER] = Field(default=1, ge=1)
    superior_ids: list[UUID] = Field(default_factory=list, max_length=50)


class OrganisationOut(Out):
    customer_id: UUID
    team_ids: list[UUID]
    leader_ids: list[UUID]
    quorum: int
    superior_ids: list[UUID]
    version: int
