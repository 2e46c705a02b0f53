"""How one try to tell somebody ended, whatever the channel; when to try again is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side took it over: 2xx by HTTP, 250 by SMTP. `reply` is its words, where we may show them."""

    status: int
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not be taken, now or later. `why` is a stable code, `status` what was answered, if at all."""

    why: str
    status: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class TryLater:
    """It may be taken another time, and may have been taken already if the answer was lost.

    `retry_after` is how long the other side asked us to wait, if it did.
    """

    why: str
    status: int | None = None
    reply: str = ""
    retry_after: timedelta | None = None


Outcome = Delivered | Refused | TryLater
