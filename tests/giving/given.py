"""Ready-made situations of giving: a gift, a promise, a request to give money back; and what the books say of them."""

import pytest
from cast import Cast

from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.giving import donations, pledges, refunds, verify
from charity.giving.pledges import Promise
from charity.ledger import accounts as acc
from charity.ledger import verify as ledger_verify
from charity.ledger.state import Flows
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.people.persons import Donor

TODAY = clock.today().isoformat()
WANG = Donor("person", "王小明", "19900002222")


async def give(house: Cast, fen: int = 10_000, **changes: object) -> Answer:
    values: dict[str, object] = {
        "campaign": "one-day-2026",
        "amount_fen": fen,
        "received_on": TODAY,
        "channel": "cash",
        "donor": WANG,
        "by": house.cashier,
    }
    values |= changes
    return await donations.receive(**({"confirmed_amount_fen": values["amount_fen"]} | values))  # type: ignore[arg-type]


async def promised(**changes: object) -> str:
    values: dict[str, object] = {
        "campaign": "one-day-2026",
        "amount_fen": 20_000,
        "channel": "bank",
        "donor": WANG,
        "public_name": False,
        "public_amount": True,
    }
    answer = await pledges.promise(Promise(**(values | changes)))  # type: ignore[arg-type]
    return str(answer.body["code"])


async def balance(account: str) -> int:
    value = await reading.value(
        "SELECT h.quantity FROM holding h JOIN account a ON a.id = h.account WHERE a.code = $1", account
    )
    return int(value or 0)


async def entries() -> int:
    return int(await reading.value("SELECT COUNT(*) FROM entry"))


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


async def spend(fund: str, fen: int, programme: str, seq_actor: str = "x") -> None:
    def decide(state):
        state.post(
            "voucher.paid",
            [(acc.money("5101", fund), "CNY", fen), (acc.money("1001", fund), "CNY", -fen)],
            effective_on=TODAY,
            actor=seq_actor,
            facts={"programme": programme, "recipients": 3},
            flows=Flows(spend=[(fund, fen)]),
        )
        return Answer(201, {})

    till = (acc.money("1001", fund), acc.CNY)
    await submit(Command(decide, wants=Wants(holdings=[till], funds=[fund])))


async def requested(house, answer: Answer, fen: int) -> str:
    asked = await refunds.request(answer.body["id"], amount_fen=fen, reason="重复付款", by=house.accountant)
    return str(asked.body["number"])


async def all_is_well() -> list[str]:
    failures = [*await ledger_verify.run(), *await verify.run()]
    return [f"{f.invariant}: {f.words}" for f in failures]
