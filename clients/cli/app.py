"""The entry point of `aftercare`: its commands, the language before all else, failures as sentences and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import orjson
import typer
from rich.text import Text
from typer.exceptions import TyperException

from clients.api import Problem, Unreachable
from clients.cli.account import login, logout
from clients.cli.analyses import analyses_group
from clients.cli.calendars import calendars_group
from clients.cli.clocks import clocks_group
from clients.cli.comments import comments_group
from clients.cli.contracts import contracts_group
from clients.cli.helping import Command, family
from clients.cli.importing.command import import_group
from clients.cli.incidents import incidents_group
from clients.cli.parameters import LANGUAGES, one_of
from clients.cli.terminal import Misuse, NotSignedIn, Terminal
from clients.cli.trace import trace
from clients.language import language_named, language_of
from clients.sign_in import Unreadable

REFUSED, MISUSED, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130


def main() -> None:
    """Run the command of this process's arguments and leave with its exit code."""
    arguments = sys.argv[1:]
    named = language_asked(arguments)
    terminal = Terminal.of_this_process(language_named(named) if named else language_of())
    sys.exit(run(terminal, arguments))


def run(terminal: Terminal, arguments: Sequence[str]) -> int:
    """Run one command. Answers 0, or 1: refused, 2: wrong usage, 3: the platform cannot be reached."""
    command = typer.main.get_command(application())
    try:
        one_of("--lang", language_asked(arguments), LANGUAGES)
        answer = command.main(list(arguments), "aftercare", standalone_mode=False, obj=terminal)
    except Problem as problem:
        return _refused(terminal, problem)
    except Unreachable as nowhere:
        _tell(terminal, terminal.say("unreachable", address=nowhere.address, reason=nowhere.reason))
        return UNREACHABLE
    except Misuse as misuse:
        _tell(terminal, *_misuse(terminal, misuse))
        return MISUSED
    except NotSignedIn:
        _tell(terminal, terminal.say("no_sign_in"))
        return MISUSED
    except Unreadable as unreadable:
        _tell(terminal, terminal.say("unreadable", file=unreadable))
        return MISUSED
    except TyperException as wrong:
        _tell(terminal, _wrong_usage(terminal, wrong), *_way_to_help(terminal, wrong))
        return MISUSED
    except typer.Abort:
        _tell(terminal, terminal.say("interrupted"))
        return INTERRUPTED
    return answer if isinstance(answer, int) else 0


def application() -> typer.Typer:
    """All commands. Made anew for each run, for nothing is kept in modules."""
    app = family("aftercare")
    app.add_typer(incidents_group())
    app.add_typer(comments_group())
    app.add_typer(analyses_group())
    app.add_typer(clocks_group())
    app.add_typer(contracts_group())
    app.add_typer(calendars_group())
    app.add_typer(import_group())
    app.command("trace", cls=Command, help="trace")(trace)
    app.command("login", cls=Command, help="login")(login)
    app.command("logout", cls=Command, help="logout")(logout)
    return app


def language_asked(arguments: Sequence[str]) -> str | None:
    """The value of `--lang`, wherever it stands."""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


def _refused(terminal: Terminal, problem: Problem) -> int:
    if terminal.as_json:
        terminal.err.file.write(orjson.dumps(problem.to_data(), option=orjson.OPT_INDENT_2).decode() + "\n")
        return REFUSED
    reason = terminal.say("refused", status=problem.status, code=problem.code)
    errors = [f"{error.get('at')}: {error.get('detail')}" for error in problem.members.get("errors", ())]
    again = [terminal.say("sign_in_again")] if problem.code == "unauthenticated" else []
    _tell(terminal, problem.detail, *errors, reason, *again)
    return REFUSED


def _misuse(terminal: Terminal, misuse: Misuse) -> list[str]:
    told = [terminal.say(misuse.key, **misuse.values)]
    if nearest := misuse.values.get("nearest"):
        told.append(terminal.say("did_you_mean", nearest=nearest))
    return told


def _wrong_usage(terminal: Terminal, wrong: Any) -> str:
    """Typer's own failures in the reader's language, by the name of their class: typer keeps the classes to itself."""
    kind = type(wrong).__name__
    if kind == "NoSuchOption":
        return terminal.say("no_such_option", option=wrong.option_name)
    if kind == "BadOptionUsage":
        return terminal.say("option_wants_value", option=wrong.option_name)
    if kind == "MissingParameter":
        spelled = wrong.param.opts[0] if wrong.param.param_type_name == "option" else wrong.param.metavar
        return terminal.say("missing", parameter=spelled)
    if kind == "BadParameter" and wrong.param is not None:
        return terminal.say("bad_number", parameter=wrong.param.opts[0])
    return terminal.say("bad_usage", message=wrong.format_message())


def _way_to_help(terminal: Terminal, wrong: Any) -> list[str]:
    context = getattr(wrong, "ctx", None)
    return [terminal.say("try_help", command=context.command_path)] if context else []


def _tell(terminal: Terminal, first: str, *more: str) -> None:
    heading = (terminal.say("error"), "bold red")
    terminal.err.print(Text.assemble(heading, "\n  ".join((first, *more))), soft_wrap=True)
