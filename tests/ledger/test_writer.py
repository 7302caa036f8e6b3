"""The writer's contract: what a command did not name it cannot read, facts are loaded, large commands are alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from cast import Cast

from charity.errors import Refusal, Rule
from charity.giving.models import CAMPAIGN
from charity.ledger import accounts as acc
from charity.ledger import state as ledger_state
from charity.ledger import verify, writer
from charity.ledger.loading import Loader
from charity.ledger.models import PAYMENT_NUMBER, PaymentNumberRow
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Wants

DAY = "2026-11-23"
SHELF, LOT = acc.shelf("LX01"), acc.lot("B23456789AB")
GENEROUS = Wants(
    holdings=[(SHELF, LOT)],
    funds=["F-GEN", "F-EDU", "F-NONE"],
    series=[("test", 2026)],
    rows=[(CAMPAIGN, "everyday"), (CAMPAIGN, "nowhere")],
)


@pytest_asyncio.fixture
async def house(house: Cast) -> AsyncIterator[Cast]:
    yield house
    assert await verify.run() == []


def cash(fund: str = "F-GEN", fen: int = 5) -> dict[str, Any]:
    lines = [(acc.money("1002", fund, "B"), acc.CNY, fen), (acc.money("4101", fund), acc.CNY, -fen)]
    return {
        "kind": "gift.cash",
        "postings": lines,
        "effective_on": DAY,
        "actor": "x",
        "flows": Flows(receive=[(fund, fen)]),
    }


def nothing(state: State) -> Answer:
    return Answer(200, {"now": state.now})


async def together(*commands: Command) -> list[Any]:
    """The outcomes of commands that meet in one batch: nothing is awaited between their submissions."""
    return await asyncio.gather(*(writer.submit(c) for c in commands), return_exceptions=True)


READS: dict[str, tuple[Wants, Callable[[State], Any], Any]] = {
    "a holding": (Wants(holdings=[(SHELF, LOT)]), lambda s: s.balance(SHELF, LOT), 0),
    "a fund": (Wants(funds=["F-GEN"]), lambda s: s.fund("F-GEN").code, "F-GEN"),
    "a fund's money": (Wants(funds=["F-GEN"]), lambda s: s.available("F-GEN"), 0),
    "a stream": (Wants(funds=["F-GEN"]), lambda s: s.stream("F-GEN").inflow, 0),
    "a series": (Wants(series=[("test", 2026)]), lambda s: s.number("test", 2026), 1),
    "a row": (Wants(rows=[(CAMPAIGN, "everyday")]), lambda s: (s.row(CAMPAIGN, "everyday") or {})["goal_fen"], None),
    "a row that is not there": (Wants(rows=[(CAMPAIGN, "nowhere")]), lambda s: s.row(CAMPAIGN, "nowhere"), None),
    "a row to change": (
        Wants(rows=[(CAMPAIGN, "everyday")]),
        lambda s: s.change(CAMPAIGN, "everyday", goal_fen=1),
        None,
    ),
    "a bounded place": (
        Wants(holdings=[(SHELF, LOT)]),
        lambda s: s.post("x", [(SHELF, LOT, 1), (acc.DONORS, LOT, -1)], effective_on=DAY, actor="x").seq,
        1,
    ),
    "a stream to fill": (Wants(funds=["F-GEN"]), lambda s: s.post(**cash()).seq, 1),
}


@pytest.mark.parametrize("name", READS)
async def test_a_command_reads_what_it_named_and_nothing_else_whatever_its_neighbours_named(
    house: Cast, name: str
) -> None:
    wants, read, expected = READS[name]

    def decide(state: State) -> Answer:
        return Answer(200, {"read": read(state)})

    before, unnamed, after = await together(Command(nothing, GENEROUS), Command(decide), Command(nothing, GENEROUS))
    assert isinstance(unnamed, AssertionError), unnamed
    assert "was not named" in str(unnamed)
    assert isinstance(before, Answer)
    assert isinstance(after, Answer)
    _, named = await together(Command(nothing, GENEROUS), Command(decide, wants))
    assert named.body["read"] == expected


@pytest.mark.parametrize(
    "read", [lambda s: s.fund("F-NONE"), lambda s: s.available("F-NONE"), lambda s: s.post(**cash("F-NONE"))]
)
async def test_a_fund_that_is_named_and_not_there_is_refused(house: Cast, read: Callable[[State], Any]) -> None:
    def decide(state: State) -> Answer:
        return Answer(200, {"read": read(state)})

    with pytest.raises(Refusal) as refused:
        await writer.submit(Command(decide, Wants(funds=["F-NONE"])))
    assert refused.value.code == "fund.unknown"


async def test_what_a_load_reads_is_named_for_its_own_command_only(house: Cast) -> None:
    async def load(loader: Loader) -> str:
        await loader.funds(["F-EDU"])
        await loader.series([("test", 2026)])
        await loader.holdings([(SHELF, LOT)])
        row = await loader.row(CAMPAIGN, "everyday")
        assert row is not None
        return row["slug"]

    def decide(state: State, slug: str) -> Answer:
        return Answer(200, {"slug": slug, "n": state.number("test", 2026), "fund": state.fund("F-EDU").code})

    def unnamed(state: State) -> Answer:
        return Answer(200, {"fund": state.fund("F-EDU").code})

    first, other = await together(Command(decide, load=load), Command(unnamed))
    assert first.body == {"slug": "everyday", "n": 1, "fund": "F-EDU"}
    assert isinstance(other, AssertionError)


async def test_a_refusal_of_a_load_drops_only_its_command(house: Cast) -> None:
    async def load(loader: Loader) -> None:
        await loader.row(CAMPAIGN, "everyday")
        raise Refusal("no", "不行")

    def decide(state: State, facts: None) -> Answer:
        raise AssertionError(state.now, facts)

    def counted(state: State) -> Answer:
        return Answer(200, {"n": state.number("test", 2026)})

    wants = Wants(series=[("test", 2026)])
    outcomes = await together(Command(counted, wants), Command(decide, load=load), Command(counted, wants))
    assert isinstance(outcomes[1], Refusal)
    assert [outcomes[0].body["n"], outcomes[2].body["n"]] == [1, 2]


# -- I8 ------------------------------------------------------------------------------------------------


def spending(fund: str, **facts: Any) -> Callable[[State], Answer]:
    def decide(state: State) -> Answer:
        lines = [(acc.money(acc.COST, fund, "P05"), acc.CNY, 5), (acc.money("1002", fund, "B"), acc.CNY, -5)]
        flows = Flows(spend=[(fund, 5)]) if facts.get("programme") else None
        return Answer(201, {"seq": state.post("x", lines, effective_on=DAY, actor="x", facts=facts, flows=flows).seq})

    return decide


async def test_money_for_a_programme_of_a_fund_that_was_not_named_is_a_fault_and_never_passes(house: Cast) -> None:
    wants = Wants(holdings=[(acc.money("1002", "F-EDU", "B"), acc.CNY)], funds=["F-EDU"])
    await writer.submit(Command(lambda s: Answer(201, {"seq": s.post(**cash("F-EDU")).seq}), wants))
    _, omitted = await together(Command(nothing, wants), Command(spending("F-EDU", programme="P05")))
    assert isinstance(omitted, AssertionError)
    with pytest.raises(Refusal) as refused:
        await writer.submit(Command(spending("F-EDU", programme="P05"), wants))
    assert refused.value.code == "fund.not_for"
    assert (await writer.submit(Command(spending("F-EDU", programme="P01"), wants))).body["seq"] == 2


@pytest.mark.parametrize("facts", [{}, {"programme": None}])
async def test_cost_without_a_programme_is_a_fault(house: Cast, facts: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="I8"):
        await writer.submit(Command(spending("F-GEN", **facts), Wants(funds=["F-GEN"])))


# -- rows of a batch -----------------------------------------------------------------------------------


def referring(key: str, *, fail: bool = False) -> Command:
    def decide(state: State) -> Answer:
        state.add(PAYMENT_NUMBER, PaymentNumberRow(kind="gift", lines=1, number="", key=key, holder="none"))
        state.change(PAYMENT_NUMBER, key, holder="first")
        if fail:
            raise Refusal("no", "不行")
        return Answer(201, {})

    return Command(decide)


async def test_a_load_sees_the_rows_that_earlier_commands_added_as_they_stand(house: Cast) -> None:
    seen: list[list[PaymentNumberRow]] = []

    async def load(loader: Loader) -> list[PaymentNumberRow]:
        return loader.added(PAYMENT_NUMBER, holder="first")

    def moved(state: State, rows: list[PaymentNumberRow]) -> Answer:
        seen.append(rows)
        state.change(PAYMENT_NUMBER, rows[0]["key"], holder="second")
        return Answer(200, {})

    def late(state: State, rows: list[PaymentNumberRow]) -> Answer:
        seen.append(rows)
        raise Refusal("no", "不行")

    outcomes = await together(
        referring("bank:1"), referring("bank:2", fail=True), Command(moved, load=load), Command(late, load=load)
    )
    assert [type(o) for o in outcomes] == [Answer, Refusal, Answer, Refusal]
    assert seen == [[PaymentNumberRow(key="bank:1", kind="gift", holder="first", lines=1, number="")], []]


async def test_a_column_that_the_table_does_not_have_is_a_fault(house: Cast) -> None:
    def decide(state: State) -> Answer:
        state.change(CAMPAIGN, "everyday", goal=1)
        return Answer(200, {})

    with pytest.raises(AssertionError, match="goal"):
        await writer.submit(Command(decide, Wants(rows=[(CAMPAIGN, "everyday")])))


# -- large commands -----------------------------------------------------------------------------------


def many(count: int, *, alone: bool) -> Command:
    def decide(state: State) -> Answer:
        for _ in range(count):
            state.post(**cash())
        return Answer(201, {"seq": state.seq})

    return Command(decide, Wants(funds=["F-GEN"]), alone=alone)


async def test_a_large_command_is_alone_and_bounded(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_state, "ENTRIES_MAX", 150)
    limit = ledger_state.ENTRIES_BESIDE_MAX
    sizes: list[int] = []
    running = writer._writer
    assert running is not None
    real = running._write

    async def spied(commands: list[Command], tx: Any) -> writer.Batch:
        sizes.append(len(commands))
        return await real(commands, tx)

    monkeypatch.setattr(running, "_write", spied)
    outcomes = await together(
        many(1, alone=False),
        many(limit, alone=False),
        many(150, alone=True),
        many(151, alone=True),
        many(limit + 1, alone=False),
        many(1, alone=False),
    )
    assert [type(o) for o in outcomes] == [Answer, Answer, Answer, AssertionError, AssertionError, Answer]
    assert sizes == [2, 1, 1, 2]
    assert outcomes[-1].body["seq"] == limit + 152
    assert ledger_state.POSTINGS_MAX == 1_000


def test_a_rule_says_when_to_ask_again() -> None:
    busy = Rule("busy", "忙", 503, retry_after_s=7)
    assert (busy().status, busy().retry_after_s) == (503, 7)
    assert Rule("no", "不行")().retry_after_s is None
    assert Rule("field", "不行", 422, field="x", retry_after_s=3)().retry_after_s == 3
