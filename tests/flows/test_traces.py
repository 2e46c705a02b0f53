"""One trace tells what a report caused: the request, the services that heard of it, the mail and the call that left.

The platform plays once, on the local bus; a collector takes what it sends.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from clients.recorder import Recorder
from services.process import tracing_to
from tests.builders.collector import Collector, SeenSpan, collecting
from tests.builders.organisation import Json, a_world
from tests.databases import Databases
from tests.flows.test_main_job import SECRET_HOOK, a_client_system, reported
from tests.harness import Platform

REPORT = "POST /v1/incidents"
ABOUT = {
    "aftercare.correlation_id",
    "aftercare.event_type",
    "aftercare.id",
    "aftercare.late",
    "aftercare.request_id",
    "aftercare.timer_id",
    "aftercare.try",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "messaging.message.id",
}
"""All that a span may state. Whoever adds to it looks at what it may hold of people."""


@dataclass(frozen=True)
class Played:
    """A customer's own system has reported an incident, and its contact has the acknowledgement."""

    incident: Json
    token: str
    collector: Collector
    recorder: Recorder

    @property
    def trace(self) -> list[SeenSpan]:
        [first] = [span for span in self.collector.named(REPORT) if not span.parent_id]
        return [span for span in self.collector.spans if span.trace_id == first.trace_id]


@pytest.fixture(scope="module")
async def played(databases: Databases) -> AsyncIterator[Played]:
    url = await asyncio.to_thread(databases.clean, "all")
    async with collecting() as collector:
        tracing = tracing_to(collector.url)
        platform = await Platform.opened(url, tracing)
        world = await a_world(platform)
        system = await a_client_system(world)
        incident = await reported(world, system)
        await platform.advance(days=30)
        await platform.close()
        await tracing.close()
        yield Played(incident, system.headers["authorization"], collector, platform.recorder)


def test_the_mail_leads_back_to_the_request_that_caused_it(played: Played) -> None:
    [mail] = [span for span in played.trace if span.name == "send_mail"]
    assert [(span.service, span.name, span.kind) for span in played.collector.back_from(mail)] == [
        ("aftercare-notify", "send_mail", "client"),
        ("aftercare-notify", "write_messages", "consumer"),
        ("aftercare-incidents", REPORT, "server"),
        ("aftercare-gateway", REPORT, "server"),
    ]
    assert mail.about["aftercare.correlation_id"] == played.incident["id"]
    assert not mail.failed


def test_the_call_to_the_customers_system_and_what_is_said_of_both_belong_to_it(played: Played) -> None:
    names = {(span.service, span.name) for span in played.trace}
    assert ("aftercare-notify", "call_webhook") in names
    said_of_both = {f"publish notify.{fact}.v1" for fact in ("message_sent", "webhook_delivered")}
    assert {("aftercare-notify", name) for name in said_of_both} <= names
    told = [s for s in played.trace if s.about.get("aftercare.event_type") == "notify.message_sent.v1"]
    assert {span.service for span in told} == {"aftercare-incidents"}
    assert all("send_mail" in [s.name for s in played.collector.back_from(span)] for span in told)


def test_a_listeners_span_stands_under_who_said_it_and_beside_the_publishing(played: Played) -> None:
    [edge] = [span for span in played.trace if (span.service, span.name) == ("aftercare-incidents", REPORT)]
    under = [span for span in played.trace if span.parent_id == edge.span_id]
    assert {span.kind for span in under} == {"producer", "consumer"}
    [published] = [span for span in under if span.name == "publish incidents.incident_reported.v1"]
    assert [span for span in played.collector.spans if span.parent_id == published.span_id] == []


def test_routes_are_named_by_their_template_with_the_answer(played: Played) -> None:
    for service in ("aftercare-gateway", "aftercare-incidents"):
        [span] = [s for s in played.trace if (s.service, s.name) == (service, REPORT)]
        assert (span.about["http.route"], span.about["http.response.status_code"]) == ("/v1/incidents", 201)
    routes = {span.about["http.route"] for span in played.collector.spans if "http.route" in span.about}
    assert "/v1/plans/{plan_id}/approve" in routes
    assert played.incident["id"] not in repr(routes)


def test_a_timer_begins_a_trace_that_is_found_by_the_incident(played: Played) -> None:
    fired = [span for span in played.collector.spans if span.name.startswith("timer ")]
    assert {span.parent_id for span in fired} == {""}
    assert {played.trace[0].trace_id} & {span.trace_id for span in fired} == set()
    own = [span for span in fired if span.about["aftercare.correlation_id"] == played.incident["id"]]
    caused = {s.name for span in own for s in played.collector.spans if s.parent_id == span.span_id}
    assert "publish incidents.clock_breached.v1" in caused


def test_no_span_states_more_than_ids_types_and_codes(played: Played) -> None:
    assert {name for span in played.collector.spans for name in span.about} <= ABOUT
    assert told_too_much(played, played.collector.spans) == []


def test_a_span_that_states_more_is_seen(played: Played) -> None:
    """The twin: an address, a title or a token in any attribute of any span."""
    for secret in ("operator@demo.example", "Core switch without power", played.token):
        planted = replace(played.trace[-1], about={"error.type": f"refused: {secret}"})
        assert told_too_much(played, [*played.collector.spans, planted]) != []


def told_too_much(played: Played, spans: list[SeenSpan]) -> list[str]:
    text = json.dumps([(span.name, span.about) for span in spans])
    hidden = ("@", "demo.example", played.token.removeprefix("Bearer "), "Core switch", "Duty operator", "127.0.0.1")
    return [secret for secret in hidden if secret in text]


def test_nobody_outside_is_told_of_the_trace(played: Played) -> None:
    trace_id = played.trace[0].trace_id
    calls = played.recorder.calls(SECRET_HOOK)
    assert calls
    assert [call for call in calls if "traceparent" in call.headers or trace_id.encode() in call.body] == []
    assert [mail for mail in played.recorder.mails() if trace_id.encode() in mail.raw] == []
