"""Slips: reversed at most once and in order, listed, read, and checked against the books."""

from dataclasses import replace
from datetime import timedelta

import as_shown
import pytest
from conftest import Web
from goods.given import DONOR, RICE, SALT, TOWEL, Shop, counts, holding, in_days, issue, sentence
from page_forms import form_of
from whole.given import verify_failures

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.goods import intake, slips, till, verify
from charity.goods.intake import IntakeLine
from charity.goods.slips import readers
from charity.goods.till import Line
from charity.ledger import verify as ledger_verify
from charity.roles import Actor


async def test_a_reversed_issue_gives_goods_and_points_back(shop: Shop) -> None:
    lot = await shop.bring(RICE, 5, unit_value_fen=2650)
    number = (await issue(shop, Line(2, barcode=RICE))).body["number"]
    answer = await as_shown.reverse(number=number, reason="扫错了卡", by=shop.house.manager)
    assert answer.body["number"].startswith("CX-LX01-")
    assert await shop.on_hand(lot) == 5
    assert await shop.points() == 180
    assert await holding("5101/P05/F-GEN", "CNY") == 0
    with pytest.raises(Refusal) as caught:
        await as_shown.reverse(number=number, reason="再来", by=shop.house.manager)
    assert caught.value.code == "document.reversed"
    with pytest.raises(Refusal) as caught:
        await as_shown.reverse(number=answer.body["number"], reason="再来", by=shop.house.manager)
    assert caught.value.code == "document.reversal"
    body = await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1")
    assert "扫错了卡" not in body


async def test_an_intake_whose_goods_moved_on_names_what_to_reverse_first(shop: Shop) -> None:
    answer = await shop.bring_answer(RICE, 5, unit_value_fen=2650, donor=DONOR)
    number = (await issue(shop, Line(2, barcode=RICE))).body["number"]
    before = await counts()
    with pytest.raises(Refusal) as caught:
        await as_shown.reverse(number=answer["number"], reason="数错了", by=shop.house.manager)
    assert number in sentence(caught.value)
    assert await counts() == before
    await as_shown.reverse(number=number, reason="先冲", by=shop.house.manager)
    await as_shown.reverse(number=answer["number"], reason="数错了", by=shop.house.manager)
    assert await holding("1201/LX01/F-GEN", "CNY") == 0
    assert await reading.value("SELECT status FROM receipt") == "voided"
    assert await reading.value("SELECT status FROM donation") == "reversed"
    assert await shop.on_hand(answer["lots"][0]["code"]) == 0


async def test_an_unknown_slip_is_not_found(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await as_shown.reverse(number="RK-LX01-2026-999999", reason="x", by=shop.house.manager)
    assert caught.value.status == 404
    with pytest.raises(Refusal) as caught:
        await slips.get("RK-LX01-2026-999999", by=shop.house.manager)
    assert caught.value.status == 404


async def test_slips_are_listed_newest_first(shop: Shop) -> None:
    await shop.bring(RICE, 5)
    await issue(shop, Line(1, barcode=RICE))
    rows, after = await slips.page(slips.Filter(), by=shop.house.clerk, limit=1)
    assert rows[0]["number"].startswith("FF-")
    rows, end = await slips.page(slips.Filter(), by=shop.house.clerk, limit=1, after=after)
    assert rows[0]["number"].startswith("RK-")
    assert end is None
    assert await slips.issued_today("LX01") == 1


async def test_a_day_of_work_verifies_clean_and_a_changed_line_does_not(shop: Shop) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    taken = await shop.bring_answer(SALT, 3, total_value_fen=100)
    number = (await issue(shop, Line(2, barcode=RICE), Line(1, barcode=SALT))).body["number"]
    await issue(shop, Line(1, barcode=RICE))
    await as_shown.reverse(number=number, reason="扫错", by=shop.house.manager)
    await as_shown.reverse(number=taken["number"], reason="数错", by=shop.house.manager)
    assert await verify.run() == []
    assert await ledger_verify.run() == []
    for change, invariant in (
        ("UPDATE goods_line SET quantity = quantity + 1 WHERE document LIKE 'RK-%'", "I4"),
        ("UPDATE goods_issue SET points_spent = points_spent + 1", "I4"),
        ("UPDATE goods_document SET reversed_by = NULL", "I6"),
        ("UPDATE series SET next = 9 WHERE name = 'RK-LX01'", "I7"),
        ("UPDATE lot SET fund = 'F-EDU'", "I8"),
    ):

        async def damage(tx: transactions.Tx, change: str = change) -> None:
            await tx.rows(f"{change} RETURNING 1 AS one")

        await transactions.run(damage)
        assert invariant in {failure.invariant for failure in await verify.run()}


async def test_a_reversal_is_the_slip_with_every_sign_turned(shop: Shop) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650)
    salt = await shop.bring(SALT, 4)
    number = (await issue(shop, Line(2, barcode=RICE), Line(3, lot=salt))).body["number"]
    answer = await as_shown.reverse(number=f" {number} ".strip().lower(), reason=" 扫错了卡 ", by=shop.house.manager)
    assert answer.status == 201
    lines = "SELECT n, barcode, lot, quantity, cost_fen, points, picked FROM goods_line WHERE document = $1 ORDER BY n"
    out, back = [await reading.rows(lines, name) for name in (number, answer.body["number"])]
    assert [(line["quantity"], line["cost_fen"], line["points"], bool(line["picked"])) for line in out] == [
        (-2, 2650, 52, True),
        (-3, 0, 9, False),
    ]
    assert back == [{**line, "quantity": -line["quantity"], "points": -line["points"]} for line in out]
    slip = await slips.get(answer.body["number"], by=shop.house.manager)
    assert (slip.kind, slip.store, slip.reverses, slip.reversed_by) == ("reversal", "LX01", number, None)
    assert (slip.reason, slip.actor) == ("扫错了卡", shop.house.manager.key)
    assert (slip.pieces, slip.points, slip.amount_fen) == (5, -61, 5300)
    assert slip.issue is not None
    assert (slip.issue["card"], slip.intake) == (shop.card, None)
    assert (await slips.get(number, by=shop.house.manager)).reversed_by == slip.number
    assert await verify_failures() == []


async def test_a_reversal_needs_a_reason_of_two_hundred_characters_and_cuts_none(shop: Shop) -> None:
    number = (await shop.bring_answer(SALT, 4))["number"]
    for reason in ("", "  \n"):
        with pytest.raises(Refusal) as caught:
            await as_shown.reverse(number=number, reason=reason, by=shop.house.manager)
        assert caught.value.code == "reason.missing"
    with pytest.raises(Refusal) as caught:
        await as_shown.reverse(number=number, reason="错" * 201, by=shop.house.manager)
    assert (caught.value.code, caught.value.status) == ("reason.long", 422)
    answer = await as_shown.reverse(number=number, reason="错" * 200, by=shop.house.manager)
    assert (await slips.get(answer.body["number"], by=shop.house.manager)).reason == "错" * 200


async def test_of_a_number_nobody_knows_forty_characters_are_repeated(shop: Shop) -> None:
    asked = "RK-" + "9" * 60
    for call in (
        slips.get(asked, by=shop.house.manager),
        as_shown.reverse(number=asked, reason="错", by=shop.house.manager),
    ):
        with pytest.raises(Refusal) as caught:
            await call
        assert (caught.value.code, caught.value.facts) == ("slip.unknown", {"number": asked[:40]})


async def test_a_slip_is_shown_to_its_store_and_to_whoever_may_read_goods(shop: Shop) -> None:
    number = (await shop.bring_answer(SALT, 4))["number"]
    north = replace(shop.house.clerk, store="LX02")
    for by in (north, shop.house.cashier):
        with pytest.raises(Refusal) as caught:
            await slips.get(number, by=by)
        assert caught.value.status == 403
        assert await slips.find(number, by=by) is None
    with pytest.raises(Refusal) as caught:
        await slips.page(slips.Filter(), by=shop.house.cashier)
    assert caught.value.status == 403
    with pytest.raises(Refusal) as caught:
        await as_shown.reverse(number=number, reason="错", by=replace(shop.house.manager, store="LX02"))
    assert caught.value.status == 403
    for by in (shop.house.clerk, shop.house.auditor):
        listed = await slips.find(number.lower(), by=by)
        assert listed is not None
        assert listed.number == number
    assert await slips.find("", by=shop.house.auditor) is None


async def test_an_intake_slip_shows_its_giver_and_values(shop: Shop) -> None:
    taken = await shop.bring_answer(SALT, 3, total_value_fen=1_000, donor=DONOR, campaign="everyday", fund="F-WARM")
    plain = await shop.bring_answer(SALT, 2)
    slip = await slips.get(taken["number"], by=shop.house.clerk)
    assert [(line.n, line.name, line.pieces, line.cost_fen, line.amount_fen) for line in slip.lines] == [
        (1, "食用盐 400g", 1, 334, 334),
        (2, "食用盐 400g", 2, 333, 666),
    ]
    assert (slip.pieces, slip.amount_fen, slip.points, slip.issue) == (3, 1_000, 0, None)
    stored = await reading.only("SELECT key, donor, receipt FROM donation WHERE amount_fen IS NOT NULL")
    receipt = await reading.only("SELECT code, number FROM receipt")
    assert slip.intake == {
        "source": "gift",
        "fund": "F-WARM",
        "campaign": "everyday",
        "donor": stored["donor"],
        "donation": stored["key"],
        "voucher": None,
        "receipt_code": receipt["code"],
        "receipt_number": receipt["number"],
        "donor_name": "恒溪纺织有限公司",
    }
    other = await slips.get(plain["number"], by=shop.house.clerk)
    assert other.intake is not None
    assert (other.amount_fen, other.lines[0].amount_fen, other.intake["donor_name"]) == (None, None, "爱心人士")
    assert other.intake["receipt_number"] is None


async def test_slips_are_found_by_store_kind_and_days(shop: Shop) -> None:
    today, tomorrow = (clock.today() + timedelta(days=n) for n in (0, 1))
    first = (await shop.bring_answer(RICE, 5, unit_value_fen=2650))["number"]
    line = IntakeLine(SALT, 9)
    north = replace(shop.house.clerk, store="LX02")
    other = (await intake.take_in(store="LX02", source="gift", lines=[line], by=north)).body["number"]
    with clock.fixed(clock.now() + timedelta(days=1)):
        out = (await issue(shop, Line(2, barcode=RICE), Line(1, barcode=RICE))).body["number"]
        back = (await as_shown.reverse(number=out, reason="错", by=shop.house.manager)).body["number"]
    by = shop.house.auditor

    async def listed(by: Actor = by, **chosen: str) -> list[str]:
        rows, following = await slips.page(slips.Filter(**chosen), by=by)
        assert following is None
        return [row["number"] for row in rows]

    everything = [back, out, other, first]
    assert await listed() == everything
    assert await listed(store="LX01") == [back, out, first]
    assert await listed(store="LX02") == [other]
    assert await listed(by=shop.house.clerk, store="LX02") == [back, out, first]
    assert await listed(kind="intake") == [other, first]
    assert await listed(kind="intake", store="LX01") == [first]
    assert await listed(from_on=tomorrow.isoformat()) == [back, out]
    assert await listed(to_on=today.isoformat()) == [other, first]
    assert await listed(from_on=today.isoformat(), to_on=tomorrow.isoformat()) == everything
    rows, _ = await slips.page(slips.Filter(), by=by)
    assert [(row["pieces"], row["amount_fen"]) for row in rows] == [(3, 7950), (3, 7950), (9, 0), (5, 13_250)]
    assert [(row["reverses"], row["reversed_by"]) for row in rows[:2]] == [(out, None), (None, back)]
    for limit in (1, 2, 3, 4):
        pages, after = [], None
        while True:
            rows, after = await slips.page(slips.Filter(), by=by, after=after, limit=limit)
            pages.append([row["number"] for row in rows])
            if after is None:
                break
        assert pages == [everything[n : n + limit] for n in range(0, 4, limit)]


async def test_a_page_of_slips_has_at_least_one_row_and_at_most_so_many(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await shop.bring(SALT, 1)
    assert (readers.PAGE, readers.PAGE_MAX) == (50, 1_000)
    monkeypatch.setattr(readers, "PAGE_MAX", 3)
    for asked, shown in ((-1, 1), (0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (99, 3)):
        rows, _ = await slips.page(slips.Filter(), by=shop.house.auditor, limit=asked)
        assert len(rows) == shown


async def test_of_today_only_baskets_that_were_not_taken_back_count(shop: Shop) -> None:
    await shop.bring(SALT, 9)
    north = replace(shop.house.clerk, store="LX02")
    await intake.take_in(store="LX02", source="gift", lines=[IntakeLine(SALT, 9)], by=north)
    assert await slips.issued_today("LX01") == 0
    await issue(shop, Line(1, barcode=SALT))
    wrong = (await issue(shop, Line(1, barcode=SALT))).body["number"]
    await as_shown.reverse(number=wrong, reason="错", by=shop.house.manager)
    for _ in range(3):
        await till.issue(store="LX02", card=shop.card, lines=[Line(1, barcode=SALT)], by=north)
    assert (await slips.issued_today("LX01"), await slips.issued_today("LX02")) == (1, 3)
    with clock.fixed(clock.now() + timedelta(days=1)):
        assert await slips.issued_today("LX01") == 0
        await issue(shop, Line(1, barcode=SALT))
        await issue(shop, Line(1, barcode=SALT))
        assert await slips.issued_today("LX01") == 2
    assert await slips.issued_today("LX01") == 1


async def test_what_to_reverse_first_is_named_newest_first_and_twenty_at_most(shop: Shop) -> None:
    lots = [
        IntakeLine(SALT, 30, expires_on=in_days(10)),
        IntakeLine(SALT, 5, expires_on=in_days(20)),
    ]
    taken = (await intake.take_in(store="LX01", source="gift", lines=lots, by=shop.house.clerk)).body
    await shop.bring(TOWEL, 9)
    await issue(shop, Line(1, barcode=TOWEL))
    wrong = (await issue(shop, Line(1, barcode=SALT))).body["number"]
    await as_shown.reverse(number=wrong, reason="错", by=shop.house.manager)
    out = [(await issue(shop, Line(1, barcode=SALT))).body["number"] for _ in range(3)]

    async def named() -> list[str]:
        with pytest.raises(Refusal) as caught:
            await as_shown.reverse(number=taken["number"], reason="错", by=shop.house.manager)
        assert caught.value.code == "document.goods_moved_on"
        return str(caught.value.facts["documents"]).split("、")

    assert await named() == out[::-1]
    out += [(await issue(shop, Line(1, barcode=SALT))).body["number"] for _ in range(18)]
    assert await named() == out[:0:-1]


async def test_an_intake_that_is_taken_back_is_no_gift_any_more(shop: Shop) -> None:
    count = "SELECT SUM(gifts) FROM month_sum WHERE register = 'donations'"
    kept = await shop.bring_answer(SALT, 1, unit_value_fen=500, campaign="everyday")
    plain = await shop.bring_answer(SALT, 2, campaign="everyday")
    taken = await shop.bring_answer(SALT, 3, total_value_fen=1_000, campaign="everyday")
    assert await reading.value(count) == 3
    for number in (taken["number"], plain["number"]):
        await as_shown.reverse(number=number, reason="错", by=shop.house.manager)
    assert await reading.value(count) == 1
    receipts = await reading.rows("SELECT code, status FROM receipt ORDER BY number")
    assert receipts == [
        {"code": kept["receipt"]["code"], "status": "issued"},
        {"code": taken["receipt"]["code"], "status": "voided"},
    ]
    statuses = await reading.rows("SELECT amount_fen, status FROM donation ORDER BY seq")
    assert [(row["amount_fen"], row["status"]) for row in statuses] == [
        (500, "ok"),
        (None, "reversed"),
        (1_000, "reversed"),
    ]
    assert await ledger_verify.run() == []
    assert await verify.run() == []


async def test_a_slip_is_taken_back_as_it_was_shown(shop: Shop, web: Web) -> None:
    number = (await shop.bring_answer(RICE, 5, unit_value_fen=2650))["number"]
    with pytest.raises(Refusal) as refused:
        await slips.reverse(number=number, reason="错", content_hash="0" * 64, by=shop.house.manager)
    assert refused.value.code == "content.changed"
    assert refused.value.now is not None
    assert refused.value.now.facts["pieces"] == 5
    manager, place = web.as_("manager"), f"/goods/documents/{number}/reverse"
    opened = await form_of(manager, place)
    assert opened["content_hash"] == refused.value.now.content_hash
    await as_shown.reverse(number=number, reason="先冲", by=shop.house.manager)
    old = await manager.post(place, data={**opened, "reason": "再冲"})
    assert old.status_code == 409
    assert "状态：您打开时看到的是 有效 → 现在是 已冲销" in old.text
    assert await reading.value("SELECT COUNT(*) FROM goods_document WHERE kind = 'reversal'") == 1
