"""A changed voucher says what changed: old and new, without names, to its history and to whoever approves it anew."""

from dataclasses import replace
from typing import Any

from aid.given import API, ASKED, BODY, Aid, made

from charity.aid import vouchers
from charity.aid.changes import in_words
from charity.db import reading, transactions
from charity.people import institutions

CHANGED = {
    "amount_fen": 150_000,
    "programme": "P01",
    "payee_kind": "institution",
    "payee": "JG-T01",
    "recipients": 1,
    "listed": ("HH-T001",),
    "reason": "改由敬老院代领",
}


async def test_each_thing_that_changed_stands_old_and_new_and_free_text_only_as_a_fact(aid: Aid) -> None:
    number, _ = await aid.made(recipients=3)
    await vouchers.edit(number=number, content=replace(ASKED, **CHANGED), by=aid.house.caseworker)
    voucher = await vouchers.get(number)
    assert in_words(voucher.decisions[-1].changes) == [
        "慈善项目：P03 → P01",
        "收款方：家庭 HH-T001 → 机构 JG-T01",
        "金额：¥2,000.00 → ¥1,500.00",
        "受益：3 → 1",
        "受益名单已修改",
        "事由已修改",
    ]
    stored = await reading.value("SELECT changes FROM voucher_approval WHERE voucher = $1", number)
    assert b"JG-T01" not in bytes(stored)
    await vouchers.edit(number=number, content=replace(ASKED, **CHANGED), by=aid.house.caseworker)
    assert len((await vouchers.get(number)).decisions) == 1  # saved without a change


async def test_an_account_that_was_changed_since_is_said_without_the_account(aid: Aid) -> None:
    asked: dict[str, Any] = {"payee_kind": "institution", "payee": "JG-T01"}
    number, _ = await aid.made(**asked)

    async def work(tx: transactions.Tx) -> None:
        await tx.rows("DELETE FROM institution WHERE code = 'JG-T01'")
        await institutions.add(tx, code="JG-T01", name="石梁镇敬老院", kind="home", bank_account="6222000099998888")

    await transactions.run(work)
    await vouchers.edit(number=number, content=replace(ASKED, **asked), by=aid.house.caseworker)
    assert in_words((await vouchers.get(number)).decisions[-1].changes) == ["收款方的名称或账号已修改"]


async def test_an_approver_sees_what_changed_since_his_own_decision(aid: Aid) -> None:
    house = aid.house
    number, first = await aid.made()
    assert (await vouchers.get(number)).changes_for(house.approver) == []
    await vouchers.approve(number=number, content_hash=first, by=house.approver)
    answer = await vouchers.edit(number=number, content=replace(ASKED, amount_fen=9), by=house.caseworker)
    await vouchers.approve(number=number, content_hash=answer.body["content_hash"], by=house.approver2)
    await vouchers.edit(number=number, content=replace(ASKED, amount_fen=8), by=house.caseworker)
    voucher = await vouchers.get(number)
    lines = {who.name: in_words(voucher.changes_for(who)) for who in (house.approver, house.approver2)}
    assert lines == {
        house.approver.name: ["金额：¥2,000.00 → ¥0.09", "金额：¥0.09 → ¥0.08"],
        house.approver2.name: ["金额：¥0.09 → ¥0.08"],
    }


async def test_the_history_names_the_institution_that_was_or_is_paid_and_no_household(aid: Aid, web: Any) -> None:
    number, _ = await aid.made()
    for payee in ({"payee_kind": "institution", "payee": "JG-T01"}, {"payee_kind": "supplier", "payee": "GY-T01"}):
        await vouchers.edit(number=number, content=replace(ASKED, **payee), by=aid.house.caseworker)
    lines = (
        "收款方：家庭 HH-T001 → 机构 JG-T01 石梁镇敬老院",
        "收款方：机构 JG-T01 石梁镇敬老院 → 供应商 GY-T01 临溪粮油公司",
    )
    for who in ("approver", "caseworker"):
        page = (await web.as_(who).get(f"/vouchers/{number}")).text
        for line in lines:
            assert page.count(line) == 2, (who, line)  # above the decision, and in the history
        assert "王小明" not in page


async def test_page_and_call_say_what_changed_and_the_page_what_is_free(aid: Aid, web: Any) -> None:
    number = (await made(web))["number"]
    changed = await web.as_("caseworker").put(f"{API}/{number}", json={**BODY, "amount_fen": 123_456})
    assert changed.status_code == 200
    answer = (await web.as_("approver").get(f"{API}/{number}")).json()
    assert [edit["changes"] for edit in answer["edits"]] == [
        [{"what": "amount_fen", "before": 200_000, "after": 123_456}]
    ]
    page = (await web.as_("approver").get(f"/vouchers/{number}")).text
    assert "金额：¥2,000.00 → ¥1,234.56" in page
    assert 'data-status="draft"' in page
    assert "已修改" in page
    assert "付款后余 ¥3,765.44" in page
    assert page.index("同意以上内容") < page.index("办理记录")


async def test_an_approver_compares_the_payee_masked_and_who_makes_pays_or_books_reads_it(aid: Aid, web: Any) -> None:
    number, _ = await aid.made()
    for who, name in {
        "approver": "王*",
        "caseworker": "王小明",
        "cashier": "王小明",
        "accountant": "王小明",
        "auditor": "王小明",
    }.items():
        page = (await web.as_(who).get(f"/vouchers/{number}")).text
        assert name in page, who
        assert ("王小明" in page) is (name == "王小明"), who
    company, _ = await aid.made(payee_kind="supplier", payee="GY-T01", recipients=0)
    assert "临溪粮油公司" in (await web.as_("approver").get(f"/vouchers/{company}")).text


async def test_a_list_names_the_institution_that_is_paid_and_no_household(aid: Aid, web: Any) -> None:
    await aid.made(amount_fen=12_345)
    await aid.made(payee_kind="institution", payee="JG-T01", amount_fen=12_345)
    for who in ("approver", "caseworker"):
        client = web.as_(who)
        listed = (await client.get("/vouchers")).text
        hits = (await client.post("/desk/search", data={"q": "123.45"})).text
        for page in (listed, hits):
            assert "机构 JG-T01 石梁镇敬老院" in page, who
            assert "家庭 HH-T001" in page, who
            assert "王小明" not in page, who
