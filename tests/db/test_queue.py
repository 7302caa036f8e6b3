"""Jobs: they exist with their transaction, one worker gets each, and a dead worker's job runs again."""

import asyncio
from datetime import timedelta

import pytest

from charity import clock
from charity.db import engine, queue, reading, transactions
from charity.db.transactions import Tx


async def test_a_job_exists_only_when_its_transaction_commits(database: str) -> None:
    async def fails(tx: Tx) -> None:
        await queue.enqueue(tx, "x", {"n": 1})
        raise RuntimeError

    async with engine.opened():
        with pytest.raises(RuntimeError):
            await transactions.run(fails)
        assert await queue.claim() is None
        await transactions.run(lambda tx: queue.enqueue(tx, "x", {"n": 2}))
        job = await queue.claim()
    assert job is not None
    assert job.body == {"n": 2}


async def test_each_job_is_claimed_once(database: str) -> None:
    async with engine.opened():
        for n in range(5):
            await transactions.run(lambda tx, n=n: queue.enqueue(tx, "x", {"n": n}))
        jobs = await asyncio.gather(*(queue.claim() for _ in range(8)))
    assert sorted(j.body["n"] for j in jobs if j) == [0, 1, 2, 3, 4]


async def test_a_job_whose_worker_died_runs_again_until_its_attempts_are_used_up(database: str) -> None:
    async with engine.opened():
        await transactions.run(lambda tx: queue.enqueue(tx, "x", {}))
        first = await queue.claim()
        assert await queue.claim() is None
        with clock.fixed(clock.now() + timedelta(seconds=queue.LEASE_S + 1)):
            again = await queue.claim()
        assert first is not None
        assert again is not None
        assert (first.id, first.attempts, again.attempts) == (again.id, 1, 2)
        await queue.finish(first, error="late")  # it was slow, not dead: the job is the other's
        await queue.renew(first)
        assert await reading.rows("SELECT state, error FROM job") == [{"state": "running", "error": None}]
        with clock.fixed(clock.now() + timedelta(seconds=3 * queue.LEASE_S)):
            last = await queue.claim()
        assert last is not None
        await queue.finish(last, error="broken")
        assert await reading.value("SELECT state FROM job") == "failed"
