"""Registers D4, D7 and D9: what they list, what they sum up, and that the books agree."""

import json
from datetime import date, timedelta

import as_shown
import pytest
from bank.given import Line, came
from cast import Cast
from giving.given import approved, corrected, refunded, roster_settled
from giving.given import give as received
from reports.given import REPORTS, RICE, YEAR, give, pay, read, take_in, whole_year
from tampering import tampered

from charity import clock, days
from charity.db import reading, transactions
from charity.documents import facts, forms
from charity.documents.filters import STORE
from charity.errors import Refusal
from charity.finance import opening
from charity.finance.opening import Line as Opening
from charity.giving import donations, refunds
from charity.people.persons import Donor
from charity.printing.document import Filters
from charity.reports import stock
from charity.roles import SYSTEM, Actor, Role


async def test_the_donation_register_names_the_giver_whom_a_new_receipt_corrected(house: Cast) -> None:
    gift = await donations.get(await give(house, 10_000, "陈小梅"), by=SYSTEM)
    right = Donor("person", "孙晓梅")
    await as_shown.replace(str(gift.receipt_id), reason="姓名写错", donor=right, by=house.accountant)
    asked = await refunds.request(gift.key, amount_fen=10_000, cause="mistaken", reason="重复付款", by=house.accountant)
    await approved(asked.body["number"], house.accountant2)
    rows, _ = await read("donations", whole_year(copy="internal"))
    assert [(r["donor"], r["cash_fen"]) for r in rows] == [("孙晓梅", 10_000), ("孙晓梅", -10_000)]
    rows, _ = await read("donations", whole_year())
    assert [r["donor"] for r in rows] == ["孙*", "孙*"]


async def test_the_donation_register_lists_gifts_refunds_and_goods_and_agrees_with_the_books(busy: Cast) -> None:
    rows, totals = await read("donations", whole_year(copy="internal"))
    shown = [(r["donor"], r["cash_fen"], r["goods_fen"], r["amount_fen"], r["note"]) for r in rows]
    assert shown == [
        ("张三丰", 10_000, None, 10_000, ""),
        ("李四", 5_000, None, 5_000, ""),
        ("李四", -2_000, None, -2_000, "退款 TK-2026-000001，原收据 CS-2026-000002"),
        ("王五", None, None, None, ""),
        ("溪东商会", None, 25_000, 25_000, ""),
        ("溪东商会", None, "不计价", None, ""),
    ]
    assert [r["n"] for r in rows] == [1, 2, 3, 4, 5, 6]
    assert totals.sums == {"cash_fen": 13_000, "goods_fen": 25_000, "amount_fen": 38_000, "agency_fen": 70_000}
    assert totals.count == 6
    assert totals.differences == []
    assert sum(g.figures["amount_fen"] for g in totals.groups) == 38_000
    assert rows[0]["receipt_href"].startswith("/r/")


@pytest.mark.parametrize("name", ["donations", "disbursements"])
async def test_agency_money_of_before_the_books_is_no_row_and_no_difference(house: Cast, name: str) -> None:
    lines = (Opening("F-WC08", "1002/ICBC-01", 90_000), Opening("F-GEN", "1002/ICBC-01", 5_000))
    seen = await opening.write(on=clock.today(), lines=lines, by=house.accountant)
    await opening.confirm(content_hash=seen.body["content_hash"], confirmed_total_fen=95_000, by=house.accountant2)
    await give(house, 1_000, "甲", campaign="wenchuan-2008")
    today = clock.today().isoformat()
    for filters in (Filters.of(today, today), Filters.of("2026-01-01", "2026-12-31", fund="F-WC08")):
        _, totals = await read(name, filters)
        assert totals.differences == []
    async with tampered(
        "UPDATE turnover SET credit = credit + 1 WHERE account IN (SELECT id FROM account WHERE chart = '2601')"
    ):
        _, totals = await read(name, Filters.of(today, today))
    assert len(totals.differences) == 1


@pytest.mark.parametrize("name", REPORTS)
async def test_every_column_of_a_register_has_its_value_in_every_row(busy: Cast, name: str) -> None:
    if name in {"units", "unit-staff"}:
        await roster_settled(busy)
    if name == "bank_lines":
        await came(busy, Line(100))
    rows, totals = await read(name, whole_year())
    assert rows, f"{name}: has no row in the busy town: let busy_town of tests/reports/given.py make one"
    file = f"charity/reports/{name}.py"
    for column in REPORTS[name].columns:
        lack = [row for row in rows if column.key not in row]
        assert not lack, f"{file}: {column.key!r} stands in COLUMNS and not in the rows: write its value into each row"
        assert not column.link or all(column.link in row for row in rows), (
            f"{file}: {column.key!r} leads to {column.link!r}, which the rows lack: write the address into each row"
        )
        assert not column.total or column.key in totals.sums, (
            f"{file}: {column.key!r} has `total=True` and no sum: add it up in `totals`"
        )


@pytest.mark.parametrize(
    ("name", "added_up", "left_out"),
    [
        ("donations", ["cash_fen", "goods_fen", "amount_fen", "agency_fen"], ["fiscal"]),
        ("disbursements", ["recipients", "cash_fen", "goods_fen", "amount_fen"], []),
        (
            "stock",
            [
                "opening",
                "opening_fen",
                *stock.CAME,
                "came_fen",
                *stock.WENT,
                "went_fen",
                "closing",
                "closing_fen",
                "near",
            ],
            ["barcode"],
        ),
    ],
)
def test_the_figures_of_a_register_are_added_up_and_wide_columns_left_out_on_screen(
    name: str, added_up: list[str], left_out: list[str]
) -> None:
    assert [column.key for column in REPORTS[name].columns if column.total] == added_up
    assert [column.key for column in REPORTS[name].columns if not column.screen] == left_out


async def test_names_are_masked_unless_the_copy_is_internal(busy: Cast) -> None:
    rows, _ = await read("donations", whole_year())
    assert [r["donor"] for r in rows[:2]] == ["张*", "李*"]
    paid, _ = await read("disbursements", whole_year())
    assert paid[0]["payee"] == "王*"
    assert "秘密事由" not in str(paid)
    inside, _ = await read("disbursements", whole_year(copy="internal"))
    assert inside[0]["payee"] == "王建国"
    assert inside[2]["reason"] == "秘密事由"


@pytest.mark.parametrize("name", ["donations", "disbursements", "stock"])
@pytest.mark.parametrize("limit", [1, 2])
async def test_pages_of_any_size_join_to_the_whole_register(busy: Cast, name: str, limit: int) -> None:
    whole, totals = await read(name, whole_year())
    paged, _ = await read(name, whole_year(), limit)
    assert paged == whole
    assert len(whole) == totals.count > 1


async def test_filters_leave_only_what_they_name(busy: Cast) -> None:
    rows, totals = await read("donations", whole_year(campaign="dream-2026"))
    assert [r["amount_fen"] for r in rows] == [5_000, -2_000]
    assert totals.sums["amount_fen"] == 3_000
    rows, totals = await read("donations", whole_year(store="LX01"))
    assert [r["goods_fen"] for r in rows] == [25_000, "不计价"]
    rows, totals = await read("disbursements", whole_year(programme="P03"))
    assert [r["amount_fen"] for r in rows] == [4_000]
    assert totals.differences == []
    rows, totals = await read("disbursements", whole_year(store="LX01", fund="F-GEN"))
    assert [r["amount_fen"] for r in rows] == [5_000, None]
    assert totals.sums["recipients"] == 2
    rows, totals = await read("disbursements", whole_year(fund="F-WC08"))
    assert [r["amount_fen"] for r in rows] == [30_000]
    assert totals.differences == []


async def test_the_disbursement_register_says_what_was_paid_in_cash(house: Cast) -> None:
    await received(house, 10_000)
    number = await pay(house, 4_000, "P03", "F-GEN", paid_from="1001/-")
    rows, _ = await read("disbursements", whole_year())
    assert [(r["document"], r["channel"]) for r in rows] == [(number, "现金")]


async def test_the_disbursement_register_lists_money_and_goods_with_the_balance_of_the_fund(busy: Cast) -> None:
    rows, totals = await read("disbursements", whole_year())
    shown = [(r["cash_fen"], r["goods_fen"], r["recipients"], r["payee"], r["signed"]) for r in rows]
    assert shown == [
        (None, 5_000, 1, "王*", "已领取"),
        (None, "不计价", 1, "王*", "已领取"),
        (4_000, None, 3, "王*", "已付款"),
        (30_000, None, 0, "市人民医院", "已付款"),
    ]
    assert totals.sums == {"recipients": 5, "cash_fen": 34_000, "goods_fen": 5_000, "amount_fen": 39_000}
    assert totals.differences == []
    # F-GEN: 100.00 in cash and 250.00 in goods came, 50.00 in goods and then 40.00 in cash went on one day.
    assert [r["balance_fen"] for r in rows] == [30_000, 30_000, 26_000, 40_000]
    assert rows[2]["document_href"].startswith("/vouchers/BF-")
    assert rows[0]["document_href"].startswith("/goods/documents/")


async def test_a_reversed_issue_stands_in_red_and_gives_back_people_and_pieces(busy: Cast) -> None:
    number = (await read("disbursements", whole_year()))[0][0]["document"]
    await as_shown.reverse(number=number, reason="扫错卡", by=busy.manager)
    rows, totals = await read("disbursements", whole_year())
    assert rows[-1]["goods_fen"] == -5_000
    assert rows[-1]["recipients"] == -1
    assert rows[-1]["signed"] == rows[0]["signed"] == "已冲销"
    assert totals.sums["goods_fen"] == 0
    assert totals.differences == []
    stock, sums = await read("stock", whole_year())
    assert [(r["item"], r["issued"], r["closing"]) for r in stock] == [("大米", 0, 10), ("肥皂", 4, 26)]
    assert sums.differences == []


async def test_the_stock_register_closes_opening_plus_in_less_out(busy: Cast) -> None:
    rows, totals = await read("stock", whole_year(store="LX01"))
    shown = [(r["item"], r["cost_fen"], r["opening"], r["gift"], r["issued"], r["closing"], r["near"]) for r in rows]
    assert shown == [("大米", 2_500, 0, 10, 2, 8, 8), ("肥皂", "不计价", 0, 30, 7, 23, 23)]
    assert totals.sums["closing_fen"] == 20_000
    assert totals.differences == []
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    later, sums = await read("stock", Filters(tomorrow, tomorrow))
    assert [(r["opening"], r["gift"], r["closing"]) for r in later] == [(8, 0, 8), (23, 0, 23)]
    assert sums.sums["opening_fen"] == 20_000
    assert (await read("stock", whole_year(store="LX02")))[0] == []


@pytest.mark.parametrize("other", ["store:LX02", "transit:LX01-LX02"])
def test_what_comes_from_a_store_or_the_road_is_moved_in_and_what_goes_there_is_moved_out(other: str) -> None:
    assert stock.way(other, 1) == "moved_in"
    assert stock.way(other, -1) == "moved_out"


async def test_a_register_speaks_of_the_books_as_they_stood_when_it_began(busy: Cast) -> None:
    seq = await facts.head_seq()
    report = REPORTS["donations"]
    before = (await report.page(whole_year(), seq, None, 100)).rows
    await give(busy, 99_900)
    await take_in(busy, RICE, 5, 1_000)
    assert (await report.page(whole_year(), seq, None, 100)).rows == before
    for name, document in REPORTS.items():
        totals = await document.totals(whole_year(), seq)
        assert totals.differences == [], name
    assert (await report.totals(whole_year(), seq)).sums["amount_fen"] == 38_000
    assert (await read("donations", whole_year()))[1].sums["amount_fen"] == 38_000 + 99_900 + 5_000


@pytest.mark.parametrize(
    ("begin", "end", "parts"),
    [
        ("2026-11-01", "2026-11-30", [("month", "2026-11", "2026-11")]),
        ("2026-01-01", "2026-12-31", [("month", "2026-01", "2026-12")]),
        ("2026-11-02", "2026-11-29", [("day", "2026-11-02", "2026-11-29")]),
        ("2026-11-01", "2026-11-29", [("day", "2026-11-01", "2026-11-29")]),
        ("2026-11-02", "2026-11-30", [("day", "2026-11-02", "2026-11-30")]),
        ("2025-12-31", "2026-01-01", [("day", "2025-12-31", "2025-12-31"), ("day", "2026-01-01", "2026-01-01")]),
        (
            "2024-02-15",
            "2024-04-10",
            [("month", "2024-03", "2024-03"), ("day", "2024-02-15", "2024-02-29"), ("day", "2024-04-01", "2024-04-10")],
        ),
        ("2024-02-01", "2024-02-29", [("month", "2024-02", "2024-02")]),
        ("2026-11-01", "2026-11-01", [("day", "2026-11-01", "2026-11-01")]),
        ("2026-11-30", "2026-11-30", [("day", "2026-11-30", "2026-11-30")]),
        ("2026-10-15", "2026-11-01", [("day", "2026-10-15", "2026-10-31"), ("day", "2026-11-01", "2026-11-01")]),
        ("2026-10-31", "2026-11-30", [("month", "2026-11", "2026-11"), ("day", "2026-10-31", "2026-10-31")]),
        ("2026-11-02", "2026-11-01", []),
    ],
)
def test_a_period_is_whole_months_and_the_days_around_them(
    begin: str, end: str, parts: list[tuple[str, str, str]]
) -> None:
    assert days.spans(begin, end) == parts


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE month_sum SET amount_fen = amount_fen + 1 WHERE register = 'donations' RETURNING fund", "donations"),
        (
            "UPDATE month_sum SET amount_fen = amount_fen - 1 WHERE register = 'disbursements' RETURNING fund",
            "disbursements",
        ),
        (
            "UPDATE turnover SET debit = debit + 1 WHERE account IN (SELECT id FROM account WHERE chart = '5101') RETURNING day",
            "disbursements",
        ),
        (
            "UPDATE turnover SET credit = credit + 1 WHERE account IN (SELECT id FROM account WHERE chart = '2601') RETURNING day",
            "disbursements",
        ),
        (
            "UPDATE turnover SET debit = debit + 1 WHERE unit IN (SELECT id FROM unit WHERE kind = 'lot') RETURNING day",
            "stock",
        ),
        ("UPDATE lot SET cost_fen = cost_fen + 1 WHERE cost_fen > 0 RETURNING code", "stock"),
    ],
)
async def test_rows_that_are_not_what_the_books_say_are_told_and_make_no_document(
    busy: Cast, sql: str, name: str
) -> None:
    assert await transactions.run(lambda tx: tx.rows(sql))
    totals = await REPORTS[name].totals(whole_year(), await facts.head_seq())
    assert totals.differences
    with pytest.raises(Refusal, match=r"report\.differs"):
        facts.must_agree(totals)


@pytest.mark.parametrize(
    ("begin", "end", "code"),
    [
        ("2026-13-01", "2026-12-31", "report.period"),
        ("2026-1-1", "2026-12-31", "report.period"),
        ("20260101", "2026-12-31", "report.period"),
        ("2026-12-31", "2026-01-01", "report.period"),
        ("1926-01-01", "2026-01-01", "report.period"),
    ],
)
def test_a_period_that_is_none_is_refused(begin: str, end: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        forms.filters_of(REPORTS["stock"], begin, end, {})
    assert refused.value.code == code
    assert refused.value.fields


@pytest.mark.parametrize("chosen", [{"campaign": "x"}, {"copy": "internal"}, {"shop": "LX01"}])
def test_a_filter_that_a_register_does_not_have_is_refused_not_ignored(chosen: dict[str, str]) -> None:
    with pytest.raises(Refusal, match=r"report\.filter"):
        forms.filters_of(REPORTS["stock"], *YEAR, chosen)


def test_a_manager_sees_the_own_store_only_and_no_names() -> None:
    manager = Actor("m", "m", frozenset({Role.MANAGER}), "LX01")
    report = REPORTS["donations"]
    assert facts.allowed(report, whole_year(), manager)[STORE] == "LX01"
    with pytest.raises(Refusal, match=r"report\.store"):
        facts.allowed(report, whole_year(store="LX02"), manager)
    with pytest.raises(Refusal, match=r"report\.internal"):
        facts.allowed(report, whole_year(copy="internal"), manager)
    with pytest.raises(Refusal, match="not_yours"):
        facts.allowed(report, whole_year(), Actor("c", "c", frozenset({Role.CASHIER})))


@pytest.mark.parametrize("after", ["x", "2026-01-01~x~1~k~1", "~~~~", "2026-01-01"])
async def test_a_cursor_we_did_not_write_is_refused(house: Cast, after: str) -> None:
    with pytest.raises(Refusal, match=r"report\.cursor"):
        await REPORTS["donations"].page(whole_year(), 0, after, 10)


def test_presets_are_whole_months_quarters_and_years() -> None:
    shown = {p.label: (p.begin, p.end) for p in forms.presets(date(2026, 2, 28))}
    assert shown == {
        "本月": ("2026-02-01", "2026-02-28"),
        "上月": ("2026-01-01", "2026-01-31"),
        "本季": ("2026-01-01", "2026-03-31"),
        "本年": ("2026-01-01", "2026-12-31"),
    }
    assert forms.presets(date(2026, 12, 31))[0].end == "2026-12-31"
    assert forms.presets(date(2026, 1, 1))[1].begin == "2025-12-01"


async def test_an_empty_house_has_empty_registers(house: Cast) -> None:
    for name in REPORTS:
        rows, totals = await read(name, whole_year())
        assert rows == []
        assert totals.count == 0
        assert not any(totals.sums.values())
        assert totals.differences == []


async def test_filters_survive_their_row(house: Cast) -> None:
    filters = whole_year(fund="F-GEN", copy="internal")
    assert Filters.from_text(filters.text()) == filters
    assert "fund" in json.loads(filters.text())
    assert filters[STORE] == ""
    assert await reading.value("SELECT count(*) FROM entry") == 0


async def test_the_donation_register_tells_refunds_from_corrections_and_agrees_with_the_books(house: Cast) -> None:
    ways = [("refund", "mistaken"), ("refund", "own_fault"), ("correction", "")]
    for n, (kind, cause) in enumerate(ways, 1):
        gift = await received(house, 1_000 * n, campaign="everyday")
        await (refunded(house, gift, 100, cause=cause) if kind == "refund" else corrected(house, gift))
    rows, totals = await read("donations", whole_year(copy="internal"))
    given = [
        row["number"] for row in await reading.rows("SELECT number FROM receipt WHERE replaces IS NULL ORDER BY seq")
    ]
    assert [(row["amount_fen"], row["note"]) for row in rows] == [
        (1_000, ""), (-100, f"退款 TK-2026-000001，原收据 {given[0]}"), (2_000, ""), (0, f"退款 TK-2026-000002，原收据 {given[1]}"),
        (3_000, "作废：GZ-2026-000001"), (-3_000, f"更正，原收据 {given[2]}"),
    ]  # fmt: skip
    assert (totals.sums["amount_fen"], totals.differences) == (2_900, [])
