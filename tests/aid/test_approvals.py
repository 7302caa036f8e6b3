"""Approvals: four eyes over exactly one content (I11)."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from aid.given import ASKED, Aid, refused, row

from charity.aid import verify, vouchers
from charity.db import reading
from charity.errors import Refusal
from charity.ledger.writer import Answer
from charity.roles import Role


async def test_only_the_right_roles_may_act(aid: Aid) -> None:
    number, content_hash = await aid.made()
    house = aid.house
    await refused("not_yours", vouchers.make(content=ASKED, by=house.approver))
    for by in (house.caseworker, house.cashier, house.accountant, house.admin, house.clerk, house.auditor):
        await refused("not_yours", vouchers.approve(number=number, content_hash=content_hash, by=by))
        await refused("not_yours", vouchers.reject(number=number, reason="不行", by=by))
    for by in (house.caseworker, house.approver, house.accountant, house.admin):
        await refused("not_yours", aid.pay(number, "X", by=by))


async def test_the_maker_cannot_approve_return_or_reject_it(aid: Aid) -> None:
    number, content_hash = await aid.made()
    both = replace(aid.house.caseworker, roles=frozenset({Role.CASEWORKER, Role.APPROVER}))
    await refused("voucher.own", vouchers.approve(number=number, content_hash=content_hash, by=both))
    await refused("voucher.own", vouchers.send_back(number=number, reason="改", by=both))
    await refused("voucher.own", vouchers.reject(number=number, reason="改", by=both))
    assert (await row(number))["status"] == "draft"


async def test_the_same_approver_counts_once(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    again = vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    await refused("voucher.approved_already", again)
    assert (await row(number))["status"] == "approving"


async def test_two_approvals_at_once_by_one_account_count_once(aid: Aid) -> None:
    number, content_hash = await aid.made()
    calls = [vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver) for _ in range(10)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"voucher.approved_already"}
    stored = await row(number)
    assert (stored["status"], len(json.loads(stored["approvals"]))) == ("approving", 1)
    assert await reading.value("SELECT count(*) FROM voucher_approval") == 1


async def test_decisions_that_cross_in_one_moment_are_taken_one_after_the_other(aid: Aid) -> None:
    number, content_hash = await aid.made()
    house = aid.house
    outcomes = await asyncio.gather(
        vouchers.approve(number=number, content_hash=content_hash, by=house.approver),
        vouchers.send_back(number=number, reason="再核对", by=house.approver2),
        vouchers.approve(number=number, content_hash=content_hash, by=house.approver),
        vouchers.approve(number=number, content_hash=content_hash, by=house.approver2),
        vouchers.edit(number=number, content=replace(ASKED, amount_fen=7), by=house.caseworker),
        vouchers.approve(number=number, content_hash=content_hash, by=house.approver2),
        return_exceptions=True,
    )
    assert all(isinstance(o, Answer | Refusal) for o in outcomes), outcomes
    stored = await row(number)
    in_force = await reading.rows(
        "SELECT account FROM voucher_approval WHERE cleared_at IS NULL AND decision = 'approve'"
    )
    assert sorted(a for a, _ in json.loads(stored["approvals"])) == sorted(r["account"] for r in in_force)
    assert len(in_force) == {"draft": 0, "approving": 1, "approved": 2}[stored["status"]]
    assert await verify.run() == []


async def test_an_approval_over_an_older_content_is_refused(aid: Aid) -> None:
    number, old = await aid.made()
    await vouchers.edit(number=number, content=replace(ASKED, amount_fen=1), by=aid.house.caseworker)
    await refused("content.changed", vouchers.approve(number=number, content_hash=old, by=aid.house.approver))


async def test_a_returned_voucher_needs_both_approvals_again(aid: Aid) -> None:
    number, content_hash = await aid.approved()
    answer = await vouchers.send_back(number=number, reason="缺少医院发票", by=aid.house.approver2)
    assert answer.body == {"status": "draft"}
    stored = await row(number)
    assert stored["returned_at"] is not None
    assert json.loads(stored["approvals"]) == []
    await refused("voucher.not_payable", aid.pay(number, "ICBC-4"))
    await vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker)
    assert (await row(number))["returned_at"] is None
    one = await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    assert one.body["status"] == "approving"


async def test_a_rejected_or_cancelled_voucher_stays_so(aid: Aid) -> None:
    rejected, content_hash = await aid.approved()
    assert (await vouchers.reject(number=rejected, reason="重复", by=aid.house.approver)).body == {"status": "rejected"}
    cancelled, _ = await aid.made()
    await vouchers.cancel(number=cancelled, reason="对象放弃", by=aid.house.caseworker)
    for number in (rejected, cancelled):
        await refused("voucher.not_payable", aid.pay(number, "ICBC-5"))
        await refused("voucher.not_editable", vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker))
        await refused("voucher.not_returnable", vouchers.reject(number=number, reason="x", by=aid.house.approver))
    call = vouchers.approve(number=rejected, content_hash=content_hash, by=aid.house.approver)
    await refused("voucher.not_approvable", call)
    assert await verify.run() == []


async def test_an_approval_leads_to_the_next_voucher_that_waits_for_this_approver(aid: Aid, web: Any) -> None:
    """Behind it, then from the first on; past what is returned, own or approved already; at last it stays."""
    first, second, third, back, agreed = [await aid.made() for _ in range(5)]
    await vouchers.send_back(number=back[0], reason="缺发票", by=aid.house.approver2)
    await vouchers.approve(number=agreed[0], content_hash=agreed[1], by=aid.house.approver)
    by = aid.house.approver
    assert await vouchers.next_to_approve(first[0], by=by) == second[0]
    assert await vouchers.next_to_approve(second[0], by=by) == third[0]
    assert await vouchers.next_to_approve(third[0], by=by) == first[0]
    own = replace(aid.house.caseworker, roles=frozenset({Role.CASEWORKER, Role.APPROVER}))
    assert await vouchers.next_to_approve("", by=own) == ""
    assert await vouchers.next_to_approve("", by=by) == first[0]
    client, seen = web.as_("approver"), {"sec-fetch-site": "same-origin"}
    for (number, content_hash), following, words_of in (
        (second, third[0], "下面是下一张等您审批的"),
        (third, first[0], "下面是下一张等您审批的"),
        (first, first[0], "还需要另一位审批人"),
    ):
        answer = await client.post(f"/vouchers/{number}/approve", data={"content_hash": content_hash}, headers=seen)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/vouchers/{following}")
        page = (await client.get(answer.headers["location"])).text
        assert f"您已同意 {number}" in page
        assert words_of in page
        if following == first[0]:
            assert await vouchers.next_to_approve(first[0], by=by) == ""
    assert "下一张" not in page
