"""HTTP bodies about tags."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from services.incidents.incidents.schemas import Body, Out

Word = Annotated[str, StringConstraints(max_length=200)]


class TagIncident(Body):
    tags: list[Word] = Field(max_length=200)


class TagsOut(Out):
    tags: list[str]


class UsedOut(Out):
    tag: str
    incidents: int
