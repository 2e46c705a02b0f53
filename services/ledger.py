"""The ledger check: what must be true of everybody's records together, each promise a sentence and a query.

A query names what breaks its promise, so it returns no row where all is well. It sees the mechanism tables of all
services as one table each, and so needs the administrator's connection. Audit chains are checked by shared/audit.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from services import catalogue

SHOWN = 5


@dataclass(frozen=True)
class Promise:
    """`broken` selects what breaks it. While the platform works, `in_time` ones may be broken for moments."""

    en: str
    zh: str
    broken: str
    in_time: bool = False


@dataclass(frozen=True)
class Finding:
    """A promise and what breaks it, one text per row."""

    promise: Promise
    rows: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """For a person: whether the promise holds, and the first rows that break it."""
        yield f"{'BROKEN 不成立' if self.rows else 'holds 成立'}  {self.promise.en} {self.promise.zh}"
        yield from (f"    {row}" for row in self.rows[:SHOWN])
        if len(self.rows) > SHOWN:
            yield f"    + {len(self.rows) - SHOWN}"


MESSAGES = (
    Promise(
        "Everything said has left.",
        "所有已说出的事件均已发出。",
        "SELECT service, type, event_id, tries, error FROM outbox WHERE sent_at IS NULL",
        in_time=True,
    ),
    Promise(
        "Nothing that came in waits.",
        "收到的事件无一等待。",
        "SELECT service, consumer, event_id, tries, error FROM inbox WHERE state = 'waiting'",
        in_time=True,
    ),
    Promise(
        "No event and no timer is parked.",
        "没有被搁置的事件或定时器。",
        """
        SELECT service, consumer AS what, event_id AS id, error FROM inbox WHERE state = 'parked'
        UNION ALL SELECT service, kind, id, error FROM timers WHERE state = 'parked'
        """,
    ),
    Promise(
        "Every event that has left was handled by each of its consumers.",
        "每个已发出的事件都已由其每个消费者处理。",
        """
        SELECT heard.service, heard.consumer, outbox.type, outbox.event_id
        FROM outbox JOIN heard USING (type)
        LEFT JOIN inbox ON (inbox.service, inbox.consumer, inbox.event_id)
            = (heard.service, heard.consumer, outbox.event_id)
        WHERE outbox.sent_at IS NOT NULL AND NOT outbox.envelope ? 'drill' AND inbox.event_id IS NULL
            AND outbox.created_at > (SELECT since FROM lately)
        """,
        in_time=True,
    ),
    Promise(
        "Everything handled was said by somebody.",
        "处理过的每个事件都确有服务说出。",
        """
        SELECT inbox.service, inbox.consumer, inbox.type, inbox.event_id
        FROM inbox LEFT JOIN outbox USING (event_id) WHERE outbox.event_id IS NULL
        """,
    ),
    Promise(
        "The events of a subject are numbered 1, 2, 3 ... and its head has the last number.",
        "每个主体的事件按 1、2、3……编号，序列头保存最后一个编号。",
        """
        SELECT service, subject, heads.sequence AS head, count(event_id) AS events, max(outbox.sequence) AS last
        FROM heads FULL JOIN outbox USING (service, subject)
        GROUP BY service, subject, heads.sequence
        HAVING heads.sequence IS DISTINCT FROM count(event_id) OR coalesce(max(outbox.sequence), 0) <> count(event_id)
        """,
    ),
    Promise(
        "The events of a subject left in the order of their numbers.",
        "每个主体的事件按编号顺序发出。",
        """
        SELECT service, subject, sequence, id, sent_at FROM (
            SELECT *, lag(id) OVER subject AS id_before, lag(coalesce(sent_at, 'infinity')) OVER subject AS sent_before
            FROM outbox WINDOW subject AS (PARTITION BY service, subject ORDER BY sequence)
        ) AS said WHERE id < id_before OR coalesce(sent_at, 'infinity') < sent_before
        """,
    ),
    Promise(
        "Each consumer took the events of a subject in the order of their numbers.",
        "每个消费者按编号顺序接收每个主体的事件。",
        """
        SELECT listener, consumer, subject, sequence, event_id FROM (
            SELECT inbox.service AS listener, consumer, outbox.subject, sequence, event_id, inbox.id,
                lag(inbox.id) OVER (
                    PARTITION BY inbox.service, consumer, outbox.service, outbox.subject ORDER BY sequence
                ) AS id_before
            FROM inbox JOIN outbox USING (event_id)
        ) AS taken WHERE id < id_before
        """,
    ),
)

TIMERS = (
    Promise(
        "No timer is overdue.",
        "没有逾期未触发的定时器。",
        "SELECT service, kind, subject, due_at, tries, error FROM timers WHERE state = 'armed' AND due_at < now()",
        in_time=True,
    ),
    Promise(
        "No timer has fired before it was due.",
        "没有提前触发的定时器。",
        "SELECT service, kind, subject, due_at, fired_at FROM timers WHERE state = 'fired' AND fired_at < due_at",
    ),
    Promise(
        "No timer has fired twice.",
        "没有重复触发的定时器。",
        """
        SELECT service, kind, subject, label, due_at, count(*) FROM timers WHERE state = 'fired'
        GROUP BY service, kind, subject, label, due_at HAVING count(*) > 1
        """,
    ),
    Promise(
        "What waits for an end has its timer armed: promises, surveys, reservations, requests.",
        "所有等待到期的事项都设有定时器：时限、调查、预留与申请。",
        """
        SELECT open.* FROM open LEFT JOIN timers
            ON timers.state = 'armed'
            AND (timers.service, timers.kind, timers.subject) = (open.service, open.kind, open.id)
        WHERE timers.id IS NULL
        """,
    ),
    Promise(
        "What has ended has no timer armed.",
        "已结束的事项没有仍在等待的定时器。",
        """
        SELECT timers.service, timers.kind, timers.subject, timers.due_at
        FROM timers LEFT JOIN open ON (open.service, open.id) = (timers.service, timers.subject)
        WHERE timers.state = 'armed' AND open.id IS NULL
            AND timers.service IN ('incidents', 'feedback', 'inventory')
        """,
    ),
)

PROMISES_TO_CUSTOMERS = (
    Promise(
        "A broken promise is said once, and a promise said to be broken once is known to be.",
        "每次超时只说出一次，且均有记录。",
        """
        SELECT own.id, own.kind, own.due_at, count(said.due_at) AS said
        FROM own LEFT JOIN said ON said.type = 'incidents.clock_breached.v1'
            AND (said.incident_id, said.kind, said.due_at) = (own.incident_id, own.kind, own.due_at)
        GROUP BY own.id, own.kind, own.due_at, breach_said HAVING count(said.due_at) <> breach_said::int
        """,
    ),
    Promise(
        "A promise that ended is said to have ended, once.",
        "每个结束的时限只说出一次结束。",
        """
        SELECT own.id, own.kind, own.stopped_at, count(said.due_at) AS said
        FROM own LEFT JOIN said ON said.type = 'incidents.clock_stopped.v1'
            AND (said.incident_id, said.kind, said.due_at) = (own.incident_id, own.kind, own.due_at)
        WHERE own.stopped_at IS NOT NULL
        GROUP BY own.id, own.kind, own.stopped_at HAVING count(said.due_at) <> 1
        """,
    ),
    Promise(
        "Each broken promise raised one alarm.",
        "每次超时只产生一个告警。",
        """
        SELECT incident_id, kind, said, raised FROM (
            SELECT incident_id, kind, count(*) AS said FROM said
            WHERE type = 'incidents.clock_breached.v1' GROUP BY incident_id, kind
        ) AS broken FULL JOIN (
            SELECT incident_id, detail AS kind, count(*) AS raised FROM escalation.alarms
            WHERE reason = 'clock_breached' GROUP BY incident_id, detail
        ) AS alarms USING (incident_id, kind) WHERE said IS DISTINCT FROM raised
        """,
        in_time=True,
    ),
)

EFFECTS = (
    Promise(
        "Every command that was accepted has kept its answer.",
        "每条已受理的命令都保存了答复。",
        "SELECT service, owner, key FROM idempotency WHERE status IS NULL",
    ),
    Promise(
        "Each report that was accepted made one incident.",
        "每次已受理的报告只产生一个事件。",
        """
        SELECT accepted.id, count(*) AS reports, count(incidents.id) AS incidents
        FROM (
            SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' AS id FROM idempotency
            WHERE service = 'incidents' AND owner LIKE '% POST /v1/incidents' AND status = 201
        ) AS accepted LEFT JOIN incidents.incidents ON incidents.id::text = accepted.id
        GROUP BY accepted.id HAVING count(*) <> 1 OR count(incidents.id) <> 1
        """,
    ),
    Promise(
        "Each incident is said to be reported or imported once, and once to be closed when it is.",
        "每个事件只说出一次已报告或已导入，关闭时只说出一次已关闭。",
        """
        SELECT incidents.id, incidents.state, count(said.type) AS said
        FROM incidents.incidents LEFT JOIN said ON said.incident_id = incidents.id
        GROUP BY incidents.id
        HAVING count(*) FILTER (WHERE type IN ('incidents.incident_reported.v1', 'incidents.incident_imported.v1')) <> 1
            OR source IS NULL AND count(*) FILTER (WHERE type = 'incidents.incident_closed.v1')
                <> (closed_at IS NOT NULL)::int
        """,
    ),
    Promise(
        "Each event about an incident stands in its timeline.",
        "每个与事件有关的领域事件都在其时间线中。",
        """
        SELECT outbox.type, event_id, outbox.envelope -> 'data' ->> 'incident_id' AS incident_id
        FROM inbox JOIN outbox USING (event_id) LEFT JOIN incidents.timeline USING (event_id)
        WHERE inbox.consumer = 'tell_timeline' AND inbox.state = 'done'
            AND outbox.envelope ->> 'historical' IS DISTINCT FROM 'true'
            AND outbox.envelope -> 'data' ->> 'incident_id' IS NOT NULL AND timeline.event_id IS NULL
        """,
    ),
    Promise(
        "The contact of each closed incident was asked for an opinion once.",
        "每个已关闭事件的联系人只被调查一次。",
        """
        SELECT incidents.id, count(surveys.id) AS surveys
        FROM incidents.incidents LEFT JOIN feedback.surveys ON surveys.incident_id = incidents.id
        WHERE incidents.contact_email IS NOT NULL AND source IS NULL
        GROUP BY incidents.id HAVING count(surveys.id) <> (closed_at IS NOT NULL)::int
        """,
        in_time=True,
    ),
    Promise(
        "Each part called up has one answer of the store.",
        "每次备件调用都有备件库的唯一答复。",
        """
        SELECT part_call_ups.id, part_call_ups.state, count(said.type) AS answers
        FROM escalation.part_call_ups LEFT JOIN said ON said.call_up_id = part_call_ups.id
            AND said.type IN ('inventory.part_reserved.v1', 'inventory.reservation_refused.v1')
        GROUP BY part_call_ups.id HAVING count(said.type) <> 1
        """,
        in_time=True,
    ),
    Promise(
        "What the store holds is the sum of what was booked.",
        "库存余额等于全部流水之和。",
        """
        SELECT part_id, depot_id, account, balances.quantity, booked.quantity AS booked
        FROM inventory.balances FULL JOIN (
            SELECT part_id, depot_id, account, sum(quantity) AS quantity FROM (
                SELECT part_id, depot_id, to_account AS account, quantity FROM inventory.movements
                UNION ALL SELECT part_id, depot_id, from_account, -quantity FROM inventory.movements
            ) AS sides GROUP BY part_id, depot_id, account
        ) AS booked USING (part_id, depot_id, account)
        WHERE coalesce(balances.quantity, 0) <> coalesce(booked.quantity, 0)
        """,
    ),
    Promise(
        "No message and no webhook call waits.",
        "没有等待发送的通知或 Webhook。",
        """
        SELECT 'message' AS what, id, tries, why FROM notify.messages WHERE state = 'waiting'
        UNION ALL SELECT 'delivery', id, tries, why FROM notify.deliveries WHERE state = 'waiting'
        """,
        in_time=True,
    ),
    Promise(
        "Each message and each webhook call that was taken is said to be, once.",
        "每条已送达的通知和 Webhook 只说出一次。",
        """
        SELECT taken.id, count(outbox.event_id) AS said FROM (
            SELECT id::text, CASE WHEN starts_with(occasion, 'watched_') THEN 'notify.watcher_told.v1'
                ELSE 'notify.message_sent.v1' END AS type
            FROM notify.messages WHERE state = 'sent'
            UNION ALL SELECT id::text, 'notify.webhook_delivered.v1' FROM notify.deliveries WHERE state = 'delivered'
        ) AS taken LEFT JOIN outbox ON outbox.subject = taken.id AND outbox.type = taken.type
        GROUP BY taken.id HAVING count(outbox.event_id) <> 1
        """,
    ),
)

LEDGER = (*MESSAGES, *TIMERS, *PROMISES_TO_CUSTOMERS, *EFFECTS)

SEEN = """
WITH {mechanisms},
heard AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS heard (type, service, consumer)),
lately AS (SELECT now() - make_interval(days => $4) AS since),
said AS (
    SELECT type, (envelope -> 'data' ->> 'incident_id')::uuid AS incident_id,
        (envelope -> 'data' ->> 'call_up_id')::uuid AS call_up_id,
        envelope -> 'data' ->> 'kind' AS kind, (envelope -> 'data' ->> 'due_at')::timestamptz AS due_at
    FROM outbox WHERE service IN ('incidents', 'inventory')
),
own AS (
    SELECT clocks.* FROM incidents.clocks JOIN incidents.incidents ON incidents.id = incident_id WHERE source IS NULL
),
open AS (
    SELECT 'incidents' AS service, 'clock_breach' AS kind, id::text FROM incidents.clocks
        WHERE stopped_at IS NULL AND cancelled_at IS NULL AND NOT breach_said
    UNION ALL SELECT 'feedback', 'survey_expiry', id::text FROM feedback.surveys WHERE state = 'sent'
    UNION ALL SELECT 'inventory', 'reservation_expiry', id::text FROM inventory.reservations WHERE state = 'reserved'
    UNION ALL SELECT 'escalation', 'activation_unanswered', id::text FROM escalation.activations
        WHERE state = 'requested' AND level = 0
)
"""
"""What the queries see: the mechanism tables of all services, `heard` (which consumers an event has), `said` (facts
about incidents), `own` (promises that were made here, not imported), `open` (what a timer will end)."""


async def findings(
    connection: asyncpg.Connection[asyncpg.Record], promises: Sequence[Promise] = LEDGER, *, days: int = 1
) -> list[Finding]:
    """Each promise with what breaks it, all of them at one moment.

    `days`: how far back every event must have been handled; for longer, inbox rows may be gone by retention.
    """
    seen, heard = _seen(), _heard()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return [
            Finding(promise, tuple(map(_shown, await connection.fetch(seen + promise.broken, *heard, days))))
            for promise in promises
        ]


def _seen() -> str:
    """The prologue of every query."""
    return SEEN.format(
        mechanisms=",\n".join(map(_of_all_services, ("outbox", "inbox", "timers", "heads", "idempotency")))
    )


def _of_all_services(table: str) -> str:
    """One mechanism table of all services together; the column `service` says whose a row is."""
    first = catalogue.NAMES[0]
    own = catalogue.service(first).metadata.tables[f"{first}.{table}"]
    columns = ", ".join(column.name for column in own.columns)
    every = (f"SELECT '{name}' AS service, {columns} FROM {name}.{table}" for name in catalogue.NAMES)
    return f"{table} AS ({' UNION ALL '.join(every)})"


def _heard() -> tuple[list[str], list[str], list[str]]:
    """Type, listening service and consumer of everything that is listened to."""
    listening = [
        (kind, name, consumer.name)
        for name in catalogue.NAMES
        for kind, consumers in catalogue.service(name).consumers.by_type.items()
        for consumer in consumers
    ]
    kinds, names, consumers = zip(*listening, strict=True)
    return list(kinds), list(names), list(consumers)


def _shown(row: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items())
