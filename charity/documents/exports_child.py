"""The child process that makes one export: `charity export-order ID`, started by the worker.

Prints one JSON object a line: `{"done", "total"}` now and then, at the end `{"made"}` or `{"refused"}` (words for
the one who asked). Ends with its whole process group when the worker that started it is gone.
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

from charity import words
from charity.documents import exports, registry, rendering
from charity.errors import Refusal

PROGRESS_EVERY_S = 0.3


def say(line: dict[str, Any]) -> None:
    """Tell the worker one thing."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def end_with_the_worker() -> None:
    """Begin to watch standard input: it ends when the worker does, however it ended."""
    threading.Thread(target=_die_with_the_worker, daemon=True).start()


def _die_with_the_worker() -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock would be held when the interpreter ends
        continue
    os.kill(0, signal.SIGKILL)  # the whole process group


async def make(order: str) -> None:
    """Make the file of an order; the caller has opened the database."""
    last = [0.0]

    async def on_progress(done: int, total: int) -> None:
        if done >= total or time.monotonic() - last[0] > PROGRESS_EVERY_S:
            last[0] = time.monotonic()
            say({"done": done, "total": total})

    wanted = await exports.order_of(order)
    try:
        made = await rendering.make(
            document=registry.document(wanted.report),
            fmt=wanted.format,
            filters=wanted.filters,
            language=wanted.language,
            out=wanted.path,
            made_by=wanted.account,
            on_progress=on_progress,
        )
    except Refusal as refusal:
        with words.speaking(wanted.language):
            say({"refused": words.say(refusal.words, **refusal.facts)})
        return
    say({"made": asdict(made)})
