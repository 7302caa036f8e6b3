"""One transfer for several purposes: a gift and an entry each, one payment number, one receipt."""

import asyncio
import re
from typing import Any

import as_shown
import pytest
from giving.given import WANG, all_is_well, approved, balance, corrected, entries, give, requested, today
from giving.test_pages import API, keyed
from page_forms import form_of, hidden_of
from pdf_reading import text_of
from tampering import tampered
from whole.given import verify_failures

from charity.db import reading
from charity.errors import Refusal
from charity.giving import campaigns, donations, receipts, reversals
from charity.giving.donations import PARTS_MAX, Part
from charity.giving.receipts import documents
from charity.ledger import entries as journal
from charity.ledger.writer import Answer
from charity.money import yuan_sign
from charity.people.masking import Reader

WAYS = ("icbc 2026-1126-9", "ICBC202611269", "ＩＣＢＣ２０２６１１２６９", "Icbc\u00a02026—1126‑9", "iCbC2026 1126 9")
TWO = [Part("one-day-2026", None, 6_000), Part("everyday", "F-EDU", 4_000)]


async def together(house: Any, parts: list[Part] = TWO, ref: str = WAYS[0], **changes: Any) -> Answer:
    values = {"received_on": today(), "channel": "bank", "donor": WANG, "by": house.cashier}
    return await donations.receive_together(parts=parts, channel_ref=ref, **(values | changes))


async def test_two_purposes_are_two_entries_with_one_number_and_one_receipt(house: Any) -> None:
    made = (await together(house)).body
    first, second = (gift["id"] for gift in made["gifts"])
    assert await entries() == 2
    assert await balance("1002/ICBC-01/F-EDU") == 4_000
    kept = await reading.tuples("SELECT key, kind, holder, lines FROM payment_number")
    assert list(map(tuple, kept)) == [("bank:ICBC202611269", "gift", first, 2)]
    receipt = await receipts.get(made["receipt"]["code"])
    assert (receipt.amount_fen, receipt.campaign_id) == (10_000, None)
    assert [gift.key for gift in await receipts.gifts(receipt.code)] == [first, second]
    assert await journal.facts("together", [1, 2]) == {2: first}
    assert await all_is_well() == []


@pytest.mark.parametrize("ref", WAYS)
async def test_the_same_number_in_another_event_is_refused_in_every_writing(house: Any, ref: str) -> None:
    await together(house)
    for call in (
        together(house, TWO[:1], ref),
        together(house, TWO, ref),
        give(house, channel="bank", channel_ref=ref),
    ):
        with pytest.raises(Refusal) as refused:
            await call
        assert (refused.value.code, refused.value.status) == ("channel.ref_used", 409)
    await together(house, TWO, ref, channel="wechat")
    assert await entries() == 4
    assert await all_is_well() == []


async def test_one_number_for_two_purposes_in_two_events_at_once_is_one_event(house: Any) -> None:
    calls = (together(house, TWO[n % 2 :], ref) for n, ref in enumerate(WAYS))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"channel.ref_used"}
    assert await all_is_well() == []


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "donation.parts"),
        ([Part("everyday", None, 1)] * (PARTS_MAX + 1), "donation.parts"),
        ([TWO[0], Part("nothing", None, 1)], "campaign.unknown"),
        ([TWO[0], Part("winter-2024", None, 1)], "campaign.unknown"),
        ([TWO[0], Part("everyday", "F-NONE", 1)], "campaign.fund_not_choice"),
        ([Part("everyday", None, 4_000_000), Part("everyday", "F-EDU", 1_000_001)], "amount.unconfirmed"),
    ],
)
async def test_what_is_wrong_with_one_purpose_refuses_all(house: Any, parts: list[Part], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        await together(house, parts)
    assert refused.value.code == code
    assert await entries() == 0
    assert await reading.value("SELECT COUNT(*) FROM payment_number") == 0


async def test_a_giver_of_two_purposes_in_one_campaign_counts_once(house: Any) -> None:
    await together(house, [Part("everyday", None, 500), Part("everyday", "F-EDU", 700)])
    donors = await reading.tuples("SELECT fund, donors FROM donor_sum ORDER BY fund")
    assert [tuple(row) for row in donors] == [("*", 1), ("F-EDU", 1), ("F-GEN", 1)]
    assert await reading.value("SELECT campaign FROM receipt") == "everyday"
    assert await all_is_well() == []


async def test_the_printed_receipt_and_the_pages_name_every_purpose(web: Any, house: Any) -> None:
    code = (await together(house)).body["receipt"]["code"]
    printed = await documents.printed_for(code, to=Reader.PERMITTED)
    assert [(line.amount_fen, bool(line.specification)) for line in printed.lines] == [(6_000, True), (4_000, True)]
    assert len({line.project for line in printed.lines}) == 2
    for client, place in ((web.as_("cashier"), f"/receipts/{code}"), (web.as_(), f"/r/{code}")):
        page = (await client.get(place)).text
        for line in printed.lines:
            assert line.project in page
    fresh = await as_shown.replace(code, reason="抬头写错", by=house.accountant)
    assert await reading.value("SELECT amount_fen FROM receipt WHERE code = $1", fresh.body["code"]) == 10_000
    assert await all_is_well() == []


async def test_a_refund_of_one_purpose_leaves_the_other_and_its_number(house: Any) -> None:
    made = (await together(house)).body
    number = await requested(house, Answer(201, made["gifts"][0]), 6_000)
    await approved(number, house.approver)
    with pytest.raises(Refusal):
        await give(house, channel="bank", channel_ref=WAYS[1])
    assert await reading.value("SELECT SUM(amount_fen) FROM receipt WHERE status = 'issued'") == 4_000
    assert await all_is_well() == []


async def test_a_receipt_prints_what_it_was_issued_for_whatever_was_refunded_since(house: Any) -> None:
    made = (await together(house)).body
    codes = [made["receipt"]["code"]]
    for fen in (1_000, 2_000):
        await approved(await requested(house, Answer(201, made["gifts"][0]), fen), house.approver)
        codes.append(str(await reading.value("SELECT code FROM receipt WHERE status = 'issued'")))
    printed = [text_of((await documents.whole_pdf(code))[0]) for code in codes]
    for text, whole, part in zip(printed, ("100.00", "90.00", "70.00"), ("60.00", "50.00", "30.00"), strict=True):
        assert sorted(re.findall(r"¥?\d+\.\d\d", text)) == sorted(["40.00", part, f"¥{whole}"] * 3)


async def test_the_old_receipt_says_how_much_of_it_was_a_mistake(house: Any, web: Any) -> None:
    made = (await together(house)).body
    place, gifts = f"/r/{made['receipt']['code']}", [Answer(201, gift) for gift in made["gifts"]]
    whole = int(await reading.value("SELECT SUM(amount_fen) FROM donation"))
    await corrected(house, gifts[0])
    page = (await web.as_().get(place)).text
    assert f"其中 {yuan_sign(whole - 4_000)} 登记有误" in page
    assert "这笔捐赠登记有误" not in page
    await corrected(house, gifts[1])
    page = (await web.as_().get(place)).text
    assert "这笔捐赠登记有误，已从账上更正冲销，不是退款。" in page
    assert "还没有用到" not in page


async def test_a_number_is_free_when_every_gift_of_its_event_was_corrected(house: Any) -> None:
    gifts = [Answer(201, gift) for gift in (await together(house)).body["gifts"]]
    await corrected(house, gifts[0])
    assert await reading.value("SELECT amount_fen FROM receipt WHERE status = 'issued'") == 4_000
    with pytest.raises(Refusal):
        await give(house, channel="bank", channel_ref=WAYS[1])
    await corrected(house, gifts[1])
    assert (await give(house, channel="bank", channel_ref=WAYS[1])).status == 201
    assert await all_is_well() == []


async def test_the_call_takes_gifts_in_place_of_one_campaign_and_sum(web: Any) -> None:
    cashier, place = web.as_("cashier"), f"{API}/donations"
    body: dict[str, Any] = {"received_on": today(), "channel": "bank", "channel_ref": "T-1"}
    body |= {"donor": {"kind": "person", "name": "王小明"}}
    gifts = [{"campaign": "everyday", "amount_fen": 300}, {"campaign": "everyday", "fund": "F-EDU", "amount_fen": 200}]
    done = await cashier.post(place, json={**body, "gifts": gifts}, headers=keyed())
    assert done.status_code == 201, done.text
    assert set(done.json()) == {"gifts", "receipt"}
    assert [set(gift) for gift in done.json()["gifts"]] == [{"id", "entry"}] * 2
    for wrong, fields in (
        ({}, ["campaign", "amount_fen"]),
        ({"campaign": "everyday"}, ["amount_fen"]),
        ({"gifts": gifts, "campaign": "everyday", "amount_fen": 1}, ["campaign", "amount_fen"]),
        ({"gifts": gifts, "fund": "F-EDU"}, ["fund"]),
        ({"gifts": []}, ["gifts"]),
        ({"gifts": [{**gifts[0], "amount_fen": 0}]}, ["gifts.0.amount_fen"]),
    ):
        refused = await cashier.post(place, json={**body, "channel_ref": "T-2", **wrong}, headers=keyed())
        assert refused.status_code == 422, wrong
        assert [error["field"] for error in refused.json()["errors"]] == fields
    again = await cashier.post(place, json={**body, "channel_ref": "t 1", "gifts": gifts}, headers=keyed())
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "channel_ref")
    number = done.json()["receipt"]["number"]
    assert again.json()["see"] == {"number": number, "href": f"/receipts?number={number}"}
    assert number in again.json()["detail"]
    fields = {"campaign": "everyday", "amount_yuan": "5", "kind": "anonymous", "received_on": today()}
    fields |= {"channel": "bank", "channel_ref": "Ｔ１", **await form_of(cashier, "/donations/new")}
    page = await cashier.post("/donations/new", data=fields)
    assert f'<a href="/receipts?number={number}">看 {number}</a>' in page.text
    assert number in (await cashier.get(f"/receipts?number={number}")).text
    assert await entries() == 2


async def test_the_page_takes_further_purposes_and_reads_the_whole_sum_back(web: Any) -> None:
    cashier = web.as_("cashier")
    fields = {"campaign": "one-day-2026", "amount_yuan": "30,000", "kind": "anonymous", "received_on": today()}
    fields |= {"channel": "bank", "channel_ref": "T-1", "parts.3.campaign": "everyday", "parts.3.amount_yuan": "x"}
    wrong = await cashier.post("/donations/new", data={**await form_of(cashier, "/donations/new"), **fields})
    assert wrong.status_code == 422
    assert 'id="e-parts.3.amount_yuan"' in wrong.text
    assert '<details class="fold" open>' in wrong.text
    fields["parts.3.amount_yuan"] = "25,000"
    asked = await cashier.post("/donations/new", data={**hidden_of(wrong.text), **fields})
    assert asked.status_code == 409
    assert "人民币伍万伍仟元整" in asked.text
    assert 'value="25,000"' in asked.text
    fields["confirmed_amount_yuan"] = "55000"
    done = await cashier.post("/donations/new", data={**hidden_of(asked.text), **fields})
    assert done.status_code == 303, done.text
    assert await reading.value("SELECT amount_fen FROM receipt") == 5_500_000
    assert await entries() == 2
    plain = await cashier.get("/donations/new")
    assert '<details class="fold">' in plain.text


async def undone(house: Any, gift: str) -> str:
    """One part of a transfer corrected; the correction's number."""
    asked = await reversals.request(gift, reason="用途登错", by=house.accountant)
    seen = asked.body["content_hash"]
    await reversals.approve(asked.body["number"], content_hash=seen, by=house.approver)
    return str(asked.body["number"])


async def code_of(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await call
    return refused.value.code


@pytest.mark.parametrize("wrong", [0, 1])
async def test_the_true_part_of_a_transfer_is_booked_under_its_number_once(house: Any, wrong: int) -> None:
    made = (await together(house)).body
    number = await undone(house, made["gifts"][wrong]["id"])
    true_part = {"channel": "bank", "channel_ref": WAYS[3], "campaign": "everyday", "fund": "F-EDU"}
    assert await code_of(give(house, 700, **true_part)) == "channel.ref_used", "another event, as before"
    assert await code_of(together(house, ref=WAYS[1])) == "channel.ref_used"
    assert await code_of(give(house, 700, **true_part, corrects="GZ-2026-000009")) == "corrects.unknown"
    anew = await give(house, 700, **true_part, corrects=number)
    first = made["gifts"][0]["id"]
    kept = await reading.tuples("SELECT key, holder, lines FROM payment_number")
    assert list(map(tuple, kept)) == [("bank:ICBC202611269", first, 2)]
    assert await code_of(give(house, 700, **true_part, corrects=number)) == "corrects.done"
    assert await code_of(give(house, 700, **true_part)) == "channel.ref_used"
    assert (await reversals.get(number, by=house.auditor)).rebooked_as == anew.body["id"]
    seq = await reading.value("SELECT MAX(seq) FROM entry")
    assert await journal.facts("corrects", [seq]) == {seq: number}
    again = await undone(house, anew.body["id"])
    await together(house, ref=WAYS[2], corrects=again)
    assert [lines for (lines,) in await reading.tuples("SELECT lines FROM payment_number")] == [3]
    assert await verify_failures() == []
    for fault in ("UPDATE gift_reversal SET rebooked_as = 'x'", f"UPDATE gift_reversal SET rebooked_as = '{first}'"):
        async with tampered(fault):
            assert set(await verify_failures()) == {"I7"}, fault


async def test_a_number_is_free_when_all_parts_are_undone_and_a_correction_may_have_another_number(house: Any) -> None:
    made = (await together(house)).body
    numbers = [await undone(house, gift["id"]) for gift in made["gifts"]]
    other = await give(house, 5, channel="bank", channel_ref="OTHER", corrects=numbers[0])
    await give(house, 10, channel="bank", channel_ref=WAYS[0])
    way = {"channel": "bank", "channel_ref": WAYS[2]}
    assert await code_of(give(house, 7, **way, corrects=numbers[1])) == "channel.ref_used", "it is another event's now"
    await give(house, 7, corrects=numbers[1])
    holders = dict(map(tuple, await reading.tuples("SELECT key, holder FROM payment_number")))
    assert holders["bank:OTHER"] == other.body["id"]
    assert await verify_failures() == []


async def test_a_part_undone_while_the_true_part_is_booked_has_one_outcome(house: Any) -> None:
    made = (await together(house)).body
    asked = await reversals.request(made["gifts"][0]["id"], reason="用途登错", by=house.accountant)
    number, seen = asked.body["number"], asked.body["content_hash"]
    true_part = {"channel": "bank", "channel_ref": WAYS[3]}
    assert await code_of(give(house, 6_000, **true_part, corrects=number)) == "corrects.open"
    outcomes = await asyncio.gather(
        give(house, 6_000, **true_part, corrects=number),
        reversals.approve(number, content_hash=seen, by=house.approver),
        give(house, 6_000, **true_part, corrects=number),
        give(house, 6_000, **true_part, corrects=number),
        give(house, 6_000, **true_part),
        return_exceptions=True,
    )
    codes = [getattr(outcome, "code", "") for outcome in outcomes]
    assert codes == ["corrects.open", "", "", "corrects.done", "channel.ref_used"]
    assert int(await reading.value("SELECT SUM(amount_fen) FROM donation WHERE status = 'ok'")) == 10_000
    assert await verify_failures() == []


async def test_a_gift_is_booked_anew_in_a_campaign_that_was_closed_since(house: Any, web: Any) -> None:
    way = {"campaign": "dream-2026", "channel": "bank", "channel_ref": WAYS[0]}
    number = await undone(house, (await give(house, 600, **way)).body["id"])
    await campaigns.close("dream-2026", by=house.accountant)
    assert await code_of(give(house, 700, **way)) == "campaign.not_open"
    outside = way | {"campaign": "winter-2025"}
    assert await code_of(give(house, 700, **outside, corrects=number)) == "campaign.ended", "of a day when it ran"
    cashier = web.as_("cashier")
    assert 'value="dream-2026"' in (await cashier.get(f"/donations/new?corrects={number}")).text
    assert 'value="dream-2026"' not in (await cashier.get("/donations/new")).text
    hidden = await form_of(cashier, f"/donations/new?corrects={number}")
    typed = {"kind": "anonymous", "amount_yuan": "7", "received_on": today(), **way}
    assert (await cashier.post("/donations/new", data={**hidden, **typed})).status_code == 303
    assert await code_of(give(house, 700, **way, corrects=number)) == "corrects.done"
    assert await verify_failures() == []


async def test_the_true_part_is_booked_from_the_page_of_the_correction_and_by_a_call(house: Any, web: Any) -> None:
    made = (await together(house)).body
    number = await undone(house, made["gifts"][0]["id"])
    cashier = web.as_("cashier")
    assert f'href="/donations/new?corrects={number}"' in (await cashier.get(f"/reversals/{number}")).text
    assert f"/donations/new?corrects={number}" not in (await web.as_("approver").get(f"/reversals/{number}")).text
    address = f"/donations/new?corrects={number}"
    page = (await cashier.get(address)).text
    assert WAYS[0] in page
    assert number in page
    hidden = await form_of(cashier, address)
    assert hidden["corrects"] == number
    typed = {"kind": "person", "name": WANG.name, "phone": WANG.phone, "campaign": "everyday", "amount_yuan": "60"}
    typed |= {"received_on": today(), "channel": "bank", "channel_ref": WAYS[0]}
    done = await cashier.post("/donations/new", data={**hidden, **typed})
    assert done.status_code == 303, done.text
    assert f"/donations/new?corrects={number}" not in (await cashier.get(f"/reversals/{number}")).text
    second = await undone(house, made["gifts"][1]["id"])
    body = {"campaign": "everyday", "amount_fen": 4_000, "received_on": today(), "channel": "bank"}
    body |= {"channel_ref": WAYS[0], "donor": {"kind": "person", "name": WANG.name}}
    refused = await cashier.post(f"{API}/donations", json=body, headers=keyed())
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:charity:problem:channel.ref_used")
    booked = await cashier.post(f"{API}/donations", json={**body, "corrects": second}, headers=keyed())
    assert booked.status_code == 201
    again = await cashier.post(f"{API}/donations", json={**body, "corrects": second}, headers=keyed())
    assert (again.status_code, again.json()["type"]) == (409, "urn:charity:problem:corrects.done")
    assert await verify_failures() == []
