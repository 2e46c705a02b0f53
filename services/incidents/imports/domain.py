"""What another system's record says of an incident: how it ended, and which promises can be judged by it. Pure.

A record is no series of moves: any state may follow any other, and what was stated once holds at the end only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Any
from uuid import UUID

import orjson

from services.incidents.clocks.domain import Kind
from services.incidents.incidents.domain import RESTORED, State
from services.incidents.pauses.domain import Reason, Stretch
from shared.errors import AftercareError, Conflict, Unprocessable, UnstorableValue
from shared.events.incidents import RecordedFact


class RecordedState(StrEnum):
    """In which state a source says an incident was."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


TAKEN_OVER_AS: Mapping[RecordedState, State] = {
    RecordedState.REPORTED: State.REPORTED,
    RecordedState.ACKNOWLEDGED: State.ACKNOWLEDGED,
    RecordedState.IN_PROGRESS: State.IN_PROGRESS,
    RecordedState.WAITING: State.WAITING,
    RecordedState.RESOLVED: State.RESOLVED,
    RecordedState.CONFIRMED: State.CONFIRMED,
    RecordedState.CLOSED: State.CLOSED,
    RecordedState.CANCELLED: State.CANCELLED,
}
"""The state in which work goes on here, by the last one recorded."""


UNCOUNTED: Mapping[State, Reason] = {
    State.WAITING: Reason.WAITING_FOR_CUSTOMER,
    State.RESOLVED: Reason.RESOLVED,
    State.CONFIRMED: Reason.RESOLVED,
    State.CLOSED: Reason.CLOSED,
    State.CANCELLED: Reason.CANCELLED,
}
"""Why time in a recorded state does not count, if it was left again."""
ENDED = RESTORED | {State.CANCELLED}


class Outcome(StrEnum):
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class HistoryDiffers(Conflict):
    code = "history_differs"
    en = "It was imported before with another history, and is left as it is."
    zh = "该事件此前已导入，且历史内容不同；已有记录保持不变。"


class HistoryFromTheFuture(Unprocessable):
    code = "history_from_the_future"
    en = "The record names a time that is yet to come: {at}."
    zh = "记录中含有尚未到来的时间：{at}。"


class HistoryInconsistent(Unprocessable):
    code = "history_inconsistent"
    en = "The record contradicts itself: {why}."
    zh = "记录自相矛盾：{why}。"


class NumberRepeated(Unprocessable):
    code = "number_repeated"
    en = "The number is in this request twice."
    zh = "该编号在本次请求中重复出现。"


@dataclass(frozen=True)
class Record:
    """An incident as the source has it, its facts in the order of time.

    `resolved_at` and `closed_at` are what the source states once, for the end: they say nothing of a record that is
    still open. `arrived_at` None: it does not tell whether anybody was on site.
    """

    number: str
    title: str
    description: str
    channel: str
    severity: str
    asset_id: UUID | None
    site_id: UUID | None
    contact_name: str
    contact_email: str | None
    contact_locale: str
    reported_at: datetime
    arrived_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    solution: str | None
    resolved_by: str | None
    facts: tuple[RecordedFact, ...]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Record:
        said = _in_utc(given)
        facts = sorted((RecordedFact(**fact) for fact in said["facts"]), key=lambda fact: fact.at)
        return cls(**said | {"facts": tuple(facts)})

    @property
    def hash(self) -> str:
        """SHA-256 of all it says, in hexadecimal: whether a repeat says the same."""
        return hashlib.sha256(orjson.dumps(self._said, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def is_storable(self) -> bool:
        """False when a text of it holds a NUL character, which no database text can."""
        return not any("\0" in text for text in _texts(self._said))

    @property
    def _said(self) -> dict[str, Any]:
        said = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "facts"}
        return said | {"facts": [vars(fact) for fact in self.facts]}


@dataclass(frozen=True)
class Standing:
    """How an incident stands by the end of its record."""

    state: State
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True)
class Kept:
    """How a promise ended by the record: kept at `stopped_at`, or without a point since `cancelled_at`; or neither."""

    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None


def standing(record: Record) -> Standing:
    """What is stated for the end counts before what follows from the facts."""
    states = [(fact.at, RecordedState(fact.state)) for fact in record.facts if fact.state]
    last = states[-1][1] if states else RecordedState.REPORTED
    state = TAKEN_OVER_AS[last]
    closed_at = record.closed_at or _since(states, {State.CLOSED}) if state is State.CLOSED else None
    cancelled_at = record.closed_at or _since(states, {State.CANCELLED}) if state is State.CANCELLED else None
    resolved_at = record.resolved_at or _since(states, RESTORED) if state in RESTORED else None
    beyond = (at for at, recorded in states if recorded is not RecordedState.REPORTED)
    answered = next(beyond, None)
    return Standing(
        state=state,
        acknowledged_at=max(answered, record.reported_at) if answered else None,
        resolved_at=resolved_at,
        closed_at=closed_at,
        cancelled_at=cancelled_at,
    )


def kept_promises(record: Record, at_last: Standing) -> dict[Kind, Kept]:
    """What the record tells of the promises that run from the report.

    Whether somebody was on site is judged only by a record that says when; no record tells of plans and superiors.
    """
    kept = {Kind.RESPOND: Kept(at_last.acknowledged_at)}
    if record.arrived_at:
        kept[Kind.ON_SITE] = Kept(record.arrived_at)
    return kept | {Kind.RESOLVE: Kept(at_last.resolved_at, at_last.cancelled_at)}


def uncounted(record: Record, *, waits: bool) -> tuple[Stretch, ...]:
    """What the record shows that did not count: waiting (if `waits` is agreed), and ends that were taken back.

    A wait that the record ends with is still open; an end that it ends with is no stretch.
    """
    states = [(fact.at, TAKEN_OVER_AS[RecordedState(fact.state)]) for fact in record.facts if fact.state]
    last_until = None
    while states and states[-1][1] in ENDED:
        last_until, _ = states.pop()
    found: list[Stretch] = []
    for (from_at, state), following in zip_longest(states, states[1:]):
        until_at = following[0] if following else last_until
        reason = UNCOUNTED.get(state)
        if reason is not None and (waits or state is not State.WAITING):
            found.append(Stretch(max(from_at, record.reported_at), until_at, reason))
    return tuple(stretch for stretch in found if stretch.until_at is None or stretch.until_at > stretch.from_at)


def contradiction(record: Record, at_last: Standing, now: datetime) -> AftercareError | None:
    """Why the record cannot be, if it cannot."""
    if not record.is_storable:
        return UnstorableValue()
    stated = [at for at in (record.arrived_at, record.resolved_at, record.closed_at) if at]
    latest = max((record.reported_at, *stated, *(fact.at for fact in record.facts)))
    if latest > now:
        return HistoryFromTheFuture(at=latest.isoformat())
    followed = [at for at in (at_last.resolved_at, at_last.closed_at, at_last.cancelled_at) if at]
    if any(at < record.reported_at for at in (*stated, *followed)):
        return HistoryInconsistent(why="ends_before_report")
    if record.resolved_at and record.closed_at and record.closed_at < record.resolved_at:
        return HistoryInconsistent(why="closed_before_resolved")
    return None


def _since(states: Sequence[tuple[datetime, RecordedState]], wanted: Collection[State]) -> datetime:
    """When the last unbroken run of wanted states began; the last state must be one of them."""
    began = states[-1][0]
    for at, recorded in reversed(states):
        if TAKEN_OVER_AS[recorded] not in wanted:
            break
        began = at
    return began


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Mapping):
        return {name: _in_utc(item) for name, item in value.items()}
    return [_in_utc(item) for item in value] if isinstance(value, list) else value
