"""Answers as the public API does where histories are imported: it remembers them, and says what a test wants it to."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOSPITAL = "00000000-0000-7000-8000-00000000000a"
ASSET = "00000000-0000-7000-8000-00000000000b"
SITE = "00000000-0000-7000-8000-00000000000c"
CONTRACT = "00000000-0000-7000-8000-00000000000d"

Json = dict[str, Any]


def agreement(zone: str, state: str = "in_force") -> Json:
    signed = {"provider_signed_at": None, "customer_signed_at": None}
    return {"id": CONTRACT, "revision": 1, "state": state, "calendar": {"zone": zone}} | signed


class Receiver:
    """`first_answers` are given, one each, before histories are taken; after `ends_after` requests none is any more.

    `refused` and `invalid` name those that are not taken, by themselves or with their whole request; `broken` those
    whose promise to resolve broke, `open` those for which it still runs.
    """

    def __init__(self) -> None:
        self.agreements = [agreement("Asia/Shanghai")]
        self.first_answers: list[Response] = []
        self.ends_after: int | None = None
        self.refused: set[str] = set()
        self.invalid: set[str] = set()
        self.broken: set[str] = set()
        self.open: set[str] = set()
        self.uncovered: set[str] = set()
        self.requests: list[Json] = []
        self.kept: dict[str, Json] = {}
        routes = [
            Route("/v1/sessions", self._session, methods=["POST"]),
            Route("/v1/incidents:import", self._import, methods=["POST"]),
            Route("/{path:path}", self._answer, methods=["GET"]),
        ]
        self.transport = httpx.ASGITransport(app=Starlette(routes=routes))

    async def _session(self, request: Request) -> Response:
        return JSONResponse({"token": "token", "expires_at": "2026-03-02T16:00:00Z"}, 201)

    async def _answer(self, request: Request) -> Response:
        customer = {"customer_id": HOSPITAL, "name_zh": "演示医院", "name_en": "Demo Hospital", "active": True}
        asset = {"id": ASSET, "customer_id": HOSPITAL, "site_id": SITE, "name": "Core switch", "product": "switch"}
        site = {"id": SITE, "name_zh": "主机房", "name_en": "Computer room", "address": "1", "region": "Chengdu"}
        answers: dict[str, Any] = {
            "/v1/customers": [customer],
            f"/v1/customers/{HOSPITAL}/assets": [asset | {"model": "S-9", "serial": "SN-1"}],
            f"/v1/customers/{HOSPITAL}/sites": [site],
            "/v1/contracts": [{"id": CONTRACT, "number": "DEMO-1", "customer_id": HOSPITAL}],
            f"/v1/contracts/{CONTRACT}/agreements": self.agreements,
        }
        return JSONResponse(answers[request.url.path])

    async def _import(self, request: Request) -> Response:
        asked = await request.json()
        self.requests.append(asked)
        if self.first_answers:
            return self.first_answers.pop(0)
        if self.ends_after is not None and len(self.requests) > self.ends_after:
            return problem(403, "forbidden")
        numbers = [incident["number"] for incident in asked["incidents"]]
        if errors := [
            {"at": f"body.incidents.{index}.contact_email", "code": "value_error", "detail": "no address"}
            for index, number in enumerate(numbers)
            if number in self.invalid
        ]:
            return problem(422, "invalid_input", errors=errors)
        results = [self._result(incident, asked["dry_run"]) for incident in asked["incidents"]]
        return JSONResponse({"dry_run": asked["dry_run"], "results": results})

    def _result(self, incident: Json, dry_run: bool) -> Json:
        number = incident["number"]
        result: Json = {
            "source_number": number,
            "incident_id": None,
            "number": None,
            "covered": number not in self.uncovered,
        }
        if number in self.refused:
            told = {"outcome": "refused", "code": "history_inconsistent", "detail": "It contradicts itself."}
            return result | {"covered": None} | told
        outcome = "unchanged" if self.kept.get(number) == incident else "imported"
        if not dry_run:
            self.kept[number] = incident
        resolve = "breached" if number in self.broken else "running" if number in self.open else "met"
        return result | {"outcome": outcome, "code": None, "detail": None, "clocks": {"resolve": resolve}}


def problem(status: int, code: str, **members: Any) -> Response:
    return JSONResponse({"status": status, "code": code, "detail": f"It is {code}.", **members}, status)
