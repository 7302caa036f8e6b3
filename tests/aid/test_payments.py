"""Payments: once, by a third person, and never beyond the stream of the fund (I8, I11)."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from aid.given import ASKED, Aid, refused, row

from charity import clock
from charity.aid import payments, verify, vouchers
from charity.db import reading, sealed, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.goods import intake
from charity.goods import items as goods_items
from charity.goods.intake import IntakeLine
from charity.goods.items import Item
from charity.ledger import entries
from charity.ledger import verify as books_verify
from charity.ledger.writer import Answer
from charity.roles import Role


async def test_a_draft_or_half_approved_voucher_is_not_paid(aid: Aid) -> None:
    number, content_hash = await aid.made()
    await refused("voucher.not_payable", aid.pay(number, "ICBC-6"))
    await vouchers.approve(number=number, content_hash=content_hash, by=aid.house.approver)
    await refused("voucher.not_payable", aid.pay(number, "ICBC-6"))
    await refused("voucher.unknown", aid.pay("BF-2026-999999", "ICBC-6"))


async def test_neither_maker_nor_approver_may_pay(aid: Aid) -> None:
    number, _ = await aid.approved()
    maker = replace(aid.house.caseworker, roles=frozenset({Role.CASEWORKER, Role.CASHIER}))
    approver = replace(aid.house.approver2, roles=frozenset({Role.APPROVER, Role.CASHIER}))
    await refused("voucher.payer_made", aid.pay(number, "ICBC-7", by=maker))
    await refused("voucher.payer_approved", aid.pay(number, "ICBC-7", by=approver))
    assert (await aid.pay(number, "ICBC-7")).body["status"] == "paid"


async def test_a_payment_beyond_the_stream_of_its_fund_is_refused(aid: Aid) -> None:
    answer = await vouchers.make(content=replace(ASKED, amount_fen=500_001), by=aid.house.caseworker)
    assert answer.body["fund_short"] is True
    assert (await vouchers.make(content=ASKED, by=aid.house.caseworker)).body["fund_short"] is False
    number, _ = await aid.approved(amount_fen=500_001)
    refusal = await refused("fund.short", aid.pay(number, "ICBC-8"))
    assert refusal.facts["available_yuan"] == "5,000.00"
    assert (await row(number))["status"] == "approved"
    await aid.gift("F-GEN", 1)
    assert (await aid.pay(number, "ICBC-8")).body["status"] == "paid"


async def test_of_two_payments_at_once_the_stream_pays_one(aid: Aid) -> None:
    numbers = [(await aid.approved(amount_fen=300_000))[0] for _ in range(2)]
    outcomes = await asyncio.gather(*(aid.pay(n, f"REF-{n}") for n in numbers), return_exceptions=True)
    assert sorted(o.code if isinstance(o, Refusal) else "paid" for o in outcomes) == ["fund.short", "paid"]
    assert await verify.run() == []
    assert await books_verify.run() == []


async def test_the_same_payment_ten_times_at_once_is_one_entry(aid: Aid) -> None:
    number, _ = await aid.approved()
    before = await reading.value("SELECT seq FROM head")
    answers = await asyncio.gather(*(aid.pay(number, "ICBC-9", key="k" * 20) for _ in range(10)))
    again = await aid.pay(number, "ICBC-9", key="k" * 20)
    assert len({a.body["entry"] for a in [*answers, again]}) == 1
    assert again.replayed
    assert await reading.value("SELECT seq FROM head") == before + 1


async def test_ten_payments_at_once_without_a_key_pay_once(aid: Aid) -> None:
    number, _ = await aid.approved()
    calls = (aid.pay(number, f"ICBC-A{n}") for n in range(10))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(o, Answer) for o in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"voucher.not_payable"}


async def test_a_bank_reference_pays_one_voucher_even_at_once(aid: Aid) -> None:
    numbers = [(await aid.approved(amount_fen=100))[0] for _ in range(3)]
    outcomes = await asyncio.gather(*(aid.pay(n, "SAME") for n in numbers), return_exceptions=True)
    codes = sorted(o.code if isinstance(o, Refusal) else "paid" for o in outcomes)
    assert codes == ["channel.ref_used", "channel.ref_used", "paid"]
    assert await reading.value("SELECT count(*) FROM voucher WHERE status = 'paid'") == 1


async def test_a_payment_is_not_dated_tomorrow(aid: Aid) -> None:
    number, seen = await aid.approved()
    late = clock.today() + timedelta(days=1)
    call = payments.pay(number=number, paid_on=late, channel_ref="ICBC-B", content_hash=seen, by=aid.house.cashier)
    await refused("voucher.paid_in_future", call)


async def test_a_payment_is_not_dated_before_its_approval(aid: Aid) -> None:
    number, seen = await aid.approved()
    early = clock.today() - timedelta(days=1)
    call = payments.pay(number=number, paid_on=early, channel_ref="ICBC-C", content_hash=seen, by=aid.house.cashier)
    await refused("voucher.paid_before_approval", call)


async def test_a_payment_entered_the_day_after_is_dated_the_day_it_was_approved_and_paid(aid: Aid) -> None:
    number, seen = await aid.approved()
    paid_on = clock.today()
    with clock.fixed(clock.now() + timedelta(days=1)):
        await payments.pay(
            number=number, paid_on=paid_on, channel_ref="ICBC-C", content_hash=seen, by=aid.house.cashier
        )
    assert (await row(number))["paid_on"] == paid_on.isoformat()


async def test_a_payee_whose_account_changed_after_approval_is_not_paid(aid: Aid) -> None:
    number, _ = await aid.approved(payee_kind="institution", payee="JG-T01")
    other = sealed.seal("institution", "bank_account", "JG-T01", "6222999999999999")
    await transactions.run(
        lambda tx: tx.rows("UPDATE institution SET bank_account = $1 WHERE code = 'JG-T01' RETURNING code", other)
    )
    await refused("voucher.payee_changed", aid.pay(number, "ICBC-C"))
    await vouchers.send_back(number=number, reason="账号变更", by=aid.house.approver)
    content = replace(ASKED, payee_kind="institution", payee="JG-T01")
    fresh = (await vouchers.edit(number=number, content=content, by=aid.house.caseworker)).body["content_hash"]
    for by in (aid.house.approver, aid.house.approver2):
        await vouchers.approve(number=number, content_hash=fresh, by=by)
    assert (await aid.pay(number, "ICBC-C")).body["status"] == "paid"


async def test_goods_bought_are_prepaid_and_agency_money_is_handed_on(aid: Aid) -> None:
    async def work(tx: Tx) -> None:
        from charity.ledger import funds  # noqa: PLC0415

        await funds.open_fund(tx, code="F-AGENCY", name="受托代理", kind="agency")

    await transactions.run(work)
    await aid.gift("F-AGENCY", 1_000)
    bought, _ = await aid.approved(payee_kind="supplier", payee="GY-T01", programme="P05", recipients=0)
    passed_on, _ = await aid.approved(payee_kind="institution", payee="JG-T01", fund="F-AGENCY", amount_fen=1_000)
    debits = []
    for number in (bought, passed_on):
        answer = await aid.pay(number, f"REF-{number}")
        body = await reading.value("SELECT body FROM entry WHERE id16 = $1", answer.body["entry"])
        debits.append(json.loads(body)["postings"][0][0])
    assert debits == ["1141/-/F-GEN", "2601/-/F-AGENCY"]
    opened = await reading.rows("SELECT voucher, fund, amount_fen, received_fen, status FROM goods_purchase")
    assert opened == [{"voucher": bought, "fund": "F-GEN", "amount_fen": 200_000, "received_fen": 0, "status": "open"}]
    assert await verify.run() == []
    household, _ = await aid.approved(amount_fen=1)
    extra = "INSERT INTO goods_purchase SELECT '{}', fund, amount_fen, 0, 'open' FROM goods_purchase"
    for fault, words in (
        (extra.format(household), f"拨付审批单 {household}：没有付款，却登记为可以入库物资"),
        (extra.format("BF-2020-000001"), "采购登记 BF-2020-000001：没有这张拨付审批单"),
        (
            "UPDATE goods_purchase SET amount_fen = amount_fen + 1",
            f"拨付审批单 {bought}：采购登记与付款不符",
        ),
        ("UPDATE goods_purchase SET status = 'closed'", f"拨付审批单 {bought}：采购登记与付款不符"),
        (
            f"DELETE FROM goods_purchase WHERE voucher = '{bought}'",
            f"拨付审批单 {bought}：采购登记与付款不符",
        ),
    ):
        await transactions.run(lambda tx, fault=fault: tx.rows(fault))
        assert words in [f.words for f in await verify.run()], fault
        kept = "DELETE FROM goods_purchase WHERE voucher <> $1"
        await transactions.run(lambda tx, kept=kept: tx.rows(kept, bought))
        await transactions.run(lambda tx: tx.rows("UPDATE goods_purchase SET amount_fen = 200000, status = 'open'"))
    assert await books_verify.run() == []


async def test_goods_bought_with_agency_money_are_owed_until_they_are_handed_over(aid: Aid) -> None:
    async def work(tx: Tx) -> None:
        from charity.ledger import funds  # noqa: PLC0415

        await funds.open_fund(tx, code="F-AGENCY", name="受托代理", kind="agency")
        await goods_items.add(tx, [Item("2001000100002", "大米", "袋", 26)])

    await transactions.run(work)
    await aid.gift("F-AGENCY", 1_000)
    values = {"payee_kind": "supplier", "payee": "GY-T01", "programme": "P05", "recipients": 0}
    number, _ = await aid.approved(**values, fund="F-AGENCY", amount_fen=1_000)
    await aid.pay(number, "ICBC-AG")
    line = IntakeLine("2001000100002", 10, unit_value_fen=100, value_checked=True)
    await intake.take_in(store="LX01", source="purchase", voucher=number, lines=[line], by=aid.house.clerk)
    held = {r["account"]: r["quantity"] for r in await entries.balances(fund="F-AGENCY")}
    assert held == {"1801/LX01/F-AGENCY": 1_000, "2601/-/F-AGENCY": -1_000}
