"""What happens once the platform answers: its administrator, the demo organisation, and a word to the person.

The sign-ins are written to `.aftercare/sign-ins.json` for the owner's eyes only; the `aftercare` command reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clients.demo.organisation import DemoOrganisation, load_organisation
from clients.sign_in import SignIn
from deploy.embedded import Ports, keys_of, write_private
from deploy.home import CHECKOUT, Home
from services import catalogue
from services.gateway.people.actions import bootstrap_administrator
from services.process import database_url_of
from shared.db import Caller, Database
from shared.events.words import word
from shared.settings import PlatformSettings

ADMINISTRATOR = "administrator@demo.example"
POLL_SECONDS = 0.1
PLAIN_WIDTH = 100
INVENTED = ("（演示）", " (Demo)")
"""Said once below the table instead of at each name."""


async def welcome(platform: PlatformSettings, ports: Ports, home: Home, processes: Iterable[str], command: str) -> None:
    """Once all these addresses are ready: load the demo organisation (once) and print addresses and sign-ins."""
    try:
        await _until_ready(processes)
        administrator = SignIn(email=ADMINISTRATOR, password=keys_of(home.folder).administrator_password)
        await _bootstrap(platform, administrator)
        demo = await load_organisation(ports.base_url, administrator, ports.recorder_url, home.folder)
        written = sign_ins(ports, administrator, demo)
        write_private(home.folder / "sign-ins.json", json.dumps(written, ensure_ascii=False, indent=1))
        console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
        show(console, _places(ports, home), written, _what_next(home, command))
    except Exception as problem:
        said = "The demo organisation could not be loaded (演示组织加载失败)"
        print(f"{said}: {problem!r}", file=sys.stderr, flush=True)


def sign_ins(ports: Ports, administrator: SignIn, demo: DemoOrganisation) -> dict[str, Any]:
    """What the command line and the demo read to sign in by themselves."""
    return {
        "base_url": ports.base_url,
        "recorder_url": ports.recorder_url,
        "dashboard_url": ports.dashboard_url,
        "administrator": {"email": administrator.email, "password": administrator.password},
        "people": [person.as_record() for person in demo.people],
    }


def show(console: Console, places: Mapping[str, str], written: Mapping[str, Any], commands: Mapping[str, str]) -> None:
    """Where everything is, the sign-ins, and what to type next, for a person."""
    console.print(Text.assemble("\n", ("Aftercare is ready · 平台已就绪", "bold green"), "\n"))
    grid = Table.grid(padding=(0, 2))
    for what, where in places.items():
        grid.add_row(f"  {what}", Text(where, style="cyan"))
    console.print(grid)
    console.print()
    console.print(_table(written))
    console.print(Text("\n  People and organisations are invented. · 人物与机构均为虚构。", style="dim"))
    for command, meaning in commands.items():
        console.print(Text.assemble(("\n  " + command, "bold"), "  " + meaning), soft_wrap=True)
    console.print()


def _places(ports: Ports, home: Home) -> dict[str, str]:
    found = {
        "Dashboard · 看板": ports.dashboard_url,
        "API · 接口": f"{ports.base_url}/docs",
        "Outgoing mail · 外发邮件": f"{ports.recorder_url}/mails",
    }
    return found | ({"Data · 数据": str(home.data)} if home.data.exists() else {})


def _table(written: Mapping[str, Any]) -> Table:
    """E-mail addresses and passwords are for copying, so they are never broken; names and roles may be."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold cyan")
    table.add_column("sign-in · 登录账号", no_wrap=True, overflow="ignore")
    table.add_column("password · 密码", no_wrap=True, overflow="ignore")
    table.add_column("name · 姓名")
    table.add_column("role · 角色")
    administrator = written["administrator"]
    table.add_row(administrator["email"], administrator["password"], "", _both(["administrator"]))
    for person in written["people"]:
        name = f"{person['name_en']} {person['name_zh']}"
        for mark in INVENTED:
            name = name.replace(mark, "")
        table.add_row(person["email"], person["password"], name, _both(person["roles"]))
    return table


def _both(roles: Iterable[str]) -> str:
    return "\n".join(f"{word(role, 'en')} · {word(role, 'zh')}" for role in roles)


def _what_next(home: Home, command: str) -> dict[str, str]:
    here = home.path.resolve() == CHECKOUT
    elsewhere = "" if here else f' ARGS="--folder {home.folder}"'
    command_line = "" if here else f"cd {home.path.resolve()}; "
    return {
        f"make demo{elsewhere}": "one fault from report to closed · 演示一次故障的全过程",
        f"{command_line}{CHECKOUT / '.venv/bin/aftercare'} --help": "the command line · 命令行",
        "Ctrl-C": f"stop; `{command}` goes on with the data · 停止，数据保留",
    }


async def _until_ready(processes: Iterable[str]) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for address in processes:
            while True:
                if await _is_ready(client, address):
                    break
                await asyncio.sleep(POLL_SECONDS)


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await client.get(f"{address}/readyz")).is_success
    return False


async def _bootstrap(platform: PlatformSettings, administrator: SignIn) -> None:
    settings = catalogue.settings_class("gateway")()
    database = Database(database_url_of("gateway", platform, settings), "gateway", settings=settings)
    async with database.transaction(Caller("system:gateway", "system")) as session:
        await bootstrap_administrator(
            session,
            email=administrator.email,
            password=administrator.password,
            name_zh="演示管理员",
            name_en="Demo administrator",
        )
    await database.close()
