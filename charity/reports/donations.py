"""D4 捐赠收入明细台账: every gift of a period, refunds and reversals in red beneath it (docs/field.md 8).

A gift stands on the day on which the books took it (`effective_on`); 到账日期 is the day it arrived. Goods
without evidence of value print 不计价 and add nothing. What is held for others stands in a column of its own, so that
合计 is income alone. Always true: by fund, the rows add up to income 4101 of the turnover, and for agency funds to
what givers brought to 2601. A voided receipt stands with its number and day. The copy for a notice board has totals
by fund alone.
"""

from typing import Any

from charity import addresses, words
from charity.db import reading
from charity.db.paging import Where
from charity.documents import facts
from charity.documents.filters import COPY, FUND, STORE
from charity.giving import campaigns, consents, on_receipts
from charity.giving.channels import CHANNELS
from charity.ledger import accounts as acc
from charity.ledger import entries, funds, journal_vouchers
from charity.ledger import figures as books
from charity.ledger.numbering import printed
from charity.ledger.sums import INCOME, OUTLAY
from charity.people import masking, persons
from charity.people.masking import COPIES, Reader, What
from charity.printing.document import Column, Document, Filter, Filters, Group, Page, Totals
from charity.printing.vouchers import NATURES
from charity.reports import boards, kept

COLUMNS = (
    Column("n", "序号", 8.6, "count", english=8.1, folded=True),
    Column("received_on", "到账日期", 16.2, "date", english=16.1, under="journal"),
    Column("journal", "凭证号", 11.5, "code", english=10.9),
    Column("entry", "分录", 12.8, "code", align="right", link="entry_href", english=12.6, folded=True),
    Column("donor", "捐赠人", 14.5, english=10.4),
    Column("donor_kind", "类别", 8, english=18.6, under="donor"),
    Column("campaign", "活动", 14.2, english=14.2),
    Column("fund", "基金", 17.8, english=12.6, under="campaign"),
    Column("restriction", "限定性", 12.4, english=18.2, folded=True),
    Column("channel", "方式", 12.4, english=12.2),
    Column("cash_fen", "货币金额", 20, "money", total=True, align="right", english=21.4),
    Column("goods_fen", "实物折价", 18.6, "money", total=True, align="right", english=21.4),
    Column("amount_fen", "合计", 20, "money", total=True, align="right", english=21.4),
    Column("agency_fen", "受托代理", 18.5, "money", total=True, align="right", english=21.4),
    Column("receipt", "内部收据号", 23, "code", link="receipt_href", english=13.2),
    Column("fiscal", "财政票据号", 14.6, screen=False, english=11.4),
    Column("receipt_status", "开票状态", 11, english=11, under="receipt"),
    Column("consent", "公示意愿", 10, english=10.6, folded=True),
    Column("note", "备注", 9, english=7.3, under="receipt"),
)
BOARD_COLUMNS = (
    Column("n", "序号", 8, "count"),
    Column("fund", "基金", 60),
    Column("restriction", "限定性", 24),
    Column("gifts", "笔数", 18, "count", total=True, align="right"),
    Column("cash_fen", "货币金额", 30, "money", total=True, align="right"),
    Column("goods_fen", "实物折价", 30, "money", total=True, align="right"),
    Column("amount_fen", "合计", 30, "money", total=True, align="right"),
    Column("agency_fen", "受托代理", 30, "money", total=True, align="right"),
)
SUMS = ("cash_fen", "goods_fen", "amount_fen", "agency_fen")
DONOR_KIND = {"person": "个人", "organisation": "单位", "anonymous": "匿名"}
RECEIPT_STATUS = {"issued": "已开具", "voided": "已作废", "replaced": "已更换"}
NOTE = {1: "", 2: "退款", 3: "冲销", 4: "更正", 5: "更正以前年度"}

# A giver whose name was wrong is corrected by a new receipt (receipts.replace): the last one says who gave.
_CORRECTED = (
    "(SELECT r.donor FROM receipt_line k JOIN receipt r ON r.number = k.number WHERE k.donation = x.key "
    "ORDER BY r.recorded_at DESC, r.number DESC LIMIT 1)"
)
REFUNDED = 2
"""The place of refunds among the sources of lines."""
_REFUND, _NO_REFUND = "r.number", "CAST(NULL AS TEXT)"
CAMPAIGN = Filter("campaign", "活动", campaigns.every_name, coded=False)


async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Rows in order of business date, entry and gift."""
    seen = facts.place(after, (str, int, int, str, int))
    number = seen[-1] if seen else 0
    parts, where = [], Where()
    for n, source in enumerate(kept.GIFTS, 1):
        where = kept.page_of(source, Where(*where.values), filters, seq_max, seen)
        if seen:
            day, seq, arm, key, _ = seen
            where.add(f"(({source.day}, {source.seq}) > (?, ?) OR ({n}, d.key) > (?, ?))", day, seq, arm, key)
        parts.append(
            f"SELECT * FROM (SELECT {source.day} AS day, {source.seq} AS seq, "  # noqa: S608 - names from this room
            f"{n} AS arm, {_REFUND if n == REFUNDED else _NO_REFUND} AS refund, d.key AS key, "
            f"{source.fen} AS amount_fen, d.kind AS kind, d.donor, d.campaign, d.fund, "
            f"d.received_on, d.channel, d.receipt, d.public_name, d.public_amount FROM {source.tables} "
            f"WHERE {where.text} ORDER BY {source.day}, {source.seq}, d.key LIMIT {limit + 1}) AS part{n}"
        )
    sql = (
        "SELECT x.*, c.code AS receipt_code, c.number AS receipt_number, c.status AS receipt_status, "  # noqa: S608
        f"g.number AS goods, COALESCE({_CORRECTED}, x.donor) AS giver FROM ("
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) y ORDER BY y.day, y.seq, y.arm, y.key LIMIT {limit + 1}"
        ") x LEFT JOIN receipt c ON c.code = x.receipt LEFT JOIN goods_document g ON g.seq = x.seq "
        "ORDER BY x.day, x.seq, x.arm, x.key"
    )
    rows = await reading.rows(sql, *where.values)
    for n, row in enumerate(rows, number + 1):
        row["n"] = n
    cut = facts.cut(rows, limit, lambda r: [r["day"], r["seq"], r["arm"], r["key"], r["n"]])
    return Page(await _shown(cut.rows, filters), cut.next)


async def _shown(rows: list[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    """The rows as they are read: names, words, amounts by kind."""
    people = await persons.names(row["giver"] for row in rows)
    kinds = await books.fund_kinds()
    named, titles = await funds.names(), await campaigns.names(row["campaign"] for row in rows)
    numbers = await journal_vouchers.numbers_of([row["seq"] for row in rows])
    originals = await _originals(rows)
    ended = await on_receipts.last_of([row["key"] for row in rows if row["receipt_code"] is None])
    to = COPIES[filters[COPY]]
    shown = []
    for row in rows:
        person = people.get(row["giver"], persons.NOBODY)
        amount, in_kind = row["amount_fen"], row["kind"] == "in_kind"
        channel = CHANNELS.get(row["channel"])
        worth = words.say("不计价") if amount is None else amount
        held = kinds[row["fund"]] == "agency"
        receipt = ended.get(row["key"])
        number, code = row["receipt_number"], row["receipt_code"]
        shown.append(
            {
                "n": row["n"],
                "received_on": row["received_on"] if row["arm"] == 1 else row["day"],
                "journal": printed(numbers[row["seq"]]) if row["seq"] in numbers else "",
                "entry": str(row["seq"]),
                "entry_href": addresses.of("slip", row["goods"]) if row["goods"] else "",
                "donor": persons.shown(people.get(row["giver"]), to=to, consent=_named(row)),
                "donor_kind": words.say(DONOR_KIND[person.kind]),
                "campaign": titles.get(row["campaign"], ""),
                "fund": named.get(row["fund"], row["fund"]),
                "restriction": words.say(NATURES[kinds[row["fund"]]]),
                "channel": words.say(channel.words if channel else "实物"),
                "cash_fen": None if in_kind or held else amount,
                "goods_fen": worth if in_kind and not held else None,
                "amount_fen": None if held else amount,
                "agency_fen": worth if held else None,
                "receipt": number or (receipt.number if receipt else ""),
                "receipt_href": f"/r/{code or (receipt and receipt.code)}" if code or receipt else "",
                "fiscal": "",
                "receipt_status": _receipt_words(row["receipt_status"], receipt),
                "consent": words.say(_consent(name=bool(row["public_name"]), amount=bool(row["public_amount"]))),
                "note": _note(row, originals.get(row["seq"], ""), receipt, to),
            }
        )
    return shown


async def _originals(rows: list[dict[str, Any]]) -> dict[int, str]:
    """The number of the receipt from which each line in red was taken, by entry."""
    gifts = {row["seq"]: row["key"] for row in rows if row["arm"] != 1}
    bodies = await entries.bodies(gifts)
    events = {seq: (key, bodies[seq]["recorded_at"]) for seq, key in gifts.items()}
    numbers = await on_receipts.originals(events.values())
    return {seq: numbers[event] for seq, event in events.items() if event in numbers}


def _receipt_words(status: str | None, ended: on_receipts.Ended | None) -> str:
    """The state of a line's receipt; of one that is no more, the day on which it ended."""
    if status is None and ended is not None:
        return f"{words.say(RECEIPT_STATUS[ended.status])} {ended.on}"
    return words.say(RECEIPT_STATUS.get(status or "", "未开具"))


def _note(row: dict[str, Any], original: str, ended: on_receipts.Ended | None, to: Reader) -> str:
    """What a line in red took back and from which receipt; why the receipt of a gift was voided, on internal copies."""
    if row["arm"] == 1:
        reason = masking.show(What.MESSAGE, ended.reason, to=to) if ended else ""
        return words.say("作废：{reason}", reason=reason) if reason else ""
    kind = words.say(NOTE[row["arm"]])
    kind = f"{kind} {row['refund']}" if row["refund"] else kind
    return words.say("{note}，原收据 {number}", note=kind, number=original) if original else kind


def _named(row: dict[str, Any]) -> bool:
    """Whether the giver consented to be named beside his amount: whom the receipt was corrected to did not."""
    return bool(row["public_name"] and row["public_amount"]) and row["giver"] == row["donor"]


def _consent(*, name: bool, amount: bool) -> str:
    if name:
        return "公开" if amount else "仅姓名"
    return "仅金额" if amount else "不公开"


async def totals(filters: Filters, seq_max: int) -> Totals:
    """Sums of all rows, by month and restriction; compared with the books."""
    kinds = await books.fund_kinds()
    count, sums = 0, dict.fromkeys(SUMS, 0)
    groups: dict[tuple[str, str], dict[str, int]] = {}
    for row in await kept.by_month(INCOME, filters, seq_max):
        part = groups.setdefault((row["month"], kinds[row["fund"]]), dict.fromkeys(SUMS, 0))
        count += row["count"]
        for figures in (sums, part):
            _add(figures, row, kinds)
    listed = [
        Group(f"{month} · {words.say(NATURES[kind])}", figures) for (month, kind), figures in sorted(groups.items())
    ]
    return Totals(count, sums, listed, await _differences(filters, seq_max))


def _add(figures: dict[str, int], row: dict[str, Any], kinds: dict[str, str]) -> None:
    """Add a kept sum to its columns."""
    if kinds[row["fund"]] == "agency":
        figures["agency_fen"] += row["amount"]
        return
    figures["goods_fen" if row["kind"] == "in_kind" else "cash_fen"] += row["amount"]
    figures["amount_fen"] += row["amount"]


async def _board(filters: Filters, seq_max: int) -> list[dict[str, Any]]:
    """What came by fund: no giver, no receipt, no day."""
    kinds, named = await books.fund_kinds(), await funds.names()
    by_fund: dict[str, dict[str, int]] = {}
    for row in await kept.by_month(INCOME, filters, seq_max):
        figures = by_fund.setdefault(row["fund"], dict.fromkeys(("gifts", *SUMS), 0))
        figures["gifts"] += row["gifts"]
        _add(figures, row, kinds)
    return [
        {"n": n, "fund": named.get(fund, fund), "restriction": words.say(NATURES[kinds[fund]]), **figures}
        for n, (fund, figures) in enumerate(sorted(by_fund.items()), 1)
    ]


async def _differences(filters: Filters, seq_max: int) -> list[str]:
    """Funds whose lines are not what the books say: income 4101; for agency funds 2601 and what was passed on of it."""
    passed_on = await kept.by_fund(OUTLAY, filters, seq_max)
    income = await books.by_fund((acc.GIFTS,), filters.begin, filters.end, seq_max)
    debt = await books.agency_debt(filters.begin, filters.end, seq_max)
    booked = {
        fund: passed_on.get(fund, 0) - debt.get(fund, 0) if kind == "agency" else -income.get(fund, 0)
        for fund, kind in (await books.fund_kinds()).items()
    }
    return boards.apart(filters, await kept.by_fund(INCOME, filters, seq_max), booked)


async def _outdated(filters: Filters, at: str) -> bool:
    """Whether a giver took a consent to be published back since: only the copy for others follows consents."""
    if filters[COPY] != "notice":
        return False
    return await consents.taken_back_since(at)


board_page, board_totals = boards.readers(_board, ("gifts", *SUMS), _differences)
_LEAD = "合计与账簿捐赠收入（4101）核对一致；受托代理（2601）另列一栏，不是捐赠收入。"
BOARD = Document(
    name="donations",
    title="捐赠收入明细台账",
    lead=_LEAD,
    columns=BOARD_COLUMNS,
    filters=(FUND, CAMPAIGN, STORE, COPY),
    page=board_page,
    totals=board_totals,
)
DOCUMENT = Document(
    name="donations",
    title="捐赠收入明细台账",
    lead=_LEAD,
    columns=COLUMNS,
    filters=(FUND, CAMPAIGN, STORE, COPY),
    page=page,
    totals=totals,
    group_title="按月和限定性合计",
    board=BOARD,
    outdated=_outdated,
)
