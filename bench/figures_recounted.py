"""Every figure of the demo city, counted again from its journal and compared with what a server shows."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from bench import recount, recount_journal, servers
from bench.pages import Browser
from bench.recount_documents import Beside, House, Sizes, compare
from bench.recount_papers import receipts
from bench.recount_registers import Lot
from charity.roles import Role

Figures = dict[str, tuple[float, str]]
SEED = 2026
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
        rest = [[list(row) for row in await reading.tuples(sql)] for sql in sys.argv[1:]]
        json.dump([lists, {slug: fund for slug, fund in funds}, rest], sys.stdout)
asyncio.run(main())
"""


_ALSO = (
    "SELECT code, barcode, cost_fen, COALESCE(expires_on, '') FROM lot",
    "SELECT code, kind FROM fund",
    "SELECT r.code, r.status, d.seq FROM receipt r JOIN receipt_line l ON l.number = r.number "
    "JOIN donation d ON d.key = l.donation ORDER BY r.code, d.seq",
    "SELECT number FROM journal_voucher ORDER BY number",
)
DOCUMENTS, PUBLIC_DOCUMENTS = 100, 40
"""Of each kind, on SQLite: the address of a visitor may have 60 printed in a minute."""


def on_both() -> Figures:
    """How many figures were compared on both databases together, and how many differ."""
    with servers.house() as at:
        small = _compared(
            at, Sizes(documents=DOCUMENTS, public_documents=PUBLIC_DOCUMENTS, formats=("csv", "xlsx", "pdf"))
        )
    with servers.postgres() as url, servers.house(url) as at:
        large = _compared(at, Sizes())
    for done in (small, large):
        print(f"  {done}", flush=True)
    count = small.count + large.count
    differ = len(small.differences) + len(large.differences)
    return {"figures_compared": (count, "figures"), "figures_differ": (differ, "figures")}


def _compared(at: servers.House, sizes: Sizes) -> recount.Compared:
    at.run("migrate")
    at.run("demo")
    return compared(at, {str(role): at.token(str(role)) for role in (Role.AUDITOR, Role.ACCOUNTANT)}, sizes)


def compared(at: servers.House, tokens: Mapping[str, str], sizes: Sizes) -> recount.Compared:
    """Read the journal of a loaded house through its API, count, and compare with all that it shows."""
    with servers.serving(at) as (base, _):
        return asyncio.run(_against(at, Browser(base, dict(tokens)), sizes))


def _beside(at: servers.House) -> tuple[dict[str, list[str]], dict[str, str], Beside]:
    """What bodies do not say: whom each voucher lists, by the hash of its content; each campaign's fund; the rest."""
    command = [sys.executable, "-c", _BESIDE, *_ALSO]
    done = subprocess.run(command, cwd=servers.ROOT, env=at.environment, capture_output=True, text=True, check=True)
    listed, campaigns, (lots, kinds, lines, numbers) = json.loads(done.stdout)
    beside = Beside(
        {code: Lot(*facts) for code, *facts in lots}, dict(kinds), receipts(lines), [number for (number,) in numbers]
    )
    return listed, campaigns, beside


async def _against(at: servers.House, browser: Browser, sizes: Sizes) -> recount.Compared:
    listed, campaigns, beside = _beside(at)

    async def document(role: str, path: str) -> bytes:
        status, body = browser.fetch(role, path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        return body

    async def ask(role: str, path: str) -> str:
        return (await document(role, path)).decode()

    async def items(path: str) -> list[dict[str, Any]]:
        return list(json.loads(await ask(Role.AUDITOR, path))["items"])

    async def export(report: str, fmt: str, begin: str, end: str) -> bytes:
        out = at.folder / f"{report}.{fmt}"
        at.run("export", report, "--format", fmt, "--from", begin, "--to", end, "-o", str(out))
        return out.read_bytes()

    entries: list[tuple[int, str, str]] = []
    while part := await items(f"/api/v1/ledger/entries?limit=1000&after={entries[-1][0] if entries else 0}"):
        entries += [(entry["seq"], entry["kind"], entry["body"]) for entry in part]
    agency = [code for code, kind in beside.kinds.items() if kind == "agency"]
    public, staff = partial(ask, "public"), partial(ask, str(Role.ACCOUNTANT))
    today = date.fromisoformat(servers.today())
    done = await recount.compare(recount.read(entries, agency, listed), public, staff, campaigns, today)
    house = House(public, staff, partial(document, str(Role.ACCOUNTANT)), partial(document, "public"), export)
    await compare(done, recount_journal.entries(entries), beside, house, sizes, random.Random(SEED))
    return done
