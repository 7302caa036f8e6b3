"""Slips: reversed at most once and in order, listed, read, and checked against the books."""

import pytest
from goods.given import DONOR, RICE, SALT, Shop, counts, holding, issue, sentence

from charity.db import reading, transactions
from charity.errors import Refusal
from charity.goods import slips, verify
from charity.goods.till import Line
from charity.ledger import verify as ledger_verify


async def test_a_reversed_issue_gives_goods_and_points_back(shop: Shop) -> None:
    lot = await shop.bring(RICE, 5, unit_value_fen=2650)
    number = (await issue(shop, Line(2, barcode=RICE))).body["number"]
    answer = await slips.reverse(number=number, reason="扫错了卡", by=shop.house.manager)
    assert answer.body["number"].startswith("CX-LX01-")
    assert await shop.on_hand(lot) == 5
    assert await shop.points() == 180
    assert await holding("5101/P05/F-GEN", "CNY") == 0
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number=number, reason="再来", by=shop.house.manager)
    assert caught.value.code == "document.reversed"
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number=answer.body["number"], reason="再来", by=shop.house.manager)
    assert caught.value.code == "document.reversal"
    body = await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1")
    assert "扫错了卡" not in body


async def test_an_intake_whose_goods_moved_on_names_what_to_reverse_first(shop: Shop) -> None:
    answer = await shop.bring_answer(RICE, 5, unit_value_fen=2650, donor=DONOR)
    number = (await issue(shop, Line(2, barcode=RICE))).body["number"]
    before = await counts()
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number=answer["number"], reason="数错了", by=shop.house.manager)
    assert number in sentence(caught.value)
    assert await counts() == before
    await slips.reverse(number=number, reason="先冲", by=shop.house.manager)
    await slips.reverse(number=answer["number"], reason="数错了", by=shop.house.manager)
    assert await holding("1201/LX01/F-GEN", "CNY") == 0
    assert await reading.value("SELECT status FROM receipt") == "voided"
    assert await reading.value("SELECT status FROM donation") == "reversed"
    assert await shop.on_hand(answer["lots"][0]["code"]) == 0


async def test_an_unknown_slip_is_not_found(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number="RK-LX01-2026-999999", reason="x", by=shop.house.manager)
    assert caught.value.status == 404
    with pytest.raises(Refusal) as caught:
        await slips.get("RK-LX01-2026-999999", by=shop.house.manager)
    assert caught.value.status == 404


async def test_slips_are_listed_newest_first(shop: Shop) -> None:
    await shop.bring(RICE, 5)
    await issue(shop, Line(1, barcode=RICE))
    rows, after = await slips.page(slips.Filter(), by=shop.house.clerk, limit=1)
    assert rows[0]["number"].startswith("FF-")
    rows, end = await slips.page(slips.Filter(), by=shop.house.clerk, limit=1, after=after)
    assert rows[0]["number"].startswith("RK-")
    assert end is None
    assert await slips.issued_today("LX01") == 1


async def test_a_day_of_work_verifies_clean_and_a_changed_line_does_not(shop: Shop) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    taken = await shop.bring_answer(SALT, 3, total_value_fen=100)
    number = (await issue(shop, Line(2, barcode=RICE), Line(1, barcode=SALT))).body["number"]
    await issue(shop, Line(1, barcode=RICE))
    await slips.reverse(number=number, reason="扫错", by=shop.house.manager)
    await slips.reverse(number=taken["number"], reason="数错", by=shop.house.manager)
    assert await verify.run() == []
    assert await ledger_verify.run() == []
    for change, invariant in (
        ("UPDATE goods_line SET quantity = quantity + 1 WHERE document LIKE 'RK-%'", "I4"),
        ("UPDATE goods_issue SET points_spent = points_spent + 1", "I4"),
        ("UPDATE goods_document SET reversed_by = NULL", "I6"),
        ("UPDATE series SET next = 9 WHERE name = 'RK-LX01'", "I7"),
        ("UPDATE lot SET fund = 'F-EDU'", "I8"),
    ):

        async def damage(tx: transactions.Tx, change: str = change) -> None:
            await tx.rows(f"{change} RETURNING 1 AS one")

        await transactions.run(damage)
        assert invariant in {failure.invariant for failure in await verify.run()}
