"""Payment vouchers: what is asked for is kept, hashed, numbered, changed and cancelled by its maker."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aid.given import ASKED, Aid, refused, row

from charity import clock
from charity.aid import payees, verify, vouchers
from charity.aid.drafts.forms import VoucherForm
from charity.aid.payees import Payee
from charity.db import reading, sealed, transactions
from charity.errors import Refusal
from charity.ledger import verify as books_verify
from charity.ledger.content import hashed
from charity.web import forms


@pytest.mark.parametrize(
    ("kind", "code", "shown"), [("person", "0123456789ab", "01234567"), ("supplier", "GY-T0123456", "GY-T0123456")]
)
def test_of_a_persons_key_eight_characters_are_shown_and_a_code_is_shown_whole(
    kind: str, code: str, shown: str
) -> None:
    assert payees.short_code(Payee(kind, code, "", code)) == shown


async def test_a_voucher_travels_from_draft_to_paid(aid: Aid) -> None:
    number, content_hash = await aid.made()
    assert number == f"BF-{clock.today().year}-000001"
    first = await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    assert first.body == {"status": "approving", "approvals": 1, "needed": 2}
    second = await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver2)
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
    assert (stored["status"], stored["paid_on"], stored["entry_seq"]) == (
        "paid",
        clock.today().isoformat(),
        entry["seq"],
    )
    assert await verify.run() == []
    assert await books_verify.run() == []


async def test_no_personal_word_stands_in_the_content_the_books_or_in_clear(aid: Aid) -> None:
    number, _ = await aid.approved()
    await aid.pay(number, "ICBC-2")
    stored = await row(number)
    values = stored["content"] + "".join(r["body"] for r in await reading.rows("SELECT body FROM entry"))
    for word in ("王小明", "手术", "户主"):
        assert word not in values
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
    await vouchers.approve(number=number, content_hash=old, by=aid.house.approver)
    answer = await vouchers.edit(number=number, content=replace(ASKED, **change), by=aid.house.caseworker)
    assert (answer.body["status"], answer.body["approvals"]) == ("draft", 0)
    history = await reading.row("SELECT * FROM voucher_approval WHERE decision = 'approve'")
    assert history is not None
    assert history["cleared_at"] is not None
    await refused("content.changed", vouchers.approve(number=number, content_hash=old, by=aid.house.approver2))
    fresh = answer.body["content_hash"]
    one = await vouchers.approve(number=number, content_hash=fresh, by=aid.house.approver2)
    assert one.body["approvals"] == 1
    two = await vouchers.approve(number=number, content_hash=fresh, by=aid.house.approver)
    assert two.body["status"] == "approved"
    assert await verify.run() == []


async def test_saving_without_a_change_keeps_the_approvals(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
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
    await refused("voucher.not_returnable", vouchers.send_back(number=number, reason="x", by=aid.house.approver))


async def test_a_reason_of_several_lines_is_taken_as_a_browser_sends_it() -> None:
    sent = {
        "programme": "P03",
        "fund": "F-GEN",
        "payee_kind": "household",
        "payee_code": "HH-T001",
        "amount_yuan": "12.00",
        "recipients": "1",
        "reason": "住院自付部分较高\r\n经入户核实",
    }
    assert forms.read(VoucherForm, sent).content().reason == "住院自付部分较高\n经入户核实"
    for code in ("HH\tT001", "HH\nT001"):
        with pytest.raises(Refusal) as caught:
            forms.read(VoucherForm, sent | {"payee_code": code})
        assert [error.field for error in caught.value.fields] == ["payee_code"]
