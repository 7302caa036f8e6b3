"""The public page of a campaign: its own money drawn, plan against use, and nothing to give by once it has ended."""

import json
import re

import pytest
from cast import Cast
from conftest import Web
from giving.given import give, refunded, spend
from reports.given import RICE, catalogue, noon, take_in

from charity.clock import today
from charity.db import transactions
from charity.finance import flows
from charity.giving import campaigns
from charity.ledger import statement

URL = "/campaigns/one-day-2026"
ACCOUNT = "8800 0000 2026 0001"


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")]))


async def test_an_open_campaign_asks_once_and_says_how(web: Web, house: Cast) -> None:
    page = (await web.as_().get(URL)).text
    assert page.count(f'href="{URL}/give"') == 1
    assert 'class="page is-public has-give-bar"' in page
    assert ACCOUNT in page
    assert "不再接受捐款" not in page


@pytest.mark.parametrize("how", ["closed", "past", "before"])
async def test_a_campaign_that_is_not_open_takes_no_gift_and_one_that_ended_prints_no_account(
    web: Web, house: Cast, how: str
) -> None:
    await give(house, 12_345)
    if how == "closed":
        await campaigns.close("one-day-2026", by=house.accountant)
    else:
        change = "ends_on = '2026-10-02'" if how == "past" else "starts_on = '2099-01-01'"
        sql = f"UPDATE campaign SET {change} WHERE slug = 'one-day-2026' RETURNING slug"
        await transactions.run(lambda tx: tx.rows(sql))
    page = (await web.as_().get(URL)).text
    home = (await web.as_().get("/")).text
    for shown in (page, home):
        assert f"{URL}/give" not in shown
    assert "has-give-bar" not in page
    assert "¥123.45" in re.sub(r"<[^>]*>", "", page), "what it received stands"
    text = words_of(page)
    if how == "before":
        assert "还没有开始" in text
        return
    assert "已结束，不再接受捐款" in text
    assert "最后收到" in text
    assert "刚刚收到" not in text
    for absent in (ACCOUNT, "银行账号", "接受捐赠方式", "捐一份"):
        assert absent not in text, absent


async def test_a_campaign_with_a_refund_has_one_sum_on_home_and_on_its_page(web: Web, house: Cast) -> None:
    await give(house, 32_008_910)
    await refunded(house, await give(house, 30_000), 30_000)
    await catalogue()
    await take_in(house, RICE, 2, 4_000)
    home, page = (await web.as_().get("/")).text, (await web.as_().get(URL)).text
    card = home[home.index('class="appeal"') :]
    assert sum_in(card, "is-big") == sum_in(page, "t-sum") == "¥320,389.10"
    for counted in (page, home):
        assert "笔捐款 · 1 笔捐物" in counted


def sum_in(page: str, class_: str) -> str:
    text = re.sub(r"<[^>]*>", "", page[page.index(f'{class_}">') + len(class_) + 2 :])
    return re.findall(r"^¥[\d,]+\.\d\d", text)[0]


async def test_the_days_of_campaigns_that_ended_have_all_the_year_or_none(web: Web, house: Cast) -> None:
    async def ended(slug: str, day: str) -> str:
        sql = "UPDATE campaign SET status = 'closed', starts_on = $1, ends_on = $1 WHERE slug = $2 RETURNING slug"
        await transactions.run(lambda tx: tx.rows(sql, day, slug))
        return words_of((await web.as_().get("/")).text).partition("已经结束")[2]

    year = today().year
    assert " 1月2日 " in await ended("one-day-2026", f"{year}-01-02")
    both = await ended("dream-2026", "2010-05-31")
    assert f" {year}年1月2日 " in both
    assert " 2010年5月31日 " in both


async def test_the_plan_stands_beside_what_was_used_with_a_meter(web: Web, house: Cast) -> None:
    plan = {
        "lines": [{"programme": "P03", "amount_fen": 10_000}, {"programme": "P01", "amount_fen": 300}],
        "cost_fen": 0,
    }
    sql = "UPDATE fund SET plan = $1 WHERE code = 'F-GEN' RETURNING code"
    await transactions.run(lambda tx: tx.rows(sql, json.dumps(plan)))
    await give(house, 9_000)
    used = "INSERT INTO plan_use (fund, line, used_fen) VALUES ('F-GEN', 'P03', 2_500) RETURNING fund"
    await transactions.run(lambda tx: tx.rows(used.replace("2_500", "2500")))
    page = (await web.as_().get(URL)).text
    (table,) = re.findall(r'<div class="table-frame is-stack budget">.*?</div>', page, re.DOTALL)
    rows = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]
    shown = [[re.sub(r"<[^>]*>", "", cell) for cell in cells if "<svg" not in cell] for cells in rows if cells]
    assert shown == [
        ["项目P03", "25.00", "100.00", "25.00 %"], ["项目P01", "0.00", "3.00", "0.00 %"], ["", "25.00", "103.00", "24.27 %"],
    ]  # fmt: skip
    assert [re.findall(r'class="f-aid" width="([\d.]+)"', row[1]) for row in rows if len(row) == 5][:2] == [
        ["25.00"],
        ["0.00"],
    ]


async def test_the_course_of_a_fund_ends_with_what_is_left_and_has_no_gap(web: Web, house: Cast) -> None:
    for day, fen in (("2024-03-05", 700), ("2026-02-01", 1_000), ("2026-05-31", 500)):
        with noon(day):
            await give(house, fen, campaign="everyday", received_on=day)
    await spend("F-GEN", 300, "P03")
    with noon("2026-11-20"):
        course = await flows.course("F-GEN")
    assert [month.month for month in course] == ["2025-12", *(f"2026-{n:02d}" for n in range(1, 12))]
    before = course[0].left_fen - course[0].in_fen + course[0].out_fen
    assert before == 700
    left = before
    for month in course:
        left += month.in_fen - month.out_fen
        assert month.left_fen == left
    moved = [(month.month, month.in_fen) for month in course if month.in_fen]
    assert moved == [("2026-02", 1_000), ("2026-05", 500)]
    period = await statement.of(statement.EARLIEST, today().isoformat())
    assert (await flows.course("F-GEN"))[-1].left_fen == period.of("F-GEN")["unspent"].money_fen
    page = (await web.as_().get("/campaigns/everyday")).text
    assert 'class="course"' in page
    assert "月末结余" in page
