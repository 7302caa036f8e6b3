"""Receipts many at a time: delivered together, issued for gifts that have none; and tasks for who can do them."""

from typing import Any

import as_shown
import pytest
from giving.given import WANG, all_is_well, code_of, give, refunded
from giving.test_pages import API
from goods.given import DONOR, RICE, opened
from page_forms import form_of

from charity.db import reading, sealed
from charity.errors import Refusal
from charity.giving import deliveries, desk, receipts
from charity.giving.deliveries import routes
from charity.people.persons import Donor

LI = Donor("person", "李四", "19900003333")


async def voided(house: Any, **changes: Any) -> dict[str, Any]:
    """A gift whose receipt was voided."""
    made: dict[str, Any] = (await give(house, **changes)).body
    await as_shown.void(made["receipt"]["code"], reason="抬头写错", by=house.accountant)
    return made


async def state(code: str) -> tuple[str, str]:
    row = await receipts.get(code)
    return row.status, row.delivery


async def test_a_batch_is_delivered_and_says_which_were_voided_meanwhile(house: Any) -> None:
    first, second, third = [(await give(house)).body["receipt"] for _ in range(3)]
    await as_shown.void(second["code"], reason="抬头写错", by=house.accountant)
    done = await deliveries.deliver_together(
        [receipt["code"] for receipt in (first, second, third)], delivery="sent", note="挂号信", by=house.cashier
    )
    assert done.body == {"delivered": [first["number"], third["number"]], "ended": [second["number"]]}
    assert [await state(receipt["code"]) for receipt in (first, second, third)] == [
        ("issued", "sent"),
        ("voided", "pending"),
        ("issued", "sent"),
    ]
    row = await receipts.get(first["code"])
    assert sealed.unseal("receipt", "delivery_note", first["code"], row.delivery_note) == "挂号信"


async def test_a_batch_does_not_say_anew_what_another_said_meanwhile(house: Any) -> None:
    handed, kept = [(await give(house)).body["receipt"] for _ in range(2)]
    codes = [handed["code"], kept["code"]]
    await deliveries.deliver_together([handed["code"]], delivery="handed", by=house.cashier)
    await deliveries.deliver_together([kept["code"]], delivery="kept_undelivered", note="匿名", by=house.cashier)
    done = await deliveries.deliver_together(codes, delivery="sent", note="挂号信", by=house.cashier)
    assert done.body == {"delivered": [kept["number"]], "ended": [handed["number"]]}
    assert [await state(code) for code in codes] == [("issued", "handed"), ("issued", "sent")]
    await receipts.deliver(handed["code"], delivery="sent", by=house.cashier)
    assert await state(handed["code"]) == ("issued", "sent"), "put right on its own page"


async def test_a_batch_that_cannot_be_changes_nothing(house: Any) -> None:
    made = (await give(house)).body["receipt"]["code"]
    wrong: list[tuple[list[str], str, str, str]] = [
        ([], "sent", "", "receipt.batch"),
        ([f"{n}" for n in range(201)], "sent", "", "receipt.batch"),
        ([made], "lost", "", "receipt.delivery"),
        ([made], "kept_undelivered", " ", "receipt.delivery_note"),
        ([made, "none"], "sent", "", "receipt.unknown"),
    ]
    for codes, delivery, note, expected in wrong:
        with pytest.raises(Refusal) as refusal:
            await deliveries.deliver_together(codes, delivery=delivery, note=note, by=house.cashier)
        assert code_of(refusal) == expected
    assert await state(made) == ("issued", "pending")


async def test_gifts_without_a_receipt_are_listed_until_one_is_issued(house: Any) -> None:
    await give(house)
    gone, kept = await give(house, 500), await voided(house)
    await refunded(house, gone, 500)
    shop = await opened(house)
    unvalued = await shop.bring_answer(RICE, 2, donor=DONOR)
    assert unvalued.get("receipt") is None
    listed = await deliveries.unreceipted("", 9, by=house.accountant)
    assert [row["key"] for row in listed] == [kept["id"]]
    assert await deliveries.unreceipted("", 9, by=house.clerk) == []
    answer = await receipts.issue_anew(donations=[kept["id"]], by=house.cashier)
    assert set(answer.body) == {"code", "number"}
    assert await deliveries.unreceipted("", 9, by=house.accountant) == []
    with pytest.raises(Refusal) as refusal:
        await receipts.issue_anew(donations=[kept["id"]], by=house.cashier)
    assert code_of(refusal) == "receipt.already"
    assert await all_is_well() == []


async def test_what_is_ticked_becomes_a_receipt_for_each_giver_and_goods_lot(house: Any) -> None:
    one, another = await voided(house, donor=LI), await voided(house, donor=WANG)
    donors = await reading.rows("SELECT key, donor FROM donation")
    assert len({row["donor"] for row in donors}) == 2
    shop = await opened(house)
    goods = await shop.bring_answer(RICE, 3, unit_value_fen=2_650, donor=DONOR)
    await as_shown.void(goods["receipt"]["code"], reason="抬头写错", by=house.accountant)
    listed = [row["key"] for row in await deliveries.unreceipted("", 9, by=house.cashier)]
    assert {one["id"], another["id"]} < set(listed)
    issued, refused = await deliveries.issue_for(listed, by=house.cashier)
    assert (len(issued), refused) == (3, [])
    lines = await receipts.goods_lines([receipt["number"] for receipt in issued])
    assert [[line.amount_fen for line in kept] for kept in lines.values()] == [[7_950]]
    issued, refused = await deliveries.issue_for([one["id"]], by=house.cashier)
    assert issued == []
    assert [refusal.code for refusal in refused] == ["receipt.already"]
    for keys, expected in (([], "receipt.batch"), (["none"], "donation.unknown")):
        with pytest.raises(Refusal) as refusal:
            await deliveries.issue_for(keys, by=house.cashier)
        assert code_of(refusal) == expected
    assert await all_is_well() == []


async def test_the_page_issues_for_the_ticked_gifts_and_pages(house: Any, web: Any, monkeypatch: Any) -> None:
    made = [await voided(house) for _ in range(3)]
    client = web.as_("cashier")
    form = await form_of(client, "/receipts/missing")
    nothing = await client.post("/receipts/missing", data=form)
    assert nothing.status_code == 422
    assert "请至少勾选一项" in nothing.text
    done = await client.post("/receipts/missing", data=form | {"gift": made[0]["id"]})
    assert done.status_code == 303
    assert done.headers["location"].startswith("/receipts/")
    again = await client.post("/receipts/missing", data=form | {"gift": made[0]["id"]})
    assert again.headers["location"] == done.headers["location"]
    stale = await form_of(client, "/receipts/missing")
    refused = await client.post("/receipts/missing", data=stale | {"gift": [made[0]["id"], made[1]["id"]]})
    assert made[1]["id"] not in (await client.get("/receipts/missing")).text
    assert (refused.status_code, "不能再开收据" in refused.text, "已开具收据" in refused.text) == (409, True, True)
    monkeypatch.setattr(routes, "ROWS", 1)
    await voided(house)
    page = await client.get("/receipts/missing")
    assert 'rel="next"' in page.text
    auditor = await web.as_("auditor").get("/receipts/missing")
    assert auditor.status_code == 200
    assert "<form" not in auditor.text.partition("<main")[2].partition("</main")[0]
    assert ("由出纳开具" in auditor.text, "勾选" in auditor.text) == (True, False), "a reader has nothing to tick"
    waiting = (await web.as_("auditor").get("/receipts/deliver")).text
    assert ("由出纳记下" in waiting, "勾选" in waiting) == (True, False)


async def test_the_page_delivers_what_is_ticked_and_says_what_was_voided(house: Any, web: Any) -> None:
    first, second = [(await give(house)).body["receipt"] for _ in range(2)]
    client = web.as_("cashier")
    form = await form_of(client, "/receipts/deliver")
    without = await client.post("/receipts/deliver", data=form | {"receipt": [first["code"], second["code"]]})
    assert without.status_code == 422
    assert without.text.count("checked") == 2
    await as_shown.void(second["code"], reason="抬头写错", by=house.accountant)
    ticked = form | {"receipt": [first["code"], second["code"]], "delivery": "handed", "note": ""}
    done = await client.post("/receipts/deliver", data=ticked)
    assert done.status_code == 303
    page = await client.get("/receipts/deliver")
    assert second["number"] in page.text
    assert "没有改动" in page.text
    assert await state(first["code"]) == ("issued", "handed")
    assert (await web.as_("auditor").get("/receipts/deliver")).status_code == 200


async def test_the_calls_list_and_deliver_many(house: Any, web: Any) -> None:
    made, receipt = await voided(house), (await give(house)).body["receipt"]
    answer = (await web.as_("accountant").get(f"{API}/receipts/missing")).json()
    assert [item["id"] for item in answer["items"]] == [made["id"]]
    assert answer["next"] is None
    body = {"receipts": [receipt["code"], made["receipt"]["code"]], "how": "sent"}
    done = await web.as_("cashier").post(f"{API}/receipts/deliver", json=body)
    assert done.json() == {"delivered": [receipt["number"]], "ended": [made["receipt"]["number"]]}
    assert (await web.as_("accountant").post(f"{API}/receipts/deliver", json=body)).status_code == 403


async def test_a_task_stands_on_the_desk_of_who_can_do_it(house: Any) -> None:
    await give(house)
    await voided(house)
    for task, href in (
        (desk.RECEIPTS_UNDELIVERED.tasks, "/receipts/deliver"),
        (desk.GIFTS_WITHOUT_RECEIPT.tasks, "/receipts/missing"),
    ):
        assert [waiting.href for waiting in await task(house.cashier)] == [href]
        assert await task(house.accountant) == []
