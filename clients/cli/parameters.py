"""What all commands take, and how a value is checked that must be one of several."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.terminal import Misuse, Terminal

LANGUAGES = ("zh-CN", "en")
Lang = Annotated[str | None, typer.Option("--lang", metavar="|".join(LANGUAGES), help="option_lang")]
"""Read before all else (app.py), so that help and errors are in it too; declared here so that it is known."""
AsJson = Annotated[bool, typer.Option("--json", help="option_json")]


def terminal_of(ctx: typer.Context, as_json: bool = False) -> Terminal:
    terminal: Terminal = ctx.obj
    terminal.as_json = as_json
    return terminal


def one_of(parameter: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    """The value. Raises Misuse for one that is none of those allowed."""
    if value is not None and value not in allowed:
        raise Misuse("bad_value", parameter=parameter, value=value, allowed=", ".join(allowed))
    return value
