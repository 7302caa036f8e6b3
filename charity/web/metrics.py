"""`/metrics` for Prometheus: what all workers of this server counted, and what they share.

With several workers (PostgreSQL) each writes what it counted into a file of the data folder once a second, and the
one that is asked adds the others' files to its own numbers. A worker that died leaves its file, so no counter goes
back; a new server begins anew. prometheus_client's own way for several processes was compared in decision 21.
"""

import asyncio
import json
import logging
import multiprocessing
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from charity import metrics
from charity.background import supervised
from charity.metrics import COUNTER, Histogram, Metric, State
from charity.pacing import Paced
from charity.settings import settings

log = logging.getLogger("charity.metrics")
LOG_S = 600.0
_not_measured = Paced(log, "metrics.not_measured", every_s=LOG_S)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
WRITE_S = 1.0
REQUESTS = metrics.counter("charity_requests", "Answers by route and status", "method", "route", "status")
SECONDS = metrics.histogram("charity_request_seconds", "Time to answer by route", "route")
IN_FLIGHT = metrics.gauge("charity_requests_in_flight", "Requests being answered")
WORKERS = metrics.gauge("charity_workers", "Processes that serve")

Source = Callable[[], Awaitable[None]]
_shared: list[Source] = []
_own: list[Callable[[], None]] = []
_seen: set[Path] = set()


def use(shared: Iterable[Source], own: Iterable[Callable[[], None]]) -> None:
    """Take what measures the shared gauges when somebody asks, and the gauges of each process."""
    _shared[:], _own[:] = shared, [lambda: WORKERS.put(1), *own]


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    REQUESTS.add(1, method if method in METHODS else "-", route, str(status))
    SECONDS.observe(seconds, route)


async def text() -> bytes:
    """All metrics in Prometheus' text format."""
    await measure()
    others = await asyncio.to_thread(_others)
    registry = CollectorRegistry()
    registry.register(_Families([*metrics.summed([(metrics.own(), True), *others]), *metrics.shared()]))
    return generate_latest(registry)


async def measure() -> None:
    """Measure every gauge now; what cannot be measured is left out."""
    for gauge in metrics.shared():
        gauge.values.clear()
    for source in _shared:
        try:
            await source()
        except Exception as error:  # noqa: BLE001 - the database is away: the other figures are wanted all the more
            _not_measured.happened(error=type(error).__name__)
    for read in _own:
        read()


class _Families(Collector):
    """Metrics as prometheus_client wants them."""

    def __init__(self, listed: list[Metric]) -> None:
        self.listed = listed

    def collect(self) -> Iterator[Family]:
        """One family a metric."""
        for metric in self.listed:
            yield _histogram(metric) if isinstance(metric, Histogram) else _numbers(metric)


def _numbers(metric: metrics.Numbers) -> Family:
    kind = CounterMetricFamily if metric.kind == COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.words, labels=metric.labels)
    for labels, value in metric.values.items():
        family.add_metric(labels, value)
    return family


def _histogram(metric: Histogram) -> Family:
    family = HistogramMetricFamily(metric.name, metric.words, labels=metric.labels)
    for labels, counts in metric.counts.items():
        so_far, sums = 0, []
        for bound, count in zip((*map(str, metric.bounds), "+Inf"), counts, strict=True):
            so_far += count
            sums.append((bound, so_far))
        family.add_metric(labels, sums, metric.sums[labels])
    return family


# -- several workers ----------------------------------------------------------------------------------


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine did; "" when it is not there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19]
    except FileNotFoundError:
        return ""


def _server() -> str | None:
    """What names this server among all that ever used the data folder; None when it has one process only."""
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:
        return None
    return f"{socket.gethostname()}-{parent.pid}.{_began(parent.pid)}"


def _folder() -> Path:
    return settings().data_dir / "metrics"


def _others() -> list[tuple[State, bool]]:
    """What the other workers of this server counted, and whether they still live."""
    server = _server()
    if server is None:
        return []
    # A listing may miss a file that is replaced meanwhile: who was once seen is read all the same.
    _seen.update(_folder().glob(f"{server}-*.json"))
    files = []
    for path in sorted(_seen):
        pid = int(path.stem.rsplit("-", 1)[1])
        if pid != os.getpid() and path.exists():
            files.append((json.loads(path.read_text(encoding="utf-8")), bool(_began(pid))))
    return files


def _write(server: str) -> None:
    path = _folder() / f"{server}-{os.getpid()}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(metrics.own()), encoding="utf-8")
    fresh.replace(path)


def _clear(server: str) -> None:
    """Make the folder, and remove what servers of this machine that are gone have left."""
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    host = server.rsplit("-", 1)[0]
    for path in _folder().glob(f"{host}-*"):
        pid, began = path.stem.removeprefix(f"{host}-").split("-")[0].split(".")
        if _began(int(pid)) != began:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def written() -> AsyncIterator[None]:
    """Let the other workers see what this one counts."""
    server = _server()
    if server is None:
        yield
        return
    await asyncio.to_thread(_clear, server)

    async def keep() -> None:
        while True:
            for read in _own:
                read()
            await asyncio.to_thread(_write, server)
            await asyncio.sleep(WRITE_S)

    async with supervised("metrics", keep):
        yield
