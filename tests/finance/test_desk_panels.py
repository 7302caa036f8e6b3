"""The desk of those who read the books: each figure is the one of the trial balance, the fund's page or the journal."""

import re
from datetime import date, timedelta

import pytest
from cast import Cast
from conftest import Web
from finance.given import asked, gifts, settlement
from giving.given import approved, give, paid, requested
from reports.given import noon
from tampering import freely
from whole.histories import History

from charity import clock, words
from charity.db import reading
from charity.disclosure.books import readers as public
from charity.finance import panels, reviews, transfers
from charity.finance.books import readers as books
from charity.ledger import accounts as acc
from charity.ledger import funds, money_day, statement
from charity.ledger.money_day import Moved
from charity.money import yuan
from charity.web import pictures

BEGIN, DAYS, EVENTS = date(2025, 11, 3), 90, 160
LAST = (BEGIN + timedelta(days=DAYS)).isoformat()


async def places_of(house: Cast, begin: str, end: str) -> tuple[int, int, dict[str, int]]:
    """What stood in the places of money before and after, and by chart, as the trial balance says."""
    rows, _, _ = await books.trial(begin, end, group="chart", fund="", by=house.accountant)
    held = {chart: rows[chart] for chart in acc.MONEY_PLACES if chart in rows}
    closing = {chart: one.closing_fen for chart, one in held.items()}
    return sum(one.opening_fen for one in held.values()), sum(closing.values()), closing


async def test_the_money_of_every_day_is_that_of_the_trial_balance_and_of_the_vouchers(house: Cast) -> None:
    await History(house, 23, BEGIN).live(EVENTS, DAYS)
    moved = 0
    for n in range(DAYS + 1):
        day = (BEGIN + timedelta(days=n)).isoformat()
        of_day = await money_day.read(day)
        opening, closing, by_chart = await places_of(house, day, day)
        assert (of_day.opening_fen, of_day.closing_fen, of_day.by_chart) == (opening, closing, by_chart)
        assert of_day.unbooked_fen == 0
        moved += bool(of_day.came.entries) + bool(of_day.went.entries)
    assert moved > 20
    last = await money_day.read(LAST)
    whole = await statement.of(statement.EARLIEST, LAST)
    kinds = {row.code: row.kind for row in await funds.every()}
    of_agency = sum(whole.of(code)["unspent"].money_fen for code, kind in kinds.items() if kind == "agency")
    assert (last.own_fen, last.agency_fen) == (whole.whole()["unspent"].money_fen, of_agency)
    assert (last.apart_fen, last.seq) == (0, whole.seq)
    with noon(LAST):
        shown = await panels.fund_balances(house.accountant)
        assert shown is not None
        total, pages = shown.context["total"], await public.read()
        assert total.unspent_fen == last.own_fen == public.total(pages).unspent_fen
        assert total.received_fen == sum(line.received_fen for line in pages.funds)
        by_name = {row["name"]: row for row in shown.context["rows"]}
        for code, name in (await funds.names()).items():
            if name in by_name:
                year = await statement.of(f"{LAST[:4]}-01-01", LAST)
                assert by_name[name]["unspent"] == year.of(code)["unspent"].money_fen
                assert by_name[name]["received"] == year.of(code)["received"].money_fen
        assert len(by_name) >= 2


async def test_a_day_counts_what_came_and_went_and_a_transfer_is_neither(house: Cast) -> None:
    today = clock.today().isoformat()
    assert await money_day.read(today) == money_day.MoneyDay(today, 0, 0, Moved(), Moved(), {}, 0, 0, 0)
    await gifts(house)
    await give(house, 7_000, campaign="wenchuan-2008", channel="bank", channel_ref="B-1")
    day = await money_day.read(today)
    assert (day.came, day.went, day.closing_fen) == (Moved(4, 50_000), Moved(), 50_000)
    assert (day.own_fen, day.agency_fen, day.owed_fen) == (43_000, 7_000, 0)
    await transfers.make(await asked(), by=house.cashier)
    await transfers.make(await settlement(), by=house.cashier)
    day = await money_day.read(today)
    assert (day.came, day.went) == (Moved(4, 50_000), Moved(1, 210)), "only the fee went"
    assert day.by_chart == {"1001": 0, "1002": 49_790, "1009": 0}
    answer = await give(house, 3_000, channel="bank", channel_ref="B-2")
    number = await requested(house, answer, 3_000)
    await approved(number, house.approver)
    day = await money_day.read(today)
    assert (day.owed_fen, day.own_fen, day.apart_fen) == (3_000, 42_790, 0), "promised back, and no fund's any more"
    assert [check["text"] for check in panels.checks(day)] == [
        "账账相符：等于各基金 427.90加代收代转 70.00加应付未付 30.00"
    ]
    await paid(house, number)
    day = await money_day.read(today)
    assert (day.owed_fen, day.went, day.apart_fen, day.unbooked_fen) == (0, Moved(2, 3_210), 0, 0)
    shown = await panels.money(house.accountant)
    assert shown is not None
    assert shown.context["opening"] == 0
    assert (shown.context["came"]["fen"], shown.context["went"]["fen"]) == (day.came.fen, 3_210)
    assert [chart["fen"] for chart in shown.context["charts"]] == [*day.by_chart.values()]


async def test_the_last_vouchers_stand_newest_first_with_both_sides_and_their_state(house: Cast) -> None:
    assert await panels.last_vouchers(house.accountant) is None
    await gifts(house)
    await transfers.make(await asked(), by=house.cashier)
    first = str(await reading.value("SELECT MIN(number) FROM journal_voucher"))
    await reviews.ask(number=first, question="附件齐全吗", by=house.accountant)
    shown = await panels.last_vouchers(house.accountant)
    assert shown is not None
    rows = shown.context["rows"]
    numbers = [row["number"] for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == await reading.value("SELECT COUNT(*) FROM journal_voucher") > 1
    assert rows[0]["sides"] == ["借 1002 银行存款", "贷 1001 现金"]
    assert [row["status"]["code"] for row in rows] == ["waiting"] * (len(rows) - 1) + ["asked"]


async def test_the_desk_shows_the_day_with_its_check_to_those_who_read_the_books(house: Cast, web: Web) -> None:
    await gifts(house)
    await give(house, 7_000, campaign="wenchuan-2008", channel="bank", channel_ref="B-1")
    for role in ("accountant", "auditor"):
        page = (await web.as_(role).get("/desk")).text
        for words_of in (
            "今天的钱",
            "收入 4 笔",
            "+500.00",
            "今年收到",
            "只算钱，不含物资",
            "账账相符：等于各基金 430.00加代收代转 70.00",
            "记-0001",
        ):
            assert words_of in page, words_of
        assert re.search(r"非限定性基金.*?380\.00.*?380\.00", page, re.DOTALL)
    for role in ("cashier", "approver", "clerk", "organiser"):
        page = (await web.as_(role).get("/desk")).text
        assert "今天的钱" not in page
        assert "基金结余" not in page
    store = (await web.as_("clerk").get("/desk")).text
    assert all(words_of in store for words_of in ("溪东街道爱心超市 今天", "今天发放", "7 天内到期", "库存价值"))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "UPDATE figure_month SET money_fen = money_fen - 100 WHERE fund = 'F-GEN' AND figure = 'received'",
            "账账不符",
        ),
        ("UPDATE journal_line SET debit_fen = debit_fen + 100 WHERE account LIKE '1001/%'", "昨日结余加收入减支出"),
    ],
)
async def test_a_check_that_does_not_hold_says_by_how_much(house: Cast, web: Web, sql: str, says: str) -> None:
    await gifts(house)
    await freely((sql, []))
    page = (await web.as_("accountant").get("/desk")).text
    assert re.search(rf"{says}[^<]*相差 -?1\.00，请查明", page)
    assert ("账账相符" in page) == (says != "账账不符")


async def test_the_smallest_of_many_funds_stand_in_one_line_and_the_total_is_of_all(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "FUNDS_SHOWN", 2)
    for n, campaign in enumerate(("everyday", "dream-2026", "flood-2026"), 1):
        await give(house, 1_000 * n, campaign=campaign)
    shown = await panels.fund_balances(house.accountant)
    assert shown is not None
    rows = shown.context["rows"]
    assert [row["unspent"] for row in rows] == [3_000, 3_000]
    assert rows[1]["name"] == words.say("其余 {count} 个基金", count=2)
    course = pictures.spark([0] * (clock.today().month - 1) + [3_000])
    assert [row["spark"] for row in rows] == [course, course]
    assert [row["meter"] for row in rows] == [pictures.meter(1, 1)] * 2
    assert [row["used"] for row in rows] == [0, 0]
    assert rows[1]["href"] == "/finance/funds"
    assert yuan(shown.context["total"].unspent_fen) == "60.00"
    await give(house, 9_000, campaign="wenchuan-2008", channel="bank", channel_ref="B-9")
    monkeypatch.setattr(panels, "FUNDS_SHOWN", 3)
    whole = await panels.fund_balances(house.accountant)
    assert whole is not None
    assert [row["unspent"] for row in whole.context["rows"]] == [3_000, 2_000, 1_000], "of ours, the largest first"
