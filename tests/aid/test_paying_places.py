"""From where a voucher is paid: a bank account with the bank's reference, or the till without one."""

import asyncio
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from aid.given import API, BODY, Aid, approved_by_api, cost, gift_to, hash_of, refused, row
from pdf_reading import flat

from charity import clock
from charity.aid import verify
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.ledger import places
from charity.ledger import verify as books_verify
from charity.reports import verify as registers_verify

TILL, BANK = "1001/-", "1002/ICBC-01"


async def _body(number: str) -> dict[str, Any]:
    seq = (await row(number))["entry_seq"]
    body: dict[str, Any] = json.loads(await reading.value("SELECT body FROM entry WHERE seq = $1", seq))
    return body


async def test_cash_is_paid_from_the_till_without_a_reference(aid: Aid) -> None:
    await aid.gift("F-GEN", 200_000, TILL)
    number, _ = await aid.approved()
    await aid.pay(number, "", paid_from=TILL)
    assert (await _body(number))["postings"] == [["5101/P03/F-GEN", "CNY", 200_000], ["1001/-/F-GEN", "CNY", -200_000]]
    stored = await row(number)
    assert (stored["paid_from"], stored["channel_ref"], stored["status"]) == (TILL, None, "paid")
    assert await verify.run() == await books_verify.run() == await registers_verify.run() == []


async def test_two_vouchers_are_paid_in_cash_without_references(aid: Aid) -> None:
    await aid.gift("F-GEN", 200_000, TILL)
    for _ in range(2):
        number, _ = await aid.approved(amount_fen=100_000)
        assert (await aid.pay(number, "", paid_from=TILL)).body["status"] == "paid"


async def test_another_bank_account_pays_when_it_is_chosen(aid: Aid) -> None:
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    await aid.gift("F-GEN", 200_000, "1002/CCB-02")
    number, _ = await aid.approved(**cost(amount_fen=200_000))
    await aid.pay(number, "CCB-1", paid_from="1002/CCB-02")
    assert (await _body(number))["postings"][1] == ["1002/CCB-02/F-GEN", "CNY", -200_000]
    assert await verify.run() == []


async def _paying_is_ccb() -> None:
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    await transactions.run(lambda tx: places.pay_from(tx, "1002/CCB-02"))


async def test_the_account_that_is_marked_pays_when_nobody_chose_another(aid: Aid) -> None:
    first, _ = await aid.approved(amount_fen=100)
    await aid.pay(first, "ICBC-1")
    await _paying_is_ccb()
    number, _ = await aid.approved(amount_fen=100)
    refusal = await refused("fund_place.short", aid.pay(number, "CCB-1"))
    assert f"{refusal.facts['place']}、{refusal.facts['elsewhere']}" == "建设银行专户、工商银行基本户 4,999.00 元"
    await aid.gift("F-GEN", 100, "1002/CCB-02")
    await aid.pay(number, "CCB-1")
    assert [(await row(n))["paid_from"] for n in (first, number)] == [BANK, "1002/CCB-02"]
    assert await verify.run() == await books_verify.run() == []


async def test_page_call_and_print_name_the_account_that_is_marked(web: Any, aid: Aid) -> None:
    await _paying_is_ccb()
    await aid.gift("F-GEN", 200, "1002/CCB-02")
    called, _ = await aid.approved(amount_fen=100)
    body = {"paid_on": clock.today().isoformat(), "channel_ref": "CCB-7", "content_hash": await hash_of(called)}
    client = web.as_("cashier")
    answer = await client.post(f"{API}/{called}/pay", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201, answer.text
    other, _ = await aid.approved(amount_fen=100)
    page = (await client.get(f"/vouchers/{other}/pay")).text
    assert re.findall(r'<option value="([^"]*)" selected>([^<]*)', page) == [
        ("1002/CCB-02", "建设银行专户，现有 ¥1.00")
    ]
    await aid.pay(other, "ICBC-9", paid_from=BANK)
    assert [(await row(n))["paid_from"] for n in (called, other)] == ["1002/CCB-02", BANK]
    prints = [flat((await web.as_("auditor").get(f"/vouchers/{n}.pdf")).content) for n in (called, other)]
    assert [("建设银行专户" in text, "工商银行基本户" in text) for text in prints] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("paid_from", "ref", "code"),
    [
        (TILL, "ICBC-1", "voucher.cash_ref"),
        (BANK, "", "channel.ref_needed"),
        ("1009/WECHAT", "WX-1", "voucher.place_pays_nobody"),
        ("1002/NONE", "X-1", "fields.unreadable"),
    ],
)
async def test_a_place_that_cannot_pay_this_is_refused(aid: Aid, paid_from: str, ref: str, code: str) -> None:
    number, _ = await aid.approved()
    refusal = await refused(code, aid.pay(number, ref, paid_from=paid_from))
    assert refusal.status == 422
    assert (await row(number))["status"] == "approved"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "cash", "channel_ref": "X"}, "channel_ref"),
        ({"channel": "bank"}, "channel_ref"),
        ({"channel": "wechat"}, "channel"),
        ({"channel": "cash", "paid_from": BANK}, "paid_from"),
        ({"channel": "bank", "channel_ref": "X", "paid_from": TILL}, "paid_from"),
        ({"channel": "bank", "channel_ref": "X", "paid_from": "1009/WECHAT"}, "paid_from"),
        ({"channel": "bank", "channel_ref": "X", "paid_from": "nowhere"}, "paid_from"),
    ],
)
async def test_the_api_names_what_does_not_go_with_the_channel(web: Any, change: dict[str, str], field: str) -> None:
    number = await approved_by_api(web, BODY)
    body = {"paid_on": clock.today().isoformat(), "content_hash": await hash_of(number), **change}
    answer = await web.as_("cashier").post(f"{API}/{number}/pay", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await row(number))["status"] == "approved"


async def test_the_api_pays_in_cash(web: Any) -> None:
    await gift_to("F-GEN", 500_000, TILL)
    number = await approved_by_api(web, BODY)
    body = {"paid_on": clock.today().isoformat(), "channel": "cash", "content_hash": await hash_of(number)}
    answer = await web.as_("cashier").post(f"{API}/{number}/pay", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201, answer.text
    assert (await row(number))["paid_from"] == TILL


async def test_without_a_till_no_cash_is_paid(web: Any) -> None:
    number = await approved_by_api(web, BODY)
    await transactions.run(lambda tx: tx.rows("DELETE FROM money_place WHERE chart = '1001'"))
    body = {"paid_on": clock.today().isoformat(), "channel": "cash", "content_hash": await hash_of(number)}
    answer = await web.as_("cashier").post(f"{API}/{number}/pay", json=body, headers={"Idempotency-Key": "k"})
    assert [error["field"] for error in answer.json()["errors"]] == ["channel"]


async def test_the_cashier_sees_the_whole_account_and_what_lies_where(web: Any, aid: Aid) -> None:
    await aid.gift("F-GEN", 12_345, TILL)
    number, _ = await aid.approved(payee_kind="institution", payee="JG-T01")
    page = (await web.as_("cashier").get(f"/vouchers/{number}/pay")).text
    assert "6222000011112222" in page
    for text in ("现金，现有 ¥123.45", "¥5,000.00"):
        assert text in page
    assert "1009" not in page.partition("<select")[2].partition("</select>")[0]
    for who in ("cashier", "approver", "auditor", "caseworker"):
        assert "6222000011112222" not in (await web.as_(who).get(f"/vouchers/{number}")).text
    for who in ("approver", "auditor", "caseworker", "accountant"):
        assert (await web.as_(who).get(f"/vouchers/{number}/pay")).status_code == 403
    await aid.pay(number, "ICBC-1")
    assert "6222000011112222" not in (await web.as_("cashier").get(f"/vouchers/{number}/pay")).text
    draft, _ = await aid.made(payee_kind="institution", payee="JG-T01")
    assert "6222000011112222" not in (await web.as_("cashier").get(f"/vouchers/{draft}/pay")).text


async def test_the_cashier_pays_in_cash_on_the_page(web: Any, aid: Aid) -> None:
    await aid.gift("F-GEN", 200_000, TILL)
    number, _ = await aid.approved()
    client, seen = web.as_("cashier"), await hash_of(number)
    form = {"paid_on": clock.today().isoformat(), "paid_from": TILL, "idem": "a" * 20, "content_hash": seen}
    wrong = await client.post(f"/vouchers/{number}/pay", data={**form, "channel_ref": "ICBC-1"})
    assert wrong.status_code == 422
    assert 'id="e-channel_ref"' in wrong.text
    assert f'value="{TILL}" selected' in wrong.text
    missing = await client.post(f"/vouchers/{number}/pay", data={**form, "paid_from": ""})
    assert 'id="e-paid_from"' in missing.text
    paid = await client.post(f"/vouchers/{number}/pay", data={**form, "channel_ref": ""})
    assert paid.status_code == 303, paid.text
    shown = (await web.as_("auditor").get(f"/vouchers/{number}")).text
    assert "现金" in shown.partition("付款账户")[2][:200]


@pytest.mark.parametrize("last", ["2026-12-31", "2027-01-31"])
async def test_what_was_paid_on_the_last_day_stands_in_its_month(aid: Aid, last: str) -> None:
    evening = datetime.fromisoformat(f"{last}T23:30:00+08:00")
    with clock.fixed(evening):
        number, _ = await aid.approved(amount_fen=100)
        spent, _ = await aid.approved(**cost(amount_fen=300))
    with clock.fixed(evening + timedelta(hours=1)):
        today = clock.today()
        assert today.day == 1
        for paid, ref in ((number, "E-1"), (spent, "E-2")):
            await aid.pay(paid, ref, paid_on=today - timedelta(days=1))
        new, _ = await aid.approved(amount_fen=200)
        await aid.pay(new, "E-3")
        assert (await _body(number))["effective_on"] == (await _body(spent))["effective_on"] == last
        assert (await _body(new))["effective_on"] == today.isoformat()
        months = "SELECT month, amount_fen FROM month_sum WHERE register = 'disbursements' ORDER BY month"
        assert [tuple(r.values()) for r in await reading.rows(months)] == [(last[:7], 100), (f"{today:%Y-%m}", 200)]
        assert number[3:7] == last[:4]
        assert new[3:7] == str(today.year)
        assert await verify.run() == await books_verify.run() == await registers_verify.run() == []


async def test_a_till_pays_what_it_has_once(aid: Aid) -> None:
    await aid.gift("F-GEN", 100_000, TILL)
    numbers = [(await aid.approved(amount_fen=100_000))[0] for _ in range(2)]
    outcomes = await asyncio.gather(*(aid.pay(n, "", paid_from=TILL) for n in numbers), return_exceptions=True)
    assert sorted(o.code if isinstance(o, Refusal) else "paid" for o in outcomes) == ["fund_place.short", "paid"]
    short = next(o for o in outcomes if isinstance(o, Refusal))
    assert f"{short.facts['elsewhere']}" == "工商银行基本户 5,000.00 元"
    assert await books_verify.run() == await verify.run() == []
    assert {(await row(n))["status"] for n in numbers} == {"paid", "approved"}


async def test_a_voucher_paid_in_cash_prints_a_place_for_who_receives_it(web: Any, aid: Aid) -> None:
    await aid.gift("F-GEN", 200_000, TILL)
    cash, _ = await aid.approved(amount_fen=100)
    banked, _ = await aid.approved(amount_fen=100)
    await aid.pay(cash, "", paid_from=TILL)
    await aid.pay(banked, "ICBC-1")
    prints = [flat((await web.as_("auditor").get(f"/vouchers/{number}.pdf")).content) for number in (cash, banked)]
    assert ["领款人签收" in text for text in prints] == [True, False]
