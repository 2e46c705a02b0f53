"""What a request causes, as spans of one trace. Here is what the platform sees of it, and what it is while off.

All that is carried along is the W3C `traceparent`, a text: in headers, in envelopes, in rows. `shared/otlp.py` records.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Literal, Protocol
from uuid import UUID

Kind = Literal["server", "client", "producer", "consumer", "internal"]
About = Mapping[str, str | int | UUID | None]
"""Ids, types and codes. Never a name, an address, a text, a token: traces leave the platform."""
NOTHING: About = {}


class Span(Protocol):
    """A piece of work under way. What leaves it by an exception is recorded as its failure, by code only."""

    @property
    def traceparent(self) -> str | None:
        """What to hand to whatever this work causes."""

    def answered(self, status: int) -> None:
        """The HTTP status this work ended with."""

    def failed(self, why: str) -> None:
        """It ended without its effect, though nothing was raised; `why` is a stable code."""


class Tracer(Protocol):
    """One service's hand in a trace."""

    def span(
        self, name: str, kind: Kind, about: About = NOTHING, *, parent: str | None = None, from_outside: bool = False
    ) -> AbstractContextManager[Span]:
        """A span under `parent`, or the first of a new trace.

        A parent `from_outside` gives its trace id and nothing else: whether the trace is recorded is ours to decide.
        """


class Tracing(Protocol):
    """The tracing of one process. `close` once, at its end: what was recorded leaves then at the latest."""

    def tracer(self, service: str) -> Tracer: ...

    async def close(self) -> None: ...


class Untraced:
    """Nobody collects traces: a span is what it was caused by, and costs next to nothing."""

    def tracer(self, service: str) -> Untraced:
        return self

    def span(
        self, name: str, kind: Kind, about: About = NOTHING, *, parent: str | None = None, from_outside: bool = False
    ) -> _Passed:
        return _Passed(parent)

    async def close(self) -> None:
        """Nothing was recorded."""


class _Passed:
    """A span that is not recorded: what it causes belongs to its parent."""

    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str | None) -> None:
        self.traceparent = traceparent

    def __enter__(self) -> _Passed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end."""

    def answered(self, status: int) -> None:
        """Nobody asks."""

    def failed(self, why: str) -> None:
        """Nobody asks."""
