"""Answers as the public API does: what a test says for each address. What is asked is remembered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from tests.builders.receiving import HOSPITAL

INCIDENT = "00000000-0000-7000-8000-00000000001c"
NUMBER = "INC-2026-000001"
Json = dict[str, Any]


def incident(**changes: Any) -> Json:
    shown: Json = {
        "id": INCIDENT,
        "number": NUMBER,
        "title": "Core switch down",
        "description": "",
        "state": "in_progress",
        "severity": "major",
        "fault_class": None,
        "analysis": None,
        "solution": None,
        "channel": "portal",
        "customer_id": HOSPITAL,
        "customer_name_zh": "演示医院",
        "customer_name_en": "Demo Hospital",
        "asset_id": None,
        "asset_name": None,
        "covered": True,
        "contract_number": "DEMO-1",
        "engineer_name_zh": None,
        "engineer_name_en": None,
        "contact_name": "Zhou Min",
        "contact_email": None,
        "reported_at": "2026-03-02T04:00:00Z",
        "closed_at": None,
        "version": 1,
        "clocks": [],
        "allowed": ["pause"],
        "moves": [],
    }
    return shown | changes


def person(number: int, name: str) -> Json:
    return {
        "id": f"00000000-0000-7000-8000-0000000001{number:02}",
        "kind": "person",
        "email": f"{name.lower()}@demo.example",
        "name_zh": name,
        "name_en": name,
        "roles": [],
        "permissions": [],
        "customer_id": None,
        "locale": "en",
    }


class Answering:
    """`asked` are method, path and what was said in body or query, without the sign-in; `queries` the last by path."""

    def __init__(self, answers: Mapping[tuple[str, str], Any]) -> None:
        self.answers = {("POST", "/v1/sessions"): {"token": "t", "expires_at": "2026-03-02T16:00:00Z"}, **answers}
        self.asked: list[tuple[str, str, Any]] = []
        self.queries: dict[str, Json] = {}
        self.transport = httpx.MockTransport(self._answer)

    @property
    def written(self) -> list[tuple[str, Any]]:
        return [(path, said) for method, path, said in self.asked if method == "POST"]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.queries[path] = dict(request.url.params)
        if path != "/v1/sessions":
            query = {name: request.url.params.get_list(name) for name in request.url.params}
            self.asked.append((request.method, path, json.loads(request.content) if request.content else query))
        answer = self.answers.get((request.method, path))
        if answer is None:
            return httpx.Response(404, json={"code": "not_found", "detail": path})
        if isinstance(answer, bytes):
            return httpx.Response(200, content=answer)
        return httpx.Response(200, json=answer.pop(0) if isinstance(answer, Turns) else answer)


class Turns(list[Any]):
    """Answers of one address, one after the other."""
