"""A file of receipts: asked for, printed part by part, noted all at once, put together, offered, deleted.

Always true: which receipts a file has is settled when it is asked for. Their prints are noted together, when all are
printed and before the file is offered, so that one that was cancelled or failed before took nobody's original; from
then on it cannot be cancelled. A file is complete or not there. What is printed already is not printed again after a
killed process: each part is a file of its own (parts.py).
"""

import hashlib
import shutil
from collections.abc import Sequence
from typing import Any, Final

from charity import clock, tokens, words
from charity.db import queue, reading, transactions
from charity.db.idem import Idem
from charity.db.transactions import Tx
from charity.giving import copies, rules
from charity.giving.models import RECEIPT_PRINT
from charity.giving.receipt_files import readers
from charity.giving.receipt_files.models import RECEIPT_FILE
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.roles import Actor

JOB: Final = "receipt_file"
KEEP_DAYS: Final = 7
WAITING_MAX: Final = 3
"""Files of one account that may wait or be made at once."""
PURGE_MAX: Final = 100
OPEN: Final = frozenset({"queued", "running"})
BROKEN: Final = "制作失败，请再试一次；仍不成功请联系管理员"


async def order(selection: readers.Selection, *, by: Actor, idem: Idem | None = None) -> str:
    """Ask for a file of these receipts; its key. The same `idem` asks once."""
    by.must("receipt.print")
    key = _key_of(idem) if idem else tokens.key16()
    row = _row(key, len(selection.codes), by)
    columns = list(row)

    async def work(tx: Tx) -> None:
        waiting = await tx.rows(
            "SELECT key FROM receipt_file WHERE account = $1 AND state IN ('queued', 'running')", by.key
        )
        if len(waiting) >= WAITING_MAX and key not in {one["key"] for one in waiting}:
            raise rules.RECEIPT_FILE_WAITING(count=len(waiting))
        made = await tx.rows(
            f"INSERT INTO receipt_file ({', '.join(columns)}) "  # noqa: S608 - names from code
            f"VALUES ({reading.places(len(columns))}) ON CONFLICT (key) DO NOTHING RETURNING key",
            *row.values(),
        )
        if made:
            await _add_lines(tx, key, selection.codes)
            await queue.enqueue(tx, JOB, {"key": key})

    await transactions.run(work)
    return key


def _key_of(idem: Idem) -> str:
    """The key of the file that was asked for with this key of a form or a call."""
    return hashlib.sha256(f"{idem.scope}|{idem.key}|{idem.fingerprint}".encode()).hexdigest()[:32]


def _row(key: str, total: int, by: Actor) -> dict[str, Any]:
    return {
        "key": key,
        "account": by.key,
        "language": words.language(),
        "printed_on": clock.today().isoformat(),
        "state": "queued",
        "done": 0,
        "total": total,
        "error": "",
        "ending": "",
        "bytes": 0,
        "created_at": clock.stamp(),
        "expires_at": clock.later(KEEP_DAYS * 86_400),
    }


async def _add_lines(tx: Tx, key: str, codes: Sequence[str]) -> None:
    lines = [{"file": key, "n": n, "receipt": code} for n, code in enumerate(codes, 1)]
    await tx.insert("receipt_file_line", lines)


async def cancel(key: str, *, by: Actor) -> None:
    """Stop an own file whose prints are not noted yet: it took nobody's original."""
    await readers.get(key, by=by)

    def decide(state: State) -> Answer:
        row = state.row(RECEIPT_FILE, key)
        if row is None or row["state"] not in OPEN or row["noted_at"]:
            raise rules.RECEIPT_FILE_OVER()
        state.change(RECEIPT_FILE, key, state="cancelled", finished_at=state.now)
        return Answer(200, {})

    await submit(Command(decide, wants=Wants(rows=[(RECEIPT_FILE, key)])))
    sweep(key)


# -- the job's side ------------------------------------------------------------------------------


async def begin(key: str) -> bool:
    """The job starts, or goes on; False when there is nothing to do."""
    return await _change(key, "state = 'running'")


async def wanted(key: str) -> bool:
    """Whether the file is still asked for."""
    return bool(await reading.value("SELECT state FROM receipt_file WHERE key = $1", key) == "running")


async def progress(key: str, done: int) -> None:
    """So many receipts are printed."""
    await _change(key, "done = $2", done)


async def note(key: str) -> bool:
    """Note the prints of all receipts of a file, once; False when it was cancelled meanwhile.

    A receipt that was printed elsewhere while this file was made is a copy in it: it is printed again.
    """
    lines = await readers.lines_of(key)
    codes = [line["code"] for line in lines]

    def decide(state: State) -> Answer:
        row = state.row(RECEIPT_FILE, key)
        if row is None or row["state"] != "running":
            return Answer(200, {"noted": False})
        if not row["noted_at"]:
            for code in codes:
                copies.note(state, code, by=row["account"], file=key)
            state.change(RECEIPT_FILE, key, noted_at=state.now)
        return Answer(200, {"noted": True})

    wants = Wants(rows=[(RECEIPT_FILE, key), *((RECEIPT_PRINT, code) for code in codes)])
    return bool((await submit(Command(decide, wants=wants, alone=True))).body["noted"])


async def finish(key: str, *, ending: str, size: int) -> None:
    """The file is there."""
    sets = "state = 'done', done = total, ending = $2, bytes = $3, finished_at = $4"
    if not await _change(key, sets, ending, size, clock.stamp()):
        sweep(key)
        return
    shutil.rmtree(readers.folder() / key, ignore_errors=True)


async def fail(key: str, *, why: str) -> None:
    """The file cannot be made; `why` (a msgid or ready words) is for the one who asked."""
    await _change(key, "state = 'failed', error = $2, finished_at = $3", why[:500], clock.stamp())
    sweep(key)


def sweep(key: str) -> None:
    """Remove every file of an order."""
    shutil.rmtree(readers.folder() / key, ignore_errors=True)
    for path in readers.folder().glob(f"{key}.*"):
        path.unlink(missing_ok=True)


async def purge() -> int:
    """Delete files that are out of date, with their rows; the prints stay noted. How many went."""

    async def work(tx: Tx) -> list[str]:
        rows = await tx.rows(
            "SELECT key FROM receipt_file WHERE expires_at < $1 AND state NOT IN ('queued', 'running') "
            "ORDER BY expires_at LIMIT $2",
            clock.stamp(),
            PURGE_MAX,
        )
        for row in rows:
            await tx.rows("DELETE FROM receipt_file_line WHERE file = $1 RETURNING file", row["key"])
            await tx.rows("DELETE FROM receipt_file WHERE key = $1 RETURNING key", row["key"])
        return [row["key"] for row in rows]

    gone = await transactions.run(work)
    for key in gone:
        sweep(key)
    return len(gone)


async def _change(key: str, sets: str, *values: Any) -> bool:
    """Change an open file; False when it was over already."""

    async def work(tx: Tx) -> bool:
        sql = f"UPDATE receipt_file SET {sets} WHERE key = $1 AND state IN ('queued', 'running') RETURNING key"  # noqa: S608 - from code
        return bool(await tx.rows(sql, key, *values))

    return await transactions.run(work)
