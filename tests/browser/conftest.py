"""The dashboard as people use it: a running platform with the demo organisation, a real dashboard, a real Chromium."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, StorageState, async_playwright, expect

from clients.api import Aftercare, sign_in
from clients.demo.kept import DemoOrganisation
from clients.demo.organisation import load_organisation
from clients.models import Incident
from clients.sign_in import SignIn
from deploy.machine import free_ports, wait_until
from tests.builders.running import ADMINISTRATOR, Running, running_platform
from tests.databases import Databases
from tests.repo.sources import ROOT

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = (1440, 900), (390, 844)
PATIENCE_SECONDS = 30
"""How long an expectation may take to come true: on a busy machine a page takes its time."""


@dataclass
class Visitor:
    """Someone at a browser of their own: what it asked for, and what went wrong in it."""

    page: Page
    asked: list[str]
    errors: list[str]


@dataclass
class Dashboard:
    """The dashboard, the demo organisation on the platform behind it, and browsers to look at it."""

    url: str
    demo: DemoOrganisation
    chromium: Browser
    cookies: dict[str, StorageState] = field(default_factory=dict)

    @asynccontextmanager
    async def visitor(
        self, locale: str = "zh-CN", size: tuple[int, int] = DESKTOP, cookies: StorageState | None = None
    ) -> AsyncIterator[Visitor]:
        """Somebody at a browser of their own, known by these cookies or by none."""
        context = await self.chromium.new_context(
            base_url=self.url,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": size[0], "height": size[1]},
            storage_state=cookies,
        )
        visitor = Visitor(await context.new_page(), [], [])
        visitor.page.on("request", lambda request: visitor.asked.append(request.url))
        visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        yield visitor
        await context.close()

    @asynccontextmanager
    async def signed_in(
        self, actor: str, path: str = "/", locale: str = "zh-CN", size: tuple[int, int] = DESKTOP
    ) -> AsyncIterator[Visitor]:
        """One of the cast at this page; each signs in at their first visit, whatever browser they come with later."""
        async with self.visitor(locale, size, self.cookies.get(actor)) as visitor:
            await visitor.page.goto(path)
            if actor not in self.cookies:
                await self.sign_in(visitor.page, actor)
                await visitor.page.wait_for_url(lambda url: "/sign-in" not in url and "/enter/" not in url)
                self.cookies[actor] = await visitor.page.context.storage_state()
            yield visitor

    async def sign_in(self, page: Page, actor: str) -> None:
        person = self._account(actor)
        await page.locator("[name=email]").fill(person.email)
        await page.locator("[name=password]").fill(person.password)
        await page.locator("button[type=submit]").click()

    def _account(self, actor: str) -> SignIn:
        """One of the cast, or the administrator of the installation."""
        if actor == "administrator":
            return ADMINISTRATOR
        person = self.demo.actors[actor]
        return SignIn(email=person.email, password=person.password)

    async def as_(self, actor: str) -> Aftercare:
        """The same person at the API."""
        person = self._account(actor)
        return Aftercare(self.demo.base_url, (await sign_in(self.demo.base_url, person.email, person.password)).token)

    async def reported(self, **told: Any) -> Incident:
        """A fault at the core switch of the hospital, reported by its own system."""
        body = {
            "title": "Core switch without power",
            "description": "No answer since a moment ago.",
            "asset_id": self.demo.switch_id,
            "contact_name": "Zhou Min",
        }
        async with Aftercare(self.demo.base_url, self.demo.key) as system:
            return await system.post(Incident, "/v1/incidents", **(body | told))


@pytest.fixture(scope="module")
async def running(databases: Databases) -> AsyncIterator[Running]:
    async with running_platform(await asyncio.to_thread(databases.clean, "all")) as running:
        yield running


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is missing; on Debian: apt-get install chromium fonts-noto-cjk")
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def dashboard(
    running: Running, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Dashboard]:
    demo = await load_organisation(running.url, ADMINISTRATOR, None, tmp_path_factory.mktemp("demo"))
    async with served_dashboard(running.url) as url:
        yield Dashboard(url, demo, chromium)


@asynccontextmanager
async def served_dashboard(gateway: str) -> AsyncIterator[str]:
    """A process of its own, which is not told that it is tested: NiceGUI behaves otherwise where it is."""
    [port] = free_ports(1)
    command = ("-m", "clients.dashboard", "--port", str(port), "--gateway", gateway)
    untold = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, env=untold)
    url = f"http://127.0.0.1:{port}"
    await asyncio.to_thread(wait_until, lambda: _answers(url), seconds=60, what="the dashboard's first answer")
    yield url
    process.terminate()
    await process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", trust_env=False).is_success
    except httpx.TransportError:
        return False
