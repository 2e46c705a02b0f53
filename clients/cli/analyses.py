"""`aftercare analyses show|join|propose|judge|conclude`: what the three teams find out together about a difficult
problem. `aftercare incidents escalate` raises it up to there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import typer

from clients.api import Aftercare
from clients.cli.coded import JOINING, VERDICTS, metavar
from clients.cli.finding import incident_called, person_like
from clients.cli.helping import Command, family
from clients.cli.moves import INCIDENT
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.cli.talk_pictures import analyses_page
from clients.cli.terminal import Misuse
from clients.models import JointAnalysis

OPEN = "open"
Step = Callable[[Aftercare, JointAnalysis, str], Awaitable[JointAnalysis]]
"""What is done about an analysis, at its address."""


def analyses_group() -> typer.Typer:
    group = family("analyses")
    group.command("show", cls=Command, help="show_analysis")(show_analyses)
    group.command("join", cls=Command, help="join_analysis")(join_analysis)
    group.command("propose", cls=Command, help="propose_hypothesis")(propose_hypothesis)
    group.command("judge", cls=Command, help="judge_hypothesis")(judge_hypothesis)
    group.command("conclude", cls=Command, help="conclude_analysis")(conclude_analysis)
    return group


def show_analyses(ctx: typer.Context, incident: INCIDENT, lang: Lang = None, as_json: AsJson = False) -> None:
    terminal = terminal_of(ctx, as_json)
    found = asyncio.run(terminal.with_platform(lambda api: _analyses(api, incident)))
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(analyses_page(found, terminal.language, terminal.zone))


def join_analysis(
    ctx: typer.Context,
    incident: INCIDENT,
    team: Annotated[str, typer.Option("--team", metavar=metavar(JOINING), help="option_joining_team")],
    person: Annotated[str, typer.Option("--person", help="option_joining_person")] = "me",
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    one_of("--team", team, JOINING)

    async def step(api: Aftercare, analysis: JointAnalysis, path: str) -> JointAnalysis:
        joining = await person_like(api, "--person", person)
        return await api.post(JointAnalysis, f"{path}/participants", person_id=joining, team=team)

    _make(ctx, incident, as_json, step)


def propose_hypothesis(
    ctx: typer.Context,
    incident: INCIDENT,
    statement: Annotated[str, typer.Option("--statement", help="option_statement")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    async def step(api: Aftercare, analysis: JointAnalysis, path: str) -> JointAnalysis:
        return await api.post(JointAnalysis, f"{path}/hypotheses", statement=statement)

    _make(ctx, incident, as_json, step)


def judge_hypothesis(
    ctx: typer.Context,
    incident: INCIDENT,
    hypothesis: Annotated[int, typer.Option("--hypothesis", min=1, metavar="N", help="option_hypothesis")],
    verdict: Annotated[str, typer.Option("--verdict", metavar=metavar(VERDICTS), help="option_verdict")],
    finding: Annotated[str, typer.Option("--finding", help="option_finding")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    one_of("--verdict", verdict, VERDICTS)

    async def step(api: Aftercare, analysis: JointAnalysis, path: str) -> JointAnalysis:
        address = f"{path}/hypotheses/{_numbered(analysis, hypothesis)}/judge"
        return await api.post(JointAnalysis, address, verdict=verdict, finding=finding)

    _make(ctx, incident, as_json, step)


def conclude_analysis(
    ctx: typer.Context,
    incident: INCIDENT,
    conclusion: Annotated[str, typer.Option("--conclusion", help="option_conclusion")],
    owner: Annotated[str, typer.Option("--owner", help="option_owner")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    async def step(api: Aftercare, analysis: JointAnalysis, path: str) -> JointAnalysis:
        sees_to_it = await person_like(api, "--owner", owner)
        return await api.post(JointAnalysis, f"{path}/conclude", conclusion=conclusion, owner_id=sees_to_it)

    _make(ctx, incident, as_json, step)


def _make(ctx: typer.Context, incident: str, as_json: bool, step: Step) -> None:
    """Do the step of the analysis that is open, else of the last one, so that the platform says what it refuses."""
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> JointAnalysis:
        known = await _analyses(api, incident)
        if not known:
            raise Misuse("no_joint_analysis")
        analysis = next((each for each in known if each.state == OPEN), known[-1])
        return await step(api, analysis, f"/v1/joint-analyses/{analysis.id}")

    made = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(made)
    else:
        terminal.tell(analyses_page([made], terminal.language, terminal.zone))


async def _analyses(api: Aftercare, incident: str) -> list[JointAnalysis]:
    found = await incident_called(api, incident)
    analyses = await api.all(JointAnalysis, f"/v1/incidents/{found.id}/joint-analyses")
    return sorted(analyses, key=lambda each: each.convened_at)


def _numbered(analysis: JointAnalysis, number: int) -> UUID:
    """The hypothesis with the number it is shown by. Raises Misuse."""
    if number > len(analysis.hypotheses):
        raise Misuse("no_such_hypothesis", number=number, count=len(analysis.hypotheses))
    return analysis.hypotheses[number - 1].id
