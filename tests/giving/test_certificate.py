"""A certificate that ends while a campaign runs stops new gifts, in words; its last good day counts whole."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from conftest import Web
from giving.given import WANG, code_of, give, promised, roster_filled

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import donations, settling, unit_rosters
from charity.giving.donations import Part
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.roles import SYSTEM

PLEDGE = {"campaign": "dream-2026", "amount_fen": 100, "channel": "bank", "donor": {"kind": "anonymous"},
          "public_name": False, "public_amount": True}  # fmt: skip


def _days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


async def _good_until(day: date) -> None:
    await transactions.run(lambda tx: tx.rows("DELETE FROM organisation_fact RETURNING id"))
    fact = organisation.Fact(FactKind.CERTIFICATE, "公募证9", "2020-01-01", day.isoformat())
    await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))
    organisation.forget()


async def _pledge(web: Web) -> Any:
    return await web.as_("").post("/api/v1/pledges", json=PLEDGE)


async def test_a_certificate_that_ended_stops_new_gifts_in_words_at_every_door(house: Cast, web: Web) -> None:
    code = await promised(campaign="dream-2026")
    await _good_until(_days_ago(1))
    public, desk = web.as_(""), web.as_("cashier")
    page = (await public.get("/campaigns/dream-2026")).text
    assert f"公开募捐资格证书在 {clock.today()} 不在有效期内" in page
    assert "/campaigns/dream-2026/give" not in page
    form = await public.get("/campaigns/dream-2026/give")
    assert (form.status_code, form.headers["location"]) == (303, "/campaigns/dream-2026")
    answer = await _pledge(web)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:charity:problem:campaign.certificate")
    assert "不在有效期内" in answer.json()["detail"]
    with pytest.raises(Refusal) as refused:
        await give(house, campaign="dream-2026")
    assert code_of(refused) == "campaign.certificate"
    part = Part("dream-2026", None, 500)
    values = {"channel": "cash", "donor": WANG, "by": house.cashier, "confirmed_amount_fen": 500}
    with pytest.raises(Refusal) as refused:
        await donations.receive_together(parts=[part], received_on=clock.today().isoformat(), **values)
    assert code_of(refused) == "campaign.certificate"
    goods: dict[str, Any] = {
        "store": "LX01",
        "source": "gift",
        "campaign": "dream-2026",
        "donor": {"kind": "anonymous"},
    }
    goods["lines"] = [{"barcode": "6901234567892", "quantity": 1}]
    intake = await web.as_("clerk").post("/api/v1/goods/intakes", json=goods, headers={"Idempotency-Key": "g"})
    assert (intake.status_code, intake.json()["type"]) == (409, "urn:charity:problem:campaign.certificate")
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0
    # What came in time is booked later, and what was promised in time is taken.
    assert (await give(house, campaign="dream-2026", received_on=_days_ago(1).isoformat())).status == 201
    paid = {"amount_fen": 20_000, "channel": "cash", "received_on": clock.today().isoformat(), "by": house.cashier}
    assert (await as_shown.receive(code, **paid)).status == 201
    # Everyday acceptance is no public fundraising.
    assert (await give(house, campaign="everyday")).status == 201
    assert "/campaigns/everyday/give" in (await public.get("/campaigns/everyday")).text
    assert (await desk.get("/donations/new")).status_code == 200


@pytest.mark.parametrize(("hour", "status"), [(15, 201), (16, 409)])
async def test_the_last_good_day_counts_whole_in_shanghai(house: Cast, web: Web, hour: int, status: int) -> None:
    """At 15:59 UTC it is 23:59 in Shanghai; a minute later the certificate has ended."""
    last = date(2026, 11, 20)
    await _good_until(last)
    minute = 59 if hour == 15 else 0
    with clock.fixed(datetime(2026, 11, 20, hour, minute, tzinfo=UTC)):
        assert (await _pledge(web)).status_code == status
        page = (await web.as_("").get("/campaigns/dream-2026")).text
        assert ("/campaigns/dream-2026/give" in page) == (status == 201)


async def test_a_renewed_certificate_opens_the_doors_again_but_not_for_the_days_between(house: Cast, web: Web) -> None:
    await _good_until(_days_ago(2))
    assert (await _pledge(web)).status_code == 409
    fact = await organisation.enter(
        kind=FactKind.CERTIFICATE, value="公募证10", starts_on=clock.today(), ends_on=date(2099, 1, 1), by=house.admin
    )
    assert (await _pledge(web)).status_code == 409, "nobody has seen it yet"
    await organisation.confirm(fact.id, value="公募证10", by=house.accountant)
    assert (await _pledge(web)).status_code == 201
    assert "公募证10" in (await web.as_("").get("/campaigns/dream-2026")).text
    with pytest.raises(Refusal) as refused:
        await give(house, campaign="dream-2026", received_on=_days_ago(1).isoformat())
    assert code_of(refused) == "campaign.certificate"
    assert (await give(house, campaign="dream-2026", received_on=_days_ago(2).isoformat())).status == 201


async def test_a_live_campaign_that_lost_a_fact_takes_no_promise_until_it_is_filled_in(house: Cast, web: Web) -> None:
    """As after an update from a version that did not ask for all of them."""
    sql = "DELETE FROM campaign_fact WHERE campaign = 'dream-2026' AND field = 'region' RETURNING field"
    await transactions.run(lambda tx: tx.rows(sql))
    answer = await _pledge(web)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:charity:problem:campaign.unfilled")
    assert "/campaigns/dream-2026/give" not in (await web.as_("").get("/campaigns/dream-2026")).text
    saved = await web.as_("accountant").put("/api/v1/campaigns/dream-2026/plan", json={"region": "临溪市"})
    assert saved.status_code == 200
    assert (await _pledge(web)).status_code == 201


async def test_the_transfer_of_a_unit_is_stopped_too_unless_its_list_was_locked_before(house: Cast) -> None:
    key, _ = await roster_filled(house)

    async def shown() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    async def settled() -> Any:
        transfer = {"received_on": clock.today().isoformat(), "received_fen": 10_000, "channel_ref": "ROSTER-1"}
        return await settling.settle(key, **transfer, content_hash=await shown(), by=house.cashier)  # type: ignore[arg-type]

    await unit_rosters.lock(key, content_hash=await shown(), by=house.cashier)
    await _good_until(_days_ago(1))
    with pytest.raises(Refusal) as refused:
        await settled()
    assert code_of(refused) == "campaign.certificate"
    before = clock.stamp(clock.now() - timedelta(days=1))
    await transactions.run(lambda tx: tx.many("UPDATE unit_roster SET locked_at = $1", [(before,)]))
    assert (await settled()).body["gifts"] == 1
