"""The stock: lots by page, sums and what expires."""

import re
from datetime import timedelta

import pytest
from goods.given import MILK, RICE, SALT, Shop, in_days

from charity import clock
from charity.db import engine, transactions
from charity.goods import stock, till
from charity.goods.stock import readers
from charity.goods.till import Line


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


async def _pages(chosen: stock.Filter, shop: Shop, limit: int = 50) -> list[list[str]]:
    """The lots of each page of a list."""
    pages, after = [], ""
    while True:
        lines, following = await stock.page(chosen, by=shop.house.auditor, after=after, limit=limit)
        pages.append([line.lot for line in lines])
        if following is None:
            return pages
        assert following != after, "the same page again"
        after = following


async def test_what_expires_is_listed_by_day_over_pages_also_where_days_are_equal(shop: Shop) -> None:
    late = await shop.bring(RICE, 1, expires_on=in_days(20))
    milk = [await shop.bring(MILK, n, expires_on=in_days(10)) for n in (1, 2)]
    rice = [await shop.bring(RICE, n, expires_on=in_days(10)) for n in (3, 4)]
    soon = await shop.bring(MILK, 5, expires_on=in_days(1))
    await shop.bring(SALT, 9)
    await shop.bring(RICE, 9, expires_on=in_days(40))
    expected = [soon, *sorted(rice), *sorted(milk), late]  # barcodes of rice come before those of milk
    chosen = stock.Filter(store="LX01", within_days=30)
    for limit in (1, 2, 3, 4):
        pages = await _pages(chosen, shop, limit)
        assert [lot for page in pages for lot in page] == expected
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    with clock.fixed(clock.now() + timedelta(days=11)):
        expired = await _pages(stock.Filter(store="LX01", expired=True), shop, 2)
        assert expired == [expected[:2], expected[2:4], expected[4:5]]


async def test_a_lot_is_listed_by_the_end_of_the_code_on_its_label(shop: Shop) -> None:
    lot, other = await shop.bring(RICE, 5), await shop.bring(RICE, 6)
    assert lot[-4:] != other[-4:]

    async def listed(text: str) -> list[list[str]]:
        return await _pages(stock.Filter(store="LX01", text=text), shop)

    for text in (
        lot,
        lot[-4:],
        lot[-5:],
        lot[1:],
        lot[-4:].lower(),
        f"{lot[:3]}-{lot[3:7]} {lot[7:]}",
        f" {lot[-6:]} ",
    ):
        assert await listed(text) == [[lot]], text
    for text in (lot[-3:], lot[:-1], lot[:6], other[:-4] + lot[-4:], f"{lot[-4:]}%", "_" * 4):
        assert await listed(text) == [[]], text
    assert await _pages(stock.Filter(store="LX01", text=lot[-4:], within_days=1), shop) == [[]]
    assert await _pages(stock.Filter(store="LX02", text=lot), shop) == [[]]
    await till.issue(store="LX01", card=shop.card, lines=[Line(5, lot=lot)], by=shop.house.clerk)
    assert await listed(lot) == [[]]


@pytest.mark.parametrize("ending_of", [RICE, MILK])
async def test_a_text_that_names_items_and_ends_a_lot_lists_both_once_over_pages(shop: Shop, ending_of: str) -> None:
    """Digits off a barcode can also be the end of a code, of the items that they name or of another."""
    lots = {barcode: await shop.bring(barcode, 1) for barcode in (RICE, SALT, MILK)}
    ending = lots[ending_of][-4:]

    async def named(tx: transactions.Tx) -> None:
        await tx.rows(f"UPDATE item SET sku = 'G{ending}' WHERE barcode IN ('{SALT}', '{MILK}')")

    await transactions.run(named)
    expected = [lot for barcode, lot in lots.items() if barcode in {ending_of, SALT, MILK}]
    for limit in (1, 2, 3):
        pages = await _pages(stock.Filter(store="LX01", text=ending), shop, limit)
        assert [lot for page in pages for lot in page] == expected


async def test_a_lot_is_found_without_reading_the_shelf(shop: Shop) -> None:
    lot = await shop.bring(RICE, 5)
    sql, values = readers._query(stock.Filter(store="LX01", text=lot[-4:]), clock.today(), [], 51)

    async def plan(tx: transactions.Tx) -> list[str]:
        if not engine.state().postgres:
            return [row["detail"] for row in await tx.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]
        for way in ("seqscan", "bitmapscan", "sort"):
            await tx.rows(f"SET LOCAL enable_{way} = off")
        return [row["QUERY PLAN"] for row in await tx.rows(f"EXPLAIN {sql}", *values)]

    steps = await transactions.run(plan)
    assert [step for step in steps if "shelf_lot_tail" in step], steps
    assert not [
        step for step in steps if re.match(r"SCAN [st]\b|SEARCH s .*\(store=\?\)|.*Seq Scan on shelf_lot", step)
    ], steps
