"""The end of the story: what left for the outside world, and what the record says about all of it."""

from __future__ import annotations

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from clients.cli.pictures import Clocks, timeline_table
from clients.cli.sentences import Sentence
from clients.demo.outside import Call, Mail
from clients.demo.play import Play
from clients.demo.stage import StoryFailed
from clients.models import Delivery, Entry, Message

WAITING = "waiting"


async def mails_left(play: Play) -> list[Mail]:
    """Every message of the incident was handed over, and the recorder has each."""

    async def messages() -> list[Message]:
        return await play.apis["desk"].all(Message, "/v1/messages", incident_id=play.incident.id)

    sent = await play.stage.until(
        "wait_mails", messages, lambda all_: all_ and not any(one.state == WAITING for one in all_)
    )
    mails = await play.outside.mails(play.incident.number)
    play.tell_of_platform("mails_left", count=sum(one.state == "sent" for one in sent))
    return mails


async def calls_left(play: Play) -> list[Call]:
    """Every call of the webhook was taken, and the recorder verified its signature. Raises StoryFailed where not."""

    async def deliveries() -> list[Delivery]:
        return await play.apis["desk"].all(Delivery, "/v1/deliveries", incident_id=play.incident.id)

    await play.stage.until(
        "wait_hooks", deliveries, lambda all_: all_ and not any(one.state == WAITING for one in all_)
    )
    if play.demo.hook is None:
        raise StoryFailed(play.stage.say("no_recorder"))
    calls = await play.outside.calls(play.demo.hook.name, str(play.incident.id))
    verified = sum(call.verified is True for call in calls)
    if verified < len(calls):
        raise StoryFailed(play.stage.say("bad_signatures", count=len(calls) - verified))
    play.stage.tell(play.stage.say("client_system"), "hooks_left", count=len(calls), verified=verified)
    return calls


async def whole_timeline(play: Play) -> list[Entry]:
    """The incident's timeline, once it shows every mail and call that left."""

    async def both() -> tuple[list[Entry], int]:
        messages = await play.apis["desk"].all(Message, "/v1/messages", incident_id=play.incident.id)
        deliveries = await play.apis["desk"].all(Delivery, "/v1/deliveries", incident_id=play.incident.id)
        entries = await play.apis["desk"].all(Entry, f"{play.path}/timeline")
        return entries, len(messages) + len(deliveries)

    def complete(seen: tuple[list[Entry], int]) -> bool:
        entries, left = seen
        return sum(entry.service == "notify" for entry in entries) >= left

    entries, _ = await play.stage.until("wait_timeline", both, complete)
    return entries


def show_summary(play: Play, mails: list[Mail], calls: list[Call], entries: list[Entry]) -> None:
    """Promises kept and broken, what was received, and the chain of events."""
    incident, stage, console = play.incident, play.stage, play.stage.console
    console.print()
    console.print(Rule(Text(stage.say("summary", number=incident.number), style="bold")))
    states = Counter(clock.state for clock in incident.clocks)
    _heading(play, stage.say("promises", met=states["met"], broken=states["breached"]))
    console.print(Clocks(incident.clocks, play.language, None))
    _heading(play, stage.say("mails", count=len(mails)))
    console.print(_two_columns(play, ("to", "subject"), [(", ".join(m.recipients), m.subject) for m in mails]))
    verified = sum(call.verified is True for call in calls)
    _heading(play, stage.say("hooks", count=len(calls), verified=verified))
    types = Counter(call.event_type for call in calls)
    console.print(_two_columns(play, ("event_type", "calls"), [(name, str(count)) for name, count in types.items()]))
    _heading(play, stage.say("chain", count=len(entries)))
    console.print(timeline_table(entries, play.language, None))
    console.print(Text(stage.say("done", seconds=f"{stage.seconds:.1f}", number=incident.number), style="bold green"))


def _heading(play: Play, text: str) -> None:
    play.stage.console.print()
    play.stage.console.print(Text(text, style="bold cyan"))


def _two_columns(play: Play, titles: tuple[str, str], rows: list[tuple[str, str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for title in titles:
        table.add_column(play.stage.say(title))
    for left, right in rows:
        table.add_row(Text(left), Sentence(right))
    return table
