"""The running state of a batch by itself: what an entry does to it, where each bound lies, and that an undo leaves no trace."""

import copy
import json
from dataclasses import asdict
from typing import Any

import pytest

from charity import words
from charity.errors import Refusal
from charity.giving.models import CAMPAIGN
from charity.ledger import accounts as acc
from charity.ledger import canonical, writing
from charity.ledger.commands import Answer, Command, Wants
from charity.ledger.memory import Fund, Memory, Written
from charity.ledger.models import PAYMENT_NUMBER, PaymentNumberRow
from charity.ledger.state import FUND_SUMS, Flows, State
from charity.ledger.streams import Stream
from charity.ledger.sums import DAYS

GEN, EDU = "F-GEN", "F-EDU"
SHELF, LOT, DAY = acc.shelf("LX01"), acc.lot("B1"), "2026-11-23"
EARLY, LATE = "2026-11-23T00:00:00.000000Z", "2026-11-23T01:00:00.000000Z"
BANKS = [(acc.money("1002", fund, "B"), acc.CNY) for fund in (GEN, EDU)]
WANTS = Wants(
    holdings=[(SHELF, LOT), *BANKS],
    funds=[GEN, EDU, "F-NO"],
    series=[("test", 2026)],
    rows=[(CAMPAIGN, "x"), (CAMPAIGN, "no")],
)


def bank(fund: str, fen: int) -> tuple[str, str, int]:
    return acc.money("1002", fund, "B"), acc.CNY, fen


def memory() -> Memory:
    made = Memory()
    made.funds = {GEN: Fund(GEN, "一般", "unrestricted", ()), EDU: Fund(EDU, "助学", "restricted", ("P01",))}
    made.streams = {GEN: Stream(GEN, 100, 0, [(0, 100)]), EDU: Stream(EDU, 50, 20, [(20, 50)])}
    made.holdings = {(SHELF, LOT): 5, BANKS[0]: 2**53, BANKS[1]: 50}
    made.since = {account: "" for account, _ in BANKS}
    made.later = {account: {} for account, _ in BANKS}
    made.series = {("test", 2026): 3}
    made.rows = {(CAMPAIGN, "x"): {"slug": "x", "goal_fen": 1}, (CAMPAIGN, "no"): None}
    return made


def begun(kept: Memory, wants: Wants = WANTS, *, closed: str = "", alone: bool = False, at: str = LATE) -> State:
    state = State(kept)
    state.start(7, "leaf7", EARLY, closed)
    command = Command(lambda _: Answer(200, {}), wants, alone=alone)
    command.at = at
    state.begin(command)
    return state


def post(state: State, *lines: tuple[str, str, int], **more: Any) -> Any:
    facts = {name: more.pop(name) for name in ("programme",) if name in more}
    return state.post("x", lines, effective_on=more.pop("day", DAY), actor="a", facts=facts, **more)


def number(key: str, holder: str) -> PaymentNumberRow:
    return PaymentNumberRow(key=key, kind="gift", holder=holder, lines=1, number="")


def everything(state: State) -> None:
    """An entry with every flow, goods beside it, a number, a sum, and rows added and changed."""
    post(
        state,
        bank(GEN, 0 - 6 - 4 + 9), (acc.money("5101", GEN, "P01"), acc.CNY, 1),
        (SHELF, LOT, -2), (acc.HOUSEHOLDS, LOT, 2),
        programme="P01",
        flows=Flows(
            release=[(EDU, [(0, 5), (7, 9)])], refund=[(EDU, [(45, 50)])], spend=[(GEN, 6)], move=[(GEN, 4)],
            receive=[(GEN, 9)], own=[(EDU, (10, 12), 3)],
        ),
    )  # fmt: skip
    state.number("test", 2026)
    state.change(CAMPAIGN, "x", goal_fen=2)
    state.change(CAMPAIGN, "x", goal_fen=3)
    state.add(PAYMENT_NUMBER, number("bank:1", "d"))
    state.change(PAYMENT_NUMBER, "bank:1", holder="e")
    state.tally(DAYS, ("r", DAY, "", "", "", "", ""), 1, 2, 3, 4, 5, 6)


def test_an_entry_is_written_down_with_its_flows_and_its_hash() -> None:
    kept = memory()
    state = begun(kept)
    everything(state)
    written = kept.written
    ((seq, key, kind, at, day, party, actor, text, leaf, prev, reverses),) = written.entries
    assert (seq, kind, at, day, party, actor, prev, reverses) == (8, "x", LATE, DAY, "", "a", "leaf7", None)
    body = json.loads(text)
    assert (state.seq, state.leaf, leaf) == (8, leaf, canonical.leaf(text))
    assert body == {
        "v": 1, "seq": 8, "id": key, "kind": "x", "recorded_at": LATE, "effective_on": DAY, "party": "", "actor": "a",
        "facts": {"programme": "P01"}, "prev": "leaf7",
        "postings": [["1002/B/F-GEN", "CNY", -1], ["5101/P01/F-GEN", "CNY", 1], [SHELF, LOT, -2],
                     ["world:households", LOT, 2]],
        "flows": {
            "moved": [[GEN, [[6, 10]]]], "received": [[GEN, [[100, 109]]]], "refunded": [[EDU, [[45, 50]]]],
            "released": [[EDU, [[0, 5], [7, 9]]]], "owned": [[EDU, 10, 12, 3]], "spent": [[GEN, [[0, 6]]]],
        },
    }  # fmt: skip
    assert [(s, n, account) for s, n, account, _, _ in written.postings] == [
        (8, 1, "1002/B/F-GEN"), (8, 2, "5101/P01/F-GEN"), (8, 3, SHELF), (8, 4, acc.HOUSEHOLDS),
    ]  # fmt: skip
    assert written.days == [DAY] * 4
    assert written.inflows == [(GEN, 100, 109, 8)]
    assert written.segments == [(EDU, 45, 50, 8, "refunded"), (GEN, 0, 6, 8, "spent"), (GEN, 6, 10, 8, "moved")]
    assert written.releases == [(EDU, 0, 5), (EDU, 7, 9)]
    assert written.owned == [(EDU, 10, 12, 3)]
    assert written.streams() == {GEN, EDU}
    assert written.tallies == [(FUND_SUMS, (GEN,), (6,)), (DAYS, ("r", DAY, "", "", "", "", ""), (1, 2, 3, 4, 5, 6))]
    assert written.rows == [(PAYMENT_NUMBER, number("bank:1", "e"))]
    assert written.changes == [(CAMPAIGN, "x", {"goal_fen": 2}), (CAMPAIGN, "x", {"goal_fen": 3})]
    assert kept.holdings == {(SHELF, LOT): 3, BANKS[0]: 2**53 - 1, BANKS[1]: 50}
    assert (kept.arrived, kept.series) == ({}, {("test", 2026): 4})
    assert kept.rows[CAMPAIGN, "x"] == {"slug": "x", "goal_fen": 3}
    assert {f: (s.inflow, s.outflow, s.free) for f, s in kept.streams.items()} == {
        GEN: (109, 10, [(10, 109)]),
        EDU: (50, 18, [(0, 5), (7, 9), (20, 45)]),
    }


def test_an_undo_leaves_no_trace_and_what_came_before_it_stays() -> None:
    kept = memory()
    state = begun(kept)
    post(state, bank(GEN, 3), (acc.money("4101", GEN), acc.CNY, -3), flows=Flows(receive=[(GEN, 3)]))
    state.begin(Command(lambda _: Answer(200, {}), WANTS))
    before = {name: dict(getattr(kept, name)) for name in ("holdings", "arrived", "series", "rows")}
    before["streams"] = copy.deepcopy(kept.streams)
    written, head = asdict(kept.written), (state.seq, state.leaf, state.at)
    everything(state)
    state.undo()
    assert {name: getattr(kept, name) for name in before} == before
    assert (asdict(kept.written), (state.seq, state.leaf, state.at)) == (written, head)
    assert len(kept.written.entries) == 1
    everything(state)
    assert state.seq == 9


def test_lists_are_cut_where_they_ended() -> None:
    written = Written(days=["a"], inflows=[("F", 0, 1, 1)])
    lengths = written.lengths()
    written.days.append("b")
    written.segments.append(("F", 0, 1, 1, "spent"))
    written.cut(lengths)
    assert (written.days, written.inflows, written.segments) == (["a"], [("F", 0, 1, 1)], [])


def test_the_instant_of_a_command_never_goes_back() -> None:
    assert begun(memory(), at=LATE).now == LATE
    assert begun(memory(), at="2020-01-01T00:00:00.000000Z").now == EARLY


@pytest.mark.parametrize(
    ("closed", "day", "booked"),
    [
        ("", "2026-10-31", "2026-10-31"),
        ("2026-10-31", "2026-10-01", "2026-11-01"),
        ("2026-10-31", "2026-10-31", "2026-11-01"),
        ("2026-10-31", "2026-11-01", "2026-11-01"),
        ("2026-12-31", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_day_of_a_closed_period_is_booked_on_the_first_open_one(closed: str, day: str, booked: str) -> None:
    state = begun(memory(), closed=closed)
    assert state.open_day(day) == booked
    assert post(state, bank(GEN, 1), bank(GEN, -1), day=day).effective_on == booked


# -- bounds ---------------------------------------------------------------------------------------------


def test_a_bounded_place_gives_what_it_holds_and_no_piece_more() -> None:
    state = begun(memory())
    post(state, (SHELF, LOT, -5), (acc.HOUSEHOLDS, LOT, 5))
    assert state.balance(SHELF, LOT) == 0
    post(state, (SHELF, LOT, 2), (acc.DONORS, LOT, -2))
    with pytest.raises(Refusal) as refused:
        post(state, (SHELF, LOT, -3), (acc.HOUSEHOLDS, LOT, 3))
    assert (refused.value.code, refused.value.facts) == (
        "holding.short", {"account": SHELF, "unit": LOT, "left": 2, "needed": 3},
    )  # fmt: skip


def test_a_place_of_money_gives_what_it_holds_and_the_refusal_says_where_there_is_more() -> None:
    till = (acc.money("1001", EDU), acc.CNY)
    kept = memory()
    kept.holdings |= {BANKS[1]: 30, till: 1_200, (acc.money("1009", EDU, "WX"), acc.CNY): 0}
    wants = Wants(holdings=[BANKS[1], till, BANKS[0], (acc.money("1009", EDU, "WX"), acc.CNY)], funds=[EDU])
    state = begun(kept, wants)
    cost = acc.money("5101", EDU)
    post(state, bank(EDU, -30), (cost, acc.CNY, 30), programme="P01")
    post(state, bank(EDU, 5), (cost, acc.CNY, -5), programme="P01")
    with pytest.raises(Refusal) as refused:
        post(state, bank(EDU, -6), (cost, acc.CNY, 6), programme="P01")
    assert refused.value.code == "fund_place.short"
    assert words.say(refused.value.words, **refused.value.facts) == (
        "“助学”在“银行存款 B”只有 0.05 元，需要 0.06 元。该基金的钱还在：现金 12.00 元。请先办理资金划转"
    )
    with words.speaking("en"):
        english = words.say(refused.value.words, **refused.value.facts)
    assert "has only 0.05 yuan in Bank deposits B and needs 0.06; its money is in: Cash 12.00 yuan" in english


def test_money_comes_in_unread_and_leaves_only_a_place_that_was_named() -> None:
    kept, gifts = memory(), acc.money("4101", GEN)
    kept.holdings = {BANKS[1]: 7}
    state = begun(kept, Wants(funds=[GEN, EDU]))
    for fund in (GEN, EDU):
        post(state, bank(fund, 3), (acc.money("4101", fund), acc.CNY, -3))
    post(state, bank(GEN, 4), (gifts, acc.CNY, -4))
    assert (kept.arrived, kept.holdings) == ({BANKS[0]: 7}, {BANKS[1]: 10})
    with pytest.raises(AssertionError, match="was not named"):
        post(state, bank(GEN, -1), (gifts, acc.CNY, 1))
    state.undo()
    assert (kept.arrived, kept.holdings) == ({}, {BANKS[1]: 7})


def test_a_place_that_ran_below_zero_long_ago_is_filled_and_gives_nothing() -> None:
    kept, gifts = memory(), acc.money("4101", GEN)
    kept.holdings[BANKS[0]] = -10
    state = begun(kept)
    post(state, bank(GEN, 4), (gifts, acc.CNY, -4))
    assert state.balance(*BANKS[0]) == -6
    with pytest.raises(Refusal, match=r"fund_place\.short"):
        post(state, bank(GEN, -1), (gifts, acc.CNY, 1))


@pytest.mark.parametrize("name", ["spend", "move"])
def test_a_fund_pays_what_its_stream_has_and_no_fen_more(name: str) -> None:
    cost = (acc.money("5101", EDU), acc.CNY, 30)
    state = begun(memory())
    post(state, cost, bank(EDU, -30), programme="P01", flows=Flows(**{name: [(EDU, 30)]}))
    assert state.available(EDU) == 0
    with pytest.raises(Refusal) as refused:
        post(begun(memory()), cost, bank(EDU, -30), programme="P01", flows=Flows(**{name: [(EDU, 31)]}))
    assert (refused.value.code, refused.value.facts) == (
        "fund.short", {"fund": EDU, "available_yuan": "0.30", "needed_yuan": "0.31"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "balanced"),
    [
        ([bank(GEN, 1), bank(GEN, -1)], True),
        ([bank(GEN, 1), bank(EDU, -1)], False),
        ([bank(GEN, 1)], False),
        ([], False),
        ([bank(GEN, 0)], False),
        ([(SHELF, LOT, 1), (acc.DONORS, LOT, -1)], True),
        ([(SHELF, LOT, 1), (acc.DONORS, acc.lot("B2"), -1)], False),
        ([("5101/P/F-GEN", LOT, 1), ("5101/P/F-EDU", LOT, -1)], True),
        ([bank(GEN, 2**53 - 1), bank(GEN, -(2**53) + 1)], True),
        ([bank(GEN, 2**53), bank(GEN, -(2**53))], False),
        ([bank(GEN, 1), bank(GEN, -1)] * 500, True),
        ([bank(GEN, 1), bank(GEN, -1)] * 500 + [bank(GEN, 1), bank(GEN, -1)], False),
    ],
)
def test_postings_sum_to_zero_by_unit_and_money_by_fund(lines: list[Any], balanced: bool) -> None:  # noqa: FBT001
    state = begun(memory())
    if balanced:
        assert post(state, *lines, programme="P01").seq == 8
        return
    with pytest.raises(AssertionError):
        post(state, *lines, programme="P01")


@pytest.mark.parametrize(("alone", "most"), [(False, 100), (True, 5_000)])
def test_a_command_has_so_many_entries_and_no_more(alone: bool, most: int) -> None:  # noqa: FBT001
    state = begun(memory(), alone=alone)
    for _ in range(most):
        post(state, bank(GEN, 1), bank(GEN, -1))
    with pytest.raises(AssertionError, match="alone"):
        post(state, bank(GEN, 1), bank(GEN, -1))


COST, BACK = (acc.money("5101", GEN), acc.CNY, 1), bank(GEN, -1)


@pytest.mark.parametrize(
    ("lines", "more", "fault"),
    [
        ((COST, BACK), {}, True),
        ((BACK, COST), {}, True),
        ((COST, BACK), {"reverses": 3}, False),
        ((COST, BACK), {"programme": "P77"}, False),
        (((COST[0], acc.CNY, -1), bank(GEN, 1)), {}, False),
        ((bank(GEN, 1), bank(GEN, -1)), {"flows": Flows(spend=[(GEN, 1)])}, True),
        ((bank(GEN, 1), bank(GEN, -1)), {"flows": Flows(spend=[(GEN, 1)]), "reverses": 3}, False),
        ((bank(GEN, 1), bank(GEN, -1)), {"flows": Flows(move=[(GEN, 1)])}, False),
    ],
)
def test_cost_and_what_a_stream_spends_is_for_a_programme(lines: Any, more: Any, fault: bool) -> None:  # noqa: FBT001
    state = begun(memory())
    if fault:
        with pytest.raises(AssertionError, match="I8"):
            post(state, *lines, **more)
        return
    assert post(state, *lines, **more).seq == 8


def test_a_restricted_fund_is_asked_for_its_programmes_except_by_a_reversal() -> None:
    lines = (bank(EDU, 1), bank(EDU, -1), bank(GEN, 1), bank(GEN, -1), (SHELF, LOT, 1), (acc.DONORS, LOT, -1))
    assert post(begun(memory()), *lines, programme="P01").seq == 8
    assert post(begun(memory()), *lines, programme="P02", reverses=3).seq == 8
    with pytest.raises(Refusal) as refused:
        post(begun(memory()), *lines, programme="P02")
    assert (refused.value.code, refused.value.facts) == ("fund.not_for", {"fund": EDU, "programme": "P02"})


# -- rows ------------------------------------------------------------------------------------------------


def test_a_row_that_is_not_there_cannot_be_changed_and_a_sum_has_its_shape() -> None:
    state = begun(memory())
    assert state.row(CAMPAIGN, "no") is None
    with pytest.raises(AssertionError, match="no"):
        state.change(CAMPAIGN, "no", goal_fen=1)
    for key, amounts in ((("a", "b"), (1,)), (("a",), (1, 2))):
        with pytest.raises(AssertionError):
            state.tally(FUND_SUMS, key, *amounts)


def test_added_rows_are_those_of_the_table_with_all_the_values() -> None:
    state = begun(memory())
    for key, holder in (("bank:1", "d"), ("bank:2", "d"), ("bank:3", "e")):
        state.add(PAYMENT_NUMBER, number(key, holder))
    state.begin(Command(lambda _: Answer(200, {})))
    assert state.added(CAMPAIGN, {}) == []
    assert state.added(PAYMENT_NUMBER, {"key": "bank:2", "holder": "e"}) == []
    with pytest.raises(AssertionError, match="was not named"):
        state.row(PAYMENT_NUMBER, "bank:2")
    assert state.added(PAYMENT_NUMBER, {"key": "bank:2", "holder": "d"}) == [number("bank:2", "d")]
    assert state.row(PAYMENT_NUMBER, "bank:2") == number("bank:2", "d")
    state.change(PAYMENT_NUMBER, "bank:2", holder="f")
    assert [row["key"] for row in state.added(PAYMENT_NUMBER, {"holder": "d"})] == ["bank:1"]


# -- what a batch writes of it ----------------------------------------------------------------------------


def test_a_batch_adds_up_before_it_writes() -> None:
    kept = memory()
    state = begun(kept)
    gifts, cost = acc.money("4101", GEN), acc.money("5101", GEN)
    post(state, bank(GEN, 9), (gifts, acc.CNY, -9), day="2026-10-31")
    post(state, bank(GEN, 1), (gifts, acc.CNY, -1), day="2026-11-01")
    post(state, bank(GEN, -4), (cost, acc.CNY, 4), day="2026-11-30", programme="P01")
    post(state, bank(GEN, 1), bank(GEN, -1), day="2026-11-30")
    post(state, (SHELF, LOT, 1), (acc.DONORS, LOT, -1), day="2026-11-30")
    codes = (bank(GEN, 0)[0], gifts, cost, SHELF, acc.DONORS)
    ids = writing.Ids({code: n for n, code in enumerate(codes, 1)}, {acc.CNY: 1, LOT: 2})
    assert writing._turnover(ids, kept.written) == [
        (1, 1, "2026-10-31", 9, 0), (1, 1, "2026-11-01", 1, 0), (1, 1, "2026-11-30", 1, 5), (2, 1, "2026-10-31", 0, 9),
        (2, 1, "2026-11-01", 0, 1), (3, 1, "2026-11-30", 4, 0), (4, 2, "2026-11-30", 1, 0), (5, 2, "2026-11-30", 0, 1),
    ]  # fmt: skip
    assert writing._worths(kept.written) == [(GEN, "2026-10", 9), (GEN, "2026-11", 1 - 4)]
    kept.held = {(SHELF, LOT)}
    added, stored, new = writing._holdings(kept, ids)
    assert added[1] == [(2, 1, -10, None), (3, 1, 4, None), (5, 2, -1, None)]
    assert (stored[1], new[1]) == ([(4, 2, 6)], [(1, 1, 2**53 + 6)])
    kept.held = {BANKS[0]}
    assert [list(rows) for _, rows in writing._holdings(kept, ids)[1:]] == [[(1, 1, 2**53 + 6)], [(4, 2, 6)]]


def test_a_bank_that_nobody_read_is_added_to() -> None:
    kept = memory()
    kept.holdings.clear()
    post(begun(kept), bank(GEN, 9), (acc.money("4101", GEN), acc.CNY, -9))
    ids = writing.Ids({bank(GEN, 0)[0]: 1, acc.money("4101", GEN): 2}, {acc.CNY: 1})
    assert [list(rows) for _, rows in writing._holdings(kept, ids)] == [[(1, 1, 9, 0), (2, 1, -9, None)], [], []]


def test_sums_of_a_batch_are_one_row_a_key_in_the_order_of_the_keys() -> None:
    kept = memory()
    state = begun(kept)
    for fund, fen in ((GEN, 1), (EDU, 2), (GEN, 4)):
        state.tally(FUND_SUMS, (fund,), fen)
    assert [rows for _, rows in writing._tallies(kept.written)] == [[(EDU, 2), (GEN, 5)]]


def test_numbers_that_were_drawn_are_written_and_a_series_nobody_drew_from_is_not() -> None:
    kept = Memory(series={("a", 2026): 4, ("b", 2026): 2, ("c", 2026): 1}, started={("a", 2026)})
    assert [rows for _, rows in writing._series(kept)] == [[("a", 2026, 4)], [("b", 2026, 2)]]
