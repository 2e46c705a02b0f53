"""HTTP bodies about merging."""

from __future__ import annotations

from uuid import UUID

from services.incidents.incidents.schemas import Body, Text


class Merge(Body):
    target_id: UUID
    reason: Text


class Unmerge(Body):
    reason: Text
