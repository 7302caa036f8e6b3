"""Temporary servers for benchmarks: a data folder, a database, `charity serve` with an echo beside it."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
READY_S = 60
STOP_S = 30


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """A data folder with its environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> str:
        """Run a charity command; its standard output."""
        command = [sys.executable, "-m", "charity", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:] or done.stdout[-2000:])
        return done.stdout

    def token(self, role: str) -> str:
        """A bearer token."""
        return self.run("token", "create", "--role", role).split()[-1]


@contextlib.contextmanager
def house(url: str | None = None) -> Iterator[House]:
    """A temporary data folder, on SQLite in it or on the given PostgreSQL database."""
    folder = Path(tempfile.mkdtemp(prefix="charity-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))  # noqa: S108 - a real disk, not a RAM disk
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHARITY_")}
    environment |= {"CHARITY_DATABASE_URL": url or f"sqlite://{folder}/charity.db", "CHARITY_DATA_DIR": str(folder)}
    try:
        yield House(folder, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def serving(at: House) -> Iterator[tuple[str, float]]:
    """The platform with the echo on a free port: its address, and the seconds until /readyz answered."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.echo:app", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--no-proxy-headers",
        "--no-server-header",
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--ws",
        "none",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=at.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            base = f"http://127.0.0.1:{port}"
            ready(base)
            yield base, time.perf_counter() - began
        finally:
            server.terminate()
            server.wait(30)


@dataclass
class Server:
    """`charity serve` as it is run, on one port however often it is started again."""

    at: House
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """Its process."""
        assert self.process is not None, "the server was not started"
        return self.process

    def begin(self) -> None:
        """Start it and wait until it is ready; an error with the end of its log when it ended instead."""
        log = self.at.folder / f"serve-{self.port}.log"
        command = [sys.executable, "-m", "charity", "serve", "--port", str(self.port)]
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.at.environment, stdout=output, stderr=output)
        try:
            ready(self.base)
        except OSError as error:
            raise RuntimeError(f"{error}: {log.read_text(encoding='utf-8')[-2000:]}") from error

    def sqlite_process(self) -> int:
        """The process with SQLite's writing connection (`charity.db.sqlite_child`)."""
        pid = self.running.pid
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                if b"charity.db.sqlite_child" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        msg = "the server has no process for SQLite"
        raise RuntimeError(msg)

    def gone(self) -> None:
        """Wait until it has ended by itself."""
        self.running.wait(STOP_S)

    def kill(self) -> None:
        """`kill -9`."""
        self.running.kill()
        self.gone()

    def end(self) -> None:
        """Stop it as a service manager does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.gone()
            except subprocess.TimeoutExpired:
                self.kill()


@contextlib.contextmanager
def platform(at: House) -> Iterator[Server]:
    """`charity serve`, ready."""
    server = Server(at)
    try:
        server.begin()
        yield server
    finally:
        server.end()


@contextlib.contextmanager
def demo_city() -> Iterator[Server]:
    """A server of the demo city, loaded for this."""
    with house() as at:
        at.run("migrate")
        at.run("demo")
        with platform(at) as server:
            yield server


def ready(base: str) -> None:
    """Wait until the server says that it is ready."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(base + "/readyz", timeout=2) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@dataclass
class Cluster:
    """A PostgreSQL cluster of our own, which can be killed and started again; fsync is on, as by default."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The URL of its database `bench`."""
        return f"postgres://postgres@127.0.0.1:{self.port}/bench"

    def _run(self, program: str, *words: str) -> None:
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        binaries = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
        subprocess.run([*prefix, str(binaries / program), *words], check=True, capture_output=True, cwd="/")

    def make(self) -> None:
        """Make its files, with `bench` in it, unless they are there; and start it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        fresh = not (self.folder / "data").exists()
        if fresh:
            words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
            self._run("initdb", "-D", f"{self.folder}/data", *words)
        self.start()
        if fresh:
            self.ask("CREATE DATABASE bench", "postgres")

    def start(self) -> None:
        """Start it, also after `kill -9`: refused while a process of before still holds its shared memory."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        words = ("-D", f"{self.folder}/data", "-w", "-o", options, "-l", f"{self.folder}/log", "start")
        deadline = time.monotonic() + READY_S
        while True:
            try:
                return self._run("pg_ctl", *words)
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def stop(self, mode: str) -> None:
        """Stop it: `fast` or `immediate`."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", mode, "stop")

    def kill(self) -> None:
        """`kill -9` of the postmaster."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGKILL)

    def ask(self, sql: str, database: str = "bench") -> str:
        """What psql prints for a statement, without headings."""
        words = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database, "-Atc", sql]
        return subprocess.run(words, check=True, capture_output=True, text=True, cwd="/").stdout


@contextlib.contextmanager
def cluster(kept: Path | None = None) -> Iterator[Cluster]:
    """A running PostgreSQL cluster of its own.

    `kept`: in this folder, which stays with all its databases; else in a new one that is removed.
    """
    folder = kept or Path(tempfile.mkdtemp(prefix="charity-pg-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))  # noqa: S108 - a real disk, not a RAM disk
    running = Cluster(folder)
    running.make()
    try:
        yield running
    finally:
        running.stop("fast" if kept else "immediate")
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres(kept: Path | None = None) -> Iterator[str]:
    """The URL of the database `bench` in such a cluster."""
    with cluster(kept) as running:
        yield running.url


def entries(at: House) -> int:
    """How many entries the journal has, as `charity verify` counts on it: read by a command of its own."""
    script = (
        "import asyncio\nfrom charity.app import MODELS\nfrom charity.db import engine, reading\n"
        "async def main():\n    async with engine.opened(MODELS):\n"
        "        print(await reading.value('SELECT seq FROM head'))\nasyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=at.environment, capture_output=True, check=True)
    return int(json.loads(done.stdout))


def post(base: str, token: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status and JSON of a call with a key of its own."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = secrets.token_hex(16)
    request = urllib.request.Request(base + path, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def get(base: str, path: str, token: str = "") -> tuple[int, dict[str, Any]]:
    """The status and JSON of a call that reads."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(base + path, headers=headers)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def today() -> str:
    """The platform's own date: `2026-11-26`."""
    from charity import clock  # noqa: PLC0415 - the platform's own calendar

    return clock.today().isoformat()
