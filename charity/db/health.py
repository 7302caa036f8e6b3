"""Whether a process and what it stands on are well: probes for `/readyz`, `charity check` and the log.

A **probe** looks at one thing and answers nothing, or what is wrong in words. A grave one makes the process not
ready; the others are warnings. `app` lists them all. `watch` looks again and again, and logs what has changed.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from charity import background, clock, words
from charity.db import engine, installation, integrity, migrations, reading, rules
from charity.errors import Refusal
from charity.settings import settings

log = logging.getLogger("charity.health")
MB = 1024 * 1024
DISK_FREE_MIN = 500 * MB
DISK_FREE_MIN_PERCENT = 5
WAL_MAX = 256 * MB
CHECKPOINT_AGE_MAX_S = 900.0
WATCH_S = 15.0
DAY_S = 24 * 3600.0
FIRST_LOOK_S = 300.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to look at: its name for machines and its label for people. `reads`: it needs the database."""

    name: str
    label: str
    look: Callable[[], Awaitable[Refusal | None]]
    grave: bool = True
    reads: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """What a probe found."""

    probe: Probe
    refusal: Refusal

    def text(self) -> str:
        """In words."""
        label, what = words.translate(self.probe.label), words.say(self.refusal.words, **self.refusal.facts)
        return f"{label}: {what}" if words.language() == "en" else f"{label}：{what}"


async def look(probes: Sequence[Probe]) -> list[Problem]:
    """All that is wrong, the grave first. A probe that cannot look is a problem too."""
    problems: list[Problem] = []
    closed = False
    for probe in probes:
        if probe.reads and closed:
            continue
        try:
            refusal = await probe.look()
        except Exception as error:  # noqa: BLE001 - whatever it is, we are not well; its kind is said
            refusal = rules.NOT_SEEN(error=type(error).__name__)
        if refusal is not None:
            problems.append(Problem(probe, refusal))
            closed |= probe.look is database
    return sorted(problems, key=lambda problem: not problem.probe.grave)


async def watch(probes: Sequence[Probe]) -> None:
    """Log what went wrong and what is well again: a supervised task."""
    before: dict[str, str] = {}
    while True:
        now = {problem.probe.name: problem for problem in await look(probes)}
        for name, problem in now.items():
            if before.get(name) != problem.refusal.code:
                level = logging.ERROR if problem.probe.grave else logging.WARNING
                log.log(
                    level, "health.bad", extra={"probe": name, "why": problem.refusal.code, "words": problem.text()}
                )
        for name in before.keys() - now.keys():
            log.info("health.good", extra={"probe": name})
        before = {name: problem.refusal.code for name, problem in now.items()}
        await asyncio.sleep(WATCH_S)


# -- the database's own probes ------------------------------------------------------------------------


async def database() -> Refusal | None:
    """Whether it answers and every migration is applied."""
    await reading.value("SELECT 1 AS one")
    missing = await migrations.pending()
    return rules.NOT_MIGRATED(count=len(missing), first=missing[0]) if missing else None


async def tasks() -> Refusal | None:
    """Whether every supervised task of this process is kept running."""
    failing = [task for task in background.tasks() if task.failing]
    return rules.TASKS_FAILING(tasks=", ".join(f"{t.name} ({t.error})" for t in failing)) if failing else None


def places() -> list[Path]:
    """The folders whose disks we write to."""
    chosen = settings()
    return [chosen.data_dir] if chosen.postgres else list({chosen.data_dir, chosen.sqlite_path.parent})


async def disk() -> Refusal | None:
    """Whether there is room: 500 MB and 5 % of each disk."""
    for folder in places():
        room = shutil.disk_usage(folder)
        percent = 100 * room.free / room.total
        if room.free < DISK_FREE_MIN or percent < DISK_FREE_MIN_PERCENT:
            return rules.DISK_SHORT(folder=str(folder), free_mb=room.free // MB, percent=f"{percent:.1f}")
    return None


async def checkpoint() -> Refusal | None:
    """Whether what is committed gets into the database file, and the WAL stays small."""
    checkpoints = engine.state().checkpoints
    if checkpoints is None:
        return None
    age_s, size = checkpoints.age_s(), checkpoints.size()
    if age_s <= CHECKPOINT_AGE_MAX_S and size <= WAL_MAX:
        return None
    return rules.CHECKPOINT_OLD(minutes=int(age_s // 60), wal_mb=size // MB, error=checkpoints.error or "-")


async def writing() -> Refusal | None:
    """Whether this process still writes."""
    why = engine.state().stopped
    return None if why is None else rules.NOT_WRITING(why=why)


_damage: list[str] = []


async def file() -> Refusal | None:
    """Whether it is where it was; what the last look into it found (`look_at_file`): too long for every request."""
    if engine.state().file_is_gone():
        return rules.FILE_GONE(path=str(settings().sqlite_path))
    return _damaged()


def _damaged() -> Refusal | None:
    return rules.DAMAGED(first=_damage[0], count=len(_damage)) if _damage else None


async def look_at_file(*, quick: bool = True) -> Refusal | None:
    """Look at the file now; what is wrong, in words."""
    _damage[:] = await integrity.damage(quick=quick)
    return _damaged()


async def watch_file() -> None:
    """Look at the file once a day: a supervised task."""
    await asyncio.sleep(FIRST_LOOK_S)
    while True:
        began = clock.now()
        if await look_at_file():
            log.critical("file.damaged", extra={"first": _damage[0], "count": len(_damage)})
        else:
            log.info("file.whole", extra={"ms": int((clock.now() - began).total_seconds() * 1000)})
        await asyncio.sleep(DAY_S)


PROBES = (
    Probe("disk", "磁盘", disk, reads=False),
    Probe("writer", "写入", writing, reads=False),
    Probe("tasks", "后台任务", tasks, reads=False),
    Probe("checkpoint", "检查点", checkpoint, reads=False),
    Probe("file", "数据库文件", file, reads=False),
    Probe("database", "数据库", database),
    Probe("keys", "密钥", installation.problem),
)
