"""`trace_500k_ms`: what became of a gift, in a database of 500,000 gifts.

The database is that of bench/million.py. 1,000 gifts by chance, of all two years and every fund, are followed once
each as a receipt's page follows them (charity/ledger/tracing.py): its payments, and what is unspent. The figure is the
middle; the slowest hundredth and how many payments a gift has stand beside it.
"""

import asyncio
import json
import random
import statistics
import sys
import time
from typing import Final

from bench import million

GIFTS: Final = 500_000
TRACED: Final = 1_000
SEED: Final = 2026
Figures = dict[str, tuple[float, str]]


def on_sqlite() -> Figures:
    """Milliseconds of a trace, and its 99th percentile."""
    with million.city("sqlite", GIFTS) as at:
        million.child(at, "bench.tracing")
        took, uses = json.loads((at.folder.parent / "tracing.json").read_text(encoding="utf-8"))
    took.sort()
    return {
        "trace_500k_ms": (round(statistics.median(took), 2), f"ms, {statistics.mean(uses):.2f} payments a gift"),
        "trace_500k_p99_ms": (round(took[len(took) * 99 // 100], 2), f"ms, at most {max(uses)} payments"),
    }


async def _traced() -> tuple[list[float], list[int]]:
    """In the child: how long each trace took, ms, and how many payments it found."""
    from charity.app import MODELS  # noqa: PLC0415 - rooms are imported by the child only
    from charity.db import engine, reading  # noqa: PLC0415
    from charity.ledger import tracing  # noqa: PLC0415

    async with engine.opened(MODELS, durable=False):
        last = await reading.value("SELECT MAX(seq) FROM donation")
        chance, took, uses = random.Random(SEED), list[float](), list[int]()
        while len(took) < TRACED:
            gift = await reading.value(
                "SELECT seq FROM donation WHERE seq >= $1 ORDER BY seq LIMIT 1", chance.randrange(last)
            )
            began = time.perf_counter()
            payments, state = await tracing.together([gift])
            took.append(1000 * (time.perf_counter() - began))
            uses.append(len(payments))
            assert state.given == state.spent + state.refunded + state.unspent, gift
    return took, uses


def main() -> int:
    """The child's part: trace, and write what it took beside the database."""
    from charity.settings import settings  # noqa: PLC0415

    place = settings().data_dir.parent / "tracing.json"
    place.write_text(json.dumps(asyncio.run(_traced())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
