"""Donation boxes: counted by one, confirmed by another under a login of his own, booked once; the record on paper (D15)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from giving.given import WANG, corrected, give, promised, roster_filled, today
from page_forms import hidden_of
from pdf_reading import text_of
from tampering import tampered

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import boxes, donations, pledges, reversals, settling
from charity.giving.boxes import verify
from charity.giving.boxes.screens import row_of
from charity.giving.donations import Part
from charity.giving.models import Pledge

API = "/api/v1/boxes"
SHEETS = {10_000: 2, 500: 1, 100: 4, 50: 3}


async def refused(code: str, done: Any) -> None:
    with pytest.raises(Refusal) as caught:
        await done
    assert caught.value.code == code


async def put_up(house: Cast, code: str = "MX-01") -> None:
    await boxes.make(code=code, site="城关超市", keeper="李四", campaign="everyday", by=house.accountant)


async def counted(house: Cast, **changes: Any) -> str:
    values: dict[str, Any] = {"box": "MX-01", "on": today(), "time": "09:30", "sheets": SHEETS}
    opened = boxes.Opened(**(values | {"opener": "王小明", "witness": "赵六"} | changes))
    return str((await boxes.count(opened, by=house.cashier)).body["number"])


async def seen(house: Cast, number: str) -> str:
    return boxes.content(row_of(await boxes.opening(number, by=house.auditor))).hash


async def test_two_people_count_and_one_gift_is_booked_once(house: Cast) -> None:
    await refused("box.unknown", counted(house))
    await put_up(house)
    await refused("box.taken", put_up(house))
    await refused("box.empty", counted(house, sheets={}))
    await refused("donation.in_future", counted(house, on=(clock.today() + timedelta(days=1)).isoformat()))
    number = await counted(house)
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0, "nothing is booked before the second"
    content_hash = await seen(house, number)
    await refused("box.own", boxes.confirm(number, content_hash=content_hash, by=house.cashier))
    await refused("content.changed", boxes.confirm(number, content_hash="0" * 64, by=house.accountant))
    await refused("not_yours", boxes.confirm(number, content_hash=content_hash, by=house.auditor))
    both = [boxes.confirm(number, content_hash=content_hash, by=by) for by in (house.accountant, house.approver)]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Answer", "Refusal"]
    (gift,) = await reading.rows("SELECT key, amount_fen, channel, received_on, campaign FROM donation")
    assert (gift["amount_fen"], gift["channel"], gift["received_on"]) == (21_050, "box", today())
    assert (gift["campaign"], await reading.value("SELECT actor FROM entry")) == ("everyday", house.cashier.key)
    one = await boxes.opening(number, by=house.auditor)
    assert (one.donation, one.status, number[:3]) == (gift["key"], "confirmed", "KX-")
    await refused("box.done", boxes.drop(number, by=house.cashier))
    await boxes.paid_in(number, slip_ref="ICBC-77", by=house.cashier)
    await refused("box.done", boxes.paid_in(number, slip_ref="ICBC-78", by=house.cashier))
    assert await verify.run() == []


async def test_what_was_counted_wrongly_is_dropped_and_its_number_stays_used(house: Cast) -> None:
    await put_up(house)
    first = await counted(house)
    await boxes.drop(first, by=house.cashier)
    content_hash = await seen(house, first)
    await refused("box.done", boxes.confirm(first, content_hash=content_hash, by=house.accountant))
    second = await counted(house, sheets={100: 5})
    assert second > first
    assert [one.status for one in (await boxes.openings(by=house.auditor))[0]] == ["counted", "dropped"]


PLANTED = {
    "the sum": ("UPDATE box_opening SET amount_fen = amount_fen + 1 RETURNING number", {"I7", "I10"}),
    "the gift": ("UPDATE donation SET channel = 'cash' RETURNING key", {"I7"}),
    "the people": ("UPDATE box_opening SET status = 'counted' RETURNING number", {"I11"}),
}


@pytest.mark.parametrize(("planted", "invariants"), PLANTED.values(), ids=list(PLANTED))
async def test_verify_sees_an_opening_that_is_not_its_gift(house: Cast, planted: str, invariants: set[str]) -> None:
    await put_up(house)
    number = await counted(house)
    await boxes.confirm(number, content_hash=await seen(house, number), by=house.accountant)
    await transactions.run(lambda tx: tx.rows(planted))
    assert {one.invariant for one in await verify.run()} == invariants


async def test_a_box_is_counted_confirmed_printed_and_found_in_the_browser(web: Any, house: Cast) -> None:
    cashier, accountant, auditor = (web.as_(name) for name in ("cashier", "accountant", "auditor"))
    page = (await cashier.get("/boxes/new")).text
    typed = {"code": "MX-02", "site": "人民医院", "keeper": "李四", "campaign": "everyday"}
    wrong = await cashier.post("/boxes/new", data=hidden_of(page) | typed | {"code": "mx 2"})
    assert (wrong.status_code, 'value="人民医院"' in wrong.text) == (422, True)
    assert (await cashier.post("/boxes/new", data=hidden_of(page) | typed)).status_code == 303
    assert "/boxes/MX-02/open" in (await cashier.get("/boxes")).text
    form = (await cashier.get("/boxes/MX-02/open")).text
    opening = {
        "on": today(),
        "time": "9:30",
        "opener": "王小明",
        "witness": "赵六",
        "sheets_10000": "1",
        "sheets_50": "3",
    }
    late = await cashier.post("/boxes/MX-02/open", data=hidden_of(form) | opening)
    assert (late.status_code, 'value="赵六"' in late.text, 'value="3"' in late.text) == (422, True, True)
    done = await cashier.post("/boxes/MX-02/open", data=hidden_of(form) | opening | {"time": "09:30"})
    assert done.status_code == 303, done.text
    href = done.headers["location"]
    assert "我也清点过" not in (await cashier.get(href)).text
    waits = (await accountant.get(href)).text
    assert ("5 角" in waits, "101.50" in waits, "我也清点过" in waits) == (True, True, True)
    assert (await accountant.post(f"{href}/confirm", data=hidden_of(waits))).status_code == 303
    assert (await accountant.post(f"{href}/confirm", data=hidden_of(waits))).status_code == 303, "pressed twice"
    slip = (await cashier.get(href)).text
    assert (await cashier.post(f"{href}/slip", data=hidden_of(slip) | {"slip_ref": "ICBC-9"})).status_code == 303
    printed = await auditor.get(f"{href}.pdf")
    words = "".join(text_of(printed.content).split())
    for part in ("MX-02", "人民医院", "壹佰零壹元伍角", "王小明", "赵六", "ICBC-9", "accountant"):
        assert part in words, part
    answer = await auditor.post("/desk/search", data={"q": href.rpartition("/")[2]})
    assert answer.headers["location"] == href


async def test_a_program_does_as_the_pages_do(web: Any, house: Cast) -> None:
    await put_up(house)
    cashier, approver = web.as_("cashier"), web.as_("approver")
    body = {"on": today(), "time": "10:00", "sheets": [{"fen": 100, "count": 3}], "opener": "王", "witness": "赵"}
    key = {"Idempotency-Key": "b-1"}
    made = (await cashier.post(f"{API}/MX-01/openings", json=body, headers=key)).json()
    one = f"{API}/openings/{made['number']}"
    assert (await cashier.get(one)).json()["content_hash"] == made["content_hash"]
    booked = await approver.post(f"{one}/confirm", json={"content_hash": made["content_hash"]}, headers=key)
    assert (booked.status_code, booked.json()["number"]) == (201, made["number"])
    (row,) = (await approver.get(f"{API}/openings")).json()["items"]
    assert (row["status"], row["sheets"], row["amount_fen"]) == ("confirmed", [[100, 3]], 300)
    assert [box["code"] for box in (await approver.get(API)).json()["items"]] == ["MX-01"]


async def test_money_of_a_box_is_booked_by_two_at_every_door(house: Cast, web: Web) -> None:
    """A cashier alone booked it as a gift, as the money of a pledge, and as the transfer of a unit."""
    await refused("channel.counted", give(house, 100, channel="box"))
    code = await promised()
    shown = pledges.content_of(await Pledge.with_code(code).get()).hash
    paid = {"amount_fen": 100, "received_on": today(), "channel": "box", "content_hash": shown}
    await refused("channel.counted", pledges.receive(code, by=house.cashier, **paid))
    key, _ = await roster_filled(house)
    transfer = {
        "received_on": today(),
        "received_fen": 100,
        "channel": "box",
        "channel_ref": "",
        "content_hash": "0" * 64,
    }
    await refused("channel.counted", settling.settle(key, by=house.cashier, **transfer))
    client = web.as_("cashier")
    body: dict[str, Any] = {"campaign": "everyday", "amount_fen": 100, "received_on": today(), "channel": "box"}
    body |= {"donor": {"kind": "anonymous"}}
    answer = await client.post("/api/v1/donations", json=body, headers={"Idempotency-Key": "of-a-box"})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "channel.counted")
    assert 'value="box"' not in (await client.get("/donations/new")).text
    assert 'value="box"' not in (await client.get(f"/pledges/{code}/receive")).text
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0


async def test_a_gift_out_of_a_box_is_booked_anew_as_one(house: Cast, web: Web) -> None:
    """Its reversal was approved by another one, so two answer for it too."""
    await put_up(house)
    number = await counted(house)
    await boxes.confirm(number, content_hash=await seen(house, number), by=house.accountant)
    gift = await reading.value("SELECT key FROM donation")
    asked = (await reversals.request(gift, reason="登记错误", by=house.accountant)).body
    wrong = asked["number"]
    await reversals.approve(wrong, content_hash=asked["content_hash"], by=house.approver)
    assert 'value="box" selected' in (await web.as_("cashier").get(f"/donations/new?corrects={wrong}")).text
    for fen in (21_049, 21_051):  # another sum is counted anew, by two
        await refused("channel.counted", give(house, fen, channel="box", corrects=wrong, campaign="everyday"))
    anew = await give(house, 21_050, channel="box", corrects=wrong, campaign="everyday")
    assert await reading.value("SELECT channel FROM donation WHERE key = $1", anew.body["id"]) == "box"
    assert await verify.run() == []
    await corrected(house, anew)
    wrong = str(await reading.value("SELECT MAX(number) FROM gift_reversal"))
    again = await give(house, 21_050, channel="box", corrects=wrong, campaign="everyday")
    assert await verify.run() == []
    async with tampered(f"UPDATE donation SET amount_fen = 21051 WHERE key = '{again.body['id']}'"):
        assert {one.invariant for one in await verify.run()} == {"I7"}


async def test_verify_sees_a_gift_of_a_box_that_nobody_opened(house: Cast) -> None:
    await give(house, 100, campaign="everyday")
    await transactions.run(lambda tx: tx.rows("UPDATE donation SET channel = 'box' RETURNING key"))
    assert {one.invariant for one in await verify.run()} == {"I7"}
    await transactions.run(lambda tx: tx.rows("UPDATE donation SET status = 'reversed' RETURNING key"))
    assert await verify.run() == []  # it was booked by one person before boxes were opened by two, and is corrected


async def test_what_did_not_come_out_of_a_box_is_not_booked_anew_as_if_it_had(house: Cast, web: Web) -> None:
    """Else a gift of 1 yuan, corrected, would let one cashier book any sum of a box."""
    gift = await give(house, 100, campaign="everyday")
    await corrected(house, gift)
    wrong = str(await reading.value("SELECT number FROM gift_reversal"))
    desk, anew = web.as_("cashier"), {"channel": "box", "corrects": wrong, "campaign": "everyday"}
    assert 'value="box"' not in (await desk.get(f"/donations/new?corrects={wrong}")).text
    for fen in (100, 9_999_900):
        await refused("channel.counted", give(house, fen, **anew))
    parts = [Part("everyday", None, 60), Part("everyday", "F-EDU", 40)]
    values: dict[str, Any] = {"received_on": today(), "channel": "box", "donor": WANG, "by": house.cashier}
    await refused("channel.counted", donations.receive_together(parts=parts, corrects=wrong, **values))
    body: dict[str, Any] = {"campaign": "everyday", "amount_fen": 100, "received_on": today(), **anew}
    body["donor"] = {"kind": "anonymous"}
    answer = await desk.post("/api/v1/donations", json=body, headers={"Idempotency-Key": "x" * 32})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:charity:problem:channel.counted")
    assert await reading.value("SELECT COUNT(*) FROM donation") == 1
    await give(house, 100, campaign="everyday", corrects=wrong)
