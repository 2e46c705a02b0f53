"""The door: who passes with what, how much of it, and what every answer carries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.types import Scope

from services import catalogue
from services.gateway.front.app import SigningKeyMissing, build_front, front_of
from services.gateway.front.forward import InProcess
from services.gateway.front.remote import Remote
from services.gateway.settings import Settings
from shared.auth import HEADER
from shared.now import system_seconds
from shared.permissions import Role
from shared.settings import ServiceSettings
from tests.builders.gateway import ADMINISTRATOR, Door
from tests.builders.upstreams import answering
from tests.harness import PRIVATE_KEY, OneService, principal
from tests.outside import closed_port, server

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def headers_of(scope: Scope) -> dict[str, str]:
    names = [name for name, _ in scope["headers"]]
    assert len(names) == len(set(names)), names
    return {name.decode(): value.decode() for name, value in scope["headers"]}


async def test_a_request_arrives_unchanged_with_the_signed_principal_in_place_of_the_token(
    one_service: OneService.Factory,
) -> None:
    seen: list[Scope] = []
    door = await Door.opened(one_service, {"incidents": answering(seen, 201, etag='"7"')})
    async with door.client(await door.token()) as client:
        answer = await client.post("/v1/incidents?a=1&a=%20b", content=b"{}", headers={"If-Match": '"3"'})
    [scope] = seen
    sent = headers_of(scope)
    who = door.gateway.runtime.verifier.verify(sent[HEADER], system_seconds())
    assert (answer.status_code, answer.text, answer.headers["etag"]) == (201, "hello", '"7"')
    assert (scope["method"], scope["path"], scope["query_string"]) == ("POST", "/v1/incidents", b"a=1&a=%20b")
    assert (who.name, who.roles, who.origin) == ("管理员", ("administrator",), "10.0.0.1")
    assert sent["if-match"] == '"3"'
    assert "authorization" not in sent


async def test_a_principal_sent_by_the_client_is_never_believed(one_service: OneService.Factory) -> None:
    seen: list[Scope] = []
    door = await Door.opened(one_service, {"feedback": answering(seen), "incidents": answering(seen)})
    forged = door.gateway.signer.sign(principal(Role.ADMINISTRATOR), system_seconds())
    async with door.client(**{HEADER: forged, "Aftercare-Principal": forged}) as client:
        people = await client.get("/v1/people")
        incidents = await client.get("/v1/incidents")
        await client.get("/s/secret")
    assert (people.status_code, incidents.status_code) == (401, 401)
    [scope] = seen
    who = door.gateway.runtime.verifier.verify(headers_of(scope)[HEADER], system_seconds())
    assert (who.kind, who.permissions) == ("anonymous", frozenset())


async def test_a_public_page_needs_no_sign_in_and_never_learns_of_one(one_service: OneService.Factory) -> None:
    seen: list[Scope] = []
    door = await Door.opened(one_service, {"feedback": answering(seen)})
    for token in (None, await door.token(), "acs_over"):
        async with door.client(token) as client:
            assert (await client.get("/s/secret")).status_code == 200
    for scope in seen:
        who = door.gateway.runtime.verifier.verify(headers_of(scope)[HEADER], system_seconds())
        assert who.kind == "anonymous"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/incidents/x/secrets", 404, "not_found"),
        ("GET", "/v1/incidents/", 404, "not_found"),
        ("GET", "//v1/incidents", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("DELETE", "/v1/incidents", 405, "method_not_allowed"),
        ("POST", "/livez", 404, "not_found"),
        ("GET", "/v1/webhooks", 503, "unavailable"),
    ],
)
async def test_what_is_not_in_the_table_does_not_exist(
    one_service: OneService.Factory, method: str, path: str, status: int, code: str
) -> None:
    seen: list[Scope] = []
    door = await Door.opened(one_service, {"incidents": answering(seen)})
    async with door.client(await door.token()) as client:
        answer = await client.request(method, "http://door" + path)
    assert (answer.status_code, answer.json()["code"], seen) == (status, code, [])
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert answer.headers["allow"] == "GET, POST"


async def test_a_services_route_that_is_not_in_the_table_is_not_public(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    reached = await door.gateway.as_(principal(Role.ADMINISTRATOR)).get("/readyz")
    async with door.client(await door.token()) as client:
        behind = await client.get("/v1/readyz")
    assert (reached.status_code, behind.status_code) == (200, 404)


async def test_every_answer_protects_its_reader(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, {"feedback": answering([])})
    async with door.client() as client:
        for path in ("/v1/me", "/s/secret", "/livez", "/nowhere", "/docs"):
            answer = await client.get(path)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
            assert "strict-transport-security" not in answer.headers
        secure = await client.get("https://door/s/secret")
    assert secure.headers["strict-transport-security"] == "max-age=31536000"
    assert "script-src" not in secure.headers["content-security-policy"]
    assert secure.headers["cache-control"] == "no-store"


async def test_a_service_may_say_that_its_answer_can_be_kept(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, {"feedback": answering([], cache_control="public, max-age=60")})
    async with door.client() as client:
        answer = await client.get("/s/secret")
    assert answer.headers.get_list("cache-control") == ["public, max-age=60"]


async def test_a_trace_is_carried_on_or_begun(one_service: OneService.Factory) -> None:
    seen: list[Scope] = []
    door = await Door.opened(one_service, {"feedback": answering(seen)})
    given = [TRACE, "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ff" + TRACE[2:], "nonsense"]
    async with door.client() as client:
        for traceparent in given:
            await client.get("/s/secret", headers={"traceparent": traceparent})
        await client.get("/s/secret", headers={"X-Request-Id": "mine"})
    passed = [headers_of(scope)["traceparent"] for scope in seen]
    assert passed[0] == TRACE
    assert len(set(passed)) == len(passed)
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", trace) for trace in passed[1:])
    assert headers_of(seen[-1])["x-request-id"] != "mine"


async def test_the_announced_size_of_a_body_is_refused_before_it_comes(one_service: OneService.Factory) -> None:
    seen: list[Scope] = []
    door = await Door.opened(one_service, {"incidents": answering(seen)}, body_limit_bytes=1000)
    async with door.client(await door.token()) as client:
        answer = await client.post("/v1/incidents", content=b"x" * 1001)
        fits = await client.post("/v1/incidents", content=b"x" * 1000)
    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (413, "body_too_large", 1000)
    assert (fits.status_code, len(seen)) == (200, 1)


async def test_a_body_of_unknown_size_is_counted_while_it_comes(one_service: OneService.Factory) -> None:
    pulled = 0

    async def endless() -> Any:
        nonlocal pulled
        for _ in range(100):
            pulled += 1
            yield b"x" * 100

    door = await Door.opened(one_service, {"incidents": answering([])}, body_limit_bytes=1000)
    async with door.client(await door.token()) as client:
        answer = await client.post("/v1/incidents", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert pulled <= 12


async def test_a_body_that_grows_too_large_changes_nothing_in_a_service(one_service: OneService.Factory) -> None:
    async def growing() -> Any:
        yield b'{"name_zh": "'
        for _ in range(20):
            yield b"x" * 100

    door = await Door.opened(one_service, body_limit_bytes=1000)
    async with door.client(await door.token()) as client:
        answer = await client.post("/v1/people", content=growing(), headers={"Content-Type": "application/json"})
        people = await client.get("/v1/people")
    assert (answer.status_code, len(people.json())) == (413, 1)


async def test_a_route_may_have_a_limit_of_its_own(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    answer = await door.sign_in(password="x" * 5000)
    assert (answer.status_code, answer.json()["limit"]) == (413, 4096)


async def test_one_caller_may_not_ask_without_end_and_others_go_on(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, {"incidents": answering([])}, requests_burst=3, requests_per_second=0.01)
    person = await door.person(email="desk@provider.example")
    one, other = await door.token(person["email"]), await door.token(person["email"])
    async with door.client(one) as client:
        statuses = [(await client.get("/v1/incidents")).status_code for _ in range(3)]
        refused = await client.get("/v1/incidents")
    assert (statuses, refused.status_code, refused.json()["code"]) == ([200] * 3, 429, "too_many_requests")
    assert 0 < int(refused.headers["retry-after"]) <= 100
    async with door.client(other, address="10.0.0.9") as client:
        assert (await client.get("/v1/incidents")).status_code == 429
    async with door.client(await door.token(ADMINISTRATOR)) as client:
        assert (await client.get("/v1/incidents")).status_code == 200


async def test_strangers_are_counted_by_address(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, {"feedback": answering([])}, anonymous_burst=2, anonymous_per_second=0.01)
    token = await door.token()
    async with door.client() as client:
        statuses = [(await client.get(path)).status_code for path in ("/s/x", "/nowhere", "/s/x", "/nowhere")]
        health = await client.get("/livez")
    async with door.client(address="10.0.0.2") as client:
        elsewhere = await client.get("/s/x")
    async with door.client(token) as client:
        signed_in = await client.get("/v1/me")
    assert statuses == [200, 404, 429, 429]
    assert (health.status_code, elsewhere.status_code) == (200, 200)
    assert signed_in.status_code == 429, "a token nobody has met is looked up for known addresses only"


async def test_who_is_known_passes_however_much_strangers_ask_from_the_same_address(
    one_service: OneService.Factory,
) -> None:
    door = await Door.opened(one_service, anonymous_burst=2, anonymous_per_second=0.01)
    token = await door.token()
    async with door.client(token) as friend, door.client() as stranger:
        assert (await friend.get("/v1/me")).status_code == 200
        refused = [(await stranger.get("/nowhere")).status_code for _ in range(3)]
        assert (refused[-1], (await friend.get("/v1/me")).status_code) == (429, 200)


async def test_guessing_tokens_is_counted_by_address(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, anonymous_burst=3, anonymous_per_second=0.01)
    statuses = []
    for n in range(5):
        async with door.client(f"acs_{n}") as client:
            statuses.append((await client.get("/v1/me")).status_code)
    assert statuses == [401, 401, 401, 429, 429]


async def test_a_bucket_fills_again(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, {"feedback": answering([])}, anonymous_burst=1, anonymous_per_second=1e9)
    async with door.client() as client:
        assert [(await client.get("/s/x")).status_code for _ in range(3)] == [200] * 3


async def test_without_its_database_the_door_says_so_and_lets_nobody_in(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    seen: list[Scope] = []
    lost = await OneService.opened(catalogue.service("gateway"), f"postgresql://nobody@127.0.0.1:{closed_port()}/none")
    front = build_front(lost.runtime, {"incidents": InProcess(answering(seen))}, gateway.signer, Settings())
    door = Door(lost, front)
    async with door.client("acs_unknown") as client:
        answers = [
            await client.get("/v1/incidents"),
            await client.post("/v1/sessions", json={"email": "a@b.example", "password": "x"}),
        ]
        health = [(await client.get(path)).status_code for path in ("/livez", "/readyz")]
    await lost.close()
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(503, "unavailable")] * 2
    assert (health, seen) == ([200, 503], [])


async def test_a_database_that_does_not_answer_is_not_waited_for(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")

    async def silent(reader: Any, writer: Any) -> None:
        await reader.read()

    async with server(silent) as port:
        lost = await OneService.opened(catalogue.service("gateway"), f"postgresql://nobody@127.0.0.1:{port}/none")
        front = build_front(lost.runtime, {}, gateway.signer, Settings())
        front.identity.patience = 0.05
        async with Door(lost, front).client("acs_unknown") as client:
            answer = await client.get("/v1/incidents")
        await lost.close()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_problem_is_told_in_the_readers_language(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client(**{"Accept-Language": "zh-CN,zh;q=0.9"}) as client:
        answer = await client.get("/v1/me")
    assert answer.json()["detail"] == "请先登录或提供 API 密钥。"


async def test_a_socket_is_not_opened(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await door.front({"type": "websocket", "path": "/v1/me", "headers": []}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_the_documentation_loads_nothing_from_elsewhere(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client() as client:
        page = await client.get("/docs")
        named = re.findall(r'(?:href|src)="([^"]+)"', page.text)
        named.append("/docs/openapi.json")
        answers = {path: await client.get(path) for path in named}
        start = await client.get("/docs/start.js")
    assert len(named) == 5
    assert all(path.startswith("/") for path in named)
    assert all(answer.status_code == 200 for answer in answers.values())
    assert "/docs/openapi.json" in start.text
    assert "http" not in page.text + start.text
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]


async def test_the_type_of_a_problem_is_explained(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client() as client:
        problem = (await client.get("/v1/me")).json()
        path, _, anchor = problem["type"].partition("#")
        page = await client.get(path)
    assert f'<tr id="{anchor}">' in page.text
    assert "请先登录" in page.text


async def test_services_of_this_process_are_called_and_the_others_reached_where_they_answer(
    one_service: OneService.Factory,
) -> None:
    gateway = await one_service("gateway")
    settings: dict[str, ServiceSettings] = {
        "gateway": Settings(signing_key=PRIVATE_KEY),
        "contracts": ServiceSettings(api_url=f"http://127.0.0.1:{closed_port()}"),
        "incidents": ServiceSettings(),
    }
    front = front_of({"gateway": gateway.runtime}, gateway.runtime.readiness, settings)
    reached = {name: type(upstream) for name, upstream in front.upstreams.items()}
    door = Door(gateway, front)
    async with door.client() as stranger:
        me = await stranger.get("/v1/me")
    await front.close()
    assert reached == {"gateway": InProcess, "contracts": Remote}
    assert me.status_code == 401


async def test_without_a_signing_key_there_is_no_front(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    with pytest.raises(SigningKeyMissing, match="AFTERCARE_GATEWAY_SIGNING_KEY"):
        front_of({"gateway": gateway.runtime}, gateway.runtime.readiness, {"gateway": Settings()})
