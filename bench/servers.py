"""Temporary servers for benchmarks: a data folder, a database, `charity serve` with an echo beside it."""

import contextlib
import json
import os
import shutil
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

ROOT = Path(__file__).resolve().parents[1]
READY_S = 60


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


@contextlib.contextmanager
def postgres(kept: Path | None = None) -> Iterator[str]:
    """A PostgreSQL cluster of its own with fsync on; the URL of its database `bench`.

    `kept`: in this folder, which stays with all its databases; else in a new one that is removed.
    """
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
    folder = kept or Path(tempfile.mkdtemp(prefix="charity-pg-", dir="/var/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()

    def run(*words: str) -> None:
        subprocess.run([*prefix, *words], check=True, capture_output=True, cwd="/")

    fresh = not (folder / "data").exists()
    if fresh:
        words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        run(str(binaries / "initdb"), "-D", f"{folder}/data", *words)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
    run(str(binaries / "pg_ctl"), "-D", f"{folder}/data", "-w", "-o", options, "-l", f"{folder}/log", "start")
    try:
        if fresh:
            run("psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-c", "CREATE DATABASE bench")
        yield f"postgres://postgres@127.0.0.1:{port}/bench"
    finally:
        run(str(binaries / "pg_ctl"), "-D", f"{folder}/data", "-m", "fast" if kept else "immediate", "stop")
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def entries(at: House) -> int:
    """How many entries the journal has, as `charity verify` counts on it: read by a command of its own."""
    script = (
        "import asyncio\nfrom charity.app import MODELS\nfrom charity.db import engine, reading\n"
        "async def main():\n    async with engine.opened(MODELS):\n"
        "        print(await reading.value('SELECT seq FROM head'))\nasyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=at.environment, capture_output=True, check=True)
    return int(json.loads(done.stdout))
