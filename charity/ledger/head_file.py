"""The head of the books outside the database: `head.json` in the data folder (docs/books.md).

    {"database": id, "seq": 120, "leaf": "…", "at": "2026-11-25T…Z", "hmac": "…"}

Signed with a key derived from CHARITY_SECRET_KEY, replaced atomically (write, fsync, rename) and forward only, by
every process that posts, at most a second after the commit. So a database whose last entries are gone (its WAL was
cut, an older copy was put in its place) is seen: it ends before the seq that the file names, or has another entry
there. Then this process writes no file and nothing into the books, and `verify` says what is missing. It is compared
at the start and before each replacement; and the writer posts nothing behind a journal that ends before its own last
entry. It is the same when the file is not there at the start and the database has entries: whoever can shorten the
database can delete the file too. Then only `renew` begins it anew: after a deliberate restore or on another host, and
in the upgrade that brings it. A server under which it was taken away writes it again, if the database still has what
it knows, and logs that.
"""

import asyncio
import hmac
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from charity import words
from charity.background import supervised
from charity.db import engine, installation, reading, sealed, transactions
from charity.db.locks import FileLock
from charity.errors import Failure, Refusal
from charity.ledger import rules
from charity.settings import settings

log = logging.getLogger("charity.head")
PACE_S = 0.5
LOCK_S = 5.0


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a database: its id, seq, leaf (hex) and instant."""

    database: str
    seq: int
    leaf: str
    at: str


class HeadFileBroken(Exception):
    """The file cannot be read, or its signature is not ours."""


def path() -> Path:
    """Where the file is."""
    return settings().data_dir / "head.json"


def _signature(head: Head) -> str:
    values = json.dumps(asdict(head), sort_keys=True).encode()
    return hmac.digest(sealed.derived("charity head file"), values, "sha256").hex()


def read() -> Head | None:
    """What the file says; None when there is none. HeadFileBroken."""
    try:
        values = json.loads(path().read_text(encoding="utf-8"))
        head = Head(str(values["database"]), int(values["seq"]), str(values["leaf"]), str(values["at"]))
        signature = str(values["hmac"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise HeadFileBroken(type(error).__name__) from error
    if not hmac.compare_digest(signature.encode(errors="replace"), _signature(head).encode()):
        raise HeadFileBroken(words.Term("签名不符"))
    return head


def _replace(head: Head) -> None:
    """Write, fsync, rename, fsync the folder: after a fault there is the old file or the new one."""
    target = path()
    fresh = target.with_name("head.json.new")
    body = json.dumps(asdict(head) | {"hmac": _signature(head)}) + "\n"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - made for its owner only
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _forward(head: Head) -> None:
    """Write it unless the file is as far already; HeadFileBroken when the file is not this database's."""
    old = read()
    if old is not None and old.database != head.database:
        raise HeadFileBroken("database")
    if old is None and head.seq:
        log.warning("head_file.begun", extra={"seq": head.seq})  # taken away under us, who know all that was posted
    if old is None or old.seq < head.seq:
        _replace(head)


async def write(head: Head) -> None:
    """Bring the file forward to a head that was committed; several processes may. A cancelled caller tears nothing."""
    await transactions.shielded(_brought_forward(head))


async def _brought_forward(head: Head) -> None:
    async with _locked():
        await asyncio.to_thread(_forward, head)


async def renew() -> tuple[Head | None, Head]:
    """Begin the file anew at what the database says now, deliberately; the head it named before, and the new one."""
    try:
        old = read()
    except HeadFileBroken:
        old = None
    async with _locked():
        new = await present()
        await asyncio.to_thread(_replace, new)
    facts = {"from_seq": old.seq if old else None, "to_seq": new.seq}
    log.warning("head_file.renewed", extra=facts)
    return old, new


@asynccontextmanager
async def _locked() -> AsyncIterator[None]:
    lock = FileLock(settings().data_dir / "charity.head")
    await lock.wait(seconds=LOCK_S)
    try:
        yield
    finally:
        lock.release()


async def present() -> Head:
    """The head of the open database."""
    row = await reading.row("SELECT seq, leaf, at FROM head WHERE id = 1")
    assert row is not None, "the migrations make it"
    return Head(await installation.database_id(), row["seq"], row["leaf"], row["at"])


async def problem() -> Refusal | None:
    """What is wrong between the file and the open database, in words; None when nothing is."""
    try:
        file = read()  # before the database: others go on posting
        now = await present()
        if file is None and now.seq:  # or begun since we looked, by another process that starts
            file, now = read(), await present()
    except HeadFileBroken as error:
        return rules.HEAD_UNREADABLE(why=error.args[0])
    if file is None:
        return rules.HEAD_MISSING(path=str(path()), seq=now.seq) if now.seq else None
    return await _missing(file, now)


async def _missing(was: Head, now: Head) -> Refusal | None:
    """Whether a head that was committed is missing from the open database, which was at `now` later.

    However many processes post: what was committed once stays, with its leaf.
    """
    if was.database != now.database:
        return rules.HEAD_FOREIGN(theirs=was.database, ours=now.database)
    if now.seq < was.seq:
        return rules.HEAD_BEHIND(count=was.seq - now.seq, seq=now.seq, at=now.at, head_seq=was.seq, head_at=was.at)
    there = await reading.value("SELECT leaf FROM entry WHERE seq = $1", was.seq) if was.seq else was.leaf
    return None if there == was.leaf else rules.HEAD_FORKED(seq=was.seq, at=was.at)


async def run() -> list[Failure]:
    """`charity verify`, the head's part."""
    wrong = await problem()
    return [] if wrong is None else [Failure("HEAD", words.say(wrong.words, **wrong.facts))]


class HeadFile:
    """Follows the commits of this process's writer; `committed` is its hook."""

    def __init__(self, now: Head) -> None:
        self._database = now.database
        self._written = now
        self._latest: Head | None = None
        self._came = asyncio.Event()

    def committed(self, seq: int, leaf: str, at: str) -> None:
        """Note a new head; it is written within PACE_S."""
        self._latest = Head(self._database, seq, leaf, at)
        self._came.set()

    async def keep(self) -> None:
        """Write the newest head again and again: the supervised task."""
        while True:
            await self._came.wait()
            await self.settle()
            await asyncio.sleep(PACE_S)

    async def settle(self) -> None:
        """Write the newest head now; stop writing when the database has lost it, or what the file names."""
        self._came.clear()
        latest = self._latest
        if latest is None:
            return
        try:
            wrong = await self._lost(latest)
            if wrong is not None:
                _stop(wrong)
                return
            await write(latest)
        except BaseException:
            self._came.set()  # what was not written is still to be
            raise
        self._written = latest

    async def _lost(self, latest: Head) -> Refusal | None:
        """What the database has lost: its entry that the file names (or named, if it was taken away), or the latest."""
        witness = read() or self._written
        now = await present()
        return await _missing(witness, now) or await _missing(latest, now)


def _stop(wrong: Refusal) -> None:
    """Post nothing more in this process, and leave the file as it is."""
    log.critical("head_file.not_kept", extra={"why": wrong.code, **wrong.facts})
    engine.state().stopped = wrong.code


@asynccontextmanager
async def kept(follow: Callable[[Callable[[int, str, str], None]], None]) -> AsyncIterator[Refusal | None]:
    """Keep the file beside a writer that `follow` gives the hook to; yields why it is not kept, else None.

    A missing file is begun beside an empty database only.
    """
    wrong = await problem()
    if wrong is not None:
        _stop(wrong)
        yield wrong
        return
    now = await present()
    if not path().exists():
        await write(now)
    file = HeadFile(now)
    follow(file.committed)
    try:
        async with supervised("head file", file.keep):
            yield None
    finally:
        try:
            await file.settle()
        except Exception as error:  # noqa: BLE001 - a disk, a lock, a database that is away: no reason to end in disorder
            log.error("head_file.not_written", extra={"error": type(error).__name__})  # noqa: TRY400
