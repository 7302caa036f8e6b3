"""Gifts a second of two houses that take turns, so that a busy minute of the machine meets both alike.

python -m bench.gifts_compared 2         both ratios with rounds of two seconds, without writing bench/results.json

`charity serve` as it is run, 64 connections of `wrk`. Two servers are two hosts on one PostgreSQL, each with a data
folder of its own, half of the connections and half of the threads of `wrk`.
"""

import secrets
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import gifts, servers

ROUNDS = 6
SECONDS = 5
Figures = dict[str, tuple[float, str]]


def _prepared(at: servers.House) -> str:
    """Load the demo city; a cashier's token."""
    at.run("migrate")
    at.run("demo")
    return at.token("cashier")


def _round(bases: list[str], token: str, seconds: int) -> float:
    """Gifts a second over the servers, which share the connections."""

    def one(base: str) -> dict[str, float]:
        share = gifts.CONNECTIONS // len(bases)
        return gifts.wrk("gifts.lua", base, seconds, token, secrets.token_hex(4), connections=share)

    with ThreadPoolExecutor(len(bases)) as pool:
        done = list(pool.map(one, bases))
    assert not any(each["errors"] for each in done), done
    return sum(each["requests"] for each in done) / max(each["seconds"] for each in done)


def _turns(sides: dict[str, tuple[list[str], str]], seconds: int) -> dict[str, float]:
    """The mean gifts a second of each side (its addresses and its token) over the rounds, after one to warm up."""
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(ROUNDS + 1):
        for name, (bases, token) in sides.items():
            rate = _round(bases, token, seconds)
            if number:
                rates[name].append(rate)
    for name, figures in rates.items():
        print(f"  {name}, gifts a second, rounds:", ", ".join(f"{rate:.0f}" for rate in figures), flush=True)
    return {name: sum(figures) / len(figures) for name, figures in rates.items()}


def _verified(at: servers.House) -> None:
    print(f"  verify: {at.run('verify').strip().splitlines()[-1]}", flush=True)


def postgres_to_sqlite(seconds: int = SECONDS) -> Figures:
    """One server on each database."""
    with servers.postgres() as url, servers.house(url) as theirs, servers.house() as ours:
        tokens = _prepared(theirs), _prepared(ours)
        with servers.platform(theirs) as large, servers.platform(ours) as small:
            sides = {"PostgreSQL": ([large.base], tokens[0]), "SQLite": ([small.base], tokens[1])}
            rate = _turns(sides, seconds)
        _verified(theirs)
        _verified(ours)
    return {"gifts_postgres_to_sqlite_ratio": (round(rate["PostgreSQL"] / rate["SQLite"], 3), "ratio")}


def two_servers(seconds: int = SECONDS) -> Figures:
    """Two servers on one PostgreSQL against one of them; the other is idle meanwhile."""
    with servers.postgres() as url, servers.house(url) as at, tempfile.TemporaryDirectory(dir=at.folder.parent) as copy:
        token = _prepared(at)
        folder = Path(copy) / "host"
        shutil.copytree(at.folder, folder)
        beside = servers.House(folder, at.environment | {"CHARITY_DATA_DIR": str(folder)})
        with servers.platform(at) as first, servers.platform(beside) as second:
            sides = {"one server": ([first.base], token), "two servers": ([first.base, second.base], token)}
            rate = _turns(sides, seconds)
        _verified(at)
        _verified(beside)
    return {"gifts_two_servers_ratio": (round(rate["two servers"] / rate["one server"], 3), "ratio")}


if __name__ == "__main__":
    chosen = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(postgres_to_sqlite(chosen) | two_servers(chosen))
