"""A moment as a client may state it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.zones import FIRST_YEAR, LAST_YEAR

Instant = Annotated[
    AwareDatetime, Field(ge=datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), lt=datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))
]
"""With its zone, and in the years that calendars reach: beyond them it could not be told in a reader's zone."""
