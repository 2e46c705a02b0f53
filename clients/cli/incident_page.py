"""All of one incident as a terminal shows it: facts, promises, pauses, teams, and what can be done and why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from clients.cli.moments import offset_of, to_the_second
from clients.cli.pictures import SEVERITY_COLOURS, STATE_COLOURS, Clocks, term
from clients.cli.sentences import Sentence
from clients.cli.words import say
from clients.language import listed
from clients.models import Incident, Pause, RelatedIncident, Segment
from shared.events.words import word

FACTS = (
    "customer",
    "asset",
    "contract",
    "contact",
    "taken_over",
    "reported_at",
    "priority_fact",
    "team",
    "engineer",
    "fault_class",
    "analysis",
    "solution",
    "closes_at",
)


def incident_page(
    incident: Incident,
    language: str,
    zone: tzinfo | None,
    pauses: Sequence[Pause] = (),
    segments: Sequence[Segment] = (),
    related: Sequence[RelatedIncident] = (),
) -> RenderableType:
    """Pauses, teams and related incidents are shown where there are any to tell of."""
    parts: list[RenderableType] = [
        Sentence(incident.title, style="bold"),
        _facts(incident, language, zone),
        Text(),
        _promises(incident, language, zone),
    ]
    if pauses:
        parts += [Text(), Text(say("pauses", language), style="bold"), _pauses(pauses, language, zone)]
    if len(segments) > 1:
        parts += [Text(), Text(say("teams", language), style="bold"), _segments(segments, language, zone)]
    if related:
        parts += [Text(), Text(say("related", language), style="bold"), related_table(related, language)]
    zone_shown = Text(say("times_in", language, zone=offset_of(incident.reported_at, zone)), style="dim")
    parts += [Text(), _moves(incident, language), Text(), zone_shown]
    return Panel(Group(*parts), title=_heading(incident, language), title_align="left", box=ROUNDED, padding=(1, 2))


def moved_page(incident: Incident, language: str, zone: tzinfo | None) -> RenderableType:
    """After a move: how the incident and its promises stand, and what can follow."""
    return Group(_heading(incident, language), _promises(incident, language, zone), _possible(incident, language))


def _heading(incident: Incident, language: str) -> Text:
    severity, state = (
        term(incident.severity, language, SEVERITY_COLOURS),
        term(incident.state, language, STATE_COLOURS),
    )
    return Text.assemble((incident.number, "bold"), "  ", severity, "  ", state)


def _facts(incident: Incident, language: str, zone: tzinfo | None) -> Table:
    values = {
        "customer": incident.customer(language),
        "asset": incident.asset_name,
        "contract": incident.contract_number if incident.covered else _uncovered(incident, language),
        "contact": " ".join(filter(None, (incident.contact_name, incident.contact_email))),
        "taken_over": incident.taken_over,
        "reported_at": _time(incident.reported_at, zone),
        "priority_fact": word(incident.priority, language),
        "team": word(incident.team, language) if incident.team else None,
        "engineer": incident.engineer(language),
        "fault_class": word(incident.fault_class, language) if incident.fault_class else None,
        "analysis": incident.analysis,
        "solution": incident.solution,
        "closes_at": _time(incident.closes_at, zone) if incident.closes_at else None,
    }
    table = Table.grid(padding=(0, 2, 0, 0))
    for key in FACTS:
        if value := values[key]:
            table.add_row(Text(say(key, language), style="dim"), Sentence(value))
    return table


def _uncovered(incident: Incident, language: str) -> str:
    decided = [word(incident.cover, language)] if incident.cover else []
    return listed((word("not_covered", language), *decided), language)


def _promises(incident: Incident, language: str, zone: tzinfo | None) -> RenderableType:
    if incident.clocks:
        return Clocks(incident.clocks, language, zone)
    return Text(say("no_promises", language), style="yellow")


def _pauses(pauses: Iterable[Pause], language: str, zone: tzinfo | None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for pause in pauses:
        table.add_row(
            Text(_stretch(pause.from_at, pause.until_at, language, zone), style="cyan"),
            Group(*_told_of(pause, language)),
        )
    return table


def _told_of(pause: Pause, language: str) -> Iterable[RenderableType]:
    yield Text(word(pause.reason, language), style="strike" if pause.struck_at else "")
    if pause.evidence:
        yield Sentence(pause.evidence, style="dim")
    if pause.dispute:
        yield Sentence(say("disputed", language, text=pause.dispute), style="yellow")
    if pause.settlement:
        key = "struck" if pause.struck_at else "upheld"
        yield Sentence(say(key, language, text=pause.settlement))


def related_table(related: Iterable[RelatedIncident], language: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for each in related:
        state = term(each.state, language, STATE_COLOURS)
        table.add_row(Text(each.number, style="cyan"), state, Sentence(each.title), Sentence(each.reason, style="dim"))
    return table


def _segments(segments: Iterable[Segment], language: str, zone: tzinfo | None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for segment in segments:
        counted = "" if segment.counted_seconds is None else to_the_second(segment.counted_seconds)
        table.add_row(
            Text(word(segment.team, language)),
            Text(_stretch(segment.from_at, segment.until_at, language, zone), style="cyan"),
            Text(to_the_second(segment.seconds), justify="right"),
            Text(say("counted_of_it", language, time=counted) if counted else "", style="dim"),
        )
    return table


def _moves(incident: Incident, language: str) -> Table:
    """What can be done now, and below it what cannot, by the reason."""
    table = _possible(incident, language)
    hindered: dict[str, list[str]] = {}
    for move in incident.moves:
        if move.why_not is not None:
            hindered.setdefault(move.why_not, []).append(move.move)
    for why, moves in hindered.items():
        names = Sentence(_names(moves, language), style="dim")
        table.add_row(Text(say(f"why_{why}", language), style="dim"), names)
    return table


def _possible(incident: Incident, language: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    moves = _names(incident.allowed, language) or say("nothing_allowed", language)
    table.add_row(Text(say("allowed", language), style="bold"), Sentence(moves))
    return table


def _names(moves: Iterable[str], language: str) -> str:
    return listed((word(move, language) for move in moves), language)


def _time(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _stretch(from_at: datetime, until_at: datetime | None, language: str, zone: tzinfo | None) -> str:
    until = until_at.astimezone(zone).strftime("%m-%d %H:%M") if until_at else say("until_now", language)
    return f"{from_at.astimezone(zone):%m-%d %H:%M} – {until}"
