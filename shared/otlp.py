"""Spans recorded and sent to a collector by OTLP over HTTP: the only door to OpenTelemetry's SDK.

Sending is the business of a thread beside the loop, with a bounded queue: a collector that is away costs spans, never
a request. Instrumentation of libraries is left out on purpose: it would put statements and addresses into spans.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.errors import Unexpected, as_expected
from shared.tracing import NOTHING, About, Kind, Span, Tracer

PATH = "/v1/traces"
FLUSH_SECONDS = 3.0
STATUS = "http.response.status_code"
SPEAKING_TOO_MUCH = ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal")
"""They complain about each batch that does not leave; we say it once."""
KINDS: dict[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
log = structlog.get_logger()


class OtlpTracing:
    """The spans of one process on their way to the collector at `endpoint`.

    Each service of the process is told apart by its `service.name`, as if it ran alone. Sampling, headers, limits and
    certificates are those of the standard OTEL_* variables, which the SDK reads.
    """

    def __init__(self, endpoint: str) -> None:
        for name in SPEAKING_TOO_MUCH:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._sender = _Sender(endpoint.rstrip("/") + PATH)
        self._queue = BatchSpanProcessor(self._sender)

    def tracer(self, service: str) -> Tracer:
        return OtlpTracer(service, self._queue)

    async def close(self) -> None:
        """Send what is left, for at most FLUSH_SECONDS."""
        flushing = threading.Thread(target=self._queue.shutdown, name="last traces", daemon=True)
        flushing.start()
        await asyncio.to_thread(flushing.join, FLUSH_SECONDS)
        self._sender.shutdown()


class OtlpTracer:
    """One service's spans."""

    def __init__(self, service: str, queue: BatchSpanProcessor) -> None:
        resource = Resource.create({SERVICE_NAME: f"aftercare-{service}", SERVICE_NAMESPACE: "aftercare"})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(queue)
        self._sampler, self._ids = provider.sampler, RandomIdGenerator()
        self._tracer = provider.get_tracer("aftercare")

    @contextmanager
    def span(
        self, name: str, kind: Kind, about: About = NOTHING, *, parent: str | None = None, from_outside: bool = False
    ) -> Iterator[Span]:
        context = _context(parent)
        if from_outside:
            context = self._drawn(name, context)
        recorded = self._tracer.start_span(name, context, KINDS[kind], _stated(about))
        span = _Recorded(recorded, kind)
        try:
            with structlog.contextvars.bound_contextvars(trace_id=span.trace_id):
                yield span
        except Exception as problem:
            span.raised(problem)
            raise
        finally:
            recorded.end()

    def _drawn(self, name: str, caller: Context) -> Context:
        """The caller's trace, recorded or not as if it began here: drawn by an id that nobody outside can choose."""
        named = trace.get_current_span(caller).get_span_context()
        if not named.is_valid:
            return caller
        drawn = self._sampler.should_sample(Context(), self._ids.generate_trace_id(), name).decision
        flags = TraceFlags.SAMPLED if drawn is Decision.RECORD_AND_SAMPLE else TraceFlags.DEFAULT
        ours = SpanContext(named.trace_id, named.span_id, is_remote=True, trace_flags=TraceFlags(flags))
        return trace.set_span_in_context(NonRecordingSpan(ours), Context())


class _Recorded:
    """A span of the SDK as the platform sees it."""

    def __init__(self, span: trace.Span, kind: Kind) -> None:
        self._span, self._kind = span, kind
        named = span.get_span_context()
        self.trace_id = trace.format_trace_id(named.trace_id)
        this = f"00-{self.trace_id}-{trace.format_span_id(named.span_id)}-{named.trace_flags:02x}"
        self.traceparent = this if named.is_valid else None

    def answered(self, status: int) -> None:
        self._span.set_attribute(STATUS, status)
        if status >= 500:
            self.failed(str(status))

    def failed(self, why: str) -> None:
        self._span.set_attribute("error.type", why)
        self._span.set_status(StatusCode.ERROR)

    def raised(self, problem: Exception) -> None:
        """By code or class only: the text of an exception may name people. A refused request is no failure of ours."""
        error = as_expected(problem)
        code = type(problem).__name__ if isinstance(error, Unexpected) else error.code
        if self._kind != "server":
            self.failed(code)
            return
        self.answered(error.status)
        self._span.set_attribute("error.type", code)


class _Sender(SpanExporter):
    """The SDK's exporter, which says once that the collector is away and once that it is back."""

    def __init__(self, url: str) -> None:
        self._exporter, self._url = OTLPSpanExporter(url), url
        self._away = self._closed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away != self._away:
            self._away = away
            if away:
                log.warning("traces_lost", collector=self._url)
            else:
                log.warning("traces_arrive_again", collector=self._url)
        return result

    def shutdown(self) -> None:
        if not self._closed:
            self._closed = True
            self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


def _stated(about: About) -> dict[str, str | int]:
    stated = {name: value for name, value in about.items() if value is not None}
    return {name: value if isinstance(value, int) else str(value) for name, value in stated.items()}


def _context(traceparent: str | None) -> Context:
    """What a traceparent names; a malformed one names nothing."""
    return TraceContextTextMapPropagator().extract({"traceparent": traceparent} if traceparent else {}, Context())
