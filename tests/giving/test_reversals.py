"""Gifts that were entered wrongly: undone by two persons, spent or not, and counted nowhere from then on."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import (
    all_is_well,
    approved,
    balance,
    code_of,
    corrected,
    entries,
    give,
    promised,
    refunded,
    requested,
    spend,
    today,
    wrong_gift,
)
from goods.given import RICE, opened
from whole.given import verify_failures

from charity import clock
from charity.db import reading, sealed, transactions
from charity.errors import Refusal
from charity.giving import campaigns, donations, pledges, receipts, refunds, reversals
from charity.giving.limits import REASON_MAX
from charity.ledger import tracing
from charity.ledger.tracing import GiftState
from charity.roles import SYSTEM

NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)


async def gift_of(answer: Any) -> Any:
    return await donations.get(answer.body["id"], by=SYSTEM)


async def refusal(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await call
    return code_of(refused)


async def test_a_request_posts_nothing_and_its_approval_undoes_the_gift_everywhere(house: Cast) -> None:
    kept = await give(house, 300, work_unit="LXU02")
    answer = await give(house, 50_000_00, channel="bank", channel_ref="ICBC-9", work_unit="LXU02")
    asked = await reversals.request(answer.body["id"], reason="多打了四个零", by=house.accountant)
    assert (asked.status, asked.body["status"], asked.body["number"]) == (201, "requested", "GZ-2026-000001")
    assert await entries() == 2
    seen = asked.body["content_hash"]
    done = await reversals.approve(asked.body["number"], content_hash=seen, by=house.approver)
    entry = await reading.only("SELECT * FROM entry WHERE seq = 3")
    assert (done.status, done.body) == (201, {"entry": entry["id16"]})
    gift = await gift_of(answer)
    assert (entry["kind"], entry["reverses"], entry["actor"]) == ("gift.reversal", gift.seq, house.approver.key)
    assert (gift.status, gift.refunded_fen, gift.receipt_id) == ("reversed", 0, None)
    assert await balance("1002/ICBC-01/F-GEN") == await balance("4101/-/F-GEN") + 300 == 0
    receipt = await receipts.get(answer.body["receipt"]["code"])
    assert (receipt.status, receipt.ended_by) == ("voided", house.approver.key)
    assert sealed.unseal("receipt", "reason", receipt.code, receipt.reason) == "GZ-2026-000001"
    figures = (await campaigns.get("one-day-2026")).figures
    assert (figures.received_fen, figures.refunded_fen, figures.gifts, figures.donors) == (300, 0, 1, 1)
    unit = await reading.only("SELECT gifts, donors, net_fen FROM unit_sum")
    assert unit == {"gifts": 1, "donors": 1, "net_fen": 300}
    days = await reading.value("SELECT SUM(amount_fen) FROM day_sum WHERE register = 'donations'")
    assert int(days) == 300
    assert await tracing.gift_state(gift.seq) == GiftState(0, 0, 0, 0)
    assert [g.amount_fen for g in await donations.latest("one-day-2026", 9)] == [300]
    assert (await gift_of(kept)).status == "ok"
    assert await verify_failures() == []


async def test_its_payment_number_is_free_again_in_any_writing(house: Cast) -> None:
    answer = await give(house, 500_000, channel="bank", channel_ref="ICBC-9")
    assert await refusal(give(house, 5_000, channel="bank", channel_ref="icbc 9")) == "channel.ref_used"
    await corrected(house, answer)
    await give(house, 5_000, channel="bank", channel_ref="icbc 9")
    assert await refusal(give(house, 5_000, channel="bank", channel_ref="ICBC9")) == "channel.ref_used"
    assert await verify_failures() == []


async def test_a_pledge_waits_for_its_money_again(house: Cast) -> None:
    code = await promised(amount_fen=5_000)
    paid = {"received_on": today(), "channel": "cash", "by": house.cashier}
    first = await as_shown.receive(code, amount_fen=500_000, **paid)
    assert (await pledges.get(code)).status == "received"
    await corrected(house, first)
    pledge = await pledges.get(code)
    assert (pledge.status, pledge.received_fen) == ("pending", 0)
    second = await as_shown.receive(code, amount_fen=2_000, **paid)
    third = await as_shown.receive(code, amount_fen=3_000, **paid)
    await corrected(house, third)
    assert (await pledges.get(code)).status == "partial"
    assert (await campaigns.get("one-day-2026")).figures.donors == 1
    await corrected(house, second)
    assert (await campaigns.get("one-day-2026")).figures.donors == 0
    assert await verify_failures() == []


async def test_what_is_spent_of_it_the_next_gifts_take_over_unless_the_fund_would_be_short(house: Cast) -> None:
    await give(house, 90_000)
    answer = await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 4_000, "P01")
    number = await wrong_gift(house, answer)
    seen = await reversals.shown_hash(number)
    with pytest.raises(Refusal) as refused:
        await reversals.approve(number, content_hash=seen, by=house.approver)
    assert (code_of(refused), refused.value.facts["needed_yuan"]) == ("fund.short", "40.00")
    assert (await gift_of(answer)).status == "ok"
    other = await give(house, 5_000, campaign="dream-2026")
    await reversals.approve(number, content_hash=seen, by=house.approver)
    assert await tracing.gift_state((await gift_of(answer)).seq) == GiftState(0, 0, 0, 0)
    assert await tracing.gift_state((await gift_of(other)).seq) == GiftState(5_000, 4_000, 0, 1_000)
    assert await balance("1001/-/F-EDU") == 1_000
    assert await all_is_well() == []


async def test_money_that_was_moved_on_is_fetched_back_first(house: Cast) -> None:
    answer = await give(house, 10_000, campaign="dream-2026")
    await give(house, 10_000, campaign="dream-2026", channel="bank", channel_ref="B1")
    await spend("F-EDU", 4_000, "P01")
    await corrected(house, answer)
    kinds = await reading.tuples("SELECT kind, actor FROM entry ORDER BY seq DESC LIMIT 2")
    assert [kind for kind, _ in kinds] == ["gift.reversal", "money.reclassified"]
    assert (await balance("1001/-/F-EDU"), await balance("1002/ICBC-01/F-EDU")) == (0, 6_000)
    assert await all_is_well() == []
    numbers = await reading.tuples("SELECT makers, unusual FROM journal_voucher ORDER BY first_seq DESC LIMIT 2")
    assert [tuple(row) for row in numbers] == [(house.accountant.key, "reversal")] * 2, "and reviewed by another"


@pytest.mark.parametrize(("fund", "kind"), [("dream-2026", "gift.correction"), ("wenchuan-2008", "gift.reversal")])
async def test_in_a_later_year_it_is_corrected_through_net_assets_but_agency_money_never(
    house: Cast, fund: str, kind: str
) -> None:
    answer = await give(house, 1_000, campaign=fund)
    with clock.fixed(NEW_YEAR):
        await corrected(house, answer)
    entry = await reading.only("SELECT kind, effective_on, reverses FROM entry WHERE seq = 2")
    assert entry == {
        "kind": kind, "effective_on": "2027-01-01", "reverses": 1 if kind == "gift.reversal" else None
    }  # fmt: skip
    through = "3201/-/F-EDU" if kind == "gift.correction" else "2601/-/F-WC08"
    rows = await reading.tuples(
        "SELECT a.code, p.quantity FROM posting p JOIN account a ON a.id = p.account WHERE p.seq = 2 ORDER BY p.n"
    )
    code = "F-EDU" if fund == "dream-2026" else "F-WC08"
    assert [tuple(row) for row in rows] == [(f"1001/-/{code}", -1_000), (through, 1_000)]
    assert await tracing.gift_state((await gift_of(answer)).seq) == GiftState(0, 0, 0, 0)
    with clock.fixed(NEW_YEAR):
        assert (await campaigns.get(fund)).figures.received_fen == 0
    days = await reading.value("SELECT SUM(amount_fen) FROM day_sum WHERE register = 'donations'")
    assert int(days) == (1_000 if kind == "gift.correction" else 0)
    assert await verify_failures() == []


async def test_a_gift_of_the_last_second_of_the_year_is_undone_in_it(house: Cast) -> None:
    answer = await give(house, 1_000)
    with clock.fixed(NEW_YEAR.replace(hour=15, minute=59, second=59)):
        await corrected(house, answer)
    assert await reading.value("SELECT kind FROM entry WHERE seq = 2") == "gift.reversal"


async def test_what_was_refunded_or_is_being_refunded_is_not_undone(house: Cast) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 300)
    assert await refusal(wrong_gift(house, answer)) == "reversal.refunding"
    await refunds.reject(number, reason="不符", by=house.approver)
    waiting = await wrong_gift(house, answer)
    assert await refusal(wrong_gift(house, answer)) == "reversal.waiting"
    assert await refusal(requested(house, answer, 300)) == "refund.correcting"
    await reversals.reject(waiting, reason="金额没有错", by=house.approver)
    await refunded(house, answer, 300)
    with pytest.raises(Refusal) as refused:
        await wrong_gift(house, answer)
    assert (code_of(refused), refused.value.facts) == ("reversal.refunded", {"refunded_yuan": "3.00"})
    assert await verify_failures() == []


async def test_an_undone_gift_is_neither_undone_nor_refunded_again(house: Cast) -> None:
    answer = await give(house, 1_000)
    await corrected(house, answer)
    assert await refusal(wrong_gift(house, answer)) == "reversal.gone"
    assert await refusal(requested(house, answer, 1)) == "reversal.gone"
    assert await refusal(wrong_gift(house, await _fake("none"))) == "donation.unknown"
    shop = await opened(house)
    goods = await shop.bring_answer(RICE, 1, unit_value_fen=2_000)
    in_kind = await reading.value("SELECT donation FROM goods_intake WHERE number = $1", goods["number"])
    assert await refusal(wrong_gift(house, await _fake(in_kind))) == "reversal.in_kind"


async def _fake(key: Any) -> Any:
    return type("Answered", (), {"body": {"id": key}})()


async def test_it_is_decided_once_by_somebody_else_over_what_was_shown(house: Cast) -> None:
    answer = await give(house, 1_000, campaign="dream-2026")
    asked = await reversals.request(answer.body["id"], reason="登错", by=house.accountant)
    number, seen = asked.body["number"], asked.body["content_hash"]
    assert await reversals.shown_hash(number) == seen
    for by, code in ((house.accountant, "reversal.same_person"), (house.cashier, "not_yours")):
        assert await refusal(reversals.approve(number, content_hash=seen, by=by)) == code
        assert await refusal(reversals.reject(number, reason="不", by=by)) == code
    assert await refusal(reversals.approve("GZ-0", content_hash=seen, by=house.approver)) == "reversal.unknown"
    await spend("F-EDU", 100, "P01")
    with pytest.raises(Refusal) as refused:
        await reversals.approve(number, content_hash=seen, by=house.approver)
    assert code_of(refused) == "content.changed"
    assert refused.value.now is not None
    assert (refused.value.now.facts["used_fen"], refused.value.now.facts["status"]) == (100, "requested")
    assert (
        await refusal(reversals.reject(number, reason="不", content_hash=seen, by=house.approver)) == "content.changed"
    )
    await give(house, 1_000, campaign="dream-2026")
    now = refused.value.now.content_hash
    outcomes = await asyncio.gather(
        *(reversals.approve(number, content_hash=now, by=by) for by in (house.approver, house.approver2)),
        return_exceptions=True,
    )
    assert [getattr(outcome, "code", "") for outcome in outcomes] == ["", "reversal.done"]
    assert await refusal(reversals.reject(number, reason="不", by=house.approver)) == "reversal.done"
    assert await all_is_well() == []


async def test_a_rejected_request_says_why_and_by_whom(house: Cast) -> None:
    answer = await give(house, 1_000)
    number = await wrong_gift(house, answer)
    await reversals.reject(number, reason=" 金额没有错 ", by=house.approver)
    row = await reversals.get(number, by=house.cashier)
    assert sealed.unseal("gift_reversal", "decision", number, row.decision) == "金额没有错"
    assert (row.status, row.decided_by, row.seq) == ("rejected", house.approver.key, None)
    assert row.decided_at <= clock.stamp()
    assert await refusal(reversals.get(number, by=house.clerk)) == "reversal.unknown"
    assert (await gift_of(answer)).status == "ok"
    assert await verify_failures() == []


@pytest.mark.parametrize("reason", ["", "  ", "错" * (REASON_MAX + 1)])
async def test_a_reason_is_neither_blank_nor_too_long(house: Cast, reason: str) -> None:
    answer = await give(house, 1_000)
    assert await refusal(reversals.request(answer.body["id"], reason=reason, by=house.accountant)) == "reason.needed"
    number = await wrong_gift(house, answer)
    assert await refusal(reversals.reject(number, reason=reason, by=house.approver)) == "reason.needed"
    assert await refusal(refunds.reject("x", reason=reason, by=house.approver)) == "reason.needed"


async def test_a_voucher_that_spends_the_gift_at_the_same_moment_keeps_its_money(house: Cast) -> None:
    answer = await give(house, 1_000, campaign="dream-2026")
    other = await give(house, 1_000, campaign="dream-2026")
    asked = await reversals.request(answer.body["id"], reason="登错", by=house.accountant)
    number, seen = asked.body["number"], asked.body["content_hash"]
    outcomes = await asyncio.gather(
        spend("F-EDU", 600, "P01"),
        reversals.approve(number, content_hash=seen, by=house.approver),
        return_exceptions=True,
    )
    assert [getattr(outcome, "code", "") for outcome in outcomes] == ["", "content.changed"], "the voucher was first"
    await reversals.approve(number, content_hash=await reversals.shown_hash(number), by=house.approver)
    assert await tracing.gift_state((await gift_of(other)).seq) == GiftState(1_000, 600, 0, 400)
    assert await all_is_well() == []


async def test_one_gift_of_two_on_a_receipt_leaves_it_to_the_other(house: Cast) -> None:
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
    await corrected(house, second)
    left = await receipts.get(str((await gift_of(first)).receipt_id))
    assert (left.status, left.amount_fen, left.handler) == ("issued", 600, house.cashier.key)
    assert (await gift_of(second)).receipt_id is None
    assert await all_is_well() == []


async def test_corrections_are_listed_by_state_and_receipt_newest_first(house: Cast) -> None:
    answer, other = await give(house, 1_000), await give(house, 1_000)
    await corrected(house, answer)
    second = await wrong_gift(house, other)

    async def listed(limit: int = 9, **filters: str) -> list[str]:
        return [row.number for row in await reversals.page(reversals.Filters(**filters), limit, by=house.auditor)]

    assert await listed() == [second, "GZ-2026-000001"]
    assert await listed(1) == [second]
    assert await listed(after=second) == ["GZ-2026-000001"]
    assert await listed(status="approved") == ["GZ-2026-000001"]
    assert await listed(number=other.body["receipt"]["number"]) == [second]
    assert await reversals.page(reversals.Filters(), 9, by=house.clerk) == []


async def test_an_approved_refund_of_another_gift_is_no_hindrance(house: Cast) -> None:
    answer, other = await give(house, 1_000), await give(house, 1_000)
    await approved(await requested(house, other, 500), house.approver)
    await corrected(house, answer)
    assert await balance("2209/-/F-GEN") == -500
    assert await verify_failures() == []
