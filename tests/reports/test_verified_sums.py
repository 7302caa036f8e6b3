"""`charity verify`, the registers' part: each kept sum that is not what its lines add up to is named, and no other."""

from typing import Any

import pytest
import pytest_asyncio
from cast import Cast
from reports.given import give, noon, pay

from charity.db import transactions
from charity.reports import verify

AMOUNTS = ("lines", "amount_fen", "recipients", "recipients_of_fund", "gifts", "payments")
DAY_OFF = "{}：每日合计与明细相差 {lines} 行、{amount_fen} 分、{recipients} 人次，按基金计 {recipients_of_fund} 人次，捐赠 {gifts} 笔、拨付 {payments} 笔"
MONTH_OFF = "{}：每月合计与每日合计相差 {lines} 行、{amount_fen} 分、{recipients} 人次，按基金计 {recipients_of_fund} 人次，捐赠 {gifts} 笔、拨付 {payments} 笔"
OF = {
    "donations": ("捐赠台账", "F-GEN everyday cash"),
    "disbursements": ("拨付台账", "F-GEN P03 cash"),
}
"""What a failure calls a register, and the sum of its lines in October."""


@pytest_asyncio.fixture
async def october(house: Cast) -> Cast:
    """Lines of both registers on the first and on the last day of a month, and on no other."""
    for day in ("2026-10-01", "2026-10-31"):
        with noon(day):
            await give(house, 10_000)
            await pay(house, 1_000, "P03", "F-GEN")
    return house


async def change(sql: str, *values: Any) -> None:
    assert await transactions.run(lambda tx: tx.rows(sql, *values))


async def failures() -> list[str]:
    listed = await verify.run()
    assert {failure.invariant for failure in listed} <= {"I12"}
    return [failure.words for failure in listed]


def amounts(column: str, by: int) -> dict[str, int]:
    return dict.fromkeys(AMOUNTS, 0) | {column: by}


async def test_sums_that_are_what_their_lines_add_up_to_are_no_failure(october: Cast) -> None:
    assert await failures() == []


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-31"])
@pytest.mark.parametrize("column", AMOUNTS)
@pytest.mark.parametrize("register", OF)
async def test_a_sum_of_a_day_that_is_off_is_named_with_how_far(
    october: Cast, register: str, column: str, day: str
) -> None:
    sql = f"UPDATE day_sum SET {column} = {column} + 7 WHERE register = $1 AND day = $2 RETURNING day"
    await change(sql, register, day)
    label, what = OF[register]
    assert await failures() == [
        DAY_OFF.format(f"{label}（{day} {what}）", **amounts(column, 7)),
        MONTH_OFF.format(f"{label}（2026-10 {what}）", **amounts(column, -7)),
    ]


@pytest.mark.parametrize("column", AMOUNTS)
@pytest.mark.parametrize("register", OF)
async def test_a_sum_of_a_month_that_is_not_that_of_its_days_is_named(
    october: Cast, register: str, column: str
) -> None:
    await change(f"UPDATE month_sum SET {column} = {column} + 7 WHERE register = $1 RETURNING month", register)
    label, what = OF[register]
    assert await failures() == [MONTH_OFF.format(f"{label}（2026-10 {what}）", **amounts(column, 7))]


@pytest.mark.parametrize("register", OF)
async def test_lines_whose_sums_are_gone_are_named(october: Cast, register: str) -> None:
    for table in ("day_sum", "month_sum"):
        await change(f"DELETE FROM {table} WHERE register = $1 RETURNING fund", register)
    label, what = OF[register]
    fen, people = (10_000, 0) if register == "donations" else (1_000, 3)
    gone = {"lines": -1, "amount_fen": -fen, "recipients": -people, "recipients_of_fund": -people}
    gone |= {"gifts": -1, "payments": 0} if register == "donations" else {"gifts": 0, "payments": -1}
    days = ("2026-10-01", "2026-10-31")
    assert sorted(await failures()) == [DAY_OFF.format(f"{label}（{day} {what}）", **gone) for day in days]


@pytest.mark.parametrize(
    ("table", "column", "at"),
    [("day_sum", "day", "2025-12-31"), ("day_sum", "day", "2027-01-01"), ("month_sum", "month", "2025-12")],
)
@pytest.mark.parametrize("register", OF)
async def test_a_sum_before_or_after_all_lines_is_named(
    october: Cast, register: str, table: str, column: str, at: str
) -> None:
    keys = {"register": register, column: at, "fund": "F-EDU", "campaign": "", "programme": "P01", "store": "LX01"}
    row = keys | {"kind": "cash"} | amounts("lines", 2)
    await transactions.run(lambda tx: tx.insert(table, [row]))
    label, what = OF[register][0], f"{at} F-EDU P01 LX01 cash"
    month = f"{label}（{at[:7]} F-EDU P01 LX01 cash）"
    if table == "day_sum":
        expected = [DAY_OFF.format(f"{label}（{what}）", **amounts("lines", 2))]
        assert await failures() == [*expected, MONTH_OFF.format(month, **amounts("lines", -2))]
    else:
        assert await failures() == [MONTH_OFF.format(month, **amounts("lines", 2))]


async def test_the_months_are_those_from_the_first_line_or_sum_to_the_last(october: Cast) -> None:
    assert [await verify._months(register) for register in OF] == [["2026-10"]] * 2
    with noon("2027-02-01"):
        await give(october, 1)
    months = ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]
    assert [await verify._months(register) for register in OF] == [months, ["2026-10"]]
    assert await failures() == []


async def test_an_empty_house_has_nothing_to_verify(house: Cast) -> None:
    assert [await verify._months(register) for register in OF] == [[], []]
    assert await failures() == []


async def test_twenty_failures_are_shown(october: Cast) -> None:
    rows = [
        {"register": "donations", "day": "2026-10-15", "fund": "F-GEN", "campaign": f"c{n}", "programme": "",
         "store": "", "kind": "cash", **amounts("lines", 1)}
        for n in range(21)
    ]  # fmt: skip
    await transactions.run(lambda tx: tx.insert("day_sum", rows))
    assert len(await failures()) == 20
    assert len(await verify._month("donations", "2026-10")) == 20
    assert len(await verify._kept_month("donations", "2026-10")) == 20
