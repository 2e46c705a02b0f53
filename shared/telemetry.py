"""Logs, metrics and health: JSON lines with the correlation id, Prometheus figures, and a /readyz that really looks."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECRET_WORDS = ("password", "secret", "token", "authorization", "key")


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep secrets out of the log, whoever logs them."""
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS) and name != "idempotency_key":
            event[name] = "[redacted]"
    return event


def configure_logs(level: str, form: str) -> None:
    """Set up structlog once per process: `json` for machines, `text` for people."""
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*common, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _configure_libraries_logs([structlog.stdlib.add_logger_name, *common], renderer)


def _configure_libraries_logs(processors: list[structlog.typing.Processor], renderer: Any) -> None:
    """What libraries say through `logging`, from warnings on, leaves in the same form, with its level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class Metrics:
    """The figures of one process; one registry per process, so that tests do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "aftercare_requests_total",
            "Requests answered.",
            ["service", "method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "aftercare_request_seconds",
            "Time to answer a request.",
            ["service"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self.steps = Counter(
            "aftercare_loop_rows_total",
            "Rows worked off by a loop.",
            ["service", "loop"],
            registry=self.registry,
        )
        self.unsent_seconds = Gauge(
            "aftercare_outbox_oldest_seconds",
            "Age of the oldest unsent event.",
            ["service"],
            registry=self.registry,
        )
        self.active = Gauge(
            "aftercare_worker_active",
            "1 while this process is the active worker.",
            ["service"],
            registry=self.registry,
        )
