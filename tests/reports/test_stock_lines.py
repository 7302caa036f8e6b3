"""The stock register: its lines, the columns of movements, what is near its end, and where the books differ."""

from dataclasses import replace

import pytest
from cast import Cast
from reports.given import RICE, printed, read

from charity import words
from charity.db import engine, reading
from charity.documents import facts
from charity.ledger import accounts as acc
from charity.printing.document import Filters
from charity.reports import stock

YEAR = ("2026-01-01", "2026-12-31")


async def test_the_stock_register_has_a_line_for_each_cost_of_an_item(town: Cast) -> None:
    rows, totals = await read("stock", Filters.of("2026-09-12", "2026-09-30"))
    names = (
        "n",
        "store",
        "account",
        "item",
        "item_href",
        "measure",
        "cost_fen",
        "opening",
        "opening_fen",
        *stock.SUMS[2:],
        "cost",
    )
    assert printed(rows, *names).splitlines() == [
        "1|溪东街道爱心超市|1201|大米|/stores/LX01/stock?q=6901234567892|袋|不计价|2|0|0|0|0|0|0|0|0|0|0|0|2|0|2|0",
        "2|溪东街道爱心超市|1201|大米|/stores/LX01/stock?q=6901234567892|袋|2500|4|10000|0|0|0|0|0|0|0|0|0|0|4|10000|4|2500",
        "3|溪东街道爱心超市|1201|肥皂|/stores/LX01/stock?q=6923456789012|块|300|10|3000|0|0|0|0|0|8|0|0|0|2400|2|600|2|300",
    ]
    assert [group.label for group in totals.groups] == ["溪东街道爱心超市 · 1201 存货"]
    assert totals.groups[0].figures == totals.sums
    figures = {"opening": 16, "opening_fen": 13_000, "issued": 8, "went_fen": 2_400, "closing": 8}
    figures |= {"closing_fen": 10_600, "near": 8}
    assert (totals.count, totals.sums) == (3, dict.fromkeys(stock.SUMS, 0) | figures)
    assert totals.differences == []
    assert stock.check(totals) == (
        "核对：数量 期初 16 ＋ 收入 0 － 发出 8 ＝ 期末 8；金额 130.00 ＋ 0.00 － 24.00 ＝ 106.00 元"
    )
    _, totals = await read("stock", Filters.of("2026-10-20", "2026-10-20"))  # both reversals: out of their own columns
    assert (totals.sums["gift"], totals.sums["issued"], totals.sums["closing"]) == (-4, -7, 11)
    assert stock.check(totals) == (
        "核对：数量 期初 8 ＋ 收入 -4 － 发出 -7 ＝ 期末 11；金额 106.00 ＋ -100.00 － -21.00 ＝ 27.00 元"
    )
    rows, totals = await read("stock", Filters.of("2026-09-12", "2026-09-30", fund="F-WARM"))
    assert [(row["item"], row["opening"], row["closing"]) for row in rows] == [("肥皂", 5, 2)]
    assert totals.differences == []


def test_a_movement_stands_in_the_column_of_where_the_pieces_came_from_or_went() -> None:
    for place, column in (
        (acc.DONORS, "gift"),
        (acc.SUPPLIERS, "bought"),
        (acc.OPENING, "opening"),
        (acc.HOUSEHOLDS, "issued"),
        ("world:lost", "written_off"),
    ):
        assert stock.way(place, 1) == stock.way(place, -1) == column
    for place, came, went in (
        ("store:LX02", "moved_in", "moved_out"),
        ("transit:LX01-LX02", "moved_in", "moved_out"),
        ("world:counted", "gained", "lost"),
    ):
        assert (stock.way(place, 1), stock.way(place, -1)) == (came, went), place


LOTS = {
    "lot:A": {"barcode": RICE, "cost_fen": 2_500, "expires_on": "2026-10-30", "fund": "F-GEN", "account": "1201"},
    "lot:B": {"barcode": RICE, "cost_fen": 2_500, "expires_on": "2026-10-31", "fund": "F-WARM", "account": "1201"},
    "lot:C": {"barcode": RICE, "cost_fen": 0, "expires_on": None, "fund": "F-GEN", "account": "1801"},
}


def test_pieces_are_near_their_end_thirty_days_after_the_period_and_worth_their_cost_in_their_fund() -> None:
    lines = stock.Lines(Filters.of("2026-09-01", "2026-09-30"), LOTS)
    lines.open({("store:LX01", "lot:A"): 3, ("store:LX01", "lot:B"): 2})
    lines.move([{"place": "store:LX01", "unit": "lot:A", "other": "world:lost", "way": -1, "net": -1}])
    lines.move([{"place": "store:LX01", "unit": "lot:A", "other": "store:LX02", "way": 1, "net": 4}])
    lines.close({("store:LX01", "lot:A"): 6, ("store:LX01", "lot:B"): 2, ("store:LX02", "lot:C"): 7})
    lines.close({("store:LX01", "lot:unknown"): 9})
    nothing = dict.fromkeys((*stock.SUMS, "check"), 0)
    valued = {"opening": 5, "opening_fen": 12_500, "written_off": 1, "moved_in": 4, "check": 3}
    valued |= {"came_fen": 10_000, "went_fen": 2_500}
    assert lines.figures == {
        ("LX01", "1201", RICE, 2_500): nothing | valued | {"closing": 8, "closing_fen": 20_000, "near": 6},
        ("LX02", "1801", RICE, 0): nothing | {"closing": 7},
    }
    assert lines.values == {("LX01", "F-GEN"): 15_000, ("LX01", "F-WARM"): 5_000, ("LX02", "F-GEN"): 0}
    own = stock.Lines(Filters.of("2026-09-01", "2026-09-30", store="LX02"), LOTS)
    own.close({("store:LX01", "lot:A"): 6, ("store:LX02", "lot:C"): 7})
    assert list(own.figures) == [("LX02", "1801", RICE, 0)]


async def test_shelves_that_are_not_worth_what_the_books_say_are_named_by_store_and_fund(town: Cast) -> None:
    async def named(values: dict[tuple[str, str], int], **chosen: str) -> list[str]:
        return await stock._value_differences(Filters.of(*YEAR, **chosen), await facts.head_seq(), values)

    booked = {("LX01", "F-GEN"): 1_500, ("LX01", "F-WARM"): 1_200}
    assert await named(booked | {("LX02", "F-GEN"): 0}) == []
    assert await named({("LX01", "F-GEN"): 1_501}) == [
        "LX01 F-GEN：台账 15.01 元，账簿存货为 15.00 元",
        "LX01 F-WARM：台账 0.00 元，账簿存货为 12.00 元",
    ]
    assert await named(booked | {("LX00", "F-EDU"): 7}) == ["LX00 F-EDU：台账 0.07 元，账簿存货为 0.00 元"]
    assert await named(booked | {("transit:1", "F-EDU"): 7}) == []
    wrong = {(store, fund): 7 for store in ("LX01", "LX02") for fund in ("F-GEN", "F-WARM")}
    assert [text.split("：")[0] for text in await named(wrong, store="LX02")] == ["LX02 F-GEN", "LX02 F-WARM"]
    assert [text.split("：")[0] for text in await named(wrong, fund="F-WARM")] == ["LX01 F-WARM", "LX02 F-WARM"]
    many = booked | {(f"LX{n}", "F-GEN"): 7 for n in range(10, 30)}
    assert [text[:4] for text in await named(many)] == [f"LX{n}" for n in range(10, 20)]


async def test_sheets_are_kept_for_the_same_books_and_language_and_sixteen_of_them(town: Cast) -> None:
    seq = await facts.head_seq()
    stock._sheets.clear()
    first = await stock.sheet(Filters.of(*YEAR), seq)
    assert await stock.sheet(Filters.of(*YEAR), seq) is first
    with words.speaking("en"):
        assert await stock.sheet(Filters.of(*YEAR), seq) is not first
    for earlier in range(1, 16):
        await stock.sheet(Filters.of(*YEAR), seq - earlier)
    assert len(stock._sheets) == 16
    assert await stock.sheet(Filters.of(*YEAR), seq) is not first, "the oldest one is forgotten"


async def test_sheets_of_a_database_are_not_taken_for_those_of_a_later_one_at_its_address(
    town: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = await reading.value("SELECT seq FROM head")
    before = await stock.sheet(Filters.of(*YEAR), seq)
    later = replace(engine.state())
    assert later.settings.database_url == engine.state().settings.database_url
    monkeypatch.setattr(engine, "state", lambda: later)
    assert await stock.sheet(Filters.of(*YEAR), seq) is not before
    assert await stock.sheet(Filters.of(*YEAR), seq) is await stock.sheet(Filters.of(*YEAR), seq)
