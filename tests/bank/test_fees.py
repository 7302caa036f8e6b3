"""A fee that a bank took by itself is booked from its line, by a rule that is shown; no other line is."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from bank.given import BANK, Line, came, lines, open_movements, states, waiting
from cast import Cast
from giving.given import all_is_well, balance, give, today
from page_forms import hidden_of

from charity.bank import fees, matching, reconciliation, verify
from charity.db import transactions
from charity.errors import Refusal
from charity.ledger import money_day

LIES = "1002/ICBC-01/F-GEN"


async def free_money(house: Cast, fen: int = 100_000) -> None:
    await give(house, fen, channel="bank", channel_ref=f"GIFT-{fen}", campaign="everyday")


async def sound() -> None:
    assert await verify.run() == []
    assert await all_is_well() == []
    day = await money_day.read(today())
    assert (day.apart_fen, day.unbooked_fen) == (0, 0)


@pytest.mark.parametrize(
    ("line", "chart"),
    [
        (Line(-1_200, "", "网银服务费"), "5301"),
        (Line(-1_200, "中国工商银行龙港支行", "手续费"), "5301"),
        (Line(-1_200, "", "ＰＯＳ 收单手续费"), "5401"),
        (Line(-1_200, "", "收款手续费"), "5401"),
        (Line(-1_200, "", "POS机手续费"), "5401"),
        (Line(-1_200, "", "POS消费"), ""),
        (Line(-1_200, "", "年费"), ""),
        (Line(-1_200, "某广告公司", "手续费"), ""),
        (Line(-100_001, "", "手续费"), ""),
        (Line(1_200, "", "手续费"), ""),
    ],
    ids=[
        "netbank",
        "bank",
        "pos",
        "collecting",
        "machine",
        "purchase",
        "unknown-text",
        "somebody",
        "large",
        "incoming",
    ],
)
async def test_only_a_line_that_a_rule_knows_is_a_fee(house: Cast, line: Line, chart: str) -> None:
    await free_money(house)
    await came(house, line)
    (view,) = await lines(house)
    if not chart:
        with pytest.raises(Refusal) as refused:
            await fees.book(view.row["key"], by=house.accountant)
        assert refused.value.code == "fee.no_rule"
        assert await states(house) == ["open"]
        return
    number = (await fees.book(view.row["key"], by=house.accountant)).body["number"]
    assert (await fees.get(number, by=house.auditor))["chart"] == chart
    assert (await balance(f"{chart}/-/F-GEN"), await balance(LIES)) == (1_200, 98_800)
    assert await states(house) == ["matched"]
    assert [one["document"] for one in await open_movements(house)] == ["gift"]
    await sound()


async def test_a_fee_is_booked_once_and_undone_by_another(house: Cast) -> None:
    await free_money(house)
    await came(house, Line(-900, "", "手续费", reference="FEE-00001"), start_fen=500_000)
    (line,) = await waiting(house)
    key = line.row["key"]
    both = [fees.book(key, by=house.accountant) for _ in range(2)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(getattr(one, "code", "booked") for one in outcomes) == ["booked", "line.not_open"]
    number = next(one.body["number"] for one in outcomes if not isinstance(one, BaseException))
    other = replace(house.accountant, key="another")
    for code, done in (
        ("match.fee", matching.undo(str((await lines(house))[0].row["matched"]), by=house.accountant)),
        ("fee.own", fees.undo(number, reason="错", by=house.accountant)),
        ("fee.unknown", fees.undo("SF-2026-999999", reason="错", by=other)),
    ):
        with pytest.raises(Refusal) as refused:
            await done
        assert refused.value.code == code
    await fees.undo(number, reason="错", by=other)
    with pytest.raises(Refusal) as again:
        await fees.undo(number, reason="错", by=other)
    assert again.value.code == "fee.reversed"
    assert (await balance(LIES), len(await waiting(house))) == (100_000, 1)
    assert [one["document"] for one in await open_movements(house)] == ["gift"]  # the fee and its reversal cancel out
    await sound()
    await fees.book(key, by=house.accountant)
    assert (await reconciliation.of(BANK, today(), by=house.auditor)).apart_fen == 0
    await sound()


async def test_a_fee_has_the_number_of_its_transfer(house: Cast) -> None:
    await free_money(house)
    await came(house, Line(-900, "", "手续费", reference="SAME-0001"), Line(5_000, "甲", reference="SAME-0001"))
    fee, transfer = sorted((one.row for one in await waiting(house)), key=lambda row: row["in_fen"])
    number = (await fees.book(fee["key"], by=house.accountant)).body["number"]
    await give(house, 5_000, channel="bank", channel_ref="SAME-0001", campaign="everyday")
    assert (await waiting(house), transfer["reference"]) == ([], "SAME-0001")
    await fees.undo(number, reason="错", by=replace(house.accountant, key="another"))
    await fees.book(fee["key"], by=house.accountant)
    with pytest.raises(Refusal) as refused:  # it is the gift's
        await give(house, 5_000, channel="bank", channel_ref="SAME-0001", campaign="everyday")
    assert refused.value.code == "channel.ref_used"
    await sound()


async def test_without_free_money_a_fee_waits(house: Cast) -> None:
    await came(house, Line(-900, "", "手续费"))
    (line,) = await waiting(house)
    with pytest.raises(Refusal) as refused:
        await fees.book(line.row["key"], by=house.accountant)
    assert refused.value.code == "fund.short"
    assert await states(house) == ["open"]


async def test_the_page_shows_the_rule_and_books_in_one_press(house: Cast, web: Any) -> None:
    await free_money(house)
    await came(house, Line(-900, "", "手续费"), Line(-800, "某公司", "货款", at="10:00:00"))
    fee, other = [one.row["key"] for one in await waiting(house)]
    accountant, cashier = web.as_("accountant"), web.as_("cashier")
    page = (await accountant.get(f"/bank/lines/{fee}")).text
    assert ("有“手续费”的字样：借 5301 管理费用" in page, "/fee" in page) == (True, True)
    assert "/fee" not in (await accountant.get(f"/bank/lines/{other}")).text
    assert "/fee" not in (await cashier.get(f"/bank/lines/{fee}")).text
    typed = hidden_of(page)
    both = [await accountant.post(f"/bank/lines/{fee}/fee", data=typed) for _ in range(2)]
    assert [one.status_code for one in both] == [303, 303]
    shown = (await web.as_("auditor").get(both[0].headers["location"])).text
    assert ("5301 管理费用" in shown, "reverse" in shown) == (True, False)
    refused = await accountant.post(f"/bank/lines/{other}/fee", data=hidden_of(page) | {"idem": "0" * 32})
    assert (refused.status_code, "没有规则认得它的附言" in refused.text) == (409, True)
    number = both[0].headers["location"].partition("?")[0].rpartition("/")[2]
    got = (await web.as_("auditor").get(f"/api/v1/bank/fees/{number}")).json()
    assert (got["chart"], got["text"], got["reversed"]) == ("5301", "手续费", False)


PLANTED = {
    "sum": ("UPDATE bank_fee SET fen = fen + 1", "各列与分录"),
    "account": ("UPDATE bank_fee SET chart = '5401'", "各列与分录"),
    "place": ("UPDATE bank_fee SET place = '1009/ALIPAY'", "各列与分录"),
    "decision": ("UPDATE bank_fee SET match = 'x'", "各列与分录"),
    "reversal": ("UPDATE bank_fee SET reversed_by = 'x', reversal_seq = 1", "各列与分录"),
    "number": ("UPDATE bank_fee SET number = 'SF-2026-000009'", "各列与分录"),
    "lost": ("DELETE FROM bank_fee", "却没有它的记录"),
}


@pytest.mark.parametrize(("fault", "words"), PLANTED.values(), ids=PLANTED.keys())
async def test_verify_names_a_fee_that_is_not_what_was_booked(house: Cast, fault: str, words: str) -> None:
    await free_money(house)
    await came(house, Line(-900, "", "手续费"))
    (line,) = await waiting(house)
    await fees.book(line.row["key"], by=house.accountant)
    await transactions.run(lambda tx: tx.many(fault, [[]]))
    assert any(words in failure.words for failure in await verify.run())
