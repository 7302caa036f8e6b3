"""The queue in front of the books: one writer a process, up to 256 commands a transaction.

A verb that posts builds a `Command` and awaits `submit`; it never holds a transaction itself. The
writer locks `head` first, reads what the batch names, lets each command decide in order, writes all
rows with bulk statements, commits and answers. A refusal drops only its command. When the bulk write
fails, everything is rolled back and the commands run one by one. On an I/O error it stops
acknowledging and ends the process: what was not durable was not acknowledged.

Answers are resolved at three moments only: when idle, before a batch with `load`, and when the next
COMMIT is on its way. Source of the numbers that led here: books.md, "The writer"; bench/gifts.py.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic_core import to_json

from charity import clock
from charity.background import supervised
from charity.db import faults, transactions
from charity.db.idem import Idem
from charity.db.transactions import Tx
from charity.errors import Refusal, Unavailable
from charity.ledger import head_file, rules
from charity.ledger.loading import Loader
from charity.ledger.state import State, Table
from charity.ledger.writing import Ids, write

log = logging.getLogger("charity.writer")
BATCH_MAX = 256
QUEUE_MAX = 4_096
SAME_KEY_WAIT_S = 10.0


@dataclass(slots=True)
class Answer:
    """What a command answers: an HTTP status and a JSON object without names; both are stored with the key.

    `text` is the body as it was stored, when it was.
    """

    status: int
    body: dict[str, Any]
    replayed: bool = False
    text: str = ""


@dataclass(slots=True)
class Wants:
    """What a command needs to see, known before it is queued."""

    holdings: Iterable[tuple[str, str]] = ()
    funds: Iterable[str] = ()
    series: Iterable[tuple[str, int]] = ()
    rows: Iterable[tuple[Table, str]] = ()


@dataclass(slots=True)
class Command:
    """One act to decide. `load` may read more inside the transaction, after `head` is locked."""

    decide: Callable[[State], Answer]
    wants: Wants = field(default_factory=Wants)
    idem: Idem | None = None
    load: Callable[[Loader], Awaitable[None]] | None = None
    at: str = ""


Outcome = Answer | BaseException
Known = dict[tuple[str, str], dict[str, Any]]


@dataclass(slots=True)
class Waiting:
    """A queued command and who waits for it: the caller, and callers that asked the same with the same key."""

    command: Command
    callers: list[asyncio.Future[Answer]]

    def answer(self, outcome: Outcome) -> None:
        """Tell all who are still there; the first has done it, to the others it is a replay."""
        for n, caller in enumerate(self.callers):
            if caller.done():  # hung up, or waited long enough
                continue
            if isinstance(outcome, BaseException):
                caller.set_exception(outcome)
            else:
                caller.set_result(Answer(outcome.status, outcome.body, replayed=True) if n else outcome)


@dataclass(slots=True)
class Batch:
    """What a batch came to: an outcome for each command, the ids to remember, the new head when it posted."""

    outcomes: list[Outcome]
    ids: Ids
    head: tuple[int, str, str] | None


class Writer:
    """The writer of a process; `running` starts it, `submit` feeds it."""

    def __init__(self) -> None:
        self._queue: deque[Waiting] = deque()
        self._came = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._same: dict[tuple[str, str], Waiting] = {}
        self._ids = Ids()
        self._decided: list[tuple[Waiting, Outcome]] = []
        self.on_committed: Callable[[int, str, str], None] = lambda _seq, _leaf, _at: None
        """Called with seq, leaf and at of the new head, after each commit that posted; must not wait or raise."""

    async def submit(self, command: Command) -> Answer:
        """Queue a command and wait for its answer; raises its Refusal. 503 when the queue is full."""
        idem = command.idem
        if idem is not None and (idem.scope, idem.key) in self._same:
            return await self._join(idem)
        if transactions.stopped() is not None:
            raise Unavailable(faults.WRITING_STOPPED)
        command.at = clock.stamp()
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting = Waiting(command, [future])
        if len(self._queue) >= QUEUE_MAX:
            raise rules.BUSY()
        self._queue.append(waiting)
        self._came.set()
        self._idle.clear()
        if idem is not None:
            self._same[idem.scope, idem.key] = waiting
        return await future

    async def _join(self, idem: Idem) -> Answer:
        """Share the answer of an equal request that is under way."""
        waiting = self._same[idem.scope, idem.key]
        assert waiting.command.idem is not None
        if waiting.command.idem.fingerprint != idem.fingerprint:
            raise rules.KEY_REUSED()
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting.callers.append(future)
        try:
            return await asyncio.wait_for(future, SAME_KEY_WAIT_S)
        except TimeoutError:
            raise rules.STILL_RUNNING() from None

    def follow(self, hook: Callable[[int, str, str], None]) -> None:
        """Call the hook with each new head from now on."""
        self.on_committed = hook

    async def drained(self) -> None:
        """Wait until everything that was queued has been answered."""
        await self._idle.wait()

    async def run(self) -> None:
        """Take what is waiting, again and again."""
        while True:
            if not self._queue:
                self._resolve()
                self._idle.set()
                self._came.clear()
                await self._came.wait()
            batch = [self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))]
            await transactions.shielded(self._settle(batch))

    def _resolve(self) -> None:
        """Answer what is committed: when idle, before a batch with `load`, and when a COMMIT is on its way."""
        decided, self._decided = self._decided, []
        for waiting, outcome in decided:
            if (idem := waiting.command.idem) is not None:
                self._same.pop((idem.scope, idem.key), None)
            waiting.answer(outcome)

    async def _settle(self, waiting: list[Waiting]) -> None:
        """Decide and write a batch; one by one what of it cannot be written together."""
        try:
            batch = await transactions.run(partial(self._write, [one.command for one in waiting]))
        except Unavailable as error:  # one by one they would fare no better
            self._decided += [(one, error) for one in waiting]
            self._resolve()
        except Exception as error:  # noqa: BLE001 - a bulk write that failed: find the command that did it
            if len(waiting) == 1:
                self._decided.append((waiting[0], error))
                return
            log.warning("batch.one_by_one", extra={"commands": len(waiting), "error": type(error).__name__})
            for one in waiting:
                await self._settle([one])
        else:
            self._ids = batch.ids
            self._decided += zip(waiting, batch.outcomes, strict=True)
            if batch.head is not None:
                self.on_committed(*batch.head)

    async def _write(self, commands: list[Command], tx: Tx) -> Batch:
        """Load, decide and write a batch under one hold of the lock on `head`."""
        if any(command.load for command in commands):
            self._resolve()
        keys = [c.idem for c in commands if c.idem is not None]
        loader, known = await Loader.begun(tx, keys, [c.wants for c in commands])
        before = loader.state.seq
        outcomes = [await _decide(loader, command, known) for command in commands]
        ids = await write(tx, loader, self._ids)
        asyncio.get_running_loop().call_soon(self._resolve)  # the COMMIT is on its way by then
        state = loader.state
        return Batch(outcomes, ids, (state.seq, state.leaf, state.at) if state.seq > before else None)


async def _decide(loader: Loader, command: Command, known: Known) -> Outcome:
    state, idem = loader.state, command.idem
    if idem is not None and (old := known.get((idem.scope, idem.key))) is not None:
        if old["fingerprint"] != idem.fingerprint:
            return rules.KEY_REUSED()
        return Answer(old["status"], json.loads(old["response"]), replayed=True)
    first = state.seq + 1
    state.begin(command.at)
    try:
        if command.load is not None:
            await command.load(loader)
    except Refusal as refusal:  # another error may have left the transaction unusable: it ends the batch
        state.undo()
        return refusal
    try:
        answer = command.decide(state)
    except Exception as error:
        state.undo()
        if not isinstance(error, Refusal):
            log.exception("command.failed")
        return error
    if idem is not None:
        response = answer.text = to_json(answer.body).decode()
        seq = first if state.seq >= first else None
        known[idem.scope, idem.key] = {
            "fingerprint": idem.fingerprint,
            "status": answer.status,
            "response": response,
        }
        loader.keys.append((idem.scope, idem.key, idem.fingerprint, answer.status, response, seq))
    return answer


_writer: Writer | None = None


@asynccontextmanager
async def running() -> AsyncIterator[Writer]:
    """Run the writer of this process, and keep the head file; ends after what was queued is answered."""
    global _writer  # noqa: PLW0603 - one writer a process
    ours = Writer()
    before, _writer = _writer, ours
    try:
        async with head_file.kept(ours.follow), supervised("writer", ours.run):
            try:
                yield ours
            finally:
                await ours.drained()
                await transactions.settle()
    finally:
        _writer = before


def stopped() -> str | None:
    """Why this process writes nothing more (`SQLITE_IOERR_FSYNC`), for `/readyz`; None while it writes."""
    return transactions.stopped()


async def submit(command: Command) -> Answer:
    """Queue a command at this process's writer and wait for its answer."""
    if _writer is None:
        msg = "the writer is not running"
        raise RuntimeError(msg)
    return await _writer.submit(command)


__all__ = ["Answer", "Command", "Idem", "Wants", "Writer", "running", "stopped", "submit"]
