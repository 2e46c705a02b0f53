"""The help of the command and its parts, in the reader's language: each help text is a key of clients/cli/words.py."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from clients.cli.parameters import Lang
from clients.cli.sentences import Sentence
from clients.cli.terminal import Misuse, Terminal
from clients.language import listed

Parameter = TyperArgument | TyperOption
LONGEST_METAVAR = 28


class Command(TyperCommand):
    """A command whose help is ours, and which names the arguments it has no use for."""

    allow_extra_args = True

    def invoke(self, ctx: Any) -> Any:
        if ctx.args:
            raise Misuse("unexpected", arguments=" ".join(ctx.args))
        return super().invoke(ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _tell_help(self, ctx, "")


class Group(TyperGroup):
    """A command that is a family of commands. By itself it tells what there is."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        terminal: Terminal = ctx.obj
        _tell_help(self, ctx, terminal.say("metavar_command"))
        terminal.tell(Text(terminal.say("commands"), style="bold"))
        names = [(name, self.commands[name].help or "") for name in self.list_commands(ctx)]
        terminal.tell(_two_columns((Text(name, style="bold cyan"), terminal.say(key)) for name, key in names))
        terminal.tell(Text("\n" + terminal.say("exit_codes") + "\n", style="dim"))

    def list_commands(self, ctx: Any) -> list[str]:
        """Families first."""
        return sorted(super().list_commands(ctx), key=lambda name: not isinstance(self.commands[name], Group))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            nearest = difflib.get_close_matches(args[0], self.commands, n=1)
            raise Misuse("no_such_command", command=args[0], nearest=nearest[0] if nearest else None)
        return super().resolve_command(ctx, args)


def family(name: str) -> typer.Typer:
    """A group of commands without the commands."""
    group = typer.Typer(name=name, help=name, cls=Group, invoke_without_command=True, add_completion=False)
    group.callback()(_tell_help_alone)
    return group


def _tell_help_alone(ctx: typer.Context, lang: Lang = None) -> None:
    if ctx.invoked_subcommand is None:
        ctx.get_help()


def _tell_help(command: TyperCommand | TyperGroup, ctx: Any, family: str) -> None:
    terminal: Terminal = ctx.obj
    params: list[Parameter] = [
        item for item in command.get_params(ctx) if isinstance(item, TyperArgument | TyperOption)
    ]
    arguments = [item for item in params if isinstance(item, TyperArgument)]
    options = [item for item in params if isinstance(item, TyperOption)]
    pieces = [ctx.command_path, family, *(_metavar(item) for item in arguments), terminal.say("metavar_options")]
    usage = " ".join(piece for piece in pieces if piece)
    terminal.tell(Text.assemble("\n", (terminal.say("usage") + "  ", "bold"), usage, "\n"))
    terminal.tell(Text(terminal.say(command.help or "aftercare") + "\n"))
    for title, shown in (("arguments", arguments), ("options", options)):
        if shown:
            terminal.tell(Text(terminal.say(title), style="bold"))
            terminal.tell(_two_columns((_spelling(item), _meaning(terminal, item)) for item in shown))
            terminal.tell("")


def _two_columns(rows: Iterable[tuple[Text, str]]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for left, right in rows:
        table.add_row(Text.assemble("  ", left), Sentence(right))
    return table


def _spelling(item: Parameter) -> Text:
    if isinstance(item, TyperArgument):
        return Text(_metavar(item), style="cyan")
    spelled = Text("/".join((", ".join(item.opts), *item.secondary_opts)), style="cyan")
    return spelled if item.is_flag else Text.assemble(spelled, " ", (_metavar(item), "dim"))


def _metavar(item: Parameter) -> str:
    """What is longer than a column of names can be is told by the meaning."""
    own = (item.name or "").upper()
    return own if _is_long(item) else item.metavar or own


def _is_long(item: Parameter) -> bool:
    return len(item.metavar or "") > LONGEST_METAVAR


def _meaning(terminal: Terminal, item: Parameter) -> str:
    meaning = terminal.say("option_help" if "--help" in item.opts else item.help or "")
    required = terminal.say("required") if item.required else ""
    values = terminal.say("one_of", values=listed((item.metavar or "").split("|"), terminal.language))
    return f"{meaning}{required}{values}" if _is_long(item) else meaning + required
