"""The command against a platform that answers as the public API does: what it asks, shows, keeps and exits with."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clients.cli.app import REFUSED, UNREACHABLE, run
from clients.cli.terminal import Terminal
from clients.sign_in import Login, write_private
from tests.builders.calling import Caller
from tests.outside import closed_port

HOSPITAL = "00000000-0000-7000-8000-00000000000a"
ASSET = "00000000-0000-7000-8000-00000000000b"
INCIDENT = "00000000-0000-7000-8000-00000000000c"
REPORTED = {
    "id": INCIDENT,
    "number": "INC-2026-000001",
    "title": "核心交换机掉电",
    "description": "",
    "state": "reported",
    "severity": "major",
    "fault_class": None,
    "analysis": None,
    "solution": None,
    "channel": "portal",
    "customer_id": HOSPITAL,
    "customer_name_zh": "演示医院",
    "customer_name_en": "Demo Hospital",
    "asset_id": ASSET,
    "asset_name": "Core switch",
    "covered": True,
    "contract_number": "DEMO-1",
    "engineer_name_zh": None,
    "engineer_name_en": None,
    "contact_name": "管理员",
    "contact_email": None,
    "reported_at": "2026-03-02T04:00:00Z",
    "closed_at": None,
    "version": 1,
    "clocks": [],
    "allowed": ["acknowledge"],
}
ENTRY = {
    "event_id": "00000000-0000-7000-8000-00000000000d",
    "type": "incidents.incident_reported.v1",
    "service": "incidents",
    "at": "2026-03-02T04:00:00Z",
    "actor": "person:1",
    "actor_name_zh": "周敏",
    "actor_name_en": "Zhou Min",
    "sentence_zh": "INC-2026-000001 已报告",
    "sentence_en": "INC-2026-000001 reported",
    "causation_id": None,
    "data": {"number": "INC-2026-000001"},
}
PERSON = {
    "kind": "person",
    "id": HOSPITAL,
    "name_zh": "管理员",
    "name_en": "Administrator",
    "roles": [],
    "locale": "en",
}


class StandIn:
    """Answers the few routes that the command asks. It lets in whoever holds the last token it gave."""

    def __init__(self) -> None:
        self.sign_ins = 0
        self.asked: list[tuple[str, str, Any]] = []
        self.app = Starlette(
            routes=[
                Route("/v1/sessions", self.sign_in, methods=["POST"]),
                Route("/{path:path}", self.answer, methods=["GET", "POST", "DELETE"]),
            ]
        )

    async def sign_in(self, request: Request) -> Response:
        if (await request.json())["password"] != "right":
            return _problem(401, "sign_in_refused", "E-mail address or password is not right.")
        self.sign_ins += 1
        return JSONResponse({"token": f"token-{self.sign_ins}", "expires_at": "2026-03-02T16:00:00Z"}, 201)

    async def answer(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer token-{self.sign_ins}":
            return _problem(401, "unauthenticated", "Sign in.")
        body = await request.body()
        self.asked.append(
            (request.method, str(request.url.path), json.loads(body) if body else dict(request.query_params))
        )
        customer = {"customer_id": HOSPITAL, "name_zh": "演示医院", "name_en": "Demo Hospital", "active": True}
        asset = {"id": ASSET, "customer_id": HOSPITAL, "site_id": HOSPITAL, "name": "Core switch", "product": "switch"}
        answers: dict[tuple[str, str], Any] = {
            ("GET", "/v1/me"): PERSON | {"permissions": [], "customer_id": None},
            ("GET", "/v1/customers"): [customer],
            ("GET", f"/v1/customers/{HOSPITAL}/assets"): [asset | {"model": "S-9", "serial": "SN-1"}],
            ("GET", "/v1/incidents"): [REPORTED],
            ("POST", "/v1/incidents"): REPORTED | {"covered": False},
            ("GET", f"/v1/incidents/{INCIDENT}"): REPORTED,
            ("GET", "/v1/incidents/INC-2026-000001"): REPORTED,
            ("GET", f"/v1/incidents/{INCIDENT}/timeline"): [ENTRY],
            ("GET", f"/v1/incidents/{INCIDENT}/pauses"): [],
            ("GET", f"/v1/incidents/{INCIDENT}/related"): [],
            ("GET", f"/v1/incidents/{INCIDENT}/segments"): [],
            ("DELETE", "/v1/sessions/current"): {},
        }
        found = answers.get((request.method, request.url.path))
        return _problem(404, "incident_not_found", "没有该事件。") if found is None else JSONResponse(found)


def _problem(status: int, code: str, detail: str) -> Response:
    return JSONResponse({"status": status, "code": code, "detail": detail}, status)


@pytest.fixture
def platform() -> StandIn:
    return StandIn()


@pytest.fixture
def caller(tmp_path: Path, platform: StandIn) -> Caller:
    return Caller(tmp_path, httpx.ASGITransport(app=platform.app))


def test_in_a_checkout_the_command_signs_in_by_itself_and_keeps_the_session(caller: Caller, platform: StandIn) -> None:
    assert [caller.calls("incidents", "list")[0] for _ in range(3)] == [0, 0, 0]
    assert platform.sign_ins == 1
    assert caller.session.stat().st_mode & 0o777 == 0o600


def test_a_session_that_ended_is_begun_anew(caller: Caller, platform: StandIn) -> None:
    caller.calls("incidents", "list")
    platform.sign_ins += 1
    assert caller.calls("incidents", "list")[0] == 0
    assert platform.sign_ins == 3


def test_incidents_are_listed_in_the_readers_language(caller: Caller) -> None:
    code, english, _ = caller.calls("incidents", "list")
    assert (code, "major fault" in english, "Demo Hospital" in english) == (0, True, True)
    assert "演示医院" in caller.calls("incidents", "list", language="zh")[1]


def test_a_list_is_filtered_by_the_platform(caller: Caller, platform: StandIn) -> None:
    caller.calls("incidents", "list", "--state", "reported", "--severity", "major", "--customer", "hospital")
    query = platform.asked[-1][2]
    assert (query["state"], query["severity"], query["customer_id"]) == ("reported", "major", HOSPITAL)


def test_json_is_the_same_for_every_language(caller: Caller) -> None:
    english, chinese = (caller.calls("incidents", "list", "--json", language=language)[1] for language in ("en", "zh"))
    assert english == chinese
    assert json.loads(english)[0]["customer_name_zh"] == "演示医院"


def test_an_incident_is_shown_by_its_number_with_what_can_be_done(caller: Caller) -> None:
    code, out, _ = caller.calls("incidents", "show", "INC-2026-000001")
    assert (code, "Possible now  acknowledge" in out) == (0, True)
    assert json.loads(caller.calls("incidents", "show", INCIDENT, "--json")[1])["number"] == "INC-2026-000001"


def test_a_report_takes_its_customer_from_the_asset_and_its_contact_from_the_caller(
    caller: Caller, platform: StandIn
) -> None:
    code, out, _ = caller.calls(
        "incidents", "report", "--title", "Power lost", "--asset", "core", "--severity", "major"
    )
    assert code == 0
    assert out.splitlines() == [
        "Registered as INC-2026-000001.",
        "No contract in force covers this; the service desk will decide.",
    ]
    assert platform.asked[-1][2] == {
        "title": "Power lost",
        "description": "Power lost",
        "severity": "major",
        "contact_name": "Administrator",
        "asset_id": ASSET,
        "customer_id": HOSPITAL,
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--asset", "router"), "--asset: nothing matches “router”."),
        (("--customer", "bank"), "--customer: nothing matches “bank”."),
        ((), "State the customer with --customer."),
    ],
)
def test_a_report_for_nobody_is_wrong_usage_and_writes_nothing(
    caller: Caller, platform: StandIn, arguments: tuple[str, ...], sentence: str
) -> None:
    code, _, err = caller.calls("incidents", "report", "--title", "x", *arguments)
    assert (code, err.strip()) == (2, f"Error: {sentence}")
    assert "POST" not in {method for method, _, _ in platform.asked}


def test_a_trace_tells_who_did_what(caller: Caller) -> None:
    code, out, _ = caller.calls("trace", "INC-2026-000001", language="zh")
    assert (code, "周敏" in out, "INC-2026-000001 已报告" in out) == (0, True, True)
    assert json.loads(caller.calls("trace", INCIDENT, "--json")[1])[0]["type"] == "incidents.incident_reported.v1"


def test_a_refusal_is_exit_code_1_and_a_sentence(caller: Caller) -> None:
    code, out, err = caller.calls("incidents", "show", "INC-2026-999999")
    assert (code, out) == (REFUSED, "")
    assert err == "Error: 没有该事件。\n  The platform refused (404 incident_not_found).\n"


def test_a_refusal_in_json_is_the_problem_document(caller: Caller) -> None:
    code, out, err = caller.calls("trace", "INC-2026-999999", "--json")
    assert (code, out, json.loads(err)["code"]) == (REFUSED, "", "incident_not_found")


def test_a_platform_that_is_away_is_exit_code_3(tmp_path: Path, platform: StandIn) -> None:
    caller = Caller(tmp_path, httpx.ASGITransport(app=platform.app))
    address = f"http://127.0.0.1:{closed_port()}"
    write_private(caller.login, Login(base_url=address, email="a@demo.example", token="token"))
    err = io.StringIO()
    console = Console(file=err, width=140)
    terminal = Terminal("zh", console, console, {"HOME": str(tmp_path)}, tmp_path)
    assert run(terminal, ["incidents", "list"]) == UNREACHABLE
    assert address in err.getvalue()


def test_a_login_is_kept_for_its_owner_alone_and_wins_over_the_checkout(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("zhou.min@demo.example\nright\n"))
    code, out, _ = caller.calls("login", "--url", "http://platform")
    assert (code, out.strip()) == (
        0,
        "Signed in to http://platform as zhou.min@demo.example, until 2026-03-02 16:00:00.",
    )
    assert caller.login.stat().st_mode & 0o777 == 0o600
    assert caller.login.parent.stat().st_mode & 0o777 == 0o700
    assert "right" not in caller.login.read_text()
    assert caller.calls("incidents", "list")[0] == 0
    assert not caller.session.exists()


def test_a_wrong_password_keeps_nothing(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    code, _, err = caller.calls("login", "--url", "http://platform", "--email", "zhou.min@demo.example")
    assert (code, "not right" in err, caller.login.exists()) == (REFUSED, True, False)


def test_a_logout_ends_the_session_at_the_platform_and_here(
    caller: Caller, platform: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("right\n"))
    caller.calls("login", "--url", "http://platform", "--email", "zhou.min@demo.example")
    assert caller.calls("logout")[0] == 0
    assert platform.asked[-1][:2] == ("DELETE", "/v1/sessions/current")
    assert not caller.login.exists()


def test_a_login_that_the_platform_forgot_asks_to_sign_in_again(caller: Caller) -> None:
    write_private(caller.login, Login(base_url="http://platform", email="a@demo.example", token="old"))
    code, _, err = caller.calls("incidents", "list", language="zh")
    assert (code, "aftercare login" in err) == (REFUSED, True)


def test_sign_ins_that_cannot_be_read_are_named(caller: Caller) -> None:
    file = caller.folder / ".aftercare" / "sign-ins.json"
    file.write_text("not json")
    code, _, err = caller.calls("incidents", "list")
    assert (code, str(file) in err.replace("\n", "")) == (2, True)
