"""The embedded default: keys and passwords made at first start, kept in `.aftercare/` for the owner's eyes only."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.auth import new_key_pair

KEYS = "keys.json"


class KeysUnreadable(Exception):
    """The file of keys is damaged; the message names it."""


@dataclass(frozen=True)
class Keys:
    """The secrets of one installation. None of them is ever in the repository."""

    signing_key: str
    principal_key: str
    database_secret: str
    token_secret: str
    administrator_password: str


@dataclass(frozen=True)
class Ports:
    """Where the embedded platform listens, all on 127.0.0.1: everything counts up from the first."""

    gateway: int
    dashboard: int
    smtp: int
    recorder: int

    @classmethod
    def from_first(cls, first: int) -> Ports:
        return cls(first, first + 80, first + 25, first + 26)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.gateway}"

    @property
    def recorder_url(self) -> str:
        return f"http://127.0.0.1:{self.recorder}"

    @property
    def dashboard_url(self) -> str:
        return f"http://127.0.0.1:{self.dashboard}"


def keys_of(folder: Path) -> Keys:
    """The installation's keys, generated when the folder has none. The folder is 0700, the file 0600.

    Raises KeysUnreadable: new keys would lock us out of the data.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEYS
    if path.exists():
        try:
            return Keys(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as problem:
            raise KeysUnreadable(f"{path} is damaged (密钥文件已损坏): restore it, or delete all data.") from problem
    keys = new_keys()
    write_private(path, json.dumps(asdict(keys), indent=1))
    return keys


def new_keys() -> Keys:
    private, public = new_key_pair()
    return Keys(private, public, secrets.token_hex(32), secrets.token_hex(32), readable_password())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, from its first byte on; replaces an older one whole."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def readable_password() -> str:
    """A password of 75 random bits in groups that can be read aloud."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(3))


def environment(keys: Keys, admin_url: str, ports: Ports) -> dict[str, str]:
    """The settings of an embedded platform, as the environment variables a real installation sets."""
    return {
        "AFTERCARE_DATABASE_URL": admin_url,
        "AFTERCARE_DATABASE_SECRET": keys.database_secret,
        "AFTERCARE_PRINCIPAL_KEY": keys.principal_key,
        "AFTERCARE_PUBLIC_URL": ports.base_url,
        "AFTERCARE_GATEWAY_SIGNING_KEY": keys.signing_key,
        "AFTERCARE_GATEWAY_PORT": str(ports.gateway),
        "AFTERCARE_FEEDBACK_PUBLIC_URL": ports.base_url,
        "AFTERCARE_FEEDBACK_TOKEN_SECRET": keys.token_secret,
        "AFTERCARE_NOTIFY_SMTP_HOST": "127.0.0.1",
        "AFTERCARE_NOTIFY_SMTP_PORT": str(ports.smtp),
        "AFTERCARE_NOTIFY_ALLOWED_RECEIVERS": json.dumps([f"127.0.0.1:{ports.recorder}"]),
    }
