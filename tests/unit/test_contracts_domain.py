"""The pure rules of contracts: states of an agreement, China's days, what is no calendar, what a calendar says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.agreements.domain import (
    MOVES,
    Move,
    State,
    Terms,
    as_columns,
    state_after,
)
from services.contracts.calendars import domain
from services.contracts.calendars.china import public_holidays
from services.contracts.calendars.domain import (
    PublicHolidays,
    Question,
    Unit,
    chinese,
    extended,
)
from services.contracts.term.domain import PromisedThen, Term, UsedThen, year_of
from shared.calendar import OFFICE_HOURS, WorkCalendar
from shared.calendar_data import InvalidCalendar, checked_calendar
from shared.errors import IllegalMove
from shared.priorities import DEFAULT_PRIORITIES
from shared.week import Window

OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = [OFFICE] * 5 + [[], []]
FRIDAY_EVENING = datetime(2026, 10, 9, 10, tzinfo=UTC)
"""18:00 in Shanghai, when offices close; the Saturday after it is worked for the National Day."""
HELD = PublicHolidays.from_data({"2026": {"holidays": ["2026-10-01", "2026-10-03"], "make_up_days": ["2026-10-10"]}})


def test_nobody_is_offered_to_supersede() -> None:
    with pytest.raises(IllegalMove) as refused:
        state_after(State.IN_FORCE, Move.SIGN)
    assert refused.value.members["allowed"] == ["withdraw"]


def test_what_was_withdrawn_or_superseded_stays_so() -> None:
    assert not {state for state, _ in MOVES} & {State.SUPERSEDED, State.WITHDRAWN}


def test_the_usual_priorities_never_fall_when_impact_or_urgency_rises() -> None:
    rank = {"low": 0, "medium": 1, "high": 2, "critical": 3}
    levels = ("low", "medium", "high")
    table = [[rank[DEFAULT_PRIORITIES[impact][urgency]] for urgency in levels] for impact in levels]
    assert table == [[0, 0, 1], [1, 1, 2], [1, 2, 3]]


def test_warnings_are_kept_in_order_and_once() -> None:
    kept = as_columns(Terms(warning_percents=(90, 50, 90), warn_before_seconds=(600, 60, 600)))
    assert (kept["warning_percents"], kept["warn_before_seconds"]) == ([50, 90], [60, 600])


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), [2026]),
        (date(2026, 12, 31), date(2027, 1, 2), [2026, 2027]),
        (date(2026, 5, 1), date(2029, 5, 1), [2026, 2027, 2028, 2029]),
    ],
)
def test_the_day_a_term_ends_on_is_no_part_of_it(starts_on: date, ends_on: date, expected: list[int]) -> None:
    assert list(Term(starts_on, ends_on).years) == expected


@pytest.mark.parametrize(
    ("changed", "why", "at"),
    [
        ({"zone": "Asia/Peking"}, "unknown_zone", "Asia/Peking"),
        ({"week": [[["09:00", "12:00"], ["11:00", "13:00"]]] * 7}, "overlapping_windows", "09:00-12:00, 11:00-13:00"),
        ({"week": [[["22:00", "10:00"]]] * 2 + [OFFICE] + [[]] * 4}, "overlapping_windows", "22:00-10:00, 09:00-12:00"),
        ({"week": [[]] * 7}, "empty_week", "week"),
        ({"week": [OFFICE] * 5}, "not_a_calendar", "week"),
        ({"week": [[["09:00", "24:30"]]] * 7}, "bad_window", "24:30"),
        ({"week": [[["09:00", "09:00"]]] * 7}, "bad_window", "09:00-09:00"),
        ({"exceptions": {"2026-02-30": []}}, "bad_date", "2026-02-30"),
        ({"exceptions": {"2200-01-01": []}}, "beyond_calendar", "1900-2199"),
        ({"exceptions": {"1899-12-31": []}}, "beyond_calendar", "1900-2199"),
        ({"exceptions": []}, "not_a_calendar", "week, exceptions"),
        ({"exceptions": {"2026-10-10": "closed"}}, "bad_window", "closed"),
        ({"holidays": []}, "not_a_calendar", "zone, week, holidays"),
    ],
)
def test_what_is_no_calendar_is_told_with_its_code_and_what_is_at_fault(
    changed: dict[str, Any], why: str, at: str
) -> None:
    with pytest.raises(InvalidCalendar) as refused:
        checked_calendar({"zone": "Asia/Shanghai", "week": WEEK} | changed)
    assert refused.value.members == {"why": why, "at": at}
    assert why not in refused.value.detail("zh")


def test_a_holiday_at_a_weekend_and_a_make_up_day_that_is_worked_anyway_need_no_exception() -> None:
    shop = (OFFICE_HOURS,) * 7
    assert HELD.exceptions(domain.STANDARD_WEEK, [2026]) == (
        (date(2026, 10, 1), ()),
        (date(2026, 10, 10), OFFICE_HOURS),
    )
    assert HELD.exceptions(shop, [2026]) == ((date(2026, 10, 1), ()), (date(2026, 10, 3), ()))
    assert HELD.exceptions(domain.STANDARD_WEEK, [2025]) == ()


def test_a_make_up_day_has_the_windows_of_a_working_day_also_where_saturdays_are_short() -> None:
    short = (Window.parse("09:00", "12:00"),)
    week = (*[OFFICE_HOURS] * 5, short, ())
    assert dict(HELD.exceptions(week, [2026]))[date(2026, 10, 10)] == OFFICE_HOURS


def test_the_year_after_the_last_announced_one_is_provisional() -> None:
    assert HELD.provisional(range(2025, 2029)) == (2027, 2028)


def test_china_works_on_the_saturday_after_the_national_day() -> None:
    calendar = chinese(public_holidays(), [2026])
    friday_afternoon = FRIDAY_EVENING - timedelta(hours=1)
    assert calendar.add_working_days(friday_afternoon, 1) == friday_afternoon + timedelta(days=1)
    first_of_october = datetime(2026, 10, 1, 1, tzinfo=UTC)
    assert calendar.next_open(first_of_october) == datetime(2026, 10, 8, 1, tzinfo=UTC)


def test_an_extension_keeps_what_was_entered_by_hand() -> None:
    own = ((date(2026, 10, 1), OFFICE_HOURS), (date(2026, 12, 24), ()))
    grown = extended(WorkCalendar("Asia/Shanghai", domain.STANDARD_WEEK, own), HELD, [2026])
    assert dict(grown.exceptions) == dict(own) | {date(2026, 10, 10): OFFICE_HOURS}


def test_a_night_week_that_a_make_up_day_would_overlap_is_refused() -> None:
    night, early = (Window.parse("22:00", "06:00"),), (Window.parse("05:00", "12:00"),)
    with pytest.raises(InvalidCalendar):
        chinese(HELD, [2026], (night, (), (), (), (), (), early))


@pytest.mark.parametrize(
    ("unit", "amount", "due"),
    [
        (Unit.SECONDS, 3600, "2026-10-09T19:00:00+08:00"),
        (Unit.WORKING_SECONDS, 3600, "2026-10-10T10:00:00+08:00"),
        (Unit.WORKING_DAYS, 1, "2026-10-12T09:00:00+08:00"),
    ],
)
def test_a_preview_counts_in_each_unit_and_answers_in_the_calendars_time(unit: Unit, amount: int, due: str) -> None:
    asked = Question(FRIDAY_EVENING, amount, unit, days=3)
    seen = domain.preview(chinese(public_holidays(), [2026]), (2027,), asked)
    assert seen.due_at is not None
    assert (seen.due_at.isoformat(), seen.is_open) == (due, False)
    assert seen.next_opening.isoformat() == "2026-10-10T09:00:00+08:00"
    assert [interval.starts_at.isoformat()[:16] for interval in seen.intervals] == [
        "2026-10-09T09:00",
        "2026-10-09T13:30",
        "2026-10-10T09:00",
        "2026-10-10T13:30",
    ]
    assert seen.provisional_years == ()


def test_a_preview_beyond_the_years_of_calendars_is_refused() -> None:
    with pytest.raises(domain.BeyondYears):
        domain.preview(chinese(HELD, [2026]), (), Question(FRIDAY_EVENING, from_on=date.max))


DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
TERMS = st.tuples(DAYS, DAYS).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Term(*pair))


@given(TERMS, TERMS, DAYS, DAYS)
def test_a_term_is_refused_exactly_when_a_day_of_promised_service_is_left_out(
    former: Term, new: Term, since: date, today: date
) -> None:
    days = (former.starts_on + timedelta(days=n) for n in range((former.ends_on - former.starts_on).days))
    left_out = any(since <= day < today and day not in new for day in days)
    try:
        new.require_promised(former, since, today)
    except PromisedThen:
        assert left_out
    else:
        assert not left_out


@given(TERMS, TERMS, DAYS)
def test_a_term_is_refused_exactly_when_a_use_would_count_in_another_year(former: Term, new: Term, day: date) -> None:
    year = year_of(former.starts_on, day)
    kept = day not in former or (day in new and year_of(new.starts_on, day) == year)
    try:
        new.require_counted(former, [(day, year)])
    except UsedThen:
        assert not kept
    else:
        assert kept
