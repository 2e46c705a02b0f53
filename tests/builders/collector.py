"""A collector of traces: takes what the platform sends by OTLP over HTTP, and tells what belongs to what."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True)
class SeenSpan:
    """A span as it arrived. `parent_id` is empty at the beginning of a trace."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    about: dict[str, Any]
    failed: bool


@dataclass
class Collector:
    """Answers `status` to whatever is sent, and keeps it when that is 200."""

    url: str
    status: int = 200
    asked: int = 0
    spans: list[SeenSpan] = field(default_factory=list)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    def named(self, name: str, service: str | None = None) -> list[SeenSpan]:
        return [span for span in self.spans if span.name == name and service in (None, span.service)]

    def back_from(self, span: SeenSpan) -> Iterator[SeenSpan]:
        """The span, its parent, and so on to the first of the trace."""
        by_id = {other.span_id: other for other in self.spans}
        yield span
        while span.parent_id:
            span = by_id[span.parent_id]
            yield span

    async def take(self, request: Request) -> Response:
        body = await request.body()
        if self.status == 200:
            self.spans += _spans(ExportTraceServiceRequest.FromString(body))
        async with self._more:
            self.asked += 1
            self._more.notify_all()
        return Response(status_code=self.status)

    async def is_asked(self, times: int) -> None:
        """Wait until so many batches were sent."""
        async with self._more:
            await self._more.wait_for(lambda: self.asked >= times)


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        collector = Collector(f"http://127.0.0.1:{listening.getsockname()[1]}")
        app = Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listening]))
        yield collector
        server.should_exit = True
        await serving


def _spans(sent: ExportTraceServiceRequest) -> Iterator[SeenSpan]:
    for resource in sent.resource_spans:
        service = _values(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield SeenSpan(
                    service=service,
                    name=span.name,
                    kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    about=_values(span.attributes),
                    failed=span.status.code == Status.STATUS_CODE_ERROR,
                )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
