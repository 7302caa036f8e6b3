"""A campaign by invitation is on no public list; its invitation opens it until it is withdrawn or has ended."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from conftest import Web
from giving.given import account_registered, code_of, give, today

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import campaigns, invitations
from charity.giving.campaigns import NewCampaign
from charity.giving.invitations import verbs

SLUG, NAME = "orphans-2026", "理事救孤 2026"
BODY = {"campaign": SLUG, "amount_fen": 20_000, "channel": "bank", "donor": {"kind": "anonymous"},
        "public_name": False, "public_amount": True}  # fmt: skip
FORM = {"kind": "anonymous", "amount": "10000", "seen_fen": "10000", "channel": "bank", "public_amount": "1"}


def next_week() -> date:
    return clock.today() + timedelta(days=7)


async def targeted(house: Cast) -> None:
    new = NewCampaign(slug=SLUG, name=NAME, kind="orphan", reach="targeted", starts_on="2026-01-01", ends_on="2099-01-01",
                      fund="F-ORPH", purpose="理事单位定向募集")  # fmt: skip
    await campaigns.create(new, by=house.accountant)
    await campaigns.activate(SLUG, by=house.accountant)
    await account_registered()


async def invited(house: Cast, **changes: Any) -> invitations.Made:
    return await invitations.make(SLUG, **({"expires_on": next_week(), "by": house.accountant} | changes))


async def _pledge(web: Web, **changes: Any) -> Any:
    return await web.as_("").post("/api/v1/pledges", json=BODY | changes)


async def test_a_campaign_by_invitation_is_on_no_public_list_page_or_answer(house: Cast, web: Web) -> None:
    await targeted(house)
    public = web.as_("")
    for address in ("/", "/api/v1/campaigns", "/campaigns/everyday", "/campaigns/everyday/give"):
        answer = await public.get(address)
        assert (answer.status_code, NAME in answer.text, SLUG in answer.text) == (200, False, False), address
    give_form = (await public.get("/campaigns/everyday/give")).text
    assert 'value="F-ORPH"' not in give_form, "everyday acceptance lists no fund of a campaign by invitation"
    with pytest.raises(Refusal) as refused:
        await give(house, campaign="everyday", fund="F-ORPH")
    assert code_of(refused) == "campaign.fund_not_collected"
    for address in (
        f"/campaigns/{SLUG}",
        f"/campaigns/{SLUG}/give",
        f"/api/v1/campaigns/{SLUG}",
        f"/api/v1/figures?campaign={SLUG}",
    ):
        assert (await public.get(address)).status_code == 404, address
    assert (await _pledge(web)).status_code == 422, "for a stranger there is no such campaign"
    assert f'value="{SLUG}"' in (await web.as_("cashier").get("/donations/new")).text, "the desk books what came"
    assert (await give(house, campaign=SLUG)).status == 201


async def test_an_invitation_opens_the_campaign_its_form_and_the_call_unlisted(house: Cast, web: Web) -> None:
    await targeted(house)
    made, public = await invited(house), web.as_("")
    page = await public.get(f"/i/{made.code}")
    assert (page.status_code, NAME in page.text) == (200, True)
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["referrer-policy"] == "same-origin", "no other site learns the address"
    assert "演示公募证0001" not in page.text, "the certificate is for public fundraising"
    assert f"/i/{made.code}/give" in page.text
    assert (await public.get(f"/i/{made.code.lower()}")).status_code == 200, "typed in small letters"
    form = await public.get(f"/i/{made.code}/give")
    assert (form.status_code, form.headers["x-robots-tag"]) == (200, "noindex, nofollow")
    answer = await _pledge(web, invitation=made.code)
    assert answer.status_code == 201, answer.text
    pledge = (await public.get(f"/p/{answer.json()['code']}")).text
    assert f"/campaigns/{SLUG}" not in pledge
    receipt = (await give(house, campaign=SLUG)).body["receipt"]["code"]
    shown = (await public.get(f"/r/{receipt}")).text
    assert (NAME in shown, f"/campaigns/{SLUG}" in shown) == (True, False)


async def test_a_withdrawn_invitation_says_so_and_leads_a_stranger_nowhere_but_pledges_stand(
    house: Cast, web: Web
) -> None:
    await targeted(house)
    made, public = await invited(house), web.as_("")
    code = (await _pledge(web, invitation=made.code)).json()["code"]
    desk = web.as_("accountant")
    assert (await desk.post(f"/desk/invitations/{made.key}/withdraw")).status_code == 303
    for address in (f"/i/{made.code}", f"/i/{made.code}/give"):
        page = await public.get(address)
        assert (page.status_code, "已经撤回" in page.text, NAME in page.text) == (410, True, False)
    assert (await public.post(f"/i/{made.code}/give", data=FORM)).status_code in {403, 410}
    answer = await _pledge(web, invitation=made.code)
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:charity:problem:invitation.withdrawn")
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 1
    assert (await public.get(f"/p/{code}")).status_code == 200
    paid = {"amount_fen": 20_000, "channel": "cash", "received_on": today(), "by": house.cashier}
    assert (await as_shown.receive(code, **paid)).status == 201
    again = await desk.post(f"/api/v1/invitations/{made.key}/withdraw")
    assert (again.status_code, again.json()["type"]) == (409, "urn:charity:problem:invitation.done")


@pytest.mark.parametrize(("hour", "status"), [(15, 200), (16, 410)])
async def test_the_last_day_of_an_invitation_counts_whole_in_shanghai(
    house: Cast, web: Web, hour: int, status: int
) -> None:
    await targeted(house)
    made = await invited(house)
    minute = 59 if hour == 15 else 0
    with clock.fixed(datetime(next_week().year, next_week().month, next_week().day, hour, minute, tzinfo=UTC)):
        page = await web.as_("").get(f"/i/{made.code}")
        assert (page.status_code, "到期" in page.text) == (status, status == 410)
        assert (await _pledge(web, invitation=made.code)).status_code == (201 if status == 200 else 410)


async def test_the_code_is_kept_by_its_hash_and_shown_once(house: Cast, web: Web) -> None:
    await targeted(house)
    desk = web.as_("accountant")
    form = {"note": "第三届理事", "expires_on": next_week().isoformat()}
    page = (await desk.post(f"/desk/campaigns/{SLUG}/invitations", data=form)).text
    code = page.split("/i/")[1][: tokens.CODE128_LENGTH]
    row = await reading.only("SELECT * FROM invitation")
    assert row["digest"] == tokens.digest(code)
    assert all(code not in str(value) and "理事" not in str(value) for value in row.values())
    listed = (await desk.get(f"/desk/campaigns/{SLUG}/invitations")).text
    assert ("第三届理事" in listed, code in listed) == (True, False)
    made = (
        await desk.post(f"/api/v1/campaigns/{SLUG}/invitations", json={"expires_on": next_week().isoformat()})
    ).json()
    assert (await web.as_("").get("/i/" + made["address"].rsplit("/", 1)[1])).status_code == 200
    items = (await web.as_("auditor").get(f"/api/v1/campaigns/{SLUG}/invitations")).json()["items"]
    assert sorted(item["note"] for item in items) == ["", "第三届理事"]


async def test_a_stranger_is_answered_as_if_there_were_no_such_campaign_whatever_else_he_sends(
    house: Cast, web: Web
) -> None:
    await targeted(house)
    other = await invited(house)
    for changes in ({"fund": "F-NONE"}, {"fund": "F-EDU"}, {"work_unit": "NONE"}, {"invitation": tokens.code128()}):
        answer = await _pledge(web, **changes)
        none = await _pledge(web, **(changes | {"campaign": "nobody-2026"}))
        assert answer.status_code == none.status_code == 422, changes
        assert answer.text.replace(SLUG, "nobody-2026").split('"detail"')[0] == none.text.split('"detail"')[0]
        assert answer.json()["type"] == none.json()["type"] == "urn:charity:problem:campaign.unknown", changes
    assert (await _pledge(web, fund="F-NONE", invitation=other.code)).json()["type"] != none.json()["type"]


async def test_a_campaign_has_as_many_invitations_as_its_list_shows(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "INVITATIONS_MAX", 2)
    await targeted(house)
    made = [await invited(house) for _ in range(2)]
    with pytest.raises(Refusal) as refused:
        await invited(house)
    assert code_of(refused) == "invitation.too_many"
    await invitations.withdraw(made[0].key, by=house.accountant)
    with pytest.raises(Refusal):
        await invited(house)  # a withdrawn one stays on the list
    assert len(await invitations.every(SLUG, by=house.accountant)) == 2


async def test_an_invitation_is_for_its_own_campaign_and_days(house: Cast, web: Web) -> None:
    await targeted(house)
    made = await invited(house)
    for days, code in ((-1, "invitation.days"), (40_000, "invitation.days"), (0, "")):
        try:
            await invited(house, expires_on=clock.today() + timedelta(days=days))
            outcome = ""
        except Refusal as refusal:
            outcome = refusal.code
        assert outcome == code
    with pytest.raises(Refusal) as refused:
        await invitations.make("everyday", expires_on=next_week(), by=house.accountant)
    assert code_of(refused) == "invitation.not_here"
    with pytest.raises(Refusal) as refused:
        await invited(house, by=house.cashier)
    assert refused.value.status == 403
    assert (await web.as_("").get(f"/i/{tokens.code128()}")).status_code == 404
    await transactions.run(lambda tx: tx.rows("UPDATE invitation SET campaign = 'draft-2027' WHERE key = $1", made.key))
    assert (await _pledge(web, invitation=made.code)).status_code == 422, "an invitation of another campaign"
    assert (await web.as_("").get(f"/i/{made.code}")).status_code == 404, "a draft is shown to nobody"


async def test_no_invitation_is_made_or_offered_where_it_leads_nowhere(house: Cast, web: Web) -> None:
    await targeted(house)
    desk, body = web.as_("accountant"), {"expires_on": next_week().isoformat()}
    offered = f'action="/desk/campaigns/{SLUG}/invitations"'
    assert offered in (await desk.get(f"/desk/campaigns/{SLUG}/invitations")).text
    everyday = (await desk.get("/desk/campaigns/everyday/invitations")).text
    assert ('/invitations"' in everyday.partition("<main")[2], "只有定向募捐凭邀请参加" in everyday) == (False, True)
    await campaigns.close(SLUG, by=house.accountant)
    page = (await desk.get(f"/desk/campaigns/{SLUG}/invitations")).text
    assert (offered in page, "活动已结束，不再发邀请。" in page) == (False, True)
    with pytest.raises(Refusal) as refused:
        await invited(house)
    assert code_of(refused) == "campaign.not_open"
    call = await desk.post(f"/api/v1/campaigns/{SLUG}/invitations", json=body)
    assert (call.status_code, await reading.value("SELECT count(*) FROM invitation")) == (409, 0)
