"""An embedded PostgreSQL 18: the server programs of a wheel, one data folder, a Unix socket and no TCP port.
Leaves out the wheel's Python part, which opens up parent folders and stops servers that others still use."""

import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO
from urllib.parse import quote

from deploy.machine import alone, hold_shared, open_lock, process_mentions, try_exclusive, wait_until
from deploy.postgres_account import (
    Account,
    PostgresNotStarted,
    prepare_data_folder,
    private_folder,
    server_account,
    server_programs,
)

SUPERUSER = "postgres"
NOBODY = 2**31 - 1  # a process number no system gives out
PORT = 5432  # names the socket file; nothing listens on TCP
START_SECONDS = 60
STOP_SECONDS = 60
SOCKET_PATH_LIMIT = 103  # bytes; macOS has the smallest limit
START_LOCK = "start.lock"
USERS_LOCK = "users.lock"


class PostgresNode:
    """One user of an embedded server. Several may use one data folder; the last to stop stops the server.

    Nothing happens at interpreter exit: when its users were killed it runs on, and the next start attaches.
    """

    def __init__(self) -> None:
        self._server: _Server | None = None
        self._membership: IO[str] | None = None

    def start(self, data_folder: Path, max_connections: int = 300, *, durable: bool = True) -> str:
        """Make the cluster if there is none, start it unless it runs, and return the superuser's URL.

        `durable=False` trades crash safety for speed, for tests. A server that runs keeps its settings.
        Raises PostgresNotStarted or DeadlinePassed.
        """
        if self._membership is not None:
            raise PostgresNotStarted("this node is started already")
        account = server_account()
        folder = data_folder.resolve()
        prepare_data_folder(folder, account, ours=START_LOCK)
        server = _Server(folder, account, server_programs(account))
        with alone(folder / START_LOCK):
            membership = open_lock(folder / USERS_LOCK)
            try:
                hold_shared(membership)
                server.create_cluster(durable=durable)
                running = server.ensure_running(max_connections=max_connections, durable=durable)
            except BaseException:
                membership.close()
                server.halt_unless_used()
                raise
        self._server, self._membership = server, membership
        return f"postgresql://{SUPERUSER}@/postgres?host={quote(str(running.socket_folder))}&port={running.port}"

    def stop(self) -> None:
        """Leave the server, and stop it when nobody else uses it. No effect on a node that is not started."""
        if self._server is None or self._membership is None:
            return
        server, membership = self._server, self._membership
        self._server = self._membership = None
        membership.close()
        if not server.folder.exists():
            return  # a server whose data folder was removed ends by itself
        with alone(server.folder / START_LOCK):
            server.halt_unless_used()

    def kill(self) -> None:
        """SIGKILL the server, as a crash would; `stop` and a new `start` bring back what was committed."""
        postmaster = self._server.postmaster() if self._server else None
        if self._server is None or postmaster is None:
            return
        mark = str(self._server.cluster)
        os.kill(postmaster.pid, signal.SIGKILL)
        wait_until(lambda: not process_mentions(postmaster.pid, mark), seconds=10, what="the server's death")


@dataclass(frozen=True)
class _Postmaster:
    """A running server as its postmaster.pid describes it, also one that still starts or already stops."""

    pid: int
    port: int
    socket_folder: Path
    status: str


@dataclass(frozen=True)
class _Server:
    """The server of one data folder: what runs, and the programs that make, start and stop it."""

    folder: Path
    account: Account
    programs: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def postmaster(self) -> _Postmaster | None:
        """The process that serves this folder; None when there is none or only its stale pid file."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        if not lines or not process_mentions(int(lines[0]), str(self.cluster)):
            return None
        if len(lines) < 8:  # the format: pid, folder, start time, port, socket folder, address, memory, status
            return _Postmaster(int(lines[0]), PORT, self.cluster, "starting")
        return _Postmaster(int(lines[0]), int(lines[3]), Path(lines[4]), lines[7].strip())

    def create_cluster(self, *, durable: bool) -> None:
        """Run initdb unless there is a cluster. Made aside and renamed: a kill leaves none half made."""
        if self.cluster.exists():
            return
        unfinished = self.folder / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The order of texts then depends neither on the system's locales nor on their version.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = [] if durable else ["--no-sync"]
        self._run("initdb", "-D", str(unfinished), "--auth=trust", f"--username={SUPERUSER}", *locale, *sync)
        unfinished.rename(self.cluster)

    def ensure_running(self, *, max_connections: int, durable: bool) -> _Postmaster:
        """Attach to a server that runs, wait for one that is starting or stopping, else start one."""
        wait_until(self._is_settled, seconds=START_SECONDS, what="the earlier server's start or stop")
        if self.postmaster() is None:
            socket_folder = self._socket_folder()
            self._disown_dead(socket_folder)
            settings = _settings(socket_folder, max_connections=max_connections, durable=durable)
            (self.cluster / "postgresql.conf").write_text(settings, encoding="utf-8")
            if self.log.exists():
                self.log.replace(self.folder / "server.log.1")
            wait_until(self._has_started, seconds=START_SECONDS, what="the end of a killed server's last processes")
        running = self.postmaster()
        if running is None:
            raise PostgresNotStarted(f"PostgreSQL ended at once: {self._last_words()}")
        return running

    def halt_unless_used(self) -> None:
        """Stop the server when it has no users. Call with the start lock held."""
        with open_lock(self.folder / USERS_LOCK) as users:
            if try_exclusive(users):
                self.halt()

    def halt(self) -> None:
        """Stop the server, disconnecting its clients; by force when it does not obey in time."""
        running = self.postmaster()
        if running is None:
            return
        stop = ["stop", "-D", str(self.cluster), "-w", "-t", str(STOP_SECONDS)]
        try:
            self._run("pg_ctl", *stop, "-m", "fast")
        except PostgresNotStarted:
            self._run("pg_ctl", *stop, "-m", "immediate")
        if running.socket_folder != self.cluster:
            shutil.rmtree(running.socket_folder, ignore_errors=True)

    def _is_settled(self) -> bool:
        running = self.postmaster()
        return running is None or running.status == "ready"

    def _has_started(self) -> bool:
        """Try to start; False while backends that outlived a killed server still hold its shared memory."""
        start = ["start", "-D", str(self.cluster), "-l", str(self.log), "-w", "-t", str(START_SECONDS)]
        try:
            self._run("pg_ctl", *start)
        except PostgresNotStarted as failure:
            if "is still in use" not in str(failure):
                raise
            return False
        return True

    def _disown_dead(self, socket_folder: Path) -> None:
        """Name nobody in a dead server's lock files, keeping the memory segment that the next one must check.

        PostgreSQL would take a zombie, or whatever got the number after a reboot, for a living server.
        """
        for stale in (self.cluster / "postmaster.pid", socket_folder / f".s.PGSQL.{PORT}.lock"):
            if stale.exists():
                _, _, rest = stale.read_text(encoding="utf-8").partition("\n")
                stale.write_text(f"{NOBODY}\n{rest}", encoding="utf-8")

    def _socket_folder(self) -> Path:
        """The cluster's folder, which only its owner enters; a private one elsewhere if that is too long."""
        if len(os.fsencode(self.cluster / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return self.cluster
        name = f"aftercare-{sha256(os.fsencode(self.cluster)).hexdigest()[:12]}"
        return private_folder(Path(tempfile.gettempdir(), name), self.account)

    def _run(self, program: str, *arguments: str) -> None:
        result = self.account.run([str(self.programs / program), *arguments], folder=self.folder)
        if result.returncode != 0:
            raise PostgresNotStarted(f"{program} failed: {result.stderr.strip()} {self._last_words()}".strip())

    def _last_words(self) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])


def _settings(socket_folder: Path, *, max_connections: int, durable: bool) -> str:
    quoted = str(socket_folder).replace('"', '""').replace("'", "''")
    lines = [
        "# Written anew at each start.",
        "listen_addresses = ''",
        f"port = {PORT}",
        f"unix_socket_directories = '\"{quoted}\"'",
        "unix_socket_permissions = 0700",
        f"max_connections = {max_connections}",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
        "log_line_prefix = '%m [%p] %u@%d '",
    ]
    if not durable:
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
    return "\n".join(lines) + "\n"
