"""Promises: stories and conventions by table, laws by properties, and a count of single minutes as judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.calendar import ALWAYS, WorkCalendar, chinese_office_hours
from shared.clocks import (
    MOVES,
    BadBudget,
    BadPause,
    Budget,
    Clock,
    Pause,
    Phase,
    State,
    Unit,
    breach_at,
    cancel,
    counted,
    counted_seconds,
    due_at,
    explain,
    pause,
    remaining_seconds,
    reopen,
    resume,
    retarget,
    state,
    stop,
    total,
    warning_times,
)
from shared.errors import IllegalMove
from shared.zones import NaiveDatetime

HOUR = 3600
SHANGHAI = ZoneInfo("Asia/Shanghai")
MICROSECOND = timedelta(microseconds=1)
OFFICE_HOURS = chinese_office_hours([date(2026, 11, 24)], [date(2026, 11, 21)])
NIGHTS = WorkCalendar.from_data({"zone": "Europe/Berlin", "week": [[["22:00", "06:00"]]] * 6 + [[]]})


def china(text: str) -> datetime:
    """A time in the working week from Monday, 16 November 2026."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


def hours(amount: int) -> Budget:
    return Budget(amount * HOUR)


def days(amount: int) -> Budget:
    return Budget(amount, Unit.WORKING_DAYS)


def promise(start: str, budget: Budget, calendar: WorkCalendar = OFFICE_HOURS, *pauses: Pause) -> Clock:
    return Clock("resolve", china(start), budget, calendar, pauses)


def test_the_due_time_moves_by_the_working_time_of_a_pause() -> None:
    clock = promise("16 10:00", hours(4))
    assert due_at(clock, china("16 10:00")) == china("16 15:30")
    clock = resume(pause(clock, china("16 11:00")), china("16 14:00"))
    assert due_at(clock, china("16 14:00")) == china("16 17:00")
    assert counted_seconds(clock, china("16 16:00")) == 3 * HOUR
    assert remaining_seconds(clock, china("16 16:00")) == HOUR


def test_a_pause_outside_working_hours_moves_nothing() -> None:
    clock = promise("16 10:00", hours(8), OFFICE_HOURS, Pause(china("16 18:00"), china("17 09:00")))
    assert due_at(clock, china("18 09:00")) == due_at(replace(clock, pauses=()), china("18 09:00"))


def test_while_paused_the_due_time_is_what_it_would_be_if_resumed_now() -> None:
    clock = pause(promise("16 10:00", hours(2)), china("16 11:00"), "waiting_for_customer")
    for now, due in [("16 11:00", "16 12:00"), ("16 11:30", "16 14:00"), ("18 09:00", "18 10:00")]:
        assert due_at(clock, china(now)) == china(due)
        assert due_at(clock, china(now)) == due_at(resume(clock, china(now)), china(now))
        assert state(clock, china(now)) is State.PAUSED
    assert counted_seconds(clock, china("18 09:00")) == HOUR


def test_a_paused_promise_is_never_breached_by_waiting() -> None:
    clock = pause(promise("16 10:00", hours(1)), china("16 11:00"))
    assert state(clock, china("30 10:00")) is State.PAUSED
    assert remaining_seconds(clock, china("30 10:00")) == 0


@pytest.mark.parametrize(
    ("stopped", "outcome", "left"),
    [
        ("16 10:59:59.999999", State.MET, 0),
        ("16 11:00", State.MET, 0),
        ("16 11:00:00.000001", State.BREACHED, -1),
        ("16 11:00:01", State.BREACHED, -1),
        ("16 10:59:58.5", State.MET, 1),
    ],
)
def test_stopped_exactly_at_the_due_time_is_met(stopped: str, outcome: State, left: int) -> None:
    clock = stop(promise("16 10:00", hours(1)), china(stopped))
    assert state(clock, china("20 10:00")) is outcome
    assert remaining_seconds(clock, china("20 10:00")) == left


def test_a_budget_that_ends_at_closing_is_due_there_and_breached_when_work_goes_on() -> None:
    clock = promise("16 17:00", hours(1))
    assert due_at(clock, china("16 17:00")) == china("16 18:00")
    assert breach_at(clock, china("16 17:00")) == china("17 09:00") + MICROSECOND
    assert state(clock, china("17 09:00")) is State.RUNNING
    assert state(clock, china("17 09:00:01")) is State.BREACHED
    assert state(stop(clock, china("16 22:00")), china("17 10:00")) is State.MET


@pytest.mark.parametrize(
    ("start", "budget", "due"),
    [
        ("16 10:20", days(1), "17 10:20"),
        ("16 18:00", days(1), "18 09:00"),
        ("20 10:20", days(1), "21 10:20"),
        ("20 10:20", days(2), "23 10:20"),
        ("23 10:20", days(1), "25 10:20"),
        ("20 16:00", hours(4), "21 11:00"),
    ],
)
def test_working_days_and_make_up_saturdays_reach_the_promise(start: str, budget: Budget, due: str) -> None:
    assert due_at(promise(start, budget), china(start)) == china(due)


def test_a_pause_moves_a_promise_in_working_days_by_its_working_time() -> None:
    clock = promise("16 17:00", days(1), OFFICE_HOURS, Pause(china("16 17:30"), china("17 10:30")))
    assert total(clock) == timedelta(hours=7.5)
    assert due_at(clock, china("17 10:30")) == china("18 10:00")


def test_a_pause_at_night_leaves_a_promise_due_at_an_opening_there() -> None:
    clock = promise("16 18:00", days(1), OFFICE_HOURS, Pause(china("17 19:00"), china("17 20:00")))
    assert due_at(clock, china("17 20:00")) == china("18 09:00")


def test_warnings_walk_the_calendar() -> None:
    clock = promise("16 16:00", hours(8))
    assert warning_times(clock, china("16 16:00"), (0.25, 0.5, 0.75, 0.9)) == (
        china("16 18:00"),
        china("17 11:00"),
        china("17 14:30"),
        china("17 15:42"),
    )
    paused = pause(clock, china("17 10:00"))
    assert warning_times(paused, china("17 14:00")) == (china("17 15:00"), china("17 17:00"), china("18 09:12"))


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 1.5])
def test_a_warning_outside_the_budget_is_refused(fraction: float) -> None:
    with pytest.raises(BadBudget, match="between 0 and 1"):
        warning_times(promise("16 16:00", hours(8)), china("16 16:00"), (fraction,))


def test_reclassification_counts_from_the_original_start_and_keeps_pauses() -> None:
    clock = promise("16 10:00", hours(8), ALWAYS)
    clock = pause(clock, china("16 11:00"), "waiting_for_customer")
    harder = retarget(clock, hours(4), ALWAYS)
    assert counted_seconds(harder, china("16 15:00")) == HOUR
    assert due_at(resume(harder, china("16 15:00")), china("16 15:00")) == china("16 18:00")
    working = retarget(resume(harder, china("16 15:00")), days(1), OFFICE_HOURS)
    assert due_at(working, china("16 15:00")) == china("17 14:00")


def test_a_shorter_target_may_be_breached_already_and_a_longer_one_lifts_the_breach() -> None:
    clock = promise("16 10:00", hours(8), ALWAYS)
    harder = retarget(clock, hours(1), ALWAYS)
    assert state(harder, china("16 12:00")) is State.BREACHED
    assert remaining_seconds(harder, china("16 12:00")) == -HOUR
    assert state(retarget(harder, hours(8), ALWAYS), china("16 12:00")) is State.RUNNING


def test_reopening_runs_on_from_what_was_counted() -> None:
    clock = stop(promise("16 10:00", hours(4), ALWAYS), china("16 13:00"))
    assert state(clock, china("18 10:00")) is State.MET
    again = reopen(clock, china("18 10:00"))
    assert state(again, china("18 10:30")) is State.RUNNING
    assert counted_seconds(again, china("18 10:30")) == 3 * HOUR + HOUR / 2
    assert due_at(again, china("18 10:30")) == china("18 11:00")
    assert [line.reason for line in explain(again, china("18 10:30"))] == ["counted", "stopped", "counted"]


def test_stopping_ends_an_open_pause_so_that_reopening_runs() -> None:
    clock = stop(pause(promise("16 10:00", hours(4), ALWAYS), china("16 11:00")), china("16 12:00"))
    assert counted_seconds(clock, china("17 12:00")) == HOUR
    assert counted_seconds(reopen(clock, china("16 13:00")), china("16 14:00")) == 2 * HOUR


def test_a_stop_recorded_with_a_time_before_the_pause_counts_up_to_the_stop() -> None:
    clock = stop(pause(promise("16 10:00", hours(4), ALWAYS), china("16 12:00")), china("16 11:00"))
    assert counted_seconds(clock, china("17 12:00")) == HOUR
    assert counted_seconds(reopen(clock, china("16 13:00")), china("16 14:00")) == 2 * HOUR


def test_the_account_names_why_time_did_not_count() -> None:
    clock = promise(
        "16 11:00", hours(8), OFFICE_HOURS, Pause(china("16 14:00"), china("16 15:00"), "waiting_for_customer")
    )
    clock = stop(clock, china("17 09:30:00.5"))
    assert [tuple(line) for line in explain(clock, china("20 09:00"))] == [
        (china("16 11:00"), china("16 12:00"), True, "counted", HOUR),
        (china("16 12:00"), china("16 13:30"), False, "outside_hours", 1.5 * HOUR),
        (china("16 13:30"), china("16 14:00"), True, "counted", HOUR / 2),
        (china("16 14:00"), china("16 15:00"), False, "waiting_for_customer", HOUR),
        (china("16 15:00"), china("16 18:00"), True, "counted", 3 * HOUR),
        (china("16 18:00"), china("17 09:00"), False, "outside_hours", 15 * HOUR),
        (china("17 09:00"), china("17 09:30:00.5"), True, "counted", HOUR / 2 + 1),
    ]
    assert counted_seconds(clock, china("20 09:00")) == 5 * HOUR + 1


def test_a_pause_that_calls_itself_counted_still_does_not_count() -> None:
    clock = promise("16 10:00", hours(1), ALWAYS, Pause(china("16 10:10"), china("16 10:20"), "counted"))
    assert [line.counts for line in explain(clock, china("16 10:30"))] == [True, False, True]


def test_overlapping_pauses_are_taken_off_once() -> None:
    pauses = (
        Pause(china("16 12:00"), china("16 14:00"), "second"),
        Pause(china("16 09:00"), china("16 11:00"), "before"),
        Pause(china("16 10:30"), china("16 13:00"), "first"),
        Pause(china("16 12:30"), china("16 12:45"), "inside"),
        Pause(china("16 14:30"), None, "open"),
        Pause(china("16 14:40"), china("16 14:50"), "inside"),
    )
    clock = promise("16 10:00", hours(1), ALWAYS, *pauses)
    lines = explain(clock, china("16 15:00"))
    assert [(line.reason, line.seconds // 60) for line in lines] == [
        ("before", 60),
        ("first", 120),
        ("second", 60),
        ("counted", 30),
        ("open", 30),
    ]
    assert due_at(clock, china("16 15:00")) == china("16 15:30")


def test_a_clock_that_has_not_started_has_counted_nothing() -> None:
    clock = promise("16 10:00", hours(1))
    assert counted_seconds(clock, china("16 09:00")) == 0
    assert explain(clock, china("16 09:00")) == []
    assert state(clock, china("16 09:00")) is State.RUNNING
    assert due_at(clock, china("16 09:00")) == china("16 11:00")


def test_a_cancelled_clock_stays_as_it_was() -> None:
    clock = cancel(promise("16 10:00", hours(1), ALWAYS), china("16 10:30"))
    assert state(clock, china("17 10:00")) is State.CANCELLED
    assert counted_seconds(clock, china("17 10:00")) == HOUR / 2


def test_the_hour_that_comes_twice_counts_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    clock = Clock("respond", first, hours(2), ALWAYS, (Pause(first, second),))
    assert counted_seconds(clock, second) == 0
    assert counted_seconds(Clock("respond", first, hours(2), ALWAYS), second) == HOUR


ACTS: dict[str, Callable[[Clock], Clock]] = {
    "pause": lambda clock: pause(clock, china("19 10:00")),
    "resume": lambda clock: resume(clock, china("19 10:00")),
    "stop": lambda clock: stop(clock, china("19 10:00")),
    "reopen": lambda clock: reopen(clock, china("19 10:00")),
    "retarget": lambda clock: retarget(clock, hours(2), ALWAYS),
    "cancel": lambda clock: cancel(clock, china("19 10:00")),
}
RUNNING = promise("16 10:00", hours(1))
PHASES = {
    Phase.RUNNING: RUNNING,
    Phase.PAUSED: pause(RUNNING, china("16 10:30")),
    Phase.STOPPED: stop(RUNNING, china("16 10:30")),
    Phase.CANCELLED: cancel(RUNNING, china("16 10:30")),
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("move", ACTS)
def test_only_the_moves_of_the_table_are_possible(phase: Phase, move: str) -> None:
    clock = PHASES[phase]
    assert clock.phase is phase
    if move in MOVES[phase]:
        assert ACTS[move](clock) != clock
        return
    with pytest.raises(IllegalMove) as refused:
        ACTS[move](clock)
    assert refused.value.members == {"state": phase, "move": move, "allowed": list(MOVES[phase])}


@pytest.mark.parametrize(
    "data",
    [
        {"amount": 0, "unit": "seconds"},
        {"amount": -1, "unit": "working_days"},
        {"amount": 1.5, "unit": "seconds"},
        {"amount": True, "unit": "seconds"},
        {"amount": "1", "unit": "seconds"},
        {"amount": 1, "unit": "fortnights"},
        {"amount": 1},
        {"amount": 1, "unit": "seconds", "calendar": "always"},
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(BadBudget):
        Budget.from_data(data)


@pytest.mark.parametrize("budget", [hours(4), days(3)])
def test_a_budget_survives_its_data(budget: Budget) -> None:
    assert Budget.from_data(budget.to_data()) == budget


def test_times_that_make_no_sense_are_refused() -> None:
    with pytest.raises(BadPause, match="cannot end"):
        Pause(china("16 10:00"), china("16 09:59"))
    with pytest.raises(BadPause, match="cannot end"):
        reopen(PHASES[Phase.STOPPED], china("16 10:29"))
    naive = china("16 10:00").replace(tzinfo=None)
    with pytest.raises(NaiveDatetime):
        Pause(naive)
    with pytest.raises(NaiveDatetime):
        Clock("respond", naive, hours(1), ALWAYS)
    with pytest.raises(NaiveDatetime):
        stop(RUNNING, naive)
    with pytest.raises(NaiveDatetime):
        counted_seconds(RUNNING, naive)


ORIGIN = datetime(2026, 10, 20, tzinfo=UTC)
MOMENTS = st.one_of(
    st.integers(0, 40 * 24 * 60).map(lambda minutes: ORIGIN + timedelta(minutes=minutes)),
    st.integers(0, 40 * 86_400 * 10**6).map(lambda micros: ORIGIN + timedelta(microseconds=micros)),
)
BUDGETS = st.one_of(st.integers(1, 100 * HOUR).map(Budget), st.integers(1, 10).map(days))
CALENDARS = st.sampled_from([ALWAYS, OFFICE_HOURS, NIGHTS])
PAUSES = st.lists(MOMENTS, min_size=2, max_size=2).map(sorted).map(lambda ends: Pause(ends[0], ends[1]))
LISTS_OF_PAUSES = st.lists(PAUSES, max_size=4).map(tuple)
RUNNING_CLOCKS = st.builds(Clock, st.just("resolve"), MOMENTS, BUDGETS, CALENDARS, LISTS_OF_PAUSES)


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """Running, paused, stopped or cancelled, at any time."""
    clock = draw(RUNNING_CLOCKS)
    for change in draw(st.lists(st.sampled_from([pause, stop, cancel]), unique=True, max_size=2)):
        if change.__name__ in MOVES[clock.phase]:
            clock = change(clock, draw(MOMENTS))
    return clock


@given(clocks(), MOMENTS)
def test_the_account_has_no_gaps_and_adds_up_to_what_was_counted(clock: Clock, now: datetime) -> None:
    lines = explain(clock, now)
    end = clock.cancelled_at or clock.stopped_at or now
    if end > clock.started_at:
        marks = [clock.started_at, *(line.until_at for line in lines)]
        assert [line.from_at for line in lines] == marks[:-1]
        assert marks[-1] == end
        assert all(line.from_at < line.until_at for line in lines)
    lengths = [line.until_at - line.from_at for line in lines if line.counts]
    assert sum(lengths, timedelta()) == counted(clock, now)
    assert sum(line.seconds for line in lines if line.counts) == counted_seconds(clock, now)


@given(clocks(), MOMENTS, MOMENTS)
def test_what_was_counted_never_shrinks(clock: Clock, one: datetime, two: datetime) -> None:
    earlier, later = sorted([one, two])
    assert timedelta() <= counted(clock, earlier) <= counted(clock, later)


@given(RUNNING_CLOCKS, PAUSES, MOMENTS)
def test_a_pause_never_shortens_a_promise(clock: Clock, extra: Pause, now: datetime) -> None:
    longer = replace(clock, pauses=(*clock.pauses, extra))
    assert due_at(clock, now) <= due_at(longer, now)
    assert breach_at(clock, now) <= breach_at(longer, now)
    assert counted(longer, now) <= counted(clock, now)


@given(RUNNING_CLOCKS, MOMENTS)
def test_at_the_due_time_the_budget_is_counted_and_no_earlier(clock: Clock, now: datetime) -> None:
    due = due_at(clock, now)
    assert counted(clock, due) == total(clock)
    assert state(stop(clock, due), due) is State.MET
    if clock.budget.unit is Unit.SECONDS:
        assert counted(clock, due - MICROSECOND) < total(clock)


@given(RUNNING_CLOCKS, MOMENTS)
def test_the_breach_comes_with_the_first_microsecond_beyond_the_budget(clock: Clock, now: datetime) -> None:
    breach = breach_at(clock, now)
    assert due_at(clock, now) < breach
    assert state(clock, breach) is State.BREACHED
    assert state(clock, breach - MICROSECOND) is State.RUNNING
    assert state(stop(clock, breach), now) is State.BREACHED


@given(clocks(), MOMENTS)
def test_less_than_nothing_is_left_only_of_a_breached_promise(clock: Clock, now: datetime) -> None:
    assume(clock.phase is not Phase.CANCELLED)
    assert (remaining_seconds(clock, now) < 0) == (state(clock, now) is State.BREACHED)
    if clock.budget.unit is Unit.SECONDS:
        assert counted_seconds(clock, now) + remaining_seconds(clock, now) == clock.budget.amount


@given(clocks(), MOMENTS, st.lists(st.integers(1, 99).map(lambda percent: percent / 100), min_size=1, max_size=4))
def test_a_warning_comes_when_its_share_is_counted(clock: Clock, now: datetime, shares: list[float]) -> None:
    assume(clock.phase is Phase.RUNNING)
    times = warning_times(clock, now, sorted(shares))
    assert list(times) == sorted(times)
    assert times[-1] <= due_at(clock, now)
    assert [counted(clock, at) for at in times] == [total(clock) * share for share in sorted(shares)]


@given(clocks(), BUDGETS, CALENDARS, MOMENTS)
def test_a_new_target_loses_nothing(clock: Clock, budget: Budget, calendar: WorkCalendar, now: datetime) -> None:
    assume(clock.phase is not Phase.CANCELLED)
    moved = retarget(clock, budget, calendar)
    assert retarget(moved, clock.budget, clock.calendar) == clock
    assert moved == replace(clock, budget=budget, calendar=calendar)
    if calendar == clock.calendar:
        assert counted(moved, now) == counted(clock, now)


@given(RUNNING_CLOCKS, BUDGETS, CALENDARS, st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_a_new_target_while_paused_is_the_same_as_one_after_resuming(
    clock: Clock, budget: Budget, calendar: WorkCalendar, times: list[datetime]
) -> None:
    paused_at, resumed_at, now = times
    paused = pause(clock, paused_at)
    during = resume(retarget(paused, budget, calendar), resumed_at)
    after = retarget(resume(paused, resumed_at), budget, calendar)
    assert during == after
    assert due_at(retarget(paused, budget, calendar), resumed_at) == due_at(during, now)


@given(RUNNING_CLOCKS, st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_time_between_stop_and_reopening_does_not_count(clock: Clock, times: list[datetime]) -> None:
    stopped_at, reopened_at, now = times
    stopped = stop(clock, stopped_at)
    again = reopen(stopped, reopened_at)
    assert counted(again, reopened_at) == counted(stopped, now) == counted(clock, stopped_at)
    assert due_at(again, now) >= due_at(stopped, now)
    assert counted(again, now) - counted(again, reopened_at) == counted(clock, now) - counted(clock, reopened_at)


def is_office_minute(at: datetime) -> bool:
    wall = at.astimezone(SHANGHAI)
    works = (wall.weekday() < 5 and wall.date() != date(2026, 11, 24)) or wall.date() == date(2026, 11, 21)
    return works and (540 <= wall.hour * 60 + wall.minute < 720 or 810 <= wall.hour * 60 + wall.minute < 1080)


NEAR = st.integers(0, 7 * 24 * 60).map(lambda minutes: china("18 00:00") + timedelta(minutes=minutes))


@given(NEAR, st.integers(1, 25 * 60), st.lists(st.tuples(NEAR, st.integers(0, 1500)), max_size=3), NEAR)
def test_counting_single_minutes_gives_the_same(
    start: datetime, minutes: int, pauses: list[tuple[datetime, int]], now: datetime
) -> None:
    spans = [(at, at + timedelta(minutes=length)) for at, length in pauses]
    clock = Clock("resolve", start, Budget(minutes * 60), OFFICE_HOURS, tuple(Pause(*span) for span in spans))
    counting: list[datetime] = []
    at = start
    while len(counting) < minutes or at < now:
        if is_office_minute(at) and not any(first <= at < last for first, last in spans):
            counting.append(at)
        at += timedelta(minutes=1)
    assert due_at(clock, now) == counting[minutes - 1] + timedelta(minutes=1)
    assert counted_seconds(clock, now) == 60 * sum(minute < now for minute in counting)
