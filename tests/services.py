"""Real servers for tests: a PostgreSQL cluster and a RabbitMQ node of their own, on loopback, gone at the end.

Each runs in the foreground as an unprivileged user, from a temporary folder, on free ports; leaving the context stops
it and removes the folder. A program that is absent fails the test with its Debian package's name: nothing is skipped.

Belongs here: starting and stopping. Does not belong here: what is stored in them or said through them.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "mot-de-passe-du-test"  # noqa: S105  (of servers that live as long as a test)
READY_SECONDS = 90
_STOP_SECONDS = 20
_PROGRAMS = ("/usr/lib/postgresql/*/bin", "/usr/lib/rabbitmq/bin")


class ServiceError(RuntimeError):
    """A server of the tests is absent or does not start."""


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str, package: str) -> str:
    """The path of a Debian program, also where Debian keeps it off the PATH.

    Raises:
        ServiceError: it is not installed.
    """
    found = shutil.which(name)
    places = [folder for pattern in _PROGRAMS for folder in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    for folder in places:
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    if found:
        return found
    raise ServiceError(f"{name} est introuvable : installez le paquet {package} (apt install {package}).")


def _unprivileged(*preferred: str) -> str | None:
    """The user to run a server as when the tests run as root; none otherwise."""
    if os.geteuid() != 0:
        return None
    for name in (*preferred, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServiceError("aucun utilisateur sans droits pour lancer un serveur.")


@contextlib.contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    # Not pytest's folder: it is closed to other users, and its path too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="contrats-"))
    try:
        if user:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(
    command: list[str],
    log: Path,
    *,
    stop: int,
    user: str | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in its own session while the context lasts; then the signal ``stop``, and SIGKILL to its group."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            user=user,
            extra_groups=[] if user else None,
            group=pwd.getpwnam(user).pw_gid if user else None,
            cwd=cwd or log.parent,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits for a server to be ready.

    Raises:
        ServiceError: it stopped, or is not ready in time; the message gives the end of its log.
    """
    end = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise ServiceError(f"{process.args!r} ne démarre pas :\n{said}")
        time.sleep(0.2)


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty database of a PostgreSQL cluster that lives as long as the context."""
    user = _unprivileged("postgres")
    port = free_port()
    with _folder(user) as folder:
        secret = folder / "secret"
        secret.write_text(PASSWORD, encoding="utf-8")
        if user:
            shutil.chown(secret, user)
        log = folder / "journal"
        made = subprocess.run(
            [
                *(program("initdb", "postgresql"), "-D", str(folder / "donnees"), "-U", "contrats"),
                *("--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            user=user,
            extra_groups=[] if user else None,
            group=pwd.getpwnam(user).pw_gid if user else None,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServiceError(f"initdb a échoué :\n{made.stderr}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "200",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [program("postgres", "postgresql"), "-D", str(folder / "donnees"), *options]
        url = f"postgresql://contrats:{PASSWORD}@127.0.0.1:{port}/postgres"
        with running(command, log, user=user, stop=signal.SIGINT) as process:
            wait_until(lambda: _answers_postgresql(url), process, log)
            yield url


def _answers_postgresql(url: str) -> bool:
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


@dataclass(frozen=True)
class Broker:
    """A RabbitMQ node: its address for Celery, its group of processes."""

    url: str
    group: int

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """The node neither answers nor closes a connection while the context lasts."""
        os.killpg(self.group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.group, signal.SIGCONT)


@contextlib.contextmanager
def rabbitmq() -> Iterator[Broker]:
    """A RabbitMQ node that lives as long as the context, with an epmd of its own."""
    user = _unprivileged("rabbitmq")
    port, distribution, names = free_port(), free_port(), free_port()
    with _folder(user) as folder:
        settings = folder / "rabbitmq.conf"
        settings.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\ndefault_user = contrats\ndefault_pass = {PASSWORD}\n"
            "log.console = true\nlog.file = false\ndisk_free_limit.absolute = 50MB\n",
            encoding="utf-8",
        )
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"contrats{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(settings),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "journaux"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }
        epmd = [program("epmd", "erlang-base"), "-port", str(names), "-address", "127.0.0.1"]
        url = f"amqp://contrats:{PASSWORD}@127.0.0.1:{port}//"
        server = [program("rabbitmq-server", "rabbitmq-server")]
        log = folder / "journal"
        with (
            running(epmd, folder / "journal-epmd", user=user, env=env, stop=signal.SIGTERM),
            running(server, log, user=user, env=env, stop=signal.SIGTERM) as process,
        ):
            wait_until(lambda: _answers_amqp(url), process, log)
            yield Broker(url, process.pid)


def _answers_amqp(url: str) -> bool:
    from kombu.connection import Connection
    from kombu.exceptions import OperationalError

    try:
        with Connection(url, connect_timeout=2) as connection:  # type: ignore[no-untyped-call]
            connection.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return False
    return True
