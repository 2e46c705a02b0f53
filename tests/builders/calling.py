"""A person who calls `aftercare` at a terminal: in a folder of their own, against whatever answers as the platform."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import UTC
from pathlib import Path

import httpx
from rich.console import Console

from clients.cli.app import run
from clients.cli.terminal import Terminal

Called = tuple[int, str, str]
"""Exit code, standard output, standard error."""


class Caller:
    """Signs in with the checkout's sign-ins, as the embedded platform's administrator."""

    def __init__(
        self,
        folder: Path,
        transport: httpx.AsyncBaseTransport,
        email: str = "a@demo.example",
        password: str = "right",
    ) -> None:
        self.folder, self.transport = folder, transport
        self.session = folder / ".aftercare" / "session.json"
        self.login = folder / ".config" / "aftercare" / "login.json"
        sign_ins = {"base_url": "http://platform", "administrator": {"email": email, "password": password}}
        (folder / ".aftercare").mkdir()
        (folder / ".aftercare" / "sign-ins.json").write_text(json.dumps(sign_ins))

    def calls(self, *arguments: str, language: str = "en", at_terminal: bool = False) -> Called:
        out, err = io.StringIO(), io.StringIO()
        terminal = Terminal(
            language,
            Console(file=out, width=140, force_terminal=at_terminal),
            Console(file=err, width=140),
            {"HOME": str(self.folder)},
            self.folder,
            UTC,
            self.transport,
        )
        return run(terminal, arguments), out.getvalue(), err.getvalue()

    async def has_called(self, *arguments: str, language: str = "en") -> Called:
        """The same from a test that has a loop: the command has one of its own, in a thread."""
        return await asyncio.to_thread(self.calls, *arguments, language=language)


class InLoop(httpx.AsyncBaseTransport):
    """Answers requests of another loop in the one where the platform of a test lives."""

    def __init__(self, answers: httpx.AsyncBaseTransport) -> None:
        self._answers, self._loop = answers, asyncio.get_running_loop()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers.handle_async_request(request)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(answer, self._loop))
