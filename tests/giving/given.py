"""Ready-made situations of giving: a gift, a promise, a request to give money back; and what the books say of them."""

from typing import Any

import pytest
from cast import Cast

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import boxes, donations, pledges, refunds, reversals, roster_sheets, settling, unit_rosters, verify
from charity.giving.boxes.screens import row_of
from charity.giving.pledges import Promise
from charity.ledger import accounts as acc
from charity.ledger import sums
from charity.ledger import verify as ledger_verify
from charity.ledger.state import Flows
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import organisation
from charity.people.persons import Donor
from charity.roles import SYSTEM, Actor

WANG = Donor("person", "王小明", "19900002222")


def today() -> str:
    """The day of business, asked for when a test runs: a long run may pass midnight in Shanghai."""
    return clock.today().isoformat()


async def give(house: Cast, fen: int = 10_000, **changes: object) -> Answer:
    values: dict[str, object] = {
        "campaign": "one-day-2026",
        "amount_fen": fen,
        "received_on": today(),
        "channel": "cash",
        "donor": WANG,
        "by": house.cashier,
    }
    values |= changes
    return await donations.receive(**({"confirmed_amount_fen": values["amount_fen"]} | values))  # type: ignore[arg-type]


async def account_registered(number: str = "8800000020260001") -> None:
    """The organisation's account, seen by two."""
    fact = organisation.Fact(
        organisation.FactKind.ACCOUNT, f"临溪市慈善总会\n临溪农商银行\n{number}", organisation.EVER, None
    )
    await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))
    organisation.forget()


async def code_registered(channel: str = "wechat", text: str = "wxp://f2f1ours") -> None:
    """The organisation's payment code for a channel, seen by two; "" says that there is none."""
    fact = organisation.Fact(organisation.FactKind(f"{channel}_code"), text, organisation.EVER, None)
    await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))
    organisation.forget()


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


async def spend(fund: str, fen: int, programme: str, seq_actor: str = "x", *, kept: bool = False) -> None:
    def decide(state):
        state.post(
            "voucher.paid",
            [(acc.money("5101", fund), "CNY", fen), (acc.money("1001", fund), "CNY", -fen)],
            effective_on=today(),
            actor=seq_actor,
            facts={"programme": programme, "recipients": 3},
            flows=Flows(spend=[(fund, fen)]),
        )
        if kept:  # as the verb that pays a voucher does
            lines = [(acc.money(acc.COST, fund), acc.CNY, fen)]
            sums.outlay(state, day=today(), postings=lines, programme=programme, recipients=3, payments=1)
        return Answer(201, {})

    till = (acc.money("1001", fund), acc.CNY)
    await submit(Command(decide, wants=Wants(holdings=[till], funds=[fund])))


async def box_counted(house: Cast, on: str, sheets: dict[int, int], campaign: str = "everyday") -> tuple[str, str]:
    """A box put up, opened and counted: the number of its opening, and the hash that the second of two confirms."""
    await boxes.make(code="MX-01", site="城关超市", keeper="李四", campaign=campaign, by=house.accountant)
    opened = boxes.Opened(box="MX-01", on=on, time="09:30", sheets=sheets, opener="王小明", witness="赵六")
    number = str((await boxes.count(opened, by=house.cashier)).body["number"])
    return number, boxes.content(row_of(await boxes.opening(number, by=house.auditor))).hash


async def requested(house: Cast, answer: Answer, fen: int, cause: str = "mistaken") -> str:
    asked = await refunds.request(
        answer.body["id"], amount_fen=fen, cause=cause, reason="重复付款", by=house.accountant
    )
    return str(asked.body["number"])


async def approved(number: str, by: Actor, idem: Idem | None = None) -> Answer:
    """A refund approved over what is shown of it now."""
    return await refunds.approve(number, content_hash=await refunds.content_hash(number), by=by, idem=idem)


async def paid(house: Cast, number: str, by: Actor | None = None, **changes: Any) -> Answer:
    """An approved refund paid over what is shown of it now, in cash or with a number of its own."""
    gift = await reading.value(
        "SELECT d.channel FROM donation d JOIN refund r ON r.donation = d.key WHERE r.number = $1", number
    )
    cash = gift == "cash" and "paid_from" not in changes
    values: dict[str, Any] = {
        "paid_on": clock.today(),
        "channel_ref": "" if cash else f"BACK-{number}",
        "content_hash": await refunds.content_hash(number),
        "by": by or house.cashier,
    }
    return await refunds.pay(number, **(values | changes))


async def refunded(house: Cast, answer: Answer, fen: int, by: Actor | None = None, cause: str = "mistaken") -> str:
    """A refund asked for, approved and paid; its number."""
    number = await requested(house, answer, fen, cause)
    await approved(number, by or house.approver)
    await paid(house, number)
    return number


async def wrong_gift(house: Cast, answer: Answer) -> str:
    """The correction of a gift, asked for; its number."""
    asked = await reversals.request(answer.body["id"], reason="金额登记错误", by=house.accountant)
    return str(asked.body["number"])


async def corrected(house: Cast, answer: Answer, by: Actor | None = None) -> Answer:
    """A gift that was entered wrongly, corrected by two persons."""
    asked = await reversals.request(answer.body["id"], reason="金额登记错误", by=house.accountant)
    return await reversals.approve(
        asked.body["number"], content_hash=asked.body["content_hash"], by=by or house.approver
    )


async def all_is_well() -> list[str]:
    failures = [*await ledger_verify.run(), *await verify.run()]
    return [f"{f.invariant}: {f.words}" for f in failures]


async def roster_filled(house: Cast, unit: str = "LXU02") -> tuple[str, str]:
    """A roster of a unit with one person on it: its key, and that of the line."""
    made = await unit_rosters.invite("one-day-2026", [unit], by=house.accountant)
    key = str(made.body["rosters"][0]["key"])
    return key, await unit_rosters.add(key, roster_sheets.Typed("余涛", "100"), by=house.cashier)


async def roster_settled(house: Cast) -> str:
    """A roster of one person whose transfer is booked, with its receipt: its key."""
    key, _ = await roster_filled(house)

    async def shown() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    await unit_rosters.lock(key, content_hash=await shown(), by=house.cashier)
    transfer = {"received_on": today(), "received_fen": 10_000, "channel_ref": "ROSTER-1"}
    await settling.settle(key, **transfer, content_hash=await shown(), by=house.cashier)  # type: ignore[arg-type]
    return key
