"""Vouchers as staff read them: lists, one whole, and what each account is offered; the refusals of the room."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aid.given import ASKED, Aid, refused, row

from charity import clock
from charity.aid import payees, payments, rules, vouchers
from charity.aid.vouchers import readers
from charity.aid.vouchers.readers import Filters
from charity.db import transactions
from charity.errors import Refusal, Rule
from charity.ledger import verify as books_verify
from charity.people.masking import Reader
from charity.roles import SYSTEM, Actor, Role

REFUSALS = {
    (404, None): {
        "advance.unknown",
        "branch_reversal.unknown",
        "institution.unknown",
        "payee_account.unknown",
        "return.unknown",
        "roster.unknown",
        "voucher.unknown",
    },
    (403, None): {"institution.own", "institution.not_yours", "step.not_yours", "voucher.not_maker"},
    (422, "programme"): {"programme.unknown"},
    (422, "payee.code"): {"branch.agency", "payee.unknown"},
    (422, "amount_fen"): {"return.exceeds", "roster.exceeds"},
    (422, "received_on"): {"return.early", "return.later"},
    (422, "paid_into"): {"return.place"},
    (422, "distributed_on"): {"roster.early", "roster.later"},
    (422, "household"): {"household.unknown"},
    (422, "kind"): {"institution.kind"},
    (422, "account"): {"institution.other", "payee_account.other", "payee_account.unreadable"},
    (422, "recipients"): {"voucher.recipients_missing"},
    (422, "paid_on"): {"voucher.paid_in_future"},
    (422, "paid_from"): {"voucher.place_channel", "voucher.place_pays_nobody"},
    (422, "channel"): {"voucher.no_till"},
    (422, "channel_ref"): {"voucher.cash_ref"},
    (409, "channel_ref"): {"return.waits"},
}
"""Status and field of the refusals; all others are conflicts (docs/api.md)."""


def test_a_refusal_keeps_its_status_and_its_field() -> None:
    stated: dict[tuple[int, str | None], set[str]] = {}
    for rule in vars(rules).values():
        if isinstance(rule, Rule):
            stated.setdefault((rule.status, rule.field), set()).add(rule.code)
    assert len(stated.pop((409, None))) == 23
    assert stated == REFUSALS


def with_roles(by: Actor, *roles: Role) -> Actor:
    return replace(by, roles=frozenset(roles))


async def test_each_account_is_offered_what_it_may_do_with_a_voucher_now(aid: Aid) -> None:
    house = aid.house
    (draft, _), (approving, content_hash), (returned, _), (approved, _) = [
        await aid.made(),
        await aid.made(),
        await aid.approved(),
        await aid.approved(),
    ]
    await vouchers.approve(number=approving, content_hash=content_hash, by=house.approver)
    await vouchers.send_back(number=returned, reason="再核对", by=house.approver)
    (paid, _), (rejected, _), (cancelled, _) = await aid.approved(), await aid.made(), await aid.made()
    await aid.pay(paid, "ICBC-1")
    await vouchers.reject(number=rejected, reason="重复", by=house.approver)
    await vouchers.cancel(number=cancelled, reason="不需要", by=house.caseworker)
    everything = tuple(Role)
    accounts = {
        "maker": house.caseworker,
        "maker with every role": with_roles(house.caseworker, *everything),
        "maker who changed posts": with_roles(house.caseworker, Role.AUDITOR),
        "another maker": replace(house.caseworker, key="0" * 32),
        "first approver": with_roles(house.approver, *everything),
        "second approver": house.approver2,
        "new approver": replace(house.approver, key="1" * 32),
        "cashier": house.cashier,
        "auditor": house.auditor,
    }
    own = {"maker": {"edit", "cancel"}, "maker with every role": {"edit", "cancel"}}
    judges = ("first approver", "second approver", "new approver")
    expected: dict[str, dict[str, set[str]]] = {
        draft: own | {name: {"approve", "against"} for name in judges},
        approving: own | {name: {"approve", "against"} for name in judges} | {"first approver": {"against"}},
        returned: own | {name: {"against"} for name in judges},
        approved: {"maker": {"cancel"}, "maker with every role": {"cancel"}, "cashier": {"pay"}}
        | {name: {"against"} for name in judges},
        paid: {},
        rejected: {},
        cancelled: {},
    }
    for number, of_account in expected.items():
        voucher = await readers.get(number)
        for name, by in accounts.items():
            offered = {verb for verb, yes in readers.may(voucher, by).items() if yes}
            assert offered == of_account.get(name, set()), (voucher.status, name)


async def test_a_list_finds_what_every_filter_asks_for(aid: Aid) -> None:
    colleague = replace(aid.house.caseworker, key=aid.house.accountant.key)
    await aid.gift("F-WARM", 1_000)
    plain, content_hash = await aid.made()
    other_programme, _ = await aid.made(programme="P09")
    other_fund, _ = await aid.made(programme="P04", fund="F-WARM")
    other_maker = (await vouchers.make(content=ASKED, by=colleague)).body["number"]
    approved, _ = await aid.approved()
    await vouchers.approve(number=plain, content_hash=content_hash, by=aid.house.approver)
    cancelled, _ = await aid.made()
    await vouchers.cancel(number=cancelled, reason="", by=aid.house.caseworker)
    everything = [cancelled, approved, other_maker, other_fund, other_programme, plain]

    async def listed(**chosen: Any) -> list[str]:
        rows, following = await readers.page(Filters(**chosen), by=SYSTEM)
        assert following is None
        return [row["number"] for row in rows]

    assert await listed() == everything
    assert await listed(programme="P09") == [other_programme]
    assert await listed(fund="F-WARM") == [other_fund]
    assert await listed(maker=colleague.key) == [other_maker]
    assert await listed(status="open") == [other_maker, other_fund, other_programme, plain]
    assert await listed(status="draft") == [other_maker, other_fund, other_programme]
    assert await listed(status="approving") == [plain]
    assert await listed(status="cancelled") == [cancelled]
    assert await listed(status="paid") == []
    assert await listed(after=other_maker) == everything[3:]
    assert await listed(after=other_maker, status="open", programme="P03", fund="F-GEN") == [plain]
    assert await listed(maker=aid.house.caseworker.key, programme="P03", fund="F-GEN", status="open") == [plain]
    for limit in (1, 2, 3, 4, 6):
        pages, after = [], ""
        while True:
            rows, following = await readers.page(Filters(limit=limit, after=after), by=SYSTEM)
            pages += [[row["number"] for row in rows]]
            if following is None:
                break
            after = following
        assert pages == [everything[n : n + limit] for n in range(0, 6, limit)]
    assert Filters().limit == 50


async def test_a_voucher_shows_every_decision_with_its_name_reason_and_whether_it_stands(aid: Aid) -> None:
    house = aid.house
    number, first = await aid.made()
    await aid.made()
    await vouchers.approve(number=number, content_hash=first, by=house.approver)
    await vouchers.send_back(number=number, reason="缺少发票", by=house.approver2)
    edited = await vouchers.edit(number=number, content=replace(ASKED, amount_fen=300), by=house.caseworker)
    assert edited.status == 200
    second = edited.body["content_hash"]
    assert edited.body == {
        "number": number,
        "status": "draft",
        "content_hash": second,
        "approvals": 0,
        "needed": 2,
        "fund_short": False,
    }
    for by in (house.approver, house.approver2):
        assert (await vouchers.approve(number=number, content_hash=second, by=by)).status == 200
    await aid.pay(number, "ICBC-1")
    voucher = await readers.get(number)
    assert [(d.account, d.name, d.decision, d.reason, d.content_hash, d.in_force) for d in voucher.decisions] == [
        (house.approver.key, "approver 测试", "approve", "", first, False),
        (house.approver2.key, "approver2 测试", "return", "缺少发票", first, True),
        (house.caseworker.key, "caseworker 测试", "edit", "", second, True),
        (house.approver.key, "approver 测试", "approve", "", second, True),
        (house.approver2.key, "approver2 测试", "approve", "", second, True),
    ]
    assert voucher.approvals == voucher.decisions[3:]
    assert voucher.approvers == (house.approver.key, house.approver2.key)
    assert (voucher.maker, voucher.payer) == ("caseworker 测试", "cashier 测试")
    assert (voucher.payee.name, voucher.reason, voucher.fund_kind) == ("王小明", ASKED.reason, "unrestricted")
    assert (voucher.row["amount_fen"], voucher.available_fen) == (300, 499_700)
    assert await books_verify.run() == []


async def test_a_voucher_that_was_given_up_has_no_approvals_and_says_why(aid: Aid) -> None:
    number, _ = await aid.approved()
    answer = await vouchers.cancel(number=number, reason="对象放弃", by=aid.house.caseworker)
    assert (answer.status, answer.body) == (200, {"status": "cancelled"})
    voucher = await readers.get(number)
    assert [(d.decision, d.reason, d.in_force) for d in voucher.decisions] == [
        ("approve", "", False),
        ("approve", "", False),
        ("cancel", "对象放弃", True),
    ]
    assert voucher.approvals == voucher.approvers == ()


@pytest.mark.parametrize("verb", [vouchers.send_back, vouchers.reject])
async def test_an_approver_who_says_no_takes_the_approvals_back(aid: Aid, verb: Any) -> None:
    number, content_hash = await aid.approved()
    answer = await verb(number=number, reason="重复", by=aid.house.approver)
    returned = verb is vouchers.send_back
    assert (answer.status, answer.body) == (200, {"status": "draft" if returned else "rejected"})
    stored = await row(number)
    assert (stored["returned_at"] is not None, stored["approvals"]) == (returned, "[]")
    decisions = (await readers.get(number)).decisions
    assert [(d.decision, d.reason, d.content_hash, d.in_force) for d in decisions] == [
        ("approve", "", content_hash, False),
        ("approve", "", content_hash, False),
        ("return" if returned else "reject", "重复", content_hash, True),
    ]


async def test_a_voucher_that_is_not_there_is_unknown_to_every_verb(aid: Aid) -> None:
    house, number = aid.house, "BF-2026-999999"
    await refused("voucher.unknown", vouchers.edit(number=number, content=ASKED, by=house.caseworker))
    await refused("voucher.unknown", vouchers.cancel(number=number, reason="", by=house.caseworker))
    await refused("voucher.unknown", vouchers.reject(number=number, reason="x", by=house.approver))
    await refused("voucher.unknown", vouchers.send_back(number=number, reason="x", by=house.approver))
    await refused("voucher.unknown", vouchers.approve(number=number, content_hash="x", by=house.approver))
    with pytest.raises(Refusal) as caught:
        await readers.get(number)
    assert caught.value.code == "voucher.unknown"


async def test_only_who_makes_vouchers_changes_or_cancels_them(aid: Aid) -> None:
    number, _ = await aid.made()
    maker = with_roles(aid.house.caseworker, Role.APPROVER, Role.CASHIER, Role.AUDITOR)
    await refused("not_yours", vouchers.edit(number=number, content=ASKED, by=maker))
    await refused("not_yours", vouchers.cancel(number=number, reason="", by=maker))
    for by in (maker, aid.house.cashier):
        await refused("not_yours", vouchers.send_back(number=number, reason="改", by=replace(by, roles=frozenset())))


async def test_the_content_is_written_in_the_clear_but_for_what_is_personal(aid: Aid) -> None:
    number, _ = await aid.made()
    content = json.loads((await row(number))["content"])
    assert {len(content.pop("payee_print")), len(content.pop("reason"))} == {64}
    assert content == {
        "v": 2,
        "number": number,
        "purpose": "aid",
        "listed": None,
        "programme": "P03",
        "fund": "F-GEN",
        "payee_kind": "household",
        "payee": "HH-T001",
        "amount_fen": 200_000,
        "recipients": 1,
    }


async def test_a_fund_that_holds_exactly_the_amount_is_not_short(aid: Aid) -> None:
    for amount, short in ((500_000, False), (500_001, True)):
        asked = replace(ASKED, amount_fen=amount)
        made = await vouchers.make(content=asked, by=aid.house.caseworker)
        assert made.body["fund_short"] is short
        for content in (asked, replace(asked, recipients=2)):  # as it was, and changed
            edited = await vouchers.edit(number=made.body["number"], content=content, by=aid.house.caseworker)
            assert (edited.status, edited.body["fund_short"]) == (200, short)


async def test_a_payment_is_not_dated_before_its_last_approval(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    early, approved_on = clock.today(), clock.today() + timedelta(days=1)
    with clock.fixed(clock.now() + timedelta(days=1)):
        await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver2)
    with clock.fixed(clock.now() + timedelta(days=2)):
        paid = {"number": number, "channel_ref": "ICBC-1", "content_hash": content_hash, "by": aid.house.cashier}
        call = payments.pay(paid_on=early, **paid)
        refusal = await refused("voucher.paid_before_approval", call)
        assert refusal.facts == {"approved_on": approved_on.isoformat()}
        await payments.pay(paid_on=approved_on, **paid)


async def test_a_payee_is_printed_with_the_end_of_its_account_only(aid: Aid) -> None:
    by = aid.house.caseworker
    home = await payees.find("institution", "JG-T01", by=by)
    assert (home.name, home.account_for(Reader.STAFF), home.party) == ("石梁镇敬老院", "****2222", "JG-T01")
    household = await payees.find("household", "HH-T001", by=by)
    assert (household.name, household.account_for(Reader.STAFF), household.party) == ("王小明", "", aid.household)
    person = await payees.find("person", aid.person, by=by)
    assert (person.name, person.account_for(Reader.STAFF), person.open) == ("李学生", "", True)
    for kind, code in (("household", "HH-NONE"), ("person", "0" * 32), ("institution", "JG-NONE")):
        with pytest.raises(Refusal) as caught:
            await payees.find(kind, code, by=by)
        assert caught.value.code == "payee.unknown"


async def test_a_voucher_whose_payee_is_gone_shows_no_name(aid: Aid) -> None:
    number, _ = await aid.made(payee_kind="institution", payee="JG-T01")
    await transactions.run(lambda tx: tx.rows("DELETE FROM institution WHERE code = 'JG-T01' RETURNING code"))
    payee = (await readers.get(number)).payee
    assert (payee.kind, payee.code, payee.name, payee.party, payee.account_for(Reader.STAFF)) == (
        "institution",
        "JG-T01",
        "",
        "",
        "",
    )


def test_a_payee_in_a_list_is_its_kind_and_code_and_of_a_persons_key_eight_characters() -> None:
    person = {"payee_kind": "person", "payee": "0123456789abcdef"}
    assert payees.in_words(person) == "个人 01234567"
    assert payees.in_words({"payee_kind": "supplier", "payee": "GY-T0123456"}) == "供应商 GY-T0123456"


async def test_how_many_agreed_is_counted_from_the_approvals_in_force(aid: Aid) -> None:
    number, content_hash = await aid.made()
    assert readers.count_of(await row(number)) == 0
    await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    assert readers.count_of(await row(number)) == 1
