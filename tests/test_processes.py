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
