"""The jobs of the registers: an export becomes a file."""

from charity.db.queue import Job
from charity.documents import exports
from charity.jobs import children
from charity.jobs.timetable import HOUR_S, Timed
from charity.jobs.worker import Handler

EXPORT_SECONDS = 900.0


async def make_export(job: Job) -> None:
    """Make the file of an export in a child process, with progress; stop when it is cancelled."""
    order = str(job.body["id"])
    if not await exports.begin(order):
        return  # done, cancelled or gone meanwhile
    made: dict[str, object] = {}

    async def on_line(line: dict[str, object]) -> None:
        if "made" in line:
            made.update(line["made"])  # type: ignore[call-overload]
        elif "refused" in line:
            await exports.fail(order, why=str(line["refused"]))
        else:
            await exports.progress(order, done=int(str(line["done"])), total=int(str(line["total"])))

    try:
        await children.run(
            "charity",
            "export-order",
            order,
            seconds=EXPORT_SECONDS,
            on_line=on_line,
            wanted=lambda: exports.wanted(order),
        )
    except children.ChildCancelled:
        exports.sweep(order)
        return
    except children.ChildTooSlow:
        await exports.fail(order, why=exports.TOO_SLOW)
        return
    if made:
        await exports.finish(order, made)


async def export_given_up(job: Job) -> None:
    """After the last attempt the page must not wait for ever."""
    await exports.fail(str(job.body["id"]), why=exports.BROKEN)


jobs = {exports.JOB: Handler(make_export, export_given_up)}
timetable = [Timed("exports.purge", HOUR_S, exports.purge)]
