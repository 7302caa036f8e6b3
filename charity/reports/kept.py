"""Sums of the registers from what the writer keeps by day (charity/ledger/sums.py), up to one place in the journal.

A kept sum has no seq: lines that were booked after `seq_max` are taken off again in the same statement, and one
statement is one snapshot. `GIFTS` and `OUTLAYS` say once where the lines of the two registers come from: their pages,
these sums and `charity verify` read the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity import days
from charity.db import reading
from charity.db.paging import Where
from charity.ledger import sums
from charity.ledger.reversals import CORRECTION, REVERSAL
from charity.printing.document import Filters


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines come from: tables, conditions, and the columns of a line in SQL.

    `seq` is an indexed column, `day` one that follows an index behind `test`.
    """

    tables: str
    test: str
    day: str
    seq: str
    fund: str
    campaign: str
    programme: str
    store: str
    kind: str
    fen: str
    recipients: str = "0"
    recipients_of_fund: str = "0"
    gifts: str = "0"
    payments: str = "0"
    roster: str = "CAST(NULL AS TEXT)"
    """The number of the branch's roster that a line is of."""


# CROSS JOIN tells SQLite, which has no statistics, to begin with the entries of a kind.
_GIFT = {"fund": "d.fund", "campaign": "d.campaign", "programme": "''", "store": "d.store", "kind": "d.kind"}
GIFTS = (
    Source("donation d", "1 = 1", "d.booked_on", "d.seq", fen="d.amount_fen", gifts="1", **_GIFT),
    Source(
        "entry e CROSS JOIN refund r CROSS JOIN donation d",
        "e.kind = 'gift.refund' AND r.seq = e.seq AND d.key = r.donation",
        "e.effective_on",
        "e.seq",
        fen="CASE WHEN r.debit IN ('', '4101', '2601') THEN -r.amount_fen ELSE 0 END",
        **_GIFT,
    ),
    Source(
        "entry e CROSS JOIN donation d",
        "e.kind = 'goods.reversal' AND d.seq = e.reverses",
        "e.effective_on",
        "e.seq",
        fen="-d.amount_fen",
        gifts="-1",
        **_GIFT,
    ),
    *(
        Source(
            "entry e CROSS JOIN gift_reversal v CROSS JOIN donation d",
            f"e.kind = '{kind}' AND v.seq = e.seq AND d.key = v.donation",
            "e.effective_on",
            "e.seq",
            fen=fen,
            gifts="-1",
            **_GIFT,
        )
        # A gift of an earlier year is corrected through 3201: this year's income, which this register adds up, stays.
        for kind, fen in ((REVERSAL, "-d.amount_fen"), (CORRECTION, "0"))
    ),
)
GIVEN_BACK = ("gift.refund", REVERSAL, CORRECTION)
"""Entries that undo a gift of money, as it was given back or had never been one."""
OUTLAY_KINDS = ("voucher.paid", "branch.roster", "roster.reversal", "goods.issue", "goods.reversal")
"""Entries that hand money or goods on; one that is missing here makes the register differ from the books."""
# One line a posting of cost (5101, for agency money 2601); goods without any value: one, of their first lot's fund.
_COST = "EXISTS (SELECT 1 FROM account c WHERE c.id = p.account AND c.chart IN ('5101', '2601'))"
# 人次: the number on a payment, and one each time goods are handed out; money passed on for others has none.
# What was paid to a branch is a line once its roster is confirmed, with the people of the roster.
_VOUCHER = {
    "branch.roster": (
        "LEFT JOIN branch_roster br ON br.entry_seq = e.seq LEFT JOIN voucher v ON v.number = br.voucher ",
        "br.recipients",
        "br.number",
    ),
    "roster.reversal": (
        "LEFT JOIN branch_roster br ON br.entry_seq = e.reverses LEFT JOIN voucher v ON v.number = br.voucher ",
        "-br.recipients",
        "br.number",
    ),
}
_PAID = (
    "LEFT JOIN voucher v ON v.entry_seq = COALESCE(e.reverses, e.seq) ",
    "(CASE WHEN a.chart = '2601' THEN 0 WHEN e.reverses IS NULL THEN 1 ELSE -1 END) "
    "* COALESCE(v.recipients, CASE WHEN gi.number IS NULL THEN 0 ELSE 1 END)",
    "CAST(NULL AS TEXT)",
)
_BEFORE = (
    "EXISTS (SELECT 1 FROM posting q JOIN account b ON b.id = q.account WHERE q.seq = e.seq AND q.n < p.n "
    "AND b.chart IN ({charts}){same})"
)
_COST_BEFORE = _BEFORE.format(charts="'5101'", same="{same}")
# What stands: a payment or a roster once, however many its lines, and its reversal takes it off again.
_FIRST = "NOT " + _BEFORE.format(charts="'5101', '2601'", same="")
_IN_FORCE = {"voucher.paid": 1, "branch.roster": 1, "roster.reversal": -1}
_BY_KIND = {
    kind: Source(
        f"entry e {voucher}LEFT JOIN goods_document gd ON gd.seq = e.seq "
        "LEFT JOIN goods_issue gi ON gi.number = COALESCE(gd.reverses, gd.number) "
        f"LEFT JOIN posting p ON p.seq = e.seq AND {_COST} LEFT JOIN account a ON a.id = p.account",
        f"e.kind = '{kind}' AND COALESCE(v.number, gi.number) IS NOT NULL "
        "AND (p.n IS NOT NULL OR gi.number IS NOT NULL)",
        "e.effective_on",
        "e.seq",
        fund="COALESCE(a.fund, (SELECT o.fund FROM goods_line l JOIN lot o ON o.code = l.lot "
        "WHERE l.document = gi.number ORDER BY l.n LIMIT 1))",
        campaign="''",
        programme="COALESCE(v.programme, gi.programme, a.place)",
        store="gd.store",
        kind="CASE WHEN gd.number IS NULL THEN 'cash' ELSE 'in_kind' END",
        fen="p.quantity",
        recipients=f"CASE WHEN {_COST_BEFORE.format(same='')} THEN 0 ELSE {people} END",
        recipients_of_fund=f"CASE WHEN {_COST_BEFORE.format(same=' AND b.fund = a.fund')} THEN 0 ELSE {people} END",
        payments=f"CASE WHEN {_FIRST} THEN {_IN_FORCE[kind]} ELSE 0 END" if kind in _IN_FORCE else "0",
        roster=roster,
    )
    for kind in OUTLAY_KINDS
    for voucher, people, roster in [_VOUCHER.get(kind, _PAID)]
}
OUTLAYS = tuple(_BY_KIND.values())
SOURCES = {sums.INCOME: GIFTS, sums.OUTLAY: OUTLAYS}
_GOODS_ONLY = tuple(source for kind, source in _BY_KIND.items() if kind.startswith("goods."))


def outlays(filters: Filters) -> tuple[Source, ...]:
    """Where the lines of what went out come from; money has no store."""
    return _GOODS_ONLY if dict(filters.chosen).get("store") else OUTLAYS


async def outlays_of(days_of: Sequence[str], until: tuple[str, int], seq_max: int) -> list[dict[str, Any]]:
    """Every line of what went out on these days, whatever is chosen, in their order: `day seq n fund fen`.

    Of the last day only lines up to an entry: `until` is that day and the entry's seq.
    """
    where, parts = Where(), []
    for source in OUTLAYS:
        where = Where(*where.values).add(source.test)
        where.add(f"{source.day} IN ({', '.join('?' * len(days_of))})", *days_of).add(f"{source.seq} <= ?", seq_max)
        where.add(f"({source.day}, {source.seq}) <= (?, ?)", *until)
        parts.append(
            f"SELECT {source.day} AS day, {source.seq} AS seq, COALESCE(p.n, 0) AS n, {source.fund} AS fund, "  # noqa: S608
            f"COALESCE({source.fen}, 0) AS fen FROM {source.tables} WHERE {where.text}"
        )
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) x ORDER BY x.day, x.seq, x.n"  # noqa: S608 - from this file
    return await reading.rows(sql, *where.values) if days_of else []


async def by_payee(filters: Filters, seq_max: int) -> list[dict[str, Any]]:
    """What went out by programme and whom: `programme payee_kind payee household category cash goods recipients`, fen.

    Reads every line of the period: a copy for a notice board is asked for once a month.
    """
    people = "recipients_of_fund" if dict(filters.chosen).get("fund") else "recipients"
    where, parts = Where(), []
    for source in outlays(filters):
        where = page_of(source, Where(*where.values), filters, seq_max, None)
        parts.append(
            f"SELECT {source.programme} AS programme, {_PAYEE}, {source.kind} AS kind, "  # noqa: S608
            f"COALESCE({source.fen}, 0) AS fen, {getattr(source, people)} AS people "
            f"FROM {source.tables} WHERE {where.text}"
        )
    return await reading.rows(
        "SELECT programme, payee_kind, payee, household, category, "  # noqa: S608 - from this file
        "CAST(SUM(CASE WHEN kind = 'in_kind' THEN 0 ELSE fen END) AS BIGINT) AS cash, "
        "CAST(SUM(CASE WHEN kind = 'in_kind' THEN fen ELSE 0 END) AS BIGINT) AS goods, "
        f"CAST(SUM(people) AS BIGINT) AS recipients FROM ({' UNION ALL '.join(parts)}) x "
        "GROUP BY programme, payee_kind, payee, household, category",
        *where.values,
    )


_PAYEE = "v.payee_kind AS payee_kind, v.payee AS payee, gi.household AS household, gi.category AS category"
_KEPT = (
    "SELECT {month} AS month, fund, programme, kind, lines, amount_fen AS fen, {people} AS people, "
    "gifts FROM {span}_sum"
)
COLUMNS = ("fund", "campaign", "programme", "store")


def page_of(source: Source, where: Where, filters: Filters, seq_max: int, seen: Sequence[Any] | None) -> Where:
    """The lines of a period up to `seq_max`, from its beginning or from the day and entry seen last, in index order."""
    where.add(source.test)
    if seen:
        where.add(f"({source.day}, {source.seq}) >= (?, ?)", *seen[:2])
    else:
        where.add(f"{source.day} >= ?", filters.begin)
    where.add(f"{source.day} <= ?", filters.end).add(f"{source.seq} <= ?", seq_max)
    for name in COLUMNS:
        where.chosen(getattr(source, name), dict(filters.chosen).get(name, ""))
    return where


def _later(source: Source, where: Where, filters: Filters, seq_max: int) -> Where:
    """The lines of a period that were booked after `seq_max`: the newest few, so no index but that of `seq` will do."""
    where.add(source.test.replace("e.kind =", "e.kind || '' =")).add(f"{source.seq} > ?", seq_max)
    where.add(f"({source.day} || '') >= ?", filters.begin).add(f"({source.day} || '') <= ?", filters.end)
    for name in COLUMNS:
        where.chosen(f"({getattr(source, name)} || '')", dict(filters.chosen).get(name, ""))
    return where


async def by_month(register: str, filters: Filters, seq_max: int) -> list[dict[str, Any]]:
    """By month, fund, programme and kind: `count` of lines, `gifts` that stand, `amount` fen and `recipients`."""
    rows = await _added_up(register, filters, seq_max, days.spans(filters.begin, filters.end), "substr({day}, 1, 7)")
    return [row for row in rows if row["count"]]


async def by_day(register: str, filters: Filters, seq_max: int) -> dict[str, tuple[int, int]]:
    """By day: gifts that stand and fen."""
    sums: dict[str, tuple[int, int]] = {}
    for row in await _added_up(register, filters, seq_max, [("day", filters.begin, filters.end)], "{day}"):
        gifts, fen = sums.get(row["month"], (0, 0))
        sums[row["month"]] = gifts + row["gifts"], fen + row["amount"]
    return sums


async def _added_up(
    register: str, filters: Filters, seq_max: int, spans: Sequence[tuple[str, str, str]], month: str
) -> list[dict[str, Any]]:
    """Kept sums of these spans by `month`, which is made of the day of a line, fund, programme and kind."""
    people = "recipients_of_fund" if any(name == "fund" for name, _ in filters.chosen) else "recipients"
    where, parts = Where(), []
    for column, first, last in spans:
        where = Where(*where.values).add("register = ?", register).add(f"{column} >= ?", first)
        where.add(f"{column} <= ?", last)
        for name in COLUMNS:
            where.chosen(name, dict(filters.chosen).get(name, ""))
        shown = month.format(day=column) if column == "day" else column
        parts.append(f"{_KEPT.format(month=shown, span=column, people=people)} WHERE {where.text}")
    for source in SOURCES[register]:
        where = _later(source, Where(*where.values), filters, seq_max)
        parts.append(
            f"SELECT {month.format(day=source.day)}, {source.fund}, {source.programme}, {source.kind}, -1, "  # noqa: S608
            f"-COALESCE({source.fen}, 0), -({getattr(source, people)}), -({source.gifts}) "
            f"FROM {source.tables} WHERE {where.text}"
        )
    return await reading.rows(
        "SELECT month, fund, programme, kind, CAST(SUM(lines) AS BIGINT) AS count, "  # noqa: S608
        "CAST(SUM(fen) AS BIGINT) AS amount, CAST(SUM(people) AS BIGINT) AS recipients, "
        f"CAST(SUM(gifts) AS BIGINT) AS gifts FROM ({' UNION ALL '.join(parts)}) x "
        "GROUP BY month, fund, programme, kind",
        *where.values,
    )


async def by_fund(register: str, filters: Filters, seq_max: int) -> dict[str, int]:
    """Fen of the whole register by fund in the period of the filters: the books know neither campaign nor store."""
    fen: dict[str, int] = {}
    for row in await by_month(register, Filters.of(filters.begin, filters.end), seq_max):
        fen[row["fund"]] = fen.get(row["fund"], 0) + row["amount"]
    return fen
