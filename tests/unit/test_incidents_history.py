"""What a record says by its end, whatever the order and the jumps of its facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incidents.clocks.domain import Kind
from services.incidents.imports.domain import (
    TAKEN_OVER_AS,
    Kept,
    Record,
    RecordedState,
    contradiction,
    kept_promises,
    standing,
)
from services.incidents.incidents.domain import RESTORED, State

NINE = datetime(2025, 3, 3, 9, tzinfo=UTC)
NOW = NINE + timedelta(days=365)
STATES = st.lists(st.none() | st.sampled_from(RecordedState), min_size=1, max_size=12)


def after(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def record(*states: str | None, **changes: Any) -> Record:
    """A record with a fact each hour from nine on."""
    facts = [{"at": after(hour), "by": "Agent", "state": state} for hour, state in enumerate(states)]
    said = {
        "number": "A",
        "title": "t",
        "description": "d",
        "channel": "hotline",
        "severity": "general",
        "asset_id": None,
        "site_id": None,
        "contact_name": "c",
        "contact_email": None,
        "contact_locale": "en",
        "reported_at": NINE,
        "arrived_at": None,
        "resolved_at": None,
        "closed_at": None,
        "solution": None,
        "resolved_by": None,
        "facts": facts,
    }
    return Record.of(said | changes)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("reported",), (State.REPORTED, None, None, None)),
        ((None, None), (State.REPORTED, None, None, None)),
        (("reported", "waiting", None), (State.WAITING, 1, None, None)),
        (("in_progress", "resolved", "resolved"), (State.RESOLVED, 0, 1, None)),
        (("in_progress", "resolved", "in_progress", "resolved", "closed"), (State.CLOSED, 0, 3, 4)),
        (("reported", "resolved", "closed", "in_progress"), (State.IN_PROGRESS, 1, None, None)),
        (("reported", "closed", "in_progress", "closed"), (State.CLOSED, 1, 3, 3)),
        (("reported", "in_progress", "cancelled"), (State.CANCELLED, 1, None, None)),
        (("resolved", "confirmed"), (State.CONFIRMED, 0, 0, None)),
    ],
)
def test_how_an_incident_stands_by_its_facts(states: tuple[str | None, ...], expected: tuple[Any, ...]) -> None:
    state, *hours = expected
    found = standing(record(*states))
    moments = [None if hour is None else after(hour) for hour in hours]
    assert [found.state, found.acknowledged_at, found.resolved_at, found.closed_at] == [state, *moments]


def test_what_is_stated_for_the_end_counts_before_the_facts() -> None:
    found = standing(record("reported", "resolved", "closed", resolved_at=after(1.5), closed_at=after(9)))
    assert (found.resolved_at, found.closed_at) == (after(1.5), after(9))


def test_an_end_that_did_not_last_is_no_end() -> None:
    found = standing(record("resolved", "in_progress", resolved_at=after(0), closed_at=after(0.5)))
    assert (found.state, found.resolved_at, found.closed_at) == (State.IN_PROGRESS, None, None)


def test_a_fact_from_before_the_report_answers_it_at_once() -> None:
    assert standing(record("in_progress", reported_at=after(0.25))).acknowledged_at == after(0.25)


def test_which_promises_a_record_judges() -> None:
    resolved = record("reported", "resolved")
    assert kept_promises(resolved, standing(resolved)) == {
        Kind.RESPOND: Kept(after(1)),
        Kind.RESOLVE: Kept(after(1)),
    }
    visited = record("reported", arrived_at=after(3))
    assert kept_promises(visited, standing(visited))[Kind.ON_SITE] == Kept(after(3))
    cancelled = record("reported", "cancelled")
    assert kept_promises(cancelled, standing(cancelled))[Kind.RESOLVE] == Kept(None, after(1))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"resolved_at": after(-1)}, "history_inconsistent"),
        ({"arrived_at": after(-1)}, "history_inconsistent"),
        ({"resolved_at": after(5), "closed_at": after(4)}, "history_inconsistent"),
        ({"reported_at": NOW + timedelta(seconds=1)}, "history_from_the_future"),
        ({"closed_at": NOW + timedelta(seconds=1)}, "history_from_the_future"),
    ],
)
def test_what_cannot_be(changes: dict[str, Any], code: str) -> None:
    impossible = record("closed", **changes)
    refusal = contradiction(impossible, standing(impossible), NOW)
    assert refusal is not None
    assert refusal.code == code


def test_what_can_be() -> None:
    possible = record("closed", resolved_at=NINE, closed_at=NINE)
    assert contradiction(possible, standing(possible), NOW) is None


@given(STATES, st.integers(-12, 12))
def test_a_record_that_is_taken_ends_after_its_report(states: list[str | None], hours: int) -> None:
    taken = record(*states, reported_at=after(hours))
    found = standing(taken)
    ends = [at for at in (found.resolved_at, found.closed_at, found.cancelled_at) if at]
    assert (contradiction(taken, found, NOW) is None) == all(at >= taken.reported_at for at in ends)


@given(STATES, st.randoms())
def test_the_order_in_which_facts_are_told_changes_nothing(states: list[str | None], random: Any) -> None:
    straight = record(*states)
    shuffled = list(straight.facts)
    random.shuffle(shuffled)
    again = Record.of(vars(straight) | {"facts": [fact.model_dump() for fact in shuffled]})
    assert (again.hash, standing(again)) == (straight.hash, standing(straight))


@given(STATES)
def test_an_end_belongs_to_a_state_that_is_one(states: list[str | None]) -> None:
    found = standing(record(*states))
    last = next((RecordedState(state) for state in reversed(states) if state), RecordedState.REPORTED)
    assert found.state is TAKEN_OVER_AS[last]
    assert (found.closed_at is not None) == (found.state is State.CLOSED)
    assert (found.resolved_at is not None) == (found.state in RESTORED and last is not RecordedState.CANCELLED)
    assert found.acknowledged_at is None or found.acknowledged_at >= NINE


@pytest.mark.parametrize("changes", [{"title": "other"}, {"resolved_at": after(1)}, {"number": "B"}])
def test_another_record_has_another_hash(changes: dict[str, Any]) -> None:
    assert record("closed", **changes).hash != record("closed").hash


def test_the_same_moment_in_another_zone_is_the_same_record() -> None:
    there = NINE.astimezone(tz=None)
    assert record("closed", reported_at=there).hash == record("closed").hash
