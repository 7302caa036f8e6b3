"""Goods come in: as a gift with its lot, entry and receipt, or against a paid voucher."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from conftest import Web
from goods.given import COAT, DONOR, MILK, RICE, SALT, UNKNOWN, Shop, counts, holding, in_days

from charity import clock, money, words
from charity.db import migrations, reading, transactions
from charity.errors import Refusal
from charity.giving import receipts
from charity.giving import verify as giving_verify
from charity.giving.receipts import documents as receipt_documents
from charity.goods import intake, items, verify
from charity.goods.intake import IntakeLine
from charity.ledger import accounts as acc
from charity.ledger import verify as ledger_verify
from charity.people.masking import Reader


async def test_a_valued_gift_becomes_a_lot_an_entry_and_a_receipt(shop: Shop) -> None:
    answer = await shop.bring_answer(RICE, 20, unit_value_fen=2650, fund="F-WARM", donor=DONOR)
    assert answer["number"] == f"RK-LX01-{clock.today().year}-000001"
    lot = answer["lots"][0]["code"]
    assert await shop.on_hand(lot) == 20
    assert await holding(acc.DONORS, acc.lot(lot)) == -20
    assert await holding("1201/LX01/F-WARM", "CNY") == 53_000
    assert await holding("4101/-/F-WARM", "CNY") == -53_000
    receipt = await reading.row("SELECT amount_fen, kind FROM receipt WHERE code = $1", answer["receipt"]["code"])
    assert receipt == {"amount_fen": 53_000, "kind": "in_kind"}
    donation = await reading.row("SELECT kind, amount_fen, receipt, store FROM donation")
    assert donation == {"kind": "in_kind", "amount_fen": 53_000, "receipt": answer["receipt"]["code"], "store": "LX01"}


async def test_goods_without_evidence_move_without_value_and_without_receipt(shop: Shop) -> None:
    answer = await shop.bring_answer(COAT, 7)
    assert "receipt" not in answer
    lot = answer["lots"][0]["code"]
    assert await shop.on_hand(lot) == 7
    assert await reading.value("SELECT COUNT(*) FROM account WHERE chart = '1201'") == 0
    assert await reading.row("SELECT amount_fen, receipt FROM donation") == {"amount_fen": None, "receipt": None}
    assert await reading.value("SELECT SUM(cost_fen) FROM lot") == 0


async def test_a_total_that_does_not_divide_becomes_two_lots(shop: Shop) -> None:
    answer = await shop.bring_answer(SALT, 3, total_value_fen=10_000)
    rows = await reading.rows("SELECT cost_fen FROM lot ORDER BY cost_fen DESC")
    assert [r["cost_fen"] for r in rows] == [3334, 3333]
    assert [lot["quantity"] for lot in answer["lots"]] == [1, 2]
    assert await holding("1201/LX01/F-GEN", "CNY") == 10_000


async def test_agency_goods_are_no_income(shop: Shop) -> None:
    await shop.bring(SALT, 2, unit_value_fen=250, fund="F-WC08")
    assert await holding("1801/LX01/F-WC08", "CNY") == 500
    assert await holding("2601/-/F-WC08", "CNY") == -500


async def test_an_intake_names_every_fault_at_once_and_writes_nothing(shop: Shop) -> None:
    before = await counts()
    lines = [
        IntakeLine("2001000100003", 1),
        IntakeLine(UNKNOWN, 1),
        IntakeLine("１２３", 1),
        IntakeLine(RICE, 1),
        IntakeLine(RICE, 1, clock.today() - timedelta(days=1)),
        IntakeLine(SALT, 1, evidence="market"),
        IntakeLine(SALT, 3, total_value_fen=2, evidence="market"),
    ]
    with pytest.raises(Refusal) as caught:
        await intake.take_in(store="LX01", source="gift", lines=lines, by=shop.house.clerk)
    faults = {(e.field, words.say(e.message, **dict(e.facts))) for e in caught.value.fields}
    assert ("lines.0.barcode", "条码 2001000100003 有一位不对（按其余各位，末位应为 2），请重新扫描") in faults
    assert ("lines.1.barcode", f"条码 {UNKNOWN} 尚未登记，请先登记商品") in faults
    assert ("lines.2.barcode", "条码应为 8、12、13 或 14 位数字") in faults
    assert {field for field, _ in faults} == {
        "lines.0.barcode", "lines.1.barcode", "lines.2.barcode", "lines.3.expires_on", "lines.4.expires_on",
        "lines.5.unit_value_fen", "lines.6.unit_value_fen",
    }  # fmt: skip
    assert caught.value.status == 422
    assert await counts() == before


async def test_goods_that_expire_today_may_still_come_in(shop: Shop) -> None:
    assert await shop.bring(MILK, 1, expires_on=clock.today())


async def test_a_closed_campaign_takes_no_goods(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await shop.bring(SALT, 1, campaign="winter-2025")
    assert caught.value.code == "campaign.not_open"
    with pytest.raises(Refusal) as caught:
        await shop.bring(SALT, 1, campaign="nothing")
    assert caught.value.status == 422
    with pytest.raises(Refusal) as caught:
        await shop.bring(SALT, 1, fund="F-NO")
    assert caught.value.code == "fund.unknown"


async def test_a_clerk_serves_only_her_store(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await intake.take_in(store="LX02", source="gift", lines=[IntakeLine(SALT, 1)], by=shop.house.clerk)
    assert caught.value.status == 403
    with pytest.raises(Refusal) as caught:
        await intake.take_in(store="LX99", source="gift", lines=[IntakeLine(SALT, 1)], by=shop.house.clerk)
    assert caught.value.status == 404
    with pytest.raises(Refusal) as caught:
        await intake.take_in(store="LX01", source="gift", lines=[IntakeLine(SALT, 1)], by=shop.house.cashier)
    assert caught.value.status == 403


async def test_an_item_is_registered_once_and_only_with_a_right_barcode(shop: Shop) -> None:
    item = items.Item(UNKNOWN, "花生油 1L", "瓶", 20)
    await items.register(item, by=shop.house.clerk)
    assert (await items.get(UNKNOWN)).name == "花生油 1L"
    with pytest.raises(Refusal) as caught:
        await items.register(item, by=shop.house.clerk)
    assert caught.value.code == "item.known"
    with pytest.raises(Refusal) as caught:
        await items.register(items.Item("2001000900009", "花生油", "瓶", 20), by=shop.house.clerk)
    assert caught.value.code == "barcode.check_digit"


async def test_a_receipt_keeps_the_goods_it_printed(shop: Shop) -> None:
    lines = [
        IntakeLine(RICE, 2, in_days(90), unit_value_fen=2650, evidence="invoice"),
        IntakeLine(COAT, 3),
        IntakeLine(SALT, 3, total_value_fen=1000, evidence="market"),
    ]
    taken = (await intake.take_in(store="LX01", source="gift", lines=lines, donor=DONOR, by=shop.house.clerk)).body
    printed = [
        ("大米(晚籼) 5kg", "袋", 2, 2650, "invoice"),
        ("旧棉衣 成人(已消毒)", "件", 3, 0, "none"),
        ("食用盐 400g", "袋", 1, 334, "market"),
        ("食用盐 400g", "袋", 2, 333, "market"),
    ]
    await transactions.run(lambda tx: tx.rows("UPDATE item SET name = '改名', measure = '箱'"))
    fresh = (await as_shown.replace(taken["receipt"]["code"], reason="写错", by=shop.house.accountant)).body
    for receipt in (taken["receipt"], fresh):
        kept = (await receipts.goods_lines([receipt["number"]]))[receipt["number"]]
        assert [(x.name, x.measure, x.quantity, x.price_fen, x.evidence) for x in kept] == printed
        shown = await receipt_documents.printed_for(receipt["code"], to=Reader.HOLDER)
        assert [(f"{x.name} {x.specification}".strip(), x.quantity, x.amount_fen, x.basis) for x in shown.lines] == [
            ("大米(晚籼) 5kg", 2, 5300, "发票"),
            ("旧棉衣 成人(已消毒)", 3, None, ""),
            ("食用盐 400g", 1, 334, "市场价"),
            ("食用盐 400g", 2, 666, "市场价"),
        ]
    assert [*await verify.run(), *await giving_verify.run()] == []


async def test_receipts_made_before_their_goods_were_kept_get_those_of_the_slip(shop: Shop) -> None:
    await shop.bring(COAT, 1)
    taken = await shop.bring_answer(SALT, 3, total_value_fen=1000)
    await as_shown.replace(taken["receipt"]["code"], reason="写错", by=shop.house.accountant)
    rows = await reading.rows("SELECT * FROM receipt_item ORDER BY number, n")
    assert len(rows) == 4

    async def before(tx: transactions.Tx) -> None:
        await tx.rows("DROP TABLE receipt_item")
        await tx.rows("DELETE FROM migration WHERE name = '0013_receipt_items'")

    await transactions.run(before)
    assert await migrations.migrate() == ["0013_receipt_items"]
    assert await reading.rows("SELECT * FROM receipt_item ORDER BY number, n") == rows


@pytest.mark.parametrize(
    ("values", "valued", "value", "costs"),
    [
        ({}, False, 0, [(3, 0)]),
        ({"unit_value_fen": 200}, True, 600, [(3, 200)]),
        ({"total_value_fen": 600}, True, 600, [(3, 200)]),
        ({"total_value_fen": 601}, True, 601, [(1, 201), (2, 200)]),
        ({"total_value_fen": 3}, True, 3, [(3, 1)]),
    ],
)
def test_a_line_has_the_value_that_was_given_by_piece_or_in_total(
    values: dict[str, int], *, valued: bool, value: int, costs: list[tuple[int, int]]
) -> None:
    line = IntakeLine(SALT, 3, **values)
    assert (line.valued, line.value_fen, line.costs()) == (valued, value, costs)
    assert sum(pieces * cost for pieces, cost in costs) == value


MOST = money.AMOUNT_MAX_FEN


async def test_a_line_comes_in_or_says_why_not(shop: Shop) -> None:
    cases: list[tuple[IntakeLine, str | None]] = [
        (IntakeLine(SALT, 1, unit_value_fen=MOST, evidence="market", value_checked=True), None),
        (IntakeLine(SALT, 1, unit_value_fen=MOST + 1, evidence="market"), "value.too_large"),
        (IntakeLine(SALT, 3, total_value_fen=3, evidence="market", value_checked=True), None),
        (IntakeLine(SALT, 3, total_value_fen=2, evidence="market"), "value.too_small"),
        (IntakeLine(SALT, 3, unit_value_fen=1, evidence="market", value_checked=True), None),
        (IntakeLine(SALT, 1, evidence="market"), "value.missing"),
        (IntakeLine(SALT, 1, evidence="none"), None),
        (IntakeLine(SALT, 1, unit_value_fen=250, evidence="none"), "evidence.missing"),
        (IntakeLine(SALT, 3, total_value_fen=750), "evidence.missing"),
        (IntakeLine(SALT, 1), None),
        (IntakeLine(SALT, 1, in_days(-1)), "expiry.past"),
        (IntakeLine(SALT, 1, in_days(0)), None),
        (IntakeLine(RICE, 1, in_days(1)), None),
        (IntakeLine(RICE, 1), "expiry.missing"),
        (IntakeLine(COAT, 1), None),
        (IntakeLine("12", 1), "barcode.unreadable"),
        (IntakeLine(UNKNOWN, 1), "barcode.unknown"),
    ]
    for line, code in cases:
        asked = intake.take_in(store="LX01", source="gift", lines=[line], by=shop.house.clerk)
        if code is None:
            assert (await asked).status == 201
            continue
        with pytest.raises(Refusal) as caught:
            await asked
        assert (caught.value.code, caught.value.status) == (code, 422), line


@pytest.mark.parametrize(
    ("values", "asks"),
    [
        ({"unit_value_fen": 1_000}, False),
        ({"unit_value_fen": 1_001}, True),
        ({"unit_value_fen": 63}, False),
        ({"unit_value_fen": 62}, True),
        ({"total_value_fen": 10_000}, False),
        ({"total_value_fen": 10_001}, True),
        ({"total_value_fen": 625}, False),
        ({"total_value_fen": 624}, True),
    ],
)
async def test_a_value_far_from_the_catalogue_is_asked_about_once(
    shop: Shop, values: dict[str, Any], *, asks: bool
) -> None:
    """Salt is 2.50; ten bags whose price a piece was typed as that of all are what the question is for."""
    line = IntakeLine(SALT, 10, **({"evidence": "market"} | values))
    await _asked(shop, line, "value", asks=asks)


@pytest.mark.parametrize(
    ("barcode", "days", "asks"),
    [(RICE, 1_095, False), (RICE, 1_096, True), (MILK, 540, False), (MILK, 541, True), (SALT, 3_650, False),
     (SALT, 3_651, True)],
)  # fmt: skip
async def test_a_last_good_day_beyond_three_shelf_lives_is_asked_about(
    shop: Shop, barcode: str, days: int, *, asks: bool
) -> None:
    await _asked(shop, IntakeLine(barcode, 1, in_days(days)), "expires", asks=asks)


async def _asked(shop: Shop, line: IntakeLine, what: str, *, asks: bool) -> None:
    """Whether a line is asked about at the field that answers the question, and comes in where that says yes."""
    values: dict[str, Any] = {"store": "LX01", "source": "gift", "by": shop.house.clerk}
    if asks:
        with pytest.raises(Refusal) as caught:
            await intake.take_in(lines=[line], **values)
        assert (caught.value.status, [e.field for e in caught.value.fields]) == (422, [f"lines.0.{what}_checked"])
    checked = replace(line, **{f"{what}_checked": asks})
    assert (await intake.take_in(lines=[checked], **values)).status == 201


async def test_a_call_says_that_somebody_looked_again(shop: Shop, web: Web) -> None:
    clerk = web.as_("clerk")
    line = {"barcode": SALT, "quantity": 40, "evidence": "invoice", "unit_value_fen": 6}
    line["expires_on"] = in_days(36_000).isoformat()
    for checked, fields in (
        ({}, ["lines.0.expires_checked", "lines.0.value_checked"]),
        ({"value_checked": True}, ["lines.0.expires_checked"]),
        ({"value_checked": True, "expires_checked": True}, []),
    ):
        body = {"store": "LX01", "source": "gift", "lines": [line | checked]}
        answer = await clerk.post("/api/v1/goods/intakes", json=body, headers={"Idempotency-Key": f"k-{len(checked)}"})
        assert [e["field"] for e in answer.json().get("errors", [])] == fields
        assert answer.status_code == (422 if fields else 201)


async def test_all_lines_together_are_worth_no_more_than_a_sum_may_be(shop: Shop) -> None:
    half = MOST // 2
    for last, code in ((MOST - half, None), (MOST - half + 1, "value.too_large")):
        common = {"evidence": "market", "value_checked": True}
        lines = [IntakeLine(SALT, 1, unit_value_fen=value, **common) for value in (half, last)]
        asked = intake.take_in(store="LX01", source="gift", lines=lines, by=shop.house.clerk)
        if code is None:
            await asked
            continue
        with pytest.raises(Refusal) as caught:
            await asked
        assert (caught.value.code, [error.field for error in caught.value.fields]) == (code, ["lines"])


async def test_a_gift_writes_its_slip_lots_lines_and_books_whole(shop: Shop) -> None:
    lines = [IntakeLine(RICE, 2, in_days(90), unit_value_fen=2650, evidence="invoice"), IntakeLine(COAT, 3)]
    answer = await intake.take_in(
        store="LX01",
        source="gift",
        lines=lines,
        donor=DONOR,
        campaign="everyday",
        fund="F-WARM",
        by=shop.house.clerk,
    )
    assert answer.status == 201
    taken, number = answer.body, answer.body["number"]
    rice, coat = (lot["code"] for lot in taken["lots"])
    expires_on = in_days(90).isoformat()
    assert taken["lots"] == [
        {"code": rice, "barcode": RICE, "quantity": 2, "expires_on": expires_on},
        {"code": coat, "barcode": COAT, "quantity": 3, "expires_on": None},
    ]
    entry = await reading.only("SELECT seq, id16, kind, party, actor, body FROM entry ORDER BY seq DESC LIMIT 1")
    body = json.loads(entry["body"])
    donation = await reading.only("SELECT * FROM donation")
    person = await reading.only("SELECT key, kind FROM person")
    receipt = await reading.only("SELECT * FROM receipt")
    assert (entry["id16"], entry["kind"]) == (taken["entry"], "goods.gift")
    assert (entry["party"], entry["actor"]) == (person["key"], shop.house.clerk.key)
    facts = {"document": number, "store": "LX01", "source": "gift", "campaign": "everyday", "fund": "F-WARM"}
    assert body["facts"] == facts
    assert body["postings"] == [
        ["store:LX01", f"lot:{rice}", 2],
        ["world:donors", f"lot:{rice}", -2],
        ["store:LX01", f"lot:{coat}", 3],
        ["world:donors", f"lot:{coat}", -3],
        ["1201/LX01/F-WARM", "CNY", 5300],
        ["4101/-/F-WARM", "CNY", -5300],
    ]
    lot = {"store": "LX01", "fund": "F-WARM", "source": "gift", "donor": person["key"], "document": number}
    assert await reading.rows("SELECT * FROM lot ORDER BY cost_fen DESC") == [
        lot
        | {"code": rice, "barcode": RICE, "expires_on": expires_on, "cost_fen": 2650, "evidence": "invoice"}
        | {"seq": entry["seq"]},
        lot
        | {"code": coat, "barcode": COAT, "expires_on": None, "cost_fen": 0, "evidence": "none"}
        | {"seq": entry["seq"]},
    ]
    rows = await reading.rows("SELECT * FROM goods_line ORDER BY n")
    assert [(r["document"], r["n"], r["barcode"], r["lot"], r["quantity"], r["cost_fen"]) for r in rows] == [
        (number, 1, RICE, rice, 2, 2650),
        (number, 2, COAT, coat, 3, 0),
    ]
    assert [(r["points"], bool(r["picked"])) for r in rows] == [(0, False), (0, False)]
    assert await reading.only("SELECT * FROM goods_intake") == {
        "number": number,
        "source": "gift",
        "fund": "F-WARM",
        "campaign": "everyday",
        "donor": person["key"],
        "donation": donation["key"],
        "voucher": None,
        "receipt_code": taken["receipt"]["code"],
        "receipt_number": taken["receipt"]["number"],
    }
    assert (donation["donor"], donation["campaign"], donation["amount_fen"]) == (person["key"], "everyday", 5300)
    assert (receipt["delivery"], receipt["fund"], receipt["amount_fen"]) == ("pending", "F-WARM", 5300)
    assert await reading.tuples("SELECT fund, donors FROM donor_sum ORDER BY fund") == [("*", 1), ("F-WARM", 1)]
    shelf = await reading.rows("SELECT lot, barcode, expires_on, pieces FROM shelf_lot ORDER BY pieces")
    assert [tuple(row.values()) for row in shelf] == [(rice, RICE, expires_on, 2), (coat, COAT, "9999-12-31", 3)]
    assert await ledger_verify.run() == []
    assert await verify.run() == []


async def test_the_receipt_of_somebody_unnamed_is_kept(shop: Shop) -> None:
    await shop.bring(SALT, 1, unit_value_fen=100)
    assert await reading.value("SELECT delivery FROM receipt") == "kept_undelivered"
    assert await reading.value("SELECT kind FROM person") == "anonymous"


async def test_goods_for_a_campaign_go_into_its_fund_or_the_one_that_was_chosen_of_its(shop: Shop) -> None:
    for values, fund in (
        ({}, "F-GEN"),
        ({"fund": "F-WARM"}, "F-WARM"),
        ({"campaign": "flood-2026"}, "F-DIS"),
        ({"campaign": "everyday"}, "F-GEN"),
        ({"campaign": "everyday", "fund": "F-EDU"}, "F-EDU"),
    ):
        lot = await shop.bring(SALT, 1, **values)
        assert await reading.value("SELECT fund FROM lot WHERE code = $1", lot) == fund
    with pytest.raises(Refusal) as caught:
        await shop.bring(SALT, 1, campaign="flood-2026", fund="F-EDU")
    assert caught.value.status == 422
