"""Files of somebody else, read in a child process with limits of memory and processor time.

Whatever a file does to its reader ends the child, which knows nothing and may use little, and not the server.
"""

import asyncio
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

from charity import processes
from charity.background import Turns

MEMORY_MAX: Final = 1 << 30
"""Of the child: a file of 64 MB, its text, and its rows."""
SECONDS_MAX: Final = 90
"""Of processor time of the child. 100,000 rows of XLSX with 27 columns take half of it."""
OUTPUT_MAX: Final = 128 << 20
"""Bytes that it may answer: a few cells of a spreadsheet, each said a million times, would fill the server's memory."""
AT_ONCE: Final = 1
"""Files that a process reads beside each other; the next waits."""
ROOT: Final = Path(__file__).resolve().parents[2]


class Unread(Exception):
    """A file of which nothing was read: `fault` is one of grids.Reason, `slow`, or the child's own; with its facts."""

    def __init__(self, fault: str, **facts: Any) -> None:
        super().__init__(fault)
        self.fault, self.facts = fault, facts


_turns = Turns(AT_ONCE)


async def read(
    module: str, head: dict[str, Any], data: bytes, *, most: int = OUTPUT_MAX, seconds: int = 2 * SECONDS_MAX
) -> tuple[dict[str, Any], list[bytes]]:
    """What the child `module` answers to a file: its first line, and the others as it wrote them. Raises Unread.

    It gets the head as a line of JSON and then the file; its first line is JSON too, `{"fault": …}` for what it could
    not read. A child that says more than `most` bytes, or takes longer than `seconds`, is ended.
    """
    async with _turns():
        output = await _asked(module, json.dumps(head).encode() + b"\n" + data, most, seconds)
    first, *lines = output.splitlines()
    answer: dict[str, Any] = json.loads(first)
    if "fault" in answer:
        raise Unread(answer.pop("fault"), **answer)
    return answer, lines


def limited() -> None:
    """Limit the process that calls this: the first thing that a child does."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def line(value: object) -> bytes:
    """A line of a child's answer."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


async def _asked(module: str, asked: bytes, most: int, seconds: int) -> bytes:
    """What the child says; a file that breaks it, or takes too long, is broken."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
    )
    try:
        async with asyncio.timeout(seconds):  # its own limit is of processor time
            output = await processes.talk(process, asked, most=most)
    except TimeoutError:
        raise Unread("slow") from None
    except processes.TooMuch:
        raise Unread("unpacked") from None
    finally:
        await processes.end(process)
    if process.returncode != 0 or not output:
        raise Unread("unpacked")
    return output
