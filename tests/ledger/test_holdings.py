"""What the books publish to the rooms: goods on hand, points, what a fund can pay; nothing that is used up."""

import pytest
from cast import Cast
from giving.given import give
from goods.given import COAT, RICE, opened

from charity.db import reading
from charity.errors import Refusal
from charity.goods import points, till
from charity.goods.till import Line
from charity.ledger import accounts as acc
from charity.ledger import funds, holdings


async def _on_hand() -> list[tuple[str, str, int]]:
    rows = await reading.rows("SELECT place, lot, quantity FROM on_hand ORDER BY lot")
    return [(r["place"], r["lot"], r["quantity"]) for r in rows]


async def test_a_lot_is_on_hand_until_its_last_piece_went_out(house: Cast) -> None:
    shop = await opened(house)
    rice, coat = await shop.bring(RICE, 2), await shop.bring(COAT, 3)
    shelf = acc.shelf("LX01")
    assert await _on_hand() == sorted([(shelf, rice, 2), (shelf, coat, 3)], key=lambda row: row[1])
    await till.issue(store="LX01", card=shop.card, lines=[Line(2, barcode=RICE)], by=house.clerk)
    assert await _on_hand() == [(shelf, coat, 3)]


async def test_points_are_those_that_are_left(house: Cast) -> None:
    shop = await opened(house)
    await shop.bring(RICE, 3)
    first, second = acc.household(house.household), acc.household(house.household2)
    units = points.spendable_units(await points.schemes(), points.clock.today())
    assert await holdings.points([first, second, "household:nobody"], units) == {first: 180, second: 60}
    assert await holdings.points([first], []) == {}
    await till.issue(store="LX01", card=shop.card2, lines=[Line(2, barcode=RICE)], by=house.clerk)
    assert await holdings.points([first, second], units) == {first: 180, second: 8}
    assert [place for place, _ in await holdings.with_points()] == sorted([first, second])


async def test_a_fund_has_what_its_stream_can_still_pay(house: Cast) -> None:
    await give(house, 5_000)
    assert {row.code: row.available_fen for row in await funds.every()} == {
        code: 5_000 if code == "F-GEN" else 0 for code in ("F-DIS", "F-EDU", "F-GEN", "F-ORPH", "F-WARM", "F-WC08")
    }
    assert (await funds.get("F-GEN")).available_fen == 5_000
    with pytest.raises(Refusal) as caught:
        await funds.get("F-NONE")
    assert caught.value.code == "fund.unknown"
