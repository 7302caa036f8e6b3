"""A child process that reads or prints something for us: what it is asked and answers, and its end however it came."""

import asyncio
from asyncio.subprocess import Process
from typing import Final

READ_BYTES: Final = 1 << 16


class TooMuch(Exception):
    """A child said more than it may."""


async def talk(process: Process, asked: bytes, *, most: int | None = None) -> bytes:
    """Hand over what is asked, and take what is answered to the end; raises TooMuch when it is more than `most` bytes.

    A child that ended before it had read everything says so by its return code.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    sending = asyncio.create_task(_hand_over(process.stdin, asked))
    parts: list[bytes] = []
    size = 0
    try:
        while part := await process.stdout.read(READ_BYTES):
            parts.append(part)
            size += len(part)
            if most is not None and size > most:
                raise TooMuch
        await process.wait()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    if not sending.cancelled():
        sending.result()
    return b"".join(parts)


async def _hand_over(stdin: asyncio.StreamWriter, asked: bytes) -> None:
    try:
        stdin.write(asked)
        await stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return
    except RuntimeError:  # what uvloop says of a pipe that the child's end has closed
        if not stdin.is_closing():
            raise
    finally:
        stdin.close()


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
