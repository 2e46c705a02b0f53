"""HTTP parameters and bodies about attachments."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from services.incidents.comments.domain import Visibility
from services.incidents.incidents.schemas import Out


def _without_folders(name: str) -> str:
    """Only the last part of a path, and nothing that is not seen."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
    if seen.strip(".") == "":
        raise ValueError("a file has a name")
    return seen


FileName = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_without_folders)]


class AttachmentOut(Out):
    """`sha256` is of the content, `media_type` what the content shows."""

    id: UUID
    incident_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    visibility: Visibility
    author: str
    author_name: str
    added_at: datetime
