"""A private RabbitMQ from the system's package: own folder, own name, every port on 127.0.0.1, no plugins.
Leaves the system's own broker alone, and holds no topology: the bus declares that."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

from deploy.machine import LOOPBACK, free_ports, open_lock, process_mentions, try_exclusive, wait_until
from deploy.rabbit_package import SERVER_SCRIPT, RabbitNotStarted, require_installed

USER = "aftercare"
START_SECONDS = 120
STOP_SECONDS = 30
GREETING = b"AMQP\x00\x00\x09\x01"
METHOD_FRAME = b"\x01"
TEMPORARY = "aftercare-rabbit-"


class RabbitNode:
    """One broker. Without a folder it lives in a temporary one, which `stop` removes with all messages."""

    def __init__(self, folder: Path | None = None) -> None:
        self._kept = folder
        self._node: _Node | None = None
        self._lock: IO[str] | None = None

    def start(self) -> str:
        """Start the broker and return its AMQP URL once it greets. Raises RabbitNotStarted or DeadlinePassed."""
        if self._node is not None:
            raise RabbitNotStarted("this node is started already")
        require_installed()
        _remove_abandoned()
        folder = self._kept.resolve() if self._kept else Path(tempfile.mkdtemp(prefix=TEMPORARY))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open_lock(folder / "node.lock")
        if not try_exclusive(lock):
            lock.close()
            raise RabbitNotStarted(f"another process runs the broker of {folder}")
        _end_recorded(folder)
        self._lock, self._node = lock, _Node(folder)
        try:
            self._node.boot()
        except BaseException:
            self.stop()
            raise
        return self._node.url

    def kill(self) -> None:
        """SIGKILL the broker, as a crash would. Its port then refuses until `restart`.

        RabbitMQ 3.10 records a new quorum queue on disk only some time later: one that was declared less than
        a second before the kill never gets a leader again, and every question about it hangs.
        """
        self._started().halt(signal.SIGKILL)

    def restart(self) -> None:
        """Start the broker again, same URL and same data, stopping it in order when it still runs."""
        node = self._started()
        node.halt(signal.SIGTERM)
        node.boot()

    def stop(self) -> None:
        """End the broker and all that was started for it. Without effect on a node that is not started."""
        if self._node is None or self._lock is None:
            return
        node, lock = self._node, self._lock
        self._node = self._lock = None
        node.halt(signal.SIGTERM if self._kept else signal.SIGKILL)
        node.end_names()
        if not self._kept:
            shutil.rmtree(node.folder, ignore_errors=True)
        lock.close()

    def _started(self) -> "_Node":
        if self._node is None:
            raise RabbitNotStarted("this node is not started")
        return self._node


class _Node:
    """The processes of one broker: the Erlang machine, and the name server that it insists on (epmd)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port, self._peer_port, self._names_port = free_ports(3)
        self._password = _kept_password(folder)
        self._broker: subprocess.Popen[bytes] | None = None
        self._names: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://{USER}:{self._password}@{LOOPBACK}:{self._port}/"

    def boot(self) -> None:
        """Start what does not run and wait for the broker's greeting."""
        environment = self._environment()
        _write_configuration(self.folder, port=self._port, password=self._password)
        with (self.folder / "console.log").open("ab") as console:
            if self._names is None:
                command = ["epmd", "-port", str(self._names_port), "-address", LOOPBACK]
                self._names = self._spawn(command, environment, console)
            self._broker = self._spawn([str(SERVER_SCRIPT)], environment, console)
        (self.folder / "node.pids").write_text(f"{self._broker.pid} {self._names.pid}", encoding="utf-8")
        wait_until(self._greets_or_ended, seconds=START_SECONDS, what="the broker's greeting")
        if self._broker.poll() is not None:
            raise RabbitNotStarted(f"RabbitMQ ended at once: {self._last_words()}")

    def _spawn(self, command: list[str], environment: dict[str, str], console: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is for us, who then stop it in order
        )

    def halt(self, how: signal.Signals) -> None:
        """End the broker; by SIGKILL when it does not obey in time."""
        broker, self._broker = self._broker, None
        if broker is None:
            return
        broker.send_signal(how)
        try:
            broker.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            broker.kill()
            broker.wait()

    def end_names(self) -> None:
        names, self._names = self._names, None
        if names is not None:
            names.kill()
            names.wait()

    def _greets_or_ended(self) -> bool:
        return (self._broker is not None and self._broker.poll() is not None) or _greets(self._port)

    def _environment(self) -> dict[str, str]:
        """All that the broker would else take from /etc, /var or the caller; every path in our folder."""
        data = self.folder / "data"
        return {
            "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then becomes the broker, whose pid we need
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_AFLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_NODENAME": f"{_node_name(self.folder)}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._peer_port),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "environment"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(self.folder / "more-configuration"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(data / "config"),
            "RABBITMQ_SCHEMA_DIR": str(data / "schema"),
            "RABBITMQ_MNESIA_BASE": str(data),
            "RABBITMQ_MNESIA_DIR": str(data / "node"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "broker.pid"),
        }

    def _last_words(self) -> str:
        text = (self.folder / "console.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-15:])


def _node_name(folder: Path) -> str:
    """One name per folder: the data on disk belongs to the name that wrote it."""
    return f"aftercare-{sha256(os.fsencode(folder)).hexdigest()[:12]}"


def _kept_password(folder: Path) -> str:
    """The password the folder's data was made with; a new one for a new folder."""
    path = folder / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(16), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _write_configuration(folder: Path, *, port: int, password: str) -> None:
    settings = [
        f"listeners.tcp.1 = {LOOPBACK}:{port}",
        f"default_user = {USER}",
        f"default_pass = {password}",
    ]
    files = {
        "rabbitmq.conf": "\n".join(settings) + "\n",
        "advanced.config": "[].\n",
        "plugins": "[].\n",
        "environment": "",
    }
    for name, text in files.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "more-configuration").mkdir(exist_ok=True)


def _greets(port: int) -> bool:
    """Whether a broker answers the protocol header with a method frame, its connection.start."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(GREETING)
            return connection.recv(1) == METHOD_FRAME
    except OSError:
        return False


def _end_recorded(folder: Path) -> None:
    """Kill what a killed predecessor left running in the folder."""
    record = folder / "node.pids"
    if not record.exists():
        return
    mark = f"HOME={folder}"
    left = [int(word) for word in record.read_text(encoding="utf-8").split()]
    left = [pid for pid in left if process_mentions(pid, mark)]
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: not any(process_mentions(pid, mark) for pid in left),
        seconds=STOP_SECONDS,
        what="its broker's death",
    )


def _remove_abandoned() -> None:
    """End the temporary brokers whose starters were killed: nobody else would ever do it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with suppress(OSError):  # another process may be removing the same folder
            if folder.stat().st_uid != os.geteuid() or not (folder / "node.pids").exists():
                continue
            with open_lock(folder / "node.lock") as lock:
                if try_exclusive(lock):
                    _end_recorded(folder)
                    shutil.rmtree(folder, ignore_errors=True)
