"""Exports: a register becomes a file, asked for here, made by a job in a child process.

`start` writes the order and its job in one transaction; `begin`, `progress`, `finish` and `fail` are the job's
side. Always true: a file is complete or not there (written beside, then renamed); the file, its
document and the state `done` appear together; a cancelled order never becomes done. Files are kept
KEEP_DAYS days, documents for ever.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from charity import clock, tokens, words
from charity.db import queue, reading, transactions
from charity.db.transactions import Tx
from charity.documents import facts, rules
from charity.documents.filters import COPY
from charity.documents.registry import document as find
from charity.printing.document import Filters
from charity.roles import Actor, Role
from charity.settings import settings

Format = Literal["pdf", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("pdf", "xlsx", "csv")
MEDIA = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
JOB = "export"
KEEP_DAYS = 7
WAITING_MAX = 5
"""Orders of one account that may wait or run at once."""
PURGE_MAX = 500
TOO_SLOW = "制作超时，请缩短期间后再试"
STOPPED = "系统已停止写入，这份文件没有做成。系统重新启动后会自动重做，到时也可以再导出一次"
BROKEN = "制作失败，请再试一次；仍不成功请联系管理员"
OnProgress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Export:
    """An order as its owner sees it: `done` of `total` steps are made."""

    id: str
    report: str
    format: Format
    filters: Filters
    language: str
    state: str
    done: int
    total: int
    error: str
    file: str
    bytes: int
    document: str | None
    account: str
    created_at: str
    finished_at: str | None
    expires_at: str

    @property
    def progress(self) -> int:
        """Per cent, 0 to 100."""
        if self.state == "done":
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def path(self) -> Path:
        """Where its file is or will be."""
        return folder() / f"{self.id}.{self.format}"


def folder() -> Path:
    """Where files are made; readable by the owner of the process only."""
    place = settings().data_dir / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _format(text: str) -> Format:
    if text not in FORMATS:
        raise rules.FORMAT_UNKNOWN()
    return text


async def start(*, report: str, fmt: str, filters: Filters, by: Actor) -> Export:
    """Order a file; the job exists if and only if the order does."""
    by.must("export.make")
    document = find(report)
    chosen = await facts.known(document, facts.allowed(document, filters, by))
    order = tokens.key16()
    row: dict[str, Any] = {
        "id": order,
        "account": by.key,
        "report": report,
        "format": _format(fmt),
        "filters": chosen.text(),
        "language": words.language(),
        "state": "queued",
        "created_at": clock.stamp(),
        "expires_at": clock.later(KEEP_DAYS * 86_400),
    }

    async def work(tx: Tx) -> None:
        waiting = await tx.row(
            "SELECT count(*) AS n FROM export WHERE account = $1 AND state IN ('queued', 'running')", by.key
        )
        if waiting is not None and waiting["n"] >= WAITING_MAX:
            raise rules.EXPORT_TOO_MANY(count=waiting["n"])
        await tx.insert("export", [row])
        await queue.enqueue(tx, JOB, {"id": order})

    await transactions.run(work)
    return await order_of(order)


async def get(order: str, *, by: Actor) -> Export:
    """An order of this account; an auditor sees everybody's."""
    by.must("export.make")
    row = await _row(order)
    if row is None or (row["account"] != by.key and Role.AUDITOR not in by.roles):
        raise rules.EXPORT_UNKNOWN()
    return _export(row)


async def recent(*, by: Actor, limit: int = 20) -> list[Export]:
    """The latest orders of this account."""
    by.must("export.make")
    sql = "SELECT * FROM export WHERE account = $1 ORDER BY created_at DESC, id LIMIT $2"
    return [_export(row) for row in await reading.rows(sql, by.key, limit)]


async def file_of(order: str, *, by: Actor) -> Export:
    """An order whose file is there, or the refusal why not: also when the reader's rights changed meanwhile.

    So does what givers agreed to: a file that would still publish what was taken back is given out no more.
    """
    export = await get(order, by=by)
    document = find(export.report)
    facts.allowed(document, export.filters, by)
    if export.state != "done":
        raise rules.EXPORT_NOT_READY()
    if not export.path.exists():
        raise rules.EXPORT_GONE()
    if document.outdated is not None and await document.outdated(export.filters, export.created_at):
        raise rules.EXPORT_OUTDATED()
    return export


async def cancel(order: str, *, by: Actor) -> None:
    """Stop an own order that waits or runs; its child is killed by the worker that sees it."""
    if (await get(order, by=by)).account != by.key:
        raise rules.EXPORT_UNKNOWN()
    if not await _change(order, "state = 'cancelled', finished_at = $2", clock.stamp()):
        raise rules.EXPORT_OVER()


# -- the job's side ------------------------------------------------------------------------------


async def order_of(order: str) -> Export:
    """The order as it is, whoever's: for the job only."""
    row = await _row(order)
    if row is None:
        raise rules.EXPORT_UNKNOWN()
    return _export(row)


async def begin(order: str) -> bool:
    """The job starts, or starts again after its worker died; False when there is nothing to do."""
    return await _change(order, "state = 'running', done = 0, total = 0")


async def wanted(order: str) -> bool:
    """Whether the order still stands."""
    return bool(await reading.value("SELECT state FROM export WHERE id = $1", order) == "running")


async def progress(order: str, *, done: int, total: int) -> None:
    """So far."""
    await _change(order, "done = $2, total = $3", done, total)


async def finish(order: str, made: Mapping[str, Any]) -> None:
    """The file is there: its document and the state `done`, in one transaction; nothing when cancelled meanwhile."""
    document = dict(made["document"])

    async def work(tx: Tx) -> bool:
        changed = await tx.rows(
            "UPDATE export SET state = 'done', done = total, file = $2, bytes = $3, document = $4, finished_at = $5 "
            "WHERE id = $1 AND state = 'running' RETURNING id",
            order,
            made["file"],
            made["bytes"],
            document["code"],
            clock.stamp(),
        )
        if changed:
            await tx.insert("document", [document])
        return bool(changed)

    if not await transactions.run(work):
        sweep(order)


async def fail(order: str, *, why: str) -> None:
    """The file cannot be made; `why` (a msgid or ready words) is for the one who asked."""
    await _change(order, "state = 'failed', error = $2, finished_at = $3", why[:500], clock.stamp())
    sweep(order)


def sweep(order: str) -> None:
    """Remove every file of an order."""
    for path in folder().glob(f"{order}.*"):
        path.unlink(missing_ok=True)


async def purge() -> int:
    """Delete files and orders that are out of date; documents stay. How many orders went."""

    async def work(tx: Tx) -> list[dict[str, Any]]:
        return await tx.rows(
            "DELETE FROM export WHERE id IN (SELECT id FROM export WHERE expires_at < $1 "
            "AND state NOT IN ('queued', 'running') LIMIT $2) RETURNING id",
            clock.stamp(),
            PURGE_MAX,
        )

    gone = await transactions.run(work)
    for row in gone:
        sweep(row["id"])
    return len(gone)


async def _change(order: str, sets: str, *values: Any) -> bool:
    """Change an open order; False when it was over already."""

    async def work(tx: Tx) -> bool:
        sql = f"UPDATE export SET {sets} WHERE id = $1 AND state IN ('queued', 'running') RETURNING id"  # noqa: S608 - from code
        return bool(await tx.rows(sql, order, *values))

    return await transactions.run(work)


async def _row(order: str) -> dict[str, Any] | None:
    return await reading.row("SELECT * FROM export WHERE id = $1", order)


def _export(row: dict[str, Any]) -> Export:
    filters = Filters.from_text(row["filters"])
    if filters[COPY] == COPY.default:  # rows of earlier versions name it, also where a document has no such filter
        filters = filters.choose(COPY, "")
    if row["state"] in {"queued", "running"} and transactions.stopped() is not None:
        # That cannot be written now, and nobody must wait for it: after a restart the job runs again.
        row = {**row, "state": "failed", "error": STOPPED}
    return Export(**{**row, "format": cast("Format", row["format"]), "filters": filters})


async def make_now(
    *, report: str, fmt: str, filters: Filters, out: Path, language: str = "zh", on_progress: OnProgress | None = None
) -> str:
    """Make a file at `out` in this process, without an order: `charity export`. The document's code.

    The caller has opened the database; whoever may run commands on the machine may read everything.
    """
    from charity.documents import rendering  # noqa: PLC0415 - the printing parts stay out of the server's process

    async def silent(done: int, total: int) -> None:
        """Nobody listens."""

    document = find(report)
    made = await rendering.make(
        document=document,
        fmt=_format(fmt),
        filters=await facts.known(document, filters),
        language=language,
        out=out,
        made_by="cli",
        on_progress=on_progress or silent,
    )
    await transactions.run(lambda tx: tx.insert("document", [made.document]))
    return str(made.document["code"])
