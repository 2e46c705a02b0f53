"""`aftercare login` and `aftercare logout`: a session kept on this machine, readable by its owner alone."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Annotated

import typer

from clients.api import Aftercare, Problem, sign_in
from clients.cli.parameters import Lang, terminal_of
from clients.cli.terminal import Misuse
from clients.sign_in import Login, config_file, read_login, write_private

DEFAULT_URL = "http://127.0.0.1:8000"


def login(
    ctx: typer.Context,
    url: Annotated[str, typer.Option(metavar="URL", help="option_url")] = DEFAULT_URL,
    email: Annotated[str | None, typer.Option(help="option_email")] = None,
    lang: Lang = None,
) -> None:
    terminal = terminal_of(ctx)
    address = email or _asked(terminal.say("prompt_email"), hidden=False)
    password = _asked(terminal.say("prompt_password"), hidden=True)
    session = asyncio.run(sign_in(url, address, password, terminal.language, terminal.transport))
    write_private(config_file(terminal.environment), Login(base_url=url, email=address, token=session.token))
    until = terminal.moment(session.expires_at)
    terminal.tell(terminal.say("logged_in", url=url, email=address, until=until))


def logout(ctx: typer.Context, lang: Lang = None) -> None:
    """The session ends at the platform too; where that one has forgotten it, what is kept here goes all the same."""
    terminal = terminal_of(ctx)
    file = config_file(terminal.environment)
    kept = read_login(file)
    if kept is None:
        raise Misuse("not_logged_in")

    async def end(api: Aftercare) -> None:
        with suppress(Problem):
            await api.delete("/v1/sessions/current")

    try:
        asyncio.run(terminal.with_platform(end))
    finally:
        file.unlink()
    terminal.tell(terminal.say("logged_out", url=kept.base_url))


def _asked(prompt: str, hidden: bool) -> str:
    """From the person at the terminal, else one line of the standard input."""
    if sys.stdin.isatty():
        answer: str = typer.prompt(prompt, hide_input=hidden)
        return answer
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise Misuse("missing", parameter=prompt)
    return line
