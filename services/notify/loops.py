"""What leaves over the network: mails to people, calls to client systems. Each a door to the actions of its feature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from services.notify.claims import Claim
from services.notify.deliveries import actions as deliveries
from services.notify.deliveries import queries as delivery_queries
from services.notify.deliveries.actions import Call
from services.notify.messages import actions as messages
from services.notify.messages import queries as message_queries
from services.notify.messages.outgoing import Mail, send_mail
from services.notify.outcomes import Outcome
from services.notify.pump import Pump
from services.notify.settings import Settings
from services.notify.webhooks.outgoing import call
from shared.db import AsyncSession, Database
from shared.tracing import Tracer


class Mails(Pump[Mail]):
    name = messages.WAKE
    effect = "send_mail"
    at_once = 8

    def __init__(self, database: Database, tracer: Tracer, settings: Settings, active: Callable[[], bool]) -> None:
        super().__init__(database, tracer, active)
        self.settings = settings

    async def claimed(self, session: AsyncSession, limit: int) -> Sequence[Claim[Mail]]:
        return await messages.claim_messages(session, limit)

    async def call(self, work: Mail) -> Outcome:
        return await send_mail(
            work,
            host=self.settings.smtp_host,
            port=self.settings.smtp_port,
            timeout=self.settings.smtp_seconds,
            encryption=self.settings.smtp_encryption,
            username=self.settings.smtp_username,
            password=self.settings.smtp_password,
        )

    async def record(self, session: AsyncSession, claim: Claim[Mail], outcome: Outcome) -> None:
        await messages.record_try(session, claim, outcome)

    async def next_due(self, session: AsyncSession) -> datetime | None:
        return await message_queries.next_due(session)


class Deliveries(Pump[Call]):
    name = deliveries.WAKE
    effect = "call_webhook"
    at_once = 16

    def __init__(self, database: Database, tracer: Tracer, settings: Settings, active: Callable[[], bool]) -> None:
        super().__init__(database, tracer, active)
        self.settings = settings

    async def claimed(self, session: AsyncSession, limit: int) -> Sequence[Claim[Call]]:
        return await deliveries.claim_deliveries(session, limit)

    async def call(self, work: Call) -> Outcome:
        return await call(
            work.url,
            work.headers(),
            work.body,
            allowed=self.settings.allowed_receivers,
            timeout=self.settings.webhook_seconds,
        )

    async def record(self, session: AsyncSession, claim: Claim[Call], outcome: Outcome) -> None:
        await deliveries.record_call(session, claim, outcome)

    async def next_due(self, session: AsyncSession) -> datetime | None:
        return await delivery_queries.next_due(session)
