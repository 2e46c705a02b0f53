"""Incidents, promises and timelines as a terminal shows them: tables and bars that align in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from uuid import UUID

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from clients.cli.sentences import Sentence
from clients.cli.words import say, span
from clients.models import Clock, Entry, Incident
from shared.events.words import word

BAR_WIDTHS = 8, 24
WIDEST = 1000
NO_TIME = "—"
OPEN = frozenset({"running", "paused", "breached"})
COLOURS = {"met": "green", "breached": "red", "cancelled": "dim", "paused": "blue"}
SEVERITY_COLOURS = {"disaster": "bold red", "major": "yellow", "consultation": "dim"}
STATE_COLOURS = {"reported": "bold", "resolved": "green", "confirmed": "green", "closed": "dim"}


def incidents_table(incidents: Iterable[Incident], language: str) -> Table:
    """One line per incident, with the promise that is due next."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for key in ("number", "severity", "state", "title", "customer", "next_promise"):
        table.add_column(say(key, language), no_wrap=key == "number")
    for incident in incidents:
        table.add_row(
            incident.number,
            term(incident.severity, language, SEVERITY_COLOURS),
            term(incident.state, language, STATE_COLOURS),
            Sentence(incident.title),
            Text(incident.customer(language)),
            _next_promise(incident, language),
        )
    return table


class Clocks:
    """One line per promise: how it stands, how much of its time is used, when it is due and what is left.

    The bars take what the words leave of the width.
    """

    def __init__(self, clocks: Sequence[Clock], language: str, zone: tzinfo | None) -> None:
        self.clocks, self.language, self.zone = clocks, language, zone

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        without_bars = Measurement.get(console, options.update_width(WIDEST), self._table(0)).maximum
        yield self._table(max(BAR_WIDTHS[0], min(BAR_WIDTHS[1], options.max_width - without_bars)))

    def _table(self, bar_width: int) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for key in ("promise", "state", "time_used", "due", "left"):
            table.add_column(say(key, self.language), no_wrap=True, width=bar_width if key == "time_used" else None)
        for clock in self.clocks:
            table.add_row(
                Text(word(clock.kind, self.language)),
                term(clock.state, self.language, COLOURS),
                _bar(clock, bar_width),
                clock.due_at.astimezone(self.zone).strftime("%m-%d %H:%M") if clock.due_at else NO_TIME,
                _left(clock, self.language),
            )
        return table


def timeline_table(entries: Sequence[Entry], language: str, zone: tzinfo | None) -> Table:
    """Who did what and when, each entry under the one that caused it."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(say("when", language), no_wrap=True, style="cyan")
    table.add_column(say("what", language), ratio=1)
    table.add_column(say("who", language), no_wrap=True, style="dim")
    before = ""
    for entry, guide in by_cause(entries):
        day, time = entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S").split(" ")
        when = time if day == before else f"{day} {time}"
        before = day
        below = guide.replace("├─", "│ ").replace("└─", "  ")
        what = Sentence(entry.sentence(language), guide, below)
        table.add_row(Text(when, justify="right"), what, Text(entry.who(language)))
    return table


def by_cause(entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """The entries in order of time, but each right after its cause, with the branches drawn before it."""
    known = {entry.event_id for entry in entries}
    caused: dict[UUID | None, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.at):
        cause = entry.causation_id if entry.causation_id in known else None
        caused.setdefault(cause, []).append(entry)
    drawn: list[tuple[Entry, str]] = []
    waiting = [(entry, "", "") for entry in reversed(caused.get(None, ()))]
    while waiting:
        entry, branch, stem = waiting.pop()
        drawn.append((entry, branch))
        effects = caused.get(entry.event_id, [])
        last = len(effects) - 1
        for index in range(last, -1, -1):
            end = index == last
            waiting.append((effects[index], stem + ("└─ " if end else "├─ "), stem + ("   " if end else "│  ")))
    return drawn


def _next_promise(incident: Incident, language: str) -> Text:
    running = [clock for clock in incident.clocks if clock.stopped_at is None and clock.state in OPEN]
    if not running:
        return Text("")
    clock = min(running, key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at))
    return Text.assemble(word(clock.kind, language), " ", _left(clock, language))


def _left(clock: Clock, language: str) -> Text:
    time = span(clock.remaining_seconds, language)
    if clock.state == "cancelled":
        return Text("")
    if clock.remaining_seconds < 0 or clock.state == "breached":
        return Text(say("over", language, time=time), style="red")
    if clock.stopped_at is not None:
        return Text(say("in_time", language, time=time), style="green")
    return Text(time, style=_colour(clock))


def _bar(clock: Clock, width: int) -> ProgressBar:
    colour = _colour(clock)
    return ProgressBar(1.0, min(_share(clock), 1.0), width, complete_style=colour, finished_style=colour)


def _colour(clock: Clock) -> str:
    """A running promise turns yellow at half of its time and red at nine tenths."""
    if clock.state != "running":
        return COLOURS.get(clock.state, "")
    share = _share(clock)
    return "green" if share < 0.5 else "yellow" if share < 0.9 else "red"


def _share(clock: Clock) -> float:
    whole = clock.counted_seconds + clock.remaining_seconds
    return clock.counted_seconds / whole if whole > 0 else 1.0


def term(value: str, language: str, colours: dict[str, str]) -> Text:
    return Text(word(value, language), style=colours.get(value, ""))
