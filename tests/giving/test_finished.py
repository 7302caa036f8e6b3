"""Finished pages of refunds and corrections: all that was done, with its entries, receipts and numbers."""

import re
from html import unescape

import pytest
from cast import Cast
from conftest import Web
from giving.given import approved, corrected, give, paid, refunded, requested, spend, wrong_gift
from page_forms import form_of

from charity.db import reading
from charity.giving import refunds, reversals


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2])))


async def test_a_finished_refund_says_all_that_was_done(house: Cast, web: Web) -> None:
    await give(house, 9_000)
    answer = await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 4_000, "P01")
    number = await requested(house, answer, 7_000)
    await approved(number, house.approver)
    accountant, cashier = web.as_("accountant"), web.as_("cashier")
    old = answer.body["receipt"]["number"]
    new = await reading.value("SELECT number FROM receipt WHERE replaces IS NOT NULL")
    waiting = text((await accountant.get(f"/refunds/{number}")).text)
    for words in ("当时已经用去 ¥10.00", f"原收据 {old}", f"新收据 {new}", "借 4101 捐赠收入 F-EDU ¥70.00", "贷 2209"):
        assert words in waiting, words
    assert "付款日期" not in waiting
    await paid(house, number)
    html = (await accountant.get(f"/refunds/{number}")).text
    done = text(html)
    for words in (
        f"原收据 {old}",
        f"新收据 {new}",
        "付款日期",
        "付款账户",
        "现金，没有单号",
        "由哪个基金付",
        "记入科目",
    ):
        assert words in done, words
    vouchers = await reading.tuples("SELECT number FROM journal_voucher WHERE kind IN ('gift.refund', 'refund.paid')")
    assert all(f'href="/journal/{voucher}"' in html for (voucher,) in vouchers)
    assert len(vouchers) == 2
    assert f'href="/receipts/{answer.body["receipt"]["code"]}"' in html
    masked = (await web.as_("approver").get(f"/refunds/{number}")).text.split("<main")[1]
    assert old in masked
    assert "/receipts/" not in masked
    page = text((await cashier.get(f"/refunds/{number}/pay")).text)
    assert "这笔退款已经付款，不要再付" in page
    assert "请先把钱退给捐赠人" not in page


async def test_a_bank_refund_keeps_its_number_on_the_page_and_a_chargeback_has_no_cashier(
    house: Cast, web: Web
) -> None:
    bank = await give(house, 5_000, channel="bank", channel_ref="B-1")
    number = await refunded(house, bank, 5_000)
    page = text((await web.as_("auditor").get(f"/refunds/{number}")).text)
    for words in (f"流水号或回单号 BACK-{number}", "新收据 没有，原收据作废", "当时已经用去 ¥0.00"):
        assert words in page, words
    other = await give(house, 5_000, channel="wechat", channel_ref="W-1")
    accountant = web.as_("accountant")
    address = f"/donations/{other.body['id']}/refund"
    hidden = await form_of(accountant, address)
    assert "平台或银行已扣回的不再付" in (await accountant.get(address)).text
    asked = await accountant.post(
        address,
        data={**hidden, "amount_yuan": "50", "cause": "chargeback", "reason": "平台扣回"},
        follow_redirects=True,
    )
    assert "款项已被扣回，不需要出纳付款" in asked.text
    assert "再由出纳付款" not in asked.text
    number = str(asked.url).rpartition("/")[2]
    await approved(number, house.approver)
    page = text((await web.as_("cashier").get(f"/refunds/{number}/pay")).text)
    assert "款项已被平台或银行扣回，不需要付款" in page
    assert "请先把钱退给捐赠人" not in page
    assert (await refunds.get(number, by=house.cashier)).status == "refunded"


@pytest.mark.parametrize("decision", ["approved", "rejected"])
async def test_a_finished_correction_says_all_that_was_done(house: Cast, web: Web, decision: str) -> None:
    answer = await give(house, 10_000, campaign="dream-2026")
    await give(house, 10_000, campaign="dream-2026", channel="bank", channel_ref="B1")
    await spend("F-EDU", 4_000, "P01")
    accountant = web.as_("accountant")
    if decision == "rejected":
        number = await wrong_gift(house, answer)
        await reversals.reject(number, reason="没有错", by=house.approver)
        page = text((await accountant.get(f"/reversals/{number}")).text)
        assert "没有错" in page
        assert "原收据" not in page
        return
    await corrected(house, answer)
    number = await reading.value("SELECT number FROM gift_reversal")
    html = (await accountant.get(f"/reversals/{number}")).text
    page = text(html)
    for words in (
        "当时已经用去 ¥40.00",
        "由本基金下一笔未用的捐赠接替，付款不变",
        "原样冲销这笔捐赠的分录",
        f"原收据 {answer.body['receipt']['number']}",
        "新收据 没有，原收据作废",
        "借 4101 捐赠收入 F-EDU ¥100.00",
        "贷 1001 现金 F-EDU ¥100.00",
        "贷 1002",
    ):
        assert words in page, words
    vouchers = await reading.tuples(
        "SELECT number FROM journal_voucher WHERE kind IN ('gift.reversal', 'money.reclassified')"
    )
    assert len(vouchers) == 2
    assert all(f'href="/journal/{voucher}"' in html for (voucher,) in vouchers)
    anew = await give(house, 9_000, campaign="dream-2026", corrects=number)
    page = text((await accountant.get(f"/reversals/{number}")).text)
    assert f"已按实际重新登记 {anew.body['receipt']['number']} ¥90.00" in page
