"""Refunds: one asks, another approves; what was spent is paid back by the general fund."""

import pytest
from giving.given import all_is_well, balance, code_of, entries, give, requested, spend

from charity import clock
from charity.errors import Refusal
from charity.giving import campaigns, donations, receipts, refunds
from charity.ledger import tracing
from charity.roles import SYSTEM


async def test_a_request_posts_nothing(house):
    answer = await give(house)
    asked = await refunds.request(answer.body["id"], amount_fen=100, reason="重复付款", by=house.accountant)
    assert (asked.status, asked.body["status"]) == (201, "requested")
    assert asked.body["number"] == f"TK-{clock.today().year}-000001"
    assert await entries() == 1


async def test_a_whole_refund_voids_the_receipt_and_shows_in_the_figures(house):
    answer = await give(house, 10_000, campaign="dream-2026")
    done = await refunds.approve(await requested(house, answer, 10_000), by=house.accountant2)
    assert done.body["status"] == "refunded"
    assert await balance("1001/-/F-EDU") == 0
    assert await balance("4101/-/F-EDU") == 0
    assert (await receipts.get(answer.body["receipt"]["code"])).status == "voided"
    gift = await donations.get(answer.body["id"], by=SYSTEM)
    assert (gift.status, gift.refunded_fen, gift.receipt_id) == ("refunded", 10_000, None)
    figures = (await campaigns.get("dream-2026")).figures
    assert (figures.received_fen, figures.refunded_fen, figures.net_fen) == (10_000, 10_000, 0)
    assert await all_is_well() == []


async def test_a_part_refund_replaces_the_receipt_by_one_over_what_remains(house):
    answer = await give(house, 10_000)
    await refunds.approve(await requested(house, answer, 4_000), by=house.approver)
    old = await receipts.get(answer.body["receipt"]["code"])
    assert old.status == "replaced"
    assert old.replaced_by_id is not None
    assert (await receipts.get(old.replaced_by_id)).amount_fen == 6_000
    await refunds.approve(await requested(house, answer, 6_000), by=house.approver)
    assert (await receipts.get(old.replaced_by_id)).status == "voided"
    assert await all_is_well() == []


async def test_the_requester_cannot_approve_and_nothing_is_posted(house):
    answer = await give(house)
    number = await requested(house, answer, 100)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.accountant)
    assert code_of(refused) == "refund.same_person"
    assert await entries() == 1


async def test_a_refund_is_approved_once(house):
    answer = await give(house)
    number = await requested(house, answer, 100)
    await refunds.approve(number, by=house.approver)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.approver2)
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
    await refunds.reject(number, by=house.approver)
    await requested(house, answer, 10_000)
    assert await entries() == 1


async def test_the_spent_part_of_a_restricted_gift_is_paid_back_by_the_general_fund(house):
    await give(house, 50_000)
    answer = await give(house, 10_000, campaign="dream-2026")
    seq = (await donations.get(answer.body["id"], by=SYSTEM)).seq
    await spend("F-EDU", 6_000, "P01")
    await refunds.approve(await requested(house, answer, 10_000), by=house.approver)
    assert await balance("1001/-/F-EDU") == 0
    assert await balance("1001/-/F-GEN") == 44_000
    state = await tracing.gift_state(seq)
    assert (state.given, state.refunded, state.spent, state.unspent) == (10_000, 10_000, 0, 0)
    assert await all_is_well() == []


async def test_the_spent_part_of_a_general_gift_is_paid_back_from_other_general_money(house):
    answer = await give(house, 10_000)
    await give(house, 20_000)
    await spend("F-GEN", 6_000, "P03")
    await refunds.approve(await requested(house, answer, 10_000), by=house.approver)
    assert await balance("1001/-/F-GEN") == 14_000
    assert await all_is_well() == []


async def test_a_refund_of_spent_money_is_refused_when_the_general_fund_is_short(house):
    answer = await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 6_000, "P01")
    number = await requested(house, answer, 10_000)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.approver)
    assert code_of(refused) == "fund.short"
    assert (await receipts.get(answer.body["receipt"]["code"])).status == "issued"
    assert await entries() == 2


async def test_agency_money_goes_back_from_the_debt(house):
    answer = await give(house, 500, campaign="wenchuan-2008")
    await refunds.approve(await requested(house, answer, 500), by=house.approver)
    assert await balance("2601/-/F-WC08") == 0
    assert await all_is_well() == []


async def test_agency_money_that_was_handed_on_is_not_given_back_from_other_money(house):
    await give(house, 50_000)
    answer = await give(house, 500, campaign="wenchuan-2008")
    await spend("F-WC08", 300, "P90")
    number = await requested(house, answer, 500)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.approver)
    assert code_of(refused) == "refund.forwarded"
    assert refused.value.facts["left_yuan"] == "2.00"
    await refunds.reject(number, by=house.approver)
    await refunds.approve(await requested(house, answer, 200), by=house.approver)
    assert await balance("1001/-/F-GEN") == 50_000
    assert await all_is_well() == []
