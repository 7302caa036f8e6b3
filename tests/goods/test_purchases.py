"""Bought goods use up what their voucher paid, and nothing else."""

import asyncio
import json

import as_shown
import pytest
from goods.given import DONOR, RICE, SALT, Shop, holding, in_days, sentence

from charity.db import reading
from charity.errors import Refusal
from charity.goods import intake, purchases, verify
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
    await as_shown.reverse(number=first["number"], reason="退货", by=shop.house.manager)
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
    await as_shown.reverse(number=taken["number"], reason="退汇", by=shop.house.manager)
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


async def test_the_purchases_between_two_vouchers_are_listed_without_the_first(shop: Shop) -> None:
    numbers = [f"BF-2026-00000{n}" for n in range(1, 5)]
    for n, number in enumerate(numbers):
        await _paid_voucher(number, 1_000 + n, "F-WARM" if n else "F-GEN")
    assert list(await purchases.between("")) == numbers
    assert list(await purchases.between(numbers[0])) == numbers[1:]
    assert list(await purchases.between(numbers[0], numbers[2])) == numbers[1:3]
    assert list(await purchases.between("", numbers[0])) == numbers[:1]
    assert await purchases.between(numbers[3]) == {}
    row = (await purchases.between(numbers[2]))[numbers[3]]
    assert (row.fund, row.amount_fen, row.received_fen, row.status) == ("F-WARM", 1_003, 0, "open")
    assert [await purchases.fund_of(number) for number in (numbers[0], numbers[1], "BF-2026-000009")] == [
        "F-GEN",
        "F-WARM",
        None,
    ]


async def test_bought_goods_may_use_up_the_last_fen_of_their_voucher(shop: Shop) -> None:
    await _paid_voucher("BF-2026-000001", 1_001, "F-WARM")
    values = {"store": "LX01", "source": "purchase", "voucher": "BF-2026-000001", "by": shop.house.clerk}
    for value in (1_000, 1):
        await intake.take_in(lines=[IntakeLine(SALT, 1, unit_value_fen=value, value_checked=True)], **values)
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[IntakeLine(SALT, 1, unit_value_fen=1, value_checked=True)], **values)
    assert caught.value.facts == {"voucher": "BF-2026-000001", "left_yuan": "0.00", "needed_yuan": "0.01"}


async def test_a_purchase_has_no_giver_and_a_gift_no_voucher(shop: Shop) -> None:
    await _paid_voucher("BF-2026-000001", 1_000, "F-WARM")
    line, by = IntakeLine(SALT, 1, unit_value_fen=100, evidence="none"), shop.house.clerk
    lines = {"purchase": [line], "gift": [IntakeLine(SALT, 1)]}
    for source, values, code, field in (
        ("purchase", {"voucher": "BF-2026-000001", "donor": DONOR}, "purchase.donor", "donor"),
        ("purchase", {}, "voucher.missing", "voucher"),
        ("gift", {"voucher": "BF-2026-000001"}, "gift.voucher", "voucher"),
    ):
        with pytest.raises(Refusal) as caught:
            await intake.take_in(store="LX01", source=source, lines=lines[source], by=by, **values)
        assert (caught.value.code, [error.field for error in caught.value.fields]) == (code, [field])
    values = {"voucher": "BF-2026-000001", "campaign": "everyday"}  # a campaign is for gifts
    taken = await intake.take_in(store="LX01", source="purchase", lines=[line], by=by, **values)
    lot = await reading.only("SELECT fund, source, evidence, cost_fen, donor FROM lot")
    assert lot == {"fund": "F-WARM", "source": "purchase", "evidence": "invoice", "cost_fen": 100, "donor": None}
    assert await reading.only("SELECT * FROM goods_intake") == {
        "number": taken.body["number"],
        "source": "purchase",
        "fund": "F-WARM",
        "campaign": None,
        "donor": None,
        "donation": None,
        "voucher": "BF-2026-000001",
        "receipt_code": None,
        "receipt_number": None,
    }
    entry = await reading.only("SELECT kind, party, body FROM entry ORDER BY seq DESC LIMIT 1")
    assert (entry["kind"], entry["party"]) == ("goods.purchase", "")
    assert json.loads(entry["body"])["facts"] == {
        "document": taken.body["number"],
        "store": "LX01",
        "source": "purchase",
        "voucher": "BF-2026-000001",
        "fund": "F-WARM",
    }
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0


async def test_what_was_bought_keeps_the_evidence_that_was_named(shop: Shop) -> None:
    await _paid_voucher("BF-2026-000001", 1_000, "F-GEN")
    values = {"store": "LX01", "source": "purchase", "voucher": "BF-2026-000001", "by": shop.house.clerk}
    for evidence in ("appraisal", None):
        await intake.take_in(lines=[IntakeLine(SALT, 1, unit_value_fen=100, evidence=evidence)], **values)
    rows = await reading.rows("SELECT evidence FROM lot ORDER BY seq")
    assert [row["evidence"] for row in rows] == ["appraisal", "invoice"]
