"""What the database and its disk measure, for `/metrics` and the log: the same whichever process is asked."""

import json
import shutil
from collections.abc import Sequence
from typing import Any

import charity
from charity import clock, metrics
from charity.db import engine, health, queue, reading
from charity.db.health import Probe
from charity.settings import settings

DATABASE = metrics.gauge("charity_database_bytes", "Size of the database", shared=True)
WAL = metrics.gauge("charity_wal_bytes", "Size of SQLite's WAL", shared=True)
CHECKPOINT = metrics.gauge(
    "charity_checkpoint_age_seconds", "Since all that is committed stood in SQLite's file", shared=True
)
DISK = metrics.gauge("charity_disk_free_bytes", "Free on the disk of a folder we write to", "folder", shared=True)
JOBS = metrics.gauge("charity_jobs", "Background jobs by state", "state", shared=True)
JOBS_OLDEST = metrics.gauge("charity_jobs_oldest_seconds", "How long the oldest job has been due", shared=True)
VERIFIED = metrics.gauge("charity_verify_age_seconds", "Since charity verify last ended here", shared=True)
VERIFIED_FAILURES = metrics.gauge("charity_verify_failures", "What it found then", shared=True)
VERIFIED_SECONDS = metrics.gauge("charity_verify_seconds", "How long it took", shared=True)
INFO = metrics.gauge("charity_info", "Version and database", "version", "database", shared=True)
POOL = metrics.gauge("charity_pool_connections", "Connections to PostgreSQL", "state")
PROBLEM = metrics.gauge("charity_problem", "1 while /readyz names it", "probe", shared=True)
STATES = ("queued", "running", "failed")


async def measure() -> None:
    """Measure all of them now."""
    opened = engine.state()
    INFO.put(1, charity.__version__, "postgresql" if opened.postgres else "sqlite")
    for folder in health.places():
        DISK.put(shutil.disk_usage(folder).free, str(folder))
    _verified()
    if opened.checkpoints is not None:
        WAL.put(opened.checkpoints.size())
        CHECKPOINT.put(opened.checkpoints.age_s())
        DATABASE.put(settings().sqlite_path.stat().st_size)
    else:
        DATABASE.put(await reading.value("SELECT pg_database_size(current_database())"))
    counts = {
        row["state"]: row["n"]
        for row in await reading.rows(
            "SELECT state, COUNT(*) AS n FROM job WHERE state IN ('queued', 'running', 'failed') GROUP BY state"
        )
    }
    for state in STATES:
        JOBS.put(counts.get(state, 0), state)
    oldest = await queue.oldest_due()
    JOBS_OLDEST.put(max(0.0, (clock.now() - clock.instant(oldest)).total_seconds()) if oldest else 0)


async def problems(probes: Sequence[Probe]) -> None:
    """Measure what `/readyz` would name."""
    bad = {problem.probe.name for problem in await health.look(probes)}
    for probe in probes:
        PROBLEM.put(probe.name in bad, probe.name)


def pool() -> None:
    """Measure this process's connections to PostgreSQL."""
    if not engine.state().postgres:
        return
    client: Any = engine.state().context.connections.get("default")
    connections = client._pool  # noqa: SLF001 - Tortoise has no other way to it
    if connections is not None:
        POOL.put(connections.get_size() - connections.get_idle_size(), "busy")
        POOL.put(connections.get_idle_size(), "idle")


# -- the last verify ----------------------------------------------------------------------------------


def note_verified(*, failures: int, seconds: float) -> None:
    """Remember in the data folder how `charity verify` ended."""
    path = settings().data_dir / "verify.json"
    path.write_text(
        json.dumps({"at": clock.stamp(), "failures": failures, "seconds": round(seconds, 1)}) + "\n", encoding="utf-8"
    )


def _verified() -> None:
    try:
        last = json.loads((settings().data_dir / "verify.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    VERIFIED.put((clock.now() - clock.instant(last["at"])).total_seconds())
    VERIFIED_FAILURES.put(last["failures"])
    VERIFIED_SECONDS.put(last["seconds"])
