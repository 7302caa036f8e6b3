"""No page reads what it does not show: its work stays the same when the books grow threefold.

A small history is told, every address is walked as every role (bench/walking.py, which finds them by the routes),
and the work of each is counted: statements, and steps of SQLite's machine or rows that PostgreSQL's plans touch. Then
twice as much is written on the same days, of the same campaigns, funds and stores, and on as many days of years ago, and
counted again. What two roles are shown alike is counted once. Nothing is timed. A new page is walked without being
named here. What is newest is looked at both times too: its pages cost what they show, wherever in the books it lies.
"""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from conftest import Web
from giving.given import approved, give, promised
from goods.given import DONOR, MILK, RICE, SALT, TOWEL, Shop
from goods.given import opened as shop_opened
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.connection import get_connections

from bench import walking
from charity import clock
from charity.aid import payments, vouchers
from charity.aid.vouchers import Content
from charity.app import ENDPOINTS, PREFIX, ROUTES
from charity.db import engine, reading, transactions
from charity.desk import tasks
from charity.finance.books import readers as books
from charity.giving import receipts, refunds
from charity.giving.gifts import readers as gifts
from charity.goods import intake, till
from charity.goods.intake import IntakeLine
from charity.goods.till import Line
from charity.office import kept
from charity.roles import Role
from charity.web import limits

ROLES = tuple(role.value for role in Role)
YEARS_AGO, SOON = 730, 5
FEW, MORE = 52, 104
"""More than a page of a list, and twice as many again."""
OPS = 10
STATEMENTS = 2
"""A receipt whose gift was used in two payments, or given back in part, asks twice."""
ALLOWED, SLACK = 1.10, 1_500
"""What may be more: the rows of a call's page of 100 that FEW do not fill, a longer number."""
OF_A_PERIOD = re.compile(r"/api/v1/figures$|/ledgers/cashbook|/receipts/files/new|/receipts/[^/]+/year/")
"""What reads all of what is asked for: figures count persons, each once, of whatever period (decision 27); the cashier's
journal sums up the months that it shows; an order counts the receipts that it would print, 3,000 at most; a statement of
a year shows each of its gifts, 500 at most."""
NEWEST_SLACK = 200
_GIVEN = (
    "SELECT r.code FROM receipt r JOIN receipt_line k ON k.number = r.number JOIN donation d ON d.key = k.donation "
    "WHERE r.status = 'issued' AND d.fund = 'F-GEN' AND d.kind = 'cash' ORDER BY d.seq DESC LIMIT 1"
)
_TAKEN_HOME = "SELECT number FROM goods_document WHERE kind = 'issue' ORDER BY seq DESC LIMIT 1"
NEWEST = (
    ("accountant", "/r/{}", _GIVEN),
    ("accountant", "/receipts/{}", _GIVEN),
    ("accountant", "/vouchers/{}", "SELECT number FROM voucher ORDER BY number DESC LIMIT 1"),
    ("clerk", "/goods/documents/{}", _TAKEN_HOME),
)
"""Pages of one thing, by role, and which is the newest of its kind."""
CAMPAIGNS = ("one-day-2026", "everyday", "dream-2026", "flood-2026", "wenchuan-2008")


@dataclass
class Work:
    """What a page asked of the database."""

    statements: int = 0
    steps: int = 0
    asked: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)


_OF_THE_READER = re.compile(r"(?s)\A.*<main|</main>.*\Z|<input type=.hidden.[^>]*>")
"""What differs from reader to reader though they see the same: head, foot and the keys of forms."""
REMEMBERED = ('FROM "organisation', "FROM token t")
"""Read anew every few seconds by a process, whatever page is asked for: in one of two rounds or in the other."""
_WATCHED = ContextVar("watched", default=False)


class Meter:
    """Counts the work of everything that reads while it is on."""

    def __init__(self) -> None:
        self.work = Work()
        self._known: dict[tuple[str, tuple[Any, ...]], int] = {}

    async def begin(self) -> None:
        """Let SQLite's readers count their steps."""
        if not engine.state().postgres:
            for name in ("reader0", "reader1", "reader2"):
                reader = get_connections().get(name)
                assert isinstance(reader, SqliteClient)
                await reader.execute_query("SELECT 1")
                assert reader._connection is not None
                await reader._connection.set_progress_handler(self._step, OPS)

    def _step(self) -> int:
        self.work.steps += OPS
        return 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note every statement."""
        kind = AsyncpgDBClient if engine.state().postgres else SqliteClient
        plain, dicts = kind.execute_query, kind.execute_query_dict

        def note(sql: str, values: Any) -> None:
            if not _WATCHED.get() or any(text in sql for text in REMEMBERED):
                return  # what a task in the background asks meanwhile is nobody's page
            self.work.statements += 1
            self.work.asked.append((sql, tuple(values or ())))

        async def execute_query(client: Any, query: str, values: Any = None) -> Any:
            note(query, values)
            return await plain(client, query, values)

        async def execute_query_dict(client: Any, query: str, values: Any = None) -> Any:
            note(query, values)
            return await dicts(client, query, values)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kind, "execute_query", execute_query)
            patch.setattr(kind, "execute_query_dict", execute_query_dict)
            token = _WATCHED.set(True)
            try:
                yield
            finally:
                _WATCHED.reset(token)

    async def taken(self) -> Work:
        """The work since the last time."""
        work, self.work = self.work, Work()
        if engine.state().postgres:
            work.steps = sum([await self._of(*one) for one in work.asked if _reads(one[0])])
        return work

    async def _of(self, sql: str, values: tuple[Any, ...]) -> int:
        """The rows that PostgreSQL touches for a statement, which many pages ask alike: explained once a round."""
        one = (sql, values)
        if one not in self._known:
            self._known[one] = await _touched(sql, values)
        return self._known[one]

    def forget(self) -> None:
        """What is counted from now on is of other books."""
        self._known.clear()


def _reads(sql: str) -> bool:
    return sql.lstrip("( ").upper().startswith(("SELECT", "WITH"))


async def _touched(sql: str, values: tuple[Any, ...]) -> int:
    """Rows that the plan of a statement looks at, where scans of whole tables are a last resort."""

    async def work(tx: transactions.Tx) -> int:
        for way in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_sort", "jit"):
            await tx.rows(f"SET LOCAL {way} = off")  # a last resort costs so much that every plan would be compiled
        rows = await tx.rows(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {sql}", *values)
        plan = next(iter(rows[0].values()))
        return _rows_of((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])

    return await transactions.run(work)


def _rows_of(node: dict[str, Any]) -> int:
    below = sum(_rows_of(child) for child in node.get("Plans", ()))
    if "Scan" not in node["Node Type"]:
        return below
    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return below + round(seen * node["Actual Loops"])


async def written(house: Cast, shop: Shop, first: int, many: int) -> None:
    """So many gifts, pledges, refunds, vouchers and baskets, from number `first` on, all of yesterday.

    And a gift on each of as many days of years ago: what adds up every day since the beginning reads more.
    """
    for n in range(first, first + many):
        with clock.fixed(_yesterday() - timedelta(days=YEARS_AGO + n)):
            banked = {"channel": "bank", "channel_ref": f"A{n}", "received_on": clock.today().isoformat()}
            await give(house, 10_000, campaign="everyday", **banked)
    with clock.fixed(_yesterday()):
        await _of_a_day(house, shop, first, many)


def _yesterday() -> datetime:
    return datetime.combine(clock.today() - timedelta(days=1), time(10), tzinfo=clock.SHANGHAI)


async def _of_a_day(house: Cast, shop: Shop, first: int, many: int) -> None:
    day = clock.today().isoformat()
    given = await asyncio.gather(
        *(
            give(
                house,
                10_000,
                campaign=CAMPAIGNS[n % len(CAMPAIGNS)],
                received_on=day,
                channel="bank",
                channel_ref=f"B{n}",
                work_unit="LXU02" if n % 5 == 0 else None,
            )
            for n in range(first, first + many)
        )
    )
    for n, gift in enumerate(given):
        if n % 8 == 1:
            asked = await refunds.request(
                gift.body["id"], amount_fen=1_000, cause="mistaken", reason="重复支付", by=house.accountant
            )
            await approved(asked.body["number"], house.approver)
        elif n % 8 == 3:
            await as_shown.void(gift.body["receipt"]["code"], reason="打印错误", by=house.accountant)
        else:
            await receipts.deliver(gift.body["receipt"]["code"], delivery="sent", by=house.cashier)
    await asyncio.gather(*(promised() for _ in range(many)))
    # All that came in goes out again, so that a receipt has as many uses to show before as after.
    left = int(await reading.value("SELECT available_fen FROM fund_balance WHERE fund = 'F-GEN'"))
    for n in range(first, first + many):
        await _paid(house, n, left // many + (left % many if n == first else 0))
    for _ in range(many):
        lot = await shop.bring(TOWEL, 1, unit_value_fen=990)
        await till.issue(store="LX01", card=shop.card, lines=[Line(1, lot=lot)], by=house.clerk)
        await _shelved(house)


async def _shelved(house: Cast) -> None:
    """Lots that stay on the shelf: one that is past its day, one that soon will be, one that never is."""
    yesterday = clock.today()
    soon = yesterday + timedelta(days=SOON)
    lines = [IntakeLine(MILK, 1, yesterday), IntakeLine(RICE, 1, soon, 2650, None, "invoice"), IntakeLine(SALT, 1)]
    await intake.take_in(store="LX01", source="gift", lines=lines, donor=DONOR, by=house.clerk)


async def _paid(house: Cast, n: int, amount_fen: int) -> None:
    content = Content(
        programme="P03",
        fund="F-GEN",
        payee_kind="household",
        payee="HH0001",
        amount_fen=amount_fen,
        recipients=1,
        reason="医疗",
    )
    made = (await vouchers.make(content=content, by=house.caseworker)).body
    number, content_hash = made["number"], made["content_hash"]
    for by in (house.approver, house.approver2):
        await vouchers.approve(number=number, content_hash=content_hash, by=by)
    await payments.pay(
        number=number, paid_on=clock.today(), channel_ref=f"R{n}", content_hash=content_hash, by=house.cashier
    )


async def _newest() -> list[tuple[str, str, str]]:
    """On SQLite: PostgreSQL, where sorting is a last resort here, walks a small table in its order instead."""
    kinds = () if engine.state().postgres else NEWEST
    return [(role, page, page.format(await reading.value(sql))) for role, page, sql in kinds]


async def _analysed(tx: transactions.Tx) -> None:
    await tx.script("ANALYZE")


async def _counted(
    web: Web, meter: Meter, addresses: list[tuple[str, str, str]], *, walked: bool = False
) -> dict[tuple[str, str], Work]:
    figures = {}
    meter.forget()
    if engine.state().postgres:  # else plans depend on whether autovacuum has come by
        await transactions.run(_analysed)
    for role, _, address in addresses:
        client = web.as_(None if role == walking.PUBLIC else role)
        if not walked:
            await client.get(address)  # what is remembered once is no part of it
            await meter.taken()
        await client.get(address)
        figures[role, address] = await meter.taken()
    return figures


def _grown(before: dict[tuple[str, str], Work], after: dict[tuple[str, str], Work]) -> list[str]:
    return [
        f"{role} {address}: {old.statements} statements and {old.steps} steps became {new.statements} and {new.steps}"
        + "".join(f"\n    {sql}" for sql in ([sql for sql, _ in new.asked] if os.environ.get("SHOW") else []))
        for (role, address), old in before.items()
        if (new := after[role, address]).statements > old.statements + STATEMENTS
        or new.steps > old.steps * ALLOWED + SLACK
    ]


async def test_no_page_reads_more_when_the_books_have_grown(
    house: Cast, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "COUNT_MAX", FEW // 2)
    monkeypatch.setattr(kept, "KEPT_S", 86_400.0)  # a slow hour would read anew in one of two rounds
    monkeypatch.setattr(limits, "hit", lambda *_: None)  # else a file is refused in one of two rounds
    for lists in (books, gifts):  # pages of a hundred lines, filled before and after
        monkeypatch.setattr(lists, "PAGE", FEW // 2)
    with clock.fixed(_yesterday()):
        shop = await shop_opened(house)
    await written(house, shop, 0, FEW)

    shown: dict[tuple[str, str], str] = {}

    async def get(role: str, path: str) -> tuple[int, str]:
        answer = await web.as_(None if role == walking.PUBLIC else role).get(path)
        shown[role, path] = _OF_THE_READER.sub("", answer.text)
        return answer.status_code, answer.text

    calls = [(PREFIX + endpoint.path, endpoint) for endpoint in ENDPOINTS]
    # PostgreSQL explains every statement, so there the roles that read most are enough; SQLite counts as all of them.
    roles = ("accountant", "clerk", "cashier") if engine.state().postgres else ROLES
    walked = await walking.walk(get, (walking.PUBLIC, *roles), ROUTES, calls)
    different = {
        (address, shown[role, address]): (role, template, address) for role, template, address in walked.addresses()
    }
    addresses = [one for one in different.values() if not OF_A_PERIOD.match(one[2])]
    assert {
        "/",
        "/campaigns/{slug}",
        "/desk",
        "/receipts",
        "/ledgers/{report}",
        "/finance/funds/{code}",
    } <= walked.templates()
    meter = Meter()
    await meter.begin()
    with meter.watching():
        before = await _counted(web, meter, addresses, walked=True)
        newest_before = await _counted(web, meter, await _newest())
    await written(house, shop, FEW, MORE)
    with meter.watching():
        after = await _counted(web, meter, addresses)
        newest_after = await _counted(web, meter, await _newest())
    assert any(work.statements for work in before.values())
    assert any(work.steps for work in before.values())
    grown = _grown(before, after)
    for (role, address), (_, old), new in zip(newest_after, newest_before.items(), newest_after.values(), strict=True):
        if new.statements > old.statements + STATEMENTS or new.steps > old.steps * ALLOWED + NEWEST_SLACK:
            grown.append(f"{role} {address}, the newest: {old.steps} steps became {new.steps}")
    assert not grown, "\n".join(grown)
