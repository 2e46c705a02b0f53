"""Each team's share of an incident's time, in whole seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.incidents.shares.domain import Share, shares
from services.incidents.teams.domain import Holder
from shared import clocks
from shared.calendar import ALWAYS

START = datetime(2026, 11, 16, 1, tzinfo=UTC)
PROMISE = clocks.Clock("resolve", START, clocks.Budget(3600, clocks.Unit.SECONDS), ALWAYS)


def held(*lengths: timedelta) -> list[Share]:
    """One stretch after the other, all within the promise."""
    *begins, end = (after(lengths[:number]) for number in range(len(lengths) + 1))
    return shares([Holder(at, "desk", None) for at in begins], end, PROMISE)


def after(lengths: Sequence[timedelta]) -> datetime:
    return START + sum(lengths, timedelta())


def test_every_second_begun_counts_in_both() -> None:
    [share] = held(timedelta(seconds=1.47))
    assert (share.seconds, share.counted_seconds) == (2, 2)


def test_whole_seconds_stay_what_they_are() -> None:
    [share] = held(timedelta(hours=5))
    assert (share.seconds, share.counted_seconds) == (18_000, 18_000)


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=3)), min_size=1, max_size=6))
def test_never_more_is_counted_than_lasted(lengths: list[timedelta]) -> None:
    found = held(*lengths)
    assert len(found) == len(lengths)
    assert all(0 <= (share.counted_seconds or 0) <= share.seconds for share in found)
    assert sum(share.counted_seconds or 0 for share in found) == clocks.counted_seconds(PROMISE, after(lengths))
