"""One service, or the whole platform, for a test: real PostgreSQL, real roles, a time that the test moves.

`settle` steps every loop until nothing moves, `advance` moves the time and settles. Nothing sleeps, nothing polls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy import exists, literal, or_, select
from uuid_utils.compat import uuid7

from clients.recorder import Recorder
from clients.sign_in import SignIn
from services import catalogue
from services.gateway.people.actions import bootstrap_administrator
from shared import migrate
from shared.auth import HEADER, Principal, Signer, new_key_pair
from shared.bus import Bus, Envelope, PublishFailed, Receive
from shared.bus.local import LocalBus
from shared.db import Caller, plain_url
from shared.events import REGISTRY, Event
from shared.files import Files, FolderStore
from shared.now import ShiftedTime, system_seconds
from shared.permissions import Role, permissions_of
from shared.service import Runtime, Service
from shared.settings import FileRules
from shared.snapshots import say_again
from shared.tracing import Tracing
from tests.databases import SEEDED

MOST_ROUNDS = 200
PATIENCE_SECONDS = 60
PRIVATE_KEY, PUBLIC_KEY = new_key_pair()


class RecordingBus:
    """A bus that keeps what was published: what one service says when nobody else is there."""

    def __init__(self) -> None:
        self.published: list[Envelope] = []
        self.of_history: set[UUID] = set()
        self.failing = False
        self.refused: set[str] = set()
        self.deaf = 0
        self.listening = asyncio.Event()
        self._more = asyncio.Condition()

    async def open(self) -> None:
        self.published.clear()

    async def close(self) -> None:
        self.published.clear()

    async def listen(self, service: str, receive: Receive) -> None:
        """Nothing comes in by itself; a test hands over envelopes with `OneService.hear`."""
        if self.deaf:
            self.deaf -= 1
            raise RuntimeError("the channel is closed")
        self.listening.set()

    async def stop_listening(self, service: str) -> None:
        """Nothing was listening."""

    async def publish(self, envelope: Envelope, *, of_history: bool = False) -> None:
        if self.failing or envelope.subject in self.refused:
            raise PublishFailed(envelope.type)
        async with self._more:
            self.published.append(envelope)
            if of_history:
                self.of_history.add(envelope.id)
            self._more.notify_all()

    async def has_published(self, count: int) -> None:
        """Wait until so many envelopes were published."""
        async with self._more:
            await self._more.wait_for(lambda: len(self.published) >= count)

    async def healthy(self) -> bool:
        return not self.failing


def principal(
    *roles: Role, person_id: UUID | None = None, customer_id: UUID | None = None, name: str = "Test person"
) -> Principal:
    """A signed-in person with these roles: staff, or a user of `customer_id`."""
    held = permissions_of(tuple(role.value for role in roles), of_customer=customer_id is not None)
    return Principal(
        kind="person",
        id=person_id or uuid7(),
        name=name,
        roles=tuple(role.value for role in roles),
        permissions=frozenset(permission.value for permission in held),
        customer_id=customer_id,
        origin="127.0.0.1",
    )


ANYBODY = Principal("anonymous", None, "", (), frozenset(), None, "127.0.0.1")


def runtime_of(
    service: Service,
    url: str,
    bus: Bus,
    time: ShiftedTime,
    tracing: Tracing | None = None,
    files: Files | None = None,
    **settings: Any,
) -> Runtime:
    """A service's runtime under its own running role, with its loops stepped by the test.

    It waits long for a connection: a machine that stands still for a moment is no database that is away.
    """
    return Runtime(
        service,
        settings=service.settings(**settings),
        database_url=migrate.running_url(url, service.name, ""),
        bus=bus,
        principal_key=PUBLIC_KEY,
        time=time,
        tracing=tracing,
        files=files,
        patience=PATIENCE_SECONDS,
    )


def files_in(folder: str, **rules: Any) -> Files:
    """A store of files in a folder, with the usual rules but for those that the test changes."""
    return Files(FolderStore(Path(folder)), FileRules(**rules))


async def settle(runtimes: Collection[Runtime]) -> None:
    """Step every loop of every service until a whole round moves nothing."""
    for _ in range(MOST_ROUNDS):
        moved = 0
        for runtime in runtimes:
            for loop in runtime.loops:
                moved += await loop.step()
        if moved == 0:
            return
    raise AssertionError(f"still moving after {MOST_ROUNDS} rounds")


@dataclass
class OneService:
    """One service alone. It hears what the test tells it, and what it says is recorded."""

    runtime: Runtime
    bus: RecordingBus
    time: ShiftedTime
    signer: Signer
    folder: TemporaryDirectory[str]

    Factory = Callable[..., Awaitable["OneService"]]

    @classmethod
    async def opened(
        cls, service: Service, url: str, *, file_rules: Mapping[str, Any] | None = None, **settings: Any
    ) -> OneService:
        bus, time, folder = RecordingBus(), ShiftedTime(), TemporaryDirectory(prefix="aftercare-files-")
        files = files_in(folder.name, **file_rules or {})
        runtime = runtime_of(service, url, bus, time, files=files, **settings)
        return cls(runtime, bus, time, Signer(PRIVATE_KEY), folder)

    async def close(self) -> None:
        await self.runtime.stop()
        self.folder.cleanup()

    def as_(self, who: Principal) -> httpx.AsyncClient:
        """A client whose requests carry the principal, as if the gateway had signed it."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.runtime.app, raise_app_exceptions=False),
            base_url="http://service",
            headers={HEADER: self.signer.sign(who, system_seconds())},
        )

    async def hear(self, event: Event, *, sequence: int = 1, event_id: UUID | None = None, **extra: Any) -> Envelope:
        """Hand an event to the service's inbox, as the bus does."""
        envelope = Envelope(
            id=event_id or uuid7(),
            source=f"/aftercare/{event.type.split('.', 1)[0]}",
            type=event.type,
            subject=event.subject_id,
            time=await self.now(),
            customerid=event.tenant,
            sequence=sequence,
            correlationid=event.correlation or uuid7(),
            data=event.model_dump(mode="json"),
            **{"actor": "system:test"} | extra,
        )
        await self.runtime.inbox.receive(envelope)
        return envelope

    async def settle(self) -> None:
        await settle([self.runtime])

    async def advance(self, **step: float) -> None:
        """Move the time (`hours=1`), fire what falls due, settle."""
        self.time.advance(timedelta(**step))
        await self.settle()

    async def now(self) -> datetime:
        async with self.runtime.database.transaction(Caller("system:test", "system"), read_only=True) as session:
            now: datetime = session.info["context"].now
            return now

    async def said(self, kind: type[Event]) -> list[Any]:
        """The events of a class that were said so far, oldest first, whether they left or not."""
        await self.settle()
        return [REGISTRY[e.type].model_validate(e.data) for e in self.bus.published if e.type == kind.type]

    async def republish(self, **batch: int) -> None:
        """Say all snapshots again, as the operator's command does."""
        caller = Caller("system:test", "system")
        await say_again(lambda: self.runtime.database.transaction(caller), self.runtime.service.snapshots, **batch)
        await self.settle()

    async def rows(self, statement: Any, caller: Caller | None = None) -> list[Any]:
        """Rows of a select, as the service's running role sees them for `caller` (default: the system)."""
        who = caller or Caller("system:test", "system")
        async with self.runtime.database.transaction(who, read_only=True) as session:
            return list((await session.execute(statement)).all())

    async def is_empty(self) -> bool:
        """Whether nothing at all was written: no row in any table of the schema but those that migrations fill."""
        tables = [table for table in self.runtime.service.metadata.sorted_tables if str(table) not in SEEDED]
        any_row = select(or_(*(exists(select(literal(1)).select_from(table)) for table in tables)))
        [(found,)] = await self.rows(any_row)
        return not found


class Platform:
    """All services on the local bus behind the gateway, as a client sees them over HTTP.

    The outside world is a real recorder: mails arrive there over SMTP, webhook calls over HTTP.
    """

    def __init__(
        self,
        admin_url: str,
        runtimes: dict[str, Runtime],
        time: ShiftedTime,
        front: Any,
        recorder: Recorder,
        folder: TemporaryDirectory[str],
    ) -> None:
        self.admin_url, self.runtimes, self.time = admin_url, runtimes, time
        self.front, self.recorder = front, recorder
        self.folder = folder
        self.administrator = SignIn(email="administrator@demo.example", password="administrator-password")
        self._tokens: dict[str, str] = {}

    @classmethod
    async def opened(cls, url: str, tracing: Tracing | None = None) -> Platform:
        recorder, time, folder = Recorder(), ShiftedTime(), TemporaryDirectory(prefix="aftercare-files-")
        await recorder.start()
        bus = LocalBus(catalogue.topology())
        told = told_settings(recorder)
        services = {name: catalogue.service(name) for name in catalogue.NAMES}
        runtimes = {
            name: runtime_of(service, url, bus, time, tracing, files_in(f"{folder.name}/{name}"), **told.get(name, {}))
            for name, service in services.items()
        }
        for runtime in runtimes.values():
            await runtime.listen()
        settings = {name: runtime.settings for name, runtime in runtimes.items()}
        front_of = services["gateway"].front
        assert front_of is not None

        async def readiness() -> tuple[bool, dict[str, Any]]:
            found = [await runtime.readiness() for runtime in runtimes.values()]
            return all(ready for ready, _ in found), {}

        platform = cls(url, runtimes, time, front_of(runtimes, readiness, settings), recorder, folder)
        await platform._bootstrap()
        return platform

    async def _bootstrap(self) -> None:
        async with self.runtimes["gateway"].database.transaction(Caller("system:gateway", "system")) as session:
            await bootstrap_administrator(
                session,
                email=self.administrator.email,
                password=self.administrator.password,
                name_zh="管理员",
                name_en="Administrator",
            )

    async def close(self) -> None:
        await self.front.close()
        for runtime in self.runtimes.values():
            await runtime.stop()
        await self.recorder.stop()
        self.folder.cleanup()

    def client(self, token: str | None = None, *, language: str = "en") -> httpx.AsyncClient:
        """A client of the public API: with a session's token, an API key, or neither."""
        headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {token}"} if token else {})
        transport = httpx.ASGITransport(app=self.front, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers)

    async def signed_in(self, email: str, password: str) -> httpx.AsyncClient:
        """A client of a person who signed in; signs in once per person."""
        if email not in self._tokens:
            async with self.client() as client:
                answer = await client.post("/v1/sessions", json={"email": email, "password": password})
            assert answer.status_code == 201, answer.text
            self._tokens[email] = answer.json()["token"]
        return self.client(self._tokens[email])

    async def now(self) -> datetime:
        """The platform's time."""
        async with self.runtimes["gateway"].database.transaction(Caller("system:test", "system")) as session:
            now: datetime = session.info["context"].now
            return now

    async def settle(self) -> None:
        await settle(self.runtimes.values())

    async def advance(self, **step: float) -> None:
        """Move the time (`hours=1`), fire what falls due, settle."""
        self.time.advance(timedelta(**step))
        await self.settle()

    async def row_counts(self) -> dict[str, int]:
        """How many rows each table of each service has: what a refused request must leave as it was."""
        connection = await asyncpg.connect(plain_url(self.admin_url))
        try:
            names = await connection.fetchval(
                "SELECT array_agg(format('%I.%I', schemaname, tablename)) FROM pg_tables WHERE schemaname = ANY($1)",
                list(catalogue.NAMES),
            )
            counts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) FROM {name}" for name in names)
            return {row["name"]: row["count"] for row in await connection.fetch(counts)}
        finally:
            await connection.close()


def told_settings(recorder: Recorder) -> dict[str, dict[str, Any]]:
    """What the services are told in tests: the gateway's key, the recorder as the world outside."""
    unlimited = {
        "session_hours": 100_000,
        "sign_ins_per_minute": 6000,
        "sign_ins_burst": 1000,
        "anonymous_per_second": 1000,
    }
    return {
        "gateway": {"signing_key": PRIVATE_KEY, **unlimited},
        "feedback": {"public_url": "http://platform", "token_secret": "token secret of the tests"},
        "notify": {
            "smtp_host": "127.0.0.1",
            "smtp_port": recorder.smtp_port,
            "allowed_receivers": [f"127.0.0.1:{recorder.http_port}"],
        },
    }
