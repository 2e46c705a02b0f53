"""What is said, attached and found out together about an incident, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.sentences import Sentence
from clients.cli.words import say
from clients.models import Attachment, Comment, Hypothesis, JointAnalysis
from shared.events.words import word

INDENT = "  "
INTERNAL = "internal"
VERDICT_COLOURS = {"confirmed": "green", "rejected": "dim", "proposed": "yellow"}


def comments_page(
    comments: Sequence[Comment], files: Sequence[Attachment], language: str, zone: tzinfo | None
) -> RenderableType:
    """Oldest first, and the files below."""
    if not comments and not files:
        return Text(say("nothing_said", language))
    parts: list[RenderableType] = []
    for comment in comments:
        parts += [said_page(comment, language, zone), Text()]
    return Group(*parts, files_page(files, language))


def said_page(comment: Comment, language: str, zone: tzinfo | None) -> RenderableType:
    side = say("of_customer" if comment.from_customer else "of_provider", language)
    internal = word(INTERNAL, language) if comment.visibility == INTERNAL else ""
    when, who = (_time(comment.written_at, zone), "cyan"), (comment.author_name, "bold")
    heading = Text.assemble(when, "  ", who, "  ", (side, "dim"), "  ", (internal, "yellow"))
    return Group(heading, *_paragraphs(comment.text))


def files_page(files: Sequence[Attachment], language: str) -> RenderableType:
    if not files:
        return Group()
    table = Table.grid(padding=(0, 2, 0, 0))
    for file in files:
        internal = Text(word(INTERNAL, language) if file.visibility == INTERNAL else "", style="yellow")
        table.add_row(Sentence(file.name), Text(_size(file.size), justify="right"), Text(file.author_name), internal)
    return Group(Text(say("files", language), style="bold"), table)


def analyses_page(analyses: Sequence[JointAnalysis], language: str, zone: tzinfo | None) -> RenderableType:
    if not analyses:
        return Text(say("no_joint_analysis", language))
    return Group(*(part for analysis in analyses for part in _analysis(analysis, language, zone)))


def _analysis(analysis: JointAnalysis, language: str, zone: tzinfo | None) -> Sequence[RenderableType]:
    since = say("convened", language, time=_time(analysis.convened_at, zone))
    heading = Text.assemble((word("joint_analysis", language), "bold"), "  ", word(analysis.state, language), "  ")
    people = Table.grid(padding=(0, 2, 0, 0))
    for participant in analysis.participants:
        people.add_row(INDENT + word(participant.team, language), Text(participant.person_name))
    parts: list[RenderableType] = [heading.append(since, style="dim"), people]
    if analysis.hypotheses:
        parts += [Text(say("hypotheses", language), style="bold"), _hypotheses(analysis.hypotheses, language)]
    if analysis.conclusion:
        parts += [Text(say("conclusion", language), style="bold"), *_paragraphs(analysis.conclusion)]
    return [*parts, Text()]


def _hypotheses(hypotheses: Sequence[Hypothesis], language: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for number, hypothesis in enumerate(hypotheses, 1):
        verdict = Text(word(hypothesis.verdict, language), style=VERDICT_COLOURS.get(hypothesis.verdict, ""))
        told: list[RenderableType] = [Sentence(hypothesis.statement)]
        if hypothesis.finding:
            told.append(Sentence(hypothesis.finding, style="dim"))
        table.add_row(f"{INDENT}{number}", verdict, Group(*told))
    return table


def _paragraphs(text: str) -> list[RenderableType]:
    return [Sentence(line, INDENT, INDENT) for line in text.splitlines()]


def _size(count: int) -> str:
    return (
        f"{count} B" if count < 1024 else f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"
    )


def _time(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
