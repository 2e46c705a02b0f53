"""The gateway alone behind its front, for tests of the door: other services are what the test puts behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from services.gateway.front.app import Front, build_front
from services.gateway.front.forward import InProcess
from services.gateway.people.actions import bootstrap_administrator
from services.gateway.settings import Settings
from shared.db import Caller
from tests.harness import OneService

PASSWORD = "correct horse battery"
ADMINISTRATOR = "administrator@provider.example"


@dataclass
class Door:
    """A front with one administrator behind it."""

    gateway: OneService
    front: Front

    @classmethod
    async def opened(
        cls, open_service: Callable[[str], Any], behind: dict[str, ASGIApp] | None = None, **settings: Any
    ) -> Door:
        gateway: OneService = await open_service("gateway")
        async with gateway.runtime.database.transaction(Caller("system:gateway", "system")) as session:
            await bootstrap_administrator(
                session, email=ADMINISTRATOR, password=PASSWORD, name_zh="管理员", name_en="Administrator"
            )
        upstreams = {name: InProcess(app) for name, app in (behind or {}).items()}
        return cls(gateway, build_front(gateway.runtime, upstreams, gateway.signer, Settings(**settings)))

    def client(self, token: str | None = None, *, address: str = "10.0.0.1", **headers: str) -> httpx.AsyncClient:
        """A client at an address, with the token of whoever signed in."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(app=self.front, client=(address, 50000), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers)

    async def sign_in(self, email: str = ADMINISTRATOR, password: str = PASSWORD, **client: Any) -> httpx.Response:
        async with self.client(**client) as somebody:
            return await somebody.post("/v1/sessions", json={"email": email, "password": password})

    async def token(self, email: str = ADMINISTRATOR) -> str:
        answer = await self.sign_in(email)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    async def person(self, **fields: Any) -> dict[str, Any]:
        """Somebody new, with the common password."""
        body = {"name_zh": "人员", "name_en": "Somebody", "password": PASSWORD, "roles": ["desk"]} | fields
        async with self.client(await self.token()) as admin:
            answer = await admin.post("/v1/people", json=body)
        assert answer.status_code == 201, answer.text
        added: dict[str, Any] = answer.json()
        return added
