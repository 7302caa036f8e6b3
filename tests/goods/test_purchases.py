"""Bought goods use up what their voucher paid, and nothing else."""

import asyncio

import pytest
from goods.given import RICE, SALT, Shop, holding, in_days, sentence

from charity.db import reading
from charity.errors import Refusal
from charity.goods import intake, purchases, slips, verify
from charity.goods.intake import IntakeLine
from charity.ledger import accounts as acc
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit


async def test_a_purchase_needs_a_voucher_and_a_price(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await intake.take_in(store="LX01", source="purchase", lines=[IntakeLine(SALT, 1)], by=shop.house.clerk)
    assert {e.field for e in caught.value.fields} == {"voucher", "lines.0.unit_value_fen"}
    line = IntakeLine(SALT, 1, unit_value_fen=100)
    with pytest.raises(Refusal) as caught:
        await intake.take_in(
            store="LX01", source="purchase", voucher="BF-2026-000001", lines=[line], by=shop.house.clerk
        )
    assert caught.value.code == "voucher.not_for_goods"


async def test_bought_goods_use_up_their_voucher(shop: Shop) -> None:
    await _paid_voucher("BF-2026-000001", 10_000, "F-WARM")
    line = IntakeLine(RICE, 3, in_days(90), unit_value_fen=2000)
    values = {"store": "LX01", "source": "purchase", "voucher": "BF-2026-000001", "by": shop.house.clerk}
    first = (await intake.take_in(lines=[line], **values)).body
    assert "receipt" not in first
    assert await holding("1201/LX01/F-WARM", "CNY") == 6000
    assert await holding("1141/-/F-WARM", "CNY") == -6000
    assert await holding(acc.SUPPLIERS, acc.lot(first["lots"][0]["code"])) == -3
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[line], **values)
    assert sentence(caught.value) == "拨付审批单 BF-2026-000001 还可入库 40.00 元，本次需要 60.00 元"
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[line], fund="F-GEN", **values)
    assert caught.value.code == "voucher.other_fund"
    outcomes = await asyncio.gather(
        *(intake.take_in(lines=[IntakeLine(SALT, 1, unit_value_fen=1000)], **values) for _ in range(9)),
        return_exceptions=True,
    )
    assert sum(isinstance(o, Answer) for o in outcomes) == 4
    await slips.reverse(number=first["number"], reason="退货", by=shop.house.manager)
    assert await reading.value("SELECT received_fen FROM goods_purchase") == 4000
    assert await verify.run() == []


async def test_a_bounced_purchase_takes_no_goods_until_it_is_paid_again(shop: Shop) -> None:
    number = "BF-2026-000002"
    values = {"store": "LX01", "source": "purchase", "voucher": number, "by": shop.house.clerk}
    line = IntakeLine(SALT, 1, unit_value_fen=1000)

    async def bounced() -> None:
        def decide(state: State) -> Answer:
            purchases.close(state, number)
            return Answer(200, {})

        await submit(Command(decide, Wants(rows=[purchases.wants(number)])))

    await _paid_voucher(number, 5_000, "F-WARM")
    taken = (await intake.take_in(lines=[line], **values)).body
    with pytest.raises(Refusal) as caught:
        await bounced()
    assert sentence(caught.value) == "拨付审批单 BF-2026-000002 已入库物资 10.00 元，请先冲销入库单"
    await slips.reverse(number=taken["number"], reason="退汇", by=shop.house.manager)
    await bounced()
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[line], **values)
    assert caught.value.code == "voucher.not_for_goods"
    await _paid_voucher(number, 4_000, "F-GEN")
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[IntakeLine(SALT, 5, unit_value_fen=1000)], **values)
    assert caught.value.code == "voucher.short"
    await intake.take_in(lines=[IntakeLine(SALT, 4, unit_value_fen=1000)], **values)
    assert await holding("1141/-/F-GEN", "CNY") == -4000
    assert await verify.run() == []


async def _paid_voucher(number: str, amount_fen: int, fund: str) -> None:
    """A purchase as aid opens it when it pays."""

    def decide(state: State) -> Answer:
        purchases.open(state, number, fund, amount_fen)
        return Answer(201, {})

    await submit(Command(decide, Wants(rows=[purchases.wants(number)])))
