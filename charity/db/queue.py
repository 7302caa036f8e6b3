"""The database is the queue (decision 7): jobs are enqueued in the business transaction.

A worker claims a job by a conditional UPDATE with a lease; a worker that died loses its lease and
the job runs again, at most `ATTEMPTS_MAX` times. The body holds ids and filters, never names.
"""

import json
from dataclasses import dataclass
from typing import Any

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx

LEASE_S = 30
ATTEMPTS_MAX = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job: its id, kind, body and which attempt this is."""

    id: int
    kind: str
    body: dict[str, Any]
    attempts: int


def job_row(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """The row to insert into `job`; the writer's commands add it as one of their rows."""
    at = clock.stamp()
    return {
        "kind": kind,
        "body": json.dumps(body, ensure_ascii=False, sort_keys=True),
        "state": "queued",
        "run_at": at,
        "created_at": at,
        "attempts": 0,
    }


async def enqueue(tx: Tx, kind: str, body: dict[str, Any]) -> None:
    """Add a job in the caller's transaction: it exists if and only if that commits."""
    await tx.insert("job", [job_row(kind, body)])


async def claim() -> Job | None:
    """Take the oldest job that is due, or whose worker's lease ran out."""

    async def work(tx: Tx) -> Job | None:
        now = clock.stamp()
        skip = "FOR UPDATE SKIP LOCKED" if tx.postgres else ""
        row = await tx.row(
            "UPDATE job SET state = 'running', lease_until = $2, attempts = attempts + 1 WHERE id = ("  # noqa: S608
            "SELECT id FROM job WHERE (state = 'queued' AND run_at <= $1) "
            f"OR (state = 'running' AND lease_until < $1) ORDER BY run_at, id LIMIT 1 {skip}) "
            "RETURNING id, kind, body, attempts",
            now,
            clock.later(LEASE_S),
        )
        return Job(row["id"], row["kind"], json.loads(row["body"]), row["attempts"]) if row else None

    return await transactions.run(work)


async def due() -> bool:
    """Whether a job could be claimed, found without the write lock: an idle worker never asks for it."""
    sql = (
        "SELECT id FROM job WHERE (state = 'queued' AND run_at <= $1) "
        "OR (state = 'running' AND lease_until < $1) LIMIT 1"
    )
    return await reading.row(sql, clock.stamp()) is not None


async def oldest_due(before: str | None = None) -> str | None:
    """Since when the oldest queued job has been due (an instant); with `before` only if that long."""
    sql = "SELECT MIN(run_at) AS run_at FROM job WHERE state = 'queued' AND run_at < $1"
    since: str | None = await reading.value(sql, before or clock.stamp())
    return since


async def finish(job: Job, *, error: str = "") -> None:
    """Mark a job done, queued again after a fault, or failed when its attempts are used up.

    Nothing happens when the lease was lost meanwhile: the job is another worker's, with a later attempt.
    """
    state = "done" if not error else "failed" if job.attempts >= ATTEMPTS_MAX else "queued"

    async def work(tx: Tx) -> None:
        await tx.rows(
            "UPDATE job SET state = $2, error = $3, lease_until = NULL, run_at = $4 "
            "WHERE id = $1 AND attempts = $5 AND state = 'running' RETURNING id",
            job.id,
            state,
            error[:2000],
            clock.later(5 * job.attempts if error else 0),
            job.attempts,
        )

    await transactions.run(work)


async def renew(job: Job) -> None:
    """Keep the lease of a long job; a lease that was lost stays lost."""

    async def work(tx: Tx) -> None:
        await tx.rows(
            "UPDATE job SET lease_until = $2 WHERE id = $1 AND attempts = $3 AND state = 'running' RETURNING id",
            job.id,
            clock.later(LEASE_S),
            job.attempts,
        )

    await transactions.run(work)
