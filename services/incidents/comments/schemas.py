"""HTTP bodies about comments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.incidents.comments.domain import Visibility
from services.incidents.incidents.schemas import Body, Out, Text


class AddComment(Body):
    """`internal` is for the provider's people only."""

    text: Text
    visibility: Visibility = Visibility.PUBLIC


class CommentOut(Out):
    id: UUID
    incident_id: UUID = Field(description="The incident it belongs to: of a merged one, its target.")
    written_on_id: UUID | None = Field(description="The merged incident it was written on.")
    origin_id: UUID | None = Field(description="The comment on the incident above of which this is the copy.")
    visibility: Visibility
    text: str
    author: str
    author_name: str
    from_customer: bool
    written_at: datetime
