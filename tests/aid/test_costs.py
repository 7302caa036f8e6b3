"""Vouchers that pay our own costs: approved like aid, no programme and nobody helped, from a fund that may bear them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aid.given import API, BODY, Aid, approved_by_api, cost, gift_to, hash_of, paying, refused, row

from charity import clock, words
from charity.aid import verify, vouchers
from charity.aid.vouchers import Content
from charity.db import reading
from charity.disclosure import uses
from charity.errors import Refusal
from charity.ledger import funds
from charity.ledger import verify as books_verify
from charity.printing.document import Filters
from charity.printing.vouchers import PURPOSES, TITLES
from charity.reports import disbursements
from charity.reports import verify as registers_verify

FORM = {
    "purpose": "administration",
    "programme": "",
    "fund": "F-GEN",
    "payee_kind": "supplier",
    "payee_code": "GY-T01",
    "amount_yuan": "1,200.00",
    "listed": "",
    "recipients": "",
    "reason": "三季度房租",
}
COST_BODY = {
    "purpose": "fundraising",
    "fund": "F-GEN",
    "payee": {"kind": "supplier", "code": "GY-T01"},
    "amount_fen": 30_000,
    "reason": "募捐箱印刷",
}


@pytest.mark.parametrize(("purpose", "account"), [("administration", "5301"), ("fundraising", "5401")])
@pytest.mark.parametrize(("kind", "code"), [("supplier", "GY-T01"), ("institution", "JG-T01"), ("person", "f" * 32)])
async def test_a_cost_is_approved_by_two_and_paid_as_a_cost(
    aid: Aid, purpose: Any, account: str, kind: Any, code: str
) -> None:
    number, content_hash = await aid.approved(**cost(purpose=purpose, payee_kind=kind, payee=code))
    answer = await aid.pay(number, "ICBC-1")
    body = json.loads(await reading.value("SELECT body FROM entry WHERE id16 = $1", answer.body["entry"]))
    assert body["kind"] == "voucher.paid"
    assert body["postings"] == [[f"{account}/-/F-GEN", "CNY", 30_000], ["1002/ICBC-01/F-GEN", "CNY", -30_000]]
    facts = body["facts"]
    assert (facts["purpose"], facts["content_hash"], len(facts["approvers"])) == (purpose, content_hash, 2)
    assert not facts.keys() & {"programme", "recipients", "listed"}
    assert body["flows"] == {"spent": [["F-GEN", [[0, 30_000]]]]}
    stored = await row(number)
    assert (stored["purpose"], stored["programme"], stored["recipients"]) == (purpose, None, 0)
    assert await reading.value("SELECT COUNT(*) FROM goods_purchase") == 0
    assert await uses.of_funds(["F-GEN"]) == await uses.of_funds() == [], "a cost is nothing that was done for people"
    assert await verify.run() == await books_verify.run() == []


async def test_the_register_of_aid_does_not_list_a_cost_and_agrees_with_the_books(aid: Aid) -> None:
    today = clock.today().isoformat()
    aided, _ = await aid.approved(amount_fen=70_000)
    spent, _ = await aid.approved(**cost())
    await aid.pay(aided, "ICBC-A")
    await aid.pay(spent, "ICBC-B")
    seq = await reading.value("SELECT seq FROM head")
    filters = Filters.of(today, today)
    page = await disbursements.page(filters, seq, None, 10)
    assert [line["document"] for line in page.rows] == [aided]
    totals = await disbursements.totals(filters, seq)
    assert (totals.count, totals.sums["amount_fen"], totals.differences) == (1, 70_000, [])
    assert await registers_verify.run() == []


@pytest.mark.parametrize("fund", ["F-EDU", "F-WC08"])
@pytest.mark.parametrize("purpose", ["administration", "fundraising"])
async def test_a_fund_that_may_not_bear_a_cost_is_refused_at_every_door(
    web: Any, house: Any, fund: str, purpose: Any
) -> None:
    code = "fund.no_cost"
    content = Content(**cost(fund=fund, purpose=purpose, payee_kind="person", payee=await paying()))
    await refused(code, vouchers.make(content=content, by=house.caseworker))
    payee = {"kind": "person", "code": content.payee}
    body = {**COST_BODY, "purpose": purpose, "fund": fund, "payee": payee}
    answer = await web.as_("caseworker").post(API, json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, f"urn:charity:problem:{code}")
    form = {**FORM, "purpose": purpose, "fund": fund, "payee_kind": "person", "payee_code": content.payee}
    page = await web.as_("caseworker").post("/vouchers/new", data=form)
    assert page.status_code == 409
    assert (await funds.names())[fund] in page.text.partition("error-summary")[2][:400]
    assert "三季度房租" in page.text
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"programme": "P03"}, ["programme"]),
        ({"payee_kind": "household", "payee": "HH-T001"}, ["payee.kind"]),
        ({"recipients": 1}, ["recipients"]),
        ({"recipients": 1, "listed": ("HH-T001",), "programme": "P03"}, ["programme", "recipients"]),
        ({"purpose": "aid"}, ["programme"]),
    ],
)
async def test_what_does_not_go_with_the_purpose_is_named(aid: Aid, changes: dict[str, Any], fields: list[str]) -> None:
    asked = vouchers.make(content=Content(**cost(**changes)), by=aid.house.caseworker)
    refusal = await refused("fields.unreadable", asked)
    assert [error.field for error in refusal.fields] == fields
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


async def test_a_changed_purpose_is_a_changed_content(aid: Aid) -> None:
    number, content_hash = await aid.approved(**cost())
    await vouchers.send_back(number=number, reason="用途不对", by=aid.house.approver)
    content = Content(**cost(purpose="fundraising"))
    answer = await vouchers.edit(number=number, content=content, by=aid.house.caseworker)
    assert answer.body["content_hash"] != content_hash
    assert answer.body["approvals"] == 0
    assert (await row(number))["purpose"] == "fundraising"
    assert await verify.run() == []


async def test_a_cost_that_was_made_before_a_fund_lost_its_right_is_refused_when_changed(aid: Aid) -> None:
    number, _ = await aid.made(**cost())
    other = replace(Content(**cost()), fund="F-WARM")
    await refused("fund.no_cost", vouchers.edit(number=number, content=other, by=aid.house.caseworker))


async def test_a_cost_through_the_pages_and_the_api(web: Any, aid: Aid) -> None:
    del aid
    maker = web.as_("caseworker")
    empty = (await maker.get("/vouchers/new")).text
    assert empty.index('name="purpose"') < empty.index('name="programme"') < empty.index('name="fund"')
    wrong = {**FORM, "programme": "P03", "payee_kind": "household", "payee_code": "HH0001", "recipients": "3"}
    page = await maker.post("/vouchers/new", data=wrong)
    assert page.status_code == 422
    for field in ("programme", "payee_kind", "recipients"):
        assert f'id="e-{field}"' in page.text
    saved = await maker.post("/vouchers/new", data=FORM)
    assert saved.status_code == 303, saved.text
    place = saved.headers["location"]
    shown = (await web.as_("approver").get(place)).text
    for text in ("费用支出审批单", "管理费用", "三季度房租", "¥1,200.00"):
        assert text in shown
    assert "受益" not in shown.partition("<main")[2].partition("</main>")[0]
    kept = (await maker.get(f"{place}/edit")).text
    assert 'value="administration" id="f-purpose"' not in kept
    assert 'value="administration" checked' in kept.replace('id="f-purpose" ', "")
    listed = (await maker.get("/vouchers?purpose=administration")).text
    assert place in listed
    assert place not in (await maker.get("/vouchers?purpose=aid")).text
    number = place.rsplit("/", 1)[-1]
    one = (await web.as_("auditor").get(f"{API}/{number}")).json()
    assert (one["purpose"], one["programme"], one["recipients"], one["listed"]) == ("administration", None, 0, False)
    listed = (await web.as_("auditor").get(API, params={"purpose": "administration"})).json()["items"]
    assert [item["number"] for item in listed] == [number]
    assert (await web.as_("auditor").get(API, params={"purpose": "fun"})).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "gifts"}, "purpose"),
        ({"programme": "P03"}, "programme"),
        ({"recipients": 2}, "recipients"),
        ({"recipients": ["HH0001"]}, "recipients"),
        ({"payee": {"kind": "household", "code": "HH0001"}}, "payee.kind"),
    ],
)
async def test_the_api_names_what_is_wrong_with_a_cost(web: Any, aid: Aid, change: dict[str, Any], field: str) -> None:
    del aid
    answer = await web.as_("caseworker").post(API, json={**COST_BODY, **change})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


async def test_aid_still_needs_its_programme(web: Any) -> None:
    body = {name: value for name, value in BODY.items() if name != "programme"}
    answer = await web.as_("caseworker").post(API, json=body)
    assert [error["field"] for error in answer.json()["errors"]] == ["programme"]


async def test_a_cost_is_paid_over_the_api(web: Any, aid: Aid) -> None:
    del aid
    await gift_to("F-GEN", 100_000)
    number = await approved_by_api(web, COST_BODY)
    body = {"paid_on": clock.today().isoformat(), "channel_ref": "ICBC-C1", "content_hash": await hash_of(number)}
    paid = await web.as_("cashier").post(f"{API}/{number}/pay", json=body, headers={"Idempotency-Key": "c1"})
    assert paid.status_code == 201, paid.text
    assert await verify.run() == []


def test_the_paper_has_the_words_of_the_page() -> None:
    assert TITLES.keys() == PURPOSES.keys() == vouchers.PURPOSE_WORDS.keys()
    assert PURPOSES == vouchers.PURPOSE_WORDS
    with words.speaking("en"):
        assert {words.say(text) for text in (*TITLES.values(), *PURPOSES.values())}.isdisjoint(
            {*TITLES.values(), *PURPOSES.values()}
        )


async def test_a_cost_cannot_be_of_a_household_even_when_the_form_says_so(aid: Aid) -> None:
    with pytest.raises(Refusal) as caught:
        content = Content(**cost(payee_kind="household", payee="HH-T001"))
        await vouchers.make(content=content, by=aid.house.caseworker)
    assert caught.value.status == 422
