"""Money is received, and receipts are ended, as they were shown; a sum that is easily keyed wrong is typed twice."""

import asyncio
from typing import Any

import as_shown
import pytest
from as_shown import pledge_hash, receipt_hash
from giving.given import all_is_well, entries, give, promised, today
from giving.test_pages import API, gift, keyed, promise
from page_forms import form_of, hidden_of
from tampering import tampered

from charity.db import reading
from charity.errors import Refusal
from charity.giving import channels, pledges, receipts
from charity.giving.donations import read_back
from charity.giving.rules import AMOUNT_TWICE, AMOUNT_UNCONFIRMED
from charity.ledger.writer import Answer
from charity.people.persons import Donor


def paid_today() -> dict[str, str]:
    return {"received_on": today(), "channel": "cash"}


# -- a pledge ---------------------------------------------------------------------------------------------


async def test_an_old_receive_page_books_nothing_and_shows_what_arrived_meanwhile(web: Any, house: Any) -> None:
    code = await promised()
    cashier, place = web.as_("cashier"), f"/pledges/{code}/receive"
    opened = await form_of(cashier, place)
    await as_shown.receive(code, amount_fen=5_000, **paid_today(), by=house.cashier)
    fields = {"amount_yuan": "200.00", **paid_today()}
    answer = await cashier.post(place, data={**opened, **fields})
    assert answer.status_code == 409
    assert "您看过之后内容已经变更" in answer.text
    assert "已经到账：您打开时看到的是 ¥0.00 → 现在是 ¥50.00" in answer.text
    assert "状态：您打开时看到的是 待到账 → 现在是 部分到账" in answer.text
    assert await entries() == 1
    done = await cashier.post(place, data={**hidden_of(answer.text), **fields, "amount_yuan": "150.00"})
    assert done.status_code == 303
    page = await cashier.get(place)
    assert "这笔认捐现在不能登记到账" in page.text
    assert 'name="amount_yuan"' not in page.text
    again = await cashier.post(place, data={**opened, **fields})
    assert (again.status_code, await entries()) == (409, 2)
    assert "王小明" not in str(again.url)


async def test_a_call_that_receives_carries_what_it_saw(web: Any) -> None:
    cashier = web.as_("cashier")
    code = (await web.as_().post(f"{API}/pledges", json=promise())).json()["code"]
    seen = (await cashier.get(f"{API}/pledges/{code}")).json()["content_hash"]
    assert "content_hash" not in (await web.as_("auditor").get(f"{API}/pledges/{code}")).json()
    paid = {**paid_today(), "amount_fen": 20_000}
    place = f"{API}/pledges/{code}/receive"
    missing = await cashier.post(place, json=paid, headers=keyed())
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "content_hash")
    part = {**paid, "amount_fen": 5_000, "confirmed_amount_fen": 5_000, "content_hash": seen}
    assert (await cashier.post(place, json=part, headers=keyed())).status_code == 201
    old = await cashier.post(place, json={**paid, "content_hash": seen}, headers=keyed())
    assert (old.status_code, old.json()["type"]) == (409, "urn:charity:problem:content.changed")
    assert (old.json()["now"]["received_fen"], old.json()["now"]["status"]) == (5_000, "partial")
    assert "donor" not in old.json()["now"]
    rest = {**paid, "amount_fen": 15_000, "content_hash": old.json()["content_hash"]}
    assert (await cashier.post(place, json=rest, headers=keyed())).status_code == 201


async def test_two_cashiers_with_one_page_receive_a_pledge_once(house: Any) -> None:
    code = await promised()
    seen = await pledge_hash(code)
    calls = [
        pledges.receive(code, amount_fen=20_000, content_hash=seen, **paid_today(), by=by)
        for by in (house.cashier, house.cashier2, house.cashier)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"pledge.done"}
    assert await entries() == 1
    assert await all_is_well() == []


# -- the sum a second time --------------------------------------------------------------------------------


@pytest.mark.parametrize("fen", [1, 19_999, 20_001, 50_000_000])
async def test_what_differs_from_the_pledge_is_typed_twice(house: Any, fen: int) -> None:
    code = await promised()
    seen = {"content_hash": await pledge_hash(code), **paid_today(), "by": house.cashier}
    with pytest.raises(Refusal) as refused:
        await pledges.receive(code, amount_fen=fen, **seen)
    assert (refused.value.code, refused.value.status) == (AMOUNT_UNCONFIRMED.code, 409)
    assert refused.value.fields[0].field == "confirmed_amount_fen"
    for other in (fen + 1, 20_000):
        with pytest.raises(Refusal) as refused:
            await pledges.receive(code, amount_fen=fen, confirmed_amount_fen=other, **seen)
        assert (refused.value.code, refused.value.status) == (AMOUNT_TWICE.code, 422)
    assert await entries() == 0
    done = await pledges.receive(code, amount_fen=fen, confirmed_amount_fen=fen, **seen)
    assert done.status == 201


async def test_what_is_still_due_is_typed_once(house: Any) -> None:
    code = await promised()
    await as_shown.receive(code, amount_fen=5_000, **paid_today(), by=house.cashier)
    seen = {"content_hash": await pledge_hash(code), **paid_today(), "by": house.cashier}
    with pytest.raises(Refusal):
        await pledges.receive(code, amount_fen=20_000, **seen)
    assert (await pledges.receive(code, amount_fen=15_000, **seen)).status == 201


async def test_what_exceeds_the_channels_setting_is_typed_twice(house: Any) -> None:
    await give(house, 5_000_000, confirmed_amount_fen=None)
    with pytest.raises(Refusal) as refused:
        await give(house, 5_000_001, confirmed_amount_fen=None)
    assert refused.value.code == AMOUNT_UNCONFIRMED.code
    assert (await give(house, 5_000_001, confirmed_amount_fen=5_000_001)).status == 201
    with pytest.raises(Refusal) as refused:
        await give(house, 100, confirmed_amount_fen=10_000)
    assert refused.value.code == AMOUNT_TWICE.code
    assert await entries() == 2


async def test_fifty_received_as_five_hundred_thousand_is_read_back_in_capitals(web: Any) -> None:
    code = (await web.as_().post(f"{API}/pledges", json=promise(amount_fen=5_000))).json()["code"]
    cashier, place = web.as_("cashier"), f"/pledges/{code}/receive"
    fields = {**await form_of(cashier, place), **paid_today(), "amount_yuan": "500,000.00"}
    assert 'name="confirmed_amount_yuan"' not in (await cashier.get(place)).text
    first = await cashier.post(place, data=fields)
    assert first.status_code == 409
    for words in ("人民币伍拾万元整", "与认捐尚未到账的金额不同", "超过这种到账方式的核对限额", "再次输入金额"):
        assert words in first.text
    assert 'href="#f-confirmed_amount_yuan"' in first.text
    wrong = await cashier.post(place, data={**fields, **hidden_of(first.text), "confirmed_amount_yuan": "50"})
    assert (wrong.status_code, await entries()) == (422, 0)
    assert "两次输入的金额不一致" in wrong.text
    right = {**fields, **hidden_of(wrong.text), "amount_yuan": "50.00", "confirmed_amount_yuan": "50"}
    assert (await cashier.post(place, data=right)).status_code == 303
    assert await reading.value("SELECT amount_fen FROM donation") == 5_000


async def test_a_walk_in_gift_is_read_back_at_the_page_and_the_call(web: Any) -> None:
    cashier = web.as_("cashier")
    fields = {"campaign": "one-day-2026", "kind": "anonymous", **paid_today(), "amount_yuan": "60000"}
    hidden = await form_of(cashier, "/donations/new")
    asked = await cashier.post("/donations/new", data={**hidden, **fields})
    assert asked.status_code == 409
    assert "人民币陆万元整" in asked.text
    done = await cashier.post(
        "/donations/new", data={**hidden_of(asked.text), **fields, "confirmed_amount_yuan": "60,000.00"}
    )
    assert done.status_code == 303
    body = gift(amount_fen=6_000_000)
    refused = await cashier.post(f"{API}/donations", json=body, headers=keyed())
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "confirmed_amount_fen")
    twice = await cashier.post(f"{API}/donations", json={**body, "confirmed_amount_fen": 1}, headers=keyed())
    assert twice.status_code == 422
    same = {**body, "confirmed_amount_fen": 6_000_000}
    assert (await cashier.post(f"{API}/donations", json=same, headers=keyed())).status_code == 201


@pytest.mark.parametrize("identity", [{"phone": "19900003333"}, {"tax_id": "110101199003074514"}])
async def test_ten_times_the_givers_largest_gift_is_typed_twice(house: Any, identity: dict[str, str]) -> None:
    donor = Donor("person", "李大山", **identity)
    once = {"confirmed_amount_fen": None, "donor": donor}
    await give(house, 20_000, **once)  # nothing came before it
    await give(house, 300, **once)
    with pytest.raises(Refusal) as refused:
        await give(house, 200_001, campaign="everyday", **once)
    assert refused.value.code == AMOUNT_UNCONFIRMED.code
    assert read_back.UNLIKE_GIVER in format(refused.value.facts["why"])
    await give(house, 200_000, campaign="everyday", **once)
    await give(house, 2_000_000, **once)  # ten times what is now the largest
    for other in (Donor("anonymous"), Donor("person", "李大山"), Donor("person", "他人", "19900004444")):
        await give(house, 4_000_000, **(once | {"donor": other}))
    code = await promised(amount_fen=2_500_000, donor=Donor("person", "同一人", "19900005555"))
    await give(house, 100, donor=Donor("person", "同一人", "19900005555"))
    seen = {"content_hash": await pledge_hash(code), **paid_today(), "by": house.cashier}
    with pytest.raises(Refusal) as refused:
        await pledges.receive(code, amount_fen=2_500_000, **seen)
    assert refused.value.code == AMOUNT_UNCONFIRMED.code
    assert (await pledges.receive(code, amount_fen=2_500_000, confirmed_amount_fen=2_500_000, **seen)).status == 201
    assert await all_is_well() == []
    async with tampered("UPDATE party SET largest_fen = largest_fen - 1 WHERE largest_fen > 0"):
        assert {line.split(":")[0] for line in await all_is_well()} == {"I12"}


def test_a_sum_unlike_the_givers_is_read_back_from_ten_times_on() -> None:
    cash = channels.CHANNELS["cash"]
    assert read_back.reasons(1_000, cash, largest_fen=100) == []
    assert read_back.reasons(1_001, cash, largest_fen=100) == [read_back.UNLIKE_GIVER]
    assert read_back.reasons(1_001, cash, largest_fen=0) == []


# -- receipts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["void", "replace"])
async def test_an_old_page_ends_no_receipt_that_changed(web: Any, house: Any, step: str) -> None:
    made = (await give(house, 8_800)).body
    code = made["receipt"]["code"]
    accountant, place = web.as_("accountant"), f"/receipts/{code}/{step}"
    opened = await form_of(accountant, place)
    await as_shown.void(code, reason="写错", by=house.accountant)
    fields = {"reason": "试", "kind": "person", "name": "王晓明"}
    answer = await accountant.post(place, data={**opened, **fields})
    assert answer.status_code == 409
    assert "状态：您打开时看到的是 有效 → 现在是 已作废" in answer.text
    assert await reading.value("SELECT COUNT(*) FROM receipt") == 1


async def test_calls_end_a_receipt_as_it_was_seen(web: Any, house: Any) -> None:
    code = (await give(house, 8_800)).body["receipt"]["code"]
    cashier = web.as_("cashier")
    assert "content_hash" not in (await web.as_().get(f"{API}/receipts/{code}")).json()
    seen = (await cashier.get(f"{API}/receipts/{code}")).json()["content_hash"]
    assert seen == await receipt_hash(code)
    with pytest.raises(Refusal) as refused:
        await receipts.void(code, reason="x", content_hash="0" * 64, by=house.accountant)
    assert refused.value.code == "content.changed"
    right = {"donor": {"kind": "person", "name": "王晓明"}, "reason": "错字", "content_hash": seen}
    fresh = await cashier.post(f"{API}/receipts/{code}/replace", json=right, headers=keyed())
    assert fresh.status_code == 201, fresh.text
    code = fresh.json()["code"]
    old = await cashier.post(f"{API}/receipts/{code}/void", json={"reason": "试", "content_hash": seen})
    assert (old.status_code, old.json()["now"]["number"]) == (409, fresh.json()["number"])
    handed = await cashier.post(f"{API}/receipts/{code}/deliver", json={"how": "handed"})
    assert handed.json() == {"number": fresh.json()["number"], "delivery": "handed"}
    body = {"reason": "试", "content_hash": old.json()["content_hash"]}
    voided = await cashier.post(f"{API}/receipts/{code}/void", json=body)
    assert voided.json() == {"number": fresh.json()["number"], "status": "voided"}
    assert await all_is_well() == []


async def test_a_gift_whose_receipt_was_voided_gets_one_anew(web: Any, house: Any) -> None:
    made = (await give(house, 8_800)).body
    other = (await give(house, 500)).body
    cashier, voided = web.as_("cashier"), made["receipt"]["code"]
    issue = f"{API}/receipts/issue"
    for ids, status in (([], 422), ([made["id"]], 409), (["nobody"], 404)):
        assert (await cashier.post(issue, json={"donations": ids})).status_code == status, ids
    for code in (voided, other["receipt"]["code"]):
        await as_shown.void(code, reason="写错", by=house.accountant)
    together = await cashier.post(issue, json={"donations": [made["id"], other["id"]]})
    assert together.status_code == 422  # of two givers
    page = await cashier.get(f"/receipts/{voided}")
    assert "重新开具收据" in page.text
    done = await cashier.post(f"/receipts/{voided}/issue", data=hidden_of(page.text))
    assert done.status_code == 303
    after = (await cashier.get(f"/receipts/{voided}")).text
    assert f'action="/receipts/{voided}/issue"' not in after
    assert done.headers["location"].partition("?")[0] in after, "what it is on now is one step away"
    fresh = await cashier.post(issue, json={"donations": [other["id"]]})
    assert fresh.status_code == 201
    assert await reading.value("SELECT SUM(amount_fen) FROM receipt WHERE status = 'issued'") == 9_300
    assert await all_is_well() == []
