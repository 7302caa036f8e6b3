"""What is printed of rosters: the slip of a unit, the table of units D5, the staff list of a bulk receipt D6.

D5 and D6 are made of rosters whose money is booked; their totals are compared with the gifts. D6 names people: only the
internal copy in full (docs/field.md 8).
"""

import hashlib
from typing import Any

from charity import addresses, clock, words
from charity.db import reading, sealed
from charity.documents import facts
from charity.documents.filters import LISTING_COPY
from charity.giving import campaigns, rules, unit_rosters, ways, work_units
from charity.money import capitals, yuan_sign
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.people import masking, persons
from charity.people.masking import COPIES, What
from charity.printing import pdfs
from charity.printing.document import Column, Document, Filter, Filters, Group, Page, Totals
from charity.printing.posters import PrintedRemittance, remittance_html
from charity.printing.registers import PORTRAIT
from charity.roles import Actor

SECONDS = 30.0
ROSTERS_MAX = 1_000
"""Rosters to choose from: of the last years."""


async def slip(key: str, *, by: Actor) -> tuple[bytes, str]:
    """The remittance slip as PDF, in the language of whoever prints it, and the roster's reference."""
    row = await unit_rosters.get(key, by=by)
    if row.locked_at is None:
        raise rules.UNIT_ROSTER_OPEN()
    shown = await campaigns.get(row.campaign, by=by)
    to = await ways.account_of(row.campaign) or ways.Account()
    we, own = await organisation.get(), await organisation.facts_on(clock.today())
    printed = PrintedRemittance(
        organisation=we.named,
        campaign=shown.name,
        unit=(await work_units.named([row.work_unit]))[row.work_unit],
        reference=row.reference,
        people=row.people,
        staff_fen=row.staff_fen,
        unit_fen=row.unit_fen,
        holder=to.holder,
        bank=to.bank,
        account=to.number,
        planned=to.planned,
        phone=own.value(FactKind.PHONE),
        demo=we.demo,
        lang=words.language(),
    )
    html = remittance_html(printed)
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return await pdfs.for_staff(html, identifier=identifier, seconds=SECONDS), row.reference


# -- D5 -----------------------------------------------------------------------------------------------

UNIT_COLUMNS = (
    Column("n", "序号", 8, "count"),
    Column("unit", "单位名称", 30, link="href", english=26),
    Column("kind", "类型", 13, english=19),
    Column("staff", "职工数", 14, "count", align="right"),
    Column("people", "捐款人数", 16, "count", total=True, align="right"),
    Column("personal_fen", "个人捐款", 24, "money", total=True, align="right"),
    Column("own_fen", "单位捐款", 24, "money", total=True, align="right"),
    Column("amount_fen", "合计", 24, "money", total=True, align="right"),
    Column("remitted_on", "汇款日期", 17, "date"),
    Column("received_on", "到账日期", 17, "date"),
    Column("reference", "参考号", 18, "code"),
    Column("receipts", "票据号", 26, "code"),
    Column("difference_fen", "差异", 24, "money", align="right"),
)
UNIT_SUMS = ("people", "personal_fen", "own_fen", "amount_fen")


async def _campaigns() -> dict[str, str]:
    return {row["slug"]: row["name"] for row in await work_units.one_day_campaigns()}


CAMPAIGN = Filter("campaign", "活动", _campaigns, coded=False)
_SETTLED = (
    "FROM unit_roster u JOIN work_unit w ON w.code = u.work_unit JOIN campaign c ON c.slug = u.campaign "
    "WHERE u.settled_at IS NOT NULL AND u.received_on >= $1 AND u.received_on <= $2 AND ($3 = '' OR u.campaign = $3) "
    "AND COALESCE((SELECT d.seq FROM donation d WHERE d.key = u.unit_donation), (SELECT MAX(d.seq) "
    "FROM unit_roster_line l JOIN donation d ON d.key = l.donation WHERE l.roster = u.key), 0) <= $4 "
)


async def units_page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Rows by the code of the unit, then the campaign."""
    seen = facts.place(after, (str, str, int))
    unit, slug, number = seen or ("", "", 0)
    rows = await reading.rows(
        "SELECT u.*, w.name AS unit_name, w.kind AS unit_kind, w.staff AS unit_staff "
        f"{_SETTLED} AND (u.work_unit, u.campaign) > ($5, $6) ORDER BY u.work_unit, u.campaign LIMIT $7",
        filters.begin,
        filters.end,
        filters[CAMPAIGN],
        seq_max,
        unit,
        slug,
        limit + 1,
    )
    for n, row in enumerate(rows, number + 1):
        row["n"] = n
    cut = facts.cut(rows, limit, lambda row: [row["work_unit"], row["campaign"], row["n"]])
    singles = await _singles([row["key"] for row in cut.rows])
    return Page([await _unit(row, singles.get(row["key"], 0)) for row in cut.rows], cut.next)


async def _singles(rosters: list[str]) -> dict[str, int]:
    """How many of the staff of each roster have receipts of their own."""
    if not rosters:
        return {}
    sql = (
        "SELECT l.roster, COUNT(*) AS n FROM unit_roster u "  # noqa: S608 - parts of ours
        "JOIN unit_roster_line l ON l.roster = u.key AND l.sheet = u.sheet "
        f"WHERE u.key IN ({reading.places(len(rosters))}) AND {unit_rosters.ALONE} GROUP BY l.roster"
    )
    return {row["roster"]: row["n"] for row in await reading.rows(sql, *rosters)}


async def _unit(row: dict[str, Any], singles: int) -> dict[str, Any]:
    numbers = await reading.tuples(
        "SELECT number FROM receipt WHERE roster = $1 AND status = 'issued' UNION "
        "SELECT r.number FROM receipt r JOIN donation d ON d.receipt = r.code WHERE d.key = $2 ORDER BY number",
        row["key"],
        row["unit_donation"] or "",
    )
    receipts = [number for (number,) in numbers]
    if singles:
        receipts.append(words.say("单独开具的 {count} 张", count=singles))
    return {
        "n": row["n"],
        "unit": row["unit_name"],
        "href": addresses.of("unit_roster", row["key"]),
        "kind": words.translate(work_units.KIND_WORDS[row["unit_kind"]]),
        "staff": row["unit_staff"],
        "people": row["people"],
        "personal_fen": row["staff_fen"],
        "own_fen": row["unit_fen"],
        "amount_fen": row["received_fen"],
        "remitted_on": row["remitted_on"] or "",
        "received_on": row["received_on"],
        "reference": row["reference"],
        "receipts": words.listed(receipts),
        "difference_fen": -row["short_fen"],
    }


async def units_totals(filters: Filters, seq_max: int) -> Totals:
    """Sums of all rows, compared with the gifts on the rosters."""
    asked = (filters.begin, filters.end, filters[CAMPAIGN], seq_max)
    row = await reading.only(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(u.people), 0) AS BIGINT) AS people, "
        "CAST(COALESCE(SUM(u.staff_fen), 0) AS BIGINT) AS personal, "
        "CAST(COALESCE(SUM(u.unit_fen), 0) AS BIGINT) AS own "
        f"{_SETTLED}",
        *asked,
    )
    gifts = await reading.value(
        "SELECT CAST(COALESCE(SUM(x.fen), 0) AS BIGINT) FROM (SELECT g.amount_fen AS fen FROM unit_roster_line l "  # noqa: S608 - parts of ours
        f"JOIN donation g ON g.key = l.donation WHERE l.roster IN (SELECT u.key {_SETTLED}) UNION ALL "
        f"SELECT g.amount_fen FROM donation g WHERE g.key IN (SELECT u.unit_donation {_SETTLED})) x",
        *asked,
    )
    total = row["personal"] + row["own"]
    wrong = [] if gifts == total else [words.say("名册合计与捐赠记录不符")]
    sums = {"people": row["people"], "personal_fen": row["personal"], "own_fen": row["own"], "amount_fen": total}
    return Totals(row["n"], sums, [], wrong)


UNITS = Document(
    name="units",
    title="一日捐单位汇总表",
    lead="款已入账的单位，每个单位一行；不含没有汇款的单位，也不含职工自己线上捐的款。",
    columns=UNIT_COLUMNS,
    filters=(CAMPAIGN,),
    page=units_page,
    totals=units_totals,
    permission="campaign.read",
)

# -- D6 -----------------------------------------------------------------------------------------------

STAFF_COLUMNS = (
    Column("n", "序号", 12, "count"),
    Column("unit", "单位名称", 40, english=36),
    Column("name", "姓名", 30, link="href"),
    Column("tail", "证件后四位", 24, "code"),
    Column("amount_fen", "金额", 30, "money", total=True, align="right"),
    Column("way", "方式", 34),
    Column("receipt", "收据号", 40, "code"),
    Column("signature", "签名", 34, screen=False),
)


async def _rosters() -> dict[str, str]:
    rows = await reading.rows(
        "SELECT u.key, w.name, u.reference FROM unit_roster u JOIN work_unit w ON w.code = u.work_unit "
        "WHERE u.settled_at IS NOT NULL ORDER BY u.settled_at DESC LIMIT $1",
        ROSTERS_MAX,
    )
    return {row["key"]: f"{row['name']} {row['reference']}" for row in rows}


ROSTER = Filter("roster", "名册", _rosters, coded=False)
_STAFF = (
    "WHERE l.roster = u.key AND d.key = l.donation AND u.received_on >= $1 AND u.received_on <= $2 "
    "AND ($3 = '' OR u.key = $3) AND d.seq <= $4 "
)
# CROSS JOIN: SQLite then begins with the rosters of the period, not with all gifts.
_ROSTERS = "unit_roster u CROSS JOIN unit_roster_line l CROSS JOIN donation d"


async def staff_page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Rows by roster and place on it."""
    seen = facts.place(after, (str, int, int))
    roster, at, number = seen or ("", 0, 0)
    rows = await reading.rows(
        "SELECT l.key, l.roster, u.work_unit, l.n AS place, l.tail, l.single, l.payroll, d.donor, d.key AS gift, "  # noqa: S608
        "d.receipt, d.amount_fen - d.refunded_fen AS net, d.status, d.public_name, d.public_amount "
        f"FROM unit_roster_line l, unit_roster u, donation d {_STAFF} "
        "AND (l.roster, l.n) > ($5, $6) ORDER BY l.roster, l.n LIMIT $7",
        filters.begin,
        filters.end,
        filters[ROSTER],
        seq_max,
        roster,
        at,
        limit + 1,
    )
    for n, row in enumerate(rows, number + 1):
        row["n"] = n
    cut = facts.cut(rows, limit, lambda row: [row["roster"], row["place"], row["n"]])
    people = await persons.names(row["donor"] for row in cut.rows)
    units = await work_units.named(row["work_unit"] for row in cut.rows)
    receipts = await _receipts([row["receipt"] for row in cut.rows if row["receipt"]])
    to = COPIES[filters[LISTING_COPY]]
    shown = []
    for row in cut.rows:
        tail = sealed.unseal("unit_roster_line", "tail", row["key"], row["tail"])
        named = bool(row["public_name"] and row["public_amount"])
        number, together = receipts.get(row["receipt"] or "", ("", not row["single"]))
        paid = words.say("工资代扣，本人同意") if row["payroll"] else words.say("交给单位")
        shown.append(
            {
                "n": row["n"],
                "unit": units[row["work_unit"]],
                "name": persons.shown(people.get(row["donor"]), to=to, consent=named),
                "href": addresses.of("gift", row["gift"]),
                "tail": masking.show(What.ID_NUMBER, tail, to=to) if to != COPIES["internal"] else tail,
                "amount_fen": 0 if row["status"] == "reversed" else row["net"],
                "way": paid if together else words.say("{paid}；单独开票", paid=paid),
                "receipt": number,
                "signature": "",
            }
        )
    return Page(shown, cut.next)


async def _receipts(codes: list[str]) -> dict[str, tuple[str, bool]]:
    """The number of each receipt, and whether it is one over the staff."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    sql = f"SELECT code, number, roster FROM receipt WHERE code IN ({reading.places(len(wanted))})"  # noqa: S608
    return {row["code"]: (row["number"], row["roster"] is not None) for row in await reading.rows(sql, *wanted)}


async def staff_totals(filters: Filters, seq_max: int) -> Totals:
    """What the gifts on the list add up to now."""
    rows = await reading.rows(
        "SELECT COALESCE(r.number, '') AS number, COUNT(*) AS n, CAST(SUM(CASE WHEN d.status = 'reversed' THEN 0 "  # noqa: S608
        "ELSE d.amount_fen - d.refunded_fen END) AS BIGINT) AS fen FROM (SELECT d.status, d.amount_fen, "
        f"d.refunded_fen, d.receipt FROM {_ROSTERS} {_STAFF}) d "
        "LEFT JOIN receipt r ON r.code = d.receipt AND r.roster IS NOT NULL "
        "GROUP BY COALESCE(r.number, '') ORDER BY CASE WHEN COALESCE(r.number, '') = '' THEN 1 ELSE 0 END, 1",
        filters.begin,
        filters.end,
        filters[ROSTER],
        seq_max,
    )
    groups = [
        Group(
            words.say("汇总收据 {number}，{count} 人", number=row["number"], count=row["n"])
            if row["number"]
            else words.say("不在汇总收据上，{count} 人", count=row["n"]),
            {"amount_fen": row["fen"]},
        )
        for row in rows
    ]
    return Totals(sum(row["n"] for row in rows), {"amount_fen": sum(row["fen"] for row in rows)}, groups, [])


def in_capitals(totals: Totals) -> str:
    """The sum as the form has it, in figures and in capital numerals."""
    fen = totals.sums["amount_fen"]
    return words.say("合计 {amount}（大写）{capitals}", amount=yuan_sign(fen), capitals=capitals(fen))


STAFF = Document(
    name="unit-staff",
    title="一日捐员工明细单",
    lead="附在单位汇总收据后面；外部查阅的一份只留姓氏。",
    columns=STAFF_COLUMNS,
    filters=(ROSTER, LISTING_COPY),
    page=staff_page,
    totals=staff_totals,
    sign_offs=("经办人", "复核人", "单位（章）"),
    group_title="按收据合计",
    sheet=PORTRAIT,
    check=in_capitals,
    permission="staff_list.read",
    internal=("receipt.print", ROSTER),
)
