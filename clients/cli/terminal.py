"""What a command is run with: where it writes, in which language, and its way to the platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson
from pydantic import BaseModel
from rich.console import Console, RenderableType

from clients.api import Aftercare, Problem, sign_in
from clients.cli.words import say
from clients.sign_in import Login, config_file, read_login, read_sign_ins, sign_ins_from, write_private

T = TypeVar("T")
Work = Callable[[Aftercare], Awaitable[T]]
SESSION = "session.json"
WIDTH_OF_A_PIPE = 160


class NotSignedIn(Exception):
    """There is neither a kept session nor an embedded platform in this folder."""


class Misuse(Exception):
    """The command was called wrongly; `key` and `values` are the sentence that says how."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass
class Terminal:
    """`zone` is that of the times shown, None this machine's; `transport` leads to the platform, None by network."""

    language: str
    out: Console
    err: Console
    environment: Mapping[str, str]
    folder: Path
    zone: tzinfo | None = None
    transport: httpx.AsyncBaseTransport | None = None
    as_json: bool = False

    @classmethod
    def of_this_process(cls, language: str) -> Terminal:
        """The real one. Characters that the locale's encoding lacks are replaced, not fatal."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_PIPE
        out = Console(width=width, highlight=False)
        return cls(language, out, Console(stderr=True, highlight=False), os.environ, Path.cwd())

    def say(self, key: str, **values: Any) -> str:
        return say(key, self.language, **values)

    def tell(self, picture: RenderableType) -> None:
        self.out.print(picture)

    def tell_json(self, answer: BaseModel | list[Any]) -> None:
        """The answer as the API names it: an object, or an array of them."""
        content = (
            [item.model_dump(mode="json") for item in answer]
            if isinstance(answer, list)
            else answer.model_dump(mode="json")
        )
        self.out.file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")

    def moment(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    async def with_platform(self, work: Work[T]) -> T:
        """Do the work as whoever is signed in. Raises NotSignedIn, Unreadable, and what the work raises."""
        login = read_login(config_file(self.environment))
        if login is not None:
            return await self._as(login, work)
        file = sign_ins_from(self.folder)
        if file is None:
            raise NotSignedIn()
        return await self._as_administrator(file, work)

    async def _as_administrator(self, file: Path, work: Work[T]) -> T:
        """As the embedded platform's administrator, whose session is kept beside the sign-ins while it lasts."""
        sign_ins = read_sign_ins(file)
        who = sign_ins.administrator
        kept = read_login(file.with_name(SESSION))
        if kept is not None and (kept.base_url, kept.email) == (sign_ins.base_url, who.email):
            try:
                return await self._as(kept, work)
            except Problem as problem:
                if problem.status != 401:
                    raise
        session = await sign_in(sign_ins.base_url, who.email, who.password, self.language, self.transport)
        login = Login(base_url=sign_ins.base_url, email=who.email, token=session.token)
        write_private(file.with_name(SESSION), login)
        return await self._as(login, work)

    async def _as(self, login: Login, work: Work[T]) -> T:
        async with Aftercare(login.base_url, login.token, self.language, self.transport) as api:
            return await work(api)
