"""What a service is made of, how one starts and how it stops. The one clever file: read it once and the rest is plain.

A `Service` is a description, a `Runtime` is that description with a database, a bus and a time. Nothing here is global:
a process may hold one runtime or all seven, and tests hold as many platforms as they like.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import MetaData, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from shared import errors
from shared.auth import Verifier
from shared.bus import Bus
from shared.consumers import Consumers
from shared.db import PATIENCE_SECONDS, Caller, Database
from shared.events import Event
from shared.files import Files
from shared.firing import TimerLoop
from shared.inbox import Inbox
from shared.now import TimeSource, database_time
from shared.operations import operations_router
from shared.outbox import Relay, oldest_unsent_seconds
from shared.retention import Retention
from shared.settings import KeepTimes, ServiceSettings
from shared.snapshots import Snapshots
from shared.telemetry import Metrics
from shared.timers import Jobs
from shared.tracing import Tracing, Untraced
from shared.worker import Loop, Worker

Role = Literal["api", "worker", "all"]
Front = Callable[["Mapping[str, Runtime]", "Readiness", "Mapping[str, ServiceSettings]"], Any]
"""From the runtimes of this process, their readiness and the settings of all services, an ASGI application."""
Readiness = Callable[[], Awaitable[tuple[bool, dict[str, Any]]]]
LAG_LIMIT_SECONDS = 30.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Service:
    """A service's table of contents: what it answers, says, listens to and does on time.

    `loops` adds work beside relay, inbox, timers and retention (notify's deliveries). `snapshots` are said again on
    command. `copies` are the tables filled from other services' snapshots; an empty one is shown in /readyz. `front`
    builds what the process answers instead of this service's bare API (the gateway has one).
    """

    name: str
    summary: str
    settings: type[ServiceSettings]
    metadata: MetaData
    routers: tuple[APIRouter, ...]
    emits: tuple[type[Event], ...] = ()
    consumers: Consumers = field(default_factory=Consumers)
    jobs: Jobs = field(default_factory=Jobs)
    loops: Callable[[Runtime], Sequence[Loop]] = lambda _: ()
    snapshots: Snapshots = ()
    copies: tuple[type[DeclarativeBase], ...] = ()
    front: Front | None = None

    def __post_init__(self) -> None:
        foreign = [event.type for event in self.emits if not event.type.startswith(f"{self.name}.")]
        if foreign:
            raise TypeError(f"{self.name} may not say {foreign}")


class Runtime:
    """A service with everything it runs on. `start` and `stop` once each."""

    def __init__(
        self,
        service: Service,
        *,
        settings: ServiceSettings,
        database_url: str,
        bus: Bus,
        principal_key: str,
        time: TimeSource = database_time,
        metrics: Metrics | None = None,
        keep: KeepTimes = KeepTimes(),
        tracing: Tracing | None = None,
        files: Files | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.service, self.settings, self.bus = service, settings, bus
        self.metrics = metrics or Metrics()
        self.tracer = (tracing or Untraced()).tracer(service.name)
        self.verifier = Verifier(principal_key)
        self._files = files
        self.database = Database(database_url, service.name, settings=settings, time=time, patience=patience)
        self.inbox = Inbox(self.database, service.consumers, self.tracer)
        self.loops: list[Loop] = [
            Relay(self.database, bus, self.tracer),
            self.inbox,
            TimerLoop(self.database, service.jobs, self.tracer),
            Retention(self.database, keep),
            *service.loops(self),
        ]
        self.worker: Worker | None = None
        self.app = build_app(self)

    @property
    def files(self) -> Files:
        """Where this service's files are. Raises TypeError when it was given none."""
        if self._files is None:
            raise TypeError(f"{self.service.name} was given no files")
        return self._files

    async def start(self, role: Role) -> None:
        """Start the worker unless this process only answers requests. The schema must be migrated."""
        if role == "api":
            return
        self.worker = Worker(
            self.database.url,
            self.service.name,
            self.loops,
            self.metrics,
            started=self.listen,
            stopped=lambda: self.bus.stop_listening(self.service.name),
        )
        await self.worker.start()

    async def listen(self) -> None:
        if self.service.consumers.routing_keys():
            await self.bus.listen(self.service.name, self.inbox.receive)

    async def stop(self) -> None:
        if self.worker:
            await self.worker.stop()
        await self.inbox.close()
        await self.database.close()

    async def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Whether this process can do its work, and what was looked at: database, bus, relay lag, worker, copies."""
        found: dict[str, Any] = {"service": self.service.name}
        caller = Caller(actor=f"system:{self.service.name}", scope="system")
        try:
            async with self.database.transaction(caller, read_only=True) as session:
                lag = await oldest_unsent_seconds(session)
                found["empty_copies"] = await empty_copies(session, self.service)
        except Exception as problem:
            return False, found | {"database": "down", "problem": type(problem).__name__}
        self.metrics.unsent_seconds.labels(self.service.name).set(lag)
        found |= {"database": "up", "outbox_oldest_seconds": round(lag, 3)}
        found["bus"] = "up" if await self.bus.healthy() else "down"
        if self.worker:
            found["worker"] = "active" if self.worker.active.is_set() else "standby"
        return found["bus"] == "up" and lag < LAG_LIMIT_SECONDS, found


async def empty_copies(session: AsyncSession, service: Service) -> list[str]:
    empty = []
    for model in service.copies:
        if not await session.scalar(select(func.count()).select_from(select(1).select_from(model).limit(1).subquery())):
            empty.append(str(model.__tablename__))
    return empty


def build_app(runtime: Runtime) -> FastAPI:
    """The service's API. It trusts the gateway's signature only; there is no way in without a principal."""
    service = runtime.service
    app = FastAPI(
        title=f"Aftercare {service.name}",
        summary=service.summary,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.runtime = runtime
    errors.install(app)
    for router in (*service.routers, operations_router(service.name)):
        app.include_router(router)
    add_health(app, runtime.readiness, runtime.metrics)
    return app


def health_app(readiness: Readiness, metrics: Metrics) -> FastAPI:
    """What a worker answers: whether it lives, whether it can work, and its figures."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_health(app, readiness, metrics)
    return app


def add_health(app: FastAPI, readiness: Readiness, metrics: Metrics) -> None:
    @app.get("/livez", include_in_schema=False)
    async def livez() -> Response:
        return Response("alive\n", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        ready, found = await readiness()
        return JSONResponse(found, status_code=200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def figures() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
