"""The account of a promise and what a change would do, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.moments import to_the_second
from clients.cli.pictures import COLOURS, NO_TIME, term
from clients.cli.sentences import Sentence
from clients.cli.words import say
from clients.language import listed
from clients.models import Explanation, Foreseen, MovedClock
from shared.events.words import word
from shared.zones import fraction, zone_named

BREACHED = "breached"
TIME_OF_DAY = "%H:%M:%S"
TO_THE_SECOND = f"%Y-%m-%d {TIME_OF_DAY}"


def explanation_page(told: Explanation, language: str) -> RenderableType:
    """Every interval with its seconds and what had counted by its end; the sum is that of the lines that count."""
    parts: list[RenderableType] = [Sentence(told.summary(language), style="bold"), _account(told, language)]
    parts.append(Text(say("times_in", language, zone=told.zone), style="dim"))
    if told.provisional_years:
        years = listed(map(str, told.provisional_years), language)
        parts.append(Sentence(say("provisional", language, years=years), style="yellow"))
    return Group(*parts)


def _account(told: Explanation, language: str) -> Table:
    zone = zone_named(told.zone)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_footer=True, footer_style="bold")
    counted = sum(line.seconds for line in told.lines if line.counts)
    table.add_column(say("from", language), say("sum", language), no_wrap=True)
    table.add_column(say("until", language), justify="right", no_wrap=True)
    table.add_column(say("length", language), justify="right", no_wrap=True)
    table.add_column(say("counts_so_far", language), to_the_second(counted), justify="right", no_wrap=True)
    table.add_column(say("why", language))
    for line in told.lines:
        from_at, until_at = line.from_at.astimezone(zone), line.until_at.astimezone(zone)
        same_day = from_at.date() == until_at.date()
        table.add_row(
            f"{from_at:{TO_THE_SECOND}}{fraction(from_at.microsecond)}",
            f"{until_at:{TIME_OF_DAY if same_day else TO_THE_SECOND}}{fraction(until_at.microsecond)}",
            to_the_second(line.seconds),
            to_the_second(line.so_far_seconds),
            Sentence(word(line.reason, language)),
            style="" if line.counts else "dim",
        )
    return table


def foreseen_page(foreseen: Foreseen, language: str, zone: tzinfo | None) -> RenderableType:
    """Each clock that would move or begin, and in a sentence or two what that comes to."""
    told: list[RenderableType] = [Sentence(line, style="bold") for line in _sums(foreseen, language)]
    if not (foreseen.moved or foreseen.added):
        return Group(*told)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for key in ("number", "promise", "due", "new_due", "new_state"):
        table.add_column(say(key, language), no_wrap=key in ("number", "due", "new_due"))
    for clock in foreseen.moved:
        table.add_row(
            clock.number, word(clock.kind, language), _time(clock.due_at, zone), *_then(clock, language, zone)
        )
    for new in foreseen.added:
        begun = (_time(new.due_at, zone), term(new.state, language, COLOURS))
        table.add_row(new.number, word(new.kind, language), Text(say("not_yet_promised", language), "dim"), *begun)
    return Group(table, *told)


def _sums(foreseen: Foreseen, language: str) -> Iterator[str]:
    lost = sum(clock.new_state == BREACHED != clock.state for clock in foreseen.moved)
    saved = sum(clock.state == BREACHED != clock.new_state for clock in foreseen.moved)
    examined, moved = foreseen.examined, len(foreseen.moved)
    yield say("foreseen", language, examined=examined, moved=moved, lost=lost, saved=saved)
    if foreseen.added:
        broken = sum(clock.state == BREACHED for clock in foreseen.added)
        yield say("foreseen_added", language, added=len(foreseen.added), broken=broken)


def _then(clock: MovedClock, language: str, zone: tzinfo | None) -> tuple[Text, Text]:
    if clock.new_state is None:
        return Text(say("not_promised", language), style="dim"), Text("")
    return Text(_time(clock.new_due_at, zone)), term(clock.new_state, language, COLOURS)


def _time(at: datetime | None, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M") if at else NO_TIME
