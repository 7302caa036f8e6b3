"""The pages of vouchers, their printing, and the calls of the API."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from aid.given import API, BODY, hash_of, made

from charity import clock
from charity.db import reading, transactions
from charity.documents import check_codes
from charity.ledger import accounts as acc
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.people import institutions

FORM = {
    "programme": "P03",
    "fund": "F-GEN",
    "payee_kind": "household",
    "payee_code": "HH0001",
    "amount_yuan": "2,000.00",
    "recipients": "3",
    "reason": "住院自付部分较高",
}


def today() -> str:
    return clock.today().isoformat()


def payment(**changes: str) -> dict[str, str]:
    """The cashier's form, of today and from the bank account."""
    return {"paid_on": today(), "paid_from": "1002/ICBC-01", **changes}


async def gift(fund: str = "F-GEN", fen: int = 1_000_000) -> None:
    def decide(state: State) -> Answer:
        lines = [(acc.money(acc.BANK, fund, "ICBC-01"), acc.CNY, fen), (acc.money(acc.GIFTS, fund), acc.CNY, -fen)]
        state.post("gift.cash", lines, effective_on=today(), actor="c" * 32, flows=Flows(receive=[(fund, fen)]))
        return Answer(201, {})

    await submit(Command(decide, Wants(funds=[fund])))


async def approved(web: Any, **changes: Any) -> dict[str, Any]:
    voucher = await made(web, **changes)
    for who in ("approver", "approver2"):
        body = {"content_hash": voucher["content_hash"]}
        answer = await web.as_(who).post(f"{API}/{voucher['number']}/approve", json=body)
        assert answer.status_code == 200, answer.text
    return voucher


async def test_the_calls_of_the_contract_from_draft_to_paid(web: Any) -> None:
    await gift()
    voucher = await made(web)
    assert voucher["status"] == "draft"
    assert re.fullmatch(r"BF-\d{4}-000001", voucher["number"])
    place, body = f"{API}/{voucher['number']}", {"content_hash": voucher["content_hash"]}
    one = await web.as_("approver").post(f"{place}/approve", json=body)
    assert one.json() == {"status": "approving", "approvals": 1, "needed": 2}
    two = await web.as_("approver2").post(f"{place}/approve", json=body)
    assert two.json() == {"status": "approved", "approvals": 2, "needed": 2}
    pay = {"paid_on": today(), "channel_ref": "ICBC-1", **body}
    cashier = web.as_("cashier")
    assert (await cashier.post(f"{place}/pay", json=pay)).status_code == 400
    paid = await cashier.post(f"{place}/pay", json=pay, headers={"Idempotency-Key": "pay-1"})
    assert (paid.status_code, paid.json()["status"]) == (201, "paid")
    again = await cashier.post(f"{place}/pay", json=pay, headers={"Idempotency-Key": "pay-1"})
    assert (again.status_code, again.json()) == (201, paid.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert "记-0002 #2" in (await cashier.get(f"/vouchers/{voucher['number']}")).text
    other = {**pay, "channel_ref": "ICBC-2"}
    assert (await cashier.post(f"{place}/pay", json=other, headers={"Idempotency-Key": "pay-1"})).status_code == 422


async def test_ten_equal_payments_at_once_over_http_are_one_entry(web: Any) -> None:
    await gift()
    voucher = await approved(web)
    before = await reading.value("SELECT seq FROM head")
    client, body = web.as_("cashier"), {"paid_on": today(), "channel_ref": "ICBC-3"}
    body["content_hash"] = voucher["content_hash"]
    calls = [
        client.post(f"{API}/{voucher['number']}/pay", json=body, headers={"Idempotency-Key": "k"}) for _ in range(10)
    ]
    answers = await asyncio.gather(*calls)
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["entry"] for a in answers}) == 1
    assert await reading.value("SELECT seq FROM head") == before + 1


@pytest.mark.parametrize("amount", [0, -1, 1.5, 1e30, "１００", "100", None, True, 10**13 + 1])
async def test_an_amount_that_is_none_is_named_and_nothing_is_written(web: Any, amount: Any) -> None:
    answer = await web.as_("caseworker").post(API, json={**BODY, "amount_fen": amount})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert [e["field"] for e in answer.json()["errors"]] == ["amount_fen"]
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"programme": "P99"}, 422, "programme"),
        ({"fund": "F-NONE"}, 422, "fund"),
        ({"payee": {"kind": "household", "code": "HH9999"}}, 422, "payee.code"),
        ({"payee": {"kind": "robber", "code": "X"}}, 422, "payee.kind"),
        ({"recipients": 0}, 422, "recipients"),
        ({"recipients": 1_000_001}, 422, "recipients"),
        ({"reason": "  "}, 422, "reason"),
        ({"reason": "a\u0007b"}, 422, "reason"),
        ({"reason": "事" * 501}, 422, "reason"),
        ({"fund": "F-EDU"}, 409, None),
    ],
)
async def test_what_is_wrong_is_named(web: Any, change: dict[str, Any], status: int, field: str | None) -> None:
    answer = await web.as_("caseworker").post(API, json={**BODY, **change})
    assert answer.status_code == status
    assert [e["field"] for e in answer.json().get("errors", [])] == ([field] if field else [])
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


async def test_the_longest_reason_and_the_largest_number_of_people_are_taken(web: Any) -> None:
    voucher = await made(web, reason="事" * 500, recipients=1_000_000)
    assert voucher["status"] == "draft"


async def test_a_day_that_is_none_is_named(web: Any) -> None:
    voucher = await approved(web)
    number, client = voucher["number"], web.as_("cashier")
    for day in ("20261008", "2026-13-01", "1700000000", "2026-10-08T00:00:00", ""):
        body = {"paid_on": day, "channel_ref": "X", "content_hash": voucher["content_hash"]}
        answer = await client.post(f"{API}/{number}/pay", json=body, headers={"Idempotency-Key": f"d{day}"})
        assert answer.status_code == 422, day
        assert answer.json()["errors"][0]["field"] == "paid_on"


async def test_rules_of_the_four_eyes_are_conflicts_and_roles_are_not_yours(web: Any) -> None:
    voucher = await made(web)
    place, body = f"{API}/{voucher['number']}", {"content_hash": voucher["content_hash"]}
    assert (await web.as_("caseworker").post(f"{place}/approve", json=body)).status_code == 403
    assert (await web.as_().post(f"{place}/approve", json=body)).status_code == 401
    assert (await web.as_("approver").post(f"{place}/approve", json={"content_hash": "0" * 64})).status_code == 409
    assert (await web.as_("approver").post(f"{place}/approve", json={"content_hash": "x"})).status_code == 422
    assert (await web.as_("approver").post(f"{place}/approve", json=body)).status_code == 200
    twice = await web.as_("approver").post(f"{place}/approve", json=body)
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:charity:problem:voucher.approved_already")
    changed = await web.as_("caseworker").put(place, json={**BODY, "amount_fen": 200_001})
    assert (changed.json()["status"], changed.json()["approvals"]) == ("draft", 0)
    assert (await web.as_("approver2").post(f"{place}/approve", json=body)).status_code == 409
    assert (await web.as_("approver").post(f"{API}/BF-2026-999999/approve", json=body)).status_code == 404


async def test_return_reject_and_cancel_over_the_api(web: Any) -> None:
    first, second, third = [(await made(web))["number"] for _ in range(3)]
    why = {"reason": "缺少发票"}
    assert (await web.as_("approver").post(f"{API}/{first}/return", json={})).status_code == 422
    assert (await web.as_("approver").post(f"{API}/{first}/return", json=why)).json() == {"status": "draft"}
    assert (await web.as_("approver").post(f"{API}/{second}/reject", json=why)).json() == {"status": "rejected"}
    assert (await web.as_("caseworker").post(f"{API}/{third}/cancel", json=why)).json() == {"status": "cancelled"}


async def test_the_list_is_filtered_and_paged_and_names_nobody(web: Any) -> None:
    numbers = [(await made(web))["number"] for _ in range(3)]
    client = web.as_("auditor")
    page = (await client.get(API, params={"limit": 2})).json()
    assert [item["number"] for item in page["items"]] == numbers[:0:-1]
    rest = (await client.get(API, params={"limit": 2, "after": page["next"]})).json()
    assert ([item["number"] for item in rest["items"]], rest["next"]) == (numbers[:1], None)
    assert (await client.get(API, params={"status": "paid"})).json()["items"] == []
    assert (await client.get(API, params={"status": "nonsense"})).status_code == 422
    assert "王建国" not in str(page)
    one = (await client.get(f"{API}/{numbers[0]}")).json()
    assert one["content_hash"] in str(page) + str(rest)
    assert (await web.as_("clerk").get(API)).status_code == 403


async def test_the_pages_carry_a_voucher_from_the_form_to_paid(web: Any) -> None:
    await gift()
    clerk, maker, cashier = web.as_("clerk"), web.as_("caseworker"), web.as_("cashier")
    assert (await clerk.get("/vouchers")).status_code == 403
    assert "收款方编号" in (await maker.get("/vouchers/new")).text
    saved = await maker.post("/vouchers/new", data=FORM)
    assert saved.status_code == 303, saved.text
    place = saved.headers["location"]
    page = (await web.as_("approver").get(place)).text
    for words in ("王*", "人民币贰仟元整", "¥2,000.00", "住院自付部分较高", "同意以上内容"):
        assert words in page
    content_hash = await reading.value("SELECT content_hash FROM voucher")
    assert content_hash in page
    assert "同意以上内容" not in (await maker.get(place)).text
    assert "登记付款" not in (await cashier.get(place)).text
    for who in ("approver", "approver2"):
        answer = await web.as_(who).post(f"{place}/approve", data={"content_hash": content_hash})
        assert answer.status_code == 303
    assert "登记付款" in (await cashier.get(place)).text
    assert "¥10,000.00" in (await cashier.get(f"{place}/pay")).text
    fields = payment(channel_ref="ICBC-9", idem="k1", content_hash=content_hash)
    paid = await cashier.post(f"{place}/pay", data=fields)
    assert paid.status_code == 303, paid.text
    page = (await web.as_("auditor").get(place)).text
    assert "ICBC-9" in page
    assert "已付款" in page
    number = await reading.value("SELECT number FROM journal_voucher WHERE kind = 'voucher.paid'")
    assert f'href="/journal/{number}"' in page
    assert f'href="{place}"' in (await web.as_("auditor").get(f"/journal/{number}")).text
    assert "/journal/" not in (await cashier.get(place)).text
    assert place.rsplit("/", 1)[-1] in (await web.as_("auditor").get("/vouchers?status=paid")).text


async def test_a_form_that_cannot_be_read_comes_back_filled_with_words_at_the_fields(web: Any) -> None:
    wrong = {**FORM, "amount_yuan": "1.000", "recipients": "三", "payee_code": "", "programme": ""}
    answer = await web.as_("caseworker").post("/vouchers/new", data=wrong)
    assert answer.status_code == 422
    for field in ("amount_yuan", "recipients", "payee_code", "programme"):
        assert f'id="e-{field}"' in answer.text
    assert "住院自付部分较高" in answer.text
    unknown = await web.as_("caseworker").post("/vouchers/new", data={**FORM, "payee_code": "HH9999"})
    assert 'id="e-payee_code"' in unknown.text
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


async def test_a_payee_named_like_markup_stays_text(web: Any) -> None:
    name = "<link rel=attachment href=file:///etc/hostname>"
    await transactions.run(lambda tx: institutions.add(tx, code="JG-X", name=name, kind="home"))
    number = (await made(web, payee={"kind": "institution", "code": "JG-X"}, reason="<script>x</script>"))["number"]
    page = (await web.as_("approver").get(f"/vouchers/{number}")).text
    assert "&lt;link rel=attachment" in page
    assert "<link rel=attachment" not in page
    assert "<script>x" not in page


async def test_steps_ask_once_more_and_want_a_reason(web: Any) -> None:
    voucher = await made(web)
    place = f"/vouchers/{voucher['number']}"
    approver = web.as_("approver")
    for step in ("return", "reject"):
        assert "理由" in (await approver.get(f"{place}/{step}")).text
    assert (await approver.post(f"{place}/return", data={"reason": ""})).status_code == 422
    seen = {"content_hash": voucher["content_hash"]}
    assert (await approver.post(f"{place}/return", data={"reason": "缺少发票", **seen})).status_code == 303
    page = (await web.as_("caseworker").get(place)).text
    assert "缺少发票" in page
    assert "已退回经办人" in page
    assert "同意以上内容" not in (await approver.get(place)).text
    edited = await web.as_("caseworker").post(f"{place}/edit", data={**FORM, "amount_yuan": "1500"})
    assert edited.status_code == 303
    assert "¥1,500.00" in (await approver.get(place)).text
    end = {"reason": "不再需要"}
    assert (await web.as_("caseworker").post(f"{place}/cancel", data=end | seen)).status_code == 409
    seen = {"content_hash": await hash_of(voucher["number"])}
    assert (await web.as_("caseworker").post(f"{place}/cancel", data=end | seen)).status_code == 303
    assert "已取消" in (await approver.get(place)).text


async def test_an_old_page_cannot_approve_new_content(web: Any) -> None:
    voucher = await made(web)
    place = f"/vouchers/{voucher['number']}"
    await web.as_("caseworker").post(f"{place}/edit", data={**FORM, "amount_yuan": "9"})
    answer = await web.as_("approver").post(f"{place}/approve", data={"content_hash": voucher["content_hash"]})
    assert answer.status_code == 409
    assert "您看过之后内容已经变更" in answer.text
    assert await reading.value("SELECT COUNT(*) FROM voucher_approval WHERE decision = 'approve'") == 0


async def test_the_cashier_sees_why_it_cannot_be_paid(web: Any) -> None:
    await gift(fen=100)
    voucher = await approved(web)
    number, seen = voucher["number"], {"content_hash": voucher["content_hash"], "channel_ref": "R"}
    late = (clock.today() + timedelta(days=1)).isoformat()
    client = web.as_("cashier")
    short = await client.post(f"/vouchers/{number}/pay", data=payment(idem="a", **seen))
    assert short.status_code == 409
    assert "余额不足" in short.text
    future = await client.post(f"/vouchers/{number}/pay", data=payment(paid_on=late, idem="b", **seen))
    assert future.status_code == 422
    assert 'id="e-paid_on"' in future.text


async def test_every_page_of_vouchers_speaks_english_without_a_chinese_rest(web: Any) -> None:
    voucher = await made(web)
    place = f"/vouchers/{voucher['number']}"
    english = {"cookie": "lang=en"}
    pages = [
        ("caseworker", "/vouchers"),
        ("caseworker", "/vouchers/new"),
        ("caseworker", f"{place}/edit"),
        ("caseworker", f"{place}/cancel"),
        ("approver", place),
        ("approver", f"{place}/return"),
        ("cashier", f"{place}/pay"),
    ]
    kept = ("王建国", "王*", "住院自付部分较高", "测试", "人民币贰仟元整")
    for who, address in pages:
        answer = await web.as_(who).get(address, headers=english)
        assert answer.status_code == 200, address
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        for word in kept:
            main = main.replace(word, "")
        main = re.sub(r"<option[^>]*>[^<]*</option>", "", main)
        names = await reading.rows("SELECT name FROM fund UNION SELECT name FROM programme")
        for row in names:
            main = main.replace(row["name"], "")
        assert not re.findall(r"[\u4e00-\u9fff]+", main), address


async def test_the_printed_voucher_shows_what_was_approved(web: Any) -> None:
    from pdf_reading import codes_in, flat  # noqa: PLC0415 - needs poppler and a decoder only here

    voucher = await made(web)
    place = f"/vouchers/{voucher['number']}"
    body = {"content_hash": voucher["content_hash"]}
    await web.as_("approver").post(f"{API}/{voucher['number']}/approve", json=body)
    answer = await web.as_("cashier").get(f"{place}.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    text = flat(answer.content)
    for words in (
        voucher["number"],
        "拨付审批单",
        "王建国",
        "人民币贰仟元整",
        "住院自付部分较高",
        voucher["content_hash"],
    ):
        assert words in text
    assert text.count("approver") == 1
    assert text.count(voucher["content_hash"][:12]) == 2
    assert codes_in(answer.content) == [check_codes.address(voucher["number"])]
    assert (await web.as_("clerk").get(f"{place}.pdf")).status_code == 403
