"""What a search finds."""

from __future__ import annotations

from uuid import UUID

from clients.models.base import Named


class Found(Named):
    """A record that holds the text; `detail` tells those of one name apart."""

    kind: str
    id: UUID
    customer_id: UUID
    detail: str
