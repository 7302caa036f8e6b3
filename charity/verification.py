"""`charity verify`: every check of the house, two at a time, each with its time on standard error.

The replay of the journal is Python's work and the rooms' checks are the database's: side by side they take two
cores. The file comes first and alone; with damaged pages the rest means little, and its time is looked at apart.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from charity.app import CHECKS
from charity.db import reading
from charity.room import Check

LANES = 2
SWITCH_S = 0.0005
"""How long a thread that waits for Python's lock waits at most. A query's thread takes it for a moment at every row;
with Python's own 5 ms hundreds of short queries would wait for seconds while the journal is replayed."""


async def failures(checks: Sequence[Check] = CHECKS) -> list[str]:
    """What does not hold, in the order of the checks. A check that cannot be done is a failure too."""
    lines_of: dict[str, list[str]] = {}
    await _lane(iter(checks[:1]), lines_of)
    left = iter(checks[1:])
    with _busy():
        async with asyncio.TaskGroup() as lanes:
            for _ in range(LANES):
                lanes.create_task(_lane(left, lines_of))
    return [line for check in checks for line in lines_of[check.label]]


@contextmanager
def _busy() -> Iterator[None]:
    """Python as the replay of a million entries wants it: short turns for the other lane, no search for cycles."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(interval)


async def _lane(left: Iterator[Check], lines_of: dict[str, list[str]]) -> None:
    """Do one check after the other, as long as there are any left."""
    async with reading.one_reader():
        for check in left:
            began = time.monotonic()
            try:
                lines = [f"{failure.invariant} {failure.words}" for failure in await check.run()]
            except Exception as error:  # noqa: BLE001 - rows that somebody wrote into: the other checks go on
                lines = [f"{check.label}无法核对：{type(error).__name__}"]
            lines_of[check.label] = lines
            click.echo(f"核对{check.label}…… {time.monotonic() - began:.1f} 秒", err=True)
