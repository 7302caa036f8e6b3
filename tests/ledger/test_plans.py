"""The plan of a fund: each line is used up to its sum and no fen further, whoever meets in one batch (I8)."""

import asyncio
from typing import Any

import pytest
from ledger.test_ledger import BANK, DAY, gift, payment, reversal, seq_of
from ledger.test_money_places import outcomes

from charity import words
from charity.db import engine, reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.ledger import accounts as acc
from charity.ledger import funds, plans, verify, writer
from charity.ledger.plans import Plan, PlanUse
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Wants

ONE = "F-YRJ26"
PLAN = Plan((("P03", 600), ("P09", 250)), 40)
FUNDS = (
    # code, kind, plan
    ("F-GEN", "unrestricted", None),
    ("F-EDU", "restricted", None),
    ("F-WC08", "agency", None),
    (ONE, "unrestricted", PLAN),
)


@pytest.fixture
async def town(database: str) -> Any:
    """Funds with 2,000 fen each at the bank; one of them has a plan."""
    async with engine.opened(["charity.db.models", "charity.ledger.models"]), writer.running() as running:

        async def work(tx: Tx) -> None:
            for code, kind, plan in FUNDS:
                await funds.open_fund(tx, code=code, name=code, kind=kind, plan=plan)

        await transactions.run(work)
        for code, kind, _ in FUNDS:
            await writer.submit(forwarded(code, 2_000) if kind == "agency" else gift(code, 2_000))
        yield running


def forwarded(fund: str, fen: int) -> Command:
    """A gift that is passed on."""

    def decide(state: State) -> Answer:
        lines = [(acc.money(BANK, fund, "ICBC-01"), acc.CNY, fen), (acc.money(acc.AGENCY_DEBT, fund), acc.CNY, -fen)]
        entry = state.post("gift.cash", lines, effective_on=DAY, actor="a", flows=Flows(receive=[(fund, fen)]))
        return Answer(201, {"seq": entry.seq})

    return Command(decide, Wants(funds=[fund]))


def cost(fund: str, fen: int, purpose: str) -> Command:
    """A cost voucher: 5301 or 5401 by its purpose, and no programme."""
    chart = acc.MANAGEMENT if purpose == plans.ADMINISTRATION else acc.FUNDRAISING
    bank = acc.money(BANK, fund, "ICBC-01")

    def decide(state: State) -> Answer:
        lines = [(acc.money(chart, fund), acc.CNY, fen), (bank, acc.CNY, -fen)]
        flows, facts = Flows(spend=[(fund, fen)]), {"purpose": purpose}
        entry = state.post("voucher.paid", lines, effective_on=DAY, actor="b", facts=facts, flows=flows)
        return Answer(201, {"seq": entry.seq})

    return Command(decide, Wants(holdings=[(bank, acc.CNY)], funds=[fund]))


async def used() -> dict[str, int]:
    return {use.line: use.used_fen for use in (await funds.get(ONE)).uses}


async def test_a_line_is_used_up_to_its_sum_and_the_refusal_names_it(town: Any) -> None:
    assert (await funds.get(ONE)).programmes == ("P03", "P09")
    await writer.submit(payment(ONE, 250, "P09"))
    with pytest.raises(Refusal) as refused:
        await writer.submit(payment(ONE, 1, "P09"))
    assert refused.value.code == "fund.plan_exceeded"
    assert words.say(refused.value.words, **refused.value.facts) == (
        "“F-YRJ26”的募捐方案中“P09”计划 2.50 元，已用 2.50 元，不够再用 0.01 元"
    )
    with pytest.raises(Refusal, match=r"fund\.not_for"):
        await writer.submit(payment(ONE, 1, "P05"))
    assert (await funds.get(ONE)).uses == (PlanUse("P03", 600, 0), PlanUse("P09", 250, 250), PlanUse("cost", 40, 0))
    assert [use.free_fen for use in (await funds.get(ONE)).uses] == [600, 0, 40]
    assert await verify.run() == []


async def test_of_two_payments_at_once_over_one_line_exactly_one_passes(town: Any) -> None:
    assert await outcomes(*(payment(ONE, 400, "P03") for _ in range(2)), payment(ONE, 200, "P03")) == [
        "ok",
        "fund.plan_exceeded",
        "ok",
    ]
    assert await used() == {"P03": 600, "P09": 0, "cost": 0}
    assert await verify.run() == []


async def test_a_reversal_gives_back_what_the_next_payment_may_use(town: Any) -> None:
    paid = await seq_of(payment(ONE, 600, "P03"))
    spent = await seq_of(cost(ONE, 40, plans.FUNDRAISING))
    done = await outcomes(payment(ONE, 1, "P03"), reversal(paid), payment(ONE, 600, "P03"), payment(ONE, 1, "P03"))
    assert done == ["fund.plan_exceeded", "ok", "ok", "fund.plan_exceeded"]
    await writer.submit(reversal(spent))
    assert await used() == {"P03": 600, "P09": 0, "cost": 0}
    assert await verify.run() == []


async def test_a_refused_payment_leaves_no_trace_in_the_line(town: Any) -> None:
    """Its place of money is short, which is found after the line was counted."""
    bank = acc.money(BANK, ONE, "ICBC-01")

    def empty(state: State) -> Answer:
        lines = [(acc.money("1001", ONE), acc.CNY, 1_990), (bank, acc.CNY, -1_990)]
        return Answer(201, {"seq": state.post("money.transfer", lines, effective_on=DAY, actor="a").seq})

    moved = Command(empty, Wants(holdings=[(bank, acc.CNY)], funds=[ONE]))
    assert await outcomes(moved, payment(ONE, 600, "P03"), payment(ONE, 10, "P03")) == ["ok", "fund_place.short", "ok"]
    assert await used() == {"P03": 10, "P09": 0, "cost": 0}
    assert await verify.run() == []


@pytest.mark.parametrize(
    ("fund", "purpose", "outcome"),
    [
        ("F-GEN", plans.ADMINISTRATION, "ok"),
        ("F-GEN", plans.FUNDRAISING, "ok"),
        ("F-EDU", plans.ADMINISTRATION, "fund.no_cost"),
        ("F-EDU", plans.FUNDRAISING, "fund.no_cost"),
        ("F-WC08", plans.ADMINISTRATION, "fund.no_cost"),
        ("F-WC08", plans.FUNDRAISING, "fund.no_cost"),
        (ONE, plans.ADMINISTRATION, "fund.no_cost"),
        (ONE, plans.FUNDRAISING, "ok"),
    ],
)
async def test_a_fund_bears_the_cost_that_its_kind_and_its_plan_allow(
    town: Any, fund: str, purpose: str, outcome: str
) -> None:
    assert await outcomes(cost(fund, 40, purpose), cost(fund, 1, purpose)) == [
        outcome,
        "fund.plan_exceeded" if fund == ONE and outcome == "ok" else outcome,
    ]
    assert await verify.run() == []


async def test_the_fee_of_a_settlement_is_a_cost_of_the_general_fund_beside_the_money_of_another(town: Any) -> None:
    """One entry over two funds: only the one that bears the cost is asked whether it may."""
    places = [acc.money(BANK, code, "ICBC-01") for code in ("F-GEN", "F-EDU")]

    def decide(state: State) -> Answer:
        lines = [(acc.money("1001", "F-EDU"), acc.CNY, 500), (places[1], acc.CNY, -500)]
        lines += [(acc.money(acc.FUNDRAISING, "F-GEN"), acc.CNY, 3), (places[0], acc.CNY, -3)]
        facts, flows = {"purpose": plans.FUNDRAISING}, Flows(spend=[("F-GEN", 3)])
        entry = state.post("money.transfer", lines, effective_on=DAY, actor="a", facts=facts, flows=flows)
        return Answer(201, {"seq": entry.seq})

    wants = Wants(holdings=[(place, acc.CNY) for place in places], funds=["F-GEN", "F-EDU"])
    await writer.submit(Command(decide, wants))
    assert await verify.run() == []


FAULTS = {
    "UPDATE plan_use SET used_fen = 299 WHERE line = 'P03'": "I8 基金 F-YRJ26 的方案中 P03 记为已用 299 分，分录合计 300 分",
    "DELETE FROM plan_use": "I8 基金 F-YRJ26 的方案中 P03 记为已用 0 分，分录合计 300 分",
    "UPDATE fund SET plan = REPLACE(plan, '600', '299') WHERE code = 'F-YRJ26'": (
        "I8 #5：基金 F-YRJ26 的方案中 P03 计划 299 分，已用 300 分"
    ),
    "UPDATE fund SET programmes = '[]' WHERE code = 'F-YRJ26'": "I8 基金 F-YRJ26 可用于的项目不是方案所列",
    "UPDATE fund SET kind = 'restricted' WHERE code = 'F-GEN'": "I8 #6：基金 F-GEN 不能列支 administration",
}


async def test_verify_recounts_each_line_from_the_journal(town: Any) -> None:
    await writer.submit(payment(ONE, 300, "P03"))
    await writer.submit(cost("F-GEN", 7, plans.ADMINISTRATION))
    for fault, failure in FAULTS.items():
        restored = await reading.rows("SELECT fund, line, used_fen FROM plan_use")
        kept = await reading.rows("SELECT code, kind, programmes, plan FROM fund")
        await _do(fault)
        assert [f"{f.invariant} {f.words}" for f in await verify.run()] == [failure]
        await asyncio.gather(*(_put_back(row) for row in kept))
        await _do("DELETE FROM plan_use")
        await transactions.run(lambda tx, rows=restored: tx.insert("plan_use", rows))
    assert await verify.run() == []


async def _do(statement: str) -> None:
    await transactions.run(lambda tx: tx.script(statement))


async def _put_back(row: dict[str, Any]) -> None:
    sql = "UPDATE fund SET kind = $2, programmes = $3, plan = $4 WHERE code = $1 RETURNING code"
    await transactions.run(lambda tx: tx.rows(sql, row["code"], row["kind"], row["programmes"], row["plan"]))
