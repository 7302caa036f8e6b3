"""The stock: lots by page, sums and what expires."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from conftest import Web
from goods.given import MILK, RICE, SALT, Shop, in_days

from charity import clock, tokens
from charity.db import engine, transactions
from charity.errors import Refusal
from charity.goods import intake, stock, till
from charity.goods.intake import IntakeLine
from charity.goods.stock import StockFigures, StockLine, movements, readers
from charity.goods.till import Line
from charity.roles import Actor


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


def north(shop: Shop) -> Actor:
    """The clerk of another store."""
    return replace(shop.house.clerk, store="LX02")


async def bring_north(shop: Shop, barcode: str, quantity: int, **values: Any) -> str:
    line = IntakeLine(barcode, quantity, **values)
    taken = await intake.take_in(store="LX02", source="gift", lines=[line], by=north(shop))
    return str(taken.body["lots"][0]["code"])


async def test_the_list_is_of_one_store_and_one_item_when_they_are_chosen(shop: Shop) -> None:
    rice, salt = await shop.bring(RICE, 5), await shop.bring(SALT, 4)
    far = await bring_north(shop, SALT, 9)
    await till.issue(store="LX01", card=shop.card, lines=[Line(4, barcode=SALT)], by=shop.house.clerk)
    fresh = await shop.bring(SALT, 1)
    both = sorted([far, fresh])

    async def listed(**chosen: Any) -> list[str]:
        (page,) = await _pages(stock.Filter(**chosen), shop)
        return page

    assert salt not in await listed()
    assert await listed() == [rice, *both]
    assert await listed(store="LX01") == [rice, fresh]
    assert await listed(store="LX02") == [far]
    assert await listed(barcode=SALT) == both
    assert await listed(barcode=SALT, store="LX02") == [far]
    assert await listed(text="盐") == both
    assert await listed(text="G001") == [rice]
    assert await listed(text=RICE[2:9]) == [rice]
    for text in ("%", "_", "!", "没有"):
        assert await listed(text=text) == []
    lines, _ = await stock.page(stock.Filter(store="LX02"), by=north(shop))
    assert lines == [StockLine("LX02", SALT, "食用盐 400g", "袋", far, 9, None, "F-GEN", 0)]
    assert stock.Filter().expired is False


async def test_a_lot_is_good_on_its_last_day_and_expired_the_day_after(shop: Shop) -> None:
    lots = {days: await shop.bring(MILK, 1, expires_on=in_days(days)) for days in (0, 7, 8, 30, 31, 90, 91)}
    await shop.bring(SALT, 1)
    by_day = list(lots.values())
    for days, shown in ((0, 1), (7, 2), (30, 4), (90, 6), (91, 7)):
        assert await _pages(stock.Filter(store="LX01", within_days=days), shop) == [by_day[:shown]]
    assert await _pages(stock.Filter(store="LX01", expired=True), shop) == [[]]
    counted = (await stock.figures(["LX01"], by=shop.house.clerk))["LX01"]
    assert (counted.lots, counted.expired, counted.within) == (8, 0, {7: 2, 30: 4, 90: 6})
    assert [lot.code for lot, _ in await stock.on_hand("LX01", [MILK], first=2)] == by_day[:2]
    with clock.fixed(clock.now() + timedelta(days=1)):
        assert await _pages(stock.Filter(store="LX01", expired=True), shop) == [by_day[:1]]
        counted = (await stock.figures(["LX01"], by=shop.house.clerk))["LX01"]
        assert (counted.lots, counted.expired, counted.within) == (8, 1, {7: 2, 30: 4, 90: 6})
        on_hand = await stock.on_hand("LX01", [MILK], first=2)
        assert [lot.code for lot, _ in on_hand] == by_day[1:3]


async def test_the_figures_are_of_each_store_alone(shop: Shop) -> None:
    for n in (3, 4):
        await shop.bring(SALT, n, unit_value_fen=200)
    await shop.bring(MILK, 2, expires_on=in_days(5))
    await bring_north(shop, SALT, 9)
    number = (await shop.bring_answer(RICE, 1, unit_value_fen=9_999))["number"]
    await as_shown.reverse(number=number, reason="错", by=shop.house.manager)
    assert await stock.figures(["LX02", "LX01", "LX00"], by=shop.house.auditor) == {
        "LX00": StockFigures(0, 0, 0, 0, {7: 0, 30: 0, 90: 0}),
        "LX01": StockFigures(3, 9, 1_400, 0, {7: 1, 30: 1, 90: 1}),
        "LX02": StockFigures(1, 9, 0, 0, {7: 0, 30: 0, 90: 0}),
    }
    assert await stock.figures([], by=shop.house.auditor) == {}
    assert set(await stock.figures(["LX01"], by=shop.house.clerk)) == {"LX01"}


async def test_stock_is_shown_to_its_store_and_to_whoever_may_read_goods(shop: Shop) -> None:
    for call in (
        stock.page(stock.Filter(store="LX01"), by=north(shop)),
        stock.page(stock.Filter(), by=north(shop)),
        stock.page(stock.Filter(store="LX01"), by=shop.house.cashier),
        stock.figures(["LX01"], by=north(shop)),
        stock.figures(["LX02", "LX01"], by=north(shop)),
        stock.figures([], by=shop.house.cashier),
    ):
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.status == 403


async def test_a_page_has_at_least_one_row_and_at_most_so_many(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lots = sorted([await shop.bring(SALT, 1) for _ in range(5)])
    assert (readers.PAGE, readers.PAGE_MAX) == (50, 1_000)
    monkeypatch.setattr(readers, "PAGE_MAX", 3)
    chosen = stock.Filter(store="LX01")
    for asked, shown in ((-1, 1), (0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (99, 3)):
        lines, after = await stock.page(chosen, by=shop.house.auditor, limit=asked)
        assert [line.lot for line in lines] == lots[:shown]
        assert after == f"{SALT}~9999-12-31~{lots[shown - 1]}~LX01"
    for cursor in ("x", f"{SALT}~9999-12-31~{lots[0]}", f"{SALT}~9999-12-31~{lots[0]}~LX01~"):
        with pytest.raises(Refusal) as caught:
            await stock.page(chosen, by=shop.house.auditor, after=cursor)
        assert caught.value.code == "stock.cursor"


async def test_lots_of_an_item_are_read_in_the_order_of_picking(shop: Shop) -> None:
    late = await shop.bring(MILK, 2, expires_on=in_days(90))
    equal = sorted([await shop.bring(MILK, n, expires_on=in_days(9)) for n in (3, 4)])
    salt = await shop.bring(SALT, 5)
    far = await bring_north(shop, MILK, 9, expires_on=in_days(1))
    gone = await shop.bring(MILK, 1, expires_on=in_days(2))
    await till.issue(store="LX01", card=shop.card, lines=[Line(1, lot=gone)], by=shop.house.clerk)
    pieces = {late: 2, salt: 5} | {lot: await shop.on_hand(lot) for lot in equal}

    async def read(store: str, *barcodes: str, **first: int) -> list[tuple[str, int]]:
        return [(lot.code, quantity) for lot, quantity in await stock.on_hand(store, barcodes, **first)]

    expected = [(lot, pieces[lot]) for lot in (*equal, late)]
    assert await read("LX01", MILK) == expected
    assert await read("LX01", MILK, SALT, MILK) == [*expected, (salt, 5)]
    assert await read("LX01", MILK, SALT, first=1) == [expected[0], (salt, 5)]
    assert await read("LX01", MILK, first=2) == expected[:2]
    assert await read("LX02", MILK) == [(far, 9)]
    assert await read("LX01") == []
    assert await stock.pieces("LX01", [late, salt, gone, far]) == {late: 2, salt: 5}
    assert await stock.pieces("LX02", [late, far]) == {far: 9}
    assert await stock.pieces("LX01", []) == {}
    with clock.fixed(clock.now() + timedelta(days=10)):  # with all of them in sight, the expired ones too
        assert await read("LX01", MILK) == expected
        assert await read("LX01", MILK, first=5) == expected[2:]


async def test_a_lot_is_known_by_its_code_wherever_it_is(shop: Shop) -> None:
    taken = await shop.bring_answer(RICE, 2, unit_value_fen=2650, fund="F-WARM")
    code, far = taken["lots"][0]["code"], await bring_north(shop, SALT, 1)
    lot = stock.Lot(code, RICE, "F-WARM", "gift", in_days(365).isoformat(), 2650)
    assert await stock.known([code, "B1"]) == {code: lot}
    assert set(await stock.known([code, far])) == {code, far}
    assert await stock.known([]) == {}
    assert await readers.get(f" {code.lower()} ") == lot
    assert await stock.slip_numbers([code, "B1"]) == {code: taken["number"]}
    assert await stock.slip_numbers([]) == {}
    other = tokens.lot_code()
    for asked, refusal in (("B22222222222", "lot.unreadable"), (other, "lot.unknown")):
        with pytest.raises(Refusal) as caught:
            await readers.get(asked)
        assert caught.value.code == refusal


# -- sums of a list, and one lot -----------------------------------------------------------------------


async def test_the_sums_are_of_the_whole_filter_and_not_of_its_page(shop: Shop) -> None:
    lots = [await shop.bring(RICE, n, unit_value_fen=2_000 + n) for n in (1, 2, 3)]
    soon = await shop.bring(RICE, 4, expires_on=in_days(5), unit_value_fen=100)
    await shop.bring(SALT, 5)
    far = await bring_north(shop, RICE, 9, expires_on=in_days(99))
    out = await shop.bring(MILK, 2, expires_on=in_days(3))
    await till.issue(store="LX01", card=shop.card, lines=[Line(2, lot=out)], by=shop.house.clerk)
    rice = 2_001 + 2 * 2_002 + 3 * 2_003

    async def sums(**chosen: Any) -> tuple[int, int, int]:
        asked = stock.Filter(**{"store": "LX01", **chosen})
        added = await stock.totals(asked, by=shop.house.auditor)
        listed: list[StockLine] = []
        after: str | None = ""
        while after is not None:
            lines, after = await stock.page(asked, by=shop.house.auditor, after=after, limit=2)
            listed += lines
        worth = sum(line.quantity * line.cost_fen for line in listed)
        assert added == stock.Totals(len(listed), sum(line.quantity for line in listed), worth), chosen
        return added.lots, added.pieces, added.cost_fen

    assert await sums() == (5, 15, rice + 400)
    assert await sums(text="大米") == await sums(barcode=RICE) == (4, 10, rice + 400)
    assert await sums(text="大米", within_days=7) == await sums(within_days=7) == (1, 4, 400)
    assert await sums(text=lots[1][-4:]) == (1, 2, 4_004)
    assert await sums(text=soon, within_days=7) == (1, 4, 400)
    assert await sums(text=soon, within_days=4) == await sums(text="没有") == await sums(expired=True) == (0, 0, 0)
    assert await sums(store="LX02") == (1, 9, 0)
    assert await sums(store="") == (6, 24, rice + 400)
    assert await sums(text=far) == (0, 0, 0)


async def test_a_lot_whose_item_is_named_too_is_added_up_once(shop: Shop) -> None:
    lots = [await shop.bring(SALT, n) for n in (1, 2)]
    other = await shop.bring(MILK, 4)
    ending = lots[0][-4:]

    async def named(tx: transactions.Tx) -> None:
        await tx.rows(f"UPDATE item SET sku = 'G{ending}' WHERE barcode = '{SALT}'")

    await transactions.run(named)
    asked = stock.Filter(store="LX01", text=ending)
    assert await stock.totals(asked, by=shop.house.clerk) == stock.Totals(2, 3, 0)
    assert await stock.totals(replace(asked, text=other[-4:]), by=shop.house.clerk) == stock.Totals(1, 4, 0)


async def test_each_item_of_a_store_is_one_line_with_its_sum_and_first_day(shop: Shop) -> None:
    for days, n in ((40, 2), (9, 3)):
        await shop.bring(MILK, n, expires_on=in_days(days), unit_value_fen=4_200)
    await shop.bring(SALT, 5)
    await shop.bring(RICE, 1)
    await bring_north(shop, RICE, 9, expires_on=in_days(99))
    gone = await shop.bring(MILK, 1, expires_on=in_days(1))
    await till.issue(store="LX01", card=shop.card, lines=[Line(1, lot=gone)], by=shop.house.clerk)
    clerk, chosen = shop.house.clerk, stock.Filter(store="LX01")
    milk = stock.ItemLine(MILK, "纯牛奶 250ml×16", "箱", 2, 5, 21_000, in_days(9).isoformat())
    salt = stock.ItemLine(SALT, "食用盐 400g", "袋", 1, 5, 0, readers.NEVER)
    first, after = await stock.items(chosen, by=clerk, limit=2)
    assert [line.barcode for line in first] == [RICE, SALT]
    assert first[1] == salt
    assert await stock.items(chosen, by=clerk, limit=2, after=after or "") == ([milk], None)
    assert await stock.items(replace(chosen, text="牛奶"), by=clerk) == ([milk], None)
    assert (await stock.items(stock.Filter(store="LX02"), by=north(shop)))[0][0].pieces == 9
    for call in (stock.items(chosen, by=north(shop)), stock.totals(chosen, by=north(shop))):
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.status == 403


async def test_every_slip_that_moved_a_lot_stands_with_what_was_left(shop: Shop) -> None:
    taken = await shop.bring_answer(SALT, 9)
    code, clerk = taken["lots"][0]["code"], shop.house.clerk
    given = [
        (await till.issue(store="LX01", card=shop.card, lines=[Line(n, lot=code)], by=clerk)).body["number"]
        for n in (2, 3)
    ]
    back = (await as_shown.reverse(number=given[0], reason="拿错", by=shop.house.manager)).body["number"]
    expected = [
        (back, "reversal", 2, 6, given[0], None),
        (given[1], "issue", -3, 4, None, None),
        (given[0], "issue", -2, 7, None, back),
        (taken["number"], "intake", 9, 9, None, None),
    ]

    async def listed(**page: Any) -> tuple[list[Any], int | None]:
        moves, following = await movements.of(code, by=clerk, **page)
        return [(m.slip, m.kind, m.quantity, m.remaining, m.reverses, m.reversed_by) for m in moves], following

    assert await listed() == (expected, None)
    first, following = await listed(limit=3)
    assert (first, await listed(after=following)) == (expected[:3], (expected[3:], None))
    lot = await movements.lot(f" {code.lower()[:3]}-{code[3:]} ", by=clerk)
    assert (lot.code, lot.name, lot.slip, lot.on_hand) == (code, "食用盐 400g", taken["number"], {"LX01": 6})
    assert await movements.of(code, by=north(shop)) == ([], None)
    for asked, by, status in ((code, north(shop), 403), (tokens.lot_code(), clerk, 404), ("x", clerk, 404)):
        with pytest.raises(Refusal) as caught:
            await movements.lot(asked, by=by)
        assert caught.value.status == status


async def test_a_label_is_read_in_every_form_and_leads_to_the_movements_of_its_lot(shop: Shop, web: Web) -> None:
    lot, other = await shop.bring(RICE, 5), await shop.bring(SALT, 6)
    clerk = web.as_("clerk")
    grouped = " ".join(lot[at : at + 4] for at in range(0, len(lot), 4))
    for typed in (lot, grouped, grouped.lower().replace(" ", "-"), f"]Q1{lot}", f"3*{lot}"):
        page = (await clerk.get("/stores/LX01/stock", params={"q": typed})).text
        assert f"/goods/lots/{lot}" in page, typed
        assert other not in page, typed
        answer = await clerk.post("/desk/search", data={"q": typed})
        assert answer.headers["location"] == f"/goods/lots/{lot}", typed
    page = (await clerk.get("/stores/LX01/stock", params={"q": f"(01)0{SALT}(17)271231"})).text
    assert (other in page, lot in page) == (True, False)
    by_item = (await clerk.get("/stores/LX01/stock", params={"list": "items"})).text
    assert "大米(晚籼) 5kg" in by_item
    assert f"/stores/LX01/stock?q={RICE}" in by_item
    slip = (await stock.slip_numbers([lot]))[lot]
    assert f"/goods/lots/{lot}" in (await clerk.get(f"/goods/documents/{slip}")).text
    assert slip in (await clerk.get(f"/goods/lots/{lot}")).text
    api = (await clerk.get(f"/api/v1/goods/lots/{lot}")).json()
    assert (api["on_hand"], [move["remaining"] for move in api["movements"]]) == ({"LX01": 5}, [5])
    assert (await clerk.get("/api/v1/goods/stock")).json()["totals"] == {"lots": 2, "pieces": 11}
