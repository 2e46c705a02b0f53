"""The pure rules of incidents: moves, cover, promises and their alerts, and how events read."""

from __future__ import annotations

from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.incidents.clocks.domain import Aim, Alert, Kind, Reading, aim, alerts, is_near, is_used
from services.incidents.copies.domain import Named, Terms, cover, version_at
from services.incidents.explanations.domain import explanation
from services.incidents.incidents import domain as incidents
from services.incidents.settings import Settings
from services.incidents.timeline.domain import TOLD, actor_names, kept, person_ids, sentence
from services.incidents.visits import domain as visits
from shared import clocks
from shared.calendar import ALWAYS, chinese_office_hours
from shared.errors import IllegalMove
from shared.events import REGISTRY
from shared.events.feedback import SurveySent
from shared.events.incidents import (
    ArmedClock,
    ClocksArmed,
    ClockStopped,
    IncidentAssigned,
    InternalNoteAdded,
    PausedStretch,
)
from shared.permissions import Permission

HOUR = 3600
PERCENTS = (50, 75, 90)
AN_HOUR = Aim(HOUR, "seconds", None)
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
EVERYTHING = frozenset(permission.value for permission in Permission)


def terms(**changes: Any) -> Terms:
    said = {
        "agreement_id": uuid4(),
        "contract_number": "C-1",
        "revision": 1,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2029, 1, 1),
        "asset_ids": (),
        "calendar": chinese_office_hours((), ()).to_data(),
        "targets": (
            {"severity": "major", "kind": "respond", "amount": HOUR, "unit": "seconds"},
            {"severity": "major", "kind": "resolve", "amount": 1, "unit": "working_days"},
            {"severity": "major", "kind": "superior_told", "amount": HOUR, "unit": "seconds"},
            {"severity": "disaster", "kind": "superior_told", "amount": HOUR, "unit": "seconds"},
            {"severity": "consultation", "kind": "respond", "amount": 4 * HOUR, "unit": "working_seconds"},
        ),
    }
    return Terms(**(said | changes))  # type: ignore[arg-type]  # the keys are its fields


def running(amount: int) -> clocks.Clock:
    return clocks.Clock("resolve", START, clocks.Budget(amount), ALWAYS)


@pytest.mark.parametrize(("moves", "first"), [(incidents.MOVES, "reported"), (visits.MOVES, "planned")])
def test_every_state_can_be_reached_and_only_a_visit_has_an_end_for_good(moves: Any, first: str) -> None:
    reached, waiting = {first}, deque([first])
    while waiting:
        state = waiting.popleft()
        for (source, _), target in moves.items():
            if source == state and target and target not in reached:
                reached.add(target)
                waiting.append(target)
    states = {state for (source, _), target in moves.items() for state in (source, target) if state}
    assert reached == states
    assert states - {source for source, _ in moves} == ({"done"} if first == "planned" else set())


@given(state=st.sampled_from(incidents.State), move=st.text() | st.sampled_from([m for _, m in incidents.MOVES]))
def test_a_move_is_in_the_table_or_names_those_that_are(state: incidents.State, move: str) -> None:
    if (state, move) in incidents.MOVES:
        following = incidents.MOVES[state, move]
        assert incidents.moved(state, move, former="acknowledged") is (following or incidents.State.ACKNOWLEDGED)
        return
    with pytest.raises(IllegalMove) as refused:
        incidents.moved(state, move)
    assert refused.value.members["allowed"] == incidents.moves_from(state)


ITS_OWN = {"close", "close_unanswered", "resolve_with_parent"}
"""Moves that follow from others, or from the time."""


def test_every_move_of_a_caller_states_what_it_needs() -> None:
    assert {move for _, move in incidents.MOVES} - incidents.NEEDS.keys() == ITS_OWN
    assert incidents.NEEDS.keys() <= {move for _, move in incidents.MOVES}


@given(
    state=st.sampled_from(incidents.State), held=st.frozensets(st.sampled_from(sorted(EVERYTHING))), own=st.booleans()
)
def test_what_is_allowed_is_possible_and_permitted(state: incidents.State, held: frozenset[str], own: bool) -> None:
    told = incidents.hindrances(state, held, is_customers=own, is_person=True, held_up={})
    for move in (move for move, why_not in told.items() if why_not is None):
        assert (state, move) in incidents.MOVES
        assert incidents.NEEDS[move].value in held
        assert own or move not in incidents.CUSTOMERS_OWN
    assert own or told.keys() == incidents.NEEDS.keys()


def test_what_is_in_the_way_of_a_move_is_told_once_nothing_else_is() -> None:
    def why_not_confirmed(state: str) -> incidents.Why | None:
        held_up = {"confirm": incidents.Why.CHILDREN_OPEN}
        return incidents.hindrances(state, EVERYTHING, is_customers=True, is_person=True, held_up=held_up)["confirm"]

    assert why_not_confirmed("resolved") is incidents.Why.CHILDREN_OPEN
    assert why_not_confirmed("reported") is incidents.Why.NOT_IN_THIS_STATE


def test_a_key_of_a_customer_is_not_told_of_moves_that_are_the_providers() -> None:
    told = incidents.hindrances("resolved", frozenset(), is_customers=True, is_person=False, held_up={})
    assert told == {}


def test_the_priority_follows_the_contracts_matrix_or_the_usual_one() -> None:
    assert incidents.priority("high", "high", {}) == "critical"
    assert incidents.priority("low", "medium", {}) == "low"
    assert incidents.priority("low", "medium", {"low": {"medium": "high"}}) == "high"


@pytest.mark.parametrize(
    ("stated", "channel", "is_staffs", "refused"),
    [
        (START - timedelta(hours=2), "direct_call", True, None),
        (START - timedelta(hours=2), "hotline", True, None),
        (None, "direct_call", True, incidents.TrueTimeMissing),
        (START + timedelta(seconds=1), "hotline", True, incidents.TrueTimeNotPast),
        (START - timedelta(days=8), "hotline", True, incidents.TrueTimeNotPast),
        (START - timedelta(hours=2), "portal", False, incidents.TrueTimeNotYours),
    ],
)
def test_a_call_is_recorded_afterwards_with_its_true_time(
    stated: datetime | None, channel: str, is_staffs: bool, refused: type[Exception] | None
) -> None:
    came_by = incidents.Channel(channel)
    if refused is None:
        assert incidents.true_time(stated, came_by, START, is_staffs=is_staffs) == stated
        return
    with pytest.raises(refused):
        incidents.true_time(stated, came_by, START, is_staffs=is_staffs)


@pytest.mark.parametrize(
    ("kind", "is_customers", "channel"),
    [("key", True, "api"), ("person", True, "portal"), ("person", False, "hotline")],
)
def test_the_channel_follows_from_the_caller(kind: str, is_customers: bool, channel: str) -> None:
    yours = incidents.channels(kind, is_customers=is_customers)
    assert incidents.channel_of(None, yours) == channel


@pytest.mark.parametrize(
    ("kind", "is_customers", "yours"),
    [("key", True, {"api", "monitoring"}), ("person", True, {"portal"}), ("person", False, set(incidents.Channel))],
)
def test_a_caller_states_only_a_channel_of_its_own(kind: str, is_customers: bool, yours: set[str]) -> None:
    own = incidents.channels(kind, is_customers=is_customers)
    for channel in incidents.Channel:
        if channel in yours:
            assert incidents.channel_of(channel, own) == channel
        else:
            with pytest.raises(incidents.ChannelNotYours):
                incidents.channel_of(channel, own)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 1, 1, 0, 0, tzinfo=SHANGHAI), True),
        (datetime(2028, 12, 31, 23, 59, tzinfo=SHANGHAI), True),
        (datetime(2028, 12, 31, 16, 0, tzinfo=UTC), False),
    ],
)
def test_a_term_is_half_open_days_in_the_calendars_zone(at: datetime, holds: bool) -> None:
    assert terms().hold_at(at) is holds


def test_the_agreement_that_names_the_asset_comes_before_one_for_its_site() -> None:
    asset = uuid4()
    named, newer = terms(asset_ids=(asset,)), terms(starts_on=date(2026, 6, 1), contract_number="C-2")
    assert cover([newer, named], asset, START) is named
    assert cover([newer, named], None, START) is newer


def test_of_two_revisions_the_higher_counts_and_none_outside_its_term() -> None:
    first, second = terms(), terms(revision=2)
    assert cover([second, first], None, START) is second
    assert cover([terms(ends_on=date(2026, 2, 1))], None, START) is None
    assert cover([], None, START) is None


def test_a_version_counts_from_its_own_beginning_whatever_its_revision() -> None:
    withdrawn = terms(revision=2, in_force=False, withdrawn=True, in_force_at=START)
    drawn_up_before = terms(in_force_at=START + timedelta(days=2))
    versions = [drawn_up_before, withdrawn]
    for days in (-1, 1, 3):
        assert version_at(versions, START + timedelta(days=days), is_open=True) is drawn_up_before


def test_while_copies_fill_the_version_in_force_counts() -> None:
    superseded, in_force = terms(in_force=False, in_force_at=START), terms(revision=2)
    assert version_at([superseded, in_force], START + timedelta(days=1), is_open=False) is in_force
    assert version_at([superseded], START + timedelta(days=1), is_open=False) is None


def test_plain_seconds_run_round_the_clock_and_working_units_on_the_calendar() -> None:
    agreed = terms()
    respond = aim(agreed, Kind.RESPOND, "major", hits_key_business=False)
    resolve = aim(agreed, Kind.RESOLVE, "major", hits_key_business=False)
    advice = aim(agreed, Kind.RESPOND, "consultation", hits_key_business=False)
    assert respond == Aim(HOUR, "seconds", None)
    assert respond.work_calendar is ALWAYS
    assert resolve is not None
    assert advice is not None
    assert (resolve.budget.unit, advice.budget.unit) == (clocks.Unit.WORKING_DAYS, clocks.Unit.SECONDS)
    assert resolve.work_calendar == advice.work_calendar == chinese_office_hours((), ())


def test_nothing_is_promised_without_an_agreement_or_a_figure_in_it() -> None:
    assert aim(None, Kind.RESPOND, "major", hits_key_business=True) is None
    assert aim(terms(), Kind.ON_SITE, "major", hits_key_business=True) is None


@pytest.mark.parametrize(
    ("severity", "hits", "owed"), [("major", True, True), ("major", False, False), ("disaster", False, True)]
)
def test_the_superior_authority_is_owed_what_matters_to_it(severity: str, hits: bool, owed: bool) -> None:
    assert (aim(terms(), Kind.SUPERIOR_TOLD, severity, hits_key_business=hits) is not None) is owed


def test_a_new_clock_has_its_warnings_and_its_breach_before_it() -> None:
    found = list(alerts(running(HOUR), START, AN_HOUR, PERCENTS))
    assert found == [
        *(Alert(START + timedelta(seconds=HOUR * p / 100), percent=p) for p in PERCENTS),
        Alert(START + timedelta(seconds=HOUR, microseconds=1)),
    ]


def test_an_agreements_own_warnings_come_in_their_order() -> None:
    aimed = Aim(HOUR, "seconds", None, warning_percents=(80,), warn_before_seconds=(1800, 2 * HOUR))
    found = list(alerts(running(HOUR), START, aimed, PERCENTS))
    assert [(alert.percent, alert.before) for alert in found] == [(None, 1800), (80, None), (None, None)]
    assert found[0].due_at == START + timedelta(minutes=30)
    assert is_near(running(HOUR), found[0].due_at, 1800)
    assert not is_near(running(HOUR), found[0].due_at - timedelta(microseconds=1), 1800)


@pytest.mark.parametrize(
    ("minutes", "warnings"),
    [(29, [50, 75, 90]), (30, [50, 75, 90]), (46, [75, 90]), (59, [90]), (60, [90]), (61, [])],
)
def test_of_the_warnings_passed_only_the_last_is_due_now(minutes: int, warnings: list[int]) -> None:
    now = START + timedelta(minutes=minutes)
    *warned, breach = alerts(running(HOUR), now, AN_HOUR, PERCENTS)
    assert [alert.percent for alert in warned] == warnings
    assert breach.percent is None
    assert all(alert.due_at >= now for alert in (*warned, breach))


@given(amount=st.integers(1, 10**7), percent=st.integers(1, 99))
def test_a_warning_is_true_when_its_timer_fires_and_not_before(amount: int, percent: int) -> None:
    clock = running(amount)
    [warning, _] = alerts(clock, START, Aim(amount, "seconds", None), (percent,))
    assert is_used(clock, warning.due_at, percent)
    assert not is_used(clock, warning.due_at - timedelta(microseconds=1), percent)


def test_settings_refuse_a_zone_or_a_share_that_is_none() -> None:
    assert Settings(warning_percents=(90, 50, 90)).warning_percents == (50, 90)
    for wrong in ({"zone": "Mars/Olympus"}, {"warning_percents": (100,)}):
        with pytest.raises(ValidationError):
            Settings.model_validate(wrong)


def test_an_actor_has_a_name_or_a_term() -> None:
    known = Named(uuid4(), "示例", "Example")
    people = {known.id: known}
    assert actor_names(f"person:{known.id}", people) == ("示例", "Example")
    assert actor_names(f"person:{uuid4()}", people) == (None, None)
    assert actor_names(f"key:{uuid4()}", people) == ("客户系统", "client system")
    assert actor_names("system:escalation", people) == ("系统", "system")
    assert actor_names("anonymous", people) == ("未登录访客", "visitor without sign-in")


def test_the_name_of_a_person_in_a_sentence_is_in_its_language() -> None:
    engineer = Named(uuid4(), "示例工程师", "Example Engineer")
    event = IncidentAssigned(
        incident_id=uuid4(),
        customer_id=uuid4(),
        number="INC-2026-000001",
        engineer_id=engineer.id,
        engineer_name=engineer.name_zh,
    )
    data = event.model_dump(mode="json")
    assert person_ids(data) == {engineer.id}
    assert sentence(event.type, data, {engineer.id: engineer}, "en", UTC) == "Assigned to Example Engineer"
    assert sentence(event.type, data, {}, "en", UTC) == "Assigned to 示例工程师"
    assert sentence(event.type, data, {engineer.id: engineer}, "zh", UTC) == "已指派给 示例工程师"


def test_a_writer_is_named_in_the_language_of_the_sentence_and_a_system_as_it_was_written_down() -> None:
    desk = Named(uuid4(), "示例服务台", "Example Desk")
    said: dict[str, object] = dict.fromkeys(InternalNoteAdded.model_fields, uuid4()) | {"written_at": datetime.now(UTC)}
    note = InternalNoteAdded.model_validate(said | {"author": f"person:{desk.id}", "author_name": desk.name_zh})
    data = note.model_dump(mode="json")
    assert person_ids(data) == {desk.id}
    assert sentence(note.type, data, {desk.id: desk}, "en", UTC) == "Example Desk added an internal note"
    by_key = data | {"author": f"key:{uuid4()}", "author_name": "Monitoring"}
    assert person_ids(by_key) == set()
    assert sentence(note.type, by_key, {desk.id: desk}, "en", UTC) == "Monitoring added an internal note"


def test_a_secret_in_an_event_is_not_kept() -> None:
    said = {"link": "http://127.0.0.1/s/token", "contact_name": "Op"}
    assert kept(SurveySent.type, said) == {"link": "", "contact_name": "Op"}


def test_every_event_about_an_incident_can_be_told_in_both_languages() -> None:
    assert ClockStopped in TOLD
    assert {kind for kind in REGISTRY.values() if kind.en} == set(TOLD)
    assert all(kind.en and kind.zh for kind in TOLD)


def test_a_row_of_the_past_is_told_though_its_event_has_new_fields_since() -> None:
    data = {"incident_id": str(UUID(int=1)), "customer_id": str(UUID(int=2)), "kind": "respond", "outcome": "met"}
    data |= {"stopped_at": "2026-11-16T02:00:00Z", "due_at": "2026-11-16T03:00:00Z", "a_field_we_dropped": "x"}
    assert sentence(ClockStopped.type, data, {}, "zh", UTC) == "承诺“响应”按时完成"


def test_a_sentence_of_the_timeline_shows_times_in_the_providers_zone() -> None:
    clock = ArmedClock(
        clock_id=uuid4(),
        about_id=None,
        kind="respond",
        started_at=START,
        amount=3600,
        unit="seconds",
        calendar={},
        due_at=START + timedelta(hours=15),
    )
    armed = ClocksArmed(incident_id=uuid4(), customer_id=uuid4(), clocks=(clock, clock))
    due = "2026-11-17 01:00 (UTC+08:00)"
    assert armed.sentence("en", ZoneInfo("Asia/Shanghai")) == f"Promised: respond {due}; respond {due}"
    assert armed.sentence("zh") == "承诺：响应 2026-11-16 17:00 (UTC)；响应 2026-11-16 17:00 (UTC)"
    waiting = PausedStretch(from_at=START, until_at=None, reason="waiting_for_customer")
    over = waiting.model_copy(update={"until_at": START + timedelta(hours=1)})
    paused = clock.model_copy(update={"pauses": (over, waiting)})
    runs_on = clock.model_copy(update={"pauses": (over,)})
    told = ClocksArmed(incident_id=uuid4(), customer_id=uuid4(), clocks=(paused, runs_on))
    assert told.sentence("zh") == "承诺：响应 已暂停；响应 2026-11-16 17:00 (UTC)"
    assert told.sentence("en") == "Promised: respond paused; respond 2026-11-16 17:00 (UTC)"


def test_an_account_tells_times_and_lengths_with_the_fraction_of_a_second_there_is() -> None:
    start = datetime(2026, 11, 24, 1, 0, 0, 250_000, tzinfo=UTC)
    waited = clocks.Pause(start + timedelta(minutes=1), start + timedelta(minutes=61, seconds=1.5), "site_closed")
    promise = clocks.Clock("resolve", start, clocks.Budget(7200), ALWAYS, (waited,))
    at = start + timedelta(minutes=61, seconds=4)
    told = explanation(Reading(uuid4(), promise, None, clocks.due_at(promise, at), at), "seconds", 7200, (), "UTC")
    assert [line.text_en for line in told.lines] == [
        "2026-11-24 01:00:00.25 - 01:01:00.25 1 min counted",
        "2026-11-24 01:01:00.25 - 02:01:01.75 1 h 1.5 s not counted: no access to the site",
        "2026-11-24 02:01:01.75 - 02:01:04.25 2.5 s counted",
    ]
    assert [(line.seconds, line.so_far_seconds) for line in told.lines] == [(60.0, 60.0), (3601.5, 60.0), (2.5, 62.5)]
    assert told.summary_en == "Promise “resolve” running: 1 min 2.5 s counted of 2 h, due 2026-11-24 04:00:01.75."
    assert "1 小时 1.5 秒" in told.lines[1].text_zh
