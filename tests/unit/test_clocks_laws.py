"""The laws of promises, and their arithmetic against a slow count of single minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.calendar import ALWAYS, WorkCalendar, chinese_office_hours
from shared.clocks import (
    MOVES,
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
    time_before,
    warning_times,
)

HOUR = 3600
SHANGHAI = ZoneInfo("Asia/Shanghai")
MICROSECOND = timedelta(microseconds=1)
OFFICE_HOURS = chinese_office_hours([date(2026, 11, 24)], [date(2026, 11, 21)])
NIGHTS = WorkCalendar.from_data({"zone": "Europe/Berlin", "week": [[["22:00", "06:00"]]] * 6 + [[]]})


def days(amount: int) -> Budget:
    return Budget(amount, Unit.WORKING_DAYS)


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
    assert all(timedelta(seconds=line.seconds) == line.until_at - line.from_at for line in lines)
    told = sum((timedelta(seconds=line.seconds) for line in lines if line.counts), timedelta())
    assert told == counted(clock, now)
    assert counted_seconds(clock, now) - 1 < told.total_seconds() <= counted_seconds(clock, now)


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
    assert counted(clock, due) == clock.total
    assert state(stop(clock, due), due) is State.MET
    if clock.budget.unit is Unit.SECONDS:
        assert counted(clock, due - MICROSECOND) < clock.total


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
    assert [counted(clock, at) for at in times] == [clock.total * share for share in sorted(shares)]


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


LENGTHS = st.integers(0, 60 * HOUR)


@given(RUNNING_CLOCKS, MOMENTS, LENGTHS)
def test_before_the_due_time_lies_just_as_much_counted_time_as_asked_for(
    clock: Clock, now: datetime, seconds: int
) -> None:
    length, due = timedelta(seconds=seconds), due_at(clock, now)
    at = time_before(clock, now, seconds)
    assert (at is None) == (length >= clock.total)
    if at is not None:
        assert clock.started_at < at <= due
        assert counted(clock, due) - counted(clock, at) == length
        assert counted(clock, due) - counted(clock, at - MICROSECOND) > length


@given(MOMENTS, BUDGETS, CALENDARS, MOMENTS, LENGTHS)
def test_going_back_from_the_due_time_takes_the_calendar_as_it_is(
    start: datetime, budget: Budget, calendar: WorkCalendar, now: datetime, seconds: int
) -> None:
    clock = Clock("resolve", start, budget, calendar)
    at = time_before(clock, now, seconds)
    if at is not None:
        assert at == calendar.previous_close(calendar.subtract(due_at(clock, now), seconds))


@given(RUNNING_CLOCKS, MOMENTS, PAUSES, LENGTHS)
def test_a_pause_never_brings_a_notice_forward(clock: Clock, now: datetime, extra: Pause, seconds: int) -> None:
    assume(clock.budget.unit is Unit.SECONDS)
    before = time_before(clock, now, seconds)
    after = time_before(replace(clock, pauses=(*clock.pauses, extra)), now, seconds)
    assert (before is None) == (after is None)
    assert before is None or after is None or before <= after


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Clock], list[datetime]]:
    """A clock after each of some legal moves, and when they were made: at any times, one after the other."""
    times = sorted(draw(st.lists(MOMENTS, min_size=2, max_size=9)))
    clock = Clock("resolve", times[0], draw(BUDGETS), draw(CALENDARS))
    after = [clock]
    for at in times[1:]:
        if clock.phase is not Phase.CANCELLED:
            clock = moved(clock, draw(st.sampled_from(MOVES[clock.phase])), at, (draw(BUDGETS), draw(CALENDARS)))
        after.append(clock)
    return after, times


def moved(clock: Clock, move: str, at: datetime, target: tuple[Budget, WorkCalendar]) -> Clock:
    if move == "retarget":
        return retarget(clock, *target)
    moves = {"pause": pause, "resume": resume, "stop": stop, "reopen": reopen, "cancel": cancel}
    return moves[move](clock, at)


@given(lives(), MOMENTS)
def test_after_any_legal_moves_the_account_is_the_open_time_during_which_it_ran(
    life: tuple[list[Clock], list[datetime]], beyond: datetime
) -> None:
    after, times = life
    now, clock = max(beyond, times[-1]), after[-1]
    ran = [
        timedelta(seconds=clock.calendar.elapsed(start, end))
        for was, start, end in zip(after, times, [*times[1:], now], strict=True)
        if was.phase is Phase.RUNNING
    ]
    assert counted(clock, now) == sum(ran, timedelta())
    lines = explain(clock, now)
    assert sum((line.length for line in lines if line.counts), timedelta()) == counted(clock, now)


@given(lives(), st.lists(st.tuples(BUDGETS, CALENDARS), min_size=1, max_size=3))
def test_targets_in_between_leave_no_trace(
    life: tuple[list[Clock], list[datetime]], detours: list[tuple[Budget, WorkCalendar]]
) -> None:
    clock = life[0][-1]
    assume(clock.phase is not Phase.CANCELLED)
    there = clock
    for detour in detours:
        there = retarget(there, *detour)
    assert retarget(there, clock.budget, clock.calendar) == clock


def is_office_minute(at: datetime) -> bool:
    wall = at.astimezone(SHANGHAI)
    works = (wall.weekday() < 5 and wall.date() != date(2026, 11, 24)) or wall.date() == date(2026, 11, 21)
    return works and (540 <= wall.hour * 60 + wall.minute < 720 or 810 <= wall.hour * 60 + wall.minute < 1080)


WEDNESDAY = datetime(2026, 11, 18, tzinfo=SHANGHAI)
NEAR = st.integers(0, 7 * 24 * 60).map(lambda minutes: WEDNESDAY + timedelta(minutes=minutes))


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
