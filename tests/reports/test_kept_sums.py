"""Kept sums where they are read: the cut of a period by months, and the worth of a fund from months before it."""

from itertools import combinations_with_replacement
from typing import Any

import as_shown
import pytest
import pytest_asyncio
from cast import Cast
from giving.given import approved
from reports.given import REPORTS, RICE, SOAP, catalogue, give, noon, pay, read, take_in

from charity.db import reading
from charity.documents import facts
from charity.giving import refunds
from charity.goods import cards, points, till
from charity.goods.till import Line
from charity.ledger import figures
from charity.ledger import verify as ledger_verify
from charity.ledger.sums import INCOME, OUTLAY
from charity.printing.document import Filters
from charity.reports import kept, verify

YEAR = ("2026-01-01", "2026-12-31")
BORDERS = ("2026-08-15", "2026-08-31", "2026-09-01", "2026-09-15", "2026-09-30", "2026-10-01", "2026-10-15")


# -- the cut of a period --------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def autumn(house: Cast) -> Cast:
    """Lines of both registers on both sides of two borders of a month, a refund and a reversal among them."""
    with noon("2026-08-31"):
        await catalogue()
        await give(house, 10_000)
        returned = await give(house, 5_000, campaign="dream-2026")
        await take_in(house, RICE, 10, 2_500)
        await points.grant_cycle(by=house.caseworker)
        card = await cards.issue(household=house.household, by=house.caseworker)
        issued = await till.issue(store="LX01", card=card, lines=[Line(2, RICE)], by=house.clerk)
    with noon("2026-09-01"):
        await give(house, 7_000)
        asked = await refunds.request(
            returned, amount_fen=2_000, cause="mistaken", reason="重复付款", by=house.accountant
        )
        await approved(asked.body["number"], house.accountant2)
        await pay(house, 4_000, "P03", "F-GEN")
    with noon("2026-09-15"):
        await give(house, 300, campaign="dream-2026")
        await pay(house, 600, "P01", "F-EDU")
    with noon("2026-09-30"):
        await give(house, 1_100)
        await take_in(house, SOAP, 30)
        await till.issue(store="LX01", card=card, lines=[Line(3, SOAP)], by=house.clerk)
        await pay(house, 1_000, "P03", "F-GEN")
    with noon("2026-10-01"):
        await give(house, 900, campaign="dream-2026")
        await as_shown.reverse(number=issued.body["number"], reason="扫错卡", by=house.manager)
        await take_in(house, RICE, 1, 2_500)
        await pay(house, 500, "P03", "F-GEN")
        await pay(house, 200, "P01", "F-EDU")
    return house


def added_up(rows: list[dict[str, Any]], day: str, begin: str, end: str) -> dict[str, tuple[int, int, int]]:
    """Lines, fen and people of a register's own rows by month."""
    sums: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        if begin <= row[day] <= end:
            lines, fen, people = sums.get(row[day][:7], (0, 0, 0))
            amount = row["amount_fen"]
            fen += amount if isinstance(amount, int) else 0
            sums[row[day][:7]] = (lines + 1, fen, people + row.get("recipients", 0))
    return sums


async def of_months(register: str, filters: Filters, seq_max: int = 0) -> dict[str, tuple[int, int, int]]:
    """The same from the kept sums, up to a place in the journal; up to its end without one."""
    sums: dict[str, tuple[int, int, int]] = {}
    for row in await kept.by_month(register, filters, seq_max or await facts.head_seq()):
        lines, fen, people = sums.get(row["month"], (0, 0, 0))
        sums[row["month"]] = (lines + row["count"], fen + row["amount"], people + row["recipients"])
    return sums


@pytest.mark.parametrize("chosen", [{}, {"fund": "F-GEN"}, {"fund": "F-EDU"}], ids=["all", "F-GEN", "F-EDU"])
@pytest.mark.parametrize(("register", "day"), [(INCOME, "received_on"), (OUTLAY, "day")])
async def test_a_period_cut_anywhere_at_a_border_is_the_sum_of_its_rows(
    autumn: Cast, register: str, day: str, chosen: dict[str, str]
) -> None:
    rows, totals = await read(register, Filters.of(*YEAR, **chosen))
    assert totals.differences == []
    assert len({row[day] for row in rows}) > 1
    for begin, end in combinations_with_replacement(BORDERS, 2):
        filters = Filters.of(begin, end, **chosen)
        expected = added_up(rows, day, begin, end)
        assert await of_months(register, filters) == expected, (begin, end)
        shown, totals = await read(register, filters)
        assert (len(shown), totals.count, totals.differences) == (sum(n for n, _, _ in expected.values()),) * 2 + ([],)


@pytest.mark.parametrize("chosen", [{}, {"fund": "F-GEN"}], ids=["all", "F-GEN"])
async def test_what_is_booked_later_into_a_period_is_taken_off_again_at_its_borders(
    autumn: Cast, chosen: dict[str, str]
) -> None:
    seq = await facts.head_seq()
    periods = [Filters.of(begin, end, **chosen) for begin, end in combinations_with_replacement(BORDERS, 2)]
    before = [[await of_months(register, period) for period in periods] for register in (INCOME, OUTLAY)]
    with noon("2026-10-01"):
        for day in ("2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01"):
            await give(autumn, 17, received_on=day)
        await pay(autumn, 13, "P03", "F-GEN")
    assert [[await of_months(register, p, seq) for p in periods] for register in (INCOME, OUTLAY)] == before
    assert [[await of_months(register, p) for p in periods] for register in (INCOME, OUTLAY)] != before


async def test_the_autumn_has_lines_of_every_kind_at_its_borders(autumn: Cast) -> None:
    """What the sums above are made of, by value."""
    assert await of_months(INCOME, Filters.of(*YEAR)) == {
        "2026-08": (3, 10_000 + 5_000 + 25_000, 0),
        "2026-09": (5, 7_000 - 2_000 + 300 + 1_100, 0),
        "2026-10": (2, 900 + 2_500, 0),
    }
    assert await of_months(OUTLAY, Filters.of(*YEAR)) == {
        "2026-08": (1, 5_000, 1),
        "2026-09": (4, 4_000 + 600 + 1_000, 10),
        "2026-10": (3, 500 + 200 - 5_000, 5),
    }


async def test_verify_is_content_with_a_month_in_which_a_fund_paid_more_than_came_in(autumn: Cast) -> None:
    assert await reading.value("SELECT MIN(worth_fen) FROM fund_month WHERE month = '2026-09'") == 300 - 2_000 - 600
    assert await ledger_verify.run() == []
    assert await verify.run() == []


# -- the worth of a fund --------------------------------------------------------------------------------


async def balances(seq_max: int, begin: str = "2026-12-01") -> list[tuple[str, int]]:
    """The day and the balance of the fund in each row of D7."""
    page = await REPORTS[OUTLAY].page(Filters.of(begin, "2026-12-31", fund="F-GEN"), seq_max, None, 100)
    return [(row["day"], row["balance_fen"]) for row in page.rows]


async def test_the_balance_of_a_fund_counts_the_months_before_the_period_once(house: Cast) -> None:
    for day, fen in (("2026-10-08", 10_000), ("2026-11-30", 5_000), ("2026-12-01", 700)):
        with noon(day):
            await give(house, fen)
    with noon("2026-12-10"):
        await pay(house, 4_000, "P03", "F-GEN")
    seq = await facts.head_seq()
    assert await balances(seq) == [("2026-12-10", 11_700)]
    with noon("2026-12-20"):
        await pay(house, 1_000, "P03", "F-GEN")
        await give(house, 333, received_on="2026-10-20")
        await give(house, 44, received_on="2026-11-30")
        await give(house, 5, received_on="2026-12-05")
        await give(house, 90_000, campaign="dream-2026")
    assert await balances(seq) == [("2026-12-10", 11_700)]
    later = 333 + 44 + 5
    expected = [("2026-12-10", 11_700 + later), ("2026-12-20", 10_700 + later)]
    assert await balances(await facts.head_seq()) == expected
    assert await balances(await facts.head_seq(), "2026-10-01") == expected


async def test_what_a_fund_was_worth_before_its_first_day_is_the_first_line(house: Cast) -> None:
    for day, fen in (("2026-10-08", 10_000), ("2026-11-30", 5_000), ("2026-12-01", 700), ("2026-12-09", 60)):
        with noon(day):
            await give(house, fen)
    seq = await facts.head_seq()
    for day, lines in (
        ("2026-12-01", [("", 15_000), ("2026-12-01", 15_700)]),
        ("2026-11-30", [("", 10_000), ("2026-11-30", 15_000)]),
        ("2026-12-10", [("", 15_760)]),
        ("2026-10-08", [("2026-10-08", 10_000)]),
    ):
        assert await figures.worth_by_day(["F-GEN"], [day], seq) == {"F-GEN": lines}, day
