"""D7 拨付（发放）台账: money paid and goods handed out, with who received them (docs/field.md 8).

A row is one posting to 业务活动成本 5101, or to agency debt 2601 when agency money is passed on; goods without
value are listed as 不计价. Buying goods (1141) is not a disbursement: the goods are, when they are handed out. Nor is
what a branch gets (1122): its confirmed roster is. Reversals stand in red on their own day. Always true: by fund, the
rows add up to 5101 of the turnover; for agency funds gifts less rows are the movement of 2601. 余额 runs line by line:
what the fund is worth at the end of the day, goods included, and what went out of it later that day. The copy for a
notice board has totals by programme and class alone.
"""

from bisect import bisect_right
from typing import Any

from charity import addresses, words
from charity.aid import rosters
from charity.db import reading, sealed
from charity.db.paging import Where
from charity.documents import facts
from charity.documents.filters import COPY, FUND, PROGRAMME, STORE
from charity.ledger import accounts as acc
from charity.ledger import figures as books
from charity.ledger import funds, journal_vouchers
from charity.ledger.numbering import printed
from charity.ledger.sums import INCOME, OUTLAY
from charity.office import stores
from charity.people import masking, persons
from charity.people.households import CATEGORY_WORDS
from charity.people.masking import COPIES, Reader, What
from charity.printing.document import Column, Course, Document, Filters, Group, Page, Totals
from charity.printing.vouchers import NATURES
from charity.reports import boards, kept, lookup
from charity.reports import course as courses

COLUMNS = (
    Column("n", "序号", 8.2, "count", english=8.6, folded=True),
    Column("day", "日期", 16.2, "date", english=16.2, under="journal"),
    Column("journal", "凭证号", 12.2, "code", english=11),
    Column("entry", "分录", 13.2, "code", align="right", english=12.6, folded=True),
    Column("programme", "项目", 13.2, english=16.4),
    Column("fund", "资金来源", 17.8, english=13.9, under="programme"),
    Column("restriction", "限定性", 12.3, english=18.2, folded=True),
    Column("payee", "受助对象/单位", 12.8, english=10.4),
    Column("category", "类别", 11.2, english=13.8, under="payee"),
    Column("township", "乡镇", 10.3, english=10.2, under="payee"),
    Column("reason", "事由", 13, english=10.6, folded=True),
    Column("recipients", "受益人次", 9, "count", total=True, align="right", english=8.8),
    Column("cash_fen", "货币资金", 20, "money", total=True, align="right", english=21.4),
    Column("goods_fen", "物资折价", 18.5, "money", total=True, align="right", english=21.4),
    Column("amount_fen", "合计", 20, "money", total=True, align="right", english=21.4),
    Column("document", "审批单/花名册/出库单号", 20.3, "code", link="document_href", english=14.5, under="signed"),
    Column("channel", "支付方式/回单号", 14.2, english=13, folded=True),
    Column("signed", "签收情况", 10.6, english=9.2),
    Column("balance_fen", "基金结余", 20, "money", align="right", english=21.4),
)
BOARD_COLUMNS = (
    Column("n", "序号", 8, "count"),
    Column("programme", "项目", 60),
    Column("category", "类别", 40),
    Column("recipients", "受益人次", 20, "count", total=True, align="right"),
    Column("cash_fen", "货币资金", 30, "money", total=True, align="right"),
    Column("goods_fen", "物资折价", 30, "money", total=True, align="right"),
    Column("amount_fen", "合计", 30, "money", total=True, align="right"),
)
SUMS = ("recipients", "cash_fen", "goods_fen", "amount_fen")
INSTITUTION = {
    "home": "养老机构",
    "hospital": "医院",
    "school": "学校",
    "supplier": "供应商",
    "federation": "慈善会",
    "service": "服务单位",
    "branch": "乡镇分会/联络站",
}
SIGNED = {"paid": "已付款", "delivered": "已签收", "bounced": "已退汇"}


async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Rows in order of business date, entry and posting."""
    seen = facts.place(after, (str, int, int, int))
    number = seen[-1] if seen else 0
    people = "recipients_of_fund" if filters[FUND] else "recipients"
    parts, where = [], Where()
    for at, source in enumerate(kept.outlays(filters)):
        where = kept.page_of(source, Where(*where.values), filters, seq_max, seen)
        if seen:
            day, seq, n, _ = seen
            where.add(f"(({source.day}, {source.seq}) > (?, ?) OR COALESCE(p.n, 0) > ?)", day, seq, n)
        parts.append(
            f"SELECT * FROM (SELECT {source.day} AS day, {source.seq} AS seq, "  # noqa: S608 - names from this room
            f"COALESCE(p.n, 0) AS n, {source.fen} AS amount_fen, {source.fund} AS fund, "
            f"{getattr(source, people)} AS recipients, {source.programme} AS programme, v.number AS voucher, "
            f"{source.roster} AS roster, "
            "e.kind AS entry_kind, v.payee_kind, v.payee, v.reason, v.status AS voucher_status, v.channel_ref, "
            "v.paid_from, "
            "gd.number AS goods, gd.kind AS goods_kind, gd.reversed_by, gi.household, gi.category, gi.members, "
            f"CASE WHEN gi.proxy IS NULL THEN 0 ELSE 1 END AS proxied FROM {source.tables} "
            f"WHERE {where.text} ORDER BY {source.day}, {source.seq}, COALESCE(p.n, 0) LIMIT {limit + 1}) AS part{at}"
        )
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) x ORDER BY x.day, x.seq, x.n LIMIT {limit + 1}"  # noqa: S608
    rows = await reading.rows(sql, *where.values)
    for at, row in enumerate(rows, number + 1):
        row["number"] = at
    cut = facts.cut(rows, limit, lambda r: [r["day"], r["seq"], r["n"], r["number"]])
    return Page(await _shown(cut.rows, filters, seq_max), cut.next)


async def _shown(rows: list[dict[str, Any]], filters: Filters, seq_max: int) -> list[dict[str, Any]]:
    payees = await _payees(rows, to=COPIES[filters[COPY]])
    kinds = await books.fund_kinds()
    named, programmes = await funds.names(), await funds.programme_names()
    worth = await books.worth_by_day(
        sorted({row["fund"] for row in rows}), sorted({row["day"] for row in rows}), seq_max
    )
    later = await _later_of_the_day(rows, seq_max)
    numbers = await journal_vouchers.numbers_of([row["seq"] for row in rows])
    undone = await lookup.by_id(
        "SELECT reverses AS id FROM entry WHERE reverses IN ({in})",
        {row["seq"] for row in rows if row["entry_kind"] == rosters.KIND},
    )
    shown = []
    for row in rows:
        name, category, township = payees[row["seq"]]
        goods, amount, fund = row["goods"] is not None, row["amount_fen"], row["fund"]
        kind: addresses.Kind = "slip" if goods else "roster" if row["roster"] else "voucher"
        number = row["goods"] or row["roster"] or row["voucher"]
        shown.append(
            {
                "n": row["number"],
                "day": row["day"],
                "journal": printed(numbers[row["seq"]]) if row["seq"] in numbers else "",
                "entry": str(row["seq"]),
                "programme": programmes[row["programme"]],
                "fund": named.get(fund, fund),
                "restriction": words.say(NATURES[kinds[fund]]),
                "payee": name,
                "category": words.say(category) if category else "",
                "township": township,
                "reason": _reason(row, to=COPIES[filters[COPY]]),
                "recipients": row["recipients"],
                "cash_fen": None if goods else amount,
                "goods_fen": (words.say("不计价") if amount is None else amount) if goods else None,
                "amount_fen": amount,
                "document": number,
                "document_href": addresses.of(kind, number),
                "channel": words.say("实物") if goods else row["channel_ref"] or _unnumbered(row),
                "signed": words.say(_signed(row, undone=row["seq"] in undone)),
                "balance_fen": _at(worth.get(fund, []), row["day"], later[row["day"], row["seq"], row["n"]]),
            }
        )
    return shown


def _unnumbered(row: dict[str, Any]) -> str:
    """How a payment without a bank's number was made."""
    return words.say("现金") if (row["paid_from"] or "").startswith(f"{acc.CASH}/") else ""


async def _payees(rows: list[dict[str, Any]], *, to: Reader) -> dict[int, tuple[str, str, str]]:
    """Name as the copy shows it, category and township of who received, by entry."""
    households = await lookup.by_id(
        "SELECT key AS id, head_name AS name, category, township FROM household WHERE key IN ({in})",
        {row["household"] for row in rows},
    )
    by_code = await lookup.by_id(
        "SELECT code AS id, head_name AS name, category, township FROM household WHERE code IN ({in})",
        {row["payee"] for row in rows if row["payee_kind"] == "household"},
    )
    places = await lookup.by_id(
        "SELECT code AS id, name, kind AS category, township FROM institution WHERE code IN ({in})",
        {row["payee"] for row in rows if row["payee_kind"] in {"institution", "supplier", "branch"}},
    )
    people = await persons.names(row["payee"] for row in rows if row["payee_kind"] == "person")
    townships = await stores.township_names()
    recipients = {}
    for row in rows:
        of_payee = row["payee_kind"] == "household"
        home = by_code.get(row["payee"]) if of_payee else households.get(row["household"])
        place = places.get(row["payee"])
        if home is not None:
            name = masking.show(What.RECIPIENT, home["name"], to=to)
            category, township = CATEGORY_WORDS.get(row["category"] or home["category"], ""), home["township"]
        elif place is not None:
            name, category, township = place["name"], INSTITUTION.get(place["category"], ""), place["township"]
        else:
            person = people.get(row["payee"])
            name = masking.show(What.RECIPIENT, person.name if person else "", to=to)
            category, township = "个人" if person else "", ""
        recipients[row["seq"]] = (name, category, townships.get(township, township))
    return recipients


def _reason(row: dict[str, Any], *, to: Reader) -> str:
    """The reason of a voucher is personal: on internal copies only. Goods: choosing in the supermarket."""
    if row["goods"] is not None:
        return words.say("冲销发放" if row["goods_kind"] == "reversal" else "超市自选")
    return masking.show(What.MESSAGE, sealed.unseal("voucher", "reason", row["voucher"], row["reason"]), to=to)


def _signed(row: dict[str, Any], *, undone: bool) -> str:
    if row["entry_kind"] in {rosters.KIND, rosters.REVERSAL}:
        return "已签收" if row["entry_kind"] == rosters.KIND and not undone else "已冲销"
    if row["goods"] is None:
        return SIGNED.get(row["voucher_status"], "")
    if row["reversed_by"] is not None or row["goods_kind"] == "reversal":
        return "已冲销"
    return "代领" if row["proxied"] else "已领取"


async def _later_of_the_day(rows: list[dict[str, Any]], seq_max: int) -> dict[tuple[str, int, int], int]:
    """What goes out of each line's fund after it on the same day, fen: what other filters leave out counts too."""
    if not rows:
        return {}
    last = rows[-1]["day"]
    lines = await kept.outlays_of(sorted({row["day"] for row in rows}), (last, rows[-1]["seq"]), seq_max)
    whole = await kept.by_fund(OUTLAY, Filters(last, last), seq_max)
    # What the last day still gives out behind the page is known from its sum: a long day is not read for a short page.
    gone = {(last, fund): fen for fund, fen in whole.items()}
    for line in lines:
        if line["day"] == last:
            gone[last, line["fund"]] = gone.get((last, line["fund"]), 0) - line["fen"]
    later = {}
    for row in reversed(lines):
        key = (row["day"], row["fund"])
        later[row["day"], row["seq"], row["n"]] = gone.get(key, 0)
        gone[key] = gone.get(key, 0) + row["fen"]
    return later


def _at(days: list[tuple[str, int]], day: str, later: int) -> int | None:
    """The worth when so much was still to go out on a day; None before the fund's first movement."""
    at = bisect_right(days, day, key=lambda entry: entry[0])
    return days[at - 1][1] + later if at else None


async def course(filters: Filters, rows: list[dict[str, Any]], seq_max: int, after: str | None) -> Course | None:
    """How the balance of the one fund came about, on a page that begins behind a row or at the beginning."""
    fund, seen = filters[FUND], facts.place(after, (str, int, int, int))
    if not fund or not seen:
        return await courses.of_fund(filters, rows, seq_max, None)
    day, seq, n, _ = seen
    worth = (await books.worth_by_day([fund], [day], seq_max)).get(fund, [])
    later = await _later_of_the_day([{"day": day, "seq": seq, "n": n}], seq_max)
    balance = _at(worth, day, later.get((day, seq, n), 0)) or 0
    return await courses.of_fund(filters, rows, seq_max, (day, balance))


async def totals(filters: Filters, seq_max: int) -> Totals:
    """Sums of all rows, by month and programme; compared with the books."""
    names = await funds.programme_names()
    count, sums = 0, dict.fromkeys(SUMS, 0)
    groups: dict[tuple[str, str], dict[str, int]] = {}
    for row in await kept.by_month(OUTLAY, filters, seq_max):
        part = groups.setdefault((row["month"], row["programme"]), dict.fromkeys(SUMS, 0))
        column = "goods_fen" if row["kind"] == "in_kind" else "cash_fen"
        count += row["count"]
        for figures in (sums, part):
            figures[column] += row["amount"]
            figures["amount_fen"] += row["amount"]
            figures["recipients"] += row["recipients"]
    listed = [Group(f"{month} · {names.get(code, code)}", figures) for (month, code), figures in sorted(groups.items())]
    return Totals(count, sums, listed, await _differences(filters, seq_max))


async def _differences(filters: Filters, seq_max: int) -> list[str]:
    """Funds whose rows are not what the books say: 5101, and for agency funds the movement of 2601."""
    given = await kept.by_fund(INCOME, filters, seq_max)
    cost = await books.by_fund((acc.COST,), filters.begin, filters.end, seq_max)
    debt = await books.agency_debt(filters.begin, filters.end, seq_max)
    booked = {
        fund: debt.get(fund, 0) + given.get(fund, 0) if kind == "agency" else cost.get(fund, 0)
        for fund, kind in (await books.fund_kinds()).items()
    }
    return boards.apart(filters, await kept.by_fund(OUTLAY, filters, seq_max), booked)


async def _board(filters: Filters, seq_max: int) -> list[dict[str, Any]]:
    """What went out by programme and class: no family, no surname, no township, no reason."""
    rows = [row | {"seq": at} for at, row in enumerate(await kept.by_payee(filters, seq_max))]
    payees, named = await _payees(rows, to=Reader.BOARD), await funds.programme_names()
    classes: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        figures = classes.setdefault((row["programme"], payees[row["seq"]][1]), dict.fromkeys(SUMS, 0))
        figures["recipients"] += row["recipients"]
        figures["cash_fen"] += row["cash"]
        figures["goods_fen"] += row["goods"]
        figures["amount_fen"] += row["cash"] + row["goods"]
    return [
        {"n": n, "programme": named.get(code, code), "category": words.say(category), **figures}
        for n, ((code, category), figures) in enumerate(sorted(classes.items()), 1)
    ]


board_page, board_totals = boards.readers(_board, SUMS, _differences)
BOARD = Document(
    name="disbursements",
    title="拨付（发放）台账",
    lead="按项目和类别合计，不含任何家庭和个人；与账簿业务活动成本核对一致。",
    columns=BOARD_COLUMNS,
    filters=(PROGRAMME, FUND, STORE, COPY),
    page=board_page,
    totals=board_totals,
)
DOCUMENT = Document(
    name="disbursements",
    title="拨付（发放）台账",
    lead="付出去的每一笔钱、发出去的每一份物资，与账簿业务活动成本核对一致。基金结余含物资的价值。",
    columns=COLUMNS,
    filters=(PROGRAMME, FUND, STORE, COPY),
    page=page,
    totals=totals,
    group_title="按月和项目合计",
    board=BOARD,
    course=course,
)
