"""The loop of everything that leaves over the network: claim -> call -> record, many side by side.

No transaction is open during a call. What is under way is leased, so that a kill in between means another try.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.claims import Claim
from services.notify.outcomes import Delivered, Outcome, Refused, TryLater
from shared.db import Caller, Database, context
from shared.tracing import About, Tracer

LOOK_AGAIN_SECONDS = 0.25
IDLE_SECONDS = 5.0
log = structlog.get_logger()

Work = TypeVar("Work")


class Pump(ABC, Generic[Work]):
    """Base of the loops `mails` and `deliveries`. `at_once` bounds how many calls are under way, `effect` is what a
    try is called in a trace.

    `active` says whether this process is still the service's worker: if not, nothing more is claimed.
    """

    name: str
    effect: str
    at_once: int

    def __init__(self, database: Database, tracer: Tracer, active: Callable[[], bool]) -> None:
        self.database, self.tracer, self.active = database, tracer, active
        self.caller = Caller(actor=f"system:{database.service}", scope="system")

    @abstractmethod
    async def claimed(self, session: AsyncSession, limit: int) -> Sequence[Claim[Work]]:
        """Lease up to `limit` rows that are due."""

    @abstractmethod
    async def call(self, work: Work) -> Outcome:
        """Make the call; no transaction is open."""

    @abstractmethod
    async def record(self, session: AsyncSession, claim: Claim[Work], outcome: Outcome) -> None:
        """Note down how the try ended."""

    @abstractmethod
    async def next_due(self, session: AsyncSession) -> datetime | None:
        """When the next row is due; None when none waits."""

    async def step(self) -> int:
        """Work until nothing is due and nothing under way; returns how many tries were begun.

        While a slow call is under way the others go on: what is due is looked for again and again.
        """
        begun = 0
        under_way: set[asyncio.Task[None]] = set()
        try:
            while self.active():
                claims = await self._claim(self.at_once - len(under_way))
                begun += len(claims)
                under_way |= {asyncio.create_task(self._try(claim)) for claim in claims}
                if not under_way:
                    break
                _, under_way = await asyncio.wait(
                    under_way, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            await asyncio.gather(*under_way)
        return begun

    async def idle_seconds(self) -> float:
        """Seconds until the next row is due, at most IDLE_SECONDS."""
        async with self.database.transaction(self.caller, read_only=True) as session:
            due = await self.next_due(session)
            if due is None:
                return IDLE_SECONDS
            return min(IDLE_SECONDS, max(0.0, (due - context(session).now).total_seconds()))

    async def _claim(self, limit: int) -> Sequence[Claim[Work]]:
        if limit < 1:
            return ()
        async with self.database.transaction(self.caller) as session:
            return await self.claimed(session, limit)

    async def _try(self, claim: Claim[Work]) -> None:
        """One try, as a span under what caused it; the other side is told nothing of the trace."""
        about: About = {
            "aftercare.id": claim.id,
            "aftercare.try": claim.number,
            "messaging.message.id": claim.event_id,
            "aftercare.correlation_id": claim.incident_id,
        }
        with self.tracer.span(self.effect, "client", about, parent=claim.traceparent) as span:
            outcome = await self._outcome_of(claim.work)
            if not isinstance(outcome, Delivered):
                span.failed(outcome.why)
            await self._note_down(claim, outcome, span.traceparent)

    async def _note_down(self, claim: Claim[Work], outcome: Outcome, traceparent: str | None) -> None:
        """When this fails the lease runs out, and there is another try."""
        caller = Caller(
            actor=self.caller.actor,
            scope="system",
            customer_id=claim.customer_id,
            correlation_id=claim.incident_id,
            causation_id=claim.event_id,
            traceparent=traceparent,
        )
        try:
            async with self.database.transaction(caller) as session:
                await self.record(session, claim, outcome)
        except Exception:
            log.exception("outcome_not_recorded", loop=self.name, id=str(claim.id))

    async def _outcome_of(self, work: Work | Refused | TryLater) -> Outcome:
        if isinstance(work, Refused | TryLater):
            return work
        try:
            return await self.call(work)
        except Exception:
            log.exception("call_broke", loop=self.name)
            return TryLater("internal_error")
