"""The form of a voucher: payees are found by name, code or township, funds are offered with what is free of them."""

import re
from typing import Any

import pytest
from aid.given import Aid, gift_to

from charity.aid.drafts import finding, funds
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.ledger import funds as ledger_funds
from charity.ledger.plans import Plan
from charity.people import households, persons

SEARCH = "/api/v1/aid/payees/search"
TYPED = {
    "purpose": "aid",
    "programme": "P03",
    "fund": "F-GEN",
    "payee_kind": "household",
    "payee_code": "",
    "amount_yuan": "2,000.00",
    "listed": "HH-T001",
    "recipients": "1",
    "reason": "住院自付部分较高",
}


async def _families(count: int) -> None:
    async def work(tx: Tx) -> None:
        await households.add(
            tx, [households.NewHousehold(f"HZ{n:03}", f"赵{n}", "999901001", "DIBAO", 1) for n in range(count)]
        )
        await persons.add_payees(tx, [("赵学生", "6217000012345678")])

    await transactions.run(work)


async def test_payees_are_found_by_name_code_and_township_and_only_by_who_makes_vouchers(aid: Aid) -> None:
    await _families(2)
    by = aid.house.caseworker
    for typed, names in {
        "赵": ["赵0", "赵1", "赵学生"],
        "　赵学": ["赵学生"],
        "hz001": ["赵1"],
        "ＨＺ００１": ["赵1"],
        "敬老院": ["石梁镇敬老院"],
        "JG-T": ["石梁镇敬老院"],
        "学生": [],  # the beginning of a person's name, not a part of it
        "李学生": [],  # without an account: nobody who gave is searched
        " ": [],
    }.items():
        matches, more = await finding.search(typed, by=by)
        assert ([one.name for one in matches if one.code.startswith(("HZ", "JG-T")) or one.kind == "person"], more) == (
            names,
            False,
        ), typed
    township = await reading.row("SELECT code, name FROM township ORDER BY code LIMIT 1")
    assert township is not None
    await transactions.run(
        lambda tx: tx.rows("UPDATE household SET township = $1 WHERE code = 'HZ001'", township["code"])
    )
    for typed in (township["name"], township["code"]):
        assert "赵1" in [one.name for one in (await finding.search(typed, by=by))[0]]
    for other in (aid.house.approver, aid.house.cashier, aid.house.clerk):
        with pytest.raises(Refusal) as caught:
            await finding.search("赵", by=other)
        assert caught.value.status == 403


async def test_a_name_of_many_gives_the_first_and_says_that_there_are_more(aid: Aid, web: Any) -> None:
    await _families(25)
    matches, more = await finding.search("赵", by=aid.house.caseworker)
    assert (len(matches), more) == (20, True)
    answer = await web.as_("caseworker").post(SEARCH, json={"query": "赵1"})
    assert (answer.status_code, answer.json()["more"]) == (200, False)
    assert answer.json()["items"][0] == {
        "kind": "household",
        "code": "HZ001",
        "name": "赵1",
        "township": answer.json()["items"][0]["township"],
        "open": True,
    }
    assert (await web.as_("caseworker").post(SEARCH, json={"query": " "})).status_code == 422
    assert (await web.as_("approver").post(SEARCH, json={"query": "赵"})).status_code == 403


async def test_a_step_of_the_form_keeps_all_that_was_typed_and_books_nothing(aid: Aid, web: Any) -> None:
    await _families(1)
    client = web.as_("caseworker")
    page = await client.post("/vouchers/new", data={**TYPED, "payee_query": "赵0", "step": "payee"})
    assert page.status_code == 200
    assert 'value="household:HZ000"' in page.text
    for value in ("2,000.00", "HH-T001", "住院自付部分较高"):
        assert value in page.text
    assert re.search(r'<option value="P03" selected', page.text)
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0
    none = await client.post("/vouchers/new", data={**TYPED, "payee_query": "无此人", "step": "payee"})
    assert "没有找到“无此人”" in none.text
    long = await client.post("/vouchers/new", data={**TYPED, "payee_query": "赵" * 101, "step": "payee"})
    assert (long.status_code, "2,000.00" in long.text) == (422, True)
    made = await client.post("/vouchers/new", data={**TYPED, "picked": "household:HZ000"})
    assert made.status_code == 303
    assert await reading.value("SELECT payee FROM voucher") == "HZ000"
    number = await reading.value("SELECT number FROM voucher")
    again = await client.post(
        f"/vouchers/{number}/edit", data={**TYPED, "picked": "household:HH-T001", "step": "funds"}
    )
    assert "这个编号是：王小明" in again.text
    assert await reading.value("SELECT payee FROM voucher") == "HZ000"


async def test_funds_are_offered_that_may_pay_with_what_is_free(aid: Aid, web: Any) -> None:
    async def work(tx: Tx) -> None:
        plan = Plan((("P03", 300_000), ("P01", 100)), 0)
        await ledger_funds.open_fund(tx, code="F-PLAN", name="有方案", kind="restricted", plan=plan)

    await transactions.run(work)
    await gift_to("F-PLAN", 200_000)
    offered = {one["value"]: one["label"] for one in await funds.offered("aid", "P03")}
    assert "F-EDU" not in offered  # another programme's
    assert offered["F-GEN"].endswith("可用 ¥5,000.00")
    assert offered["F-PLAN"].endswith("可用 ¥2,000.00 · 方案还余 ¥3,000.00")
    costs = [one["value"] for one in await funds.offered("administration", "")]
    assert "F-GEN" in costs
    assert {"F-PLAN", "F-EDU"}.isdisjoint(costs)
    kept = {one["value"]: one["label"] for one in await funds.offered("aid", "P03", "F-EDU")}
    assert "不能用于所选的用途或项目" in kept["F-EDU"]
    page = await web.as_("caseworker").post("/vouchers/new", data={**TYPED, "step": "funds"})
    assert "可用 ¥5,000.00" in page.text
    assert 'value="F-EDU"' not in page.text
