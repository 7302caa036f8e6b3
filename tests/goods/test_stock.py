"""The stock: lots by page, sums and what expires."""

from datetime import timedelta

from goods.given import MILK, RICE, SALT, Shop, in_days

from charity import clock
from charity.goods import stock


async def test_the_stock_lists_lots_by_page_and_warns_of_expiry(shop: Shop) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650)
    await shop.bring(MILK, 2, expires_on=in_days(12))
    await shop.bring(MILK, 3, expires_on=in_days(5))
    await shop.bring(SALT, 4)
    clerk = shop.house.clerk
    chosen = stock.Filter(store="LX01")
    first, after = await stock.page(chosen, by=clerk, limit=3)
    assert [(line.barcode, line.quantity) for line in first] == [(RICE, 5), (SALT, 4), (MILK, 3)]
    assert after is not None
    second, end = await stock.page(chosen, by=clerk, limit=3, after=after)
    assert [(line.barcode, line.quantity) for line in second] == [(MILK, 2)]
    assert end is None
    figures = (await stock.figures(["LX01"], by=clerk))["LX01"]
    assert (figures.lots, figures.pieces, figures.cost_fen) == (4, 14, 13_250)
    assert (figures.expired, figures.within) == (0, {7: 1, 30: 2, 90: 2})
    rows, _ = await stock.page(stock.Filter(store="LX01", text="牛奶", within_days=7), by=clerk)
    assert [line.quantity for line in rows] == [3]
    with clock.fixed(clock.now() + timedelta(days=6)):
        assert (await stock.figures(["LX01"], by=clerk))["LX01"].expired == 1
