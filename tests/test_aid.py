"""Payment vouchers: four eyes over exactly one content, and never beyond the fund's stream (I8, I11)."""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from charity import clock
from charity.aid import approvals, payments, verify, vouchers
from charity.aid.content import Content, hashed
from charity.aid.forms import PayeeBody, VoucherForm
from charity.db import reading, sealed, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.goods import intake
from charity.goods import items as goods_items
from charity.goods.intake import IntakeLine
from charity.goods.items import Item
from charity.ledger import accounts as acc
from charity.ledger import entries
from charity.ledger import verify as books_verify
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.people import households, institutions, persons
from charity.roles import Actor, Role

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

    async def gift(self, fund: str, fen: int) -> None:
        """Let money arrive in a fund, as the cashier would."""

        def decide(state: State) -> Answer:
            credit = acc.AGENCY_DEBT if state.fund(fund).kind == "agency" else acc.GIFTS
            lines = [(acc.money(acc.BANK, fund, "ICBC-01"), acc.CNY, fen), (acc.money(credit, fund), acc.CNY, -fen)]
            flows = Flows(receive=[(fund, fen)])
            state.post("gift.cash", lines, effective_on=_today(), actor=self.house.cashier.key, flows=flows)
            return Answer(201, {})

        await submit(Command(decide, Wants(funds=[fund])))

    async def made(self, **changes: Any) -> tuple[str, str]:
        """A draft: number and content hash."""
        answer = await vouchers.make(content=replace(ASKED, **changes), by=self.house.caseworker)
        assert answer.status == 201
        return answer.body["number"], answer.body["content_hash"]

    async def approved(self, **changes: Any) -> tuple[str, str]:
        """A voucher that two approvers agreed to."""
        number, content_hash = await self.made(**changes)
        for by in (self.house.approver, self.house.approver2):
            answer = await approvals.approve(number=number, content_hash=content_hash, by=by)
        assert answer.body == {"status": "approved", "approvals": 2, "needed": 2}
        return number, content_hash

    async def pay(self, number: str, ref: str, *, by: Actor | None = None, key: str = "") -> Answer:
        """Pay today."""
        idem = Idem("voucher.pay:cashier", key, "same") if key else None
        who = by or self.house.cashier
        return await payments.pay(number=number, paid_on=clock.today(), channel_ref=ref, by=who, idem=idem)


def _today() -> str:
    return clock.today().isoformat()


async def row(number: str) -> dict[str, Any]:
    """A voucher as stored."""
    found = await reading.row("SELECT * FROM voucher WHERE number = $1", number)
    assert found is not None
    return found


async def refused(code: str, act: Awaitable[Answer]) -> Refusal:
    """The refusal of this code; nothing is posted."""
    before = await reading.value("SELECT seq FROM head")
    with pytest.raises(Refusal) as caught:
        await act
    assert caught.value.code == code
    assert await reading.value("SELECT seq FROM head") == before
    return caught.value


@pytest_asyncio.fixture
async def aid(house: Any) -> Aid:
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


async def test_a_voucher_travels_from_draft_to_paid(aid: Aid) -> None:
    number, content_hash = await aid.made()
    assert number == f"BF-{clock.today().year}-000001"
    first = await approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    assert first.body == {"status": "approving", "approvals": 1, "needed": 2}
    second = await approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver2)
    assert second.body == {"status": "approved", "approvals": 2, "needed": 2}
    answer = await aid.pay(number, "ICBC-1")
    assert (answer.status, answer.body["status"]) == (201, "paid")
    entry = await reading.row("SELECT * FROM entry WHERE id16 = $1", answer.body["entry"])
    assert entry is not None
    body = json.loads(entry["body"])
    assert body["postings"] == [["5101/P03/F-GEN", "CNY", 200_000], ["1002/ICBC-01/F-GEN", "CNY", -200_000]]
    assert body["facts"]["programme"] == "P03"
    assert body["facts"]["recipients"] == 1
    assert body["facts"]["voucher"] == number
    assert body["flows"] == {"spent": [["F-GEN", [[0, 200_000]]]]}
    assert entry["party"] == aid.household
    stored = await row(number)
    assert (stored["status"], stored["paid_on"], stored["entry_seq"]) == ("paid", _today(), entry["seq"])
    assert await verify.run() == []
    assert await books_verify.run() == []


async def test_no_personal_word_stands_in_the_content_the_books_or_in_clear(aid: Aid) -> None:
    number, _ = await aid.approved()
    await aid.pay(number, "ICBC-2")
    stored = await row(number)
    told = stored["content"] + "".join(r["body"] for r in await reading.rows("SELECT body FROM entry"))
    for word in ("王小明", "手术", "户主"):
        assert word not in told
        assert word.encode() not in bytes(stored["reason"])
    assert sealed.unseal("voucher", "reason", number, stored["reason"]) == ASKED.reason


async def test_the_hash_is_that_of_the_stored_content_and_every_fact_changes_it(aid: Aid) -> None:
    number, content_hash = await aid.made()
    assert hashed((await row(number))["content"]) == content_hash
    seen = {content_hash}
    changes: list[dict[str, Any]] = [
        {"amount_fen": 200_001},
        {"payee_kind": "person", "payee": aid.person},
        {"programme": "P09"},
        {"recipients": 2},
        {"reason": "换一个事由"},
    ]
    for change in changes:
        answer = await vouchers.edit(number=number, content=replace(ASKED, **change), by=aid.house.caseworker)
        seen.add(answer.body["content_hash"])
    assert len(seen) == len(changes) + 1


async def test_numbers_have_no_gap_after_a_refusal(aid: Aid) -> None:
    first, _ = await aid.made()
    await refused("fund.not_for", vouchers.make(content=replace(ASKED, fund="F-EDU"), by=aid.house.caseworker))
    second, _ = await aid.made()
    assert (first[-6:], second[-6:]) == ("000001", "000002")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"programme": "P99"}, "programme.unknown"),
        ({"fund": "F-XXX"}, "fund.unknown"),
        ({"payee": "HH-NONE"}, "payee.unknown"),
        ({"payee_kind": "supplier", "payee": "JG-T01"}, "payee.unknown"),
        ({"payee_kind": "institution", "payee": "GY-T01"}, "payee.unknown"),
        ({"recipients": 0}, "voucher.recipients_missing"),
        ({"fund": "F-EDU"}, "fund.not_for"),
    ],
)
async def test_a_voucher_that_says_something_wrong_is_not_made(aid: Aid, changes: dict[str, Any], code: str) -> None:
    await refused(code, vouchers.make(content=replace(ASKED, **changes), by=aid.house.caseworker))
    assert await reading.value("SELECT count(*) FROM voucher") == 0


async def test_a_closed_household_is_not_paid_anew(aid: Aid) -> None:
    await transactions.run(lambda tx: tx.rows("UPDATE household SET status = 'closed' WHERE code = 'HH-T001'"))
    await refused("payee.closed", vouchers.make(content=ASKED, by=aid.house.caseworker))


async def test_only_the_right_roles_may_act(aid: Aid) -> None:
    number, content_hash = await aid.made()
    house = aid.house
    await refused("not_yours", vouchers.make(content=ASKED, by=house.approver))
    for by in (house.caseworker, house.cashier, house.accountant, house.admin, house.clerk, house.auditor):
        await refused("not_yours", approvals.approve(number=number, content_hash=content_hash, by=by))
        await refused("not_yours", approvals.reject(number=number, reason="不行", by=by))
    for by in (house.caseworker, house.approver, house.accountant, house.admin):
        await refused("not_yours", aid.pay(number, "X", by=by))


async def test_the_maker_cannot_approve_return_or_reject_it(aid: Aid) -> None:
    number, content_hash = await aid.made()
    both = replace(aid.house.caseworker, roles=frozenset({Role.CASEWORKER, Role.APPROVER}))
    await refused("voucher.own", approvals.approve(number=number, content_hash=content_hash, by=both))
    await refused("voucher.own", approvals.send_back(number=number, reason="改", by=both))
    await refused("voucher.own", approvals.reject(number=number, reason="改", by=both))
    assert (await row(number))["status"] == "draft"


async def test_the_same_approver_counts_once(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    again = approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    await refused("voucher.approved_already", again)
    assert (await row(number))["status"] == "approving"


async def test_two_approvals_at_once_by_one_account_count_once(aid: Aid) -> None:
    number, content_hash = await aid.made()
    acts = [approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver) for _ in range(10)]
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"voucher.approved_already"}
    stored = await row(number)
    assert (stored["status"], len(json.loads(stored["approvals"]))) == ("approving", 1)
    assert await reading.value("SELECT count(*) FROM voucher_approval") == 1


async def test_decisions_that_cross_in_one_moment_are_taken_one_after_the_other(aid: Aid) -> None:
    number, content_hash = await aid.made()
    house = aid.house
    outcomes = await asyncio.gather(
        approvals.approve(number=number, content_hash=content_hash, by=house.approver),
        approvals.send_back(number=number, reason="再核对", by=house.approver2),
        approvals.approve(number=number, content_hash=content_hash, by=house.approver),
        approvals.approve(number=number, content_hash=content_hash, by=house.approver2),
        vouchers.edit(number=number, content=replace(ASKED, amount_fen=7), by=house.caseworker),
        approvals.approve(number=number, content_hash=content_hash, by=house.approver2),
        return_exceptions=True,
    )
    assert all(isinstance(o, Answer | Refusal) for o in outcomes), outcomes
    stored = await row(number)
    standing = await reading.rows(
        "SELECT account FROM voucher_approval WHERE cleared_at IS NULL AND decision = 'approve'"
    )
    assert sorted(a for a, _ in json.loads(stored["approvals"])) == sorted(r["account"] for r in standing)
    assert len(standing) == {"draft": 0, "approving": 1, "approved": 2}[stored["status"]]
    assert await verify.run() == []


async def test_an_approval_over_an_older_content_is_refused(aid: Aid) -> None:
    number, old = await aid.made()
    await vouchers.edit(number=number, content=replace(ASKED, amount_fen=1), by=aid.house.caseworker)
    await refused("voucher.content_changed", approvals.approve(number=number, content_hash=old, by=aid.house.approver))


@pytest.mark.parametrize(
    "change",
    [
        {"amount_fen": 199_999},
        {"payee_kind": "institution", "payee": "JG-T01"},
        {"reason": "另一事由"},
        {"programme": "P09"},
    ],
)
async def test_any_change_takes_the_approvals_away(aid: Aid, change: dict[str, Any]) -> None:
    number, old = await aid.made()
    await approvals.approve(number=number, content_hash=old, by=aid.house.approver)
    answer = await vouchers.edit(number=number, content=replace(ASKED, **change), by=aid.house.caseworker)
    assert (answer.body["status"], answer.body["approvals"]) == ("draft", 0)
    history = await reading.row("SELECT * FROM voucher_approval WHERE decision = 'approve'")
    assert history is not None
    assert history["cleared_at"] is not None
    await refused("voucher.content_changed", approvals.approve(number=number, content_hash=old, by=aid.house.approver2))
    fresh = answer.body["content_hash"]
    one = await approvals.approve(number=number, content_hash=fresh, by=aid.house.approver2)
    assert one.body["approvals"] == 1
    two = await approvals.approve(number=number, content_hash=fresh, by=aid.house.approver)
    assert two.body["status"] == "approved"
    assert await verify.run() == []


async def test_saving_without_a_change_keeps_the_approvals(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    answer = await vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker)
    assert answer.body["content_hash"] == content_hash
    assert (answer.body["status"], answer.body["approvals"]) == ("approving", 1)


async def test_only_the_maker_edits_or_cancels_and_not_after_approval(aid: Aid) -> None:
    number, _ = await aid.approved()
    other = replace(aid.house.caseworker, key="0" * 32)
    await refused("voucher.not_maker", vouchers.edit(number=number, content=ASKED, by=other))
    await refused("voucher.not_maker", vouchers.cancel(number=number, reason="", by=other))
    await refused("voucher.not_editable", vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker))
    await aid.pay(number, "ICBC-3")
    await refused("voucher.not_cancellable", vouchers.cancel(number=number, reason="", by=aid.house.caseworker))
    await refused("voucher.not_returnable", approvals.send_back(number=number, reason="x", by=aid.house.approver))


async def test_a_returned_voucher_needs_both_approvals_again(aid: Aid) -> None:
    number, content_hash = await aid.approved()
    answer = await approvals.send_back(number=number, reason="缺少医院发票", by=aid.house.approver2)
    assert answer.body == {"status": "draft"}
    stored = await row(number)
    assert stored["returned_at"] is not None
    assert json.loads(stored["approvals"]) == []
    await refused("voucher.not_payable", aid.pay(number, "ICBC-4"))
    await vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker)
    assert (await row(number))["returned_at"] is None
    one = await approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    assert one.body["status"] == "approving"


async def test_a_rejected_or_cancelled_voucher_stays_so(aid: Aid) -> None:
    rejected, content_hash = await aid.approved()
    assert (await approvals.reject(number=rejected, reason="重复", by=aid.house.approver)).body == {
        "status": "rejected"
    }
    cancelled, _ = await aid.made()
    await vouchers.cancel(number=cancelled, reason="对象放弃", by=aid.house.caseworker)
    for number in (rejected, cancelled):
        await refused("voucher.not_payable", aid.pay(number, "ICBC-5"))
        await refused("voucher.not_editable", vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker))
        await refused("voucher.not_returnable", approvals.reject(number=number, reason="x", by=aid.house.approver))
    act = approvals.approve(number=rejected, content_hash=content_hash, by=aid.house.approver)
    await refused("voucher.not_approvable", act)
    assert await verify.run() == []


async def test_a_draft_or_half_approved_voucher_is_not_paid(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await refused("voucher.not_payable", aid.pay(number, "ICBC-6"))
    await approvals.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    await refused("voucher.not_payable", aid.pay(number, "ICBC-6"))
    await refused("voucher.unknown", aid.pay("BF-2026-999999", "ICBC-6"))


async def test_neither_maker_nor_approver_may_pay(aid: Aid) -> None:
    number, _ = await aid.approved()
    maker = replace(aid.house.caseworker, roles=frozenset({Role.CASEWORKER, Role.CASHIER}))
    approver = replace(aid.house.approver2, roles=frozenset({Role.APPROVER, Role.CASHIER}))
    await refused("voucher.payer_made", aid.pay(number, "ICBC-7", by=maker))
    await refused("voucher.payer_approved", aid.pay(number, "ICBC-7", by=approver))
    assert (await aid.pay(number, "ICBC-7")).body["status"] == "paid"


async def test_a_payment_beyond_the_stream_of_its_fund_is_refused(aid: Aid) -> None:
    answer = await vouchers.make(content=replace(ASKED, amount_fen=500_001), by=aid.house.caseworker)
    assert answer.body["fund_short"] is True
    assert (await vouchers.make(content=ASKED, by=aid.house.caseworker)).body["fund_short"] is False
    number, _ = await aid.approved(amount_fen=500_001)
    refusal = await refused("fund.short", aid.pay(number, "ICBC-8"))
    assert refusal.facts["available_yuan"] == "5,000.00"
    assert (await row(number))["status"] == "approved"
    await aid.gift("F-GEN", 1)
    assert (await aid.pay(number, "ICBC-8")).body["status"] == "paid"


async def test_of_two_payments_at_once_the_stream_pays_one(aid: Aid) -> None:
    numbers = [(await aid.approved(amount_fen=300_000))[0] for _ in range(2)]
    outcomes = await asyncio.gather(*(aid.pay(n, f"REF-{n}") for n in numbers), return_exceptions=True)
    assert sorted(o.code if isinstance(o, Refusal) else "paid" for o in outcomes) == ["fund.short", "paid"]
    assert await verify.run() == []
    assert await books_verify.run() == []


async def test_the_same_payment_ten_times_at_once_is_one_entry(aid: Aid) -> None:
    number, _ = await aid.approved()
    before = await reading.value("SELECT seq FROM head")
    answers = await asyncio.gather(*(aid.pay(number, "ICBC-9", key="k" * 20) for _ in range(10)))
    again = await aid.pay(number, "ICBC-9", key="k" * 20)
    assert len({a.body["entry"] for a in [*answers, again]}) == 1
    assert again.replayed
    assert await reading.value("SELECT seq FROM head") == before + 1


async def test_ten_payments_at_once_without_a_key_pay_once(aid: Aid) -> None:
    number, _ = await aid.approved()
    acts = (aid.pay(number, f"ICBC-A{n}") for n in range(10))
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"voucher.not_payable"}


async def test_a_bank_reference_pays_one_voucher_even_at_once(aid: Aid) -> None:
    numbers = [(await aid.approved(amount_fen=100))[0] for _ in range(3)]
    outcomes = await asyncio.gather(*(aid.pay(n, "SAME") for n in numbers), return_exceptions=True)
    codes = sorted(o.code if isinstance(o, Refusal) else "paid" for o in outcomes)
    assert codes == ["paid", "voucher.channel_ref_used", "voucher.channel_ref_used"]
    assert await reading.value("SELECT count(*) FROM voucher WHERE status = 'paid'") == 1


async def test_a_payment_is_not_dated_tomorrow(aid: Aid) -> None:
    number, _ = await aid.approved()
    late = clock.today() + timedelta(days=1)
    act = payments.pay(number=number, paid_on=late, channel_ref="ICBC-B", by=aid.house.cashier)
    await refused("voucher.paid_in_future", act)


async def test_a_payment_is_not_dated_before_its_approval(aid: Aid) -> None:
    number, _ = await aid.approved()
    early = clock.today() - timedelta(days=1)
    act = payments.pay(number=number, paid_on=early, channel_ref="ICBC-C", by=aid.house.cashier)
    await refused("voucher.paid_before_approval", act)


async def test_a_payee_whose_account_changed_after_approval_is_not_paid(aid: Aid) -> None:
    number, _ = await aid.approved(payee_kind="institution", payee="JG-T01")
    other = sealed.seal("institution", "bank_account", "JG-T01", "6222999999999999")
    await transactions.run(
        lambda tx: tx.rows("UPDATE institution SET bank_account = $1 WHERE code = 'JG-T01' RETURNING code", other)
    )
    await refused("voucher.payee_changed", aid.pay(number, "ICBC-C"))
    await approvals.send_back(number=number, reason="账号变更", by=aid.house.approver)
    content = replace(ASKED, payee_kind="institution", payee="JG-T01")
    fresh = (await vouchers.edit(number=number, content=content, by=aid.house.caseworker)).body["content_hash"]
    for by in (aid.house.approver, aid.house.approver2):
        await approvals.approve(number=number, content_hash=fresh, by=by)
    assert (await aid.pay(number, "ICBC-C")).body["status"] == "paid"


async def test_goods_bought_are_prepaid_and_agency_money_is_handed_on(aid: Aid) -> None:
    async def work(tx: Tx) -> None:
        from charity.ledger import funds  # noqa: PLC0415

        await funds.open_fund(tx, code="F-AGENCY", name="受托代理", kind="agency")

    await transactions.run(work)
    await aid.gift("F-AGENCY", 1_000)
    bought, _ = await aid.approved(payee_kind="supplier", payee="GY-T01", programme="P05", recipients=0)
    handed, _ = await aid.approved(payee_kind="institution", payee="JG-T01", fund="F-AGENCY", amount_fen=1_000)
    debits = []
    for number in (bought, handed):
        answer = await aid.pay(number, f"REF-{number}")
        body = await reading.value("SELECT body FROM entry WHERE id16 = $1", answer.body["entry"])
        debits.append(json.loads(body)["postings"][0][0])
    assert debits == ["1141/-/F-GEN", "2601/-/F-AGENCY"]
    opened = await reading.rows("SELECT voucher, fund, amount_fen, received_fen, status FROM goods_purchase")
    assert opened == [{"voucher": bought, "fund": "F-GEN", "amount_fen": 200_000, "received_fen": 0, "status": "open"}]
    assert await verify.run() == []
    household, _ = await aid.approved(amount_fen=1)
    extra = "INSERT INTO goods_purchase SELECT '{}', fund, amount_fen, 0, 'open' FROM goods_purchase"
    for fault, words in (
        (extra.format(household), f"voucher {household}: goods may come in for it, and nothing was paid"),
        (extra.format("BF-2020-000001"), "purchase BF-2020-000001: there is no such voucher"),
        (
            "UPDATE goods_purchase SET amount_fen = amount_fen + 1",
            f"voucher {bought}: its purchase is not what was paid",
        ),
        ("UPDATE goods_purchase SET status = 'closed'", f"voucher {bought}: its purchase is not what was paid"),
        (
            f"DELETE FROM goods_purchase WHERE voucher = '{bought}'",
            f"voucher {bought}: its purchase is not what was paid",
        ),
    ):
        await transactions.run(lambda tx, fault=fault: tx.rows(fault))
        assert words in [f.words for f in await verify.run()], fault
        kept = "DELETE FROM goods_purchase WHERE voucher <> $1"
        await transactions.run(lambda tx, kept=kept: tx.rows(kept, bought))
        await transactions.run(lambda tx: tx.rows("UPDATE goods_purchase SET amount_fen = 200000, status = 'open'"))
    assert await books_verify.run() == []


async def test_goods_bought_with_agency_money_are_owed_until_they_are_handed_over(aid: Aid) -> None:
    async def work(tx: Tx) -> None:
        from charity.ledger import funds  # noqa: PLC0415

        await funds.open_fund(tx, code="F-AGENCY", name="受托代理", kind="agency")
        await goods_items.add(tx, [Item("2001000100002", "大米", "袋", 26)])

    await transactions.run(work)
    await aid.gift("F-AGENCY", 1_000)
    told = {"payee_kind": "supplier", "payee": "GY-T01", "programme": "P05", "recipients": 0}
    number, _ = await aid.approved(**told, fund="F-AGENCY", amount_fen=1_000)
    await aid.pay(number, "ICBC-AG")
    line = IntakeLine("2001000100002", 10, unit_value_fen=100)
    await intake.take_in(store="LX01", source="purchase", voucher=number, lines=[line], by=aid.house.clerk)
    held = {r["account"]: r["quantity"] for r in await entries.balances(fund="F-AGENCY")}
    assert held == {"1801/LX01/F-AGENCY": 1_000, "2601/-/F-AGENCY": -1_000}


async def test_a_reason_of_several_lines_is_taken_as_a_browser_sends_it() -> None:
    form = VoucherForm.model_validate(
        {
            "programme": "P03",
            "fund": "F-GEN",
            "payee_kind": "household",
            "payee_code": "HH-T001",
            "amount_yuan": "12.00",
            "recipients": "1",
            "reason": "住院自付部分较高\r\n经入户核实",
        }
    )
    assert form.content().reason == "住院自付部分较高\n经入户核实"
    for code in ("HH\tT001", "HH\nT001"):
        with pytest.raises(ValueError, match="控制字符"):
            PayeeBody.model_validate({"kind": "household", "code": code})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE voucher SET amount_fen = amount_fen + 1",
        "UPDATE voucher SET content_hash = 'x'",
        "UPDATE voucher_approval SET content_hash = 'x'",
        "UPDATE voucher_approval SET account = (SELECT maker FROM voucher)",
        "UPDATE voucher_approval SET cleared_at = at WHERE key = (SELECT min(key) FROM voucher_approval)",
        "UPDATE voucher SET payer = (SELECT min(account) FROM voucher_approval)",
        "UPDATE voucher SET recipients = 7",
        "UPDATE voucher SET entry_seq = 1",
    ],
)
async def test_verify_names_a_voucher_that_was_tampered_with(aid: Aid, statement: str) -> None:
    number, _ = await aid.approved()
    await aid.pay(number, "ICBC-D")
    assert await verify.run() == []

    async def work(tx: Tx) -> None:
        await tx.rows("DROP INDEX voucher_approval_once")
        await tx.rows(statement)

    await transactions.run(work)
    found = await verify.run()
    assert found
    assert {f.invariant for f in found} == {"I11"}
