"""Receipts: numbered, ended, delivered; and what verify says of them."""

import html
import re
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from giving.given import all_is_well, code_of, entries, give, requested, today
from goods.given import RICE, opened
from pdf_reading import flat

from charity import clock
from charity.db import reading, sealed, transactions
from charity.errors import Refusal
from charity.giving import donations, receipts, refunds, verify
from charity.giving.receipts import documents, routes
from charity.ledger.writer import Answer
from charity.people.masking import Reader
from charity.people.persons import Donor
from charity.roles import SYSTEM


async def test_a_voided_receipt_stays_and_its_gift_is_on_none(house):
    answer = await give(house)
    code = answer.body["receipt"]["code"]
    await as_shown.void(code, reason="抬头写错", by=house.accountant)
    row = await receipts.get(code)
    assert (row.status, row.ended_by) == ("voided", house.accountant.key)
    assert sealed.unseal("receipt", "reason", code, row.reason) == "抬头写错"
    assert (await donations.get(answer.body["id"], by=SYSTEM)).receipt_id is None
    assert await all_is_well() == []
    with pytest.raises(Refusal) as refused:
        await as_shown.void(code, reason="再来", by=house.accountant)
    assert code_of(refused) == "receipt.ended"


async def test_a_replaced_receipt_and_the_new_one_name_each_other(house):
    answer = await give(house, 8_800)
    old = answer.body["receipt"]["code"]
    made = await as_shown.replace(old, reason="错字", donor=Donor("person", "王晓明"), by=house.accountant)
    new = await receipts.get(made.body["code"])
    before = await receipts.get(old)
    assert (before.status, before.replaced_by_id) == ("replaced", new.code)
    assert (new.status, new.replaces_id, new.amount_fen) == ("issued", old, 8_800)
    assert new.number.endswith("000002")
    assert (await donations.get(answer.body["id"], by=SYSTEM)).receipt_id == new.code
    assert [g.key for g in await receipts.gifts(new.code)] == [answer.body["id"]]
    assert await entries() == 1
    assert await all_is_well() == []


@pytest.mark.parametrize("who", ["approver", "auditor", "clerk"])
async def test_only_cashiers_and_accountants_void(house, who):
    code = (await give(house)).body["receipt"]["code"]
    with pytest.raises(Refusal) as refused:
        await as_shown.void(code, reason="x", by=getattr(house, who))
    assert refused.value.status == 403
    assert (await receipts.get(code)).status == "issued"


async def test_a_receipt_is_not_voided_without_a_reason(house):
    code = (await give(house)).body["receipt"]["code"]
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Refusal) as refused:
            await as_shown.void(code, reason=reason, by=house.accountant)
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
        receipts.Filters(number="000003", status="issued", from_on=today(), to_on=today()), 9, by=SYSTEM
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
        ("DELETE FROM payment_number", "I7"),
        ("UPDATE donor_sum SET donors = donors + 1 WHERE fund = 'F-GEN'", "I12"),
        ("UPDATE party SET marks = '{}'", "I12"),
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


async def _receipt(code: str) -> dict[str, Any]:
    row = await reading.row("SELECT * FROM receipt WHERE code = $1", code)
    assert row is not None
    return row


async def test_a_receipt_says_all_of_its_gift_and_who_ended_it_why_and_when(house: Any) -> None:
    answer = await give(house, 8_800, fund="F-EDU")
    code, year = answer.body["receipt"]["code"], clock.today().year
    row = await _receipt(code)
    donor = await reading.value("SELECT donor FROM donation WHERE key = $1", answer.body["id"])
    recorded_at = await reading.value("SELECT recorded_at FROM entry WHERE seq = 1")
    issued = {
        "code": code,
        "number": f"CS-{year}-000001",
        "year": year,
        "kind": "cash",
        "status": "issued",
        "delivery": "pending",
        "delivery_note": None,
        "campaign": "one-day-2026",
        "fund": "F-EDU",
        "donor": donor,
        "amount_fen": 8_800,
        "issued_on": today(),
        "handler": house.cashier.key,
        "seq": 1,
        "reason": None,
        "ended_by": None,
        "ended_at": None,
        "replaces": None,
        "replaced_by": None,
        "recorded_at": recorded_at,
        "roster": None,
    }
    assert row == issued
    done = await as_shown.replace(code, reason="错字", by=house.accountant)
    fresh = done.body["code"]
    assert done == Answer(201, {"code": fresh, "number": f"CS-{year}-000002"})
    row = await _receipt(code)
    assert sealed.unseal("receipt", "reason", code, row.pop("reason")) == "错字"
    ended_at = row.pop("ended_at")
    assert recorded_at <= ended_at <= clock.stamp()
    assert row == {n: v for n, v in issued.items() if n not in {"reason", "ended_at"}} | {
        "status": "replaced",
        "ended_by": house.accountant.key,
        "replaced_by": fresh,
    }
    row = await _receipt(fresh)
    assert row == issued | {
        "code": fresh,
        "number": f"CS-{year}-000002",
        "handler": house.accountant.key,
        "replaces": code,
        "recorded_at": ended_at,
    }
    assert await as_shown.void(fresh, reason="重复", by=house.accountant) == Answer(
        200, {"number": f"CS-{year}-000002", "status": "voided"}
    )
    assert await reading.value("SELECT COUNT(*) FROM person") == 1


async def test_a_receipt_in_another_name_brings_its_person(house: Any) -> None:
    code = (await give(house)).body["receipt"]["code"]
    made = await as_shown.replace(code, reason="错字", donor=Donor("person", "王晓明"), by=house.accountant)
    row = await _receipt(made.body["code"])
    assert await reading.value("SELECT name FROM person WHERE key = $1", row["donor"]) == "王晓明"
    assert await reading.value("SELECT COUNT(*) FROM person") == 2


async def test_goods_stand_on_the_receipt_that_replaces_another_in_their_order(house: Any) -> None:
    shop = await opened(house)
    first = await shop.bring_answer(RICE, 3, unit_value_fen=2_650)
    other = await shop.bring_answer(RICE, 1, unit_value_fen=2_000)
    made = await as_shown.replace(first["receipt"]["code"], reason="错字", by=house.accountant)
    numbers = [first["receipt"]["number"], made.body["number"], other["receipt"]["number"]]
    lines = await receipts.goods_lines(numbers)
    assert lines[numbers[0]] == lines[numbers[1]]
    assert [
        (line.name, line.measure, line.quantity, line.price_fen, line.amount_fen) for line in lines[numbers[1]]
    ] == [("大米(晚籼) 5kg", "袋", 3, 2_650, 7_950)]
    assert [line.amount_fen for line in lines[numbers[2]]] == [2_000]
    assert await receipts.goods_lines([]) == {}
    assert await reading.value("SELECT MIN(n) FROM receipt_item") == 1
    assert await all_is_well() == []


async def _code(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await call
    return code_of(refused)


@pytest.mark.parametrize("verb", [as_shown.void, as_shown.replace])
async def test_a_reason_has_five_hundred_signs_at_most(house: Any, verb: Any) -> None:
    code = (await give(house)).body["receipt"]["code"]
    for reason in ("", " \n", "错" * 501):
        assert await _code(verb(code, reason=reason, by=house.accountant)) == "reason.needed"
    await verb(code, reason="错" * 500, by=house.accountant)
    assert await _code(verb(code, reason="错", by=house.accountant)) == "receipt.ended"
    assert await _code(verb("none", reason="错", by=house.accountant)) == "receipt.unknown"
    assert await _code(receipts.deliver(code, delivery="sent", by=house.cashier)) == "receipt.ended"


async def test_delivery_is_one_of_four_and_its_note_is_sealed(house: Any) -> None:
    code, other = [(await give(house)).body["receipt"]["code"] for _ in range(2)]
    for delivery, note in (("sent", "挂号 "), ("handed", ""), ("pending", ""), ("kept_undelivered", " 无地址")):
        await receipts.deliver(code, delivery=delivery, note=note, by=house.cashier)
        row = await _receipt(code)
        assert row["delivery"] == delivery
        assert sealed.unseal("receipt", "delivery_note", code, row["delivery_note"]) == note.strip()
    assert await _code(receipts.deliver(code, delivery="lost", by=house.cashier)) == "receipt.delivery"
    assert (
        await _code(receipts.deliver(code, delivery="kept_undelivered", note=" ", by=house.cashier))
        == "receipt.delivery_note"
    )
    assert await _code(receipts.deliver("none", delivery="sent", by=house.cashier)) == "receipt.unknown"
    assert await _code(receipts.get("none")) == "receipt.unknown"
    assert (await _receipt(other))["delivery"] == "pending"
    assert [await receipts.known(c) for c in (code, "none")] == [True, False]
    numbers = [await receipts.number_of(c) for c in (code, "none", None)]
    assert numbers == [f"CS-{clock.today().year}-000001", "", ""]


async def _dated(numbers: list[str], days: list[str]) -> None:
    for number, day in zip(numbers, days, strict=True):
        values = ("UPDATE receipt SET issued_on = $2 WHERE number = $1", number, day)
        await transactions.run(lambda tx, values=values: tx.rows(*values))


async def test_the_list_of_receipts_takes_every_filter_alone_and_together(house: Any) -> None:
    made = [(await give(house)).body["receipt"] for _ in range(4)]
    numbers = [receipt["number"] for receipt in made]
    await as_shown.void(made[1]["code"], reason="x", by=house.accountant)
    await receipts.deliver(made[2]["code"], delivery="sent", by=house.cashier)
    await receipts.deliver(made[3]["code"], delivery="sent", by=house.cashier)
    await as_shown.replace(made[3]["code"], reason="x", by=house.accountant)
    numbers.append(f"CS-{clock.today().year}-000005")
    await _dated(numbers, ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-03", "2026-11-04"])

    async def listed(**filters: str) -> list[int]:
        rows = await receipts.page(receipts.Filters(**filters), 9, by=house.cashier)
        return [numbers.index(row["number"]) for row in rows]

    assert await listed() == [4, 3, 2, 1, 0]
    assert await listed(status="issued") == [4, 2, 0]
    assert await listed(status="voided") == [1]
    assert await listed(status="replaced") == [3]
    assert await listed(delivery="sent") == [3, 2]
    assert await listed(delivery="sent", status="issued") == [2]
    assert await listed(from_on="2026-11-03") == [4, 3, 2]
    assert await listed(to_on="2026-11-02") == [1, 0]
    assert await listed(from_on="2026-11-02", to_on="2026-11-03") == [3, 2, 1]
    assert await listed(after=numbers[3]) == [2, 1, 0]
    assert await listed(after=numbers[2], status="issued") == [0]
    assert await listed(after="nowhere") == []
    assert len(await receipts.page(receipts.Filters(), 2, by=house.cashier)) == 2
    assert await receipts.page(receipts.Filters(), 9, by=house.clerk) == []


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("12", {"CS-2026-000012"}),
        (" 0012 ", {"CS-2026-000012", "CS-2026-130012"}),
        ("30012", {"CS-2026-130012"}),
        ("000012", {"CS-2026-000012"}),
        ("cs-2026-000012", {"CS-2026-000012"}),
        ("2026-130012", {"CS-2026-130012"}),
        ("CS-2025-000012", set()),
        ("112", set()),
    ],
)
async def test_a_receipt_is_looked_up_by_its_number_or_the_end_of_it(house: Any, typed: str, ends: set[str]) -> None:
    for number in ("CS-2026-000012", "CS-2026-130012"):
        code = (await give(house)).body["receipt"]["code"]
        free = "UPDATE receipt SET number = $2 WHERE code = $1"
        line = "DELETE FROM receipt_line WHERE donation IN (SELECT key FROM donation WHERE receipt = $1)"
        await transactions.run(lambda tx, code=code, line=line: tx.rows(line, code))
        await transactions.run(lambda tx, code=code, number=number, free=free: tx.rows(free, code, number))
    rows = await receipts.page(receipts.Filters(number=typed), 9, by=SYSTEM)
    assert {row["number"] for row in rows} == ends


async def test_the_refunds_of_gifts_are_listed_from_the_oldest_for_whoever_may(house: Any) -> None:
    first, second, other = [await give(house) for _ in range(3)]
    numbers = [await requested(house, answer, 1) for answer in (second, first, other, first)]
    keys = [first.body["id"], second.body["id"]]
    listed = await receipts.refunds_of(keys, by=house.accountant)
    assert [refund.number for refund in listed] == [numbers[0], numbers[1], numbers[3]]
    assert await receipts.refunds_of([], by=house.accountant) == []
    assert await receipts.refunds_of(keys, by=house.clerk) == []
    await refunds.reject(numbers[1], reason="不符", by=house.approver)
    assert [r.number for r in await refunds.page(refunds.Filters(status="requested"), 100, by=house.approver)] == [
        numbers[3],
        numbers[2],
        numbers[0],
    ]
    assert [r.number for r in await refunds.page(refunds.Filters(status="requested"), 1, by=house.approver)] == [
        numbers[3]
    ]
    row = await reading.row("SELECT * FROM refund WHERE number = $1", numbers[0])
    assert row is not None
    more = [row | {"number": f"TK-2026-1{n:05}"} for n in range(100)]
    await transactions.run(lambda tx: tx.insert("refund", more))
    assert len(await refunds.page(refunds.Filters(status="requested"), 100, by=house.approver)) == 100


async def test_a_receipt_says_what_the_fund_is(house: Any) -> None:
    """As the register of gifts does (D4): by the nature of the fund, not by which fund it is."""
    bound = await give(house, 8_800, fund="F-EDU")
    document, _ = await receipts.whole_pdf(bound.body["receipt"]["code"])
    assert "定向·" in flat(document)
    await transactions.run(lambda tx: tx.many("UPDATE fund SET kind = 'unrestricted' WHERE code = 'F-EDU'", [()]))
    free = await give(house, 8_800, fund="F-EDU")
    document, _ = await receipts.whole_pdf(free.body["receipt"]["code"])
    text = flat(document)
    assert "非定向" in text
    assert "定向·" not in text


async def test_many_funds_and_names_are_counted_beyond_the_first(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (await give(house, 8_800, fund="F-EDU")).body["receipt"]["code"]
    printed = await receipts.printed_for(code, to=Reader.PERMITTED)
    assert (printed.wish_note, printed.receiver) == ("慈善助学基金", house.cashier.name)
    monkeypatch.setattr(documents, "NAMED_MAX", 0)
    printed = await receipts.printed_for(code, to=Reader.PERMITTED)
    assert (printed.wish, printed.wish_note, printed.receiver) == ("designated", "见各行基金", " 等 1 人")
