"""Settings from the environment, refused when misspelt: the platform's, and each service's own."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.file_types import ACCEPTED

PREFIX = "AFTERCARE_"
LONGEST_KEEP_DAYS = 3650
LARGEST_FILE = 100 * 1024 * 1024
"""The front lets no longer body through."""


class UnknownSetting(Exception):
    """An environment variable with our prefix names no setting."""


@dataclass(frozen=True)
class KeepTimes:
    """How long a service remembers what is over: events it handled, timers, answers to commands."""

    inbox_days: int = 30
    timers_days: int = 30
    idempotency_days: int = 14

    @property
    def reach(self) -> timedelta:
        """How far back events may be sent again: as far as inboxes remember, less a day for what was under way."""
        return timedelta(days=self.inbox_days - 1)


@dataclass(frozen=True)
class FileRules:
    """What files are let in: how long one may be, and of which media types."""

    limit_bytes: int = 20 * 1024 * 1024
    types: tuple[str, ...] = ACCEPTED


class PlatformSettings(BaseSettings):
    """What every process of the platform is told."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    database_url: str | None = Field(
        None,
        description="Administrator's URL of PostgreSQL 16+; creates roles and migrates. Empty: the embedded one.",
    )
    database_secret: str = Field(
        "",
        description="Secret the passwords of the service roles are derived from; only where one process has all roles.",
    )
    amqp_url: str | None = Field(None, description="URL of RabbitMQ. Empty: the bus inside the one process.")
    principal_key: str = Field(
        "", description="Public Ed25519 key (PEM) of the gateway; services trust its principals."
    )
    public_url: str = Field("http://127.0.0.1:8000", description="Address under which people reach the gateway.")
    data_folder: Path = Field(
        Path(".aftercare"),
        description="Where files are kept, for all processes alike, and the embedded default's keys and data.",
    )
    file_limit_bytes: int = Field(
        FileRules.limit_bytes, gt=0, le=LARGEST_FILE, description="Size of a file that is let in, at most."
    )
    file_types: tuple[str, ...] = Field(
        FileRules.types, description="Media types of files that are let in, as their content shows."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("json", description="json, or text for people.")
    keep_inbox_days: int = Field(
        KeepTimes.inbox_days,
        ge=2,
        le=LONGEST_KEEP_DAYS,
        description="Days a handled event is remembered; one that comes again later is handled again.",
    )
    keep_timers_days: int = Field(
        KeepTimes.timers_days,
        gt=0,
        le=LONGEST_KEEP_DAYS,
        description="Days a timer is kept after it fired, or after a cancelled one would have been due.",
    )
    keep_idempotency_days: int = Field(
        KeepTimes.idempotency_days,
        gt=0,
        le=LONGEST_KEEP_DAYS,
        description="Days an answer is kept for repeats of its Idempotency-Key; a later repeat is a new command.",
    )

    otlp_endpoint: str | None = Field(
        None,
        description="Address of an OpenTelemetry collector that takes traces by OTLP over HTTP, such as "
        "http://collector:4318; they go to /v1/traces there. Empty: nothing is recorded. How much is recorded and how "
        "it is sent, the standard variables say: OTEL_TRACES_SAMPLER(_ARG), OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT, "
        "_COMPRESSION, _CERTIFICATE (also as OTEL_EXPORTER_OTLP_TRACES_*), OTEL_BSP_*, OTEL_RESOURCE_ATTRIBUTES, "
        "OTEL_SDK_DISABLED; OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_ENDPOINT are not looked at.",
    )

    @property
    def file_rules(self) -> FileRules:
        return FileRules(self.file_limit_bytes, self.file_types)

    @property
    def keep(self) -> KeepTimes:
        return KeepTimes(self.keep_inbox_days, self.keep_timers_days, self.keep_idempotency_days)


class ServiceSettings(BaseSettings):
    """Base of a service's own settings; its prefix is AFTERCARE_<SERVICE>_."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str | None = Field(None, description="URL with this service's running role. Empty: derived.")
    api_url: str | None = Field(None, description="Where this service's API answers. Empty: in this process.")
    host: str = Field("127.0.0.1", description="Address the service's API listens on.")
    port: int = Field(0, description="Port the service's API listens on; 0: it is not served on its own.")


def refuse_unknown(known: Iterable[type[BaseSettings]], environment: Mapping[str, str] = os.environ) -> None:
    """Raise UnknownSetting for a variable with our prefix that no settings class knows, naming the nearest one."""
    names = {name for settings in known for name in variables_of(settings)}
    for variable in environment:
        if variable.upper().startswith(PREFIX) and variable.upper() not in names:
            nearest = difflib.get_close_matches(variable.upper(), names, n=1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            raise UnknownSetting(f"{variable} is no setting of Aftercare{hint}")


def variables_of(settings: type[BaseSettings]) -> dict[str, Any]:
    """The environment variables a settings class reads, with their fields."""
    prefix = settings.model_config.get("env_prefix") or ""
    return {f"{prefix}{name}".upper(): field for name, field in settings.model_fields.items()}
