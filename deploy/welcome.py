"""What happens once the platform answers: its administrator, the demo organisation, and a word to the person.

The sign-ins are written to `.aftercare/sign-ins.json` for the owner's eyes only; the `aftercare` command reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from clients.demo.organisation import DemoOrganisation, load_organisation
from clients.sign_in import SignIn
from deploy.embedded import Keys, Ports, write_private
from services import catalogue
from services.gateway.people.actions import bootstrap_administrator
from shared import migrate
from shared.db import Caller, Database
from shared.settings import PlatformSettings

ADMINISTRATOR = "administrator@demo.example"


async def welcome(platform: PlatformSettings, ports: Ports, keys: Keys, folder: Path) -> None:
    """Load the demo organisation (once) and print addresses and sign-ins."""
    try:
        await _until_ready(ports.base_url)
        administrator = SignIn(email=ADMINISTRATOR, password=keys.administrator_password)
        await _bootstrap(platform, administrator)
        demo = await load_organisation(ports.base_url, administrator, ports.recorder_url, folder)
        written = sign_ins(ports, administrator, demo)
        write_private(folder / "sign-ins.json", json.dumps(written, ensure_ascii=False, indent=1))
        show(ports, written)
    except Exception as problem:
        print(f"The demo organisation could not be loaded: {problem!r}", file=sys.stderr, flush=True)


def sign_ins(ports: Ports, administrator: SignIn, demo: DemoOrganisation) -> dict[str, Any]:
    """What the command line and the demo read to sign in by themselves."""
    return {
        "base_url": ports.base_url,
        "recorder_url": ports.recorder_url,
        "dashboard_url": ports.dashboard_url,
        "administrator": {"email": administrator.email, "password": administrator.password},
        "people": [person.as_record() for person in demo.people],
    }


def show(ports: Ports, written: dict[str, Any]) -> None:
    """Addresses and sign-ins, for a person."""
    console = Console()
    console.print(f"\n[bold]Aftercare[/bold] is ready · 平台已就绪\n  API        {ports.base_url}  (/docs)")
    console.print(f"  Dashboard  {ports.dashboard_url}\n  Recorder   {ports.recorder_url}/mails\n")
    table = Table("sign-in · 登录", "password · 密码", "who · 身份", box=None, pad_edge=False)
    table.add_row(written["administrator"]["email"], written["administrator"]["password"], "administrator · 管理员")
    for person in written["people"]:
        table.add_row(person["email"], person["password"], f"{person['name_en']} · {person['name_zh']}")
    console.print(table)
    console.print("\nDemo data, invented · 演示数据，纯属虚构.  `make demo` plays the main job. Ctrl-C stops.\n")


async def _until_ready(base_url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{base_url}/readyz", timeout=5)).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def _bootstrap(platform: PlatformSettings, administrator: SignIn) -> None:
    url = migrate.running_url(platform.database_url or "", "gateway", platform.database_secret)
    database = Database(url, "gateway", settings=catalogue.settings_class("gateway")())
    async with database.transaction(Caller("system:gateway", "system")) as session:
        await bootstrap_administrator(
            session,
            email=administrator.email,
            password=administrator.password,
            name_zh="演示管理员",
            name_en="Demo administrator",
        )
    await database.close()
