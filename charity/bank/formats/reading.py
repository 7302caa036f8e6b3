"""A file of a bank, read in a child process with limits of memory and processor time; raises Unread.

What the file says comes back whole: its layout, its account, its sums, what is wrong with it, and its rows as they were
written by the child, which are taken apart only when they are asked for.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from charity.background import Turns

MEMORY_MAX: Final = 1 << 30
"""Of the child: a file of 64 MB, its text, and its rows."""
SECONDS_MAX: Final = 90
"""Of processor time of the child. 100,000 rows of XLSX with 27 columns take half of it."""
AT_ONCE: Final = 1
"""Files that a process reads beside each other; the next waits."""
ROOT: Final = Path(__file__).resolve().parents[3]


class Unread(Exception):
    """A file of which nothing was read: `fault` is one of grids.Reason, `layout` or `slow`; `facts` are its own."""

    def __init__(self, fault: str, **facts: Any) -> None:
        super().__init__(fault)
        self.fault, self.facts = fault, facts


@dataclass(frozen=True, slots=True)
class Output:
    """What a file says. `errors` are (row, column, reason, facts), of `error_count` the first."""

    layout: str
    account: str
    rows: int
    in_fen: int
    out_fen: int
    first_on: str
    last_on: str
    errors: list[tuple[int, str, str, dict[str, Any]]]
    error_count: int
    raw: list[bytes] = field(repr=False)

    def lines(self, first: int, last: int) -> Iterator[list[Any]]:
        """The rows from the index `first` to before `last`, with the columns of rows.Line."""
        return (json.loads(line) for line in self.raw[first:last])


_turns = Turns(AT_ONCE)


async def read(data: bytes, *, name: str, own: str) -> Output:
    """Read a file that its sender calls `name`; `own` is the number of the account, "" where it is not known."""
    async with _turns():
        output = await _asked(json.dumps({"name": name, "own": own}).encode() + b"\n", data)
    head, *lines = output.splitlines()
    answer = json.loads(head)
    if "fault" in answer:
        fault = answer.pop("fault")
        raise Unread(fault, **answer)
    return Output(**answer, raw=lines)


async def _asked(head: bytes, data: bytes) -> bytes:
    """What the child says; a file that breaks it, or takes too long, is broken."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "charity.bank.formats.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
    )
    assert process.stdin is not None
    try:
        async with asyncio.timeout(2 * SECONDS_MAX):  # its own limit is of processor time
            output, _ = await process.communicate(head + data)
    except TimeoutError:
        raise Unread("slow") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or not output:
        raise Unread("unpacked")
    return output
