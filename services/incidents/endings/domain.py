"""How long an answer is waited for once service is restored. Pure."""

from __future__ import annotations

from datetime import datetime

from services.incidents.clocks.domain import calendar_of
from services.incidents.copies.domain import Terms


def closes_at(terms: Terms, since: datetime, now: datetime) -> datetime | None:
    """When nobody's answer since then counts as acceptance; None: never.

    Days that would have passed already, as they are agreed only now, count from now: there was nothing to answer to.
    """
    if terms.withdrawn or terms.close_after_days is None:
        return None
    calendar = calendar_of(terms.calendar)
    at = calendar.add_working_days(since, terms.close_after_days)
    return at if at > now else calendar.add_working_days(now, terms.close_after_days)
