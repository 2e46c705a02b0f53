"""The tables every service has beside its own, and the one place that writes what a transaction said and noted.

What is emitted and audited is collected in the context and written just before the commit, so that the row lock of a
subject (which gives its events their sequence and its audit entries their chain) is held as briefly as possible.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.envelope import Envelope
from shared.context import Context, Entry, Said
from shared.events import History

NO_HASH = b"\x00" * 32
PLACE = ("number", "previous", "hash")
MECHANISMS = ("outbox", "inbox", "timers", "heads", "audit", "idempotency")
WITHOUT_POLICY = ("outbox", "inbox", "timers", "heads", "idempotency")
"""Mechanism tables without row-level security: reached by the runtime only, never by a route's query."""


def define(metadata: MetaData) -> None:
    """Add the mechanism tables to a service's metadata."""
    _define_messages(metadata)
    _define_timers(metadata)
    _define_records(metadata)


def _time(name: str, **options: Any) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), **options)


def _define_messages(metadata: MetaData) -> None:
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("subject", Text, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("type", Text, nullable=False),
        Column("customer_id", Uuid),
        Column("correlation_id", Uuid, nullable=False),
        Column("envelope", JSONB, nullable=False),
        _time("created_at", nullable=False),
        _time("sent_at"),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("error", Text),
        UniqueConstraint("subject", "sequence"),
        Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_live", "id", postgresql_where=text("sent_at IS NULL AND envelope ->> 'historical' = 'false'")),
        Index(
            "ix_outbox_history", "id", postgresql_where=text("sent_at IS NULL AND envelope ->> 'historical' = 'true'")
        ),
        Index("ix_outbox_failing", "subject", postgresql_where=text("sent_at IS NULL AND tries > 0")),
        Index("ix_outbox_correlation_id", "correlation_id"),
    )
    Table(
        "inbox",
        metadata,
        Column("id", BigInteger, Identity(), nullable=False, unique=True),
        Column("consumer", Text, nullable=False),
        Column("event_id", Uuid, nullable=False),
        Column("subject", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("envelope", JSONB),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("error", Text),
        _time("next_try_at"),
        _time("received_at", nullable=False, server_default=func.clock_timestamp()),
        PrimaryKeyConstraint("consumer", "event_id"),
        CheckConstraint("state IN ('done', 'waiting', 'parked', 'discarded')", name="state"),
        Index("ix_inbox_open", "subject", "id", postgresql_where=text("state IN ('waiting', 'parked')")),
        Index("ix_inbox_over", "received_at", postgresql_where=text("state IN ('done', 'discarded')")),
    )


def _define_timers(metadata: MetaData) -> None:
    Table(
        "timers",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("label", Text, nullable=False, server_default=""),
        Column("customer_id", Uuid),
        Column("correlation_id", Uuid),
        Column("drill", Uuid),
        Column("data", JSONB, nullable=False, server_default="{}"),
        _time("due_at", nullable=False),
        Column("state", Text, nullable=False, server_default="armed"),
        _time("fired_at"),
        Column("late", Boolean),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("error", Text),
        CheckConstraint("state IN ('armed', 'fired', 'cancelled', 'parked')", name="state"),
        Index("ix_timers_due_at_id", "due_at", "id", postgresql_where=text("state = 'armed'")),
        Index(
            "uq_timers_armed",
            "kind",
            "subject",
            "label",
            unique=True,
            postgresql_where=text("state = 'armed'"),
        ),
        Index(
            "ix_timers_over",
            text("coalesce(fired_at, due_at)"),
            postgresql_where=text("state IN ('fired', 'cancelled')"),
        ),
    )


def _define_records(metadata: MetaData) -> None:
    Table(
        "heads",
        metadata,
        Column("subject", Text, primary_key=True),
        Column("sequence", Integer, nullable=False),
        Column("entries", Integer, nullable=False),
        Column("hash", LargeBinary, nullable=False),
    )
    Table(
        "audit",
        metadata,
        Column("subject", Text, nullable=False),
        Column("number", Integer, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("actor", Text, nullable=False),
        Column("roles", JSONB, nullable=False),
        Column("origin", Text),
        Column("action", Text, nullable=False),
        Column("before", JSONB, nullable=False),
        Column("after", JSONB, nullable=False),
        Column("information", JSONB, nullable=False),
        Column("customer_id", Uuid),
        Column("correlation_id", Uuid),
        Column("causation_id", Uuid),
        Column("previous", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        PrimaryKeyConstraint("subject", "number"),
        Index("ix_audit_correlation_id", "correlation_id"),
    )
    Table(
        "idempotency",
        metadata,
        Column("owner", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", Integer),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        _time("created_at", nullable=False, server_default=func.clock_timestamp()),
        PrimaryKeyConstraint("owner", "key"),
        Index("ix_idempotency_created_at", "created_at"),
    )


def table(session: AsyncSession, name: str) -> Table:
    """A mechanism table of the service this session belongs to."""
    return tables_of(session.info["context"].service)[name]


_TABLES: dict[str, dict[str, Table]] = {}


def tables_of(service: str) -> dict[str, Table]:
    """The mechanism tables of a service, built once per schema for use outside its own metadata."""
    if service not in _TABLES:
        metadata = MetaData(schema=service)
        define(metadata)
        _TABLES[service] = {name: metadata.tables[f"{service}.{name}"] for name in MECHANISMS}
    return _TABLES[service]


async def write_pending(session: AsyncSession, contexts: Sequence[Context]) -> None:
    """Write what a transaction said and noted, and wake who waits for it, in one statement of the schema's own.

    A batch has a context for each row it handles: events leave in the order in which they were said.
    """
    said = [_said(fact, ctx) for ctx in contexts for fact in ctx.said]
    noted = [row for ctx in contexts for row in _all_noted(ctx)]
    wakes = {wake for ctx in contexts for wake in ctx.wakes} | ({"outbox"} if said else set())
    if not (wakes or noted):
        return
    await driver(session).execute(
        f'SELECT "{contexts[0].service}".write_pending($1, $2, $3, $4)',
        contexts[0].now,
        orjson.dumps(said, default=str).decode(),
        orjson.dumps(noted, default=str).decode(),
        ",".join(sorted(wakes)) or None,
    )


def driver(session: AsyncSession) -> asyncpg.Connection[asyncpg.Record]:
    """The session's connection itself, in the session's transaction: for statements on the mechanisms' own tables.

    Those have no tenant; statements by hand on others are for `shared.db.tenants_driver`.
    """
    found: asyncpg.Connection[asyncpg.Record] = session.info["driver"]
    return found


def _said(fact: Said, ctx: Context) -> dict[str, Any]:
    envelope = envelope_of(fact, ctx)
    return {
        "event_id": fact.event_id,
        "subject": envelope.subject,
        "type": envelope.type,
        "customer_id": envelope.customerid,
        "correlation_id": envelope.correlationid,
        "envelope": envelope.model_dump(mode="json", exclude_none=True),
    }


def envelope_of(fact: Said, ctx: Context) -> Envelope:
    """The envelope before it is written; the subject's head then gives it its sequence."""
    event = fact.event
    return Envelope.model_construct(
        specversion="1.0",
        datacontenttype="application/json",
        id=fact.event_id,
        source=f"/aftercare/{ctx.service}",
        type=event.type,
        subject=event.subject_id,
        time=ctx.now,
        traceparent=fact.traceparent,
        customerid=event.tenant,
        actor=ctx.actor,
        drill=ctx.drill,
        historical=ctx.historical or isinstance(event, History),
        sequence=0,
        correlationid=event.correlation or ctx.correlation_id or fact.event_id,
        causationid=ctx.causation_id,
        data=event.model_dump(mode="json"),
    )


def _all_noted(ctx: Context) -> Iterator[dict[str, Any]]:
    """Every entry is about what its own record was first said to be about, else what the first fact was."""
    about = {fact.event.subject_id: fact.event.correlation for fact in reversed(ctx.said)}
    first = ctx.said[0].event.correlation if ctx.said else None
    for entry in ctx.entries:
        yield _noted(entry, ctx, about.get(entry.subject) or first)


def _noted(entry: Entry, ctx: Context, correlation: UUID | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subject": entry.subject,
        "at": ctx.now,
        "actor": ctx.actor,
        "roles": list(ctx.roles),
        "origin": ctx.origin,
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "information": entry.information,
        "customer_id": entry.customer_id,
        "correlation_id": ctx.correlation_id or correlation,
        "causation_id": ctx.causation_id,
    }
    return row | {"content": content_hash(row).hex(), "tenant": str(ctx.customer_id or "")}


def content_hash(row: dict[str, Any]) -> bytes:
    """SHA-256 over what an entry says: every column but its place in the chain, as JSON with sorted keys."""
    columns = {str(name): json_value(value) for name, value in row.items() if name not in PLACE}
    return hashlib.sha256(orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)).digest()


def entry_hash(row: dict[str, Any]) -> bytes:
    """SHA-256 over the previous entry's hash, the entry's number (8 bytes, big-endian) and its content's hash."""
    number: int = row["number"]
    return hashlib.sha256(row["previous"] + number.to_bytes(8, "big") + content_hash(row)).digest()


def json_value(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID | date | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(item) for item in value]
    return value


async def chain_of(session: AsyncSession, subject: str) -> list[dict[str, Any]]:
    """All audit entries of a record, oldest first, each with every column."""
    audit = table(session, "audit")
    rows = await session.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.number))
    return [dict(row) for row in rows.mappings()]


def broken_link(entries: list[dict[str, Any]]) -> int | None:
    """The number of the first entry that does not follow from the one before, or None when the chain holds."""
    previous = NO_HASH
    for expected, entry in enumerate(entries, start=1):
        if entry["number"] != expected or entry["previous"] != previous or entry["hash"] != entry_hash(entry):
            return expected
        previous = entry["hash"]
    return None
