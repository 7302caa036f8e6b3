"""Gifts, pledges and campaigns: what arrives is posted once, numbered without a gap, and shown as it is."""

import asyncio
import json
from datetime import timedelta

import pytest
from cast import Cast

from charity import clock, tokens
from charity.db import reading
from charity.errors import Refusal
from charity.giving import campaigns, donations, pledges
from charity.giving.campaigns import NewCampaign
from charity.giving.donors import work_units
from charity.giving.pledges import Promise
from charity.ledger.writer import Answer, Idem
from charity.people.persons import Donor

TODAY = clock.today().isoformat()
WANG = Donor("person", "王小明", "19900002222")


async def give(house: Cast, fen: int = 10_000, **changes: object) -> Answer:
    told: dict[str, object] = {
        "campaign": "one-day-2026",
        "amount_fen": fen,
        "received_on": TODAY,
        "channel": "cash",
        "donor": WANG,
        "by": house.cashier,
    }
    return await donations.receive(**(told | changes))  # type: ignore[arg-type]


async def test_a_gift_is_not_dated_before_its_campaign_began(house: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        await give(house, received_on="2026-09-30")
    assert refused.value.code == "campaign.not_begun"


async def promised(**changes: object) -> str:
    told: dict[str, object] = {
        "campaign": "one-day-2026",
        "amount_fen": 20_000,
        "channel": "bank",
        "donor": WANG,
        "public_name": False,
        "public_amount": True,
    }
    answer = await pledges.promise(Promise(**(told | changes)))  # type: ignore[arg-type]
    return str(answer.body["code"])


async def balance(account: str) -> int:
    value = await reading.value(
        "SELECT h.quantity FROM holding h JOIN account a ON a.id = h.account WHERE a.code = $1", account
    )
    return int(value or 0)


async def entries() -> int:
    return int(await reading.value("SELECT COUNT(*) FROM entry"))


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


async def test_a_gift_is_one_entry_with_a_receipt_and_counts_in_the_figures(house):
    answer = await give(house, 12_345)
    assert answer.status == 201
    year = clock.today().year
    assert answer.body["receipt"]["number"] == f"CS-{year}-000001"
    assert await balance("1001/-/F-GEN") == 12_345
    assert await balance("4101/-/F-GEN") == -12_345
    row = await donations.get(answer.body["id"])
    assert (row.amount_fen, row.receipt, row.campaign) == (12_345, answer.body["receipt"]["code"], "one-day-2026")
    figures = (await campaigns.get("one-day-2026")).figures
    assert (figures.received_fen, figures.refunded_fen, figures.gifts, figures.donors) == (12_345, 0, 1, 1)
    assert figures.seq == await entries() == 1


async def test_no_name_or_phone_enters_a_body_or_a_stored_answer(house):
    await give(house, idem=Idem("donation.receive:x", "k1", "f"))
    for table, column in (("entry", "body"), ("idem", "response")):
        text = str(await reading.value(f"SELECT {column} FROM {table}"))
        assert "王" not in text
        assert "1990000" not in text


async def test_receipt_numbers_have_no_gap_when_a_gift_is_refused_between(house):
    first = await give(house)
    with pytest.raises(Refusal):
        await give(house, campaign="winter-2025")
    second = await give(house)
    numbers = [a.body["receipt"]["number"][-6:] for a in (first, second)]
    assert numbers == ["000001", "000002"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"campaign": "nowhere"}, "campaign.unknown"),
        ({"campaign": "winter-2025"}, "campaign.not_open"),
        ({"campaign": "draft-2027"}, "campaign.not_open"),
        ({"channel": "pigeon"}, "channel.unknown"),
        ({"channel": "bank"}, "channel.ref_needed"),
        ({"channel": "wechat"}, "channel.ref_needed"),
        ({"channel": "alipay"}, "channel.ref_needed"),
        ({"channel": "sandbox"}, "channel.sandbox"),
        ({"fund": "F-DIS"}, "campaign.fund_not_choice"),
        ({"work_unit": "LXU99"}, "work_unit.unknown"),
        ({"received_on": (clock.today() + timedelta(days=1)).isoformat()}, "donation.in_future"),
    ],
)
async def test_a_gift_that_breaks_a_rule_is_refused_and_nothing_is_written(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await give(house, **changes)
    assert code_of(refused) == code
    assert await entries() == 0
    assert await reading.value("SELECT COUNT(*) FROM person") == 0


@pytest.mark.parametrize("who", ["accountant", "clerk", "auditor", "admin", "approver", "nobody"])
async def test_only_a_cashier_records_a_gift(house, who):
    with pytest.raises(Refusal) as refused:
        await give(house, by=getattr(house, who))
    assert refused.value.status == 403


async def test_a_payment_reference_counts_once_in_its_channel(house):
    await give(house, channel="bank", channel_ref="ICBC20261008001")
    await give(house, channel="wechat", channel_ref="ICBC20261008001")
    with pytest.raises(Refusal) as refused:
        await give(house, channel="bank", channel_ref="ICBC20261008001")
    assert code_of(refused) == "channel.ref_used"
    assert await entries() == 2
    assert await balance("1002/ICBC-01/F-GEN") == 10_000
    assert await balance("1009/WECHAT/F-GEN") == 10_000


async def test_the_same_reference_ten_times_at_once_is_one_entry(house):
    outcomes = await asyncio.gather(
        *(give(house, channel="bank", channel_ref="R1") for _ in range(10)), return_exceptions=True
    )
    refused = [o for o in outcomes if isinstance(o, Refusal)]
    assert len(refused) == 9
    assert {r.code for r in refused} == {"channel.ref_used"}
    assert await entries() == 1


async def test_the_same_key_ten_times_at_once_is_one_entry_and_one_answer(house):
    key = Idem("donation.receive:cashier", "key-1", "same")
    answers = await asyncio.gather(*(give(house, idem=key) for _ in range(10)))
    assert len({json.dumps(a.body, sort_keys=True) for a in answers}) == 1
    assert sum(not a.replayed for a in answers) == 1
    assert await entries() == 1


async def test_a_designated_gift_goes_to_the_chosen_fund(house):
    await give(house, fund="F-EDU")
    assert await balance("4101/-/F-EDU") == -10_000
    assert await balance("4101/-/F-GEN") == 0


async def test_money_for_a_named_recipient_is_a_debt_and_no_income(house):
    await give(house, campaign="wenchuan-2008")
    assert await balance("2601/-/F-WC08") == -10_000
    assert await balance("4101/-/F-WC08") == 0


async def test_an_anonymous_gift_keeps_its_receipt_undelivered(house):
    answer = await give(house, donor=Donor())
    delivery = await reading.value("SELECT delivery FROM receipt WHERE code = $1", answer.body["receipt"]["code"])
    assert delivery == "kept_undelivered"


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
    ],
)
async def test_a_pledge_that_breaks_a_rule_is_refused(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await promised(**changes)
    assert code_of(refused) == code
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0


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
    numbers = [r["number"] for r in await pledges.receipts_of(code)]
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
    with clock.telling(long_ago):
        code = await promised(amount_fen=100)
    row = await pledges.get(code)
    assert pledges.shown_status(row.status, row.expires_at) == "expired"
    listed = await pledges.page(pledges.Filters(status="expired"), 10)
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
    found = await pledges.page(pledges.Filters(reference=row.reference[-7:].lower()), 10)
    assert [r["code"] for r in found] == [code]
    first = await pledges.page(pledges.Filters(), 1)
    after = f"{first[0]['created_at']}|{first[0]['code']}"
    rest = await pledges.page(pledges.Filters(after=after), 10)
    assert {first[0]["code"], *(r["code"] for r in rest)} == {
        r["code"] for r in await pledges.page(pledges.Filters(), 9)
    }
    assert len(rest) == 1


# -- campaigns ----------------------------------------------------------------------------------------


def _new(**changes: object) -> NewCampaign:
    told: dict[str, object] = {
        "slug": "spring-2027",
        "name": "春季助学",
        "kind": "education",
        "starts_on": (clock.today() + timedelta(days=20)).isoformat(),
        "fund": "F-EDU",
        "purpose": "资助学生",
    }
    return NewCampaign(**(told | changes))  # type: ignore[arg-type]


async def test_a_public_campaign_passes_the_gate_only_with_filing_and_platform(house):
    await campaigns.create(_new(), by=house.accountant)
    with pytest.raises(Refusal) as refused:
        await campaigns.activate("spring-2027", by=house.accountant)
    assert code_of(refused) == "campaign.gate"
    missing = f"{refused.value.facts['missing']}"
    assert "备案号" in missing
    assert "平台" in missing
    await campaigns.file("spring-2027", filing_no="备1", platform_url="https://p.invalid/1", by=house.accountant)
    await campaigns.activate("spring-2027", by=house.accountant)
    assert (await campaigns.get("spring-2027")).row["status"] == "active"


async def test_a_plan_filed_too_late_keeps_the_gate_shut_unless_it_is_an_emergency(house):
    soon = (clock.today() + timedelta(days=3)).isoformat()
    await campaigns.create(_new(starts_on=soon), by=house.accountant)
    await campaigns.file("spring-2027", filing_no="备1", platform_url="https://p.invalid/1", by=house.accountant)
    with pytest.raises(Refusal) as refused:
        await campaigns.activate("spring-2027", by=house.accountant)
    assert code_of(refused) == "campaign.gate"
    emergency = _new(slug="quake-2027", kind="disaster", fund="F-DIS", starts_on=TODAY)
    await campaigns.create(emergency, by=house.accountant)
    await campaigns.file("quake-2027", filing_no="备2", platform_url="https://p.invalid/2", by=house.accountant)
    await campaigns.activate("quake-2027", by=house.accountant)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "everyday"}, "campaign.exists"),
        ({"fund": "F-NONE"}, "fields.unreadable"),
        ({"fund": "F-WC08"}, "campaign.fund_kind"),
        ({"kind": "agency"}, "campaign.fund_kind"),
    ],
)
async def test_a_campaign_that_breaks_a_rule_is_not_made(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await campaigns.create(_new(**changes), by=house.accountant)
    assert code_of(refused) == code
    assert await reading.value("SELECT COUNT(*) FROM campaign WHERE slug = 'spring-2027'") == 0


async def test_a_draft_is_not_public_and_a_cashier_makes_no_campaign(house):
    with pytest.raises(Refusal) as refused:
        await campaigns.get("draft-2027")
    assert refused.value.status == 404
    assert "draft-2027" not in {s.row["slug"] for s in await campaigns.every()}
    with pytest.raises(Refusal) as refused:
        await campaigns.create(_new(), by=house.cashier)
    assert refused.value.status == 403


async def test_units_without_a_gift_are_not_listed_and_an_amount_only_where_wished(house):
    await work_units.add(
        code="LXU01", name="市政府办公室", kind="机关", reference="YRJ26-01", show_amount=True, by=house.accountant
    )
    assert await work_units.giving("one-day-2026") == []
    await give(house, work_unit="LXU02")
    await give(house, 300, work_unit="LXU01")
    await give(house, 500, work_unit="LXU01")
    units = await work_units.giving("one-day-2026")
    assert [(u.code, u.donors, u.net_fen) for u in units] == [("LXU01", 2, 800), ("LXU02", 1, None)]
    by_name = await work_units.giving("one-day-2026", sort="name")
    assert [u.code for u in by_name] == ["LXU02", "LXU01"]  # 民 (min) before 政 (zheng)
