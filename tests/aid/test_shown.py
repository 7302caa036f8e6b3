"""A decision about a voucher is bound to what its page showed: another content is refused, and the page says what
is another one now."""

import asyncio
from typing import Any

import pytest
from aid.given import API, ASKED, Aid, hash_of, made, refused, row
from aid.test_pages import FORM, approved, gift
from page_forms import form_of, hidden_of

from charity import clock
from charity.aid import payments, vouchers
from charity.db import reading
from charity.errors import Refusal
from charity.ledger.writer import Answer

PAY = {"channel_ref": "ICBC-1", "paid_from": "1002/ICBC-01"}


def change(**changes: Any) -> dict[str, str]:
    return {**FORM, **changes}


async def again(web: Any, number: str, **changes: Any) -> None:
    """Return the voucher, change it, and approve it again."""
    place = f"/vouchers/{number}"
    for who, step, fields in (
        ("approver", "return", {"reason": "金额不对", "content_hash": await hash_of(number)}),
        ("caseworker", "edit", change(**changes)),
    ):
        assert (await web.as_(who).post(f"{place}/{step}", data=fields)).status_code == 303
    for who in ("approver", "approver2"):
        seen = {"content_hash": await hash_of(number)}
        assert (await web.as_(who).post(f"{place}/approve", data=seen)).status_code == 303


async def paid_fen() -> int:
    return int(await reading.value("SELECT COALESCE(SUM(amount_fen), 0) FROM voucher WHERE status = 'paid'"))


async def test_an_old_pay_page_pays_nothing_and_shows_what_is_another_one_now(web: Any) -> None:
    await gift()
    number = (await approved(web, amount_fen=10_000))["number"]
    cashier, place = web.as_("cashier"), f"/vouchers/{number}/pay"
    opened = await form_of(cashier, place)
    await again(web, number, amount_yuan="150")
    answer = await cashier.post(place, data={**opened, **PAY, "paid_on": clock.today().isoformat()})
    assert answer.status_code == 409
    assert "您看过之后内容已经变更" in answer.text
    assert "金额（小写）：您打开时看到的是 ¥100.00 → 现在是 ¥150.00" in answer.text
    assert "事由：" not in answer.text.split("facts")[0]
    assert await paid_fen() == 0
    # The page that came back shows what is so now: it may be confirmed.
    fresh = hidden_of(answer.text)
    assert fresh["content_hash"] == await hash_of(number)
    done = await cashier.post(place, data={**fresh, **PAY, "paid_on": clock.today().isoformat()})
    assert done.status_code == 303
    assert await paid_fen() == 15_000


@pytest.mark.parametrize("shown", ["", "{", "[]", "1", "null", '{"金额（小写）": 1}', "[" * 5_000])
async def test_what_a_form_says_it_had_shown_is_only_ever_shown_again(web: Any, shown: str) -> None:
    await gift()
    number = (await approved(web, amount_fen=10_000))["number"]
    fields = {**PAY, "paid_on": clock.today().isoformat(), "idem": "k", "content_hash": "0" * 64, "shown": shown}
    answer = await web.as_("cashier").post(f"/vouchers/{number}/pay", data=fields)
    assert answer.status_code == 409
    assert "您打开时看到的" not in answer.text
    marked = {**fields, "shown": '{"事由": "<script>x</script>"}'}
    answer = await web.as_("cashier").post(f"/vouchers/{number}/pay", data=marked)
    assert "事由：您打开时看到的是 &lt;script&gt;x" in answer.text
    assert await paid_fen() == 0


async def test_a_voucher_that_is_not_approved_shows_no_pay_form(web: Any) -> None:
    await gift()
    draft = (await made(web))["number"]
    page = await web.as_("cashier").get(f"/vouchers/{draft}/pay")
    assert "这张单现在不能付款" in page.text
    assert 'name="channel_ref"' not in page.text
    ready = (await approved(web))["number"]
    assert 'name="channel_ref"' in (await web.as_("cashier").get(f"/vouchers/{ready}/pay")).text
    opened = await form_of(web.as_("cashier"), f"/vouchers/{ready}/pay")
    back = {"reason": "再核对", "content_hash": opened["content_hash"]}
    assert (await web.as_("approver").post(f"/vouchers/{ready}/return", data=back)).status_code == 303
    answer = await web.as_("cashier").post(f"/vouchers/{ready}/pay", data={**opened, **PAY, "paid_on": "2026-01-01"})
    assert answer.status_code == 409
    assert "状态：您打开时看到的是 已批准 → 现在是 已退回" in answer.text
    assert 'name="channel_ref"' not in answer.text


@pytest.mark.parametrize(("who", "step"), [("approver", "return"), ("approver", "reject"), ("caseworker", "cancel")])
async def test_an_old_page_neither_returns_nor_ends_another_content(web: Any, who: str, step: str) -> None:
    number = (await made(web))["number"]
    place = f"/vouchers/{number}/{step}"
    opened = await form_of(web.as_(who), place)
    await web.as_("caseworker").post(f"/vouchers/{number}/edit", data=change(amount_yuan="9"))
    answer = await web.as_(who).post(place, data={**opened, "reason": "不需要"})
    assert answer.status_code == 409
    assert "¥2,000.00 → 现在是 ¥9.00" in answer.text
    assert (await row(number))["status"] == "draft"
    assert (await web.as_(who).post(place, data={**hidden_of(answer.text), "reason": "不需要"})).status_code == 303


async def test_a_call_is_refused_with_the_present_facts_and_their_hash(web: Any) -> None:
    await gift()
    voucher = await approved(web, amount_fen=10_000)
    place = f"{API}/{voucher['number']}"
    await again(web, voucher["number"], amount_yuan="150")
    body = {**PAY, "paid_on": clock.today().isoformat(), "content_hash": voucher["content_hash"]}
    keyed = {"Idempotency-Key": "k"}
    answer = await web.as_("cashier").post(f"{place}/pay", json=body, headers=keyed)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:charity:problem:content.changed")
    assert (problem["now"]["amount_fen"], problem["now"]["status"]) == (15_000, "approved")
    assert {"payee_print", "reason"}.isdisjoint(problem["now"])
    assert problem["content_hash"] == (await web.as_("cashier").get(place)).json()["content_hash"]
    without = {name: value for name, value in body.items() if name != "content_hash"}
    missing = await web.as_("cashier").post(f"{place}/pay", json=without, headers=keyed)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "content_hash")
    done = await web.as_("cashier").post(
        f"{place}/pay", json={**body, "content_hash": problem["content_hash"]}, headers=keyed
    )
    assert done.status_code == 201
    other = await made(web)
    back = {"reason": "缺少发票", "content_hash": voucher["content_hash"]}
    for step in ("return", "reject"):
        answer = await web.as_("approver").post(f"{API}/{other['number']}/{step}", json=back)
        assert answer.json()["type"] == "urn:charity:problem:content.changed"
    assert (await web.as_("approver").post(f"{API}/{other['number']}/return", json={"reason": "x"})).status_code == 200


async def test_a_change_between_two_approvers_at_the_same_moment_has_one_outcome(aid: Aid) -> None:
    for n in range(4):
        number, old = await aid.made()
        await vouchers.approve(number=number, content_hash=old, by=aid.house.approver)
        content = ASKED.__class__(**{name: getattr(ASKED, name) for name in ASKED.__slots__} | {"amount_fen": 150})
        calls = [
            vouchers.edit(number=number, content=content, by=aid.house.caseworker),
            vouchers.approve(number=number, content_hash=old, by=aid.house.approver2),
            aid.pay(number, f"R{n}", seen=old),
        ]
        edited, agreed, paid = await asyncio.gather(*(calls if n % 2 else reversed(calls)), return_exceptions=True)
        if not n % 2:
            edited, paid = paid, edited
        stored, in_force = (
            await row(number),
            await reading.value(
                "SELECT COUNT(*) FROM voucher_approval WHERE voucher = $1 AND decision = 'approve' AND cleared_at IS NULL",
                number,
            ),
        )
        if isinstance(edited, Answer):
            assert isinstance(agreed, Refusal)
            assert agreed.code == "content.changed"
            assert (stored["status"], stored["amount_fen"], in_force) == ("draft", 150, 0)
            await refused("content.changed", aid.pay(number, "R", seen=old))
        else:
            assert isinstance(agreed, Answer)
            assert (stored["amount_fen"], in_force) == (ASKED.amount_fen, 2)
        assert isinstance(paid, Refusal) or stored["status"] == "paid"


async def test_a_payment_in_another_writing_of_a_number_is_refused_with_its_voucher(aid: Aid) -> None:
    number, seen = await aid.approved(amount_fen=100)
    paid = {"paid_on": clock.today(), "by": aid.house.cashier}
    await payments.pay(number=number, content_hash=seen, channel_ref="icbc 2026-１", **paid)
    other, seen = await aid.approved(amount_fen=100)
    for ref in ("ICBC20261", "ＩＣＢＣ２０２６１", "icbc-2026-1", "ICBC 2026 1"):
        refusal = await refused(
            "channel.ref_used", payments.pay(number=other, content_hash=seen, channel_ref=ref, **paid)
        )
        assert refusal.see == (number, f"/vouchers/{number}")
    await refused("channel.ref_needed", payments.pay(number=other, content_hash=seen, channel_ref="－ -", **paid))
