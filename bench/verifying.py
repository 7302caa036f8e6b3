"""`charity verify` over a million gifts, against one process that reads, hashes and parses every entry.

1 = `SELECT` of every entry with its postings, SHA-256 over each body and `json.loads` of it, in one process with the
database's own driver. What `verify` itself says that its check of the file took is printed beside it and is no part
of the ratio.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from bench import million, servers

GIFTS = 1_000_000
SAMPLE_S = 0.05
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
Figures = dict[str, tuple[float, str]]

_SQLITE = """
import hashlib, json, sqlite3, sys
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
entries = database.execute("SELECT * FROM entry ORDER BY seq")
lines = iter(database.execute("SELECT seq, n, account, unit, quantity FROM posting ORDER BY seq, n"))
line = next(lines)
for entry in entries:
    body = json.loads(entry[7])
    assert hashlib.sha256(b"\\0" + entry[7].encode()).hexdigest() == entry[8]
    postings = []
    while line is not None and line[0] == entry[0]:
        postings.append(line)
        line = next(lines, None)
    assert len(postings) == len(body["postings"])
"""
_POSTGRES = """
import asyncio, hashlib, json, sys
import asyncpg
async def main():
    one, two = await asyncpg.connect(sys.argv[1]), await asyncpg.connect(sys.argv[1])
    async with one.transaction(), two.transaction():
        lines = two.cursor("SELECT seq, n, account, unit, quantity FROM posting ORDER BY seq, n", prefetch=5000)
        lines = lines.__aiter__()
        line = await anext(lines)
        async for entry in one.cursor("SELECT * FROM entry ORDER BY seq", prefetch=5000):
            body = json.loads(entry[7])
            assert hashlib.sha256(b"\\0" + entry[7].encode()).hexdigest() == entry[8]
            postings = []
            while line is not None and line[0] == entry[0]:
                postings.append(line)
                line = await anext(lines, None)
            assert len(postings) == len(body["postings"])
asyncio.run(main())
"""
_FILE = re.compile(r"核对数据库文件…… ([0-9.]+) 秒")


def _seconds(at: servers.House, script: str, word: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, word], env=at.environment, check=True)
    return time.perf_counter() - began


def watched(at: servers.House, *words: str) -> tuple[float, float, float, str]:
    """Run a charity command: seconds, peak MB of all its processes together, of the largest, and its output."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "charity", *words]
    peak = largest = 0.0
    with subprocess.Popen(
        command, cwd=servers.ROOT, env=at.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        while running.poll() is None:
            sizes = [_megabytes(pid) for pid in _family(running.pid)]
            peak, largest = max(peak, sum(sizes)), max(largest, *sizes, 0.0)
            time.sleep(SAMPLE_S)
        seconds = time.perf_counter() - began
        assert running.stdout is not None
        output = running.stdout.read()
    assert running.returncode == 0, output[-2000:]
    return seconds, peak, largest, output


def _family(pid: int) -> list[int]:
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text(encoding="ascii").split():
                pids += _family(int(child))
        except OSError:  # it has ended meanwhile
            continue
    return pids


def _megabytes(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB
    except (OSError, IndexError):  # it has ended meanwhile
        return 0.0


def _measured(kind: str, suffix: str) -> Figures:
    with million.city(kind, GIFTS) as at:
        url = at.environment["CHARITY_DATABASE_URL"]
        place = url.removeprefix("sqlite://") if kind == "sqlite" else url
        script = _SQLITE if kind == "sqlite" else _POSTGRES
        one = min(_seconds(at, script, place) for _ in range(2))
        took, peak, _, output = watched(at, "verify")
        one = min(one, _seconds(at, script, place))  # other work on this machine comes and goes
        entries = servers.entries(at)
    file = _FILE.search(output)
    assert file is not None, output
    file_s = float(file[1])
    print(f"  {entries:,} entries: one process {one:.1f} s, verify {took:.1f} s and {peak:.0f} MB, file {file_s:.1f} s")
    print("  " + output.strip().replace("\n", "\n  "))
    return {
        f"verify_1m_s{suffix}": (round(took, 1), "s"),
        f"verify_1m_ratio{suffix}": (round((took - file_s) / one, 2), "ratio"),
        f"verify_1m_mb{suffix}": (round(peak), "MB"),
        f"verify_1m_file_s{suffix}": (round(file_s, 1), "s"),
    }


def on_sqlite() -> Figures:
    """SQLite."""
    return _measured("sqlite", "")


def on_postgres() -> Figures:
    """PostgreSQL."""
    return _measured("postgres", "_postgres")
