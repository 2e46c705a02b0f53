"""Schemas and roles: one Alembic environment, one version line per service, two roles per service.

`<service>_owner` migrates; `<service>` runs without DDL and may only add to the audit. Neither sees another's schema.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
from alembic import command, op
from alembic.config import Config
from sqlalchemy import Index, MetaData, text

from shared import mechanisms, search
from shared.db import NAMES, plain_url, role_url
from shared.snapshots import SAY_AGAIN

ROOT = Path(__file__).parent.parent
SECOND_FORM = (
    "ix_timers_due_at_id",
    "ix_timers_over",
    "ix_inbox_over",
    "ix_idempotency_created_at",
    "ix_outbox_failing",
    "ix_outbox_live",
    "ix_outbox_history",
)
"""The indexes that came with the second form of the mechanism tables."""
TENANT_POLICY = """
CREATE POLICY tenant ON {table}
USING (
    current_setting('aftercare.scope', true) IN ('staff', 'system')
    OR customer_id = nullif(current_setting('aftercare.customer', true), '')::uuid
)
WITH CHECK (
    current_setting('aftercare.scope', true) IN ('staff', 'system', 'customer')
    AND (
        nullif(current_setting('aftercare.customer', true), '') IS NULL
            AND current_setting('aftercare.scope', true) <> 'customer'
        OR customer_id = nullif(current_setting('aftercare.customer', true), '')::uuid
        {or_of_nobody}
    )
)
"""

TENANT_ASKED_ONCE = """
ALTER POLICY tenant ON {table} USING (
    (SELECT current_setting('aftercare.scope', true) IN ('staff', 'system'))
    OR customer_id = (SELECT nullif(current_setting('aftercare.customer', true), '')::uuid)
)
"""
"""Who asks is found out once per statement and not per row, and the planner takes it for likely that a row is seen."""

TENANT_ASKED_EACH = """
ALTER POLICY tenant ON {table} USING (
    current_setting('aftercare.scope', true) IN ('staff', 'system')
    OR customer_id = nullif(current_setting('aftercare.customer', true), '')::uuid
)
"""

TRUST_SEARCH = "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF"
"""Below row-level security an index answers only for functions that tell nothing of hidden rows. This one does not."""

PAGES_AT_ONCE = 1000
REWORD = r"""
UPDATE {table} SET {column} = {column}
WHERE ctid >= '({page},0)' AND ctid < '({end},0)'
    AND normalize(concat_ws(' ', {columns}), NFKC) ~ '[\u0080-\u1FFF]'
"""
"""A column that the database makes is made anew once one that it is made of is written, be it as it was."""

WRITE_PENDING = """
CREATE OR REPLACE FUNCTION "{service}".write_pending(now timestamptz, said jsonb, noted jsonb, woken text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    place integer;
    linked bytea;
    before_it bytea;
BEGIN
    {say}

    FOR item IN SELECT value AS row FROM jsonb_array_elements(noted) LOOP
        SELECT entries + 1, hash INTO place, before_it FROM "{service}".heads WHERE subject = item.row ->> 'subject';
        {as_who_noted_it}
        linked := sha256(before_it || int8send(place) || decode(item.row ->> 'content', 'hex'));
        INSERT INTO "{service}".audit
            (subject, number, at, actor, roles, origin, action, before, after, information,
             customer_id, correlation_id, causation_id, previous, hash)
        VALUES (item.row ->> 'subject', place, now, item.row ->> 'actor', item.row -> 'roles', item.row ->> 'origin',
            item.row ->> 'action', item.row -> 'before', item.row -> 'after', item.row -> 'information',
            (item.row ->> 'customer_id')::uuid, (item.row ->> 'correlation_id')::uuid,
            (item.row ->> 'causation_id')::uuid, before_it, linked);
        UPDATE "{service}".heads SET entries = place, hash = linked WHERE subject = item.row ->> 'subject';
    END LOOP;

    IF woken IS NOT NULL THEN
        PERFORM pg_notify('aftercare_{service}', woken);
    END IF;
END $$
"""
"""What a transaction said and noted, written in one round trip. The heads are locked first, in one order for everybody;
a head gives its subject's events their sequence, and its audit entries their number and the hash they follow."""

SAY_EACH = """INSERT INTO "{service}".heads (subject, sequence, entries, hash)
    SELECT DISTINCT value ->> 'subject', 0, 0, decode(repeat('00', 32), 'hex') FROM jsonb_array_elements(said || noted)
    ON CONFLICT DO NOTHING;
    PERFORM FROM "{service}".heads
    WHERE subject IN (SELECT value ->> 'subject' FROM jsonb_array_elements(said || noted)) ORDER BY subject FOR UPDATE;

    FOR item IN SELECT value AS row FROM jsonb_array_elements(said) LOOP
        UPDATE "{service}".heads SET sequence = sequence + 1 WHERE subject = item.row ->> 'subject'
        RETURNING sequence INTO place;
        INSERT INTO "{service}".outbox
            (event_id, subject, sequence, type, customer_id, correlation_id, envelope, created_at)
        VALUES ((item.row ->> 'event_id')::uuid, item.row ->> 'subject', place, item.row ->> 'type',
            (item.row ->> 'customer_id')::uuid, (item.row ->> 'correlation_id')::uuid,
            item.row -> 'envelope' || jsonb_build_object('sequence', place), now);
    END LOOP;"""
"""First form: event by event."""

SAY_ALL = """WITH moved AS (
        INSERT INTO "{service}".heads AS head (subject, sequence, entries, hash)
        SELECT subject, sum(events), 0, decode(repeat('00', 32), 'hex') FROM (
            SELECT value ->> 'subject' AS subject, 1 AS events FROM jsonb_array_elements(said)
            UNION ALL SELECT value ->> 'subject', 0 FROM jsonb_array_elements(noted)
        ) AS told GROUP BY subject ORDER BY subject
        ON CONFLICT (subject) DO UPDATE SET sequence = head.sequence + excluded.sequence
        RETURNING subject, sequence
    )
    INSERT INTO "{service}".outbox
        (event_id, subject, sequence, type, customer_id, correlation_id, envelope, created_at)
    SELECT (row ->> 'event_id')::uuid, subject, sequence - later, row ->> 'type', (row ->> 'customer_id')::uuid,
        (row ->> 'correlation_id')::uuid, row -> 'envelope' || jsonb_build_object('sequence', sequence - later), now
    FROM (
        SELECT value AS row, turn, value ->> 'subject' AS subject,
            count(*) OVER (PARTITION BY value ->> 'subject' ORDER BY turn DESC) - 1 AS later
        FROM jsonb_array_elements(said) WITH ORDINALITY AS each (value, turn)
    ) AS event JOIN moved USING (subject)
    ORDER BY turn;"""
"""Second form: all at once. A head moves by as many places as its subject has events; the last of them is told last."""

AS_WHO_NOTED_IT = """IF item.row ? 'tenant' THEN
            PERFORM set_config('aftercare.customer', item.row ->> 'tenant', true);
        END IF;"""
"""Second form: a batch writes at its end for all its customers, and each entry is still held against the customer of
the effect that noted it. Without it (code older than the schema) the transaction's own customer stays."""


def password_of(secret: str, role: str) -> str:
    """The password of a service role, derived from the installation's secret (HMAC-SHA256)."""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


async def prepare_roles(admin_url: str, services: list[str], secret: str) -> None:
    """Create the roles and schemas that are missing, and set what each role may do. Safe to repeat."""
    connection = await asyncpg.connect(plain_url(admin_url), timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext('aftercare roles'))")
        database = await connection.fetchval("SELECT quote_ident(current_database())")
        for service in services:
            for role in (f"{service}_owner", service):
                if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                    await connection.execute(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS')
                if secret:
                    await connection.execute(f"ALTER ROLE \"{role}\" PASSWORD '{password_of(secret, role)}'")
                await connection.execute(f'GRANT CONNECT ON DATABASE {database} TO "{role}"')
            await connection.execute(
                f"""
                CREATE SCHEMA IF NOT EXISTS "{service}" AUTHORIZATION "{service}_owner";
                GRANT USAGE ON SCHEMA "{service}" TO "{service}";
                ALTER DEFAULT PRIVILEGES FOR ROLE "{service}_owner" IN SCHEMA "{service}"
                    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{service}";
                ALTER DEFAULT PRIVILEGES FOR ROLE "{service}_owner" IN SCHEMA "{service}"
                    GRANT USAGE, SELECT ON SEQUENCES TO "{service}";
                """
            )
        if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            await connection.execute(TRUST_SEARCH)
    finally:
        await connection.close()


def owner_url(admin_url: str, service: str, secret: str) -> str:
    role = f"{service}_owner"
    return role_url(admin_url, role, password_of(secret, role))


def running_url(admin_url: str, service: str, secret: str) -> str:
    return role_url(admin_url, service, password_of(secret, service))


def config_for(service: str, url: str, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration for one service; `url` is its owner's."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "shared" / "migrations"))
    config.set_main_option("version_locations", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(service=service, url=url, metadata=metadata)
    return config


def upgrade(service: str, url: str, revision: str = "head") -> None:
    """Bring a schema up to `revision`. Runs its own event loop: call it from a thread where one is running."""
    command.upgrade(config_for(service, url), revision)


def downgrade(service: str, url: str, revision: str) -> None:
    command.downgrade(config_for(service, url), revision)


def revise(service: str, url: str, metadata: MetaData, message: str, number: int) -> None:
    """Write a migration with what the models have and the schema at `url` has not, for a person to edit."""
    command.revision(config_for(service, url, metadata), message, autogenerate=True, rev_id=f"{service}_{number:04}")


def differences(service: str, url: str, metadata: MetaData) -> None:
    """Raise alembic.util.CommandError when models and migrations differ."""
    command.check(config_for(service, url, metadata))


def create_mechanisms(service: str) -> None:
    """First form of the mechanism tables. A later form gets a function of its own, so that old migrations stay true."""
    metadata = MetaData(schema=service, naming_convention=NAMES)
    mechanisms.define(metadata)
    for defined in metadata.tables.values():
        defined.indexes = {index for index in defined.indexes if index.name not in SECOND_FORM}
    metadata.create_all(op.get_bind(), checkfirst=False)
    _create_first_due_index(service)
    _create_write_pending(service, say=SAY_EACH, as_who_noted_it="")
    op.execute(f'REVOKE UPDATE, DELETE ON "{service}".audit FROM "{service}"')
    op.execute(f'ALTER TABLE "{service}".outbox SET (autovacuum_vacuum_scale_factor = 0.01)')
    op.execute(f'ALTER TABLE "{service}".timers SET (autovacuum_vacuum_scale_factor = 0.01)')
    protect(service, "audit", of_nobody=True)


def drop_mechanisms(service: str) -> None:
    op.execute(f'DROP FUNCTION "{service}".write_pending')
    metadata = MetaData(schema=service)
    mechanisms.define(metadata)
    metadata.drop_all(op.get_bind(), checkfirst=False)


def to_second_form(service: str) -> None:
    """Timers that are due at one moment are found in order; what is over can be forgotten, what was said cannot."""
    with op.get_context().autocommit_block():
        for index in _second_form_indexes(service):
            # One that an interrupted migration left is half made, and of no use.
            op.drop_index(str(index.name), schema=service, postgresql_concurrently=True, if_exists=True)
            index.create(op.get_bind())
    op.drop_index("ix_timers_due", schema=service)
    _create_write_pending(service, say=SAY_ALL, as_who_noted_it=AS_WHO_NOTED_IT)
    op.execute(f'REVOKE DELETE ON "{service}".outbox, "{service}".heads FROM "{service}"')


def back_to_first_form(service: str) -> None:
    op.execute(f'GRANT DELETE ON "{service}".outbox, "{service}".heads TO "{service}"')
    _create_write_pending(service, say=SAY_EACH, as_who_noted_it="")
    _create_first_due_index(service)
    for index in _second_form_indexes(service):
        op.drop_index(str(index.name), schema=service)


def _second_form_indexes(service: str) -> list[Index]:
    """Built beside the work that goes on, for the tables may be large."""
    metadata = MetaData(schema=service, naming_convention=NAMES)
    mechanisms.define(metadata)
    indexes = [index for each in metadata.sorted_tables for index in each.indexes if index.name in SECOND_FORM]
    for index in indexes:
        index.dialect_options["postgresql"]["concurrently"] = True
    return indexes


def _create_first_due_index(service: str) -> None:
    armed = text("state = 'armed'")
    op.create_index("ix_timers_due", "timers", ["due_at"], schema=service, postgresql_where=armed)


def _create_write_pending(service: str, *, say: str, as_who_noted_it: str) -> None:
    made = WRITE_PENDING.replace("{say}", say).replace("{as_who_noted_it}", as_who_noted_it)
    op.execute(made.replace("{service}", service))


def protect(service: str, *tables: str, of_nobody: bool = False) -> None:
    """Row-level security by customer, for owners too. `of_nobody`: rows of no customer may be written by everybody."""
    for table in tables:
        name = f'"{service}"."{table}"'
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        extra = "OR customer_id IS NULL" if of_nobody else ""
        op.execute(TENANT_POLICY.format(table=name, or_of_nobody=extra))


def ask_for_tenant_once(service: str, *tables: str) -> None:
    """Second form of the policy, for tables with long lists."""
    for table in tables:
        op.execute(TENANT_ASKED_ONCE.format(table=f'"{service}"."{table}"'))


def ask_for_tenant_each_row(service: str, *tables: str) -> None:
    for table in tables:
        op.execute(TENANT_ASKED_EACH.format(table=f'"{service}"."{table}"'))


def say_snapshots_again(service: str, table: str) -> None:
    """Have the service's worker say all its snapshots once more, where it has any (in `table`): a copy is new."""
    op.execute("SELECT set_config('aftercare.scope', 'system', true)")
    op.execute(
        f"""
        INSERT INTO "{service}".timers (id, kind, subject, due_at)
        SELECT gen_random_uuid(), '{SAY_AGAIN}', '{UUID(int=0)}', now() WHERE EXISTS (SELECT FROM "{service}"."{table}")
        ON CONFLICT DO NOTHING
        """
    )


def create_search_terms(service: str) -> None:
    """First form."""
    op.execute(search.FIRST_FUNCTION.replace("{schema}", service))


def drop_search_terms(service: str) -> None:
    op.execute(f'DROP FUNCTION "{service}".search_terms')


def tell_words_in_one_case(service: str, searched: Mapping[str, Sequence[str]]) -> None:
    """Second form, for the columns of these tables: case is told apart in no script."""
    _search_by(search.FUNCTION, service, searched)


def tell_words_as_before(service: str, searched: Mapping[str, Sequence[str]]) -> None:
    _search_by(search.FIRST_FUNCTION, service, searched)


def _search_by(function: str, service: str, searched: Mapping[str, Sequence[str]]) -> None:
    """The words of the rows concerned are made anew, some pages of a table at a time, beside the work that goes on."""
    op.execute(function.replace("{schema}", service))
    with op.get_context().autocommit_block():
        op.execute("SELECT set_config('aftercare.scope', 'system', false)")
        for table, columns in searched.items():
            name = f'"{service}"."{table}"'
            pages = op.get_bind().scalar(text(f"SELECT pg_relation_size('{name}') / 8192"))
            for page in range(0, pages or 0, PAGES_AT_ONCE):
                written, end = ", ".join(columns), page + PAGES_AT_ONCE
                op.execute(REWORD.format(table=name, column=columns[0], columns=written, page=page, end=end))
        op.execute("SELECT set_config('aftercare.scope', '', false)")
