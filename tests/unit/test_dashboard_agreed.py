"""What the dashboard draws of time: bars, calendars, agreements, and the filters of the list."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from clients.dashboard.agreed_pauses import pause_moves
from clients.dashboard.bars import bar_of
from clients.dashboard.conversation import size_of
from clients.dashboard.drafting import NotNumbers, told_amount, told_terms
from clients.dashboard.entitlements import year_in_words
from clients.dashboard.filters import SOON, Filters
from clients.dashboard.hours import NotHours, corrected_days, days_text, told_days, told_week, windows_typed
from clients.dashboard.reader import Reader
from clients.dashboard.time_bar import in_words
from clients.dashboard.versions import hours_of
from clients.dashboard.what_if import proposed_terms
from clients.dashboard.year_view import is_beyond, kind_of
from clients.models import (
    AccountedClock,
    Agreement,
    Entitlement,
    EntitlementYear,
    NamedCalendar,
    Pause,
    SavedView,
    Target,
    WorkCalendar,
)
from services.incidents.views.domain import require_usable
from shared.zones import zone_named

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = 3600
ENGLISH = Reader("en", zone_named("Asia/Shanghai"))
CHINESE = Reader("zh", zone_named("Asia/Shanghai"))
OFFICE = (("09:00", "12:00"), ("13:30", "18:00"))
WEEK = WorkCalendar(
    zone="Asia/Shanghai",
    week=(OFFICE,) * 5 + ((), ()),
    exceptions={"2026-10-01": (), "2026-10-10": OFFICE, "2026-12-31": (("09:00", "12:00"),)},
)


def clock(*account: tuple[float, bool, str], target: float = 2, is_over: bool = False) -> AccountedClock:
    """A clock whose life is told in hours: how long, whether they count, and why not."""
    stretches, at, counted = [], NINE, 0
    for hours, counts, reason in account:
        until, seconds = at + timedelta(hours=hours), round(hours * HOUR)
        stretches.append({"from_at": at, "until_at": until, "counts": counts, "reason": reason, "seconds": seconds})
        at, counted = until, counted + (seconds if counts else 0)
    left = round(target * HOUR) - counted
    return AccountedClock.model_validate(
        {
            "kind": "resolve",
            "state": "running",
            "started_at": NINE,
            "due_at": at + timedelta(seconds=left),
            "stopped_at": at if is_over else None,
            "counted_seconds": counted,
            "remaining_seconds": left,
            "target_seconds": round(target * HOUR),
            "account": stretches,
        }
    )


def drawn(of: AccountedClock) -> list[tuple[str, float, float]]:
    return [(piece.kind, piece.left, piece.width) for piece in bar_of(of).pieces]


def test_a_running_clock_has_its_future_ahead_of_now_and_is_due_at_the_end() -> None:
    bar = bar_of(clock((0.5, True, "counted")))
    assert [(piece.kind, piece.width) for piece in bar.pieces] == [("counted", 25), ("ahead", 75)]
    assert (bar.now, bar.due) == (25, 100)


def test_what_counts_after_the_budget_is_late_and_the_due_mark_stands_at_the_break() -> None:
    account = clock((1, True, "counted"), (1, False, "waiting_for_customer"), (3, True, "counted"))
    bar = bar_of(account)
    assert drawn(account) == [("counted", 0, 20), ("paused", 20, 20), ("counted", 40, 20), ("late", 60, 40)]
    assert (bar.due, bar.now, bar.late_seconds, bar.paused_seconds) == (60, 100, 2 * HOUR, HOUR)


def test_closed_hours_are_not_pauses() -> None:
    bar = bar_of(clock((1, True, "counted"), (8, False, "outside_hours"), (1, True, "counted"), is_over=True))
    assert (bar.closed_seconds, bar.paused_seconds, bar.now) == (8 * HOUR, 0, None)
    assert bar.kinds == ("counted", "closed")


def test_time_in_which_it_was_over_is_no_pause() -> None:
    account = clock((1, True, "counted"), (1, False, "merged"), (1, True, "counted"), (2, False, "site_closed"))
    bar = bar_of(account)
    assert (bar.over_seconds, bar.paused_seconds) == (HOUR, 2 * HOUR)
    assert in_words(bar, account, CHINESE) == "承诺 2 小时 · 计入 2 小时 · 暂停 2 小时 · 期间已结束 1 小时"


def test_pieces_cover_the_bar_without_gap_even_where_years_are_joined() -> None:
    account = clock(*((8, True, "counted"), (16, False, "outside_hours")) * 2000, target=20000)
    pieces = bar_of(account).pieces
    assert len(pieces) < 900
    assert pieces[0].left == 0
    assert sum(piece.width for piece in pieces) == pytest.approx(100, abs=0.01)
    assert all(after.left == pytest.approx(piece.left + piece.width, abs=0.01) for piece, after in pairwise(pieces))


def test_a_bar_is_told_in_words_too() -> None:
    account = clock((1, True, "counted"), (26.5, False, "outside_hours"), (0.0001, False, "site_closed"))
    assert in_words(bar_of(account), account, ENGLISH) == "promised 2 h · counted 1 h · closed hours 1 d 2 h 30 min"
    assert in_words(bar_of(account), account, CHINESE) == "承诺 2 小时 · 计入 1 小时 · 非工作时间 1 天 2 小时 30 分"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (90061, "1 d 1 h 1 min")])
def test_spans_are_told_to_the_minute(seconds: int, words: str) -> None:
    assert ENGLISH.duration(seconds) == words


def test_filters_of_an_address_lead_back_to_it_and_nonsense_is_left_out() -> None:
    told = {"state": "closed,reported,odd", "severity": "major", "customer_id": "x", "due": "soon", "q": " switch "}
    filters = Filters.of(told)
    assert filters == Filters(state=("reported", "closed"), severity="major", due="soon", q="switch")
    assert filters.path == "/?state=reported%2Cclosed&severity=major&due=soon&q=switch"
    assert Filters.of({"order": "due"}).path == "/?order=due"
    assert not Filters.of({"order": "due"}).is_narrow
    assert Filters().path == "/"


def test_what_is_due_soon_is_asked_of_the_platform_as_a_moment() -> None:
    query = Filters(state=("reported",), due="soon", breached="true").query(NINE)
    assert query == {"state": ["reported"], "breached": "true", "due_before": (NINE + SOON).isoformat()}


def test_a_saved_view_is_the_same_filters_again() -> None:
    filters = Filters(state=("reported", "waiting"), tag="power", order="due", due="soon")
    assert Filters.of(filters.saved) == Filters(state=("reported", "waiting"), tag="power")
    require_usable(filters.saved)
    told = {"id": UUID(int=1), "owner_id": UUID(int=2), "name": "Power", "shared": True, "filters": filters.saved}
    assert Filters.of(SavedView.model_validate(told).filters) == Filters.of(filters.saved)
    assert Filters.of({"state": "waiting"}).saved == {"state": ["waiting"]}
    assert {field.name for field in fields(Filters)} > filters.saved.keys()


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 9, 30), "open"),
        (date(2026, 10, 1), "holiday"),
        (date(2026, 10, 3), "closed"),
        (date(2026, 10, 10), "make_up"),
        (date(2026, 12, 31), "changed"),
    ],
)
def test_a_day_is_open_or_closed_as_always_or_by_exception(day: date, kind: str) -> None:
    assert kind_of(WEEK, day) == kind


@pytest.mark.parametrize(
    ("years", "year", "beyond"),
    [((2026, 2028), 2025, True), ((2026, 2028), 2026, False), ((2026, 2028), 2029, True), ((None, None), 2025, False)],
)
def test_a_year_is_beyond_the_holidays_that_a_calendar_follows(
    years: tuple[int | None, int | None], year: int, beyond: bool
) -> None:
    first, last = years
    calendar = NamedCalendar(id=UUID(int=1), name_zh="", name_en="", data=WEEK, first_year=first, last_year=last)
    assert is_beyond(calendar, year) is beyond


def test_days_with_the_same_hours_are_told_together() -> None:
    assert hours_of(WEEK, ENGLISH) == "Mon–Fri 09:00–12:00, 13:30–18:00 (Asia/Shanghai)"


def test_a_corrected_day_is_an_exception_only_where_it_differs_from_the_week() -> None:
    closed = corrected_days(WEEK, "2026-03-03", "", "")
    assert closed.windows(date(2026, 3, 3)) == ()
    as_always = corrected_days(closed, "2026-03-03", "2026-03-03", "09:00-12:00，13:30–18:00")
    assert as_always == WEEK


def test_a_correction_of_a_span_holds_on_each_of_its_days() -> None:
    closed = corrected_days(WEEK, "2026-03-02", "2026-03-08", "")
    assert [day for day in closed.exceptions if day.startswith("2026-03")] == [f"2026-03-0{n}" for n in range(2, 7)]


@pytest.mark.parametrize("hours", ["all day", "09:00", "9-12-13"])
def test_what_is_no_hours_is_refused(hours: str) -> None:
    with pytest.raises(NotHours):
        corrected_days(WEEK, "2026-03-03", "", hours)


@pytest.mark.parametrize("days", ["tomorrow", "2026-02-30", "2026-03-03..2026-03-01", "2026-01-01..2036-01-01"])
def test_what_is_no_day_or_span_of_days_is_refused(days: str) -> None:
    with pytest.raises(NotHours):
        told_days(days)


def test_a_calendar_is_typed_and_read_back_the_same() -> None:
    told = {f"week.{number}": windows_typed(windows) for number, windows in enumerate(WEEK.week)}
    assert told_week(told) == WEEK.week
    assert told_days(days_text(WEEK)) == WEEK.exceptions
    assert told_days("2026-10-01..2026-10-03\n\n2026-10-10 09:00-12:00") == {
        "2026-10-01": (),
        "2026-10-02": (),
        "2026-10-03": (),
        "2026-10-10": (("09:00", "12:00"),),
    }


LEVELS = ("high", "medium", "low")
DRAFT = {f"priority.{impact}.{urgency}": "medium" for impact in LEVELS for urgency in LEVELS}


def test_targets_are_told_in_hours_and_days_and_read_back_the_same() -> None:
    targets = [
        Target(severity="major", kind="respond", amount=5400, unit="seconds"),
        Target(severity="major", kind="resolve", amount=3, unit="working_days"),
    ]
    told = {f"{target.severity}.{target.kind}": told_amount(target) for target in targets}
    assert told == {"major.respond": "1.5", "major.resolve": "3"}
    units = {f"{target.severity}.{target.kind}.unit": target.unit for target in targets}
    assert told_terms(DRAFT | told | units)["targets"] == [target.model_dump() for target in targets]
    assert told_terms(DRAFT | told | units | {"major.respond": " "})["targets"] == [targets[1].model_dump()]


def test_the_further_terms_of_a_draft_are_told_in_hours_and_days_too() -> None:
    told = {"warning_percents": "50，75 %, 90", "warn_before": "4 0.5", "pause_cap": "36", "close_after_days": ""}
    terms = told_terms(DRAFT | told | {"pause.site_closed": "true", "priority.high.high": "critical"})
    assert terms["warning_percents"] == [50, 75, 90]
    assert terms["warn_before_seconds"] == [14400, 1800]
    assert terms["pause_reasons"] == ["site_closed"]
    assert (terms["pause_cap_seconds"], terms["close_after_days"], terms["applies_to_open"]) == (129600, None, False)
    assert terms["priorities"]["high"] == {"high": "critical", "medium": "medium", "low": "medium"}


@pytest.mark.parametrize("typed", ["soon", "nan", "1e999"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(NotNumbers):
        told_terms(DRAFT | {"pause_cap": typed})


@pytest.mark.parametrize(
    ("cap", "typed", "proposed"),
    [
        (3600, "1", {}),
        (3600, "2", {"pause_cap_seconds": 7200}),
        (3600, "", {"pause_cap_seconds": None}),
        (None, "", {}),
        (None, "2", {"pause_cap_seconds": 7200}),
    ],
)
def test_a_look_weighs_a_cap_on_pauses_where_it_differs(
    cap: int | None, typed: str, proposed: dict[str, int | None]
) -> None:
    agreement = Agreement(
        id=UUID(int=1),
        revision=1,
        state="in_force",
        calendar=WEEK,
        pause_cap_seconds=cap,
        provider_signed_at=NINE,
        customer_signed_at=NINE,
    )
    assert proposed_terms(told_terms(DRAFT | {"pause_cap": typed}), agreement) == {"targets": None} | proposed


def test_of_what_was_withdrawn_the_uses_are_told_and_of_the_rest_what_is_left() -> None:
    year = EntitlementYear(year=1, granted=6, used=2.5, left=3.5)
    grant = Entitlement(item_code="emergency", unit="hours", years=(year,))
    withdrawn = grant.model_copy(update={"withdrawal": "Replaced"})
    assert year_in_words(grant, year, ENGLISH) == "Year 1: 3.5 of 6 hours left"
    assert year_in_words(withdrawn, year, ENGLISH) == "Year 1: 2.5 of 6 hours used"
    assert year_in_words(withdrawn, year, CHINESE) == "第 1 年：已用 2.5，共 6 小时"


@pytest.mark.parametrize(
    ("changes", "permissions", "is_customers", "names"),
    [
        ({}, ("incidents:confirm",), True, ["dispute"]),
        ({}, ("pauses:settle",), False, []),
        ({"dispute": "Open all day", "disputed_at": NINE}, ("incidents:confirm",), True, []),
        ({"dispute": "x", "disputed_at": NINE}, ("pauses:settle",), False, ["uphold_pause", "strike_pause"]),
        ({"disputed_at": NINE, "settled_at": NINE}, ("pauses:settle",), False, []),
        ({"evidence": None, "reason": "merged"}, ("incidents:confirm",), True, []),
    ],
)
def test_a_pause_is_disputed_once_and_settled_once(
    changes: dict[str, object], permissions: tuple[str, ...], is_customers: bool, names: list[str]
) -> None:
    known = dict.fromkeys(Pause.model_fields) | {"id": UUID(int=1), "reason": "site_closed"}
    pause = Pause.model_validate(known | {"from_at": NINE, "author": "x", "evidence": "Locked"} | changes)
    assert [move.name for move in pause_moves(pause, permissions, is_customers=is_customers)] == names


@pytest.mark.parametrize(("size", "told"), [(0, "1 KB"), (12_300, "12 KB"), (3_565_158, "3.4 MB")])
def test_sizes_are_told_as_people_say_them(size: int, told: str) -> None:
    assert size_of(size) == told
