"""Refunds: one asks, another approves; what was spent is paid back by the general fund."""

import asyncio
from typing import Any

import as_shown
import pytest
from giving.given import (
    all_is_well,
    approved,
    balance,
    code_of,
    entries,
    give,
    paid,
    promised,
    refunded,
    requested,
    spend,
    today,
)
from goods.given import RICE, opened
from whole.given import verify_failures

from charity import clock
from charity.db import reading, sealed, transactions
from charity.errors import Refusal
from charity.giving import campaigns, donations, receipts, refunds
from charity.giving.limits import REASON_MAX
from charity.ledger import tracing
from charity.ledger.writer import Answer
from charity.roles import SYSTEM


async def test_a_request_posts_nothing(house):
    answer = await give(house)
    asked = await refunds.request(
        answer.body["id"], amount_fen=100, cause="mistaken", reason="重复付款", by=house.accountant
    )
    assert (asked.status, asked.body["status"]) == (201, "requested")
    assert asked.body["number"] == f"TK-{clock.today().year}-000001"
    assert await entries() == 1


async def test_a_whole_refund_voids_the_receipt_and_shows_in_the_figures(house):
    answer = await give(house, 10_000, campaign="dream-2026")
    number = await requested(house, answer, 10_000)
    done = await approved(number, house.accountant2)
    assert done.body["status"] == "approved"
    assert (await balance("1001/-/F-EDU"), await balance("2209/-/F-EDU")) == (10_000, -10_000)
    done = await paid(house, number)
    assert (done.status, done.body["status"]) == (201, "refunded")
    assert (await balance("1001/-/F-EDU"), await balance("2209/-/F-EDU")) == (0, 0)
    assert await balance("4101/-/F-EDU") == 0
    assert (await receipts.get(answer.body["receipt"]["code"])).status == "voided"
    gift = await donations.get(answer.body["id"], by=SYSTEM)
    assert (gift.status, gift.refunded_fen, gift.receipt_id) == ("refunded", 10_000, None)
    figures = (await campaigns.get("dream-2026")).figures
    assert (figures.received_fen, figures.refunded_fen, figures.net_fen) == (10_000, 10_000, 0)
    assert await all_is_well() == []


async def test_a_part_refund_replaces_the_receipt_by_one_over_what_remains(house):
    answer = await give(house, 10_000)
    await approved(await requested(house, answer, 4_000), house.approver)
    old = await receipts.get(answer.body["receipt"]["code"])
    assert old.status == "replaced"
    assert old.replaced_by_id is not None
    assert (await receipts.get(old.replaced_by_id)).amount_fen == 6_000
    await approved(await requested(house, answer, 6_000), house.approver)
    assert (await receipts.get(old.replaced_by_id)).status == "voided"
    assert await all_is_well() == []


async def test_the_requester_cannot_approve_and_nothing_is_posted(house):
    answer = await give(house)
    number = await requested(house, answer, 100)
    with pytest.raises(Refusal) as refused:
        await approved(number, house.accountant)
    assert code_of(refused) == "refund.same_person"
    assert await entries() == 1


async def test_a_refund_is_approved_once(house):
    answer = await give(house)
    number = await requested(house, answer, 100)
    await approved(number, house.approver)
    with pytest.raises(Refusal) as refused:
        await approved(number, house.approver2)
    assert code_of(refused) == "refund.done"


async def test_requests_together_never_ask_for_more_than_the_gift(house):
    answer = await give(house, 10_000)
    await requested(house, answer, 7_000)
    with pytest.raises(Refusal) as refused:
        await requested(house, answer, 3_001)
    assert code_of(refused) == "refund.over"
    await requested(house, answer, 3_000)


async def test_a_rejected_request_frees_its_amount(house):
    answer = await give(house, 10_000)
    number = await requested(house, answer, 10_000)
    await refunds.reject(number, reason="不符", by=house.approver)
    await requested(house, answer, 10_000)
    assert await entries() == 1


async def test_the_spent_part_of_a_restricted_gift_is_paid_back_by_the_general_fund(house):
    await give(house, 50_000)
    answer = await give(house, 10_000, campaign="dream-2026")
    seq = (await donations.get(answer.body["id"], by=SYSTEM)).seq
    await spend("F-EDU", 6_000, "P01")
    await refunded(house, answer, 10_000)
    assert await balance("1001/-/F-EDU") == 0
    assert await balance("1001/-/F-GEN") == 44_000
    state = await tracing.gift_state(seq)
    assert (state.given, state.refunded, state.spent, state.unspent) == (10_000, 10_000, 0, 0)
    assert await all_is_well() == []


async def test_the_spent_part_of_a_general_gift_is_paid_back_from_other_general_money(house):
    answer = await give(house, 10_000)
    await give(house, 20_000)
    await spend("F-GEN", 6_000, "P03")
    await refunded(house, answer, 10_000)
    assert await balance("1001/-/F-GEN") == 14_000
    assert await all_is_well() == []


async def test_a_refund_of_spent_money_is_refused_when_the_general_fund_is_short(house):
    answer = await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 6_000, "P01")
    number = await requested(house, answer, 10_000)
    with pytest.raises(Refusal) as refused:
        await approved(number, house.approver)
    assert code_of(refused) == "fund.short"
    assert (await receipts.get(answer.body["receipt"]["code"])).status == "issued"
    assert await entries() == 2


async def test_agency_money_goes_back_from_the_debt(house):
    answer = await give(house, 500, campaign="wenchuan-2008")
    await approved(await requested(house, answer, 500), house.approver)
    assert await balance("2601/-/F-WC08") == 0
    assert await all_is_well() == []


async def test_agency_money_that_was_handed_on_is_not_given_back_from_other_money(house):
    await give(house, 50_000)
    answer = await give(house, 500, campaign="wenchuan-2008")
    await spend("F-WC08", 300, "P90")
    number = await requested(house, answer, 500)
    with pytest.raises(Refusal) as refused:
        await approved(number, house.approver)
    assert code_of(refused) == "refund.forwarded"
    assert refused.value.facts["left_yuan"] == "2.00"
    await refunds.reject(number, reason="不符", by=house.approver)
    await approved(await requested(house, answer, 200), house.approver)
    assert await balance("1001/-/F-GEN") == 50_000
    assert await all_is_well() == []


async def _code(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await call
    return code_of(refused)


async def test_a_refund_says_who_asked_who_decided_and_which_entry_it_is(house: Any) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 300)
    row = await reading.row("SELECT * FROM refund")
    assert row is not None
    assert sealed.unseal("refund", "reason", number, row.pop("reason")) == "重复付款"
    requested_at = row.pop("requested_at")
    assert row == {
        "number": number,
        "donation": answer.body["id"],
        "amount_fen": 300,
        "cause": "mistaken",
        "salt": row["salt"],
        "status": "requested",
        "requested_by": house.accountant.key,
        "debit": "",
        "general_fen": 0,
        "paid_from": "",
        "channel": "",
        "channel_ref": "",
    } | dict.fromkeys(("approved_by", "approved_at", "decision", "seq", "paid_by", "paid_at", "paid_on", "paid_seq"))
    done = await approved(number, house.approver)
    entry = await reading.row("SELECT recorded_at, party, actor, effective_on FROM entry WHERE seq = 2")
    assert entry is not None
    assert done == Answer(201, {"entry": done.body["entry"], "status": "approved"})
    donor = await reading.value("SELECT donor FROM donation")
    assert (entry["party"], entry["actor"], entry["effective_on"]) == (donor, house.approver.key, today())
    row = await reading.row("SELECT status, requested_at, approved_by, approved_at, seq, debit FROM refund")
    assert row == {
        "status": "approved",
        "debit": "4101",
        "requested_at": requested_at,
        "approved_by": house.approver.key,
        "approved_at": entry["recorded_at"],
        "seq": 2,
    }
    gift = await donations.get(answer.body["id"], by=SYSTEM)
    assert (gift.status, gift.refunded_fen) == ("ok", 300)
    other = await requested(house, answer, 300)
    await refunds.reject(other, reason="不符", by=house.approver)
    row = await reading.row("SELECT status, approved_by, approved_at, seq FROM refund WHERE number = $1", other)
    assert row is not None
    assert requested_at < row.pop("approved_at") <= clock.stamp()
    assert row == {"status": "rejected", "approved_by": house.approver.key, "seq": None}
    assert (await refunds.get(other, by=house.approver)).status == "rejected"
    assert await _code(refunds.get(other, by=house.clerk)) == "refund.unknown"


async def test_only_money_that_was_given_is_asked_back_and_no_more_than_is_left(house: Any) -> None:
    shop = await opened(house)
    goods = await shop.bring_answer(RICE, 1, unit_value_fen=2_000)
    in_kind = await reading.value("SELECT donation FROM goods_intake WHERE number = $1", goods["number"])
    answer, other = await give(house, 1_000), await give(house, 1_000)
    asked = {"reason": "重复", "by": house.accountant}
    assert await _code(refunds.request(in_kind, amount_fen=1, cause="mistaken", **asked)) == "refund.in_kind"
    assert await _code(refunds.request("none", amount_fen=1, cause="mistaken", **asked)) == "donation.unknown"
    await approved(await requested(house, answer, 400), house.approver)
    await requested(house, other, 1_000)
    with pytest.raises(Refusal) as refused:
        await requested(house, answer, 601)
    assert (code_of(refused), refused.value.facts) == ("refund.over", {"left_yuan": "6.00"})
    first = await refunds.request(
        answer.body["id"], amount_fen=100, cause="mistaken", reason="退" * REASON_MAX, by=house.accountant
    )
    await requested(house, answer, 500)
    assert first.status == 201
    assert await _code(requested(house, answer, 1)) == "refund.over"


async def test_a_request_that_is_turned_down_frees_its_amount_at_once(house: Any) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 1_000)
    _, again = await asyncio.gather(
        refunds.reject(number, reason="不符", by=house.approver), requested(house, answer, 1_000)
    )
    outcomes = await asyncio.gather(
        refunds.reject(again, reason="不符", by=house.approver),
        requested(house, answer, 600),
        requested(house, answer, 600),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "str", "Refusal"]


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_request_is_decided_once_by_somebody_else(house: Any, decision: str) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 300)
    seen = await refunds.content_hash(number)

    def verb(number: str, by: Any) -> Any:
        if decision == "approve":
            return refunds.approve(number, content_hash=seen, by=by)
        return refunds.reject(number, reason="不符", content_hash=seen, by=by)

    assert await _code(verb("none", by=house.approver)) == "refund.unknown"
    assert await _code(verb(number, by=house.accountant)) == "refund.same_person"
    await verb(number, by=house.approver)
    assert await _code(verb(number, by=house.approver)) == "refund.done"


async def test_an_approval_looks_again_at_what_is_left(house: Any) -> None:
    number = await requested(house, await give(house, 1_000), 300)
    await transactions.run(lambda tx: tx.rows("UPDATE refund SET amount_fen = 1001"))
    with pytest.raises(Refusal) as refused:
        await approved(number, house.approver)
    assert (code_of(refused), refused.value.facts) == ("refund.over", {"left_yuan": "10.00"})
    await transactions.run(lambda tx: tx.rows("UPDATE refund SET amount_fen = 1000"))
    await approved(number, house.approver)


async def test_what_a_unit_gave_and_what_a_day_brought_is_less_what_went_back(house: Any) -> None:
    answer = await give(house, 1_000, work_unit="LXU02")
    await approved(await requested(house, answer, 300), house.approver)
    row = await reading.row("SELECT gifts, donors, net_fen FROM unit_sum")
    assert row == {"gifts": 1, "donors": 1, "net_fen": 700}
    days = await reading.value("SELECT SUM(amount_fen) FROM day_sum WHERE register = 'donations'")
    assert int(days) == 700
    assert await verify_failures() == []


async def test_money_on_no_receipt_is_given_back_without_one(house: Any) -> None:
    answer = await give(house, 1_000)
    await as_shown.void(answer.body["receipt"]["code"], reason="写错", by=house.accountant)
    await approved(await requested(house, answer, 300), house.approver)
    assert await reading.value("SELECT COUNT(*) FROM receipt") == 1
    assert await all_is_well() == []


@pytest.mark.parametrize(
    ("parts", "on_receipt", "amount"),
    [([200], 2, 800), ([400], 1, 600), ([100, 300], 1, 600), ([100, 100], 2, 800)],
)
async def test_a_receipt_over_two_gifts_keeps_the_one_of_which_nothing_is_left_no_longer(
    house: Any, parts: list[int], on_receipt: int, amount: int
) -> None:
    code = await promised(amount_fen=1_000)
    paid = {"received_on": today(), "channel": "cash", "by": house.cashier}
    first, second = [await as_shown.receive(code, amount_fen=fen, **paid) for fen in (600, 400)]
    await as_shown.void(second.body["receipt"]["code"], reason="合并", by=house.accountant)
    head = first.body["receipt"]
    for sql, values in (  # as no verb does yet: one receipt over both
        ("INSERT INTO receipt_line (number, donation) VALUES ($1, $2)", (head["number"], second.body["id"])),
        ("UPDATE donation SET receipt = $1 WHERE key = $2", (head["code"], second.body["id"])),
        ("UPDATE receipt SET amount_fen = 1000 WHERE code = $1", (head["code"],)),
    ):
        await transactions.run(lambda tx, sql=sql, values=values: tx.rows(sql, *values))
    assert await all_is_well() == []
    for fen in parts:
        await approved(await requested(house, second, fen), house.approver)
    assert await all_is_well() == []
    gifts = [await donations.get(answer.body["id"], by=SYSTEM) for answer in (first, second)]
    receipt = await receipts.get(str(gifts[0].receipt_id))
    assert (receipt.status, receipt.amount_fen, receipt.seq) == ("issued", amount, gifts[0].seq)
    assert len(await receipts.gifts(receipt.code)) == on_receipt
    assert (gifts[1].receipt_id == receipt.code) == (on_receipt == 2)
    await approved(await requested(house, first, 600), house.approver)
    assert await all_is_well() == []
