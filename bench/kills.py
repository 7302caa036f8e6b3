"""Kill the server, SQLite's process and PostgreSQL under load, and count what that did to acknowledged gifts.

python -m bench.kills 12         so many kills, without writing bench/results.json

Sixteen callers give through `POST /api/v1/donations`, each gift with a key and an amount of its own, at `charity
serve` as it is run. At a random moment something is killed and started again. Then every key of that round is asked
again: what was acknowledged must replay the same answer, what was refused ("nothing was done") must not have been
done, what nobody knows is done now. At the end of each database every key is asked once more, the journal is read
through the API as an auditor reads it, and `charity head` and `charity verify` must be clean.

lost: acknowledged, and not replayed or not in the journal. doubled: entries of one amount beyond the first.
told_wrongly: another answer than the first; "not done" for what was done; an answer that no caller should get.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx2

from bench import servers

KILLS = 200
CALLERS = 16
MINUTES_MAX = 25
"""No round begins later; the figure names the kills that were made."""
ACKNOWLEDGED_LEAST = 20
"""So many answers of a round before something is killed."""
MOMENT_S = 0.3
"""The kill falls at random within this time after them."""
ROUND_S = 90
SETTLE_S = 45
"""A key asked again gets its answer within this time, or the bench fails."""
PAUSE_S = 0.05
GIFTS = "/api/v1/donations"
SHOWN = 10
PRINT_EVERY = 10
Figures = dict[str, tuple[dict[str, int], str]]


@dataclass
class Gift:
    """One key: what was asked, and what its caller was told."""

    amount_fen: int
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    answer: dict[str, Any] | None = None
    """What was acknowledged."""
    refused: str = ""
    """The problem that said nothing was done."""


@dataclass
class Books:
    """Every gift that was asked of one database, and what went wrong."""

    base: str
    cashier: str
    auditor: str
    day: str
    gifts: list[Gift] = field(default_factory=list)
    unknown: int = 0
    lost: set[str] = field(default_factory=set)
    doubled: int = 0
    told_wrongly: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def client(self, token: str) -> httpx2.AsyncClient:
        """A caller's client."""
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.AsyncClient(base_url=self.base, headers=headers, timeout=30, trust_env=False)

    async def ask(self, client: httpx2.AsyncClient, gift: Gift) -> httpx2.Response:
        """Send the gift with its key, for the first time or again."""
        donor = {"kind": "person", "name": "测试捐赠人"}
        body = {"campaign": "everyday", "amount_fen": gift.amount_fen, "received_on": self.day, "channel": "cash"}
        return await client.post(GIFTS, json=body | {"donor": donor}, headers={"Idempotency-Key": gift.key})

    def wrong(self, gift: Gift, words: str) -> None:
        """Somebody was told something that is not so."""
        self.told_wrongly.add(gift.key)
        self.notes.append(f"told wrongly ({gift.amount_fen} fen): {words}")

    def gone(self, gift: Gift, words: str) -> None:
        """An acknowledged gift is not there."""
        self.lost.add(gift.key)
        self.notes.append(f"lost ({gift.amount_fen} fen): {words}")


# -- one round ----------------------------------------------------------------------------------------


@dataclass
class Load:
    """The callers of one round."""

    books: Books
    gifts: list[Gift] = field(default_factory=list)
    over: bool = False

    async def give(self) -> None:
        """Give until the round is over, or until nobody answers any more."""
        async with self.books.client(self.books.cashier) as client:
            while not self.over:
                gift = Gift(len(self.books.gifts) + 1)
                self.books.gifts.append(gift)
                self.gifts.append(gift)
                try:
                    answer = await self.books.ask(client, gift)
                except httpx2.TransportError:
                    self.books.unknown += 1
                    return
                self._note(gift, answer)
                if answer.status_code != 201:
                    await asyncio.sleep(PAUSE_S)

    def _note(self, gift: Gift, answer: httpx2.Response) -> None:
        problem = "" if answer.status_code == 201 else _problem(answer)
        if answer.status_code == 201:
            gift.answer = answer.json()
            if "idempotent-replayed" in answer.headers:
                self.books.wrong(gift, "a first gift was said to be a repeated one")
        elif problem == "outcome.unknown":
            self.books.unknown += 1
        elif answer.status_code == 503:
            gift.refused = problem
        else:
            self.books.wrong(gift, f"{answer.status_code} {problem}")

    async def until_acknowledged(self) -> None:
        """Wait until the load runs."""
        async with asyncio.timeout(ROUND_S):
            while sum(g.answer is not None for g in self.gifts) < ACKNOWLEDGED_LEAST:  # noqa: ASYNC110 - no event is shared
                await asyncio.sleep(0.01)


def _problem(answer: httpx2.Response) -> str:
    """`outcome.unknown`, from `urn:charity:problem:outcome.unknown`; the text where there is none."""
    try:
        return str(answer.json()["type"]).rpartition(":")[2]
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]


async def _settled(books: Books, client: httpx2.AsyncClient, gift: Gift) -> tuple[httpx2.Response, bool]:
    """The answer to a key asked again, 503 waited out; and whether one of these askings may have done it."""
    deadline = time.monotonic() + SETTLE_S
    doubtful = False
    while True:
        try:
            answer = await books.ask(client, gift)
        except httpx2.TransportError as error:
            doubtful, code = True, repr(error)
        else:
            if answer.status_code != 503:
                return answer, doubtful
            code = _problem(answer)
            doubtful |= code == "outcome.unknown"
        if time.monotonic() > deadline:
            msg = f"a key is not settled after {SETTLE_S} s: {code}"
            raise TimeoutError(msg)
        await asyncio.sleep(PAUSE_S)


async def _again(books: Books, client: httpx2.AsyncClient, gift: Gift) -> None:
    """Ask a key again and compare with what its caller was told; from then on the answer is acknowledged."""
    answer, doubtful = await _settled(books, client, gift)
    if answer.status_code != 201:
        books.wrong(gift, f"asked again: {answer.status_code} {_problem(answer)}")
        return
    replayed = answer.headers.get("idempotent-replayed") == "true"
    if gift.answer is not None:
        if not replayed:
            books.gone(gift, "the key of an acknowledged gift was new")
        elif answer.json() != gift.answer:
            books.wrong(gift, f"first {gift.answer}, then {answer.json()}")
    elif gift.refused and replayed and not doubtful:
        books.wrong(gift, f"refused as {gift.refused}, and it had been done")
    gift.answer = answer.json()


async def _all_again(books: Books, gifts: list[Gift]) -> None:
    todo = iter(gifts)

    async def caller() -> None:
        async with books.client(books.cashier) as client:
            for gift in todo:
                await _again(books, client, gift)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


async def _round(books: Books, strike: Callable[[], Awaitable[None]], chance: random.Random) -> int:
    """Load, one kill, a fresh start, every key asked again; how many of its gifts had been acknowledged."""
    load = Load(books)
    callers = [asyncio.create_task(load.give()) for _ in range(CALLERS)]
    await load.until_acknowledged()
    await asyncio.sleep(chance.uniform(0, MOMENT_S))
    await strike()
    await asyncio.sleep(chance.uniform(0, MOMENT_S))
    load.over = True
    await asyncio.gather(*callers)
    acknowledged = sum(g.answer is not None for g in load.gifts)
    await _all_again(books, load.gifts)
    return acknowledged


# -- what is killed -----------------------------------------------------------------------------------


def _server(server: servers.Server, _: servers.Cluster | None) -> None:
    server.kill()
    server.begin()


def _sqlite_process(server: servers.Server, _: servers.Cluster | None) -> None:
    """The server ends by itself, because nobody knows what was committed last."""
    os.kill(server.sqlite_process(), signal.SIGKILL)
    server.gone()
    server.begin()


def _postmaster(_: servers.Server, cluster: servers.Cluster | None) -> None:
    """The whole of PostgreSQL; the platform stays and must find it again, which the keys asked again show.

    `/readyz` is not waited for: it names a background task that failed thrice until it has run for a minute.
    """
    assert cluster is not None
    cluster.kill()
    cluster.start()


BUSY = """SELECT pid FROM pg_stat_activity WHERE application_name = 'charity' AND backend_type = 'client backend'
    ORDER BY state = 'idle', random() LIMIT 1"""
TRIES = 20


def _backend(number: signal.Signals) -> Callable[[servers.Server, servers.Cluster | None], None]:
    """One process of PostgreSQL that serves us, a busy one if there is one.

    After KILL the postmaster ends all others and recovers; after TERM (`pg_terminate_backend`) the others go on.
    """

    def strike(_: servers.Server, cluster: servers.Cluster | None) -> None:
        assert cluster is not None
        for _attempt in range(TRIES):
            backend = cluster.ask(BUSY).strip()
            with contextlib.suppress(ProcessLookupError):  # the pool closed it meanwhile
                if backend:
                    os.kill(int(backend), number)
                    break
        else:
            msg = "no process of PostgreSQL serves us"
            raise RuntimeError(msg)

    return strike


Strike = Callable[[servers.Server, servers.Cluster | None], None]
ON_SQLITE: dict[str, Strike] = {"server": _server, "SQLite process": _sqlite_process}
ON_POSTGRES: dict[str, Strike] = {
    "postmaster": _postmaster,
    "backend KILL": _backend(signal.SIGKILL),
    "server": _server,
    "backend TERM": _backend(signal.SIGTERM),
}


# -- one database -------------------------------------------------------------------------------------


async def _journal(books: Books, after: int) -> None:
    """Read the journal after the seq as an auditor: each gift is in it once."""
    amounts: Counter[int] = Counter()
    entries: set[str] = set()
    cursor: str | None = str(after)
    async with books.client(books.auditor) as client:
        while cursor:
            answer = await client.get("/api/v1/ledger/entries", params={"after": cursor, "limit": 1000})
            answer.raise_for_status()
            page = answer.json()
            for entry in page["items"]:
                entries.add(entry["id"])
                amounts[sum(p["quantity"] for p in entry["postings"] if p["quantity"] > 0)] += 1
            cursor = page["next"]
    for gift in books.gifts:
        if gift.answer is not None and gift.answer["entry"] not in entries:
            books.gone(gift, f"the journal has no entry {gift.answer['entry']}")
    books.doubled = amounts.total() - len(amounts)
    if books.doubled:
        books.notes.append(f"doubled: {[a for a, n in amounts.items() if n > 1][:SHOWN]} fen")
    if surplus := amounts.keys() - {g.amount_fen for g in books.gifts}:
        books.notes.append(f"entries that nobody asked for: {sorted(surplus)[:SHOWN]} fen")
        books.doubled += len(surplus)


def _on(at: servers.House, cluster: servers.Cluster | None, kills: int, until: float) -> dict[str, int]:
    """Kill so often on one database; its figures."""
    strikes = ON_POSTGRES if cluster else ON_SQLITE
    at.run("migrate")
    at.run("demo")
    cashier, auditor = at.token("cashier"), at.token("auditor")
    before = servers.entries(at)
    if cluster:
        cluster.ask("CHECKPOINT")  # else the first recovery reads the whole demo again
    chance = random.Random(6)
    made: Counter[str] = Counter()
    acknowledged = 0

    async def rounds(server: servers.Server) -> Books:
        nonlocal acknowledged
        books = Books(server.base, cashier, auditor, servers.today())
        for name, strike in (list(strikes.items()) * kills)[:kills]:
            if time.monotonic() > until:
                print(f"  the time is over: {made.total()} of {kills} kills", flush=True)
                break
            work = partial(asyncio.to_thread, strike, server, cluster)
            try:
                acknowledged += await asyncio.wait_for(_round(books, work, chance), 4 * ROUND_S)
            except (OSError, RuntimeError) as error:  # TimeoutError is an OSError
                msg = f"kill {made.total() + 1} ({name}): no fresh start, or no answers after it"
                raise RuntimeError(msg) from error
            made[name] += 1
            if made.total() % PRINT_EVERY == 0:
                print(f"  {made.total()} kills, {len(books.gifts):,} keys", flush=True)
        await _all_again(books, books.gifts)
        await _journal(books, before)
        return books

    with servers.platform(at) as server:
        books = asyncio.run(rounds(server))
    where = "PostgreSQL" if cluster else "SQLite"
    print(f"  {where}: {dict(made)}; {len(books.gifts):,} keys, {acknowledged:,} acknowledged", flush=True)
    for note in books.notes[:SHOWN]:
        print(f"    {note}")
    at.run("head")
    print(f"  verify: {at.run('verify').strip().splitlines()[-1]}", flush=True)
    return {
        "acknowledged": acknowledged,
        "lost": len(books.lost),
        "doubled": books.doubled,
        "told_wrongly": len(books.told_wrongly),
        "kills": made.total(),
        "unknown": books.unknown,
        "refused": sum(bool(g.refused) for g in books.gifts),
    }


def on_both(kills: int = KILLS) -> Figures:
    """Half of the kills on SQLite, half on PostgreSQL."""
    begun = time.monotonic()
    half = MINUTES_MAX * 60 / 2
    with servers.house() as at:
        sqlite = _on(at, None, kills - kills // 2, begun + half)
    with servers.cluster() as cluster, servers.house(cluster.url) as at:
        postgres = _on(at, cluster, kills // 2, begun + 2 * half)
    return {"kills": ({name: sqlite[name] + postgres[name] for name in sqlite}, "gifts")}


if __name__ == "__main__":
    print(on_both(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
