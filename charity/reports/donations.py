"""D4 捐赠收入明细台账: every gift of a period, refunds and reversals in red beneath it (domain rules 8).

A gift stands on the day on which the books took it (`effective_on`); 到账日期 is the day it arrived. Goods
without evidence of value print 不计价 and add nothing. Agency money is listed and marked 受托代理. Always
true: by fund, the rows add up to income 4101 of the turnover, and for agency funds to what givers brought
to 2601.
"""

from typing import Any

from charity import words
from charity.db import reading
from charity.documents import facts
from charity.documents.filters import COPY, FUND, STORE
from charity.giving import campaigns
from charity.giving.channels import CHANNELS
from charity.ledger import accounts as acc
from charity.ledger import funds
from charity.money import yuan
from charity.people import persons
from charity.printing.document import Column, Document, Filter, Filters, Group, Page, Totals
from charity.reports import books

COLUMNS = (
    Column("n", "序号", 6, "count"),
    Column("received_on", "到账日期", 12, "date"),
    Column("entry", "凭证号", 8, "code", align="right", link="entry_href"),
    Column("donor", "捐赠人", 16),
    Column("donor_kind", "类别", 7),
    Column("campaign", "活动", 17),
    Column("fund", "基金", 14),
    Column("restriction", "限定性", 9),
    Column("channel", "方式", 9),
    Column("cash_fen", "货币金额", 15, "money", total=True, align="right"),
    Column("goods_fen", "实物折价", 14, "money", total=True, align="right"),
    Column("amount_fen", "合计", 15, "money", total=True, align="right"),
    Column("receipt", "内部收据号", 18, "code", link="receipt_href"),
    Column("fiscal", "财政票据号", 11, screen=False),
    Column("receipt_status", "开票状态", 9),
    Column("consent", "公示意愿", 9),
    Column("note", "备注", 9),
)
SUMS = ("cash_fen", "goods_fen", "amount_fen")
RESTRICTION = {"unrestricted": "非限定", "restricted": "限定", "agency": "受托代理"}
DONOR_KIND = {"person": "个人", "organisation": "单位", "anonymous": "匿名"}
RECEIPT_STATUS = {"issued": "已开具", "voided": "已作废", "replaced": "已更换"}
NOTE = {1: "", 2: "退款", 3: "冲销"}

# The three things that happen to a gift, each with the entry on whose day it stands in the register.
# CROSS JOIN and the || tell SQLite, which has no statistics, to begin with the few refunds and reversals.
_ARMS = {
    1: ("entry e JOIN donation d ON d.seq = e.seq", "d.amount_fen", "e.effective_on"),
    2: (
        "refund r CROSS JOIN entry e JOIN donation d ON d.key = r.donation AND e.seq = r.seq",
        "-r.amount_fen",
        "e.effective_on",
    ),
    3: ("entry e JOIN donation d ON d.seq = e.reverses AND e.reverses > 0", "-d.amount_fen", "(e.effective_on || '')"),
}
# A giver whose name was wrong is corrected by a new receipt (receipts.replace): the last one says who gave.
_CORRECTED = (
    "(SELECT r.donor FROM receipt_line k JOIN receipt r ON r.number = k.number WHERE k.donation = x.key "
    "ORDER BY r.recorded_at DESC, r.number DESC LIMIT 1)"
)
CAMPAIGN = Filter("campaign", "活动", campaigns.every_name)
_COLUMN = {FUND: "d.fund", CAMPAIGN: "d.campaign", STORE: "d.store"}


def _where(filters: Filters, wanted: tuple[Filter, ...], first: int) -> tuple[str, list[str]]:
    """Conditions of the chosen filters with places from `first`, and their values."""
    chosen = [(_COLUMN[name], filters[name]) for name in wanted if filters[name]]
    return "".join(f" AND {column} = ${n}" for n, (column, _) in enumerate(chosen, first)), [v for _, v in chosen]


async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Rows in order of business date, entry and gift."""
    begin = facts.place(after, (str, int, int, str, int))
    day, seq, arm, key, number = begin or [filters.begin, 0, 0, "", 0]
    more, values = _where(filters, (FUND, CAMPAIGN, STORE), 8)
    arms = [
        "SELECT * FROM (SELECT e.effective_on AS day, e.seq AS seq, "  # noqa: S608 - names from this file
        f"{n} AS arm, d.key AS key, {amount} AS amount_fen, d.kind AS kind, d.donor, d.campaign, d.fund, "
        f"d.received_on, d.channel, d.receipt, d.public_name, d.public_amount FROM {source} "
        f"WHERE {on} >= $1 AND {on} <= $2 AND e.seq <= $3 AND "
        f"(e.effective_on > $1 OR (e.effective_on = $1 AND (e.seq > $4 OR (e.seq = $4 AND ({n} > $5 OR ({n} = $5 "
        f"AND d.key > $6)))))){more} ORDER BY e.effective_on, e.seq, d.key LIMIT $7) AS part{n}"
        for n, (source, amount, on) in _ARMS.items()
    ]
    sql = (
        "SELECT x.*, c.code AS receipt_code, c.number AS receipt_number, c.status AS receipt_status, "  # noqa: S608
        f"g.number AS goods, COALESCE({_CORRECTED}, x.donor) AS giver FROM ("
        + " UNION ALL ".join(arms)
        + ") x LEFT JOIN receipt c ON c.code = x.receipt LEFT JOIN goods_document g ON g.seq = x.seq "
        "ORDER BY x.day, x.seq, x.arm, x.key LIMIT $7"
    )
    rows = await reading.rows(sql, day, filters.end, seq_max, seq, arm, key, limit + 1, *values)
    for n, row in enumerate(rows, number + 1):
        row["n"] = n
    kept = facts.cut(rows, limit, lambda r: [r["day"], r["seq"], r["arm"], r["key"], r["n"]])
    return Page(await _shown(kept.rows, filters), kept.next)


async def _shown(rows: list[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    """The rows as they are read: names, words, amounts by kind."""
    people = await persons.names(row["giver"] for row in rows)
    kinds = await books.fund_kinds()
    named, titles = await funds.names(), await campaigns.names(row["campaign"] for row in rows)
    nobody = persons.Person("", "anonymous", "")
    shown = []
    for row in rows:
        person = people.get(row["giver"], nobody)
        amount, in_kind = row["amount_fen"], row["kind"] == "in_kind"
        channel = CHANNELS.get(row["channel"])
        shown.append(
            {
                "n": row["n"],
                "received_on": row["received_on"] if row["arm"] == 1 else row["day"],
                "entry": str(row["seq"]),
                "entry_href": f"/goods/documents/{row['goods']}" if row["goods"] else "",
                "donor": _donor(person, internal=filters[COPY] == "internal"),
                "donor_kind": words.say(DONOR_KIND[person.kind]),
                "campaign": titles.get(row["campaign"] or "", row["campaign"] or ""),
                "fund": named.get(row["fund"], row["fund"]),
                "restriction": words.say(RESTRICTION[kinds[row["fund"]]]),
                "channel": words.say(channel.words if channel else "实物"),
                "cash_fen": None if in_kind else amount,
                "goods_fen": (words.say("不计价") if amount is None else amount) if in_kind else None,
                "amount_fen": amount,
                "receipt": row["receipt_number"] or "",
                "receipt_href": f"/r/{row['receipt_code']}" if row["receipt_code"] else "",
                "fiscal": "",
                "receipt_status": words.say(RECEIPT_STATUS.get(row["receipt_status"] or "", "未开具")),
                "consent": words.say(_consent(name=bool(row["public_name"]), amount=bool(row["public_amount"]))),
                "note": words.say(NOTE[row["arm"]]),
            }
        )
    return shown


def _donor(person: persons.Person, *, internal: bool) -> str:
    if person.kind == "anonymous" or not person.name:
        return words.say(persons.ANONYMOUS)
    return person.name if internal else person.masked


def _consent(*, name: bool, amount: bool) -> str:
    if name:
        return "公开" if amount else "仅姓名"
    return "仅金额" if amount else "不公开"


async def totals(filters: Filters, seq_max: int) -> Totals:
    """Sums of all rows, by month and restriction; compared with the books."""
    kinds = await books.fund_kinds()
    count, sums = 0, dict.fromkeys(SUMS, 0)
    groups: dict[tuple[str, str], dict[str, int]] = {}
    rows = await _sums(filters, seq_max, (FUND, CAMPAIGN, STORE))
    for row in rows:
        part = groups.setdefault((row["month"], kinds[row["fund"]]), dict.fromkeys(SUMS, 0))
        column = "goods_fen" if row["kind"] == "in_kind" else "cash_fen"
        count += row["count"]
        for figures in (sums, part):
            figures[column] += row["amount"]
            figures["amount_fen"] += row["amount"]
    told = [
        Group(f"{month} · {words.say(RESTRICTION[kind])}", figures) for (month, kind), figures in sorted(groups.items())
    ]
    return Totals(count, sums, told, await _differences(filters, seq_max, rows, kinds))


async def _sums(filters: Filters, seq_max: int, wanted: tuple[Filter, ...]) -> list[dict[str, Any]]:
    more, values = _where(filters, wanted, 4)
    arms = [
        f"SELECT substr(e.effective_on, 1, 7) AS month, d.fund AS fund, d.kind AS kind, {amount} AS amount "  # noqa: S608
        f"FROM {source} WHERE {on} >= $1 AND {on} <= $2 AND e.seq <= $3{more}"
        for source, amount, on in _ARMS.values()
    ]
    sql = (
        "SELECT month, fund, kind, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, COUNT(*) AS count FROM ("  # noqa: S608
        + " UNION ALL ".join(arms)
        + ") x GROUP BY month, fund, kind"
    )
    return await reading.rows(sql, filters.begin, filters.end, seq_max, *values)


async def _differences(filters: Filters, seq_max: int, sums: list[dict[str, Any]], kinds: dict[str, str]) -> list[str]:
    """Funds whose rows are not what the books say: income 4101, for agency funds what givers brought to 2601.

    The books know no campaign and no store: with such a filter the whole fund is compared.
    """
    if filters[CAMPAIGN] or filters[STORE]:
        sums = await _sums(filters, seq_max, (FUND,))
    given: dict[str, int] = {}
    for row in sums:
        given[row["fund"]] = given.get(row["fund"], 0) + row["amount"]
    income = await books.by_fund((acc.GIFTS,), filters.begin, filters.end, seq_max)
    agency = await books.agency_gifts(filters.begin, filters.end, seq_max)
    told = []
    for fund in sorted(kinds):
        here = given.get(fund, 0)
        there = agency.get(fund, 0) - income.get(fund, 0)
        if here != there and filters[FUND] in {"", fund}:
            told.append(
                words.say("{fund}：台账 {rows} 元，账簿为 {books} 元", fund=fund, rows=yuan(here), books=yuan(there))
            )
    return told


DOCUMENT = Document(
    name="donations",
    title="捐赠收入明细台账",
    lead="每一笔捐赠及其退款、冲销，与账簿捐赠收入核对一致。",
    columns=COLUMNS,
    filters=(FUND, CAMPAIGN, STORE, COPY),
    page=page,
    totals=totals,
    group_title="按月和限定性合计",
)
