"""Who may see which rows of giving, whatever page, call or job asks."""

import pytest
from giving.given import approved, give, promised, requested, today

from charity.errors import Refusal
from charity.giving import campaigns, donations, pledges, receipts, refunds
from charity.giving.models import Campaign, Donation, Pledge, Receipt, Refund
from charity.roles import PUBLIC, SYSTEM


@pytest.mark.parametrize("who", ["auditor", "accountant"])
async def test_a_draft_is_seen_by_whoever_manages_campaigns(house, who):
    by = getattr(house, who)
    assert (await campaigns.get("draft-2027", by=by)).row["status"] == "draft"
    assert "draft-2027" in {shown.row["slug"] for shown in await campaigns.every(by=by)}
    assert await Campaign.visible_to(by).filter(slug="draft-2027").exists()


@pytest.mark.parametrize("who", [None, "cashier", "clerk"])
async def test_a_draft_is_not_there_for_the_others(house, who):
    by = getattr(house, who) if who else PUBLIC
    with pytest.raises(Refusal):
        await campaigns.get("draft-2027", by=by)
    assert "draft-2027" not in {shown.row["slug"] for shown in await campaigns.every(by=by)}
    assert not await Campaign.visible_to(by).filter(slug="draft-2027").exists()
    assert "draft-2027" not in await campaigns.names(["draft-2027", "everyday"])
    assert "draft-2027" not in await campaigns.every_name()


async def test_lists_and_rows_are_for_whoever_reads_gifts_and_pledges(house):
    answer = await give(house)
    pledge = await promised()
    number = await requested(house, answer, 1_000)
    for by in (house.auditor, house.accountant, SYSTEM):
        assert [row["code"] for row in await receipts.page(receipts.Filters(), 9, by=by)]
        assert [row["code"] for row in await pledges.page(pledges.Filters(), 9, by=by)] == [pledge]
        assert [row.number for row in await refunds.page(refunds.Filters(status="requested"), 100, by=by)] == [number]
        assert (await refunds.get(number, by=by)).number == number
        assert [row.number for row in await receipts.refunds_of([answer.body["id"]], by=by)] == [number]
    for by in (house.clerk, house.caseworker, PUBLIC):
        assert await receipts.page(receipts.Filters(), 9, by=by) == []
        assert await pledges.page(pledges.Filters(), 9, by=by) == []
        assert await Receipt.visible_to(by).count() == await Pledge.visible_to(by).count() == 0
        assert await refunds.page(refunds.Filters(status="requested"), 100, by=by) == []
        assert await receipts.refunds_of([answer.body["id"]], by=by) == []
        assert await Refund.visible_to(by).count() == 0
        with pytest.raises(Refusal):
            await refunds.get(number, by=by)
    # An approver decides on refunds and reads no list of gifts.
    assert [row.number for row in await refunds.page(refunds.Filters(status="requested"), 100, by=house.approver)] == [
        number
    ]
    assert await receipts.page(receipts.Filters(), 9, by=house.approver) == []


async def test_whoever_holds_a_code_sees_that_receipt_or_pledge(house):
    answer, pledge = await give(house), await promised()
    code = answer.body["receipt"]["code"]
    assert (await receipts.get(code)).number == answer.body["receipt"]["number"]
    assert [gift.key for gift in await receipts.gifts(code)] == [answer.body["id"]]
    assert await receipts.known(code)
    assert (await pledges.get(pledge)).code == pledge
    assert await pledges.known(pledge)
    assert not await receipts.known(pledge)
    assert not await pledges.known(code)


async def test_everybody_sees_received_money_and_nothing_of_a_gift_given_back(house):
    kept, back = await give(house), await give(house)
    number = await requested(house, back, 10_000)
    await approved(number, house.accountant2)
    assert [row.key for row in await Donation.visible_to(PUBLIC)] == [kept.body["id"]]
    assert await Donation.visible_to(house.auditor).count() == 2
    with pytest.raises(Refusal):
        await donations.get(back.body["id"], by=PUBLIC)
    assert (await donations.get(back.body["id"], by=house.auditor)).received_on == today()
    assert len(await donations.latest("one-day-2026", 9)) == 1
