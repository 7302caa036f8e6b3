"""The end of a child process that reads or prints something for us, however it came."""

from asyncio.subprocess import Process
from typing import Final

READ_BYTES: Final = 1 << 16


async def end(process: Process) -> None:
    """Kill the child if it still runs, collect it, and read what it wrote to the end.

    uvloop closes a pipe only there: one that is left with something in it stays open with the server.
    """
    if process.returncode is None:
        process.kill()
        await process.wait()
    assert process.stdout is not None
    while await process.stdout.read(READ_BYTES):
        continue
