"""What tests of aid start from: a household, a person, an institution, a supplier, and money in the fund."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from charity import clock
from charity.aid import branches, payments, rosters, vouchers
from charity.aid.rosters import Line, RosterContent
from charity.aid.vouchers import Content
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.ledger import accounts as acc
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.people import households, institutions, persons
from charity.roles import Actor

API = "/api/v1/aid/vouchers"
BODY: dict[str, Any] = {
    "programme": "P03",
    "fund": "F-GEN",
    "payee": {"kind": "household", "code": "HH0001"},
    "amount_fen": 200_000,
    "recipients": 3,
    "reason": "住院自付部分较高",
}
ASKED = Content(
    programme="P03",
    fund="F-GEN",
    payee_kind="household",
    payee="HH-T001",
    amount_fen=200_000,
    recipients=1,
    reason="户主手术后自付部分较高，经入户核实",
)


@dataclass
class Aid:
    """The cast of money out, on one open house."""

    house: Any
    household: str
    person: str

    async def gift(self, fund: str, fen: int, place: str = "1002/ICBC-01") -> None:
        """Let money arrive in a fund, as the cashier would."""
        await gift_to(fund, fen, place, by=self.house.cashier.key)

    async def made(self, **changes: Any) -> tuple[str, str]:
        """A draft: number and content hash."""
        answer = await vouchers.make(content=replace(ASKED, **changes), by=self.house.caseworker)
        assert answer.status == 201
        return answer.body["number"], answer.body["content_hash"]

    async def approved(self, **changes: Any) -> tuple[str, str]:
        """A voucher that two approvers agreed to."""
        number, content_hash = await self.made(**changes)
        for by in (self.house.approver, self.house.approver2):
            answer = await vouchers.approve(number=number, content_hash=content_hash, by=by)
        assert answer.body == {"status": "approved", "approvals": 2, "needed": 2}
        return number, content_hash

    async def pay(
        self, number: str, ref: str, *, by: Actor | None = None, key: str = "", seen: str = "", **asked: Any
    ) -> Answer:
        """Pay today what is so now, or the content with the hash `seen`."""
        idem = Idem("voucher.pay:cashier", key, "same") if key else None
        asked = {"by": by or self.house.cashier, "paid_on": clock.today(), **asked}
        shown = {"number": number, "content_hash": seen or await hash_of(number)}
        return await payments.pay(**shown, channel_ref=ref, idem=idem, **asked)


def cost(**changes: Any) -> dict[str, Any]:
    """What makes a content one of our own costs."""
    asked: dict[str, Any] = {"purpose": "administration", "programme": None, "fund": "F-GEN", "recipients": 0}
    asked |= {"payee_kind": "supplier", "payee": "GY-T01", "amount_fen": 30_000, "reason": "三季度房租"}
    return asked | changes


async def paying() -> str:
    """A private person who can be paid: the key."""
    key = "e" * 32
    person = persons.person_row(persons.Donor("person", "周会计"), key=key)
    await transactions.run(lambda tx: tx.insert("person", [person]))
    return key


async def gift_to(fund: str, fen: int, place: str = "1002/ICBC-01", by: str = "c" * 32) -> None:
    """Money that arrives in a fund and a place of money."""

    def decide(state: State) -> Answer:
        credit = acc.AGENCY_DEBT if state.fund(fund).kind == "agency" else acc.GIFTS
        lines = [(f"{place}/{fund}", acc.CNY, fen), (acc.money(credit, fund), acc.CNY, -fen)]
        state.post("gift.cash", lines, effective_on=_today(), actor=by, flows=Flows(receive=[(fund, fen)]))
        return Answer(201, {})

    await submit(Command(decide, Wants(funds=[fund])))


async def approved_by_api(web: Any, body: dict[str, Any]) -> str:
    """A voucher that two approvers agreed to over the API: its number."""
    answer = await web.as_("caseworker").post(API, json=body)
    assert answer.status_code == 201, answer.text
    voucher = answer.json()
    for who in ("approver", "approver2"):
        shown = {"content_hash": voucher["content_hash"]}
        answer = await web.as_(who).post(f"{API}/{voucher['number']}/approve", json=shown)
        assert answer.status_code == 200, answer.text
    return str(voucher["number"])


def _today() -> str:
    return clock.today().isoformat()


BRANCH = "FH-T01"
ADVANCE: dict[str, Any] = {"payee_kind": "branch", "payee": BRANCH, "recipients": 0, "amount_fen": 200_000}


async def branch_opened() -> None:
    """A branch that can be paid."""
    account = "6222000055556666"
    named: dict[str, Any] = {"code": BRANCH, "name": "石梁镇慈善分会", "kind": "branch", "bank_account": account}
    named["township"] = "999901004"
    await transactions.run(lambda tx: institutions.add(tx, **named))


async def advanced(aid: Aid, ref: str = "ICBC-F1", **changes: Any) -> str:
    """A voucher that paid the branch."""
    number, _ = await aid.approved(**{**ADVANCE, **changes})
    await aid.pay(number, ref)
    return number


def roster(amount_fen: int = 0, recipients: int = 0, *lines: Line, **changes: Any) -> RosterContent:
    """What a branch's roster says; sum and number are those of its lines where there are some."""
    asked: dict[str, Any] = {"distributed_on": clock.today(), "place": "石梁村村委会", "lines": lines}
    asked["amount_fen"] = amount_fen or sum(line.amount_fen for line in lines)
    asked["recipients"] = recipients or len(lines)
    return RosterContent(**{**asked, **changes})


async def recorded(house: Any, voucher: str, content: RosterContent) -> tuple[str, str]:
    """A roster that waits: its number and content hash."""
    answer = await rosters.record(voucher=voucher, roster=content, by=house.caseworker)
    assert answer.status == 201
    return answer.body["number"], answer.body["content_hash"]


async def returned(aid: Aid, voucher: str, amount_fen: int, ref: str = "ICBC-R1", **changes: Any) -> Answer:
    """A return that waits for another person."""
    asked: dict[str, Any] = {"received_on": clock.today(), "paid_into": "1002/ICBC-01", "by": aid.house.cashier}
    return await branches.give_back(voucher=voucher, amount_fen=amount_fen, channel_ref=ref, **{**asked, **changes})


async def row(number: str) -> dict[str, Any]:
    """A voucher as stored."""
    stored = await reading.row("SELECT * FROM voucher WHERE number = $1", number)
    assert stored is not None
    return stored


async def hash_of(number: str) -> str:
    """The content hash of a voucher as it is now."""
    return str(await reading.value("SELECT content_hash FROM voucher WHERE number = $1", number))


async def refused(code: str, asked: Awaitable[Answer]) -> Refusal:
    """The refusal of this code; nothing is posted."""
    before = await reading.value("SELECT seq FROM head")
    with pytest.raises(Refusal) as caught:
        await asked
    assert caught.value.code == code
    assert await reading.value("SELECT seq FROM head") == before
    return caught.value


async def opened(house: Any) -> Aid:
    person = "f" * 32

    async def work(tx: Tx) -> list[str]:
        new = [households.NewHousehold("HH-T001", "王小明", "999901004", "DIBAO", 3)]
        keys = await households.add(tx, new)
        await institutions.add(tx, code="JG-T01", name="石梁镇敬老院", kind="home", bank_account="6222000011112222")
        await institutions.add(tx, code="GY-T01", name="临溪粮油公司", kind="supplier", bank_account="6222000033334444")
        await tx.insert("person", [persons.person_row(persons.Donor("person", "李学生"), key=person)])
        return keys

    keys = await transactions.run(work)
    aid = Aid(house, keys[0], person)
    await aid.gift("F-GEN", 500_000)
    return aid


async def made(web: Any, **changes: Any) -> dict[str, Any]:
    """A draft through the API: its answer."""
    answer = await web.as_("caseworker").post(API, json={**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
