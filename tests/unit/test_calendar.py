"""The conventions of working time, by table and by story. Its laws are in test_calendar_laws.py."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.calendar import (
    ALWAYS,
    BadCalendar,
    CalendarError,
    EmptyWeek,
    NegativeAmount,
    WorkCalendar,
    chinese_office_hours,
)
from shared.week import BadWindow, OverlappingWindows, Window
from shared.zones import BeyondCalendar, NaiveDatetime, UnknownZone, instant_at, stretches_from

HOUR, DAY = 3600, 86_400
MINUTE = timedelta(minutes=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]

# National Day of 2026 as arranged by the State Council: a week off, two weekend days at work.
NATIONAL_DAY = [date(2026, 10, day) for day in range(1, 8)]
MAKE_UP_DAYS = [date(2026, 9, 20), date(2026, 10, 10)]
OFFICE_HOURS = chinese_office_hours(NATIONAL_DAY, MAKE_UP_DAYS)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def every_day(zone: str, *windows: list[str], exceptions: dict[str, list[list[str]]] | None = None) -> WorkCalendar:
    return WorkCalendar.from_data({"zone": zone, "week": [list(windows)] * 7, "exceptions": exceptions or {}})


# 2026-11-20 is a Friday.
@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-11-20 09:00", HOUR, "2026-11-20 10:00"),
        ("2026-11-20 09:00", 3 * HOUR, "2026-11-20 12:00"),
        ("2026-11-20 09:00", 3 * HOUR + 1, "2026-11-20 13:30:01"),
        ("2026-11-20 11:59:59", 2, "2026-11-20 13:30:01"),
        ("2026-11-20 12:00", 1, "2026-11-20 13:30:01"),
        ("2026-11-20 12:45", HOUR, "2026-11-20 14:30"),
        ("2026-11-20 17:00", HOUR, "2026-11-20 18:00"),
        ("2026-11-20 17:00", HOUR + 1, "2026-11-23 09:00:01"),
        ("2026-11-20 18:00", 1, "2026-11-23 09:00:01"),
        ("2026-11-21 10:00", 4 * HOUR, "2026-11-23 14:30"),
        ("2026-11-20 09:00:30.25", HOUR, "2026-11-20 10:00:30.25"),
        ("2026-11-20 09:00", 0.000001, "2026-11-20 09:00:00.000001"),
        ("2026-11-21 10:00", 0, "2026-11-21 10:00"),
        ("2026-09-30 17:00", 2 * HOUR, "2026-10-08 10:00"),
    ],
)
def test_open_seconds_are_added_by_the_conventions(start: str, seconds: float, due: str) -> None:
    assert OFFICE_HOURS.add(china(start), seconds) == china(due)


@pytest.mark.parametrize(
    ("end", "seconds", "start"),
    [
        ("2026-11-20 10:00", HOUR, "2026-11-20 09:00"),
        ("2026-11-20 14:30", 2 * HOUR, "2026-11-20 11:00"),
        ("2026-11-20 12:00", 3 * HOUR, "2026-11-20 09:00"),
        ("2026-11-23 09:00", 1, "2026-11-20 17:59:59"),
        ("2026-11-22 12:00", HOUR, "2026-11-20 17:00"),
        ("2026-11-20 14:30", HOUR, "2026-11-20 13:30"),
        ("2026-11-22 12:00", 0, "2026-11-22 12:00"),
    ],
)
def test_open_seconds_are_subtracted_to_the_last_instant_that_leaves_them(end: str, seconds: float, start: str) -> None:
    assert OFFICE_HOURS.subtract(china(end), seconds) == china(start)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-11-20 09:00", "2026-11-20 18:00", 7.5 * HOUR),
        ("2026-11-20 12:00", "2026-11-20 13:30", 0),
        ("2026-11-20 17:59:59.5", "2026-11-23 09:00:00.25", 0.75),
        ("2026-11-20 10:00", "2026-11-20 09:00", 0),
        ("2026-11-20 10:00", "2026-11-20 10:00", 0),
        ("2026-09-30 00:00", "2026-10-11 00:00", 4 * 7.5 * HOUR),
    ],
)
def test_elapsed_counts_only_open_seconds(start: str, end: str, seconds: float) -> None:
    assert OFFICE_HOURS.elapsed(china(start), china(end)) == seconds


@pytest.mark.parametrize(
    ("at", "opening", "closing"),
    [
        ("2026-11-20 10:00", "2026-11-20 10:00", "2026-11-20 10:00"),
        ("2026-11-20 09:00", "2026-11-20 09:00", "2026-11-19 18:00"),
        ("2026-11-20 12:00", "2026-11-20 13:30", "2026-11-20 12:00"),
        ("2026-11-20 18:00", "2026-11-23 09:00", "2026-11-20 18:00"),
        ("2026-11-22 03:00", "2026-11-23 09:00", "2026-11-20 18:00"),
        ("2026-10-03 10:00", "2026-10-08 09:00", "2026-09-30 18:00"),
    ],
)
def test_windows_are_half_open(at: str, opening: str, closing: str) -> None:
    assert OFFICE_HOURS.next_open(china(at)) == china(opening)
    assert OFFICE_HOURS.previous_close(china(at)) == china(closing)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-18 10:20", 1, "2026-11-19 10:20"),
        ("2026-11-18 10:20:30.5", 1, "2026-11-19 10:20:30.5"),
        ("2026-11-20 10:20", 1, "2026-11-23 10:20"),
        ("2026-11-20 17:59:59", 3, "2026-11-25 17:59:59"),
        ("2026-11-20 18:00", 1, "2026-11-24 09:00"),
        ("2026-11-20 12:30", 1, "2026-11-23 13:30"),
        ("2026-11-21 12:30", 3, "2026-11-26 09:00"),
        ("2026-11-20 05:00", 1, "2026-11-23 09:00"),
        ("2026-11-20 10:20", 0, "2026-11-20 10:20"),
        ("2026-11-21 10:20", 0, "2026-11-23 09:00"),
        ("2026-09-30 10:00", 1, "2026-10-08 10:00"),
        ("2026-10-09 10:00", 1, "2026-10-10 10:00"),
        ("2026-10-09 10:00", 2, "2026-10-12 10:00"),
        ("2026-09-18 16:00", 1, "2026-09-20 16:00"),
    ],
)
def test_working_days_end_at_the_same_local_time_that_many_working_days_later(start: str, days: int, due: str) -> None:
    assert OFFICE_HOURS.add_working_days(china(start), days) == china(due)


@pytest.mark.parametrize(
    ("windows", "due"),
    [
        ([["10:00", "16:00"]], "2026-11-19 16:00"),
        ([["18:00", "20:00"]], "2026-11-19 18:00"),
        ([["09:00", "12:00"], ["19:00", "20:00"]], "2026-11-19 12:00"),
        ([["09:00", "17:30"]], "2026-11-19 17:30"),
        ([["09:00", "17:15"]], "2026-11-19 17:15"),
    ],
)
def test_the_due_time_is_clamped_into_the_windows_of_its_day(windows: list[list[str]], due: str) -> None:
    shorter = every_day("Asia/Shanghai", *OFFICE, exceptions={"2026-11-19": windows})
    assert shorter.add_working_days(china("2026-11-18 17:30"), 1) == china(due)


def test_hours_after_midnight_belong_to_the_working_day_that_began_before() -> None:
    nights = WorkCalendar.from_data(
        {
            "zone": "Asia/Shanghai",
            "week": [[["22:00", "06:00"]]] * 5 + [[], []],
            "exceptions": {"2026-11-19": []},
        }
    )
    assert nights.add_working_days(china("2026-11-19 02:00"), 1) == china("2026-11-21 02:00")
    assert nights.elapsed(china("2026-11-18 00:00"), china("2026-11-20 00:00")) == 14 * HOUR
    assert nights.next_open(china("2026-11-21 06:00")) == china("2026-11-23 22:00")


def test_a_reply_promised_within_four_working_hours_before_the_national_day_uses_the_make_up_saturday() -> None:
    # Asked on Friday the 9th at 16:30, after a week off: an ordinary Friday would carry over to Monday, but
    # Saturday the 10th is a make-up working day (调休), so 1.5 h run on Friday and 2.5 h on Saturday morning.
    asked = china("2026-10-09 16:30")
    assert OFFICE_HOURS.add(asked, 4 * HOUR) == china("2026-10-10 11:30")
    assert OFFICE_HOURS.elapsed(asked, china("2026-10-12 09:00")) == 1.5 * HOUR + 7.5 * HOUR
    assert chinese_office_hours(NATIONAL_DAY, []).add(asked, 4 * HOUR) == china("2026-10-12 11:30")

    # And the Sunday of 20 September is worked, though the Saturday before it is not.
    assert OFFICE_HOURS.next_open(china("2026-09-19 10:00")) == china("2026-09-20 09:00")


def test_always_counts_real_time_and_every_day_is_a_working_day() -> None:
    at = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert ALWAYS.add(at, 1.5 * HOUR) == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert ALWAYS.subtract(at, HOUR) == at - timedelta(hours=1)
    assert ALWAYS.elapsed(at, at + timedelta(days=800)) == 800 * DAY
    assert ALWAYS.add_working_days(at, 2) == at + timedelta(days=2)
    assert ALWAYS.next_open(at) == ALWAYS.previous_close(at) == at
    assert list(ALWAYS.open_intervals(at, at + timedelta(days=9))) == [(at, at + timedelta(days=9))]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Asia/Shanghai", "2026-03-29", 24),
    ],
)
def test_a_day_has_as_many_hours_as_really_pass(zone: str, day: str, hours: float) -> None:
    only_that_day = every_day(zone, ["00:00", "24:00"])
    start = local(zone, f"{day} 00:00")
    end = local(zone, f"{date.fromisoformat(day) + timedelta(days=1)} 00:00")
    assert only_that_day.elapsed(start, end) == hours * HOUR


def test_an_hour_that_does_not_exist_is_not_counted_and_one_that_comes_twice_counts_twice() -> None:
    night = every_day("Europe/Berlin", ["02:00", "04:00"])
    assert night.add(local("Europe/Berlin", "2026-03-29 00:00"), HOUR) == local("Europe/Berlin", "2026-03-29 04:00")
    assert night.elapsed(local("Europe/Berlin", "2026-10-25 00:00"), local("Europe/Berlin", "2026-10-25 12:00")) == (
        3 * HOUR
    )


def test_a_window_that_ends_inside_a_repeated_hour_opens_twice() -> None:
    night = every_day("Europe/Berlin", ["01:00", "02:30"])
    first_half_past = local("Europe/Berlin", "2026-10-25 02:30", fold=0)
    second_two = local("Europe/Berlin", "2026-10-25 02:00", fold=1)
    assert night.next_open(first_half_past) == second_two.astimezone(UTC)
    assert night.elapsed(first_half_past, local("Europe/Berlin", "2026-10-25 12:00")) == HOUR / 2


@pytest.mark.parametrize(
    ("window", "opening", "closing"),
    [
        (["03:00", "05:00"], "2026-10-25T02:00+00:00", "2026-10-24T03:00+00:00"),
        (["01:00", "02:00"], "2026-10-26T00:00+00:00", "2026-10-25T00:00+00:00"),
        (["02:00", "02:30"], "2026-10-25T01:00+00:00", "2026-10-25T01:30+00:00"),
    ],
)
def test_openings_and_closings_at_the_moment_of_a_change_are_those_of_the_wall(
    window: list[str], opening: str, closing: str
) -> None:
    night = every_day("Europe/Berlin", window)
    first_pass, second_pass = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert night.next_open(first_pass) == datetime.fromisoformat(opening)
    assert night.previous_close(second_pass) == datetime.fromisoformat(closing)


def test_a_window_that_the_zone_skips_does_not_open() -> None:
    night = every_day("Europe/Berlin", ["02:00", "02:30"])
    after = local("Europe/Berlin", "2026-03-29 03:00")
    assert night.next_open(local("Europe/Berlin", "2026-03-29 01:00")) == local("Europe/Berlin", "2026-03-30 02:00")
    assert night.previous_close(after) == local("Europe/Berlin", "2026-03-28 02:30")


def test_a_due_time_that_the_zone_skips_is_due_when_the_zone_goes_on() -> None:
    whole_days = every_day("Europe/Berlin", ["00:00", "24:00"])
    due = whole_days.add_working_days(local("Europe/Berlin", "2026-03-28 02:30"), 1)
    assert due == local("Europe/Berlin", "2026-03-29 03:00")


def test_a_due_time_that_the_zone_repeats_is_due_at_its_first_pass() -> None:
    whole_days = every_day("Europe/Berlin", ["00:00", "24:00"])
    due = whole_days.add_working_days(local("Europe/Berlin", "2026-10-24 02:30"), 1)
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_start_and_end_in_the_two_passes_of_one_hour_are_told_apart() -> None:
    first, second = (local("Europe/Berlin", "2026-10-25 02:30", fold=fold) for fold in (0, 1))
    assert every_day("Europe/Berlin", ["00:00", "24:00"]).elapsed(first, second) == HOUR


def test_open_intervals_are_joined_over_midnight_and_clipped() -> None:
    guard = every_day("Asia/Shanghai", ["00:00", "06:00"], ["22:00", "24:00"])
    assert list(guard.open_intervals(china("2026-11-20 23:00"), china("2026-11-21 23:00"))) == [
        (china("2026-11-20 23:00"), china("2026-11-21 06:00")),
        (china("2026-11-21 22:00"), china("2026-11-21 23:00")),
    ]
    assert list(guard.open_intervals(china("2026-11-21 23:00"), china("2026-11-20 23:00"))) == []


def test_a_calendar_survives_json() -> None:
    data = {
        "zone": "Asia/Shanghai",
        "week": [[["13:30", "18:00:30"], ["09:00", "12:00"]]] * 4 + [[["22:00", "06:00"]], [["08:00", "24:00"]], []],
        "exceptions": {"2026-10-10": OFFICE, "2026-10-01": []},
    }
    calendar = WorkCalendar.from_data(json.loads(json.dumps(data)))
    again = WorkCalendar.from_data(json.loads(json.dumps(calendar.to_data())))
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert list(again.to_data()["exceptions"]) == ["2026-10-01", "2026-10-10"]
    assert again.to_data()["week"][0] == [["09:00", "12:00"], ["13:30", "18:00:30"]]
    assert again.to_data()["week"][4:6] == [[["22:00", "06:00"]], [["08:00", "24:00"]]]


def test_midnight_as_an_end_is_the_end_of_the_day() -> None:
    assert Window.parse("22:00", "00:00") == Window.parse("22:00", "24:00")


GOOD = {"zone": "Asia/Shanghai", "week": [OFFICE] * 7, "exceptions": {}}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"zone": "Asia/Peking"}, UnknownZone, "'Asia/Peking' is not a time zone"),
        ({"zone": "Asia"}, UnknownZone, "'Asia' is not a time zone"),
        ({"zone": "../etc/passwd"}, UnknownZone, "is not a time zone"),
        ({"zone": 8}, UnknownZone, "8 is not a time zone"),
        ({"week": [OFFICE] * 5}, BadCalendar, "seven days from Monday, not 5"),
        ({"week": None}, BadCalendar, "week is a list"),
        (
            {"week": [[]] * 7, "exceptions": {"2026-10-10": OFFICE}},
            EmptyWeek,
            "no day of the week has a window",
        ),
        ({"week": [[["09:00", "12:00"], ["11:00", "13:00"]]] * 7}, OverlappingWindows, "Monday.*11:00-13:00"),
        ({"week": [[["22:00", "10:00"]], OFFICE, *[[]] * 5]}, OverlappingWindows, "Monday.*of the next day"),
        ({"week": [OFFICE, *[[]] * 5, [["22:00", "10:00"]]]}, OverlappingWindows, "Sunday.*of the next day"),
        (
            {"exceptions": {"2026-10-10": [["22:00", "10:00"]]}},
            OverlappingWindows,
            "2026-10-10: .* 22:00-10:00",
        ),
        ({"exceptions": {"10.10.2026": []}}, BadCalendar, "is not a date"),
        ({"exceptions": []}, BadCalendar, "exceptions maps dates"),
        ({"exceptions": {"2026-10-10": "closed"}}, BadWindow, "'closed' is not a list"),
        ({"exceptions": {"2026-10-10": [["09:00"]]}}, BadWindow, "is not a list of pairs"),
        ({"week": [[["09:00", "09:00"]]] * 7}, BadWindow, "09:00-09:00 has no length"),
        ({"week": [[["24:00", "06:00"]]] * 7}, BadWindow, "24:00-06:00 has no length"),
        ({"week": [[["9:00", "12:00"]]] * 7}, BadWindow, "'9:00' is not a local time"),
        ({"week": [[["09:00", "24:30"]]] * 7}, BadWindow, "'24:30' is not a local time"),
        ({"week": [[["09:00", 720]]] * 7}, BadWindow, "720 is not a local time"),
        ({"holidays": []}, BadCalendar, "members zone and week"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_with_a_reason(
    changes: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as refused:
        WorkCalendar.from_data({**GOOD, **changes})
    assert isinstance(refused.value, CalendarError)
    assert isinstance(refused.value, ValueError)


def test_a_day_cannot_be_both_holiday_and_make_up_day() -> None:
    with pytest.raises(BadCalendar, match="two exceptions"):
        chinese_office_hours([date(2026, 10, 10)], [date(2026, 10, 10)])


def test_questions_that_make_no_sense_are_refused() -> None:
    at = china("2026-11-20 09:00")
    naive = at.replace(tzinfo=None)
    for ask in (
        lambda: OFFICE_HOURS.add(naive, 1),
        lambda: ALWAYS.add(naive, 1),
        lambda: OFFICE_HOURS.elapsed(at, naive),
        lambda: OFFICE_HOURS.add_working_days(naive, 1),
        lambda: list(ALWAYS.open_intervals(at, naive)),
    ):
        with pytest.raises(NaiveDatetime, match="has no time zone"):
            ask()
    for ask in (lambda: OFFICE_HOURS.add(at, -1), lambda: ALWAYS.subtract(at, -1)):
        with pytest.raises(NegativeAmount, match="negative"):
            ask()
    with pytest.raises(NegativeAmount, match="negative"):
        OFFICE_HOURS.add_working_days(at, -1)


@pytest.mark.parametrize("calendar", [OFFICE_HOURS, ALWAYS], ids=["office hours", "always"])
def test_an_answer_beyond_the_calendar_is_refused_at_once(calendar: WorkCalendar) -> None:
    at = china("2026-11-20 09:00")
    with pytest.raises(BeyondCalendar):
        calendar.add(at, 200 * 366 * DAY)
    with pytest.raises(BeyondCalendar):
        calendar.subtract(at, 200 * 366 * DAY)
    with pytest.raises(BeyondCalendar):
        calendar.add_working_days(at, 10**9)


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_an_end_of_all_time_is_beyond_the_calendar(written: str) -> None:
    with pytest.raises(BeyondCalendar):
        OFFICE_HOURS.next_open(datetime.fromisoformat(written))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"])
def test_the_stretches_of_a_zone_agree_with_the_standard_library(zone: str) -> None:
    step = timedelta(hours=7)
    at = datetime(2009, 12, 31, 23, 30, tzinfo=UTC)
    for stretch in stretches_from(zone, (at - datetime(1, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)):
        while at < instant_at(stretch.end):
            assert at.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(microseconds=stretch.shift)
            at += step
        if at.year > 2013:
            break
