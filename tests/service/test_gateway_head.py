"""HEAD: answered wherever GET is, with the same headers and nothing after them."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tests.builders.gateway import Door
from tests.harness import OneService


async def test_head_is_answered_where_the_front_answers_get(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client() as client:
        answer = await client.head("/livez")
    assert answer.status_code == 200


async def test_head_is_answered_as_get_without_its_body(one_service: OneService.Factory) -> None:
    asked: list[str] = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["method"])
        await PlainTextResponse("hello")(scope, receive, send)

    door = await Door.opened(one_service, {"feedback": page})
    async with door.client(await door.token()) as client:
        for path in ("/s/secret", "/v1/me"):
            got, head = await client.get(path), await client.head(path)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-length"] == got.headers["content-length"] != "0"
    assert asked == ["GET", "GET"]


async def test_head_of_what_is_only_posted_is_refused(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client() as client:
        assert (await client.head("/v1/sessions")).status_code == 405
