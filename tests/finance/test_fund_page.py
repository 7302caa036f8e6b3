"""The page of a fund: the way of its money, its balance over time, its plan; one set of figures at every door."""

import re
from datetime import date, timedelta
from random import Random

import pytest
from cast import Cast
from conftest import Web
from finance.fund_pages import agrees, fen
from giving.given import give
from reports.given import noon, pay
from whole.histories import History

from charity import clock
from charity.db import transactions
from charity.finance import flows
from charity.ledger import funds, statement
from charity.ledger.plans import Plan

BEGIN, DAYS = date(2025, 10, 20), 300
EVENTS = 440
LAST = BEGIN + timedelta(days=DAYS)


async def test_page_file_call_equation_and_trial_balance_of_a_fund_agree_whatever_happened(
    house: Cast, web: Web
) -> None:
    history = History(house, 11, BEGIN)
    await history.live(EVENTS, DAYS)
    chance, client, compared = Random(9), web.as_("accountant"), 0
    spans = [("1990-01-01", LAST), ("2025-01-01", date(2025, 12, 31)), ("2026-01-01", date(2026, 12, 31))]
    for _ in range(3):
        begin = BEGIN + timedelta(days=chance.randrange(DAYS))
        spans.append((begin.isoformat(), begin + timedelta(days=chance.randrange(90))))
    with noon(LAST.isoformat()):
        for fund in await funds.names():
            for first, last in spans:
                compared += await agrees(client, fund, first, last.isoformat())
            whole = (await statement.of(statement.EARLIEST, LAST.isoformat())).of(fund)
            months = await flows.course(fund, BEGIN.isoformat())
            left = 0
            for month in months:
                left += month.in_fen - month.out_fen
                assert month.left_fen == left
            assert left == whole["unspent"].money_fen
    assert compared > 200


async def test_a_funds_page_draws_its_way_its_balance_and_its_plan(house: Cast, web: Web) -> None:
    plan = Plan((("P01", 100_000), ("P04", 50_000)), 5_000)
    await transactions.run(lambda tx: funds.open_fund(tx, code="F-PLAN", name="有方案", kind="restricted", plan=plan))
    empty = (await web.as_("auditor").get("/finance/funds/F-PLAN")).text
    assert 'class="flow"' not in empty
    rows = re.findall(r'<td class="is-text">(.*?)</td>.*?</tr>', empty[empty.index("计划与执行") :])
    assert {"募捐成本，不超过"} <= set(rows)
    for on, gave in (("2026-03-02", 7_000), ("2026-05-03", 11_000), ("2026-06-20", 23_000)):
        with noon(on):
            await give(house, gave, campaign="everyday", received_on=on, channel="bank", channel_ref=on)
    with noon("2026-06-21"):
        await pay(house, 9_000, "P03", "F-GEN")
    with noon("2026-08-10"):
        client = web.as_("auditor")
        page = (await client.get("/finance/funds/F-GEN")).text
        (figure,) = re.findall(r'<figure class="flow".*?</figure>', page, re.DOTALL)
        assert 'class="f-rest' in figure
        assert {"410.00", "90.00", "320.00"} <= set(re.findall(r"¥([\d,.]+)</span>", figure))
        assert 'class="course"' in page
        shown = page[page.index("结余的变化") :]
        columns = re.findall(r'data-label="月末结余（元）"><span class="money">([\d,.]+)</span>', shown)
        assert [fen(one) for one in columns] == [7_000, 7_000, 18_000, 32_000, 32_000, 32_000]
        assert 'aria-current="true">本年<' in page
        assert "人次" in figure
        assert "姓名" not in figure
        before = (await client.get("/finance/funds/F-GEN?from_on=2026-01-01&to_on=2026-03-31")).text
        assert fen(re.findall(r'is-result"><span class="op">=</span>.*?<b>(.*?)</b>', before)[0]) == 7_000


async def test_a_balance_over_time_is_of_the_period_and_never_longer_than_five_years(house: Cast) -> None:
    with noon("2018-03-01"):
        await give(house, 100, campaign="wenchuan-2008", received_on="2018-03-01")
    with noon("2026-11-20"):
        assert [m.month for m in await flows.course("F-WC08", "2026-06-01", "2026-09-30")][::11] == [
            "2025-10",
            "2026-09",
        ]
        year = await flows.course("F-WC08", "2025-01-01", "2025-12-31")
        assert (year[0].month, year[-1].month, len(year)) == ("2025-01", "2025-12", 12)
        inside = await flows.course("F-WC08", "2026-06-01", "2026-09-29")
        assert inside[-1].month == "2026-08"
        assert (await flows.course("F-WC08", "2026-06-01", "2026-11-20"))[-1].month == "2026-11"
        assert (await flows.course("F-WC08", "2026-06-01", "2026-11-19"))[-1].month == "2026-10"
        future = await flows.course("F-WC08", "2026-01-01", "2026-12-31")
        assert (future[-1].month, len(future)) == ("2026-11", 12)
        whole = await flows.course("F-WC08", statement.EARLIEST)
        assert (whole[0].month, len(whole)) == ("2021-12", flows.MONTHS_MAX)
        assert {m.left_fen for m in whole} == {100}
        assert await flows.course("F-EDU") == []


async def test_what_a_fund_draws_is_shown_and_given_away_to_those_who_may_see_it(house: Cast, web: Web) -> None:
    await give(house, 700)
    today = clock.today().isoformat()
    for role, page, sheet in (
        ("accountant", 200, 200), ("auditor", 200, 200), ("approver", 200, 403), ("cashier", 200, 403),
        ("manager", 403, 403), ("clerk", 403, 403),
    ):  # fmt: skip
        client = web.as_(role)
        answered = await client.get("/finance/funds/F-GEN")
        assert answered.status_code == page, role
        assert ("sheet.csv" in answered.text) is (sheet == 200), role
        assert ("这笔钱的路" in answered.text) is (page == 200), role
        for fmt in ("csv", "xlsx"):
            assert (await client.get(f"/finance/funds/F-GEN/sheet.{fmt}?to_on={today}")).status_code == sheet, role
    client = web.as_("accountant")
    assert (await client.get("/finance/funds/F-NONE/sheet.csv")).status_code == 404
    assert (await client.get("/finance/funds/F-GEN/sheet.csv?from_on=2026-02-30")).status_code == 422
    english = (await client.get("/finance/funds/F-GEN", headers={"Cookie": "lang=en"})).text
    assert "From the beginning" in english


async def test_the_file_of_a_fund_has_its_equation_in_signed_numbers_and_no_sign(house: Cast, web: Web) -> None:
    await give(house, 700_000, campaign="everyday", channel="bank", channel_ref="S-1")
    await pay(house, 9_000, "P03", "F-GEN")
    text = (await web.as_("accountant").get("/finance/funds/F-GEN/sheet.csv")).text
    rows = [line.split(",") for line in text.splitlines()]
    money = [fen(row[3]) for row in rows if row[0] == "款项"]
    assert sum(money[:-1]) == money[-1] == 691_000
    assert -9_000 in money
    assert not re.search(r"'[+=−]", text)


@pytest.mark.parametrize("begun", ["2026-03-01", "2013-03-01"])
async def test_a_fund_offers_the_years_in_which_there_are_books(house: Cast, web: Web, begun: str) -> None:
    with noon(begun):
        await give(house, 100, campaign="wenchuan-2008", received_on=begun)
    with noon("2026-11-20"):
        page = (await web.as_("auditor").get("/finance/funds/F-GEN")).text
    years = [int(year) for year in re.findall(r">(\d{4}) 年</a>", page)]
    assert years == ([] if begun > "2026" else list(range(2025, 2015, -1)))
    assert f"from_on={begun}&amp;to_on=2026-11-20" in page
