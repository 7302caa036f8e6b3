"""The facts that Charity Law 24 and 25 want of a public campaign: each missing one keeps it shut, at every door."""

from datetime import timedelta
from typing import Any

import pdf_reading
import pytest
from cast import PLAN, Cast
from conftest import Web
from giving.given import code_of, today

from charity import clock, words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import campaigns, verify
from charity.giving.campaigns import FACTS, NewCampaign
from charity.ledger.plans import Plan

SLUG = "spring-2027"
LIVE = [fact.field for fact in FACTS if fact.asked_live]
KEPT_LIVE = [fact.field for fact in campaigns.KEPT if fact.asked_live]
ROW = {"slug": SLUG, "purpose": "资助学生", "ends_on": "2099-12-31"}
FILING = {"filing_no": "备1", "platform_url": "https://p.invalid/1"}


async def _drafted(house: Cast, **changes: Any) -> None:
    new = {
        "slug": SLUG,
        "name": "春季助学",
        "kind": "education",
        "starts_on": (clock.today() + timedelta(days=20)).isoformat(),
        "ends_on": "2099-12-31",
        "fund": "F-CX27",
        "plan": Plan((("P01", 50_000),), 0),
        "purpose": "资助学生",
        "facts": PLAN,
    } | changes
    await campaigns.create(NewCampaign(**new), by=house.accountant)


async def _without(field: str) -> None:
    """Take a fact away behind the verbs' back."""
    if field in PLAN:
        sql = "DELETE FROM campaign_fact WHERE campaign = $1 AND field = $2 RETURNING field"
        await transactions.run(lambda tx: tx.rows(sql, SLUG, field))
        return
    if field == "certificate":
        await transactions.run(lambda tx: tx.rows("DELETE FROM organisation_fact RETURNING id"))
        return
    value = {"ends_on": "NULL"}.get(field, "''")
    await transactions.run(lambda tx: tx.rows(f"UPDATE campaign SET {field} = {value} WHERE slug = $1", SLUG))


def _fields(refusal: Refusal) -> list[str]:
    return [error.field for error in refusal.fields]


async def _status() -> str:
    return str(await reading.value("SELECT status FROM campaign WHERE slug = $1", SLUG))


@pytest.mark.parametrize("field", [field for field in LIVE if field != "starts_on"])
async def test_each_missing_fact_keeps_a_campaign_from_the_public_and_is_named_at_every_door(
    house: Cast, web: Web, field: str
) -> None:
    await _drafted(house)
    await campaigns.file(SLUG, **FILING, by=house.accountant)
    await _without(field)
    with pytest.raises(Refusal) as refused:
        await campaigns.activate(SLUG, by=house.accountant)
    assert (code_of(refused), _fields(refused.value)) == ("campaign.gate", [field])
    desk = web.as_("accountant")
    call = await desk.post(f"/api/v1/campaigns/{SLUG}/activate")
    assert (call.status_code, [error["field"] for error in call.json()["errors"]]) == (409, [field])
    page = await desk.post(f"/desk/campaigns/{SLUG}/activate")
    word = next(fact.words for fact in FACTS if fact.field == field)
    assert page.status_code == 409
    assert f"未填：{word}" in page.text
    assert "还不能发布" in (await desk.get(f"/desk/campaigns/{SLUG}")).text
    assert await _status() == "filed"
    assert (await web.as_("").get(f"/campaigns/{SLUG}")).status_code == 404


@pytest.mark.parametrize("field", [f for f in PLAN if f not in {"contact", "ways"}])
async def test_a_plan_is_filed_only_with_every_field_of_the_form(house: Cast, field: str) -> None:
    await _drafted(house, facts={**PLAN, field: ""})
    with pytest.raises(Refusal) as refused:
        await campaigns.file(SLUG, **FILING, by=house.accountant)
    assert (code_of(refused), _fields(refused.value)) == ("campaign.filing", [field])
    await campaigns.describe(SLUG, {field: PLAN[field]}, by=house.accountant)
    await campaigns.file(SLUG, **FILING, by=house.accountant)
    assert await _status() == "filed"


async def test_all_that_is_missing_is_named_at_once(house: Cast, web: Web) -> None:
    await _drafted(house, facts={})
    with pytest.raises(Refusal) as refused:
        await campaigns.file(SLUG, **FILING, by=house.accountant)
    assert set(_fields(refused.value)) == PLAN.keys()
    with pytest.raises(Refusal) as refused:
        await campaigns.activate(SLUG, by=house.accountant)
    assert set(_fields(refused.value)) == {*KEPT_LIVE, "platform_url", "filing_no"}
    sentence = words.say(refused.value.words, **refused.value.facts)
    assert all(fact.words in sentence for fact in FACTS if fact.field in KEPT_LIVE)
    page = (await web.as_("auditor").get(f"/desk/campaigns/{SLUG}")).text
    assert page.count('class="status tone-wait"') >= len(PLAN), "each unfilled fact says so"


async def test_a_partner_is_named_with_its_code_when_there_is_one(house: Cast) -> None:
    for kind, wanted in (("organisation", ["partner", "partner_code"]), ("person", ["partner"])):
        await _drafted(house, slug=f"with-{kind}", fund=f"F-{kind[:4].upper()}", facts=PLAN | {"partner_kind": kind})
        with pytest.raises(Refusal) as refused:
            await campaigns.file(f"with-{kind}", **FILING, by=house.accountant)
        assert _fields(refused.value) == wanted


async def test_a_live_campaign_loses_no_fact_that_the_law_wants(house: Cast) -> None:
    await _drafted(house)
    await campaigns.file(SLUG, **FILING, by=house.accountant)
    await campaigns.activate(SLUG, by=house.accountant)
    for field in KEPT_LIVE:
        with pytest.raises(Refusal) as refused:
            await campaigns.describe(SLUG, {field: ""}, by=house.accountant)
        assert _fields(refused.value) == [field]
    await campaigns.describe(SLUG, {"region": "临溪市和周边"}, by=house.accountant)
    assert (await campaigns.facts_of(SLUG))["region"] == "临溪市和周边"
    await campaigns.close(SLUG, by=house.accountant)
    with pytest.raises(Refusal) as refused:
        await campaigns.describe(SLUG, {"region": "全国"}, by=house.accountant)
    assert code_of(refused) == "campaign.state"
    with pytest.raises(Refusal) as refused:
        await campaigns.describe(SLUG, {"region": "全国"}, by=house.cashier)
    assert refused.value.status == 403


async def test_an_appeal_after_a_disaster_goes_live_before_it_is_filed_but_with_its_facts(house: Cast) -> None:
    await _drafted(house, kind="disaster", starts_on=today())
    sql = "UPDATE campaign SET platform_url = 'https://p.invalid/1' WHERE slug = $1"
    await transactions.run(lambda tx: tx.rows(sql, SLUG))
    await _without("region")
    with pytest.raises(Refusal) as refused:
        await campaigns.activate(SLUG, by=house.accountant)
    assert _fields(refused.value) == ["region"]
    await campaigns.describe(SLUG, {"region": "临溪市"}, by=house.accountant)
    await campaigns.activate(SLUG, by=house.accountant)
    await campaigns.file(SLUG, **FILING, by=house.accountant)


async def test_lengths_are_those_of_the_ministrys_form_at_every_door(house: Cast, web: Web) -> None:
    await _drafted(house)
    desk = web.as_("accountant")
    for fact in campaigns.KEPT:
        if fact.only_asked:
            continue  # lines of its own: test_give_form.py
        if fact.choices:
            answer = await desk.put(f"/api/v1/campaigns/{SLUG}/plan", json={fact.field: "maybe"})
            assert answer.status_code == 422
            continue
        for text, status in (("字" * fact.limit, 200), ("字" * (fact.limit + 1), 422)):
            answer = await desk.put(f"/api/v1/campaigns/{SLUG}/plan", json={fact.field: text})
            assert answer.status_code == status, answer.text
        assert answer.json()["errors"][0]["field"] == fact.field
        page = await desk.post(f"/desk/campaigns/{SLUG}/plan", data={fact.field: "字" * (fact.limit + 1)})
        assert (page.status_code, f'id="e-{fact.field}"' in page.text) == (422, True)
    kept = await campaigns.facts_of(SLUG)
    assert len(kept["granted"]) == 500
    limits = {fact.field: fact.limit for fact in campaigns.KEPT}
    assert (limits["partner"], limits["expected_people"], limits["programmes"]) == (20, 50, 100)
    assert (limits["beneficiaries"], limits["confirming"]) == (200, 200)
    assert (limits["granted"], limits["staff_cost"], limits["management_cost"]) == (500, 500, 500)
    assert (limits["cost_note"], limits["surplus"]) == (800, 800)


async def test_the_plan_is_filled_in_on_its_page_and_read_by_call_and_page(house: Cast, web: Web) -> None:
    await _drafted(house, facts={})
    desk = web.as_("accountant")
    assert (await desk.get(f"/desk/campaigns/{SLUG}/plan")).status_code == 200
    saved = await desk.post(f"/desk/campaigns/{SLUG}/plan", data=PLAN)
    assert saved.status_code == 303, saved.text
    plan = (await desk.get(f"/api/v1/campaigns/{SLUG}/plan")).json()
    assert (plan["facts"], plan["missing_to_file"]) == (PLAN, [])
    assert {lack["field"] for lack in plan["missing_to_publish"]} == {"filing_no", "platform_url"}
    filed = {**FILING, "filed_on": today()}
    assert (await desk.post(f"/api/v1/campaigns/{SLUG}/file", json=filed)).json()["status"] == "filed"
    assert (await desk.post(f"/api/v1/campaigns/{SLUG}/activate")).json()["status"] == "active"
    page = (await web.as_("").get(f"/campaigns/{SLUG}")).text
    for fact in FACTS:
        if fact.asked_live and fact.field in PLAN:
            assert fact.words in page, fact.field
            assert PLAN[fact.field] in page, fact.field
    assert "预期募集款物数额" not in page, "what only the form asks stands on the form"


async def test_everyday_acceptance_is_no_fundraising_and_has_no_filing(house: Cast, web: Web) -> None:
    with pytest.raises(Refusal) as refused:
        await campaigns.file("everyday", **FILING, by=house.accountant)
    assert code_of(refused) == "campaign.no_filing"
    page = (await web.as_("").get("/campaigns/everyday")).text
    main = page[page.index("<main") : page.index("</main>")]
    assert not [word for word in ("募捐方式", "募捐期限", "募捐方案", "备案", "公开募捐", "募捐活动“") if word in main]
    assert "怎样捐、怎样联系" in main
    home = (await web.as_("").get("/")).text
    assert home.index("平时也可以捐") > home.index("正在募捐")
    await _drafted(house, slug="everyday-2", kind="everyday", ends_on=None, plan=None, fund="F-GEN", facts={})
    with pytest.raises(Refusal) as refused:
        await campaigns.activate("everyday-2", by=house.accountant)
    assert _fields(refused.value) == ["ways", "receiving", "contact"]


async def test_verify_names_a_live_campaign_that_lacks_a_fact(house: Cast) -> None:
    await _drafted(house)
    await campaigns.file(SLUG, **FILING, by=house.accountant)
    await campaigns.activate(SLUG, by=house.accountant)
    assert await verify.run() == []
    for field in ("manager", "platform_url"):
        await _without(field)
        assert [SLUG in failure.words for failure in await verify.run()] == [True]


async def test_the_filing_form_is_printed_with_every_field(house: Cast, web: Web) -> None:
    long = "为困难学生支付学费和生活费。" * 35
    await _drafted(house, facts=PLAN | {"granted": long[:500]})
    desk = web.as_("accountant")
    pdf = await desk.get(f"/desk/campaigns/{SLUG}/plan.pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    text = pdf_reading.flat(pdf.content)
    for fact in FACTS:
        if fact.field != "filing_no" and not fact.only_asked:
            assert fact.words[:10] in text, fact.field  # a long one goes on in the next line
        if not fact.choices and fact.field in PLAN and fact.field != "granted":
            assert "".join(PLAN[fact.field].split()) in text, fact.field
    assert (await desk.get("/desk/campaigns/everyday/plan.pdf")).status_code == 404
    notes = (await desk.get("/desk/campaigns/everyday/plan")).text
    assert ("写在公开的活动页上。" in notes, "备案、不能发布" in notes) == (True, False), "everyday giving is not filed"
    assert "填写说明" in (await desk.get("/desk/campaigns/everyday")).text
