"""A giver's year: all his gifts and nobody else's, what stands added up, what does not shown as such."""

import re
from datetime import UTC, datetime
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import WANG, corrected, give, refunded, roster_settled
from giving.test_pages import API
from goods.given import DONOR, RICE, opened
from page_forms import hidden_of
from pdf_reading import codes_in, flat, paper_size_mm

from charity import clock, words
from charity.db import reading
from charity.giving import annual
from charity.giving.annual import readers
from charity.people.masking import Reader
from charity.people.persons import Donor

YEAR = clock.today().year
TAIL = "2222"


async def year_of(code: str, year: int = YEAR) -> annual.Statement:
    return await annual.statement(code, year, to=Reader.PERMITTED)


async def test_a_year_lists_each_gift_and_adds_up_what_stands(house: Cast, web: Any) -> None:
    first = await give(house, 10_000)
    code = first.body["receipt"]["code"]
    part, whole, wrong = [await give(house, fen) for fen in (20_000, 30_000, 40_000)]
    await refunded(house, part, 5_000)
    await refunded(house, whole, 30_000)
    await corrected(house, wrong)
    voided = await give(house, 50_000)
    await as_shown.void(voided.body["receipt"]["code"], reason="抬头写错", by=house.accountant)
    await give(house, 77_700, donor=Donor("person", "李四", WANG.phone))
    await give(house, 88_800, donor=Donor("person", "王小明", "13900139000"))
    one = await year_of(code)
    assert [(gift.amount_fen, gift.state, gift.stands_fen) for gift in one.gifts] == [
        (10_000, "ok", 10_000),
        (20_000, "partly", 15_000),
        (30_000, "refunded", 0),
        (40_000, "corrected", 0),
        (50_000, "ok", 50_000),
    ]
    assert (one.money_fen, one.goods_fen) == (75_000, 0)
    cashier = web.as_("cashier")
    assert f"/receipts/{code}/year/{YEAR}" in (await cashier.get(f"/receipts/{code}")).text
    page = await cashier.get(f"/receipts/{code}/year/{YEAR}")
    assert re.search(r"收据.{0,30}已作废", page.text), "the gift stands, its receipt does not"
    assert [text in page.text for text in ("已退款，不计入", "已更正，不计入", "已退款 50.00 元", "李四")] == [
        True,
        True,
        True,
        False,
    ]
    pdf = (await cashier.get(f"/receipts/{code}/year/{YEAR}.pdf")).content
    run = flat(pdf)
    assert paper_size_mm(pdf) == (210, 297)
    for text in ("柒佰伍拾元整", "¥750.00", "不作为税前扣除凭证", "应纳税所得额30%", first.body["receipt"]["number"]):
        assert text in run, text
    assert "12%" not in run, "that is said to enterprises"
    (address,) = codes_in(pdf)
    check = await web.as_().get(address.partition("/v/")[1] + address.partition("/v/")[2])
    assert [text in check.text for text in ("年度捐赠汇总", "750.00", "有效", "王小明")] == [True, True, True, False]
    assert (await cashier.get(f"/receipts/{code}/year/{YEAR}.pdf")).content == pdf, "the same content is one document"
    assert await reading.value("SELECT count(*) FROM document") == 1
    assert (await web.as_("clerk").get(f"/receipts/{code}/year/{YEAR}")).status_code == 403


async def test_a_giver_reads_his_own_year_by_what_he_reads_his_receipt_with(house: Cast, web: Any) -> None:
    made = (await give(house, 10_000)).body["receipt"]
    public, proof = web.as_(), {"number": made["number"], "secret": TAIL}
    hidden = hidden_of((await public.get(f"/r/{made['code']}/full")).text)
    full = await public.post(f"/r/{made['code']}/full", data={**hidden, **proof})
    assert f'action="/r/{made["code"]}/year"' in full.text
    asked = {**hidden, **proof, "year": str(YEAR)}
    page = await public.post(f"/r/{made['code']}/year", data=asked)
    assert (page.status_code, made["number"] in page.text, page.headers["cache-control"]) == (200, True, "no-store")
    pdf = await public.post(f"/r/{made['code']}/year", data={**asked, "pdf": "1"})
    assert "壹佰元整" in flat(pdf.content)
    wrong = await public.post(f"/r/{made['code']}/year", data={**asked, "secret": "0000"})
    assert (wrong.status_code, "核对不上" in wrong.text) == (403, True)
    outside = await public.post(f"/r/{made['code']}/year", data={**asked, "year": "1999"})
    assert outside.status_code == 422
    called = await public.post(f"{API}/receipts/{made['code']}/year", json={**proof, "year": YEAR})
    assert (called.status_code, called.json()["money_fen"], called.json()["donor"]) == (200, 10_000, "王小明")
    assert (await public.post(f"{API}/receipts/{made['code']}/year", json={"year": YEAR})).status_code == 403
    with words.speaking("en"):
        english = flat(await annual.pdf(await annual.statement(made["code"], YEAR, to=Reader.GIVER), made_by="x"))
    assert "Annualstatement" in english
    assert "30%" in english


async def test_the_nameless_the_unit_and_the_enterprise_have_years_of_their_own(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = [(await give(house, 100, donor=Donor())).body["receipt"]["code"] for _ in range(2)]
    assert [len((await year_of(code)).gifts) for code in nameless] == [1, 1]
    await roster_settled(house)
    number = await reading.value("SELECT code FROM receipt WHERE roster IS NOT NULL")
    assert (await year_of(number)).gifts == [], "its staff are givers of their own"
    firm = Donor("organisation", "恒溪纺织有限公司", "", "", "91330000123456789X")
    codes = [(await give(house, fen, donor=firm)).body["receipt"]["code"] for fen in (100_000, 50_000)]
    one = await year_of(codes[1])
    assert (one.money_fen, len(one.gifts)) == (150_000, 2)
    run = flat(await annual.pdf(one, made_by="x"))
    assert "年度利润总额12%" in run
    assert "应纳税所得额" not in run
    shop = await opened(house)
    goods = (await shop.bring_answer(RICE, 3, unit_value_fen=2_650, donor=DONOR))["receipt"]
    one = await year_of(goods["code"])
    assert (one.money_fen, one.goods_fen) == (0, 7_950)
    assert "实物折价（大写）" in flat(await annual.pdf(one, made_by="x"))
    monkeypatch.setattr(readers, "GIFTS_MAX", 1)
    assert (await web.as_("cashier").get(f"/receipts/{codes[0]}/year/{YEAR}")).status_code == 409


@pytest.mark.parametrize(
    ("at", "year"),
    [(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 2026), (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 2027)],
    ids=["last minute", "first minute"],
)
async def test_a_year_ends_at_midnight_in_beijing(house: Cast, at: datetime, year: int) -> None:
    with clock.fixed(at):
        day = clock.today().isoformat()
        code = (await give(house, 100, received_on=day)).body["receipt"]["code"]
        assert len((await year_of(code, year)).gifts) == 1
    with clock.fixed(datetime(2027, 3, 1, tzinfo=UTC)):
        assert [len((await year_of(code, one)).gifts) for one in (2026, 2027)] == [int(year == 2026), int(year == 2027)]
