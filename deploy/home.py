"""A folder that a platform calls home: where its keys, its database and its broker's messages are kept.

One launcher at a time: two of them on one database would each believe to be the whole platform.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.children import end_left_behind
from deploy.machine import open_lock, try_exclusive
from deploy.postgres_account import default_data_folder

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK = "launcher.lock"


class CannotStart(Exception):
    """The platform cannot be started, or not be reset, as things are; the message is one line for a person."""


@dataclass(frozen=True)
class Home:
    """All paths below one folder; the database's lies elsewhere when we are root (deploy/postgres_account.py)."""

    path: Path

    @property
    def folder(self) -> Path:
        """For the owner's eyes only: keys and sign-ins."""
        return self.path.resolve() / ".aftercare"

    @property
    def data(self) -> Path:
        return default_data_folder(self.path)

    @property
    def broker(self) -> Path:
        return self.folder / "rabbitmq"

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Nobody else runs a platform here meanwhile, and nothing of a killed one does. Raises CannotStart."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_lock(self.folder / LOCK) as lock:
            if not try_exclusive(lock):
                raise CannotStart(
                    f"A platform runs in {self.path} already (平台已在运行): end that one with Ctrl-C first."
                )
            end_left_behind(self.folder)
            yield

    def reset(self) -> None:
        """Delete everything kept. Raises CannotStart while it is in use, or when something cannot be deleted."""
        with self.taken():
            for path in (self.data, self.folder):
                shutil.rmtree(path, ignore_errors=True)
                if path.exists():
                    raise CannotStart(f"{path} cannot be deleted (无法删除): it belongs to somebody else.")
            with contextlib.suppress(OSError):
                self.data.parent.rmdir()  # as root it is ours too, and now empty
