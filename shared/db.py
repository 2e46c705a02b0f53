"""PostgreSQL as every service uses it: one schema, two roles, transactions that carry a context and a tenant.

The mechanism tables (outbox, inbox, timers, heads, audit, idempotency) belong to each service's own metadata.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Uuid
from uuid_utils.compat import uuid7

from shared import mechanisms
from shared.chains import json_value
from shared.context import Context, Scope
from shared.errors import AftercareError, VersionMismatch, sqlstate_of
from shared.now import TimeSource, database_time
from shared.pending import write_pending

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

S = TypeVar("S")
Transactions = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction, as often as it is called."""

PATIENCE_SECONDS = 4.0
"""How long a connection is waited for: a database that hangs is away within 5 s."""
ENTER_SECONDS = 0.5
"""How long, beyond that, a transaction may take to begin, and a statement by itself."""
UNIQUE_VIOLATION = "23505"
READ_ONLY = {"postgresql_readonly": True}
BEGIN = text(
    "SELECT set_config('aftercare.scope', :scope, true), set_config('aftercare.customer', :customer, true), "
    "clock_timestamp()"
)
NEXT_TENANT = "aftercare_next_tenant"
CHANGE_TENANT = "SELECT set_config('aftercare.scope', $1, true), set_config('aftercare.customer', $2, true)"

COLUMN_TYPES = {datetime: DateTime(timezone=True), UUID: Uuid()}


def metadata_for(schema: str) -> MetaData:
    """The metadata of a service's tables: its own schema, stable constraint names, the mechanism tables."""
    own = MetaData(schema=schema, naming_convention=NAMES)
    mechanisms.define(own)
    return own


class Keyed:
    """A row with a time-ordered uuid (version 7) for its id."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


class Versioned:
    """A row that clients update: its version goes up with every change and is its ETag."""

    version: Mapped[int] = mapped_column(default=1)


class Tenanted:
    """A row of one customer; row-level security keeps it from all others."""

    customer_id: Mapped[UUID] = mapped_column(index=True)


class Copied:
    """A row copied from another service's snapshot events; `sequence` tells which of two snapshots is newer."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]


def context(session: AsyncSession) -> Context:
    """The context the edge gave this session. Raises TypeError where several act and it was not said for which one."""
    found: Context | None = session.info["context"]
    if found is None:
        raise TypeError("several events are handled together: say because of which one (because_of)")
    return found


@contextmanager
def because_of(session: AsyncSession, event_id: UUID) -> Iterator[Context]:
    """Act because of one of the events that are handled together: what is said and noted meanwhile follows from it."""
    before: Context | None = session.info["context"]
    session.info["context"] = session.info["causes"][event_id]
    try:
        yield session.info["context"]
    finally:
        session.info["context"] = before


def settings_of(session: AsyncSession, kind: type[S]) -> S:
    """The settings of the service this session belongs to."""
    found = session.info["settings"]
    if not isinstance(found, kind):
        raise TypeError(f"this session has no {kind.__qualname__}")
    return found


async def tenants_driver(session: AsyncSession) -> asyncpg.Connection[asyncpg.Record]:
    """The session's connection itself, for a statement by hand on tables of tenants: first it is made to act for the
    tenant, whom a nested caller leaves to the first statement.
    """
    tenant = session.info["connection"].info.pop(NEXT_TENANT, None)
    found = mechanisms.driver(session)
    if tenant:
        await found.execute(CHANGE_TENANT, *tenant)
    return found


@contextmanager
def unless_taken(error: AftercareError) -> Iterator[None]:
    """Raise the error where a unique key refuses a row. What else the database refuses is a fault of ours."""
    try:
        yield
    except IntegrityError as problem:
        if sqlstate_of(problem) == UNIQUE_VIOLATION:
            raise error from problem
        raise


def check_version(session: AsyncSession, version: int) -> None:
    """Call once the row is locked. Raises VersionMismatch when the client's If-Match names only other versions."""
    ctx = context(session)
    ctx.version_checked = True
    if ctx.expected_versions and version not in ctx.expected_versions:
        raise VersionMismatch(current=version, expected=sorted(ctx.expected_versions))


@dataclass(frozen=True)
class Caller:
    """For whom a transaction is opened: all of the context that is known before the database has told the time."""

    actor: str
    scope: Scope
    customer_id: UUID | None = None
    person_id: UUID | None = None
    roles: tuple[str, ...] = ()
    sees_internal: bool = False
    origin: str | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    drill: UUID | None = None
    historical: bool = False
    traceparent: str | None = None
    expected_versions: frozenset[int] = frozenset()

    @property
    def tenant(self) -> tuple[str, str]:
        """What row-level security goes by: the scope, and the customer's id or nothing."""
        return self.scope, str(self.customer_id or "")


class Database:
    """One service's door to PostgreSQL under its running role."""

    def __init__(
        self,
        url: str,
        service: str,
        *,
        settings: Any = None,
        time: TimeSource = database_time,
        pool_size: int = 5,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._enter_seconds = patience + ENTER_SECONDS
        self.url, self.service, self.time, self.settings = url, service, time, settings
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=patience,
            hide_parameters=True,
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": patience,
                "command_timeout": 30,
                "server_settings": {"application_name": f"aftercare {service}"},
            },
        )
        event.listen(self.engine.sync_engine, "before_cursor_execute", _change_tenant)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def transaction(self, caller: Caller, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction with its context; commits at the end with all that was said and noted, or not at all."""
        async with self._sessions() as session, session.begin():
            async with asyncio.timeout(self._enter_seconds):
                connection = await session.connection(execution_options=READ_ONLY if read_only else None)
                session.info["connection"] = connection.sync_connection
                session.info["driver"] = (await connection.get_raw_connection()).driver_connection
                await self._begin(session, caller)
            yield session
            await session.flush()
            await write_pending(session, session.info["contexts"])

    async def directly(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """One statement on the mechanisms' own tables, by itself: they have no tenant, and it needs no transaction.

        `{schema}` stands for the service's schema. The loops look this way whether there is work at all.
        """
        async with asyncio.timeout(self._enter_seconds), self.engine.connect() as connection:
            found: Any = (await connection.get_raw_connection()).driver_connection
            rows: list[asyncpg.Record] = await found.fetch(statement.format(schema=self.service), *arguments)
            return rows

    @asynccontextmanager
    async def nested(self, session: AsyncSession, *callers: Caller) -> AsyncIterator[None]:
        """Continue a transaction on behalf of other callers of one tenant, as a batch of timers does from row to row.

        The time stays that of the transaction, and what was said and noted is written at its end for all callers. Where
        there are several at once, the effect says for which one it acts: `because_of`.
        """
        tenant = callers[0].tenant
        if session.info["tenant"] != tenant:
            session.info["tenant"] = tenant
            session.info["connection"].info[NEXT_TENANT] = tenant
        self._act_for(session, *callers)
        yield
        await session.flush()

    async def _begin(self, session: AsyncSession, caller: Caller) -> None:
        """Set the tenant and read the time, in one statement."""
        session.info["connection"].info.pop(NEXT_TENANT, None)
        scope, customer = caller.tenant
        row = (await session.execute(BEGIN, {"scope": scope, "customer": customer})).one()
        session.info.update(tenant=caller.tenant, now=self.time(row[2]), settings=self.settings, contexts=[])
        self._act_for(session, caller)

    def _act_for(self, session: AsyncSession, *callers: Caller) -> None:
        contexts = [Context(service=self.service, now=session.info["now"], **vars(caller)) for caller in callers]
        session.info["contexts"] += contexts
        session.info["causes"] = {each.causation_id: each for each in contexts}
        session.info["context"] = contexts[0] if len(contexts) == 1 else None

    async def close(self) -> None:
        await self.engine.dispose()


def _change_tenant(connection: Connection, *_: object) -> None:
    """Change the tenant before the first statement of a nested caller: one that only says something needs none."""
    tenant = connection.info.pop(NEXT_TENANT, None)
    if tenant:
        connection.connection.cursor().execute(CHANGE_TENANT, tenant)


def async_url(url: str) -> str:
    """The URL with the asyncpg driver, whatever PostgreSQL spelling it came in."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def plain_url(url: str) -> str:
    """The URL as asyncpg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def role_url(admin_url: str, role: str, password: str) -> str:
    """The same server and database, entered as another role."""
    return make_url(admin_url).set(username=role, password=password).render_as_string(hide_password=False)


@contextmanager
def as_service(session: AsyncSession) -> Iterator[None]:
    """What happens within is the service's own doing, seen to in somebody's transaction before they do anything."""
    asked = context(session)
    own = replace(asked, actor=f"system:{asked.service}", person_id=None, roles=(), origin=None, said=[], entries=[])
    session.info["contexts"].insert(-1, own)
    session.info["context"] = own
    try:
        yield
    finally:
        session.info["context"] = asked


def as_record(row: Any, *fields: str) -> dict[str, Any]:
    """The named fields of a row as JSON values, for an audit entry's before and after."""
    return {name: json_value(getattr(row, name)) for name in fields}
