"""Which incidents are emergencies, and which of them concern the superior authority. Pure."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from shared.moves import Moves

MOVES: Moves = {("open", "close"): "closed", ("closed", "reopen"): "open"}


def is_emergency(severity: str, *, quickly_solvable: bool | None) -> bool:
    """A major fault, a disaster, or whatever the emergency team says it cannot solve in the shortest time."""
    return severity in ("major", "disaster") or quickly_solvable is False


def concerns_superior(severity: str, key_business_ids: Collection[UUID]) -> bool:
    """A disaster, or a major event that hits a key business."""
    return severity == "disaster" or (severity == "major" and bool(key_business_ids))
