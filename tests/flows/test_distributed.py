"""The main job as it runs in containers: a process per service and role, RabbitMQ between them, real time.

One promise is of a single second, so that it is broken while everybody watches; all others are kept.
"""

from __future__ import annotations

import io
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from rich.console import Console

from clients.dashboard.records import Alarm
from clients.demo import cast, summary
from clients.demo.emergency import fault_is_reported
from clients.demo.kept import read_demo
from clients.demo.outside import Call, Mail, Outside
from clients.demo.play import Play, clock_of, everybody_signed_in
from clients.demo.stage import Stage
from clients.demo.story import ACTS
from clients.models import Entry, Incident, Survey
from deploy.home import Home
from tests.builders.agreed import an_answer_within_a_second_is_promised
from tests.builders.collector import Collector, collecting
from tests.builders.eventually import eventually
from tests.builders.launched import Launched, a_home, launched
from tests.flows.test_main_job import TOLD_IN_ORDER

pytestmark = pytest.mark.rabbit
_REPORT, *REST = [scene for _, scenes in ACTS for scene in scenes]


@pytest.fixture
def home() -> Iterator[Home]:
    with a_home() as home:
        yield home


@asynccontextmanager
async def a_play(platform: Launched) -> AsyncIterator[Play]:
    """The cast signed in, the recorder at hand, and nobody in the audience."""
    demo = read_demo(platform.home.folder)
    assert demo
    assert demo.recorder_url
    stage = Stage(Console(file=io.StringIO()), "en", len(REST))
    async with everybody_signed_in(demo, "en") as apis, Outside(demo.recorder_url, "en") as outside:
        yield Play(demo, stage, outside, apis)
        stage.end()


async def reported(play: Play) -> Incident:
    await fault_is_reported(play)
    return play.incident


async def alarms(play: Play) -> list[str]:
    raised = await play.apis["desk"].all(Alarm, "/v1/alarms", incident_id=play.incident.id)
    return [alarm.reason for alarm in raised]


async def mails_to_the_emergency_team(play: Play) -> list[Mail]:
    return await play.outside.mails(play.incident.number, play.actor("emergency").email)


async def test_the_main_job_walks_through_a_process_per_service_and_role(home: Home) -> None:
    async with collecting() as collector:
        told = {"AFTERCARE_OTLP_ENDPOINT": collector.url}
        with launched("deploy.distributed", home, "--without-dashboard", told=told) as platform:
            await the_main_job_is_played(platform)
            assert await platform.ends(signal.SIGINT) == 0
            assert platform.left_behind() == []
            assert platform.errors == []
        one_trace_crosses_the_processes(collector)


async def the_main_job_is_played(platform: Launched) -> None:
    await platform.is_ready()
    await an_answer_within_a_second_is_promised(platform)
    async with a_play(platform) as play:
        await eventually(lambda: reported(play), lambda seen: clock_of(seen, "respond").target_seconds == 1)
        await the_promise_is_broken_in_real_time(play)
        for scene in REST:
            await scene(play)
        mails, calls = await summary.mails_left(play), await summary.calls_left(play)
        await what_was_done_is_seen(play, mails, calls, await summary.whole_timeline(play))


async def the_promise_is_broken_in_real_time(play: Play) -> None:
    seen = await eventually(play.look, lambda seen: clock_of(seen, "respond").state == "breached")
    assert clock_of(seen, "on_site").state == "running"
    assert await eventually(lambda: alarms(play), bool) == ["clock_breached"]
    await eventually(lambda: mails_to_the_emergency_team(play), bool)


async def what_was_done_is_seen(play: Play, mails: list[Mail], calls: list[Call], timeline: list[Entry]) -> None:
    closed = await play.look()
    assert closed.state == "closed"
    states = {clock.kind: clock.state for clock in closed.clocks}
    assert states == dict.fromkeys(states, "met") | {"respond": "breached"}
    assert {"respond", "on_site", "resolve", "plan_requested", "plan_decided"} <= set(states)
    [survey] = await play.apis["operator"].all(Survey, "/v1/surveys", incident_id=closed.id)
    assert survey.state == "answered"
    assert len({mail.message_id for mail in mails}) == len(mails)
    told = {address for mail in mails for address in mail.recipients}
    told_of_it = {play.actor(part).email for part in ("leader", "superior", "emergency", "operator")}
    assert told_of_it | {cast.VENDOR["party_email"], cast.DEPARTMENT["email"]} <= told
    assert sorted(call.event_type for call in calls) == sorted(cast.HOOK_EVENTS)
    assert {call.verified for call in calls} == {True}
    said = {entry.type.split(".")[1] for entry in timeline}
    assert {*TOLD_IN_ORDER, "clock_breached", "alarm_raised"} - said == set()


def one_trace_crosses_the_processes(collector: Collector) -> None:
    """From the mail back to the request: through the broker to incidents, and over HTTP to the gateway."""
    written = [[span.name for span in collector.back_from(mail)] for mail in collector.named("send_mail")]
    report = "POST /v1/incidents"
    assert ["send_mail", "write_messages", report, report] in written
    [*_, first] = collector.back_from(collector.named(report, "aftercare-incidents")[0])
    assert (first.service, first.parent_id) == ("aftercare-gateway", "")
    through = {span.service for span in collector.spans if span.trace_id == first.trace_id}
    assert {"aftercare-gateway", "aftercare-incidents", "aftercare-escalation", "aftercare-notify"} <= through
