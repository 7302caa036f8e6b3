"""Pledges: they post nothing, and what their money does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from giving.given import TODAY, code_of, entries, give, promised

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import campaigns, channels, pledges
from charity.giving.pledges import screens
from charity.office import organisation
from charity.roles import SYSTEM


async def test_a_pledge_posts_nothing_and_has_a_reference_that_checks(house):
    code = await promised()
    row = await pledges.get(code)
    assert await entries() == 0
    assert tokens.reference_valid(row.reference)
    assert row.reference.startswith("ONE-")
    assert row.status == "pending"
    assert (await campaigns.get("one-day-2026")).figures.received_fen == 0


async def test_a_pledge_of_a_work_unit_carries_the_units_reference(house):
    row = await pledges.get(await promised(work_unit="LXU02"))
    assert row.reference.startswith("YRJ2602-")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"campaign": "nowhere"}, "campaign.unknown"),
        ({"campaign": "winter-2025"}, "campaign.not_open"),
        ({"fund": "F-WARM"}, "campaign.fund_not_choice"),
        ({"work_unit": "LXU99"}, "work_unit.unknown"),
        ({"channel": "pigeon"}, "channel.unknown"),
        ({"channel": "box"}, "channel.not_promised"),
        ({"channel": "sandbox"}, "channel.not_promised"),
    ],
)
async def test_a_pledge_that_breaks_a_rule_is_refused(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await promised(**changes)
    assert code_of(refused) == code
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0


@pytest.mark.parametrize("channel", channels.PROMISED)
async def test_a_pledge_names_any_channel_that_says_what_comes_next(house, channel):
    assert (await pledges.get(await promised(channel=channel))).channel == channel


@pytest.mark.parametrize("demo", [False, True])
async def test_a_channel_of_the_demo_takes_promises_in_a_demo_only(house, monkeypatch, demo):
    """Were the sandbox to get a hint."""
    sandbox = replace(channels.CHANNELS["sandbox"], hint=channels.CHANNELS["cash"].hint)
    monkeypatch.setitem(channels.CHANNELS, "sandbox", sandbox)
    monkeypatch.setattr(channels, "PROMISED", (*channels.PROMISED, "sandbox"))
    await transactions.run(lambda tx: organisation.describe(tx, replace(organisation.UNNAMED, demo=demo)))
    assert ("sandbox" in [choice["value"] for choice in await screens.pay_choices()]) == demo
    if demo:
        assert await promised(channel="sandbox")
        return
    with pytest.raises(Refusal) as refused:
        await promised(channel="sandbox")
    assert code_of(refused) == "channel.sandbox"


async def test_a_pledge_may_arrive_in_parts_each_with_its_receipt(house):
    code = await promised(amount_fen=20_000)
    first = await pledges.receive(
        code, amount_fen=5_000, received_on=TODAY, channel="bank", channel_ref="A1", by=house.cashier
    )
    assert (await pledges.get(code)).status == "partial"
    second = await pledges.receive(
        code, amount_fen=15_000, received_on=TODAY, channel="bank", channel_ref="A2", by=house.cashier
    )
    row = await pledges.get(code)
    assert (row.status, row.received_fen) == ("received", 20_000)
    numbers = [r.number for r in await pledges.receipts_of(code)]
    assert numbers == [first.body["receipt"]["number"], second.body["receipt"]["number"]]
    figures = (await campaigns.get("one-day-2026")).figures
    assert (figures.received_fen, figures.gifts, figures.donors) == (20_000, 2, 1)


async def test_a_pledge_that_is_complete_takes_no_more_money(house):
    code = await promised(amount_fen=100)
    await pledges.receive(code, amount_fen=100, received_on=TODAY, channel="cash", by=house.cashier)
    with pytest.raises(Refusal) as refused:
        await pledges.receive(code, amount_fen=100, received_on=TODAY, channel="cash", by=house.cashier)
    assert code_of(refused) == "pledge.done"
    assert await entries() == 1


async def test_a_pledge_expires_by_the_clock_and_its_money_is_still_taken(house):
    long_ago = clock.now() - timedelta(days=pledges.PLEDGE_DAYS + 1)
    with clock.fixed(long_ago):
        code = await promised(amount_fen=100)
    row = await pledges.get(code)
    assert pledges.shown_status(row.status, row.expires_at) == "expired"
    listed = await pledges.page(pledges.Filters(status="expired"), 10, by=SYSTEM)
    assert [r["code"] for r in listed] == [code]
    await pledges.receive(code, amount_fen=100, received_on=TODAY, channel="cash", by=house.cashier)
    row = await pledges.get(code)
    assert pledges.shown_status(row.status, row.expires_at) == "received"


async def test_money_of_a_pledge_is_taken_after_the_campaign_closed(house):
    code = await promised()
    await campaigns.close("one-day-2026", by=house.accountant)
    await pledges.receive(code, amount_fen=100, received_on=TODAY, channel="cash", by=house.cashier)
    with pytest.raises(Refusal) as refused:
        await give(house)
    assert code_of(refused) == "campaign.not_open"


async def test_the_cashier_finds_a_pledge_by_part_of_its_reference(house):
    code = await promised()
    await promised()
    row = await pledges.get(code)
    rows = await pledges.page(pledges.Filters(reference=row.reference[-7:].lower()), 10, by=SYSTEM)
    assert [r["code"] for r in rows] == [code]
    first = await pledges.page(pledges.Filters(), 1, by=SYSTEM)
    after = f"{first[0]['created_at']}|{first[0]['code']}"
    rest = await pledges.page(pledges.Filters(after=after), 10, by=SYSTEM)
    assert {first[0]["code"], *(r["code"] for r in rest)} == {
        r["code"] for r in await pledges.page(pledges.Filters(), 9, by=SYSTEM)
    }
    assert len(rest) == 1
