"""Kept sums: one line a gift, and of what went out one a posting of cost, by day and by month."""

from typing import Any

import pytest

from charity.ledger import accounts as acc
from charity.ledger import sums
from charity.ledger.memory import Memory
from charity.ledger.state import State
from charity.ledger.sums import DAYS, MONTHS

DAY = "2026-11-23"


def tallied(call: Any, **values: Any) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """What was added to the days; to the months exactly the same was."""
    memory = Memory()
    call(State(memory), **values)
    days = [(key, amounts) for table, key, amounts in memory.written.tallies if table is DAYS]
    months = [(key, amounts) for table, key, amounts in memory.written.tallies if table is MONTHS]
    assert months == [((key[0], key[1][:7], *key[2:]), amounts) for key, amounts in days]
    assert {key[1] for key, _ in months} <= {"2026-11"}
    return days


def test_a_gift_is_one_line() -> None:
    assert tallied(sums.income, day=DAY, fund="F", campaign="c", store=None, kind="cash", fen=-5, gifts=0) == [
        (("donations", DAY, "F", "c", "", "", "cash"), (1, -5, 0, 0, 0, 0))
    ]
    assert tallied(sums.income, day=DAY, fund="F", campaign=None, store="LX01", kind="in_kind", fen=7, gifts=1) == [
        (("donations", DAY, "F", "", "", "LX01", "in_kind"), (1, 7, 0, 0, 1, 0))
    ]


COST = (acc.money("5101", "F", "P"), acc.CNY, 5)
OTHER = (acc.money("5101", "G", "P"), acc.CNY, 6)
DEBT = (acc.money("2601", "F", "P"), acc.CNY, 7)
BANK = (acc.money("1002", "F", "B"), acc.CNY, -18)


@pytest.mark.parametrize(
    ("postings", "lines"),
    [
        ([COST, BANK], [("F", 5, 3, 3, 1)]),
        ([BANK, COST, OTHER, DEBT], [("F", 5, 3, 3, 1), ("G", 6, 0, 3, 0), ("F", 7, 0, 0, 0)]),
        ([DEBT, OTHER], [("F", 7, 0, 0, 1), ("G", 6, 3, 3, 0)]),
        ([BANK], []),
    ],
)
def test_people_count_once_an_entry_and_once_an_entry_and_fund_and_never_for_what_is_passed_on(
    postings: Any, lines: Any
) -> None:
    assert tallied(sums.outlay, day=DAY, postings=postings, programme="P01", recipients=3, payments=1) == [
        (("disbursements", DAY, fund, "", "P01", "", "cash"), (1, fen, entry, of_fund, 0, payment))
        for fund, fen, entry, of_fund, payment in lines
    ]


def test_a_payment_that_is_reversed_stands_no_more_and_both_stay_lines() -> None:
    (before,) = tallied(sums.outlay, day=DAY, postings=[COST], programme="P01", recipients=3, payments=1)
    back = [(account, unit, -fen) for account, unit, fen in [COST]]
    (after,) = tallied(sums.outlay, day=DAY, postings=back, programme="P01", recipients=-3, payments=-1)
    assert before[0] == after[0]
    assert tuple(map(sum, zip(before[1], after[1], strict=True))) == (2, 0, 0, 0, 0, 0)


def test_goods_without_value_are_a_line_of_nothing() -> None:
    goods = {"day": DAY, "programme": "P03", "store": "LX01", "recipients": -2, "payments": 0, "unvalued_of": "F"}
    key = ("disbursements", DAY, "F", "", "P03", "LX01", "in_kind")
    assert tallied(sums.outlay, postings=[], **goods) == [(key, (1, 0, -2, -2, 0, 0))]
    assert tallied(sums.outlay, postings=[COST], **goods) == [(key, (1, 5, -2, -2, 0, 0))]
