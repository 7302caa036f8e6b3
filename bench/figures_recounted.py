"""Every figure of the demo city, counted again from its journal and compared with what a server shows."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

from bench import recount, servers
from bench.pages import Browser
from charity.roles import Role

Figures = dict[str, tuple[float, str]]
_BESIDE = """
import asyncio, json, sys
from charity.app import MODELS
from charity.db import engine, reading
async def main():
    async with engine.opened(MODELS):
        rows = await reading.tuples("SELECT content_hash, recipient FROM voucher_recipient ORDER BY content_hash, n")
        lists = {}
        for content_hash, recipient in rows:
            lists.setdefault(content_hash, []).append(recipient)
        open_ones = "status IN ('active', 'closed', 'archived') AND archived_fen IS NULL"
        funds = await reading.tuples(f"SELECT slug, fund FROM campaign WHERE {open_ones}")
        json.dump([lists, {slug: fund for slug, fund in funds}], sys.stdout)
asyncio.run(main())
"""


def on_both() -> Figures:
    """How many figures were compared on both databases together, and how many differ."""
    with servers.house() as at:
        small = _compared(at)
    with servers.postgres() as url, servers.house(url) as at:
        large = _compared(at)
    for done in (small, large):
        print(f"  {done}", flush=True)
    count = small.count + large.count
    differ = len(small.differences) + len(large.differences)
    return {"figures_compared": (count, "figures"), "figures_differ": (differ, "figures")}


def _compared(at: servers.House) -> recount.Compared:
    at.run("migrate")
    at.run("demo")
    tokens = {str(role): at.token(str(role)) for role in (Role.AUDITOR, Role.ACCOUNTANT)}
    with servers.serving(at) as (base, _):
        return asyncio.run(against(Browser(base, tokens), *_beside(at)))


def _beside(at: servers.House) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What bodies do not say: whom each voucher lists, by the hash of its content, and the fund of each campaign."""
    command = [sys.executable, "-c", _BESIDE]
    done = subprocess.run(command, cwd=servers.ROOT, env=at.environment, capture_output=True, text=True, check=True)
    listed, campaigns = json.loads(done.stdout)
    return listed, campaigns


async def against(browser: Browser, listed: Mapping[str, list[str]], campaigns: Mapping[str, str]) -> recount.Compared:
    """Read the journal through the API, count, and compare with every page and answer."""

    async def ask(role: str, path: str) -> str:
        status, text = browser.ask(role, path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {text[:200]}")
        return text

    async def items(path: str) -> list[dict[str, Any]]:
        return list(json.loads(await ask(Role.AUDITOR, path))["items"])

    entries: list[tuple[int, str, str]] = []
    while part := await items(f"/api/v1/ledger/entries?limit=1000&after={entries[-1][0] if entries else 0}"):
        entries += [(entry["seq"], entry["kind"], entry["body"]) for entry in part]
    agency = [fund["code"] for fund in await items("/api/v1/funds") if fund["kind"] == "agency"]
    books = recount.read(entries, agency, listed)
    return await recount.compare(
        books,
        lambda path: ask("public", path),
        lambda path: ask(Role.ACCOUNTANT, path),
        campaigns,
        date.fromisoformat(servers.today()),
    )
