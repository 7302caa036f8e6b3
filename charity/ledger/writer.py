"""The one writer of a process: every posting is a command in its queue.

 1. A verb that posts builds a `Command` and awaits `submit`; it never holds a transaction itself, and nothing
    but the writer writes the tables of the ledger.
 2. `wants` names by key what the decision reads: rows, holdings, funds, series. What a command did not name it
    cannot read, whatever its neighbours named: an AssertionError. Named and not there is a Refusal.
 3. The writer takes up to 256 commands, begins one transaction, locks `head`, and reads all wants in one round trip.
 4. `load(loader)`, where a command has one, reads after the lock what no key can name, and returns it as facts;
    `loader.added(TABLE, …)` shows rows that earlier commands of the batch added.
 5. `decide(state)` or `decide(state, facts)` is pure: no await, no clock, no randomness but the state's keys and
    codes. It sees all earlier decisions.
 6. It raises a Refusal, and the command leaves no trace; or it posts, adds, changes, numbers and answers.
 7. One bulk write, COMMIT, then the answers: an answer means durable. They are given when the writer is idle,
    before a batch with `load`, and when the next COMMIT is on its way; refused writes are answered at once.
 8. A write that fails is rolled back and tried again one by one. A disk error ends writing in this process:
    waiting and later commands get 503 `writing.stopped`, reading goes on, a fresh process writes again. A
    connection lost at COMMIT is 503 `outcome.unknown`: ask again with the same key.
 9. The same key with the same content gets the stored answer; refusals are not stored. A hang-up changes nothing.
10. A large command is `alone=True`: a transaction of its own, at most 5,000 entries.

Source of the numbers that led here: docs/books.md, "The writer"; bench/gifts.py measures it again.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic_core import to_json

from charity import clock, metrics
from charity.background import supervised
from charity.db import faults, transactions
from charity.db.idem import Idem
from charity.db.locks import LockBusy
from charity.db.transactions import Tx
from charity.errors import Refusal, Unavailable
from charity.ledger import head_file, rules
from charity.ledger.commands import Answer, Command, Wants
from charity.ledger.loading import Loader
from charity.ledger.memory import Memory
from charity.ledger.numbering import Needed
from charity.ledger.writing import Head, Ids, write

log = logging.getLogger("charity.writer")
BATCH_MAX = 256
QUEUE_MAX = 4_096
SAME_KEY_WAIT_S = 10.0
QUEUE = metrics.gauge("charity_writer_queue", "Commands that waited when the last batch was taken")
BATCH_SECONDS = metrics.histogram("charity_writer_batch_seconds", "Time to decide, write and commit a batch")
BATCH_COMMANDS = metrics.histogram(
    "charity_writer_batch_commands", "Commands in a batch", bounds=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)


Outcome = Answer | BaseException
Known = dict[tuple[str, str], dict[str, Any]]


@dataclass(slots=True)
class Waiting:
    """A queued command and who waits for it: the caller, and callers that asked the same with the same key."""

    command: Command
    callers: list[asyncio.Future[Answer]]

    def answer(self, outcome: Outcome) -> None:
        """Answer all who are still there; the first has done it, to the others it is a replay."""
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
    head: Head | None


class Writer:
    """The writer of a process; `running` starts it, `submit` feeds it."""

    def __init__(self) -> None:
        self._queue: deque[Waiting] = deque()
        self._came = asyncio.Event()
        self._idle = asyncio.Event()
        self._same: dict[tuple[str, str], Waiting] = {}
        self._ids = Ids()
        self._head: Head | None = None
        self._journal: Needed = ((), ())
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
            await self._timed(self._next())

    async def _timed(self, batch: list[Waiting]) -> None:
        began = time.perf_counter()
        QUEUE.put(len(self._queue))
        await transactions.shielded(self._settle(batch))
        BATCH_SECONDS.observe(time.perf_counter() - began)
        BATCH_COMMANDS.observe(len(batch))

    def _next(self) -> list[Waiting]:
        """What is decided together: all that waits, at most BATCH_MAX, up to a command that is `alone`."""
        batch = [self._queue.popleft()]
        while self._queue and len(batch) < BATCH_MAX and not (batch[0].command.alone or self._queue[0].command.alone):
            batch.append(self._queue.popleft())
        return batch

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
        except (Unavailable, LockBusy) as error:  # one by one they would fare no better
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
            self._ids.remember(batch.ids)
            self._decided += zip(waiting, batch.outcomes, strict=True)
            if batch.head is not None:
                self._head = batch.head
                self.on_committed(*batch.head)

    async def _write(self, commands: list[Command], tx: Tx) -> Batch:
        """Load, decide and write a batch under one hold of the lock on `head`."""
        if any(command.load for command in commands):
            self._resolve()
        memory = Memory()
        keys = [c.idem for c in commands if c.idem is not None]
        loader, known = await Loader.begun(tx, memory, keys, [c.wants for c in commands], self._journal)
        state = loader.state
        before = state.seq
        self._must_go_on(before, state.leaf)
        outcomes = [await _decide(loader, memory, command, known) for command in commands]
        head = (state.seq, state.leaf, state.at)
        ids = await write(tx, memory, head, self._ids, closed_through=state.closed_through)
        if state.seq > before:
            self._journal = memory.looked.needed
        asyncio.get_running_loop().call_soon(self._resolve)  # the COMMIT is on its way by then
        return Batch(outcomes, ids, head if state.seq > before else None)

    def _must_go_on(self, seq: int, leaf: str) -> None:
        """Stop before anything goes into an older copy of the database, put in its place under us.

        Others may have posted since we did: the journal ends at our last head or behind it, never before.
        """
        if self._head is not None and (seq, leaf) != self._head[:2] and seq <= self._head[0]:
            rule = rules.HEAD_BEHIND if seq < self._head[0] else rules.HEAD_FORKED
            transactions.stop_writing(rule.code)
        if transactions.stopped() is not None:  # or since these commands were queued
            raise Unavailable(faults.WRITING_STOPPED)


async def _decide(loader: Loader, memory: Memory, command: Command, known: Known) -> Outcome:
    state, idem = loader.state, command.idem
    if idem is not None and (old := known.get((idem.scope, idem.key))) is not None:
        if old["fingerprint"] != idem.fingerprint:
            return rules.KEY_REUSED()
        return Answer(old["status"], json.loads(old["response"]), replayed=True)
    first = state.seq + 1
    state.begin(command)
    try:
        facts = await command.load(loader) if command.load is not None else None
    except Refusal as refusal:  # another error may have left the transaction unusable: it ends the batch
        state.undo()
        return refusal
    try:
        answer = command.decide(state) if command.load is None else command.decide(state, facts)
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
        memory.keys.append((idem.scope, idem.key, idem.fingerprint, answer.status, response, seq))
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
