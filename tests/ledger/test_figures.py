"""What the books say for registers: any days, any place in the journal, and what was booked later taken off again."""

from typing import Any

import pytest
import pytest_asyncio
from ledger.test_verify import AGE, EDU, GEN, HOME, Lines, give, open_funds, pay
from ledger.test_verify import move as transfer

from charity.ledger import accounts as acc
from charity.ledger import figures, writer
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants

ONE, TWO, ROAD = acc.shelf("LX01"), acc.shelf("LX02"), "transit:LX01-LX02"
RICE, SOAP, POINTS = acc.lot("B1"), acc.lot("B2"), acc.points("LX", "2026-Q4")


async def move(day: str, kind: str, *lines: tuple[str, str, int]) -> int:
    """One entry of goods, points or the worth of goods; its money is in no stream."""

    def decide(state: State) -> Answer:
        return Answer(201, {"seq": state.post(kind, lines, effective_on=day, actor="a").seq})

    places = [(account, unit) for account, unit, _ in lines if acc.minimum(account) is not None]
    return int((await writer.submit(Command(decide, Wants(holdings=places)))).body["seq"])


# -- money ----------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def money(opened: str) -> int:
    """Gifts and payments of three funds; the seq behind which all was booked later."""
    await open_funds()
    await give("2026-10-08", EDU, 1_000)
    await give("2026-10-31", GEN, 500)
    await give("2026-11-01", EDU, 40)
    await give("2026-11-01", AGE, 80, chart=acc.AGENCY_DEBT)
    await pay("2026-11-10", EDU, 300)
    await pay("2026-11-10", GEN, 20, "P05")
    cut = await pay("2026-11-20", EDU, 50)
    await give("2026-11-10", EDU, 7)
    await pay("2026-11-20", EDU, 3)
    await give("2026-12-01", EDU, 9)
    assert await give("2026-10-08", EDU, 2) == cut + 4 == 11
    return cut


GIFTS, COST, DEBT = ("4101",), ("5101",), ("2601",)


@pytest.mark.parametrize(
    ("charts", "begin", "end", "then", "now"),
    [
        (GIFTS, "2026-11-01", "2026-11-10", {EDU: -40}, {EDU: -47}),
        (GIFTS, "2026-11-02", "2026-11-10", {EDU: 0}, {EDU: -7}),
        (GIFTS, "2026-11-02", "2026-11-09", {}, {}),
        (GIFTS, "2026-11-10", "2026-11-10", {EDU: 0}, {EDU: -7}),
        (GIFTS, "2026-10-31", "2026-12-01", {EDU: -40, GEN: -500}, {EDU: -56, GEN: -500}),
        (COST, "2026-11-10", "2026-11-20", {EDU: 350, GEN: 20}, {EDU: 353, GEN: 20}),
        (COST, "2026-11-11", "2026-11-20", {EDU: 50}, {EDU: 53}),
        (COST, "2026-11-10", "2026-11-19", {EDU: 300, GEN: 20}, {EDU: 300, GEN: 20}),
        (DEBT, "2026-11-01", "2026-11-01", {AGE: -80}, {AGE: -80}),
        (("4%", "5%"), "2026-10-01", "2026-11-30", {EDU: -690, GEN: -480}, {EDU: -696, GEN: -480}),
    ],
)
async def test_debit_less_credit_of_charts_is_summed_by_fund(
    money: int, charts: tuple[str, ...], begin: str, end: str, then: dict[str, int], now: dict[str, int]
) -> None:
    assert await figures.by_fund(charts, begin, end, money) == then
    assert await figures.by_fund(charts, begin, end, money + 4) == now


async def test_the_worth_of_funds_is_said_for_each_of_their_days(money: int) -> None:
    days = ["2026-11-20", "2026-11-10"]
    assert await figures.worth_by_day([EDU], days, money) == {
        EDU: [("", 1_040), ("2026-11-10", 740), ("2026-11-20", 690)]
    }
    assert await figures.worth_by_day([EDU, GEN], days, money + 4) == {
        EDU: [("", 1_042), ("2026-11-10", 749), ("2026-11-20", 696)],
        GEN: [("", 500), ("2026-11-10", 480)],
    }
    assert await figures.worth_by_day([AGE, "F-X"], ["2026-11-01"], money) == {AGE: [("2026-11-01", 80)]}
    assert await figures.worth_by_day([EDU], ["2026-12-01"], money) == {EDU: [("", 690), ("2026-12-01", 690)]}
    assert await figures.worth_by_day([EDU], [], money) == {}
    assert await figures.worth_by_day([], days, money) == {}


async def test_a_transfer_of_net_assets_changes_what_two_funds_are_worth(opened: str) -> None:
    await open_funds()
    await give("2026-11-01", EDU, 100)
    cut = await transfer("2026-11-02", EDU, GEN, 30)
    days = ["2026-11-01", "2026-11-02"]
    assert await figures.worth_by_day([EDU, GEN], days, cut) == {
        EDU: [("2026-11-01", 100), ("2026-11-02", 70)],
        GEN: [("2026-11-02", 30)],
    }
    await transfer("2026-11-01", EDU, GEN, 5)
    assert await figures.worth_by_day([EDU, GEN], days, cut) == {
        EDU: [("2026-11-01", 100), ("2026-11-02", 70)],
        GEN: [("2026-11-01", 0), ("2026-11-02", 30)],
    }


async def test_of_which_kind_the_funds_are(money: int) -> None:
    assert await figures.fund_kinds() == {GEN: "unrestricted", EDU: "restricted", AGE: "agency"}


# -- goods ----------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def goods(opened: str) -> int:
    """Two lots at two stores and on the road, points beside them; the seq behind which all was booked later."""
    await open_funds()
    await move(
        "2026-11-02", "goods.gift", (acc.DONORS, RICE, -9), (ONE, RICE, 9), (acc.SUPPLIERS, SOAP, -4), (ONE, SOAP, 4)
    )
    await move("2026-11-02", "points.grant", (HOME, POINTS, 30), (acc.GRANTED, POINTS, -30))
    await move("2026-11-03", "goods.transfer", (ONE, RICE, -2), (ROAD, RICE, 2))
    await move("2026-11-03", "goods.purchase", (acc.SUPPLIERS, SOAP, -6), (TWO, SOAP, 6))
    await move(
        "2026-11-05",
        "goods.issue",
        (ONE, RICE, -1),
        (acc.HOUSEHOLDS, RICE, 1),
        (HOME, POINTS, -5),
        (acc.REDEEMED, POINTS, 5),
    )
    await move("2026-11-05", "goods.reversal", (ONE, SOAP, -1), (TWO, SOAP, -1), (acc.HOUSEHOLDS, SOAP, 2))
    cut = await move("2026-11-06", "goods.issue", (TWO, SOAP, -5), (acc.HOUSEHOLDS, SOAP, 5))
    await move("2026-11-03", "goods.gift", (acc.DONORS, RICE, -10), (ONE, RICE, 10))
    await move("2026-11-05", "goods.issue", (ONE, SOAP, -3), (acc.HOUSEHOLDS, SOAP, 3))
    assert await move("2026-11-06", "goods.gift", (acc.DONORS, SOAP, -1), (TWO, SOAP, 1)) == cut + 3
    return cut


@pytest.mark.parametrize(
    ("day", "opening", "closing", "now"),
    [
        ("2026-11-02", {}, {(ONE, RICE): 9, (ONE, SOAP): 4}, {(ONE, RICE): 9, (ONE, SOAP): 4}),
        (
            "2026-11-03",
            {(ONE, RICE): 9, (ONE, SOAP): 4},
            {(ONE, RICE): 7, (ONE, SOAP): 4, (TWO, SOAP): 6},
            {(ONE, RICE): 17, (ONE, SOAP): 4, (TWO, SOAP): 6},
        ),
        (
            "2026-11-05",
            {(ONE, RICE): 7, (ONE, SOAP): 4, (TWO, SOAP): 6},
            {(ONE, RICE): 6, (ONE, SOAP): 3, (TWO, SOAP): 5},
            {(ONE, RICE): 16, (TWO, SOAP): 5},
        ),
        (
            "2026-11-06",
            {(ONE, RICE): 6, (ONE, SOAP): 3, (TWO, SOAP): 5},
            {(ONE, RICE): 6, (ONE, SOAP): 3},
            {(ONE, RICE): 16, (TWO, SOAP): 1},
        ),
    ],
)
async def test_shelves_are_counted_back_to_the_beginning_or_the_end_of_a_day(
    goods: int,
    day: str,
    opening: dict[tuple[str, str], int],
    closing: dict[tuple[str, str], int],
    now: dict[tuple[str, str], int],
) -> None:
    assert await figures.shelves(day, goods, before=True) == opening
    assert await figures.shelves(day, goods) == closing
    assert await figures.shelves(day, goods + 3) == now


def _moves(rows: list[dict[str, Any]]) -> list[tuple[str, str, str, int, int]]:
    return sorted((r["place"], r["unit"], r["other"], r["way"], r["net"]) for r in rows)


async def test_moves_of_lots_on_and_off_shelves_name_the_other_place_of_the_same_lot(goods: int) -> None:
    households = acc.HOUSEHOLDS
    issued = [(ONE, RICE, households, -1, -1), (ONE, SOAP, households, -1, -1), (TWO, SOAP, households, -1, -1)]
    assert _moves(await figures.shelf_moves("2026-11-05", "2026-11-05", goods)) == issued
    came = [
        (ONE, RICE, acc.DONORS, 1, 9),
        (ONE, SOAP, acc.SUPPLIERS, 1, 4),
        (TWO, SOAP, acc.SUPPLIERS, 1, 6),
    ]
    assert _moves(await figures.shelf_moves("2026-11-02", "2026-11-03", goods)) == came
    assert _moves(await figures.shelf_moves("2026-11-02", "2026-11-06", goods)) == sorted(
        [*came, *issued[:2], (TWO, SOAP, households, -1, -6)]
    )
    assert _moves(await figures.shelf_moves("2026-11-03", "2026-11-05", goods + 3)) == sorted(
        [came[2], (ONE, RICE, acc.DONORS, 1, 10), issued[0], (ONE, SOAP, households, -1, -4), issued[2]]
    )


async def test_the_worth_of_goods_at_a_store_is_counted_back_by_fund(opened: str) -> None:
    await open_funds()

    async def worth(day: str, chart: str, place: str, fund: str, fen: int) -> int:
        other = acc.money(acc.AGENCY_DEBT if chart == acc.AGENCY_ASSETS else acc.GIFTS, fund)
        lines: Lines = [(acc.money(chart, fund, place), acc.CNY, fen), (other, acc.CNY, -fen)]
        return await move(day, "goods.gift", *lines)

    await worth("2026-11-02", acc.STOCK, "LX01", GEN, 100)
    await worth("2026-11-02", acc.STOCK, "LX01", EDU, 30)
    await worth("2026-11-03", acc.STOCK, "LX02", GEN, 7)
    await worth("2026-11-03", acc.AGENCY_ASSETS, "LX01", AGE, 60)
    await worth("2026-11-03", acc.STOCK, "-", GEN, 1_000)
    await worth("2026-11-03", acc.BANK, "ICBC-01", GEN, 2_000)
    cut = await worth("2026-11-04", acc.STOCK, "LX01", EDU, -30)
    await worth("2026-11-03", acc.STOCK, "LX01", GEN, 5)
    await worth("2026-11-04", acc.STOCK, "LX02", GEN, -7)
    await worth("2026-11-05", acc.AGENCY_ASSETS, "LX01", AGE, -10)
    first = {("LX01", GEN): 100, ("LX01", EDU): 30}
    second = first | {("LX02", GEN): 7, ("LX01", AGE): 60}
    for day, then, now in (
        ("2026-11-01", {}, {}),
        ("2026-11-02", first, first),
        ("2026-11-03", second, second | {("LX01", GEN): 105}),
        (
            "2026-11-04",
            {("LX01", GEN): 100, ("LX02", GEN): 7, ("LX01", AGE): 60},
            {("LX01", GEN): 105, ("LX01", AGE): 60},
        ),
        (
            "2026-11-05",
            {("LX01", GEN): 100, ("LX02", GEN): 7, ("LX01", AGE): 60},
            {("LX01", GEN): 105, ("LX01", AGE): 50},
        ),
    ):
        assert await figures.stock_value(day, cut) == then, day
        assert await figures.stock_value(day, cut + 3) == now, day
