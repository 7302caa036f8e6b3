"""`charity verify`, the part of finance: slips, the opening and their entries say the same."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

from charity import words
from charity.db import reading, sealed
from charity.errors import Failure
from charity.finance import opening, transfers
from charity.goods import opening as stock
from charity.ledger import accounts as acc
from charity.ledger import entries, journal_vouchers, numbers, payment_numbers
from charity.ledger.payment_numbers import Claim, PaymentKind

CHUNK = 500
Row = dict[str, Any]


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    return [*await _transfers(), *await _opening(), *await _reviews()]


def _wrong(invariant: str, msgid: str, **facts: Any) -> Failure:
    return Failure(invariant, words.say(msgid, **facts))


async def _transfers() -> list[Failure]:
    async with reading.snapshot():
        rows = await reading.rows("SELECT * FROM money_transfer ORDER BY number")
        reversals = [row["reversal_seq"] for row in rows if row["reversal_seq"] is not None]
        bodies = await entries.bodies([*(row["seq"] for row in rows), *reversals])
        booked = await entries.of_kinds([transfers.KIND, transfers.REVERSAL])
        following = await numbers.following(transfers.SERIES)
        lost = await _lost_numbers(rows)
    wrong = []
    for row in rows:
        number, body = row["number"], bodies.get(row["seq"])
        if body is None or not _same(row, body):
            wrong.append(_wrong("I3", "划转单 {number}：各列与分录 #{seq} 不符", number=number, seq=row["seq"]))
        if row["reversal_seq"] is not None and not _reversed(row, bodies.get(row["reversal_seq"])):
            wrong.append(_wrong("I3", "划转单 {number}：冲销的记录与账簿不符", number=number))
    named = {*(row["seq"] for row in rows), *reversals}
    wrong += [_wrong("I3", "分录 #{seq} 是资金划转，却没有划转单", seq=seq) for seq in sorted(booked - named)]
    by_year: dict[int, list[str]] = {}
    for row in rows:
        by_year.setdefault(row["year"], []).append(row["number"])
    for year in sorted(by_year.keys() | following.keys()):
        kept = sorted(by_year.get(year, []))
        drawn = [numbers.written(transfers.PREFIX, year, n) for n in range(1, following.get(year, 1))]
        if kept != drawn:
            wrong.append(_wrong("I7", "{year} 年的划转单与编号序列不符", year=year))
    return [*wrong, *lost]


def _same(row: Row, body: Row) -> bool:
    facts, lines = body["facts"], body["postings"]
    source, target = f"{row['source']}/", f"{row['target']}/"
    left = -sum(fen for account, _, fen in lines if account.startswith(source))
    reached = sum(fen for account, _, fen in lines if account.startswith(target))
    fee = sum(fen for account, _, fen in lines if acc.split(account)[0] == acc.FUNDRAISING)
    stated = (body["kind"], body["actor"], body["recorded_at"], body["effective_on"], facts.get("number"))
    return (
        stated == (transfers.KIND, row["maker"], row["made_at"], row["on_day"], row["number"])
        and (facts.get("transfer"), facts.get("from"), facts.get("to")) == (row["kind"], row["source"], row["target"])
        and (left, fee, reached) == (row["amount_fen"], row["fee_fen"], row["amount_fen"] - row["fee_fen"])
    )


def _reversed(row: Row, body: Row | None) -> bool:
    if body is None:
        return False
    stated = (body["kind"], body.get("reverses"), body["actor"], body["recorded_at"])
    right = (transfers.REVERSAL, row["seq"], row["reversed_by"], row["reversed_at"])
    return stated == right and row["reversed_by"] != row["maker"]


async def _lost_numbers(rows: list[Row]) -> list[Failure]:
    """I7: the bank's number of a slip in force is kept for it, and no other is kept for a slip."""
    used = [row for row in rows if row["channel_ref"] and row["reversal_seq"] is None]
    claims = [Claim(transfers.CHANNEL, row["channel_ref"], row["number"], row["number"]) for row in used]
    lost = await payment_numbers.unkept(PaymentKind.TRANSFER, claims)
    wrong = [_wrong("I7", "划转单 {number} 的回单号没有登记为已用", number=claim.key) for claim in lost]
    if await payment_numbers.held(PaymentKind.TRANSFER) != len(claims):
        wrong.append(_wrong("I7", "流水号登记的划转笔数与划转单不符"))
    return wrong


async def _opening() -> list[Failure]:
    """I3: the books begin with the opening; what was confirmed is what its hash, columns, entries and lots say."""
    async with reading.snapshot():
        row = await reading.row("SELECT * FROM opening")
        money, goods = await entries.of_kinds([opening.KIND]), await entries.of_kinds([stock.KIND])
        bodies = await entries.bodies(sorted(money | goods))
        lots, closed_through = await stock.booked(), (await entries.head()).closed_through
    booked = sorted(money | goods)
    behind = {seq for n, seq in enumerate(booked, 1) if seq != n} | (money - {1})
    wrong = [_wrong("I3", "分录 #{seq} 是期初余额，却不在账簿开头", seq=seq) for seq in sorted(behind)]
    if booked and (row is None or row["seq"] != booked[0]):
        wrong.append(_wrong("I3", "分录 #{seq} 是期初余额，却没有它的记录", seq=booked[0]))
    if row is None:
        return wrong
    lines, shelves = opening.lines_of(row["content"]), opening.stock_of(row["stock"])
    content = opening.shown(row["on_day"], lines, shelves)
    kept = (row["content"], row["content_hash"], row["total_fen"])
    if kept != (content.text, content.hash, content.facts["total_fen"]):
        wrong.append(_wrong("I3", "期初余额的内容与它的哈希或各列不符"))
    if row["seq"] is None:
        return wrong
    posted = {a: fen for seq in money for a, _, fen in bodies[seq]["postings"] if fen > 0}
    if posted != {f"{line.place}/{line.fund}": line.amount_fen for line in lines} or not booked:
        wrong.append(_wrong("I3", "期初余额与分录 #{seq} 不符", seq=row["seq"]))
    wrong += [_wrong("I3", "期初余额与分录 #{seq} 不符", seq=seq) for seq in booked if not _confirmed(row, bodies[seq])]
    if lots != stock.lots_of(shelves):
        wrong.append(_wrong("I3", "期初库存与它的批次不符"))
    if closed_through < (date.fromisoformat(row["on_day"]) - timedelta(days=1)).isoformat():
        wrong.append(_wrong("I3", "期初余额以前的日子没有封账"))
    return wrong


def _confirmed(row: Row, body: Row) -> bool:
    """Whether an entry of the opening says who wrote and confirmed what, and when."""
    facts = body["facts"]
    return (body["actor"], body["recorded_at"]) == (row["confirmed_by"], row["confirmed_at"]) and (
        facts["maker"],
        facts["content_hash"],
        facts["on"],
    ) == (row["maker"], row["content_hash"], row["on_day"])


async def _reviews() -> list[Failure]:
    """I14: a review is over the entries that its voucher has, by nobody who made it or handled its money."""
    wrong = []
    async for row, voucher, agreed in _reviewed():
        right = voucher is not None and (
            (voucher["reviewed_at"], voucher["reviewed_by"], voucher["entries"], voucher["leaves"])
            == (row["at"], row["reviewer"], row["entries"], row["leaves"])
            and row["reviewer"] not in {*voucher["cashiers"].split(), *voucher["makers"].split(), *agreed}
        )
        if not right:
            wrong.append(_wrong("I14", "记账凭证 {number} 的复核与它的分录或经手人不符", number=row["number"]))
    closed = await journal_vouchers.closed()
    if closed != await reading.value("SELECT COUNT(*) FROM journal_review"):
        wrong.append(_wrong("I14", "已复核的记账凭证与复核记录不一样多"))
    for row in await reading.rows("SELECT * FROM journal_question"):
        asked_of = row["asked_of"].split()
        if row["asked_by"] in asked_of or row["answered_by"] not in {None, *asked_of} or not _readable(row):
            wrong.append(_wrong("I14", "记账凭证 {number} 的询问打不开，或不是问的人在答复", number=row["number"]))
    return wrong


def _readable(row: Row) -> bool:
    """Whether both sealed texts open."""
    try:
        sealed.unseal("journal_question", "question", row["key"], row["question"])
        sealed.unseal("journal_question", "answer", row["key"], row["answer"])
    except (sealed.SealBroken, ValueError):
        return False
    return True


async def _reviewed() -> AsyncIterator[tuple[Row, journal_vouchers.Voucher | None, frozenset[str]]]:
    """The reviews with their vouchers and whoever approved what these book, CHUNK at a time."""
    after, sql = "", "SELECT * FROM journal_review WHERE number > $1 ORDER BY number LIMIT $2"
    while rows := await reading.rows(sql, after, CHUNK):
        vouchers = {row["number"]: row for row in await journal_vouchers.some([row["number"] for row in rows])}
        approvers = await journal_vouchers.approvers(vouchers.values())
        for row in rows:
            yield row, vouchers.get(row["number"]), approvers.get(row["number"], frozenset())
        after = rows[-1]["number"]
