"""`python -m clients.demo`: tell the story of one fault on the platform that runs in this checkout."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from clients.api import Problem, Unreachable
from clients.demo.kept import DEMO, read_demo
from clients.demo.stage import StoryFailed
from clients.demo.story import tell_story
from clients.demo.words import say
from clients.language import language_named, language_of
from clients.sign_in import FOLDER

PLAIN_WIDTH = 120


def main() -> None:
    """Exit code 1 and one sentence where the story cannot be told to its end."""
    options = argparse.ArgumentParser(prog="python -m clients.demo", description=__doc__)
    options.add_argument("--lang", help="zh-CN or en; else the language of the environment")
    options.add_argument("--folder", type=Path, default=Path(FOLDER), help="where the platform keeps its sign-ins")
    given = options.parse_args()
    language = language_named(given.lang) if given.lang else language_of()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # LANG=zh_CN names a language here, not the terminal's encoding
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    if failure := asyncio.run(_told(given.folder, console, language)):
        console.print(Text("\n" + say("failed", language, reason=failure), style="bold red"))
        sys.exit(1)


async def _told(folder: Path, console: Console, language: str) -> str | None:
    """Why the story stopped; None when it was told to its end."""
    demo = read_demo(folder)
    if demo is None:
        return say("no_demo", language, file=folder / DEMO)
    try:
        await tell_story(demo, console, language)
    except StoryFailed as failed:
        return str(failed)
    except Problem as problem:
        return f"{problem.detail} ({problem.status} {problem.code})"
    except Unreachable as nowhere:
        return say("unreachable", language, address=nowhere.address, reason=nowhere.reason)
    return None


if __name__ == "__main__":
    main()
