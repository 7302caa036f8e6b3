"""Heavy work in a child process, which prints lines of JSON, is timed, and is killed with all it started.

The child gets a process group of its own, so that its own children (Typst) die with it; it ends by
itself when our end of its standard input closes, as after kill -9 of the worker.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from charity.settings import settings

ROOT = Path(__file__).resolve().parents[2]
LINE_MAX = 64 * 1024
STDERR_MAX = 4_000
LOOK_S = 0.4
"""How often a running child's order is looked at again: was it cancelled?"""
EXIT_LOOK_S = 0.03


class ChildFailed(Exception):
    """The child ended badly; the words are its last ones, for the log and not for visitors."""


class ChildTooSlow(ChildFailed):
    """The child took longer than its time limit and was killed."""


class ChildCancelled(Exception):
    """Somebody cancelled the order; the child was killed."""


def environment() -> dict[str, str]:
    """The environment of a child that works on our database: ours, with the settings spelled out."""
    chosen = settings()
    return os.environ | {
        "CHARITY_DATABASE_URL": chosen.database_url,
        "CHARITY_DATA_DIR": str(chosen.data_dir),
        "CHARITY_PUBLIC_URL": chosen.public_url,
        "CHARITY_SECRET_KEY": chosen.secret_key,
        "CHARITY_DATA_KEYS": chosen.data_keys,
        "PYTHONPATH": str(ROOT),
    }


async def run(
    module: str,
    *arguments: str,
    seconds: float,
    on_line: Callable[[dict[str, Any]], Awaitable[None]],
    wanted: Callable[[], Awaitable[bool]],
) -> None:
    """Run `python -m module …` until it ends well; `on_line` gets each line it prints as an object.

    `wanted` is asked every LOOK_S seconds. Raises ChildTooSlow, ChildCancelled or ChildFailed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_MAX,
        env=environment(),
        start_new_session=True,
    )
    listening = asyncio.create_task(_listen(process, on_line))
    last_words = asyncio.create_task(_last_words(process))
    try:
        async with asyncio.timeout(seconds):
            await _watch(process, listening, wanted)
        _kill(process)  # what it left running holds its pipes open
        await listening
        if process.returncode != 0:
            raise ChildFailed(f"{module} ended with {process.returncode}: {await last_words}")
    except TimeoutError:
        raise ChildTooSlow(f"{module} took over {seconds:g} s") from None
    finally:
        await _end(process)
        for task in (listening, last_words):
            task.cancel()
        await asyncio.gather(listening, last_words, return_exceptions=True)


async def _watch(
    process: asyncio.subprocess.Process, listening: "asyncio.Task[None]", wanted: Callable[[], Awaitable[bool]]
) -> None:
    """Until the child itself has ended (`process.wait` would wait for its children's pipes too)."""
    looked = time.monotonic()
    while process.returncode is None:
        await asyncio.sleep(EXIT_LOOK_S)
        if listening.done():
            listening.result()
        if time.monotonic() - looked >= LOOK_S:
            looked = time.monotonic()
            if not await wanted():
                raise ChildCancelled


async def _listen(process: asyncio.subprocess.Process, on_line: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        await on_line(json.loads(line))


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """The end of what the child wrote to stderr, read to its end so that it never blocks."""
    assert process.stderr is not None
    kept = b""
    while part := await process.stderr.read(4096):
        kept = (kept + part)[-STDERR_MAX:]
    return kept.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what is left of the child's process group and collect it."""
    _kill(process)
    await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
