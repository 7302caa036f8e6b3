"""A child that reads or prints for us leaves nothing open behind it."""

import asyncio
import sys

import pytest

from charity import processes

MORE_THAN_IS_READ = "print('x' * 190_000)"
"""More than a pipe and the reader's buffer let through unread, and less than they hold together."""


@pytest.mark.parametrize(("then", "code"), [("", 0), ("; import time; time.sleep(60)", -9)], ids=["ended", "runs on"])
async def test_what_a_child_wrote_is_read_to_the_end_although_nobody_wants_it(then: str, code: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-uc", MORE_THAN_IS_READ + then, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readexactly(1)
    if not then:
        await asyncio.wait_for(process.wait(), 20)
    await processes.end(process)
    assert (process.returncode, process.stdout.at_eof()) == (code, True)


async def test_a_child_that_ended_before_it_was_asked_has_answered_nothing() -> None:
    """uvloop says of its closed pipe what asyncio's own way of talking to a child does not expect."""
    process = await asyncio.create_subprocess_exec(
        "/bin/false", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    await process.wait()
    while not process.stdin.is_closing():  # noqa: ASYNC110 - the end of a pipe has no event
        await asyncio.sleep(0.001)
    assert await processes.talk(process, b"x" * 200_000) == b""
    await processes.end(process)
    assert process.returncode == 1


async def test_a_child_is_asked_and_answers_at_the_same_time() -> None:
    """More than the pipes hold: who first writes all and then reads waits for ever."""
    process = await asyncio.create_subprocess_exec(
        "/bin/cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    asked = b"x" * 3_000_000
    assert await asyncio.wait_for(processes.talk(process, asked), 20) == asked
    again = await asyncio.create_subprocess_exec(
        "/bin/cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    with pytest.raises(processes.TooMuch):
        await processes.talk(again, asked, most=100_000)
    await processes.end(again)
    assert again.returncode == -9
