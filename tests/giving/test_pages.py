"""Giving through the API and through the forms: the same rules, nothing written when one is broken."""

import asyncio
import json
import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
from cast import PLAN, resolved, tomorrow
from giving.given import entries, today
from page_forms import form_of

from charity import clock
from charity.db import reading, sealed, transactions
from charity.giving import channels, pledges, refunds

API = "/api/v1"
WANG = {"kind": "person", "name": "王小明", "phone": "19900002222"}
EVIL = ["<link rel=attachment href=file:///etc/hostname>", '=HYPERLINK("http://evil.invalid","x")']
BAD_FEN: list[Any] = [0, -1, 1.5, 1e30, 10**13 + 1, "１００", "100", True, None, [100]]
BAD_YUAN = ["0", "-1", "1.555", "1e30", "壹佰", "NaN", "", "12..34", "1,23", "100000000001"]


def gift(**changes: Any) -> dict[str, Any]:
    body = {"campaign": "one-day-2026", "amount_fen": 8_800, "received_on": today(), "channel": "cash", "donor": WANG}
    return body | changes


def promise(**changes: Any) -> dict[str, Any]:
    body = {
        "campaign": "one-day-2026",
        "amount_fen": 20_000,
        "channel": "bank",
        "donor": WANG,
        "public_name": False,
        "public_amount": True,
    }
    return body | changes


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(16)}


async def given(client, **changes: str):
    hidden = await form_of(client, "/campaigns/one-day-2026/give")
    fields = {"amount": "10000", "seen_fen": "10000", "kind": "person", "name": "王小明", "channel": "bank"}
    return await client.post("/campaigns/one-day-2026/give", data={**hidden, **fields, **changes})


# -- the API ------------------------------------------------------------------------------------------


async def test_a_gift_through_the_api_answers_as_the_contract_says(web):
    answer = await web.as_("cashier").post(f"{API}/donations", json=gift(), headers=keyed())
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "entry", "receipt"}
    assert set(answer.json()["receipt"]) == {"code", "number"}


async def test_the_same_key_answers_the_same_and_another_body_is_refused(web):
    client, key = web.as_("cashier"), keyed()
    first = await client.post(f"{API}/donations", json=gift(), headers=key)
    again = await client.post(f"{API}/donations", json=gift(), headers=key)
    assert again.json() == first.json()
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    other = await client.post(f"{API}/donations", json=gift(amount_fen=1), headers=key)
    assert other.status_code == 422
    assert await entries() == 1


async def test_the_same_post_ten_times_at_once_is_one_entry(web):
    client, key = web.as_("cashier"), keyed()
    answers = await asyncio.gather(*(client.post(f"{API}/donations", json=gift(), headers=key) for _ in range(10)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.text for a in answers}) == 1
    assert await entries() == 1


async def test_a_gift_without_a_key_is_refused(web):
    answer = await web.as_("cashier").post(f"{API}/donations", json=gift())
    assert answer.status_code == 400
    assert await entries() == 0


@pytest.mark.parametrize("amount", BAD_FEN)
async def test_an_amount_that_is_no_whole_fen_is_refused_by_both_calls(web, amount):
    client = web.as_("cashier")
    for path, body in (("/donations", gift(amount_fen=amount)), ("/pledges", promise(amount_fen=amount))):
        answer = await client.post(f"{API}{path}", json=body, headers=keyed())
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert [e["field"] for e in answer.json()["errors"]] == ["amount_fen"]
    assert await entries() == 0
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0


async def test_nan_is_no_amount(web):
    body = json.dumps(gift()).replace("8800", "NaN")
    headers = {**keyed(), "content-type": "application/json"}
    answer = await web.as_("cashier").post(f"{API}/donations", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert await entries() == 0


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"campaign": "nowhere"}, 422, "campaign"),
        ({"campaign": "winter-2025"}, 409, None),
        ({"channel": "bank"}, 422, "channel_ref"),
        ({"channel": "pigeon"}, 422, "channel"),
        ({"fund": "F-NONE"}, 422, "fund"),
        ({"work_unit": "LXU99"}, 422, "work_unit"),
        ({"received_on": "2026-13-01"}, 422, "received_on"),
        ({"received_on": lambda: tomorrow().isoformat()}, 422, "received_on"),
        ({"donor": {"kind": "person"}}, 422, "donor"),
        ({"donor": {"kind": "ghost", "name": "x"}}, 422, "donor.kind"),
        ({"extra": 1}, 422, "extra"),
    ],
)
async def test_a_bad_gift_is_a_clear_problem_and_nothing_is_written(web, changes, status, field):
    answer = await web.as_("cashier").post(f"{API}/donations", json=gift(**resolved(changes)), headers=keyed())
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    if field is not None:
        assert [e["field"] for e in problem["errors"]] == [field]
    assert await entries() == 0


async def test_a_used_reference_is_a_conflict_that_names_the_field(web):
    client = web.as_("cashier")
    body = gift(channel="wechat", channel_ref="4200001")
    assert (await client.post(f"{API}/donations", json=body, headers=keyed())).status_code == 201
    again = await client.post(f"{API}/donations", json=body, headers=keyed())
    assert again.status_code == 409
    assert again.json()["errors"][0]["field"] == "channel_ref"


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("accountant", 403), ("clerk", 403), ("auditor", 403)])
async def test_only_a_cashier_calls_donations(web, who, status):
    answer = await web.as_(who).post(f"{API}/donations", json=gift(), headers=keyed())
    assert answer.status_code == status


async def test_a_pledge_is_public_says_no_name_and_is_received_by_the_cashier(web):
    anybody, cashier = web.as_(), web.as_("cashier")
    made = await anybody.post(f"{API}/pledges", json=promise(message="给孩子们"))
    assert made.status_code == 201
    assert set(made.json()) == {"code", "reference", "status", "amount_fen", "expires_at"}
    code = made.json()["code"]
    paid = {"amount_fen": 20_000, "received_on": today(), "channel": "bank", "channel_ref": "T1"}
    assert "content_hash" not in (await anybody.get(f"{API}/pledges/{code}")).json()
    paid["content_hash"] = (await cashier.get(f"{API}/pledges/{code}")).json()["content_hash"]
    received = await cashier.post(f"{API}/pledges/{code}/receive", json=paid, headers=keyed())
    assert received.status_code == 201
    state = (await anybody.get(f"{API}/pledges/{code}")).json()
    assert (state["status"], state["received_fen"]) == ("received", 20_000)
    assert state["receipts"] == [received.json()["receipt"]]
    assert "王" not in json.dumps(state, ensure_ascii=False)
    unknown = await anybody.get(f"{API}/pledges/NOPE")
    assert unknown.status_code == 404


@pytest.mark.parametrize("code", channels.CHANNELS)
async def test_the_page_and_the_api_take_a_promise_by_what_they_offer_and_by_nothing_else(web, code):
    """What can be paid: a transfer, for the plan names an account; no counter and no payment code is known."""
    client, taken = web.as_(), code == "bank"
    page = await client.get("/campaigns/one-day-2026/give")
    assert (code in re.findall(r'name="channel" value="(\w+)"', page.text)) == taken
    answer = await client.post(f"{API}/pledges", json=promise(channel=code), headers=keyed())
    assert answer.status_code == (201 if taken else 422), answer.text
    sent = await given(client, channel=code)
    assert sent.status_code == (303 if taken else 422)
    if not taken:
        assert [e["field"] for e in answer.json()["errors"]] == ["channel"]
        assert f"不能以“{channels.CHANNELS[code].words}”认捐" in sent.text
    assert await reading.value("SELECT COUNT(*) FROM pledge") == (2 if taken else 0)


async def test_a_message_is_sealed_in_the_database(web):
    code = (await web.as_().post(f"{API}/pledges", json=promise(message="给孩子们"))).json()["code"]
    row = await pledges.get(code)
    assert row.message is not None
    assert "给孩子们".encode() not in bytes(row.message)


async def test_a_refund_through_the_api_needs_two_persons(web):
    given_ = await web.as_("cashier").post(f"{API}/donations", json=gift(), headers=keyed())
    asked = await web.as_("accountant").post(
        f"{API}/donations/{given_.json()['id']}/refund",
        json={"amount_fen": 8_800, "cause": "mistaken", "reason": "重复付款"},
        headers=keyed(),
    )
    assert (asked.status_code, asked.json()["status"]) == (201, "requested")
    path = f"{API}/refunds/{asked.json()['number']}/approve"
    seen = {"content_hash": asked.json()["content_hash"]}
    own = await web.as_("accountant").post(path, json=seen, headers=keyed())
    assert own.status_code == 409
    other = await web.as_("accountant2").post(path, json={"content_hash": "0" * 64}, headers=keyed())
    assert (other.status_code, other.json()["content_hash"]) == (409, seen["content_hash"])
    done = await web.as_("accountant2").post(path, json=seen, headers=keyed())
    assert (done.status_code, done.json()["status"]) == (201, "approved")
    seen = {"content_hash": await refunds.content_hash(asked.json()["number"]), "paid_on": today()}
    paying = path.replace("/approve", "/pay")
    done = await web.as_("cashier").post(paying, json=seen, headers=keyed())
    assert (done.status_code, done.json()["status"]) == (201, "refunded")
    state = await web.as_().get(f"{API}/receipts/{given_.json()['receipt']['code']}")
    assert state.json()["status"] == "voided"
    assert state.json()["refunded_fen"] == 8_800


# -- the pages ----------------------------------------------------------------------------------------


async def test_a_donor_gives_through_the_form_and_sees_what_to_do(web):
    client = web.as_()
    answer = await given(client)
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    row = await pledges.get(answer.headers["location"].removeprefix("/p/"))
    assert row.reference in page.text
    assert "¥100.00" in page.text
    assert "<svg" in page.text
    assert "王小明" not in page.text


async def test_the_same_form_sent_twice_is_one_pledge(web):
    client = web.as_()
    hidden = await form_of(client, "/campaigns/one-day-2026/give")
    fields = {**hidden, "amount_yuan": "66.60", "seen_fen": "6660", "kind": "anonymous", "channel": "bank"}
    answers = [await client.post("/campaigns/one-day-2026/give", data=fields) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 1
    assert await reading.value("SELECT amount_fen FROM pledge") == 6_660


async def test_a_form_from_another_site_is_refused(web):
    client = web.as_()
    hidden = await form_of(client, "/campaigns/one-day-2026/give")
    fields = {**hidden, "amount": "10000", "kind": "anonymous", "channel": "cash"}
    answer = await client.post("/campaigns/one-day-2026/give", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0


@pytest.mark.parametrize("amount", BAD_YUAN)
async def test_a_typed_amount_that_cannot_be_read_comes_back_with_its_error(web, amount):
    client = web.as_()
    answer = await given(client, amount="", amount_yuan=amount)
    assert answer.status_code == 422
    assert 'id="e-amount"' in answer.text
    assert "王小明" in answer.text
    hidden = await form_of(web.as_("cashier"), "/donations/new")
    fields = {
        "campaign": "everyday",
        "amount_yuan": amount,
        "received_on": today(),
        "channel": "cash",
        "kind": "anonymous",
    }
    walk_in = await web.as_("cashier").post("/donations/new", data={**hidden, **fields})
    assert walk_in.status_code == 422
    assert 'id="e-amount_yuan"' in walk_in.text
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0
    assert await entries() == 0


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "1e30", "１００", "99999999999999999999"])
async def test_a_forged_radio_amount_is_refused(web, amount):
    answer = await given(web.as_(), amount=amount)
    assert answer.status_code == 422
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "ghost"}, "kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"phone": "abc"}, "phone"),
    ],
)
async def test_each_error_of_the_form_stands_at_its_field(web, changes, field):
    answer = await given(web.as_(), **changes)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


async def test_a_campaign_that_does_not_take_money_has_no_form(web):
    client = web.as_()
    over = await client.get("/campaigns/winter-2025/give")
    assert (over.status_code, over.headers["location"]) == (303, "/campaigns/winter-2025")
    assert "现在不接受捐款（已结束）" in (await client.get("/campaigns/winter-2025")).text
    assert (await client.get("/campaigns/draft-2027/give")).status_code == 404
    assert (await client.get("/campaigns/nowhere/give")).status_code == 404


@pytest.mark.parametrize("name", EVIL)
async def test_a_name_is_only_text_everywhere(web, name):
    client, cashier = web.as_(), web.as_("cashier")
    answer = await given(client, name=name, public_name="1")
    assert answer.status_code == 303
    code = answer.headers["location"].removeprefix("/p/")
    hidden = await form_of(cashier, f"/pledges/{code}/receive")
    fields = {"amount_yuan": "100", "received_on": today(), "channel": "bank", "channel_ref": "E1"}
    done = await cashier.post(f"/pledges/{code}/receive", data={**hidden, **fields})
    assert done.status_code == 303, done.text
    receipt = done.headers["location"]
    for who, url in (
        (client, "/campaigns/one-day-2026"),
        (cashier, receipt),
        (cashier, "/receipts"),
        (cashier, "/pledges"),
    ):
        page = await who.get(url)
        assert page.status_code == 200
        assert "<link rel=attachment" not in page.text
    public = await client.get(receipt.replace("/receipts/", "/r/"))
    assert "hostname" not in public.text
    assert "HYPERLINK" not in public.text


async def test_the_cashier_finds_the_pledge_and_marks_it_received(web):
    code = (await given(web.as_())).headers["location"].removeprefix("/p/")
    row = await pledges.get(code)
    cashier = web.as_("cashier")
    listed = await cashier.get("/pledges", params={"reference": row.reference})
    assert f"/pledges/{code}/receive" in listed.text
    hidden = await form_of(cashier, f"/pledges/{code}/receive")
    fields = {**hidden, "amount_yuan": "100.00", "received_on": today(), "channel": "bank", "channel_ref": ""}
    missing = await cashier.post(f"/pledges/{code}/receive", data=fields)
    assert missing.status_code == 422
    assert 'href="#f-channel_ref"' in missing.text
    done = await cashier.post(f"/pledges/{code}/receive", data={**fields, "channel_ref": "ICBC-9"})
    assert done.status_code == 303
    page = await cashier.get(done.headers["location"])
    assert "王小明" in page.text
    assert (await pledges.get(code)).status == "received"
    assert "CS-" in (await web.as_().get(f"/p/{code}")).text


async def test_the_cashier_records_a_walk_in_gift(web):
    cashier = web.as_("cashier")
    hidden = await form_of(cashier, "/donations/new")
    fields = {
        "campaign": "everyday",
        "amount_yuan": "1,234.50",
        "received_on": today(),
        "channel": "cash",
        "kind": "organisation",
        "name": "恒溪纺织有限公司",
        "fund": "F-EDU",
        "work_unit": "LXU02",
        "memo": "助学",
    }
    done = await cashier.post("/donations/new", data={**hidden, **fields})
    assert done.status_code == 303, done.text
    assert await reading.value("SELECT amount_fen FROM donation") == 123_450
    assert (await cashier.get("/receipts", params={"status": "issued"})).text.count("CS-") >= 1


@pytest.mark.parametrize(
    "url", ["/pledges", "/receipts", "/donations/new", "/refunds", "/desk/campaigns", "/desk/campaigns/new"]
)
async def test_staff_pages_are_not_for_the_public(web, url):
    answer = await web.as_().get(url)
    assert answer.status_code in {302, 303, 401}
    assert (await web.as_("clerk").get(url)).status_code == 403


async def test_an_accountant_voids_replaces_and_refunds_by_pages(web):
    cashier, accountant = web.as_("cashier"), web.as_("accountant")
    made = (await cashier.post(f"{API}/donations", json=gift(), headers=keyed())).json()
    code = made["receipt"]["code"]
    hidden = await form_of(accountant, f"/receipts/{code}/replace")
    fields = {**hidden, "kind": "person", "name": "王晓明", "reason": "错字"}
    replaced = await accountant.post(f"/receipts/{code}/replace", data=fields)
    assert replaced.status_code == 303, replaced.text
    fresh = replaced.headers["location"]
    assert "王晓明" in (await accountant.get(fresh)).text
    hidden = await form_of(accountant, f"/donations/{made['id']}/refund")
    asked = await accountant.post(
        f"/donations/{made['id']}/refund",
        data={**hidden, "amount_yuan": "8", "cause": "mistaken", "reason": "重复付款"},
    )
    assert asked.status_code == 303, asked.text
    number = asked.headers["location"]
    assert "批准退款" not in (await accountant.get(number)).text
    approver = web.as_("approver")
    assert number in (await approver.get("/refunds")).text
    hidden = await form_of(approver, number)
    done = await approver.post(f"{number}/approve", data=hidden)
    assert done.status_code == 303, done.text
    ended = await accountant.get(fresh)
    assert "已更换" in ended.text
    last = re.search(r'href="/receipts/(\w+)">看新收据', ended.text)
    assert last is not None
    hidden = await form_of(accountant, f"/receipts/{last[1]}/void")
    voided = await accountant.post(f"/receipts/{last[1]}/void", data={**hidden, "reason": "试作废"})
    assert voided.status_code == 303, voided.text
    assert "已作废" in (await accountant.get(f"/receipts/{last[1]}")).text


async def test_the_cashier_notes_the_delivery_by_page(web):
    cashier = web.as_("cashier")
    code = (await cashier.post(f"{API}/donations", json=gift(), headers=keyed())).json()["receipt"]["code"]
    refused = await cashier.post(f"/receipts/{code}/delivery", data={"delivery": "kept_undelivered"})
    assert refused.status_code == 422
    done = await cashier.post(f"/receipts/{code}/delivery", data={"delivery": "sent"})
    assert done.status_code == 303
    assert "已寄送" in (await cashier.get(f"/receipts/{code}")).text


async def test_an_accountant_takes_a_campaign_from_draft_to_archive(web):
    accountant = web.as_("accountant")
    starts = (clock.today() + timedelta(days=12)).isoformat()
    fields = {
        "slug": "spring-2027",
        "name": "春季助学",
        "kind": "education",
        "reach": "public",
        "starts_on": starts,
        "ends_on": (clock.today() + timedelta(days=60)).isoformat(),
        "new_fund": "F-CJ27",
        "programme.1": "P01",
        "amount.1": "8,000.00",
        "cost_yuan": "12.5",
        "prefix": "CJ27",
        "purpose": "资助学生",
    }
    bad = await accountant.post("/desk/campaigns/new", data={**fields, "slug": "Spring 2027", "purpose": ""})
    assert bad.status_code == 422
    assert 'href="#f-slug"' in bad.text
    for typed, field in (
        ({"new_fund": ""}, "new_fund"),
        ({"new_fund": "F-GEN"}, "new_fund"),
        ({"new_fund": "春"}, "new_fund"),
        ({"amount.1": "8万"}, "amount.1"),
        ({"amount.1": ""}, "amount.1"),
        ({"programme.1": ""}, "programme.1"),
        ({"programme.1": "P77"}, "programme.0"),
        ({"programme.1": "", "amount.1": ""}, "programme.0"),
        ({"programme.3": "P01", "amount.3": "1"}, "programme.1"),
        ({"cost_yuan": "-1"}, "cost_yuan"),
        ({"fund": "F-DIS"}, "fund"),
        ({"new_fund": "", "fund": "F-DIS"}, "programme.0"),
        ({"reach": "targeted"}, "programme.0"),
        ({"reach": "targeted", "new_fund": ""}, "fund"),
        ({"reach": "targeted", "new_fund": "", "fund": "F-ORPH"}, "programme.0"),
    ):
        bad = await accountant.post("/desk/campaigns/new", data={**fields, **typed})
        assert (bad.status_code in {409, 422}, f'href="#f-{field}"' in bad.text) == (True, True), typed
        assert f'value="{typed.get("amount.1", "8,000.00")}"' in bad.text, "what was typed stays"
    made = await accountant.post("/desk/campaigns/new", data=fields)
    assert made.status_code == 303, made.text
    page = made.headers["location"]
    shown = (await accountant.get(page)).text
    assert all(text in shown for text in ("F-CJ27 春季助学", "用途计划", "8,000.00", "12.50")), shown
    assert "还不能发布" in (await accountant.get(page)).text
    assert (await accountant.post(f"{page}/activate")).status_code == 409
    assert (await accountant.post(f"{page}/plan", data=PLAN)).status_code == 303
    filing = {"filing_no": "备2027-1", "filed_on": today(), "platform_url": "https://p.invalid/1"}
    assert (await accountant.post(f"{page}/file", data=filing)).status_code == 303
    assert (await accountant.post(f"{page}/activate")).status_code == 303
    public = (await web.as_().get("/campaigns/spring-2027")).text
    assert all(text in public for text in ("计划与执行", "项目P01", "8,000.00", "募捐成本，不超过"))
    assert (await accountant.post(f"{page}/close")).status_code == 303
    assert (await accountant.post(f"{page}/archive")).status_code == 303
    assert (await accountant.post(f"{page}/explode")).status_code == 404
    assert "spring-2027" in (await accountant.get("/desk/campaigns")).text


async def test_the_sandbox_works_in_the_demo_only(web):
    cashier = web.as_("cashier")
    refused = await cashier.post(f"{API}/donations", json=gift(channel="sandbox"), headers=keyed())
    assert refused.status_code == 422
    await transactions.run(lambda tx: tx.rows("UPDATE organisation SET demo = TRUE"))
    taken = await cashier.post(f"{API}/donations", json=gift(channel="sandbox"), headers=keyed())
    assert taken.status_code == 201


async def test_a_wrong_gift_is_corrected_and_a_refund_paid_by_pages_and_each_is_shown_what_waits(web, house):
    cashier, accountant, approver = (web.as_(who) for who in ("cashier", "accountant", "approver"))
    bank = gift(channel="bank", channel_ref="ICBC-77")
    made = (await cashier.post(f"{API}/donations", json=bank, headers=keyed())).json()
    hidden = await form_of(accountant, f"/donations/{made['id']}/reverse")
    asked = await accountant.post(f"/donations/{made['id']}/reverse", data={**hidden, "reason": "多打一个零"})
    place = asked.headers["location"]
    number = place.rpartition("/")[2]
    assert "批准更正" in (await approver.get("/desk")).text
    assert number in (await approver.get("/reversals?status=requested")).text
    led = await approver.post("/desk/search", data={"q": number})
    assert led.headers["location"] == place
    page = (await approver.get(place)).text
    assert "王*" in page
    assert "/receipts/" not in page.split("<main")[1]
    assert "王小明" in (await cashier.get(place)).text
    hidden = await form_of(approver, place)
    stale = await approver.post(f"{place}/approve", data={**hidden, "content_hash": "0" * 64})
    assert stale.status_code == 409
    refused = await approver.post(f"{place}/reject", data={"reason": ""})
    assert refused.status_code == 422
    done = await approver.post(f"{place}/approve", data=hidden)
    assert done.status_code == 303, done.text
    assert "已更正" in (await cashier.get(f"/receipts/{made['receipt']['code']}")).text
    again = (await cashier.post(f"{API}/donations", json=bank, headers=keyed())).json()
    asked = await accountant.post(
        f"{API}/donations/{again['id']}/refund",
        json={"amount_fen": 100, "cause": "outside", "reason": "来电要求"},
        headers=keyed(),
    )
    number = asked.json()["number"]
    hidden = await form_of(approver, f"/refunds/{number}")
    assert (await approver.post(f"/refunds/{number}/approve", data=hidden)).status_code == 303
    assert "登记退款付款" in (await cashier.get("/desk")).text
    assert "登记退款付款" not in (await approver.get("/desk")).text
    hidden = await form_of(cashier, f"/refunds/{number}/pay")
    paying = {**hidden, "paid_on": today(), "paid_from": "1002/ICBC-01", "channel_ref": ""}
    refused = await cashier.post(f"/refunds/{number}/pay", data=paying)
    assert (refused.status_code, "请填写银行或支付平台的流水号" in refused.text) == (422, True)
    done = await cashier.post(f"/refunds/{number}/pay", data={**paying, "channel_ref": "ICBC-78"})
    assert done.status_code == 303, done.text
    assert "ICBC-78" in (await accountant.get(f"/refunds/{number}")).text
    assert number in (await accountant.get("/refunds?status=refunded&cause=outside")).text
    public = (await web.as_().get(f"{API}/receipts/{made['receipt']['code']}")).json()
    assert (public["status"], public["refunded_fen"], public["unspent_fen"]) == ("voided", 0, 0)


# -- consents -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "address"), [(None, "/campaigns/one-day-2026/give"), ("cashier", "/donations/new")])
async def test_no_consent_is_ticked_beforehand(web, role, address):
    page = (await web.as_(*([role] if role else [])).get(address)).text
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert {re.search('name="([^"]*)"', box).group(1) for box in boxes} >= {"public_name", "public_amount", "sensitive"}
    assert [box for box in boxes if " checked" in box] == []


async def test_what_nobody_agreed_to_is_not_public_at_any_door(web):
    """The page without a tick, the desk without one, and a program that says nothing."""
    await given(web.as_())
    desk = web.as_("cashier")
    hidden = await form_of(desk, "/donations/new")
    typed = {"campaign": "one-day-2026", "amount_yuan": "88", "received_on": today(), "channel": "cash", "notice": "1"}
    assert (await desk.post("/donations/new", data={**hidden, **typed, "kind": "anonymous"})).status_code == 303
    assert (await desk.post(f"{API}/donations", json=gift(), headers=keyed())).status_code == 201
    for table, rows in (("pledge", 1), ("donation", 2)):
        kept = await reading.rows(f"SELECT public_name, public_amount FROM {table}")
        assert [(bool(row["public_name"]), bool(row["public_amount"])) for row in kept] == [(False, False)] * rows
    agreed = gift(public_name=True, public_amount=True)
    assert (await desk.post(f"{API}/donations", json=agreed, headers=keyed())).status_code == 201
    assert await reading.value("SELECT COUNT(*) FROM donation WHERE public_name AND public_amount") == 1


@pytest.mark.parametrize(
    ("role", "address", "more"),
    [
        (None, "/campaigns/one-day-2026/give", {"amount": "10000", "seen_fen": "10000", "channel": "bank"}),
        ("cashier", "/donations/new",
         {"campaign": "one-day-2026", "amount_yuan": "88", "received_on": today, "channel": "cash"}),
    ],
)  # fmt: skip
async def test_a_character_that_no_font_has_is_asked_about_before_it_is_kept(web, role, address, more):
    """Nothing is kept and nothing typed is lost; ticked as it is, it goes through. A name in usual characters is not asked."""
    client = web.as_(*([role] if role else []))
    odd, box = "王\U00032fff", 'name="rare"'
    hidden = await form_of(client, address)
    assert box not in (await client.get(address)).text
    typed = {**hidden, "kind": "person", "name": odd, "public_name": "1", **resolved(more)}
    asked = await client.post(address, data=typed)
    assert (asked.status_code, "〓" in asked.text, box in asked.text, odd in asked.text) == (422, True, True, True)
    assert ' name="public_name" value="1" checked' in asked.text
    assert await reading.value("SELECT COUNT(*) FROM person") == 0
    assert (await client.post(address, data={**typed, "rare": "1"})).status_code == 303
    assert await reading.value("SELECT COUNT(*) FROM person") == 1
    usual = {**typed, "name": "王𠮷明", "idem": (await form_of(client, address))["idem"]}
    assert (await client.post(address, data=usual)).status_code == 303


async def test_a_call_keeps_the_memo_by_the_rules_of_the_page(web):
    client = web.as_("cashier")

    async def memo_of(typed: dict[str, Any]) -> list[str]:
        answer = await client.post(f"{API}/donations", json=typed, headers=keyed())
        assert answer.status_code == 201, answer.text
        rows = await reading.rows("SELECT key, memo FROM donation WHERE receipt = $1", answer.json()["receipt"]["code"])
        return [sealed.unseal("donation", "memo", row["key"], row["memo"]) for row in rows]

    assert await memo_of(gift(memo=" 给孩子们 ")) == ["给孩子们"]
    assert await memo_of(gift()) == [""]
    parts = [{"campaign": "one-day-2026", "amount_fen": fen} for fen in (100, 200)]
    together = {key: value for key, value in gift().items() if key not in {"campaign", "amount_fen", "fund"}}
    assert await memo_of({**together, "gifts": parts, "memo": "两处"}) == ["两处"] * 2
    rare = {**gift()["donor"], "rare": True}
    assert await memo_of(gift(memo="给\U00032fff", donor=rare)) == ["给\U00032fff"]
    for wrong in ("长" * 201, "给\U00032fff"):
        answer = await client.post(f"{API}/donations", json=gift(memo=wrong), headers=keyed())
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, ["memo"])
