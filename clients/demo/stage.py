"""Where the story is told: one line per thing done, live progress below, and waiting for facts with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from clients.cli.sentences import Sentence
from clients.demo.words import say

T = TypeVar("T")
WHO_WIDTH = 24
DEADLINE_SECONDS = 15.0
POLL_SECONDS = 0.05


class StoryFailed(Exception):
    """A step did not come out as it must; the text says which, in the story's language."""


class Stage:
    """Tells the story to one console. Used as a context manager, around the whole of it."""

    def __init__(self, console: Console, language: str, steps: int) -> None:
        self.console, self.language = console, language
        self._begun = asyncio.get_running_loop().time()
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
        )
        self._told = self._progress.add_task("", total=steps)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Take the live progress away."""
        self._progress.stop()

    def say(self, key: str, **values: Any) -> str:
        return say(key, self.language, **values)

    @property
    def seconds(self) -> float:
        """How long the story is being told."""
        return asyncio.get_running_loop().time() - self._begun

    def act(self, title: str) -> None:
        """Begin a chapter."""
        self.console.print()
        self.console.print(Text(self.say(title), style="bold cyan"))

    def tell(self, who: str, key: str, **values: Any) -> None:
        """One thing that was done, and by whom."""
        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_column(width=7, justify="right", style="dim")
        line.add_column(width=WHO_WIDTH, no_wrap=True, style="bold")
        line.add_column(ratio=1)
        line.add_row(f"{self.seconds:.1f} s", Text(who), Sentence(self.say(key, **values)))
        self.console.print(line)
        self._progress.update(self._told, description="")

    def waiting(self, what: str) -> None:
        """What is waited for, beside the live progress."""
        self._progress.update(self._told, description=self.say(what))

    def advance(self) -> None:
        self._progress.advance(self._told)

    async def until(self, what: str, ask: Callable[[], Awaitable[T]], true: Callable[[T], Any]) -> T:
        """The first answer that is as it should be. Raises StoryFailed when that takes too long."""
        self.waiting(what)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DEADLINE_SECONDS
        while not true(answer := await ask()):
            if loop.time() >= deadline:
                raise StoryFailed(self.say("late", what=self.say(what), seconds=round(DEADLINE_SECONDS)))
            await asyncio.sleep(POLL_SECONDS)
        return answer
