"""Points and cards: given once a cycle, spent oldest first, kept when a card is lost."""

from datetime import timedelta

import pytest
from goods.given import RICE, Shop, holding, issue

from charity import clock
from charity.errors import Refusal
from charity.goods import cards, points, slips, stock
from charity.goods.till import Line
from charity.ledger import accounts as acc


async def test_points_of_a_cycle_are_given_once(shop: Shop) -> None:
    assert await shop.points() == 180
    assert await points.grant_cycle(by=shop.house.caseworker) == 0
    assert await shop.points() == 180
    assert await shop.points(shop.house.household2) == 60


async def test_the_oldest_points_are_spent_first_and_the_rest_expires(shop: Shop) -> None:
    scheme = await points.scheme()
    later = clock.today() + timedelta(days=92)
    after = clock.now() + timedelta(days=92)
    with clock.fixed(after):
        next_cycle = scheme.cycle_of(later)
        assert await points.grant_cycle(by=shop.house.caseworker) == 2
        assert await shop.points() == 360
        await shop.bring(RICE, 9)
        await issue(shop, Line(4, barcode=RICE))
        household = acc.household(shop.house.household)
        assert await holding(household, acc.points("LX", next_cycle)) == 180
        assert await shop.points() == 256
    with clock.fixed(clock.now() + timedelta(days=184)):
        assert await shop.points() == 180
        assert await points.expire(by=shop.house.caseworker) == 2
        assert await points.expire(by=shop.house.caseworker) == 0
        assert await shop.points() == 180
    assert await holding(acc.EXPIRED, acc.points("LX", scheme.cycle_of(clock.today()))) == 76 + 60


async def test_a_lost_card_loses_no_points(shop: Shop) -> None:
    new = await cards.replace_lost(card=shop.card, by=shop.house.caseworker)
    view = await cards.view(new, by=shop.house.clerk)
    assert (view.points, view.masked_name, view.members, view.status) == (180, "王*", 3, "active")
    listed = await cards.active(store="LX01")
    assert {row["code"] for row in listed} == {new, shop.card2}


async def test_only_those_who_may_touch_cards_and_points(shop: Shop) -> None:
    for call in (
        cards.issue(household=shop.house.household, by=shop.house.clerk),
        cards.suspend(card=shop.card, reason="review", by=shop.house.cashier),
        points.grant_cycle(by=shop.house.clerk),
        slips.reverse(number="RK-LX01-2026-000001", reason="错", by=shop.house.clerk),
        stock.page(stock.Filter(store="LX02"), by=shop.house.clerk),
    ):
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.status == 403
