"""Several worker processes behind one port, on PostgreSQL: they end with their parent, and count together."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from browsing import PATIENCE_S, Served, build
from conftest import environment
from web.given import samples

from charity import __version__

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workers")]


@pytest.fixture
def served(cluster: Any, tmp_path: Path) -> Iterator[Served]:
    """Two workers on a town."""

    async def administer(statement: str) -> None:
        connection = await asyncpg.connect(cluster.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    url = cluster.url("workers")
    asyncio.run(administer("CREATE DATABASE workers"))
    environment(url, tmp_path)
    served = Served(url, tmp_path, build(url, tmp_path), workers=2)
    served.begin()
    try:
        yield served
    finally:
        served.end()
        asyncio.run(administer("DROP DATABASE workers WITH (FORCE)"))


def children(pid: int) -> list[int]:
    done = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in done.stdout.split()]


def alive(pid: int) -> bool:
    """Whether it runs; one that ended may wait as a zombie for a parent that will never ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(what: str, holds: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_workers_end_when_their_parent_was_killed(served: Served) -> None:
    """They kept the port, so that no new server could start (O11)."""
    parent = served.processes[0]
    workers = children(parent.pid)
    assert len(workers) >= 2
    parent.send_signal(signal.SIGKILL)
    parent.wait(timeout=PATIENCE_S)
    until("a worker goes on", lambda: not any(alive(pid) for pid in workers))
    until("the port is taken", lambda: not listening(served.port))
    assert "parent.gone" in (served.folder / "serve.log").read_text()
    served.end()
    served.begin()


async def test_metrics_are_the_sum_over_the_workers_and_no_counter_goes_back_when_one_dies(served: Served) -> None:
    """With two workers /metrics showed one (O12)."""

    async def scraped() -> dict[tuple[str, tuple[str, ...]], float]:
        async with served.client() as client:  # a connection of its own each time, so either worker may answer
            return samples((await client.get("/metrics")).text)

    async def asked(count: int) -> None:
        for _ in range(count):
            async with served.client() as client:
                assert (await client.get("/healthz")).status_code == 200

    healthz = ("charity_requests_total", ("GET", "/healthz", "200"))
    await asked(40)
    async with asyncio.timeout(PATIENCE_S):
        while [(await scraped()).get(healthz) for _ in range(8)] != [40] * 8 or (await _workers(scraped)) != 2:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    for _ in range(8):
        assert (await scraped())[healthz] == 40
    children_of_the_parent = set(children(served.processes[0].pid))
    folder = served.folder / "metrics"
    victim = int(next(iter(folder.glob("*.json"))).stem.rsplit("-", 1)[1])
    assert victim in children_of_the_parent
    os.kill(victim, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        while (await _workers(scraped)) != 2 or len(list(folder.glob("*.json"))) < 3:  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.2)
    assert (await scraped())[healthz] == 40
    log = (served.folder / "serve.log").read_text()
    assert log.count("server.started") == 3
    assert f'"version": "{__version__}"' in log


async def _workers(scraped: Any) -> float:
    """How many serve; 0 while a connection meets the worker that was killed."""
    try:
        return float((await scraped())["charity_workers", ()])
    except httpx2.TransportError:
        return 0
