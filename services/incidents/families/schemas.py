"""HTTP bodies about families of incidents."""

from __future__ import annotations

from uuid import UUID

from services.incidents.incidents.schemas import Body


class SetParent(Body):
    parent_id: UUID
