"""Receipts: numbered, ended, delivered; and what verify says of them."""

import html
import re
from datetime import timedelta

import pytest
from giving.given import TODAY, all_is_well, code_of, entries, give

from charity import clock
from charity.db import reading, sealed, transactions
from charity.errors import Refusal
from charity.giving import donations, receipts, verify
from charity.giving.receipts import routes
from charity.people.persons import Donor
from charity.roles import SYSTEM


async def test_a_voided_receipt_stays_and_its_gift_is_on_none(house):
    answer = await give(house)
    code = answer.body["receipt"]["code"]
    await receipts.void(code, reason="抬头写错", by=house.accountant)
    row = await receipts.get(code)
    assert (row.status, row.ended_by) == ("voided", house.accountant.key)
    assert sealed.unseal("receipt", "reason", code, row.reason) == "抬头写错"
    assert (await donations.get(answer.body["id"], by=SYSTEM)).receipt_id is None
    assert await all_is_well() == []
    with pytest.raises(Refusal) as refused:
        await receipts.void(code, reason="再来", by=house.accountant)
    assert code_of(refused) == "receipt.ended"


async def test_a_replaced_receipt_and_the_new_one_name_each_other(house):
    answer = await give(house, 8_800)
    old = answer.body["receipt"]["code"]
    made = await receipts.replace(old, reason="错字", donor=Donor("person", "王晓明"), by=house.accountant)
    new = await receipts.get(made.body["code"])
    before = await receipts.get(old)
    assert (before.status, before.replaced_by_id) == ("replaced", new.code)
    assert (new.status, new.replaces_id, new.amount_fen) == ("issued", old, 8_800)
    assert new.number.endswith("000002")
    assert (await donations.get(answer.body["id"], by=SYSTEM)).receipt_id == new.code
    assert [g.key for g in await receipts.gifts(new.code)] == [answer.body["id"]]
    assert await entries() == 1
    assert await all_is_well() == []


@pytest.mark.parametrize("who", ["cashier", "approver", "auditor", "clerk"])
async def test_only_an_accountant_voids(house, who):
    code = (await give(house)).body["receipt"]["code"]
    with pytest.raises(Refusal) as refused:
        await receipts.void(code, reason="x", by=getattr(house, who))
    assert refused.value.status == 403
    assert (await receipts.get(code)).status == "issued"


async def test_a_receipt_is_not_voided_without_a_reason(house):
    code = (await give(house)).body["receipt"]["code"]
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Refusal) as refused:
            await receipts.void(code, reason=reason, by=house.accountant)
        assert code_of(refused) == "reason.needed"


async def test_delivery_is_noted_and_keeping_a_receipt_needs_a_reason(house):
    code = (await give(house)).body["receipt"]["code"]
    await receipts.deliver(code, delivery="handed", by=house.cashier)
    assert (await receipts.get(code)).delivery == "handed"
    with pytest.raises(Refusal) as refused:
        await receipts.deliver(code, delivery="kept_undelivered", by=house.cashier)
    assert code_of(refused) == "receipt.delivery_note"
    await receipts.deliver(code, delivery="kept_undelivered", note="捐赠人匿名", by=house.cashier)
    row = await receipts.get(code)
    assert sealed.unseal("receipt", "delivery_note", code, row.delivery_note) == "捐赠人匿名"


async def test_the_list_pages_through_all_receipts_once(house):
    numbers = [(await give(house)).body["receipt"]["number"] for _ in range(5)]
    seen: list[str] = []
    after = ""
    while page := await receipts.page(receipts.Filters(after=after), 2, by=SYSTEM):
        seen += [r["number"] for r in page]
        after = seen[-1]
    assert seen == numbers[::-1]
    rows = await receipts.page(
        receipts.Filters(number="000003", status="issued", from_on=TODAY, to_on=TODAY), 9, by=SYSTEM
    )
    assert [r["number"] for r in rows] == [numbers[2]]
    yesterday, tomorrow = (clock.today() + timedelta(days=n) for n in (-1, 1))
    for none in ({"to_on": yesterday.isoformat()}, {"from_on": tomorrow.isoformat()}):
        assert await receipts.page(receipts.Filters(**none), 9, by=SYSTEM) == []


async def test_the_pages_of_the_list_keep_its_filters(house, web, monkeypatch):
    numbers = [(await give(house)).body["receipt"]["number"] for _ in range(3)]
    monkeypatch.setattr(routes, "ROWS", 2)
    client = web.as_("auditor")
    page = await client.get("/receipts?status=issued")
    assert "第一页" not in page.text
    (following,) = re.findall(r'href="([^"]*)" rel="next"', page.text)
    second = await client.get(html.unescape(following))
    assert 'href="/receipts?status=issued">第一页' in second.text
    assert 'rel="next"' not in second.text
    shown = [[n for n in numbers if f">{n}</" in text] for text in (page.text, second.text)]
    assert shown == [numbers[1:], numbers[:1]]


@pytest.mark.parametrize(
    ("fault", "invariant"),
    [
        ("UPDATE receipt SET amount_fen = amount_fen + 1", "I10"),
        ("UPDATE series SET next = next + 1 WHERE name = 'receipt'", "I10"),
        ("UPDATE donation SET receipt = (SELECT MAX(code) FROM receipt WHERE code <> donation.receipt)", "I10"),
        ("UPDATE donation SET amount_fen = amount_fen + 1", "I10"),
        ("DELETE FROM channel_ref", "I7"),
        ("UPDATE campaign_figures SET received_fen = received_fen + 1 WHERE slug = 'everyday'", "I12"),
        ("UPDATE campaign_figures SET donors = donors + 1 WHERE slug = 'everyday'", "I12"),
    ],
)
async def test_verify_sees_a_planted_fault(house, fault, invariant):
    await give(house, campaign="everyday", channel="bank", channel_ref="B1")
    await give(house, campaign="everyday")
    assert await all_is_well() == []
    await transactions.run(lambda tx: tx.rows(fault))
    assert invariant in {f.invariant for f in await verify.run()}


async def test_a_gift_on_two_valid_receipts_is_seen(house):
    await give(house)
    await give(house)
    await transactions.run(
        lambda tx: tx.rows(
            "INSERT INTO receipt_line (number, donation) SELECT r.number, d.key FROM receipt r, donation d "
            "WHERE d.receipt <> r.code"
        )
    )
    assert await reading.value("SELECT COUNT(*) FROM receipt_line") == 4
    assert "I10" in {f.invariant for f in await verify.run()}
