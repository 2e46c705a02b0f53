"""The source of time. Nothing else reads it: a session brings the database's time, tests and drills pass their own.

Only what never reaches a record (expiry of a signed statement, rate limits) may ask the system, by `system_seconds`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TimeSource = Callable[[datetime], datetime]
"""Maps the database's time to the platform's time. In production the two are the same."""


def database_time(moment: datetime) -> datetime:
    return moment


def system_seconds() -> float:
    """Unix seconds of this machine."""
    return time.time()


@dataclass
class ShiftedTime:
    """Platform time that runs ahead of the database's by a shift that tests move forward."""

    shift: timedelta = field(default_factory=timedelta)

    def __call__(self, moment: datetime) -> datetime:
        return moment + self.shift

    def advance(self, step: timedelta) -> None:
        if step < timedelta():
            raise ValueError("time does not go back")
        self.shift += step
