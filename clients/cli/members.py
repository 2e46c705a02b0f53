"""The members of a move's body as options: how each is spelled, and what its value becomes for the platform."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from clients.api import Aftercare
from clients.cli.coded import metavar
from clients.cli.finding import incident_called, person_like
from clients.cli.moments import moment_in
from clients.cli.parameters import one_of
from clients.cli.terminal import Terminal

Becomes = Callable[[Aftercare, Terminal, str, str], Awaitable[Any]]
"""The value for the platform, from the option's spelling and what was written. Raises Misuse for what cannot be."""


async def as_written(api: Aftercare, terminal: Terminal, option: str, written: str) -> str:
    return written


async def a_person(api: Aftercare, terminal: Terminal, option: str, written: str) -> Any:
    return await person_like(api, option, written)


async def an_incident(api: Aftercare, terminal: Terminal, option: str, written: str) -> Any:
    return (await incident_called(api, written)).id


async def a_moment(api: Aftercare, terminal: Terminal, option: str, written: str) -> Any:
    return moment_in(option, written, terminal.zone)


@dataclass(frozen=True)
class Member:
    """`name` is the body's, `option` the command line's. A switch stands for `means`; others `becomes` from text."""

    name: str
    option: str
    help: str
    allowed: tuple[str, ...] = ()
    becomes: Becomes = as_written
    required: bool = True
    is_switch: bool = False
    means: Any = True

    @property
    def parameter(self) -> inspect.Parameter:
        """As typer reads it from a function's signature."""
        if self.is_switch:
            return self._parameter(bool, typer.Option(self.option, help=self.help), False)
        shown = typer.Option(self.option, metavar=metavar(self.allowed) or None, help=self.help)
        if self.required:
            return self._parameter(str, shown, inspect.Parameter.empty)
        return self._parameter(str | None, shown, None)

    def check(self, written: Any) -> None:
        """Raises Misuse for a value that is none of those allowed."""
        if self.allowed:
            one_of(self.option, written, self.allowed)

    async def value(self, api: Aftercare, terminal: Terminal, written: Any) -> Any:
        if self.is_switch:
            return self.means
        return await self.becomes(api, terminal, self.option, written)

    def _parameter(self, kind: Any, shown: Any, default: Any) -> inspect.Parameter:
        return inspect.Parameter(
            self.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, shown]
        )
