"""States of an alarm, and whom its reason concerns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from shared.moves import Moves

MOVES: Moves = {
    ("raised", "acknowledge"): "acknowledged",
    ("raised", "stop"): "stopped",
    ("acknowledged", "stop"): "stopped",
}


class Reason(StrEnum):
    CLOCK_BREACHED = "clock_breached"
    ACTIVATION_UNANSWERED = "activation_unanswered"
    PARTS_UNANSWERED = "parts_unanswered"
    RESERVATION_REFUSED = "reservation_refused"
    RESERVATION_EXPIRED = "reservation_expired"
    NOBODY_TO_TELL = "nobody_to_tell"


def concerned(
    reason: Reason, *, team: Sequence[UUID], leaders: Sequence[UUID], superiors: Sequence[UUID]
) -> tuple[UUID, ...]:
    """The emergency team; for an unanswered request also those who did not answer and those above them."""
    if reason is Reason.ACTIVATION_UNANSWERED:
        return (*team, *leaders, *superiors)
    return tuple(team)
