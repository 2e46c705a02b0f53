"""What the loops ask again and again is answered from an index, also among millions of rows that are over.

The very statements are explained, planned for their arguments and planned for any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from shared.firing import DUE, EARLIEST, MARK_FIRED
from shared.mechanisms import tables_of
from shared.outbox import UNSENT
from shared.retention import IDEMPOTENCY, INBOX, OLDEST, TIMERS, Kind

FILL = """
INSERT INTO contracts.timers (id, kind, subject, label, due_at, state, fired_at)
SELECT gen_random_uuid(), 'ring', gen_random_uuid(), '', clock_timestamp() + greatest(n, -100) * interval '1 minute',
    state, CASE WHEN state = 'fired' THEN clock_timestamp() END
FROM generate_series(-1000, 9000) AS n, unnest(ARRAY['armed', 'fired', 'cancelled']) AS state;

INSERT INTO contracts.inbox (consumer, event_id, subject, type, state, received_at)
SELECT 'count', gen_random_uuid(), n, 'type', 'done', clock_timestamp() + n * interval '1 minute'
FROM generate_series(-1000, 9000) AS n;

INSERT INTO contracts.idempotency (owner, key, fingerprint, created_at)
SELECT 'owner', n, '', clock_timestamp() + n * interval '1 minute' FROM generate_series(-1000, 9000) AS n;

INSERT INTO contracts.outbox (event_id, subject, sequence, type, correlation_id, envelope, created_at, sent_at)
SELECT gen_random_uuid(), n, 1, 'type', gen_random_uuid(), jsonb_build_object('historical', n % 3 > 0),
    clock_timestamp(), CASE WHEN n % 2 = 0 THEN clock_timestamp() END
FROM generate_series(1, 10000) AS n;
ANALYZE contracts.timers, contracts.inbox, contracts.idempotency, contracts.outbox
"""
PLANNED = pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])


@pytest.fixture
async def filled(admin: asyncpg.Connection[asyncpg.Record]) -> asyncpg.Connection[asyncpg.Record]:
    """Thousands of rows in each mechanism table of contracts, among them a thousand timers due at one moment."""
    await admin.execute(FILL)
    return admin


async def plan_of(
    connection: asyncpg.Connection[asyncpg.Record], mode: str, statement: str, types: str, *arguments: str
) -> list[dict[str, Any]]:
    """The nodes of a statement's plan, outermost first."""
    await connection.execute(f"SET plan_cache_mode = {mode}")
    await connection.execute(f"PREPARE asked {types} AS {statement.format(schema='contracts')}")
    given = f"({', '.join(arguments)})" if arguments else ""
    explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked {given}")
    await connection.execute("DEALLOCATE asked")
    return list(nodes(json.loads(explained)[0]["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@PLANNED
async def test_due_timers_are_read_in_order_from_the_index_up_to_the_present(
    filled: asyncpg.Connection[asyncpg.Record], mode: str
) -> None:
    limit, scan = await plan_of(filled, mode, DUE, "(timestamptz, bigint)", "now()", "100")
    assert limit["Node Type"] == "Limit"
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Scan", "ix_timers_due_at_id")
    assert scan["Index Cond"].startswith("(due_at <=")
    assert "Filter" not in scan


@PLANNED
async def test_the_earliest_timer_is_the_first_entry_of_the_index(
    filled: asyncpg.Connection[asyncpg.Record], mode: str
) -> None:
    *_, limit, scan = (node for node in await plan_of(filled, mode, EARLIEST, "") if node["Node Type"] != "Result")
    assert limit["Node Type"] == "Limit"
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Only Scan", "ix_timers_due_at_id")


@PLANNED
async def test_what_fired_is_marked_by_its_key(filled: asyncpg.Connection[asyncpg.Record], mode: str) -> None:
    types = "(timestamptz, uuid[], timestamptz[], boolean[], boolean[])"
    given = ("now()", "array[gen_random_uuid()]", "array[now()]", "array[false]", "array[false]")
    plan = await plan_of(filled, mode, MARK_FIRED, types, *given)
    assert [node["Index Name"] for node in plan if node["Node Type"] == "Index Scan"] == ["pk_timers"]
    assert not [node for node in plan if node["Node Type"] == "Seq Scan"]


@PLANNED
@pytest.mark.parametrize("kind", [INBOX, TIMERS, IDEMPOTENCY], ids=lambda kind: kind.table)
async def test_what_is_to_be_forgotten_is_found_from_its_oldest_on(
    filled: asyncpg.Connection[asyncpg.Record], kind: Kind, mode: str
) -> None:
    plan = await plan_of(filled, mode, kind.forget, "(timestamptz, bigint)", "now() - interval '1 hour'", "100")
    reads = [node for node in plan if "Scan" in node["Node Type"] and node["Node Type"] != "CTE Scan"]
    assert sorted(node["Node Type"] for node in reads) == ["Index Scan", "Tid Scan"]
    [scan] = [node for node in reads if node["Node Type"] == "Index Scan"]
    assert scan["Index Name"] in {index.name for index in tables_of("contracts")[kind.table].indexes}
    assert " < " in scan["Index Cond"]


async def test_a_look_for_what_is_over_reads_one_entry_of_each_index(
    filled: asyncpg.Connection[asyncpg.Record],
) -> None:
    plan = await plan_of(filled, "auto", OLDEST, "")
    reads = [node for node in plan if "Scan" in node["Node Type"]]
    assert {node["Index Name"] for node in reads} == {"ix_inbox_over", "ix_timers_over", "ix_idempotency_created_at"}
    assert len([node for node in plan if node["Node Type"] == "Limit"]) == len(reads) == 3


@PLANNED
async def test_a_backlog_is_not_read_again_to_find_the_subjects_that_fail(
    filled: asyncpg.Connection[asyncpg.Record], mode: str
) -> None:
    plan = await plan_of(filled, mode, UNSENT, "(bigint, bigint)", "100", "50")
    assert {"ix_outbox_failing", "ix_outbox_live", "ix_outbox_history"} <= {node.get("Index Name") for node in plan}
    assert not [node for node in plan if node["Node Type"] == "Seq Scan"]


async def test_a_due_query_with_the_moment_as_a_function_would_read_every_armed_timer(
    filled: asyncpg.Connection[asyncpg.Record],
) -> None:
    """The planted twin: it uses the index, and has no condition on it."""
    planted = DUE.replace("$1", "clock_timestamp()").replace("$2", "$1")
    scans = [node for node in await plan_of(filled, "auto", planted, "(bigint)", "100") if "Filter" in node]
    assert [("Index Cond" in scan, "clock_timestamp()" in scan["Filter"]) for scan in scans] == [(False, True)]
