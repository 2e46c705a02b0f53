"""HTTP bodies about saved views."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.incidents.incidents.schemas import Body, Line, Out

Value = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Filters = dict[str, Value | Annotated[list[Value], Field(min_length=1, max_length=20)]]


class SaveView(Body):
    """`filters`: query parameters of GET /v1/incidents, as they stand in an address, a list several times."""

    name: Line
    filters: Filters
    shared: bool = False


class ChangeView(Body):
    """What is left out stays as it is."""

    name: Line | None = None
    filters: Filters | None = None
    shared: bool | None = None


class ViewOut(Out):
    id: UUID
    owner_id: UUID
    name: str
    filters: dict[str, str | list[str]]
    shared: bool = Field(description="All staff see it.")
    version: int
