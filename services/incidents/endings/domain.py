"""How long an answer is waited for once service is restored. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from services.incidents.clocks.domain import calendar_of
from services.incidents.copies.domain import Terms


class Wait(NamedTuple):
    """An answer is waited for since then; `until`, nobody's counts as acceptance (None: never)."""

    since: datetime
    until: datetime | None


def wait_for_answer(terms: Terms | None, since: datetime, now: datetime) -> Wait:
    """The agreed working days to answer in; where none are agreed, or not any more, it is left to the customer.

    Days that would have passed already, as they are agreed only now, count from now: there was nothing to answer to.
    """
    if terms is None or terms.withdrawn or terms.close_after_days is None:
        return Wait(since, None)
    calendar = calendar_of(terms.calendar)
    until = calendar.add_working_days(since, terms.close_after_days)
    return Wait(since, until) if until > now else Wait(now, calendar.add_working_days(now, terms.close_after_days))
