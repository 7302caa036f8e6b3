"""Durable gifts through `POST /api/v1/donations`, and an empty JSON echo on the same server in the same run.

Every request is a new gift with an idempotency key, a person, a receipt number, an entry, hashes and an
fsync before the answer; 64 connections of `wrk` share the two cores with the server. The journal is counted
before and after, and `charity verify` must be clean, or there is no figure. Gifts and echoes take turns, because
the machine is now faster and now slower: only what is measured in the same minute can be compared.
"""

import platform
import re
import secrets
import subprocess
import sys
from pathlib import Path

from bench import servers

CONNECTIONS = 64
ROUNDS = 6
SECONDS = 5
WARM_S = 3
HERE = Path(__file__).parent
Figures = dict[str, tuple[float, str]]


def wrk(script: str, url: str, seconds: int, *words: str, connections: int = CONNECTIONS) -> dict[str, float]:
    """What wrk counted: requests, errors, seconds, p50_ms, p95_ms, p99_ms. A thread for every 32 connections."""
    command = [
        "wrk",
        f"-t{max(1, connections // 32)}",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "-s",
        script,
        url,
        "--",
        *words,
    ]
    output = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout
    match = re.search(r"RESULT (.*)", output)
    assert match is not None, output
    return {k: float(v) for k, v in (part.split("=") for part in match[1].split())}


def _measure(at: servers.House) -> tuple[float, float, dict[str, float]]:
    """Gifts a second, echoes a second, and what wrk measured of the gifts."""
    at.run("migrate")
    at.run("demo", "--as-of", servers.today())
    token = at.token("cashier")
    gifts: list[dict[str, float]] = []
    echoes: list[dict[str, float]] = []
    with servers.serving(at) as (base, _):
        wrk("gifts.lua", base, WARM_S, token, "warm" + secrets.token_hex(4))
        before = servers.entries(at)
        for _ in range(ROUNDS):
            gifts.append(wrk("gifts.lua", base, SECONDS, token, secrets.token_hex(4)))
            echoes.append(wrk("echo.lua", base + "/bench/echo", SECONDS))
        stored = servers.entries(at) - before
    given = sum(one["requests"] for one in gifts)
    assert not any(one["errors"] for one in gifts), gifts
    # Up to one gift a connection was under way when wrk stopped listening: stored, but not counted.
    assert given <= stored <= given + CONNECTIONS * ROUNDS, (gifts, stored)
    verdict = at.run("verify")
    for name, rounds in (("gifts", gifts), ("echo", echoes)):
        print(f"  {name} a second, rounds:", ", ".join(f"{_rate([one]):.0f}" for one in rounds))
    print(f"  verify: {verdict.strip().splitlines()[-1]}; Python {platform.python_version()}, {sys.executable}")
    return _rate(gifts), _rate(echoes), {"p99_ms": max(one["p99_ms"] for one in gifts)}


def _rate(rounds: list[dict[str, float]]) -> float:
    """Answers a second over all rounds."""
    return sum(one["requests"] for one in rounds) / sum(one["seconds"] for one in rounds)


def on_sqlite() -> Figures:
    """SQLite with synchronous=FULL."""
    with servers.house() as at:
        gifts, echo, measured = _measure(at)
    return {
        "gifts_per_s_sqlite": (round(gifts, 1), "1/s"),
        "echo_per_s": (round(echo, 1), "1/s"),
        "gifts_to_echo_ratio": (round(gifts / echo, 4), "ratio"),
        "gifts_p99_ms_sqlite": (measured["p99_ms"], "ms"),
    }


def on_postgres() -> Figures:
    """PostgreSQL with its defaults (fsync on), started for the figure."""
    with servers.postgres() as url, servers.house(url) as at:
        gifts, _, measured = _measure(at)
    return {"gifts_per_s_postgres": (round(gifts, 1), "1/s"), "gifts_p99_ms_postgres": (measured["p99_ms"], "ms")}
