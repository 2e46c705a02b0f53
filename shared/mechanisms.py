"""The tables every service has beside its own, and the one place that writes what a transaction said and noted.

What is emitted and audited is collected in the context and written just before the commit, so that the row lock of a
subject (which gives its events their sequence and its audit entries their chain) is held as briefly as possible.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

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
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.envelope import Envelope
from shared.context import Context, Entry
from shared.events import Event

WAKE = text("SELECT pg_notify(:channel, :woken)")
NO_HASH = b"\x00" * 32
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
        Index("ix_timers_due", "due_at", postgresql_where=text("state = 'armed'")),
        Index(
            "uq_timers_armed",
            "kind",
            "subject",
            "label",
            unique=True,
            postgresql_where=text("state = 'armed'"),
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


async def write_pending(session: AsyncSession, ctx: Context) -> None:
    """Write what was said and noted: heads first (the row locks), then outbox and audit rows, then the wake-up."""
    if ctx.said or ctx.entries:
        heads = await _raise_heads(session, ctx)
        await _write_outbox(session, ctx, heads)
        await _write_audit(session, ctx, heads)
        ctx.wakes.add("outbox")
    if ctx.wakes:
        woken = ctx.wakes.pop() if len(ctx.wakes) == 1 else "all"
        await session.execute(WAKE, {"channel": f"aftercare_{ctx.service}", "woken": woken})
    ctx.said, ctx.entries, ctx.wakes = [], [], set()


async def _raise_heads(session: AsyncSession, ctx: Context) -> dict[str, Any]:
    """Lock the heads of all subjects touched, in one order for everybody, and count their new events and entries."""
    counts: dict[str, list[int]] = {}
    for event, _ in ctx.said:
        counts.setdefault(event.subject_id, [0, 0])[0] += 1
    for entry in ctx.entries:
        counts.setdefault(entry.subject, [0, 0])[1] += 1
    heads = table(session, "heads")
    rows = [
        {"subject": subject, "sequence": said, "entries": noted, "hash": NO_HASH}
        for subject, (said, noted) in sorted(counts.items())
    ]
    statement = upsert(heads).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=["subject"],
        set_={
            "sequence": heads.c.sequence + statement.excluded.sequence,
            "entries": heads.c.entries + statement.excluded.entries,
        },
    )
    raised = await session.execute(
        statement.returning(heads.c.subject, heads.c.sequence, heads.c.entries, heads.c.hash)
    )
    return {row.subject: row for row in raised}


async def _write_outbox(session: AsyncSession, ctx: Context, heads: dict[str, Any]) -> None:
    if not ctx.said:
        return
    left: dict[str, int] = {}
    for event, _ in ctx.said:
        left[event.subject_id] = left.get(event.subject_id, 0) + 1
    rows = []
    for event, event_id in ctx.said:
        left[event.subject_id] -= 1
        sequence = heads[event.subject_id].sequence - left[event.subject_id]
        envelope = envelope_of(event, event_id, ctx, sequence)
        rows.append(
            {
                "event_id": event_id,
                "subject": event.subject_id,
                "sequence": sequence,
                "type": event.type,
                "customer_id": envelope.customerid,
                "correlation_id": envelope.correlationid,
                "envelope": envelope.model_dump(mode="json", exclude_none=True),
                "created_at": ctx.now,
            }
        )
    await session.execute(insert(table(session, "outbox")), rows)


def envelope_of(event: Event, event_id: UUID, ctx: Context, sequence: int) -> Envelope:
    return Envelope(
        id=event_id,
        source=f"/aftercare/{ctx.service}",
        type=event.type,
        subject=event.subject_id,
        time=ctx.now,
        traceparent=ctx.traceparent,
        customerid=event.tenant,
        actor=ctx.actor,
        drill=ctx.drill,
        historical=ctx.historical,
        sequence=sequence,
        correlationid=event.correlation or ctx.correlation_id or event_id,
        causationid=ctx.causation_id,
        data=event.model_dump(mode="json"),
    )


async def _write_audit(session: AsyncSession, ctx: Context, heads: dict[str, Any]) -> None:
    if not ctx.entries:
        return
    left: dict[str, int] = {}
    for entry in ctx.entries:
        left[entry.subject] = left.get(entry.subject, 0) + 1
    last: dict[str, bytes] = {subject: heads[subject].hash for subject in left}
    rows = []
    for entry in ctx.entries:
        left[entry.subject] -= 1
        row = _chained(entry, ctx, heads[entry.subject].entries - left[entry.subject], last[entry.subject])
        last[entry.subject] = row["hash"]
        rows.append(row)
    await session.execute(insert(table(session, "audit")), rows)
    changed = update(table(session, "heads")).where(table(session, "heads").c.subject == bindparam("of"))
    await session.execute(changed.values(hash=bindparam("to")), [{"of": of, "to": to} for of, to in last.items()])


def _chained(entry: Entry, ctx: Context, number: int, previous: bytes) -> dict[str, Any]:
    row = {
        "subject": entry.subject,
        "number": number,
        "at": ctx.now,
        "actor": ctx.actor,
        "roles": list(ctx.roles),
        "origin": ctx.origin,
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "information": entry.information,
        "customer_id": entry.customer_id,
        "correlation_id": ctx.correlation_id or next((event.correlation for event, _ in ctx.said), None),
        "causation_id": ctx.causation_id,
        "previous": previous,
    }
    return row | {"hash": entry_hash(row)}


def entry_hash(row: dict[str, Any]) -> bytes:
    """SHA-256 over every column but the hash itself, as JSON with sorted keys; times in UTC to the microsecond."""
    columns = {str(name): json_value(value) for name, value in row.items() if name != "hash"}
    return hashlib.sha256(orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)).digest()


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
