"""Sending again what a broker confirmed and then lost: sent rows of the outbox become unsent, the relay does the rest.

The ids stay, so an inbox that has an event knows it and does nothing. That holds no longer than inboxes remember.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.db import Caller, Database, context
from shared.mechanisms import driver

RANGE = 10_000
SCAN_SECONDS = 600
SENT = """
SELECT count(*) AS events, min(id) AS first, max(id) AS last
FROM {schema}.outbox WHERE sent_at >= $1 AND sent_at < $2 AND created_at >= $3
"""
UNSEND = """
UPDATE {schema}.outbox SET sent_at = NULL, tries = 0, error = NULL
WHERE id BETWEEN $1 AND $2 AND sent_at >= $3 AND sent_at < $4 AND created_at >= $5
"""


class CannotSendAgain(Exception):
    """From this time on events cannot be sent again without harm; the message says why."""


@dataclass(frozen=True)
class Sent:
    """What a service sent from `since` to the moment it was asked: how many events, in which rows of its outbox.

    Only those said at `said_since` or later: one that was sent again may be older than what inboxes remember.
    """

    events: int
    since: datetime
    until: datetime
    said_since: datetime
    first: int
    last: int

    def ranges(self) -> Sequence[tuple[int, int]]:
        starts = range(self.first, self.last + 1, RANGE)
        return [(start, min(start + RANGE - 1, self.last)) for start in starts]


async def sent_since(database: Database, since: datetime, *, remembered: timedelta) -> Sent:
    """What is to be sent again. Raises CannotSendAgain for a time to come, or one that inboxes no longer remember."""
    async with database.transaction(_caller(database), read_only=True) as session:
        now = context(session).now
        if since > now:
            raise CannotSendAgain(f"{since.isoformat()} is still to come")
        if since < now - remembered:
            raise CannotSendAgain(
                f"{since.isoformat()} is more than {remembered.days} days ago: inboxes may have forgotten what they had"
            )
        said_since = now - remembered
        statement = SENT.format(schema=database.service)
        [row] = await driver(session).fetch(statement, since, now, said_since, timeout=SCAN_SECONDS)
        return Sent(row["events"], since, now, said_since, row["first"] or 1, row["last"] or 0)


async def send_again(database: Database, sent: Sent) -> None:
    """Mark these events unsent, oldest first and in short transactions, so that the relay can go on beside it."""
    for first, last in sent.ranges():
        async with database.transaction(_caller(database)) as session:
            within = (first, last, sent.since, sent.until, sent.said_since)
            await driver(session).execute(UNSEND.format(schema=database.service), *within)
            context(session).wakes.add("outbox")


def _caller(database: Database) -> Caller:
    return Caller(f"system:{database.service}", "system")
