"""`trace_500k_ms`: what became of a gift, in a database of 500,000 gifts.

The database is that of bench/million.py. 1,000 gifts are followed once each as a receipt's page follows them
(charity/ledger/tracing.py): half drawn from all of two years and every fund, most of which nothing has used yet, and
half from those that payments used. The figure is the middle of the used half; its slowest hundredth stands beside it.
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
HALF: Final = 500
SEED: Final = 2026
Figures = dict[str, tuple[float, str]]


def on_sqlite() -> Figures:
    """Milliseconds of a trace, and its 99th percentile."""
    with million.city("sqlite", GIFTS) as at:
        million.child(at, "bench.tracing")
        halves = json.loads((at.folder.parent / "tracing.json").read_text(encoding="utf-8"))
    for took, uses in halves:
        print(f"    {statistics.median(took):.2f} ms, {statistics.mean(uses):.2f} payments a gift, at most {max(uses)}")
    _, (took, uses) = halves
    return {
        "trace_500k_ms": (round(statistics.median(took), 2), f"ms, {statistics.mean(uses):.2f} payments a gift"),
        "trace_500k_p99_ms": (round(sorted(took)[len(took) * 99 // 100], 2), f"ms, at most {max(uses)} payments"),
    }


async def _traced() -> list[tuple[list[float], list[int]]]:
    """In the child, of each half: how long each trace took, ms, and how many payments it led to."""
    from charity.app import MODELS  # noqa: PLC0415 - rooms are imported by the child only
    from charity.db import engine, reading  # noqa: PLC0415
    from charity.ledger import tracing  # noqa: PLC0415

    async def timed(gifts: list[int]) -> tuple[list[float], list[int]]:
        took, uses = list[float](), list[int]()
        for gift in gifts:
            began = time.perf_counter()
            payments, state = await tracing.together([gift])
            took.append(1000 * (time.perf_counter() - began))
            uses.append(len(payments))
            assert state.given == state.spent + state.refunded + state.unspent, gift
        return took, uses

    async with engine.opened(MODELS):
        chance = random.Random(SEED)
        every = [row["seq"] for row in await reading.rows("SELECT seq FROM donation")]
        used = await reading.rows(
            "SELECT DISTINCT d.seq FROM segment g JOIN inflow i ON i.fund = g.fund AND i.start < g.stop "
            "AND i.stop > g.start JOIN donation d ON d.seq = i.seq WHERE g.kind = 'spent'"
        )
        some = [chance.sample(every, HALF), chance.sample([row["seq"] for row in used], HALF)]
        return [await timed(gifts) for gifts in some]


def main() -> int:
    """The child's part: trace, and write what it took beside the database."""
    from charity.settings import settings  # noqa: PLC0415

    place = settings().data_dir.parent / "tracing.json"
    place.write_text(json.dumps(asyncio.run(_traced())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
