"""The story, act by act: one fault from its report to its end. Each scene does one thing and shows that it is so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from clients.demo import emergency, restoration, summary
from clients.demo.kept import DemoOrganisation
from clients.demo.outside import Outside
from clients.demo.play import Play, everybody_signed_in
from clients.demo.stage import Stage, StoryFailed
from clients.demo.words import say

Scene = Callable[[Play], Awaitable[None]]
ACTS: tuple[tuple[str, tuple[Scene, ...]], ...] = (
    ("act_report", (emergency.fault_is_reported, emergency.another_customer_sees_nothing)),
    ("act_analysis", (emergency.desk_answers, emergency.fault_is_analysed)),
    (
        "act_emergency",
        (
            emergency.leading_group_is_told,
            emergency.superior_authority_is_told,
            emergency.plan_is_requested_and_authorised,
            emergency.vendor_helps,
        ),
    ),
    (
        "act_parts",
        (restoration.depot_is_stocked, restoration.part_is_called_up_and_issued, restoration.engineer_comes),
    ),
    (
        "act_end",
        (restoration.service_is_restored, restoration.customer_confirms, restoration.survey_is_answered),
    ),
)


async def tell_story(demo: DemoOrganisation, console: Console, language: str) -> None:
    """Play it against the running platform. Raises StoryFailed, Problem and Unreachable where it cannot go on."""
    if demo.recorder_url is None:
        raise StoryFailed(say("no_recorder", language))
    title = Text.assemble((say("title", language), "bold"), "\n", say("subtitle", language, url=demo.base_url))
    console.print(Panel(title, border_style="cyan", padding=(0, 2)))
    stage = Stage(console, language, sum(len(scenes) for _, scenes in ACTS))
    with stage:
        stage.waiting("gathering")
        async with everybody_signed_in(demo, language) as apis, Outside(demo.recorder_url, language) as outside:
            play = Play(demo, stage, outside, apis)
            for act, scenes in ACTS:
                stage.act(act)
                for scene in scenes:
                    await scene(play)
                    stage.advance()
            await _show_the_end(play)


async def _show_the_end(play: Play) -> None:
    play.stage.act("act_outside")
    mails, calls = await summary.mails_left(play), await summary.calls_left(play)
    entries = await summary.whole_timeline(play)
    await play.look()
    play.stage.end()
    summary.show_summary(play, mails, calls, entries)
