"""Campaigns: the gate before the public, and the units that give together."""

from datetime import timedelta

import pytest
from giving.given import TODAY, code_of, give

from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.giving import campaigns
from charity.giving.campaigns import NewCampaign
from charity.giving.donors import work_units


def _new(**changes: object) -> NewCampaign:
    values: dict[str, object] = {
        "slug": "spring-2027",
        "name": "春季助学",
        "kind": "education",
        "starts_on": (clock.today() + timedelta(days=20)).isoformat(),
        "fund": "F-EDU",
        "purpose": "资助学生",
    }
    return NewCampaign(**(values | changes))  # type: ignore[arg-type]


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
