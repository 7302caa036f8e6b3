"""The registers line by line, as they are printed, of a town in which everything happens that a line can say."""

from itertools import combinations_with_replacement
from typing import Any

import as_shown
import pytest
from cast import Cast
from reports.given import REPORTS, RICE, SOAP, STUDENT, catalogue, give, noon, pay, printed, read, take_in

from charity.db import reading, transactions
from charity.documents import facts
from charity.giving import donations
from charity.goods import cards, points, till
from charity.goods.till import Line
from charity.ledger import journal_vouchers, numbering
from charity.people import masking, persons
from charity.people.persons import Donor
from charity.printing.document import Filters, Totals
from charity.reports import boards, kept, lookup, stock, verify
from charity.roles import SYSTEM

YEAR = ("2026-01-01", "2026-12-31")


GIFTS = """
1|2026-09-08|4||爱心人士|匿名|活动 everyday|非限定性基金|非限定性|现金|88|-|88|-|CS-2026-000004|/r/…|已开具|不公开|
2|2026-09-10|1||张三丰|个人|活动 everyday|非限定性基金|非限定性|银行转账|10000|-|10000|-|CS-2026-000001|/r/…|已开具|公开|
3|2026-09-10|2||李四|个人|活动 dream-2026|慈善助学基金|限定性|银行转账|5000|-|5000|-|CS-2026-000008|/r/…|已开具|仅姓名|
4|2026-09-10|3||王五|个人|活动 wenchuan-2008|汶川地震代收款|受托代理|银行转账|-|-|-|70000|CS-2026-000003|/r/…|已开具|不公开|
5|2026-09-10|5|RK-LX01-2026-000001|溪东商会|单位||非限定性基金|非限定性|实物|-|1500|1500|-|CS-2026-000005|/r/…|已开具|不公开|
6|2026-09-10|6|RK-LX01-2026-000002|溪东商会|单位||非限定性基金|非限定性|实物|-|10000|10000|-|CS-2026-000006|/r/…|已作废 2026-10-20|不公开|作废：数错
7|2026-09-10|7|RK-LX01-2026-000003|溪东商会|单位||非限定性基金|非限定性|实物|-|不计价|-|-|||未开具|不公开|
8|2026-09-11|10|RK-LX01-2026-000004|溪东商会|单位||送温暖专项基金|限定性|实物|-|1500|1500|-|CS-2026-000007|/r/…|已开具|不公开|
9|2026-09-28|17||李四|个人|活动 dream-2026|慈善助学基金|限定性|银行转账|-2000|-|-2000|-|CS-2026-000008|/r/…|已开具|仅姓名|退款 TK-2026-000001，原收据 CS-2026-000002
10|2026-10-20|19|CX-LX01-2026-000002|溪东商会|单位||非限定性基金|非限定性|实物|-|-10000|-10000|-|CS-2026-000006|/r/…|已作废 2026-10-20|不公开|冲销，原收据 CS-2026-000006
"""
GIFT_COLUMNS = (
    "n", "received_on", "entry", "entry_href", "donor", "donor_kind", "campaign", "fund", "restriction", "channel",
    "cash_fen", "goods_fen", "amount_fen", "agency_fen", "receipt", "receipt_href", "receipt_status", "consent", "note",
)  # fmt: skip
OUTLAYS = """
1|2026-09-15|11|项目P05|非限定性基金|非限定性|王建国|低保|溪东街道|超市自选|1|-|1500|1500|/goods/documents/FF-LX01-2026-000001|实物|已冲销|20088
2|2026-09-15|11|项目P05|送温暖专项基金|限定性|王建国|低保|溪东街道|超市自选|0|-|600|600|/goods/documents/FF-LX01-2026-000001|实物|已冲销|900
3|2026-09-20|12|项目P03|非限定性基金|非限定性|王建国|低保边缘|溪东街道|秘密事由|3|4000|-|4000|/vouchers/BF-2026-000001|ICBCBF-2026-000001|已付款|16088
4|2026-09-20|13|项目P01|慈善助学基金|限定性|李学生|个人||秘密事由|3|600|-|600|/vouchers/BF-2026-000002|ICBCBF-2026-000002|已付款|4400
5|2026-09-20|14|项目P90|汶川地震代收款|受托代理|市人民医院|医院||秘密事由|0|30000|-|30000|/vouchers/BF-2026-000003|ICBCBF-2026-000003|已付款|40000
6|2026-09-28|16|项目P05|送温暖专项基金|限定性|王建国|低保边缘|溪东街道|超市自选|1|-|300|300|/goods/documents/FF-LX01-2026-000002|实物|代领|600
7|2026-10-20|18|项目P05|非限定性基金|非限定性|王建国|低保|溪东街道|冲销发放|-1|-|-1500|-1500|/goods/documents/CX-LX01-2026-000001|实物|已冲销|7588
8|2026-10-20|18|项目P05|送温暖专项基金|限定性|王建国|低保|溪东街道|冲销发放|0|-|-600|-600|/goods/documents/CX-LX01-2026-000001|实物|已冲销|1200
"""
OUTLAY_COLUMNS = (
    "n", "day", "entry", "programme", "fund", "restriction", "payee", "category", "township", "reason", "recipients",
    "cash_fen", "goods_fen", "amount_fen", "document_href", "channel", "signed", "balance_fen",
)  # fmt: skip
# The same two registers for others: names masked, reasons left out, who gave goods was not asked.
MASKED = (
    ("张三丰", "张*"),
    ("李四", "李*"),
    ("王五", "王*"),
    ("王建国", "王*"),
    ("李学生", "李*"),
    ("秘密事由", ""),
    ("溪东商会", "爱心单位"),
    ("作废：数错", ""),
)


@pytest.mark.parametrize(
    ("name", "columns", "lines"),
    [("donations", GIFT_COLUMNS, GIFTS), ("disbursements", OUTLAY_COLUMNS, OUTLAYS)],
)
async def test_a_register_says_of_each_line_what_happened_and_to_others_no_names(
    town: Cast, name: str, columns: tuple[str, ...], lines: str
) -> None:
    lines = lines.strip()
    if name == "donations":
        lines = "\n".join(line.replace("|RK-", "|/goods/documents/RK-") for line in lines.splitlines())
        lines = lines.replace("|CX-", "|/goods/documents/CX-")
    rows, totals = await read(name, Filters.of(*YEAR, copy="internal"))
    assert printed(rows, *columns) == lines
    assert totals.differences == []
    for inside, outside in MASKED:
        lines = lines.replace(f"|{inside}|", f"|{outside}|").replace(f"|{inside}\n", f"|{outside}\n")
    rows, _ = await read(name, Filters.of(*YEAR))
    assert printed(rows, *columns) == lines


async def test_a_line_names_its_journal_voucher_beside_its_entry(town: Cast) -> None:
    gifts, _ = await read("donations", Filters.of(*YEAR))
    given = {row["entry"]: row["journal"] for row in gifts}
    assert [given[seq] for seq in ("1", "2", "3")] == ["记-0001", "记-0001", "记-0001"]  # one place, one day
    assert given["7"] == ""  # goods without value move no money
    assert given["4"] not in {"", given["1"]}
    outlays, _ = await read("disbursements", Filters.of(*YEAR))
    assert all(row["journal"].startswith("记-") for row in outlays)
    listed = await journal_vouchers.numbers_of([int(row["entry"]) for row in (*gifts, *outlays)])
    kept = {int(row["entry"]): row["journal"] for row in (*gifts, *outlays) if row["journal"]}
    assert {seq: numbering.printed(number) for seq, number in listed.items()} == kept


@pytest.mark.parametrize("name", REPORTS)
async def test_what_lines_name_is_read_in_parts(town: Cast, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    filters = Filters.of("2026-09-12", "2026-12-31")
    whole = await read(name, filters)
    monkeypatch.setattr(persons, "NAMES_CHUNK", 2)
    stock._sheets.clear()
    assert await read(name, filters) == whole
    monkeypatch.setattr(persons, "NAMES_CHUNK", 1)
    stock._sheets.clear()
    assert await read(name, filters) == whole


async def test_the_totals_of_a_register_are_listed_by_month(town: Cast) -> None:
    _, totals = await read("donations", Filters.of(*YEAR))
    assert (totals.count, totals.sums) == (
        10,
        {"cash_fen": 13_088, "goods_fen": 3_000, "amount_fen": 16_088, "agency_fen": 70_000},
    )
    assert [(g.label, *g.figures.values()) for g in totals.groups] == [
        ("2026-09 · 受托代理", 0, 0, 0, 70_000),
        ("2026-09 · 限定性", 3_000, 1_500, 4_500, 0),
        ("2026-09 · 非限定性", 10_088, 11_500, 21_588, 0),
        ("2026-10 · 非限定性", 0, -10_000, -10_000, 0),
    ]
    _, totals = await read("disbursements", Filters.of(*YEAR))
    assert totals.count == 8
    assert list(totals.sums.items()) == [
        ("recipients", 7), ("cash_fen", 34_600), ("goods_fen", 300), ("amount_fen", 34_900),
    ]  # fmt: skip
    assert [(g.label, *g.figures.values()) for g in totals.groups] == [
        ("2026-09 · 项目P01", 3, 600, 0, 600),
        ("2026-09 · 项目P03", 3, 4_000, 0, 4_000),
        ("2026-09 · 项目P05", 2, 0, 2_400, 2_400),
        ("2026-09 · 项目P90", 0, 30_000, 0, 30_000),
        ("2026-10 · 项目P05", -1, 0, -2_100, -2_100),
    ]


async def test_times_count_once_an_entry_and_once_an_entry_and_fund_and_never_for_what_is_passed_on(town: Cast) -> None:
    for chosen, people in (
        ({}, [1, 0, 3, 3, 0, 1, -1, 0]),
        ({"fund": "F-WARM"}, [1, 1, -1]),
        ({"fund": "F-GEN"}, [1, 3, -1]),
        ({"fund": "F-GEN", "programme": "P05"}, [1, -1]),
        ({"store": "LX01"}, [1, 0, 1, -1, 0]),
        ({"store": "LX02"}, []),
        ({"programme": "P90"}, [0]),
    ):
        rows, totals = await read("disbursements", Filters.of(*YEAR, **chosen))
        assert [row["recipients"] for row in rows] == people, chosen
        assert (totals.count, totals.sums["recipients"]) == (len(people), sum(people)), chosen
        assert totals.differences == []


async def test_the_times_of_a_month_are_counted_before_what_the_next_one_takes_back(town: Cast) -> None:
    for chosen, people in (({}, 8), ({"fund": "F-WARM"}, 2), ({"fund": "F-GEN"}, 4), ({"store": "LX01"}, 2)):
        rows, totals = await read("disbursements", Filters.of("2026-09-01", "2026-09-30", **chosen))
        assert totals.sums["recipients"] == sum(row["recipients"] for row in rows) == people, chosen


@pytest.mark.parametrize("chosen", [{}, {"fund": "F-GEN"}, {"store": "LX01"}], ids=["all", "fund", "store"])
@pytest.mark.parametrize("name", ["donations", "disbursements"])
async def test_pages_of_any_size_join_to_the_lines_of_any_period(town: Cast, name: str, chosen: dict[str, str]) -> None:
    whole, _ = await read(name, Filters.of(*YEAR, **chosen))
    day = "day" if name == "disbursements" else "received_on"
    days = sorted({row[day] for row in whole})
    for begin, end in combinations_with_replacement(days, 2):
        filters = Filters.of(begin, end, **chosen)
        lines = [row | {"n": 0} for row in whole if begin <= row[day] <= end]
        for limit in range(1, len(lines) + 1):
            rows, _ = await read(name, filters, limit)
            assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
            assert [row | {"n": 0} for row in rows] == lines, (begin, end, limit)


async def test_what_is_booked_later_is_taken_off_from_its_own_fund_campaign_programme_and_store(town: Cast) -> None:
    chosen = [
        {}, {"fund": "F-GEN"}, {"fund": "F-EDU"}, {"campaign": "everyday"}, {"campaign": "dream-2026"}, {"programme": "P01"},
        {"programme": "P03"}, {"store": "LX01"}, {"store": "LX02"},
    ]  # fmt: skip
    filters = [Filters.of("2026-09-10", "2026-10-20", **choice) for choice in chosen]
    names, seq = ("donations", "disbursements"), await facts.head_seq()
    before = [[await kept.by_month(name, f, seq) for f in filters] for name in names]
    with noon("2026-10-20"):
        await take_in(town, SOAP, 3, 300)
        await pay(town, 50, "P01", "F-EDU")
        await pay(town, 70, "P03", "F-GEN")
    with noon("2026-10-21"):
        for day in ("2026-09-09", "2026-09-10", "2026-10-20", "2026-10-21"):
            await give(town, 17, received_on=day)
            await give(town, 23, campaign="dream-2026", received_on=day)
    assert [[await kept.by_month(name, f, seq) for f in filters] for name in names] == before


async def test_goods_without_value_stand_in_the_fund_of_their_first_lot(house: Cast) -> None:
    with noon("2026-09-10"):
        await catalogue()
        await take_in(house, RICE, 2)
        await take_in(house, SOAP, 2, fund="F-WARM")
        await points.grant_cycle(by=house.caseworker)
        card = await cards.issue(household=house.household, by=house.caseworker)
        for lines in ([Line(1, SOAP), Line(1, RICE)], [Line(1, RICE), Line(1, SOAP)]):
            await till.issue(store="LX01", card=card, lines=lines, by=house.clerk)
    rows, totals = await read("disbursements", Filters.of(*YEAR))
    assert [(row["fund"], row["goods_fen"]) for row in rows] == [
        ("送温暖专项基金", "不计价"),
        ("非限定性基金", "不计价"),
    ]
    assert (totals.sums["recipients"], totals.differences) == (2, [])
    assert await verify.run() == []


async def test_of_two_receipts_of_one_moment_the_later_number_says_who_gave(house: Cast) -> None:
    with noon("2026-09-10"):
        gift = await donations.get(await give(house, 10_000, "陈小梅"), by=SYSTEM)
        await as_shown.replace(
            str(gift.receipt_id), reason="姓名写错", donor=Donor("person", "孙晓梅"), by=house.accountant
        )
    rows, _ = await read("donations", Filters.of(*YEAR, copy="internal"))
    assert [row["donor"] for row in rows] == ["孙晓梅"]


async def test_a_payee_who_was_erased_leaves_the_line_without_a_name(town: Cast) -> None:
    await transactions.run(lambda tx: tx.rows("DELETE FROM person WHERE key = $1 RETURNING key", STUDENT))
    for copy in ("", "internal"):
        rows, _ = await read("disbursements", Filters.of(*YEAR, copy=copy, programme="P01"))
        assert [(row["payee"], row["category"], row["township"], row["amount_fen"]) for row in rows] == [
            ("", "", "", 600)
        ]


# -- what the books say ---------------------------------------------------------------------------------


async def test_by_fund_adds_up_the_whole_register_whatever_is_chosen(town: Cast) -> None:
    seq, chosen = await facts.head_seq(), Filters.of("2026-09-12", "2026-12-31", store="LX01", fund="F-WARM")
    assert await kept.by_fund("disbursements", chosen, seq) == {
        "F-GEN": 4_000, "F-EDU": 600, "F-WC08": 30_000, "F-WARM": 300,
    }  # fmt: skip
    assert await kept.by_fund("donations", chosen, seq) == {"F-EDU": -2_000, "F-GEN": -10_000}


async def _differing(name: str, sql: str, **chosen: str) -> list[str]:
    assert await transactions.run(lambda tx: tx.rows(sql))
    totals: Totals = await REPORTS[name].totals(Filters.of(*YEAR, **chosen), await facts.head_seq())
    return totals.differences


KEPT_MORE = (
    "UPDATE month_sum SET amount_fen = amount_fen + 100 WHERE register = '{}' AND fund IN ('F-EDU', 'F-WC08') "
    "AND month = '2026-09' RETURNING fund"
)


@pytest.mark.parametrize(
    ("name", "register", "lines"),
    [
        (
            "donations",
            "donations",
            ["F-EDU：台账 31.00 元，账簿为 30.00 元", "F-WC08：台账 701.00 元，账簿为 700.00 元"],
        ),
        ("donations", "disbursements", ["F-WC08：台账 700.00 元，账簿为 701.00 元"]),
        (
            "disbursements",
            "disbursements",
            ["F-EDU：台账 7.00 元，账簿为 6.00 元", "F-WC08：台账 301.00 元，账簿为 300.00 元"],
        ),
        ("disbursements", "donations", ["F-WC08：台账 300.00 元，账簿为 301.00 元"]),
    ],
)
async def test_a_register_names_the_funds_whose_lines_are_not_what_the_books_say(
    town: Cast, name: str, register: str, lines: list[str]
) -> None:
    """Agency money is compared over both registers: what came and was not passed on is still owed."""
    assert await _differing(name, KEPT_MORE.format(register)) == lines
    for fund in ("F-EDU", "F-WC08", "F-GEN"):
        totals = await REPORTS[name].totals(Filters.of(*YEAR, fund=fund), await facts.head_seq())
        assert totals.differences == [line for line in lines if line.startswith(f"{fund}：")]


def test_a_name_that_an_anonymous_giver_once_left_stands_on_no_copy() -> None:
    for copy, shown in (("internal", "王明"), ("notice", "王*")):
        to = masking.COPIES[copy]
        assert persons.shown(persons.Person("k", "anonymous", "王明"), to=to) == "爱心人士"
        assert persons.shown(persons.Person("k", "person", ""), to=to) == "爱心人士"
        assert persons.shown(persons.Person("k", "person", "王明"), to=to) == shown


async def test_a_copy_for_others_names_an_organisation_that_agreed_to_name_and_amount(town: Cast) -> None:
    """A line is a name beside an amount: who agreed to one of them only is not named on it."""
    with noon("2026-11-02"):
        for n, consent in enumerate(((True, True), (True, False), (False, True))):
            firm = Donor("organisation", f"恒溪纺织{n}厂")
            await give(town, 700, donor=firm, public_name=consent[0], public_amount=consent[1])
    named = {}
    for copy in ("notice", "internal"):
        rows, _ = await read("donations", Filters.of("2026-11-01", "2026-11-30", copy=copy))
        named[copy] = [row["donor"] for row in rows]
    assert named == {
        "notice": ["恒溪纺织0厂", "爱心单位", "爱心单位"],
        "internal": ["恒溪纺织0厂", "恒溪纺织1厂", "恒溪纺织2厂"],
    }


async def test_a_board_that_shows_totals_and_its_first_page_reads_its_lines_once() -> None:
    reads: list[int] = []

    async def lines(filters: Filters, seq_max: int) -> list[dict[str, Any]]:
        reads.append(seq_max)
        return [{"n": n, "fen": seq_max} for n in (1, 2)]

    async def differences(filters: Filters, seq_max: int) -> list[str]:
        return []

    page, totals = boards.readers(lines, ("fen",), differences)
    year = Filters.of("2026-01-01", "2026-12-31")
    assert (await totals(year, 7)).sums == {"fen": 14}
    assert [row["fen"] for row in (await page(year, 7, None, 50)).rows] == [7, 7]
    assert reads == [7]
    assert [row["fen"] for row in (await page(year, 7, None, 50)).rows] == [7, 7]  # what was read is used once
    await totals(year, 7)
    assert [row["fen"] for row in (await page(year, 8, None, 50)).rows] == [8, 8]  # and only for the same books
    assert reads == [7, 7, 7, 8]


async def test_rows_that_lines_name_are_read_once_in_parts_and_lines_that_name_none_are_left_out(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    del house
    monkeypatch.setattr("charity.people.persons.NAMES_CHUNK", 1)
    asked = "SELECT code AS id, name FROM fund WHERE code IN ({in})"
    known = [row["code"] for row in await reading.rows("SELECT code FROM fund ORDER BY code LIMIT 3")]
    rows = await lookup.by_id(asked, [*known, None, "", known[0], "NOWHERE"])
    assert sorted(rows) == known
    assert await lookup.by_id("no statement at all", list[str | None]([None, ""])) == {}
