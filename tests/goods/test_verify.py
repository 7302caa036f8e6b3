"""`charity verify`, the part of goods: every rule names exactly what somebody wrote beside the books."""

from typing import Any

import pytest
import pytest_asyncio
from goods import faults
from goods.busy import Busy, busied
from goods.given import SALT, Shop
from tampering import tampered

from charity import words
from charity.db import reading
from charity.goods import verify
from charity.ledger import checks
from charity.people.persons import Donor

RULES = {words: (invariant, words, query) for invariant, words, query in (*verify._SUMS, *verify._ROWS)}


@pytest_asyncio.fixture
async def busy(shop: Shop) -> Busy:
    return await busied(shop)


async def test_a_shop_of_every_kind_of_slip_verifies_clean(busy: Busy) -> None:
    assert await verify.run() == []


async def test_goods_that_one_giver_brings_again_verify_clean(shop: Shop) -> None:
    giver = Donor("person", "周立", "19900001234")
    for _ in range(2):
        await shop.bring(SALT, 10, unit_value_fen=250, donor=giver)
    assert await reading.value("SELECT COUNT(DISTINCT party) FROM entry WHERE kind = 'goods.gift'") == 1
    assert await reading.value("SELECT COUNT(DISTINCT donor) FROM goods_intake") == 2
    assert await verify.run() == []


@pytest.mark.parametrize("planted", [faults.of_sums, faults.of_slips, faults.of_rooms])
async def test_what_somebody_wrote_beside_the_books_is_named_exactly(busy: Busy, planted: Any) -> None:
    unlike = []
    for rule, statements, facts in await planted(busy):
        async with tampered(*statements):
            listed = sorted(failure.words for failure in await checks.failures([RULES[rule]]))
        if listed != sorted(words.say(rule, **each) for each in facts):
            unlike.append((statements, listed))
    assert unlike == []
    assert await verify.run() == []


async def test_every_rule_of_goods_has_its_fault(busy: Busy) -> None:
    every = [*await faults.of_sums(busy), *await faults.of_slips(busy), *await faults.of_rooms(busy)]
    assert {rule for rule, _, _ in every} == set(RULES)


async def test_a_basket_of_a_fund_that_is_not_for_the_shop_is_named(busy: Busy) -> None:
    async with tampered(f"UPDATE lot SET fund = 'F-EDU' WHERE code = '{busy.rice_bought}'"):
        listed = [failure.words for failure in await verify.run() if failure.invariant == "I8"]
    assert listed == [f"出库单 {busy.later}：基金 F-EDU 不能用于项目 P05"]


@pytest.mark.parametrize("chunk", [1, 2, 500])
async def test_a_receipt_that_does_not_print_what_came_in_is_named(
    busy: Busy, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(verify, "CHUNK", chunk)

    async def named() -> list[str]:
        return [failure.words for failure in await verify.run() if failure.invariant == "I10"]

    rows = await reading.rows(
        "SELECT number, receipt_number FROM goods_intake WHERE receipt_number IS NOT NULL ORDER BY number"
    )
    assert len(rows) == 4
    failures = [f"收据 {row['receipt_number']} 所列物资与入库单 {row['number']} 不符" for row in rows]
    assert await named() == []
    for row, failure in zip(rows, failures, strict=True):
        first = f"WHERE number = '{row['receipt_number']}' AND n = 1"
        for column, value in (
            ("quantity", "quantity + 1"),
            ("price_fen", "price_fen + 1"),
            ("evidence", "'appraisal'"),
        ):
            async with tampered(f"UPDATE receipt_item SET {column} = {value} {first}"):
                assert await named() == [failure]
        async with tampered(f"DELETE FROM receipt_item {first}"):
            assert await named() == [failure]
        async with tampered(f"DELETE FROM goods_line WHERE document = '{row['number']}'"):
            assert await named() == [failure]
    async with tampered("DELETE FROM receipt_item"):
        assert await named() == failures
        monkeypatch.setattr(checks, "SHOWN_MAX", 2)
        assert await named() == failures[: max(2, min(chunk, 4))]
