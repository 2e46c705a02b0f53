"""The conventions of promises, by table and by story. Their laws are in test_clocks_laws.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

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
    time_before,
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
    assert clock.total == timedelta(hours=7.5)
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
    assert [(*line, line.seconds) for line in explain(clock, china("20 09:00"))] == [
        (china("16 11:00"), china("16 12:00"), True, "counted", HOUR),
        (china("16 12:00"), china("16 13:30"), False, "outside_hours", 1.5 * HOUR),
        (china("16 13:30"), china("16 14:00"), True, "counted", HOUR / 2),
        (china("16 14:00"), china("16 15:00"), False, "waiting_for_customer", HOUR),
        (china("16 15:00"), china("16 18:00"), True, "counted", 3 * HOUR),
        (china("16 18:00"), china("17 09:00"), False, "outside_hours", 15 * HOUR),
        (china("17 09:00"), china("17 09:30:00.5"), True, "counted", HOUR / 2 + 0.5),
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


@pytest.mark.parametrize(
    ("start", "budget", "left", "at"),
    [
        pytest.param("18T09:00", hours(6), HOUR, "18T15:30", id="within a window"),
        pytest.param("18T09:00", hours(6), 3 * HOUR, "18T12:00", id="over lunch: as it begins"),
        pytest.param("18T09:00", hours(6), 4 * HOUR, "18T11:00", id="before lunch"),
        pytest.param("18T09:00", hours(6), 6 * HOUR - 1, "18T09:00:01", id="all but a second"),
        pytest.param("18T07:00", hours(6), 5 * HOUR, "18T10:00", id="of a promise made before the opening"),
        pytest.param("18T16:00", hours(3), HOUR, "18T18:00", id="over a night: as it begins"),
        pytest.param("18T16:00", hours(3), 2 * HOUR, "18T17:00", id="before a night"),
        pytest.param("19T16:00", hours(11), 10 * HOUR, "19T17:00", id="over a night, and into a make-up Saturday"),
        pytest.param("21T16:00", hours(3), 2 * HOUR, "21T17:00", id="over a Sunday"),
        pytest.param("23T17:00", hours(2), 90 * 60, "23T17:30", id="over a holiday"),
        pytest.param("18T10:00", days(1), 2 * HOUR, "18T17:00", id="of a working day"),
        pytest.param("18T09:00", hours(6), 0, "18T16:30", id="nothing: the due time"),
        pytest.param("18T09:00", hours(6), 6 * HOUR, None, id="as much as was promised"),
    ],
)
def test_a_time_before_the_due_time_is_found_by_walking_the_calendar_backwards(
    start: str, budget: Budget, left: int, at: str | None
) -> None:
    clock = Clock("resolve", china(start), budget, OFFICE_HOURS)
    assert time_before(clock, china("18T09:00"), left) == (at and china(at))


def test_a_pause_is_passed_over_on_the_way_back() -> None:
    paused = Pause(china("18T14:00"), china("18T16:00"))
    clock = Clock("resolve", china("18T09:00"), hours(5), OFFICE_HOURS, (paused,))
    assert due_at(clock, china("18T09:00")) == china("18T17:30")
    assert time_before(clock, china("18T09:00"), 90 * 60) == china("18T14:00")
    assert time_before(clock, china("18T09:00"), 100 * 60) == china("18T13:50")


def test_a_time_before_the_due_time_of_a_paused_promise_moves_on_with_it() -> None:
    clock = pause(Clock("resolve", china("18T09:00"), hours(2), ALWAYS), china("18T09:30"))
    assert time_before(clock, china("18T12:00"), HOUR) == china("18T12:30")
    assert time_before(clock, china("18T13:00"), HOUR) == china("18T13:30")
