"""Where a client finds its platform and its sign-in: a stored login, else the embedded platform of this checkout.

Files with secrets are readable by their owner alone. The platform's own files (`sign-ins.json`) are only read here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

M = TypeVar("M", bound=BaseModel)
FOLDER = ".aftercare"
SIGN_INS = "sign-ins.json"
LOGIN = "login.json"


class SignIn(BaseModel):
    """What a person signs in with."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    email: str
    password: str = Field(repr=False)


class DemoPerson(SignIn):
    """A person of the demo organisation, with what the printed list of sign-ins shows."""

    roles: tuple[str, ...]
    name_zh: str
    name_en: str


class SignIns(BaseModel):
    """What the embedded platform left for the clients of its checkout."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    base_url: str
    recorder_url: str | None = None
    administrator: SignIn
    people: tuple[DemoPerson, ...] = ()


class Login(BaseModel):
    """A session kept between two runs of a command."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    base_url: str
    email: str
    token: str = Field(repr=False)


class Unreadable(Exception):
    """A file of ours does not hold what it should; the text names it."""


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where `aftercare login` keeps its session."""
    home = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME", "~")).expanduser() / ".config")
    return Path(home) / "aftercare" / LOGIN


def sign_ins_from(folder: Path) -> Path | None:
    """The nearest `.aftercare/sign-ins.json`, in this folder or one above it."""
    for parent in (folder, *folder.parents):
        found = parent / FOLDER / SIGN_INS
        if found.is_file():
            return found
    return None


def read_sign_ins(file: Path) -> SignIns:
    """Raises Unreadable."""
    return read(SignIns, file)


def read_login(file: Path) -> Login | None:
    """The session kept in this file; None where there is none. Raises Unreadable."""
    return read(Login, file) if file.exists() else None


def write_private(file: Path, content: BaseModel) -> None:
    """Replace the file at once, readable by its owner alone from its first byte on."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(TypeAdapter(type(content)).dump_json(content, indent=2) + b"\n")
    beside.replace(file)


def read(of: type[M], file: Path) -> M:
    """What a file of ours holds. Raises Unreadable, also where it cannot be opened."""
    try:
        return of.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as problem:
        raise Unreadable(f"{file}: {problem}") from problem
