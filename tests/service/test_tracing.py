"""What is recorded of one service's work, what a caller's header may decide, and what happens without a collector."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog
from structlog.testing import capture_logs

from services.process import tracing_to
from shared.events.contracts import CustomerChanged
from shared.permissions import Role
from shared.tracing import Tracing, Untraced
from tests.builders.collector import Collector, SeenSpan, collecting
from tests.harness import ANYBODY, PUBLIC_KEY, OneService, principal
from tests.outside import closed_port
from tests.repo.sources import ROOT
from tests.toy import Toy, a_person

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED, UNSAMPLED = (f"00-{TRACE_ID}-{SPAN_ID}-{flags}" for flags in ("01", "00"))
A_CUSTOMER = {"name_zh": "医院", "name_en": "Hospital"}
OFFICE = principal(Role.ADMINISTRATOR)
NOTHING_COLLECTED = """
import sys
from services import __main__, catalogue, process
from shared.settings import PlatformSettings

platform = PlatformSettings(database_url="postgresql://nobody@127.0.0.1/none", principal_key={key!r})
settings = {{name: catalogue.settings_class(name)() for name in catalogue.NAMES}}
process.build(catalogue.NAMES, "all", platform, settings)
heavy = [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter", "requests"))]
sys.exit(" ".join(heavy) or 0)
"""


@asynccontextmanager
async def traced() -> AsyncIterator[tuple[Collector, Tracing]]:
    """What was recorded has arrived when this ends."""
    async with collecting() as collector:
        tracing = tracing_to(collector.url)
        yield collector, tracing
        await tracing.close()


def told(spans: list[SeenSpan]) -> list[tuple[str, str | None, bool]]:
    return [(span.name, span.about.get("error.type"), span.failed) for span in spans]


async def test_a_refused_request_is_recorded_by_its_code_and_is_no_failure(one_service: OneService.Factory) -> None:
    async with traced() as (collector, tracing):
        contracts = await one_service("contracts", tracing=tracing)
        async with contracts.as_(ANYBODY) as stranger, contracts.as_(OFFICE) as office:
            await stranger.post("/v1/customers", json=A_CUSTOMER)
            await office.post("/v1/customers", json={"name_zh": "医院"})
            await office.post("/v1/customers", json=A_CUSTOMER)
    route = "POST /v1/customers"
    assert told(collector.spans[:3]) == [
        (route, "unauthenticated", False),
        (route, "invalid_input", False),
        (route, None, False),
    ]
    assert [span.about["http.response.status_code"] for span in collector.named(route)] == [401, 422, 201]


async def test_a_request_without_its_database_is_a_failure(one_service: OneService.Factory) -> None:
    async with traced() as (collector, tracing):
        contracts = await one_service("contracts")
        nowhere = f"postgresql://nobody@127.0.0.1:{closed_port()}/none"
        lost = await OneService.opened(contracts.runtime.service, nowhere, tracing=tracing)
        async with lost.as_(OFFICE) as office:
            answer = await office.get("/v1/customers")
        await lost.close()
    assert answer.status_code == 503
    assert told(collector.spans) == [("GET /v1/customers", "unavailable", True)]


async def test_a_consumer_that_fails_is_recorded_with_each_try_and_without_its_words(
    one_service: OneService.Factory,
) -> None:
    toy = Toy(failing={"Ada"})
    async with traced() as (collector, tracing):
        service = await one_service(toy.service(), tracing=tracing)
        await service.hear(a_person("Ada"), traceparent=SAMPLED)
        toy.failing.clear()
        await service.advance(seconds=2)
    tries = collector.named("count_person")
    assert told(tries) == [("count_person", "RuntimeError", True), ("count_person", None, False)]
    assert {(span.trace_id, span.parent_id) for span in tries} == {(TRACE_ID, SPAN_ID)}
    assert "Ada" not in repr(collector.spans)


async def test_what_each_of_several_consumers_says_belongs_to_its_own_span(one_service: OneService.Factory) -> None:
    async with traced() as (collector, tracing):
        service = await one_service(Toy().service(), tracing=tracing)
        for name in ("Ada", "Grace"):
            await service.hear(a_person(name), traceparent=SAMPLED)
        await service.said(CustomerChanged)
    consumed = [span.span_id for span in collector.named("count_person")]
    assert sorted(span.parent_id for span in collector.spans if span.kind == "producer") == sorted(consumed)
    assert sorted(e.traceparent or "" for e in service.bus.published) == sorted(
        f"00-{TRACE_ID}-{span_id}-01" for span_id in consumed
    )


async def test_an_event_that_does_not_leave_is_recorded_with_each_try(one_service: OneService.Factory) -> None:
    async with traced() as (collector, tracing):
        contracts = await one_service("contracts", tracing=tracing)
        async with contracts.as_(OFFICE) as office:
            await office.post("/v1/customers", json=A_CUSTOMER)
        contracts.bus.failing = True
        await contracts.runtime.loops[0].step()
        contracts.bus.failing = False
        await contracts.settle()
    published = f"publish {CustomerChanged.type}"
    assert told(collector.named(published)) == [(published, "PublishFailed", True), (published, None, False)]


async def test_the_log_names_the_trace_while_it_lasts() -> None:
    async with traced() as (collector, tracing):
        with capture_logs([structlog.contextvars.merge_contextvars]) as logged:
            with tracing.tracer("contracts").span("work", "internal"):
                structlog.get_logger().warning("within")
            structlog.get_logger().warning("after")
    [work] = collector.spans
    assert [entry.get("trace_id") for entry in logged] == [work.trace_id, None]


async def test_a_caller_gives_a_trace_its_id_and_does_not_decide_whether_it_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with traced() as (collector, tracing):
        with tracing.tracer("gateway").span("asked not to", "server", parent=UNSAMPLED, from_outside=True) as span:
            assert span.traceparent
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
        with tracing.tracer("gateway").span("asked to", "server", parent=SAMPLED, from_outside=True) as quiet:
            assert quiet.traceparent
            assert (quiet.traceparent[:35], quiet.traceparent[-2:]) == (f"00-{TRACE_ID}", "00")
        with tracing.tracer("notify").span("within", "client", parent=SAMPLED):
            """Our own services have decided."""
    assert [(s.name, s.trace_id, s.parent_id) for s in collector.spans] == [
        ("asked not to", TRACE_ID, SPAN_ID),
        ("within", TRACE_ID, SPAN_ID),
    ]


@pytest.mark.parametrize("malformed", ["", "nonsense", f"ff{SAMPLED[2:]}", SAMPLED[:-3], SAMPLED.replace("b7", "0x")])
async def test_a_malformed_parent_is_none(malformed: str) -> None:
    async with traced() as (collector, tracing):
        with tracing.tracer("gateway").span("work", "server", parent=malformed, from_outside=True):
            """Nothing else is wanted of it."""
    [work] = collector.spans
    assert (work.parent_id, work.trace_id == TRACE_ID) == ("", False)


async def test_without_a_collector_there_requests_are_answered_and_one_warning_is_logged(
    one_service: OneService.Factory, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
    tracing = tracing_to(f"http://127.0.0.1:{closed_port()}")
    contracts = await one_service("contracts", tracing=tracing)
    with capture_logs() as logged:
        async with contracts.as_(OFFICE) as office:
            answers = [(await office.get("/v1/customers")).status_code for _ in range(5)]
        await tracing.close()
    assert answers == [200] * 5
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [("traces_lost", "warning")]
    assert capfd.readouterr().err == ""


async def test_it_is_told_that_the_collector_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
    async with collecting() as collector:
        tracing = tracing_to(collector.url)
        collector.status = 400
        with capture_logs() as logged:
            for name in ("lost", "lost too"):
                await _one_span(tracing, name, collector)
            collector.status = 200
            await _one_span(tracing, "kept", collector)
            await tracing.close()
    assert [entry["event"] for entry in logged] == ["traces_lost", "traces_arrive_again"]
    assert [span.name for span in collector.spans] == ["kept"]


async def _one_span(tracing: Tracing, name: str, collector: Collector) -> None:
    """Recorded, sent, and answered by the collector."""
    asked = collector.asked
    with tracing.tracer("contracts").span(name, "internal"):
        """A span is enough."""
    await collector.is_asked(asked + 1)


def test_where_nobody_collects_a_span_is_what_it_was_caused_by() -> None:
    with Untraced().tracer("contracts").span("work", "internal", parent=SAMPLED) as span:
        assert span.traceparent == SAMPLED
    with Untraced().tracer("contracts").span("work", "internal") as span:
        assert span.traceparent is None


def test_where_nobody_collects_no_sdk_is_loaded() -> None:
    code = NOTHING_COLLECTED.format(key=PUBLIC_KEY)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
