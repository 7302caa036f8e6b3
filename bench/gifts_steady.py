"""Three minutes of gifts on SQLite at 64 connections: how long the slowest hundredth waits, how large the WAL grows.

python -m bench.gifts_steady 10          so many seconds, without writing bench/results.json

A short run ends before checkpoints meet the writer; only a long one shows whether the WAL stays bounded and what a
checkpoint costs the callers.
"""

import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import gifts, servers

SECONDS = 180
EVERY_S = 0.02
MB = 1 << 20
Figures = dict[str, tuple[float, str]]


@contextmanager
def _largest(file: Path) -> Iterator[list[int]]:
    """The largest size in bytes that the file had meanwhile, as the only element."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(EVERY_S):
            if file.exists():
                peak[0] = max(peak[0], file.stat().st_size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def three_minutes(seconds: int = SECONDS) -> Figures:
    """One run of wrk; the journal must have every gift, and verify must be clean."""
    with servers.house() as at:
        at.run("migrate")
        at.run("demo")
        token = at.token("cashier")
        with servers.platform(at) as server:
            before = servers.entries(at)
            with _largest(at.folder / "charity.db-wal") as wal:
                done = gifts.wrk("gifts.lua", server.base, seconds, token, secrets.token_hex(4))
        stored = servers.entries(at) - before
        assert not done["errors"], done
        assert done["requests"] <= stored <= done["requests"] + gifts.CONNECTIONS, (done, stored)
        print(f"  {stored:,} gifts, {done['requests'] / done['seconds']:.0f} a second, p50 {done['p50_ms']:.0f} ms")
        print(f"  verify: {at.run('verify').strip().splitlines()[-1]}", flush=True)
    return {"gifts_p99_ms_180s": (done["p99_ms"], "ms"), "wal_peak_mb": (round(wal[0] / MB, 1), "MB")}


if __name__ == "__main__":
    print(three_minutes(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
