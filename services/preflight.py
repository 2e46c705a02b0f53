"""What is looked at before a process starts: its settings, its door, its schema. Each failure is one clear line."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import TypeVar

import asyncpg
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError
from sqlalchemy.exc import SQLAlchemyError

from services import catalogue
from shared import migrate
from shared.db import plain_url
from shared.resend import CannotSendAgain
from shared.settings import PlatformSettings, ServiceSettings, UnknownSetting, refuse_unknown

S = TypeVar("S", bound=BaseSettings)
BACKLOG = 1024
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("json", "text")


class NotConfigured(Exception):
    """A setting this process cannot do without is missing or wrong; the message names it."""


FORESEEN = (
    NotConfigured,
    UnknownSetting,
    CannotSendAgain,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    SQLAlchemyError,
    CommandError,
)
"""What may go wrong for reasons outside the code: told in one line, without a traceback."""


def in_one_line(problem: BaseException) -> str:
    """What a person needs to read of a foreseen failure."""
    cause = getattr(problem, "orig", None) or problem
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    unreached = isinstance(cause, OSError) and cause.filename is None
    return f"the database does not answer: {lines[0]}" if unreached else lines[0]


def read_platform() -> PlatformSettings:
    """The platform's settings from the environment. Raises NotConfigured for a value that cannot be."""
    platform = _read(PlatformSettings)
    _require_postgres("AFTERCARE_DATABASE_URL", platform.database_url)
    if platform.log_level.upper() not in LOG_LEVELS:
        raise NotConfigured(f"AFTERCARE_LOG_LEVEL is none of {', '.join(LOG_LEVELS)}")
    if platform.log_format not in LOG_FORMATS:
        raise NotConfigured(f"AFTERCARE_LOG_FORMAT is none of {', '.join(LOG_FORMATS)}")
    if platform.amqp_url and not platform.amqp_url.startswith(("amqp://", "amqps://")):
        raise NotConfigured("AFTERCARE_AMQP_URL is no address of RabbitMQ: it begins with amqp:// or amqps://")
    if platform.otlp_endpoint and not platform.otlp_endpoint.startswith(("http://", "https://")):
        raise NotConfigured("AFTERCARE_OTLP_ENDPOINT is no address of a collector: it begins with http:// or https://")
    return platform


def read_settings() -> dict[str, ServiceSettings]:
    """Every service's settings from the environment.

    Raises UnknownSetting for a misspelt variable of any of them, NotConfigured for a value that cannot be.
    """
    every = {name: catalogue.settings_class(name) for name in catalogue.NAMES}
    refuse_unknown([PlatformSettings, *every.values()])
    read = {name: _read(settings) for name, settings in every.items()}
    for name, settings in read.items():
        _require_postgres(f"AFTERCARE_{name.upper()}_DATABASE_URL", settings.database_url)
    return read


def _require_postgres(variable: str, url: str | None) -> None:
    if url and not url.startswith("postgres"):
        raise NotConfigured(f"{variable} is no address of PostgreSQL: it begins with postgresql://")


def _read(settings: type[S]) -> S:
    """The value itself is not told: it may be a secret."""
    prefix = settings.model_config.get("env_prefix") or ""
    try:
        return settings()
    except ValidationError as problem:
        wrong = problem.errors()[0]
        raise NotConfigured(f"{prefix}{wrong['loc'][0]}".upper() + f": {wrong['msg']}") from problem
    except SettingsError as problem:
        field = re.search(r'field "(\w+)"', str(problem))
        raise NotConfigured(f"{prefix}{field.group(1) if field else ''}".upper() + " is no valid JSON") from problem


def door(host: str, port: int) -> socket.socket:
    """The socket on which a process answers. Raises NotConfigured when it cannot have it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise NotConfigured(f"cannot listen on {host} port {port}: {reason}") from problem


async def require_migrated(urls: Mapping[str, str]) -> None:
    """Raises NotConfigured when a schema is missing or behind the code. `urls` are the running roles'.

    A database that is away is no reason to stay down: the process waits for it. A schema ahead of the code is an
    update under way, during which both releases work.
    """
    for name, url in urls.items():
        script = ScriptDirectory.from_config(migrate.config_for(name, url))
        known = [revision.revision for revision in script.walk_revisions()]
        try:
            found = await _revision(name, url)
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
            return
        if found is None or (found in known and found != script.get_current_head()):
            raise NotConfigured(f"the schema of {name} is not up to date: run python -m services migrate {name}")


async def _revision(name: str, url: str) -> str | None:
    """The revision of a service's schema; None where there is none, or not even the schema."""
    connection = await asyncpg.connect(plain_url(url), timeout=5)
    try:
        found: str | None = await connection.fetchval(f'SELECT version_num FROM "{name}".alembic_version')
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError, asyncpg.InsufficientPrivilegeError):
        return None
    finally:
        await connection.close()
    return found
