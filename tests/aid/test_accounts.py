"""Accounts of households: entered by one, typed once more by another; shown to the cashier who pays and to nobody else."""

import asyncio
import logging
from typing import Any

import pytest
from aid.given import Aid, refused, row

from charity.aid import accounts, desk, verify, vouchers
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.people import accounts as kept

ACCOUNT = "6217000012345678"
API = "/api/v1/aid/household-accounts"


async def _entered(aid: Aid, account: str = ACCOUNT) -> str:
    return await accounts.enter(household="HH-T001", account=account, by=aid.house.caseworker)


async def _confirmed(aid: Aid, account: str = ACCOUNT) -> None:
    await accounts.confirm(key=await _entered(aid, account), account=account, by=aid.house.approver)


async def _no(code: str, asked: Any) -> None:
    with pytest.raises(Refusal) as caught:
        await asked
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        (ACCOUNT, ACCOUNT),
        (" 6217 0000-1234 5678 ", ACCOUNT),
        ("６２１７００００１２３４５６７８", ACCOUNT),
        ("1234567", None),
        ("1" * 33, None),
        ("62170000a2345678", None),
        ("", None),
    ],
)
def test_an_account_is_digits_in_any_writing(typed: str, digits: str | None) -> None:
    assert kept.normal(typed) == digits


async def test_no_more_accounts_are_listed_than_a_page_holds_and_the_desk_counts_all(
    aid: Aid, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _entered(aid)
    assert (await desk.to_confirm(aid.house.approver))[0].href.startswith("/household-accounts/")
    await accounts.enter(household="HH0002", account=ACCOUNT, by=aid.house.caseworker)
    monkeypatch.setattr(kept, "WAITING_MAX", 1)
    (oldest,) = await kept.waiting(by=aid.house.approver)
    assert oldest.household == await reading.value("SELECT key FROM household WHERE code = 'HH-T001'")
    (task,) = await desk.to_confirm(aid.house.approver)
    assert ("2 个" in task.text, task.href) == (True, "/household-accounts")
    assert await desk.to_confirm(aid.house.caseworker) == []


async def test_whoever_entered_an_account_does_not_confirm_it_and_the_digits_must_agree(aid: Aid) -> None:
    house = aid.house
    key = await _entered(aid)
    await _no("payee_account.own", accounts.confirm(key=key, account=ACCOUNT, by=house.caseworker))
    await _no("payee_account.other", accounts.confirm(key=key, account=ACCOUNT[:-1] + "9", by=house.approver))
    await _no("payee_account.unreadable", accounts.confirm(key=key, account="x", by=house.approver))
    await _no("payee_account.unknown", accounts.confirm(key="none", account=ACCOUNT, by=house.approver))
    for by in (house.cashier, house.accountant, house.clerk):
        await _no("not_yours", accounts.confirm(key=key, account=ACCOUNT, by=by))
        await _no("not_yours", accounts.enter(household="HH-T001", account=ACCOUNT, by=by))
    await _no("payee_account.waiting", _entered(aid, "1234567890"))
    await _no("household.unknown", accounts.enter(household="HH-NONE", account=ACCOUNT, by=house.caseworker))
    assert (await vouchers.payee_now((await aid.made())[0])).bank_account == ""
    await accounts.confirm(key=key, account="6217 0000 1234 5678", by=house.approver)
    await _no("payee_account.seen", accounts.confirm(key=key, account=ACCOUNT, by=house.approver2))
    assert (await vouchers.payee_now((await aid.made())[0])).bank_account == ACCOUNT
    assert await verify.run() == []


async def test_a_refused_account_is_nobodys_and_another_may_be_entered(aid: Aid) -> None:
    await accounts.refuse(key=await _entered(aid), by=aid.house.approver)
    assert await reading.value("SELECT bank_account FROM household WHERE code = 'HH-T001'") is None
    await _confirmed(aid, "1234567890")
    await _confirmed(aid)
    assert (await vouchers.payee_now((await aid.made())[0])).bank_account == ACCOUNT
    assert await verify.run() == []


async def test_two_second_looks_at_once_are_one(aid: Aid) -> None:
    key = await _entered(aid)
    outcomes = await asyncio.gather(
        accounts.confirm(key=key, account=ACCOUNT, by=aid.house.approver),
        accounts.refuse(key=key, by=aid.house.approver2),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Refusal"]
    assert await verify.run() == []


async def test_a_changed_account_stops_approval_and_payment_until_the_voucher_is_saved_anew(aid: Aid) -> None:
    house = aid.house
    draft, seen = await aid.made()
    approved, paid = await aid.approved(amount_fen=100)
    await _confirmed(aid)
    await refused("voucher.payee_changed", vouchers.approve(number=draft, content_hash=seen, by=house.approver))
    await refused("voucher.payee_changed", aid.pay(approved, "R-1", seen=paid))
    number, _ = await aid.approved(amount_fen=100)
    assert (await aid.pay(number, "R-1")).body["status"] == "paid"


async def test_the_account_is_shown_to_the_cashier_who_pays_and_that_is_logged_without_it(
    aid: Aid, web: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await _confirmed(aid)
    number, _ = await aid.approved()
    with caplog.at_level(logging.INFO, "charity"):
        page = await web.as_("cashier").get(f"/vouchers/{number}/pay")
    assert ACCOUNT in page.text
    events = [r for r in caplog.records if r.message == "payee_account.shown"]
    assert [(vars(r)["voucher"], vars(r)["by"]) for r in events] == [(number, aid.house.cashier.key)]
    assert ACCOUNT not in caplog.text
    for who in ("cashier", "approver", "caseworker", "accountant", "auditor"):
        assert ACCOUNT not in (await web.as_(who).get(f"/vouchers/{number}")).text
    assert ACCOUNT not in str(await row(number))


async def test_pages_and_calls_enter_and_confirm_and_never_show_the_digits(aid: Aid, web: Any) -> None:
    maker, other = web.as_("caseworker"), web.as_("approver")
    wrong = await maker.post("/household-accounts/new", data={"household": "HH-T001", "account": "12"})
    assert (wrong.status_code, "8 到 32 位数字" in wrong.text) == (422, True)
    typed = await maker.post("/household-accounts/new", data={"household": "HH-NONE", "account": ACCOUNT})
    assert (typed.status_code, "HH-NONE" in typed.text, ACCOUNT in typed.text) == (422, True, False)
    sent = await maker.post("/household-accounts/new", data={"household": "HH-T001", "account": ACCOUNT})
    assert sent.status_code == 303
    key = await reading.value("SELECT key FROM household_account")
    desk = (await other.get("/desk")).text
    assert f"/household-accounts/{key}" in desk
    look = await other.get(f"/household-accounts/{key}")
    assert ("王*" in look.text, ACCOUNT in look.text, "王小明" in look.text) == (True, False, False)
    assert "要由另一个人核对" in (await maker.get(f"/household-accounts/{key}")).text
    differs = await other.post(f"/household-accounts/{key}", data={"account": "62170000123456"})
    assert (differs.status_code, "与登记的账号不一致" in differs.text) == (422, True)
    assert (await other.post(f"/household-accounts/{key}", data={"account": ACCOUNT})).status_code == 303
    assert "没有等待核对的账号" in (await other.get("/household-accounts")).text

    made = await maker.post(API, json={"household": "HH-T001", "account": "622848 0012345678"})
    assert (made.status_code, made.json()["status"]) == (201, "waiting")
    listed = (await other.get(API)).json()["items"]
    assert [(one["household"], one["key"]) for one in listed] == [("HH-T001", made.json()["key"])]
    again = f"{API}/{made.json()['key']}"
    assert (await maker.post(f"{again}/confirm", json={"account": "6228480012345678"})).status_code == 409
    assert (await other.post(f"{again}/confirm", json={"account": "6228480012345678"})).json()["status"] == "confirmed"
    assert (await other.post(f"{again}/refuse")).status_code == 409
    assert (await other.post(f"{API}/none/refuse")).status_code == 404


async def test_an_account_that_nobody_confirmed_is_named(aid: Aid) -> None:
    await _confirmed(aid)
    stored = await reading.value("SELECT bank_account FROM institution WHERE code = 'JG-T01'")
    await transactions.run(lambda tx: tx.rows("UPDATE household SET bank_account = $1 WHERE code = 'HH-T001'", stored))
    assert [wrong.words for wrong in await verify.run()] == ["家庭 HH-T001：收款账号不是最后核对的那一个"]
