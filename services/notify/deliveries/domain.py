"""States of a delivery, and when an endpoint has failed for so long that it is called no more. Pure."""

from __future__ import annotations

from datetime import datetime

from shared.moves import Moves

MOVES: Moves = {("waiting", "deliver"): "delivered", ("waiting", "give_up"): "failed"}

REMOVED = "endpoint_removed"
DISABLED = "endpoint_disabled"
LASTING_FAILURE = "lasting_failure"


def has_failed_lastingly(created_at: datetime, last_delivered_at: datetime | None) -> bool:
    """Whether nothing reached the endpoint since a delivery was created that has now been given up.

    A delivery is given up after ten tries over three days; one that got through meanwhile shows that it is alive.
    """
    return last_delivered_at is None or last_delivered_at < created_at
