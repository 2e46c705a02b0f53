"""The tables every service has beside its own, and the way to them. What is done with each has a module of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

MECHANISMS = ("outbox", "inbox", "timers", "heads", "audit", "idempotency")
WITHOUT_POLICY = ("outbox", "inbox", "timers", "heads", "idempotency")
"""Mechanism tables without row-level security: services have no way to them, shared/ asks for the caller's own."""


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


def driver(session: AsyncSession) -> asyncpg.Connection[asyncpg.Record]:
    """The session's connection itself, in the session's transaction: for statements on the mechanisms' own tables.

    Those have no tenant; statements by hand on others are for `shared.db.tenants_driver`.
    """
    found: asyncpg.Connection[asyncpg.Record] = session.info["driver"]
    return found
