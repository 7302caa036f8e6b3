"""The job that makes a file of receipts. It lasts a turn, then other jobs go on; a killed one goes on where it was."""

from typing import Any, Final

from charity.db import queue, transactions
from charity.db.queue import Job
from charity.giving import receipt_files
from charity.giving.receipt_files.verbs import BROKEN, JOB
from charity.jobs import children
from charity.jobs.timetable import HOUR_S, Timed
from charity.jobs.worker import Handler

TURN_MAX_SECONDS: Final = 600.0
"""A child that has not ended its turn by then hangs: it is killed, and the job tried again."""


async def make(job: Job) -> None:
    """Print for a turn; when all is printed, note it and put the file together."""
    key = str(job.body["key"])
    if not await receipt_files.begin(key):
        return  # done, cancelled or gone meanwhile
    try:
        last = await _turn(key)
        if "printed" in last:
            if not await receipt_files.note(key):
                receipt_files.sweep(key)
                return
            last = await _turn(key)
    except children.ChildCancelled:
        receipt_files.sweep(key)
        return
    if "made" in last:
        await receipt_files.finish(key, ending=str(last["made"]["ending"]), size=int(last["made"]["bytes"]))
    else:
        await transactions.run(lambda tx: queue.enqueue(tx, JOB, {"key": key}))


async def _turn(key: str) -> dict[str, Any]:
    """One run of the child, and the last thing it told."""
    last: dict[str, Any] = {}

    async def on_line(line: dict[str, Any]) -> None:
        if "done" in line:
            await receipt_files.progress(key, int(line["done"]))
        else:
            last.update(line)

    await children.run(
        "charity",
        "receipt-file",
        key,
        seconds=TURN_MAX_SECONDS,
        on_line=on_line,
        wanted=lambda: receipt_files.wanted(key),
    )
    return last


async def given_up(job: Job) -> None:
    """After the last attempt the page must not wait for ever."""
    await receipt_files.fail(str(job.body["key"]), why=BROKEN)


jobs = {JOB: Handler(make, given_up)}
timetable = [Timed("receipt_files.purge", HOUR_S, receipt_files.purge, first_s=45.0)]
