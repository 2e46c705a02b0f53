"""The dashboard before a browser looks at it: language, zone, addresses, sign-ins, what may be done and why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any
from uuid import UUID

import pytest

from clients.dashboard.addresses import incident_path, local_path, sign_in_path
from clients.dashboard.asking import Offer
from clients.dashboard.incident_moves import main_move
from clients.dashboard.moves import all_offers, decision_offers, reservation_moves, visit_moves
from clients.dashboard.reader import Reader, preferred
from clients.dashboard.records import Activation, Details, Incident, Record, Reservation, Visit
from clients.dashboard.sessions import Sessions, SignedIn
from clients.dashboard.timeline import lines, weight
from clients.dashboard.words import WORDS
from clients.models import Entry, Me, MoveState, Session
from shared.events import REGISTRY
from shared.permissions import Role, permissions_of
from shared.zones import zone_named
from tests.repo.sources import modules, text_of

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CUSTOMER = UUID(int=2)
ENGLISH = Reader("en", zone_named("Asia/Shanghai"))
CHINESE = Reader("zh", zone_named("Asia/Shanghai"))
KEY = re.compile(r"""say\(\s*"([a-z_]+)\"""")


def test_a_time_of_another_year_names_its_year() -> None:
    long_ago = datetime(2016, 3, 7, 4, 2, tzinfo=UTC)
    assert ENGLISH.short(long_ago) == "2016-03-07 12:02"
    assert ENGLISH.short(datetime.now(UTC)) == f"{datetime.now(ENGLISH.zone):%m-%d %H:%M}"


def person(*roles: Role, customer: UUID | None = None, number: int = 7) -> Me:
    return Me(
        kind="person",
        id=UUID(int=number),
        name_zh="陈静",
        name_en="Chen Jing",
        roles=tuple(roles),
        permissions=tuple(permissions_of(tuple(roles))),
        customer_id=customer,
        locale="zh-CN",
    )


MOVES = ("acknowledge", "classify", "assign", "plan_visit", "resolve", "confirm")


def incident(
    state: str = "in_progress", allowed: tuple[str, ...] = (), why_not: dict[str, str] | None = None, **changes: Any
) -> Incident:
    hindrances = dict.fromkeys(MOVES, "not_in_this_state") | (why_not or {}) | dict.fromkeys(allowed)
    known: dict[str, Any] = {
        "id": UUID(int=1),
        "number": "INC-2026-000001",
        "title": "Core switch down",
        "description": "",
        "state": state,
        "severity": "major",
        "fault_class": "device",
        "analysis": "Power module",
        "solution": None,
        "channel": "api",
        "customer_id": CUSTOMER,
        "customer_name_zh": "演示医院",
        "customer_name_en": "Demo Hospital",
        "asset_id": None,
        "asset_name": None,
        "engineer_name_zh": None,
        "engineer_name_en": None,
        "covered": True,
        "contract_number": "DEMO-1",
        "contact_name": "Zhou Min",
        "contact_email": None,
        "reported_at": NOON,
        "closed_at": None,
        "version": 3,
        "clocks": (),
        "allowed": allowed,
        "moves": [{"move": move, "why_not": hindrance} for move, hindrance in hindrances.items()],
    }
    return Incident(**known | changes)


def activation(state: str = "requested", requested_by: int = 5, decided: tuple[int, ...] = ()) -> Activation:
    decisions = [
        {
            "person_id": UUID(int=who),
            "name_zh": "王",
            "name_en": "Wang",
            "choice": "authorise",
            "information": "by phone",
            "decided_at": NOON,
        }
        for who in decided
    ]
    return Activation.model_validate(
        {
            "id": UUID(int=9),
            "state": state,
            "plan_name_zh": "预案",
            "plan_name_en": "Plan",
            "reason": "down",
            "requested_by": UUID(int=requested_by),
            "requested_at": NOON,
            "answer_by": NOON,
            "decisions": decisions,
            "steps": [],
        }
    )


def entry(number: int, cause: int | None = None, at: datetime = NOON, kind: str = "incidents.x.v1") -> Entry:
    return Entry(
        event_id=UUID(int=number),
        type=kind,
        service="incidents",
        at=at,
        actor="system:incidents",
        actor_name_zh=None,
        actor_name_en=None,
        sentence_zh="步骤",
        sentence_en="step",
        causation_id=UUID(int=cause) if cause else None,
        data={},
    )


def possible(offers: tuple[Offer, ...]) -> list[str]:
    return [offer.move.name for offer in offers if offer.why_not is None]


def reasons(offers: tuple[Offer, ...]) -> dict[str, str]:
    return {offer.move.name: offer.why_not for offer in offers if offer.why_not}


def fields_of(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field}


@pytest.mark.parametrize("key", WORDS)
def test_what_the_pages_say_exists_in_both_languages_with_the_same_places_to_fill(key: str) -> None:
    english, chinese = WORDS[key]
    assert english
    assert chinese
    assert fields_of(english) == fields_of(chinese)


def test_every_text_a_page_asks_for_is_there_and_none_is_left_over() -> None:
    source = "\n".join(text_of(path) for path in modules("clients/dashboard") if path.parent.name != "words")
    assert {key for key in KEY.findall(source) if key not in WORDS} == set()
    composed = re.compile(r"^(add|ask|bar|change|clock|day|dependence|filter|order|service|sign|span|weekday)_|_hint$")
    assert [key for key in WORDS if f'"{key}"' not in source and not composed.search(key)] == []


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.5, zh;q=0.7", "zh"),
        ("de-DE, zh-TW;q=0.4", "zh"),
        ("de-DE,fr", "en"),
        ("zh;q=broken,en;q=0.1", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_the_one_of_ours_the_browser_wants_most(accept_language: str, language: str) -> None:
    assert preferred(accept_language) == language


def test_a_language_chosen_here_outweighs_the_browsers() -> None:
    assert Reader.of_request({"language": "en"}, "zh-CN").language == "en"
    assert Reader.of_request({"language": "xx"}, "zh-CN").language == "zh"


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        ("Europe%2FBerlin", "Europe/Berlin"),
        ("", "Asia/Shanghai"),
        ("Mars/Olympus", "Asia/Shanghai"),
        ("..%2F..%2Fetc%2Fpasswd", "Asia/Shanghai"),
    ],
)
def test_times_are_in_the_zone_the_browser_told_or_else_in_chinas(told: str, zone: str) -> None:
    assert Reader.of_request({"zone": told}, "").zone.key == zone


def test_times_are_shown_and_entered_in_the_readers_zone() -> None:
    berlin = Reader("en", zone_named("Europe/Berlin"))
    assert berlin.moment(NOON) == "2026-03-02 05:00"
    assert CHINESE.moment(NOON) == "2026-03-02 12:00"
    assert berlin.at_local("2026-03-02T05:00") == NOON
    assert (CHINESE.zone_name, berlin.zone_name) == ("北京时间", "Europe/Berlin")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/incidents/INC-1?x=1", "/incidents/INC-1?x=1"),
        ("http://elsewhere.example/a?b=c", "/a?b=c"),
        ("//elsewhere.example", "/"),
        ("///elsewhere.example", "/elsewhere.example"),
        ("/\\elsewhere.example", "/elsewhere.example"),
        ("javascript:alert(1)", "/alert(1)"),
        ("", "/"),
    ],
)
def test_nobody_is_led_away_from_the_dashboard(address: str, path: str) -> None:
    assert local_path(address) == path


def test_addresses_carry_what_they_are_given_and_nothing_more() -> None:
    assert incident_path("INC/../x?y") == "/incidents/INC%2F..%2Fx%3Fy"
    assert sign_in_path("/?state=closed", "signed_out") == "/sign-in?note=signed_out&goal=%2F%3Fstate%3Dclosed"


def signed_in(until: datetime = datetime(2100, 1, 1, tzinfo=UTC)) -> SignedIn:
    return SignedIn(Session(token="secret", expires_at=until), person(Role.DESK))


def test_a_ticket_lets_in_once_and_only_the_browser_that_signed_in() -> None:
    sessions = Sessions()
    stolen = sessions.issue_ticket("browser", signed_in())
    assert sessions.enter(stolen, "another browser") is None
    assert sessions.enter(stolen, "browser") is None
    own = sessions.issue_ticket("browser", signed_in())
    fresh = sessions.enter(own, "browser")
    assert fresh not in (None, "browser")
    assert sessions.enter(own, "browser") is None
    assert sessions.of("browser") is None
    assert sessions.of(fresh or "") == signed_in()


def test_who_leaves_is_forgotten_and_who_expired_too() -> None:
    sessions = Sessions()
    late = sessions.enter(sessions.issue_ticket("a", signed_in(until=NOON)), "a") or ""
    here = sessions.enter(sessions.issue_ticket("b", signed_in()), "b") or ""
    assert sessions.of(late) is None
    assert sessions.leave(here) == signed_in()
    assert sessions.of(here) is None
    assert sessions.leave(here) is None


def test_the_platform_says_what_is_possible_and_the_page_why_not_the_rest() -> None:
    why_not = {"assign": "not_permitted", "resolve": "not_permitted", "confirm": "customers_own"}
    about = incident(allowed=("classify",), why_not=why_not)
    offers = all_offers(Record(about), person(Role.ENGINEER), ENGLISH)
    assert possible(offers) == ["classify", "call_up", "engage"]
    assert reasons(offers) == {
        "acknowledge": "not possible while “In progress”",
        "assign": "needs the role Service desk",
        "plan_visit": "not possible while “In progress”",
        "resolve": "needs the role Service desk, Engineer, Emergency team",
        "confirm": "only a user of the customer answers",
        "request_activation": "needs the role Emergency team",
    }


def test_reasons_are_given_in_the_readers_language() -> None:
    offers = all_offers(Record(incident("closed")), person(Role.DESK), CHINESE)
    assert reasons(offers)["acknowledge"] == "“已关闭”状态下不可执行"
    assert reasons(offers)["request_activation"] == "需要角色：应急处理工作小组"
    assert reasons(offers)["call_up"] == "“已关闭”状态下不可执行"


@pytest.mark.parametrize(
    ("hindrance", "english", "chinese"),
    [
        ("children_open", "incidents below it are open", "下级事件尚未解决"),
        ("merged_into_it", "others were merged into it", "有事件已并入本事件"),
        ("problem_at_top", "no team is above", "已是最高一级团队"),
    ],
)
def test_what_else_is_in_the_way_of_a_move_is_told(hindrance: str, english: str, chinese: str) -> None:
    record, desk = Record(incident(why_not={"acknowledge": hindrance})), person(Role.DESK)
    assert reasons(all_offers(record, desk, ENGLISH))["acknowledge"] == english
    assert reasons(all_offers(record, desk, CHINESE))["acknowledge"] == chinese


@pytest.mark.parametrize(
    ("children", "asks"),
    [
        ((), ["solution"]),
        ((incident("resolved"), incident("cancelled"), incident("merged")), ["solution"]),
        ((incident("resolved"), incident("waiting")), ["solution", "with_children"]),
    ],
)
def test_whether_open_incidents_below_are_restored_too_is_asked(
    children: tuple[Incident, ...], asks: list[str]
) -> None:
    record = Record(incident(allowed=("resolve",)), details=Details(children=children))
    offered = {offer.move.name: offer.move for offer in all_offers(record, person(Role.DESK), ENGLISH)}
    assert [ask.name for ask in offered["resolve"].asks] == asks


def test_a_customer_is_offered_nothing_that_is_the_providers() -> None:
    customer = person(Role.CUSTOMER_USER, customer=CUSTOMER)
    offers = all_offers(Record(incident("resolved", allowed=("confirm",), parent_id=None)), customer, ENGLISH)
    assert {"call_up", "engage", "request_activation", "link_parent"}.isdisjoint({*possible(offers), *reasons(offers)})
    assert possible(offers) == ["confirm"]


def test_a_plan_is_requested_only_once_the_fault_is_classified() -> None:
    team = person(Role.EMERGENCY_TEAM)
    assert (
        reasons(all_offers(Record(incident(fault_class=None)), team, ENGLISH))["request_activation"] == "classify first"
    )
    assert "request_activation" in possible(all_offers(Record(incident()), team, ENGLISH))


@pytest.mark.parametrize(
    ("me", "asked", "why_not"),
    [
        (person(Role.LEADER), activation(), None),
        (person(Role.LEADER), activation(requested_by=7), "you requested it yourself"),
        (person(Role.LEADER), activation(decided=(7,)), "you have decided already"),
        (person(Role.LEADER), activation(decided=(8,)), None),
        (person(Role.DESK), activation(), "needs the role Leading group"),
    ],
)
def test_a_leader_decides_once_and_never_on_an_own_request(me: Me, asked: Activation, why_not: str | None) -> None:
    offers = decision_offers(asked, me, ENGLISH)
    assert [(offer.move.name, offer.why_not) for offer in offers] == [("authorise", why_not), ("refuse", why_not)]
    decisions = all_offers(Record(incident(), activations=(asked,)), me, ENGLISH)[:2]
    assert (possible(decisions) == ["authorise", "refuse"]) == (why_not is None)


def test_a_decided_request_offers_nothing() -> None:
    assert decision_offers(activation("refused"), person(Role.LEADER), ENGLISH) == ()


@pytest.mark.parametrize(
    ("about", "names", "main"),
    [
        (incident("reported"), ["acknowledge", "plan_visit"], "acknowledge"),
        (incident(fault_class=None), ["classify", "assign", "resolve"], "classify"),
        (incident(), ["classify", "assign", "resolve"], "assign"),
        (incident(engineer_id=UUID(int=4)), ["classify", "assign", "resolve"], "resolve"),
        (incident(), ["plan_visit"], None),
        (incident(), [], None),
    ],
)
def test_the_next_thing_to_do_stands_out(about: Incident, names: list[str], main: str | None) -> None:
    able = about.model_copy(update={"moves": tuple(MoveState(move=name, why_not=None) for name in MOVES)})
    offers = all_offers(Record(able), person(*Role), ENGLISH)
    moves = [offer.move for offer in offers if offer.move.name in names]
    found = main_move(about, moves)
    assert (found.name if found else None) == main


def test_a_part_is_issued_by_keepers_used_by_engineers_and_released_by_who_may_call_it_up() -> None:
    def offered(state: str, role: Role) -> list[str]:
        known = dict.fromkeys(("part_name_zh", "part_name_en", "depot_name_zh", "depot_name_en", "part_number"), "x")
        times = {"promised_at": NOON, "expires_at": NOON, "issued_at": None, "used_at": None}
        ids = {"id": UUID(int=1), "call_up_id": UUID(int=2), "quantity": 1, "state": state}
        return [move.name for move in reservation_moves(Reservation(**(known | times | ids)), person(role))]

    assert offered("reserved", Role.KEEPER) == ["issue"]
    assert offered("reserved", Role.DESK) == ["release"]
    assert offered("issued", Role.ENGINEER) == ["use"]
    assert offered("used", Role.ENGINEER) == []


@pytest.mark.parametrize(
    ("state", "move"), [("planned", "depart"), ("en_route", "arrive"), ("arrived", "complete_visit"), ("done", None)]
)
def test_a_visit_goes_on_step_by_step(state: str, move: str | None) -> None:
    times = dict.fromkeys(("departed_at", "arrived_at", "completed_at", "service_record", "signed_by"))
    known = {"id": UUID(int=1), "engineer_id": UUID(int=2), "engineer_name": "Liu", "planned_at": NOON, "state": state}
    visit = Visit.model_validate(times | known)
    assert [one.name for one in visit_moves(visit, person(Role.ENGINEER))] == ([move] if move else [])
    assert visit_moves(visit, person(Role.DESK)) == ()


def test_the_timeline_is_newest_first_with_causes_and_one_heading_per_day() -> None:
    told = lines((entry(1), entry(2, cause=1), entry(3, cause=99, at=NOON + timedelta(hours=13))), CHINESE)
    assert [line.entry.event_id.int for line in told] == [3, 2, 1]
    assert [line.cause.event_id.int if line.cause else None for line in told] == [None, 1, None]
    assert [line.begins_day for line in told] == [True, True, False]


def test_broken_promises_stand_out_and_the_machinery_stays_aside() -> None:
    marked = {name.split(".")[1]: weight(name) for name in REGISTRY}
    assert (marked["clock_breached"], marked["alarm_raised"], marked["message_failed"]) == ("bad", "bad", "bad")
    assert marked["clock_warned"] == "at-risk"
    assert (marked["incident_closed"], marked["activation_authorised"]) == ("good", "good")
    assert (marked["clocks_armed"], marked["webhook_delivered"]) == ("aside", "aside")
    assert marked["incident_reported"] == "plain"
