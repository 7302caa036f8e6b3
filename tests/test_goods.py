"""Goods in and out: lots, value, points and books move together or not at all."""

import asyncio
import json
from datetime import timedelta

import pytest
import pytest_asyncio
from cast import Cast
from goods_cast import COAT, DONOR, MILK, RICE, SALT, TOWEL, Shop, counts, holding, in_days, opened

from charity import clock, tokens, words
from charity.db import migrations, reading, transactions
from charity.errors import Refusal
from charity.giving import receipts
from charity.giving import verify as giving_verify
from charity.giving.receipts import documents as receipt_documents
from charity.goods import cards, intake, items, points, purchases, slips, stock, till, verify
from charity.goods.intake import IntakeLine
from charity.goods.till import Line, Proxy
from charity.ledger import accounts as acc
from charity.ledger import verify as ledger_verify
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit

UNKNOWN = "2001000900008"


@pytest_asyncio.fixture
async def shop(house: Cast) -> Shop:
    return await opened(house)


def said(refusal: Refusal) -> str:
    return words.say(refusal.words, **refusal.facts)


async def issue(shop: Shop, *lines: Line, card: str | None = None, **told: object) -> Answer:
    return await till.issue(store="LX01", card=card or shop.card, lines=list(lines), by=shop.house.clerk, **told)


async def refused(shop: Shop, *lines: Line, card: str | None = None) -> Refusal:
    """The refusal of an issue, after which nothing was written."""
    before = await counts()
    with pytest.raises(Refusal) as caught:
        await issue(shop, *lines, card=card)
    assert await counts() == before
    return caught.value


# -- in -----------------------------------------------------------------------------------------------


async def test_a_valued_gift_becomes_a_lot_an_entry_and_a_receipt(shop: Shop) -> None:
    answer = await shop.bring_answer(RICE, 20, unit_value_fen=2650, fund="F-WARM", donor=DONOR)
    assert answer["number"] == f"RK-LX01-{clock.today().year}-000001"
    lot = answer["lots"][0]["code"]
    assert await shop.stand(lot) == 20
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
    assert await shop.stand(lot) == 7
    assert await reading.value("SELECT COUNT(*) FROM account WHERE chart = '1201'") == 0
    assert await reading.row("SELECT amount_fen, receipt FROM donation") == {"amount_fen": None, "receipt": None}
    told = await shop.bring_answer(COAT, 1, unit_value_fen=100, evidence="none")
    assert "receipt" not in told
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


async def test_every_fault_of_an_intake_is_told_at_once_and_nothing_is_written(shop: Shop) -> None:
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
    found = {(e.field, words.say(e.message, **dict(e.facts))) for e in caught.value.fields}
    assert ("lines.0.barcode", "条码 2001000100003 的校验位不对，应为 2，请重新扫描") in found
    assert ("lines.1.barcode", f"条码 {UNKNOWN} 尚未登记，请先登记商品") in found
    assert ("lines.2.barcode", "条码应为 13 位数字") in found
    assert {field for field, _ in found} == {
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


async def test_a_purchase_needs_a_voucher_and_a_price(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await intake.take_in(store="LX01", source="purchase", lines=[IntakeLine(SALT, 1)], by=shop.house.clerk)
    assert {e.field for e in caught.value.fields} == {"voucher", "lines.0.unit_value_fen"}
    line = IntakeLine(SALT, 1, unit_value_fen=100)
    with pytest.raises(Refusal) as caught:
        await intake.take_in(
            store="LX01", source="purchase", voucher="BF-2026-000001", lines=[line], by=shop.house.clerk
        )
    assert caught.value.code == "voucher.not_for_goods"


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


# -- out ----------------------------------------------------------------------------------------------


async def test_an_issue_moves_goods_points_and_books_in_one_entry(shop: Shop) -> None:
    lot = await shop.bring(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    answer = await issue(shop, Line(2, barcode=RICE), Line(1, barcode=RICE))
    assert answer.body["number"] == f"FF-LX01-{clock.today().year}-000001"
    assert (answer.body["points_spent"], answer.body["points_left"]) == (78, 102)
    assert await shop.stand(lot) == 2
    assert await shop.points() == 102
    assert await holding(acc.HOUSEHOLDS, acc.lot(lot)) == 3
    assert await holding("5101/P05/F-WARM", "CNY") == 7950
    assert await holding("1201/LX01/F-WARM", "CNY") == 5300
    entry = await reading.row("SELECT body, party FROM entry WHERE id16 = $1", answer.body["entry"])
    assert entry is not None
    body = json.loads(entry["body"])
    assert (body["facts"]["programme"], body["facts"]["recipients"]) == ("P05", 3)
    assert entry["party"] == shop.house.household
    assert "王" not in entry["body"]


async def test_the_first_expiring_lot_goes_first_and_expired_or_restricted_lots_never(shop: Shop) -> None:
    late = await shop.bring(MILK, 1, expires_on=in_days(90))
    early = await shop.bring(MILK, 1, expires_on=in_days(12))
    await shop.bring(MILK, 5, expires_on=in_days(3), fund="F-EDU")
    with clock.telling(clock.now() - timedelta(days=40)):
        await shop.bring(MILK, 5, expires_on=in_days(10))
    answer = await issue(shop, Line(1, barcode=MILK))
    assert [line["lot"] for line in answer.body["lines"]] == [early]
    refusal = await refused(shop, Line(2, barcode=MILK))
    assert said(refusal) == "纯牛奶 250ml×16 库存不足：可发放 1，需要 2（另有 10 已过期或限定用途）"
    answer = await issue(shop, Line(1, barcode=MILK))
    assert [line["lot"] for line in answer.body["lines"]] == [late]
    rows = await reading.rows("SELECT picked FROM goods_line WHERE quantity < 0")
    assert all(row["picked"] for row in rows)


async def test_a_basket_may_need_more_lots_than_are_looked_at_first(shop: Shop) -> None:
    needed = till.FIRST_LOTS + 4
    codes = [await shop.bring(TOWEL, 1, fund="F-EDU" if n < 3 else "F-GEN") for n in range(needed + 3)]
    answer = await issue(shop, Line(needed, barcode=TOWEL))
    assert {line["lot"] for line in answer.body["lines"]} == set(codes[3:])


async def test_a_scanned_lot_is_taken_exactly(shop: Shop) -> None:
    late = await shop.bring(MILK, 2, expires_on=in_days(90))
    early = await shop.bring(MILK, 2, expires_on=in_days(12))
    answer = await issue(shop, Line(1, barcode=MILK), Line(1, lot=late.lower()))
    assert [line["lot"] for line in answer.body["lines"]] == [early, late]
    picked = await reading.rows("SELECT lot, picked FROM goods_line WHERE quantity < 0 ORDER BY n")
    assert [bool(row["picked"]) for row in picked] == [True, False]


async def test_every_shortage_is_told_at_once(shop: Shop) -> None:
    lot = await shop.bring(RICE, 2)
    with clock.telling(clock.now() - timedelta(days=40)):
        old = await shop.bring(MILK, 9, expires_on=in_days(10))
    bound = await shop.bring(SALT, 9, fund="F-EDU")
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    refusal = await refused(
        shop,
        Line(9, barcode=RICE),
        Line(1, lot=old),
        Line(1, lot=bound),
        Line(1, barcode=UNKNOWN),
        Line(1, barcode="2001000100003"),
        Line(3, lot=lot),
        Line(1, lot="B22222222222"),
    )
    today = clock.today().isoformat()
    text = said(refusal)
    for part in (
        f"爱心卡自 {today} 起停用：等待年度复核",
        "大米(晚籼) 5kg 库存不足：可发放 0，需要 9",
        f"批次 {old} 已于",
        f"批次 {bound} 属于限定用途基金 F-EDU",
        f"条码 {UNKNOWN} 尚未登记",
        "条码 2001000100003 的校验位不对，应为 2",
        f"批次 {lot} 在本店只有 2，需要 3",
        "批次码 B22222222222 的校验位不对",
        "积分不足：现有 180，需要",
    ):
        assert part in text
    assert refusal.status == 409
    with words.speaking("en"):
        english = said(refusal)
    assert "suspended" in english
    assert not any(
        "一" <= char <= "鿿" for char in english.replace("大米(晚籼)", "").replace("纯牛奶", "").replace("食用盐", "")
    )


async def test_a_card_that_cannot_be_used_says_why(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    line = Line(1, barcode=SALT)
    assert (await refused(shop, line, card="C22222222222")).code == "card.unreadable"
    assert (await refused(shop, line, card=_other_card(shop.card))).code == "card.unknown"
    new = await cards.replace_lost(card=shop.card, by=shop.house.caseworker)
    assert (await refused(shop, line)).code == "card.lost"
    assert (await issue(shop, line, card=new)).status == 201


def _other_card(card: str) -> str:
    while (other := tokens.card_code()) == card:
        pass
    return other


async def test_a_card_past_its_day_is_refused(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    card = await cards.issue(
        household=shop.house.household, by=shop.house.caseworker, allowed_until=clock.today() - timedelta(days=1)
    )
    assert (await refused(shop, Line(1, barcode=SALT), card=card)).code == "card.expired"
    with pytest.raises(Refusal) as caught:
        await cards.issue(household=shop.house.household, by=shop.house.caseworker)
    assert caught.value.code == "card.had"


async def test_a_card_without_points_gets_only_what_costs_none(shop: Shop) -> None:
    await shop.bring(RICE, 9)
    await shop.bring(TOWEL, 9)
    await issue(shop, Line(2, barcode=RICE), card=shop.card2)
    assert await shop.points(shop.house.household2) == 8
    refusal = await refused(shop, Line(1, barcode=RICE), card=shop.card2)
    assert said(refusal) == "积分不足：现有 8，需要 26"
    assert (await issue(shop, Line(1, barcode=TOWEL), card=shop.card2)).body["points_spent"] == 0


async def test_an_empty_basket_is_refused(shop: Shop) -> None:
    assert (await refused(shop)).code == "issue.empty"


async def test_a_proxy_is_sealed_and_opened_on_the_slip(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    answer = await issue(shop, Line(1, barcode=SALT), proxy=Proxy("张小红", "行动不便"))
    stored = await reading.value("SELECT proxy FROM goods_issue")
    assert "张小红".encode() not in bytes(stored)
    document = await slips.get(answer.body["number"], by=shop.house.clerk)
    assert document.issue is not None
    assert document.issue["proxy"] == {"name": "张小红", "reason": "行动不便"}
    assert document.issue["masked_name"] == "王*"


async def test_the_same_post_ten_times_at_once_is_one_issue(shop: Shop) -> None:
    lot = await shop.bring(SALT, 20)
    key = Idem("goods.issue:clerk", "k1", "f1")
    answers = await asyncio.gather(*(issue(shop, Line(1, barcode=SALT), idem=key) for _ in range(10)))
    assert len({a.body["number"] for a in answers}) == 1
    assert sum(not a.replayed for a in answers) == 1
    assert await shop.stand(lot) == 19
    again = await issue(shop, Line(1, barcode=SALT), idem=key)
    assert again.replayed
    with pytest.raises(Refusal) as caught:
        await issue(shop, Line(2, barcode=SALT), idem=Idem("goods.issue:clerk", "k1", "f2"))
    assert caught.value.status == 422


async def test_sixty_four_parallel_issues_of_the_last_ten_pieces_give_exactly_ten(shop: Shop) -> None:
    lot = await shop.bring(SALT, 10, unit_value_fen=250)
    outcomes = await asyncio.gather(
        *(issue(shop, Line(1, barcode=SALT), card=(shop.card, shop.card2)[n % 2]) for n in range(64)),
        return_exceptions=True,
    )
    done = [o for o in outcomes if isinstance(o, Answer)]
    assert len(done) == 10
    assert all(isinstance(o, Refusal) and o.code == "stock.short" for o in outcomes if not isinstance(o, Answer))
    assert await shop.stand(lot) == 0
    assert await holding("1201/LX01/F-GEN", "CNY") == 0
    assert await holding("5101/P05/F-GEN", "CNY") == 2500
    assert await shop.points() + await shop.points(shop.house.household2) == 240 - 30
    sums = await reading.rows("SELECT unit, SUM(quantity) AS total FROM posting GROUP BY seq, unit")
    assert {int(row["total"]) for row in sums} == {0}
    numbers = sorted(o.body["number"] for o in done)
    assert numbers == [f"FF-LX01-{clock.today().year}-{n:06d}" for n in range(1, 11)]


# -- points -------------------------------------------------------------------------------------------


async def test_points_of_a_cycle_are_given_once(shop: Shop) -> None:
    assert await shop.points() == 180
    assert await points.grant_cycle(by=shop.house.caseworker) == 0
    assert await shop.points() == 180
    assert await shop.points(shop.house.household2) == 60


async def test_the_oldest_points_are_spent_first_and_the_rest_expires(shop: Shop) -> None:
    scheme = await points.scheme()
    later = clock.today() + timedelta(days=92)
    after = clock.now() + timedelta(days=92)
    with clock.telling(after):
        next_cycle = scheme.cycle_of(later)
        assert await points.grant_cycle(by=shop.house.caseworker) == 2
        assert await shop.points() == 360
        await shop.bring(RICE, 9)
        await issue(shop, Line(4, barcode=RICE))
        household = acc.household(shop.house.household)
        assert await holding(household, acc.points("LX", next_cycle)) == 180
        assert await shop.points() == 256
    with clock.telling(clock.now() + timedelta(days=184)):
        assert await shop.points() == 180
        assert await points.expire(by=shop.house.caseworker) == 2
        assert await points.expire(by=shop.house.caseworker) == 0
        assert await shop.points() == 180
    assert await holding(acc.EXPIRED, acc.points("LX", scheme.cycle_of(clock.today()))) == 76 + 60


async def test_a_lost_card_loses_no_points(shop: Shop) -> None:
    new = await cards.replace_lost(card=shop.card, by=shop.house.caseworker)
    view = await cards.view(new, by=shop.house.clerk)
    assert (view.points, view.masked_name, view.members, view.status) == (180, "王*", 3, "active")
    listed = await cards.active(store="LX01")
    assert {row["code"] for row in listed} == {new, shop.card2}


async def test_only_those_who_may_touch_cards_and_points(shop: Shop) -> None:
    for act in (
        cards.issue(household=shop.house.household, by=shop.house.clerk),
        cards.suspend(card=shop.card, reason="review", by=shop.house.cashier),
        points.grant_cycle(by=shop.house.clerk),
        slips.reverse(number="RK-LX01-2026-000001", reason="错", by=shop.house.clerk),
        stock.page(stock.Filter(store="LX02"), by=shop.house.clerk),
    ):
        with pytest.raises(Refusal) as caught:
            await act
        assert caught.value.status == 403


# -- back ---------------------------------------------------------------------------------------------


async def test_a_reversed_issue_gives_goods_and_points_back(shop: Shop) -> None:
    lot = await shop.bring(RICE, 5, unit_value_fen=2650)
    number = (await issue(shop, Line(2, barcode=RICE))).body["number"]
    answer = await slips.reverse(number=number, reason="扫错了卡", by=shop.house.manager)
    assert answer.body["number"].startswith("CX-LX01-")
    assert await shop.stand(lot) == 5
    assert await shop.points() == 180
    assert await holding("5101/P05/F-GEN", "CNY") == 0
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number=number, reason="再来", by=shop.house.manager)
    assert caught.value.code == "document.reversed"
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number=answer.body["number"], reason="再来", by=shop.house.manager)
    assert caught.value.code == "document.reversal"
    body = await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1")
    assert "扫错了卡" not in body


async def test_an_intake_whose_goods_moved_on_names_what_to_reverse_first(shop: Shop) -> None:
    answer = await shop.bring_answer(RICE, 5, unit_value_fen=2650, donor=DONOR)
    number = (await issue(shop, Line(2, barcode=RICE))).body["number"]
    before = await counts()
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number=answer["number"], reason="数错了", by=shop.house.manager)
    assert number in said(caught.value)
    assert await counts() == before
    await slips.reverse(number=number, reason="先冲", by=shop.house.manager)
    await slips.reverse(number=answer["number"], reason="数错了", by=shop.house.manager)
    assert await holding("1201/LX01/F-GEN", "CNY") == 0
    assert await reading.value("SELECT status FROM receipt") == "voided"
    assert await reading.value("SELECT status FROM donation") == "reversed"
    assert await shop.stand(answer["lots"][0]["code"]) == 0


async def test_an_unknown_document_is_not_found(shop: Shop) -> None:
    with pytest.raises(Refusal) as caught:
        await slips.reverse(number="RK-LX01-2026-999999", reason="x", by=shop.house.manager)
    assert caught.value.status == 404
    with pytest.raises(Refusal) as caught:
        await slips.get("RK-LX01-2026-999999", by=shop.house.manager)
    assert caught.value.status == 404


# -- reading ------------------------------------------------------------------------------------------


async def test_the_stock_lists_lots_by_page_and_warns_of_expiry(shop: Shop) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650)
    await shop.bring(MILK, 2, expires_on=in_days(12))
    await shop.bring(MILK, 3, expires_on=in_days(5))
    await shop.bring(SALT, 4)
    clerk = shop.house.clerk
    chosen = stock.Filter(store="LX01")
    first, after = await stock.page(chosen, by=clerk, limit=3)
    assert [(line.barcode, line.quantity) for line in first] == [(RICE, 5), (SALT, 4), (MILK, 3)]
    assert after is not None
    second, end = await stock.page(chosen, by=clerk, limit=3, after=after)
    assert [(line.barcode, line.quantity) for line in second] == [(MILK, 2)]
    assert end is None
    figures = await stock.figures(chosen, by=clerk)
    assert (figures.lots, figures.pieces, figures.cost_fen) == (4, 14, 13_250)
    assert (figures.expired, figures.within) == (0, {7: 1, 30: 2, 90: 2})
    found, _ = await stock.page(stock.Filter(store="LX01", text="牛奶", within_days=7), by=clerk)
    assert [line.quantity for line in found] == [3]
    with clock.telling(clock.now() + timedelta(days=6)):
        assert (await stock.figures(chosen, by=clerk)).expired == 1


async def test_documents_are_listed_newest_first(shop: Shop) -> None:
    await shop.bring(RICE, 5)
    await issue(shop, Line(1, barcode=RICE))
    rows, after = await slips.page(slips.Filter(), by=shop.house.clerk, limit=1)
    assert rows[0]["number"].startswith("FF-")
    rows, end = await slips.page(slips.Filter(), by=shop.house.clerk, limit=1, after=after)
    assert rows[0]["number"].startswith("RK-")
    assert end is None
    assert await slips.issued_today("LX01") == 1


# -- verify -------------------------------------------------------------------------------------------


async def test_a_day_of_work_verifies_clean_and_a_changed_line_does_not(shop: Shop) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    taken = await shop.bring_answer(SALT, 3, total_value_fen=100)
    number = (await issue(shop, Line(2, barcode=RICE), Line(1, barcode=SALT))).body["number"]
    await issue(shop, Line(1, barcode=RICE))
    await slips.reverse(number=number, reason="扫错", by=shop.house.manager)
    await slips.reverse(number=taken["number"], reason="数错", by=shop.house.manager)
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
    fresh = (await receipts.replace(taken["receipt"]["code"], reason="写错", by=shop.house.accountant)).body
    for receipt in (taken["receipt"], fresh):
        kept = (await receipts.goods_lines([receipt["number"]]))[receipt["number"]]
        assert [(x.name, x.measure, x.quantity, x.price_fen, x.evidence) for x in kept] == printed
        shown = await receipt_documents._printed(receipt["code"], masked=True)
        assert [(x.specification, x.quantity, x.amount_fen, x.basis) for x in shown.lines] == [
            ("大米(晚籼) 5kg", 2, 5300, "发票"),
            ("旧棉衣 成人(已消毒)", 3, None, ""),
            ("食用盐 400g", 1, 334, "市场价"),
            ("食用盐 400g", 2, 666, "市场价"),
        ]
    assert [*await verify.run(), *await giving_verify.run()] == []


async def test_receipts_made_before_their_goods_were_kept_get_those_of_the_slip(shop: Shop) -> None:
    await shop.bring(COAT, 1)
    taken = await shop.bring_answer(SALT, 3, total_value_fen=1000)
    await receipts.replace(taken["receipt"]["code"], reason="写错", by=shop.house.accountant)
    rows = await reading.rows("SELECT * FROM receipt_item ORDER BY number, n")
    assert len(rows) == 4

    async def before(tx: transactions.Tx) -> None:
        await tx.rows("DROP TABLE receipt_item")
        await tx.rows("DELETE FROM migration WHERE name = '0013_receipt_items'")

    await transactions.run(before)
    assert await migrations.migrate() == ["0013_receipt_items"]
    assert await reading.rows("SELECT * FROM receipt_item ORDER BY number, n") == rows


async def test_bought_goods_use_up_their_voucher(shop: Shop) -> None:
    await _paid_voucher("BF-2026-000001", 10_000, "F-WARM")
    line = IntakeLine(RICE, 3, in_days(90), unit_value_fen=2000)
    told = {"store": "LX01", "source": "purchase", "voucher": "BF-2026-000001", "by": shop.house.clerk}
    first = (await intake.take_in(lines=[line], **told)).body
    assert "receipt" not in first
    assert await holding("1201/LX01/F-WARM", "CNY") == 6000
    assert await holding("1141/-/F-WARM", "CNY") == -6000
    assert await holding(acc.SUPPLIERS, acc.lot(first["lots"][0]["code"])) == -3
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[line], **told)
    assert said(caught.value) == "拨付审批单 BF-2026-000001 还可入库 40.00 元，本次需要 60.00 元"
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[line], fund="F-GEN", **told)
    assert caught.value.code == "voucher.other_fund"
    outcomes = await asyncio.gather(
        *(intake.take_in(lines=[IntakeLine(SALT, 1, unit_value_fen=1000)], **told) for _ in range(9)),
        return_exceptions=True,
    )
    assert sum(isinstance(o, Answer) for o in outcomes) == 4
    await slips.reverse(number=first["number"], reason="退货", by=shop.house.manager)
    assert await reading.value("SELECT received_fen FROM goods_purchase") == 4000
    assert await verify.run() == []


async def test_a_bounced_purchase_takes_no_goods_until_it_is_paid_again(shop: Shop) -> None:
    number = "BF-2026-000002"
    told = {"store": "LX01", "source": "purchase", "voucher": number, "by": shop.house.clerk}
    line = IntakeLine(SALT, 1, unit_value_fen=1000)

    async def bounced() -> None:
        def decide(state: State) -> Answer:
            purchases.close(state, number)
            return Answer(200, {})

        await submit(Command(decide, Wants(rows=[purchases.wants(number)])))

    await _paid_voucher(number, 5_000, "F-WARM")
    taken = (await intake.take_in(lines=[line], **told)).body
    with pytest.raises(Refusal) as caught:
        await bounced()
    assert said(caught.value) == "拨付审批单 BF-2026-000002 已入库物资 10.00 元，请先冲销入库单"
    await slips.reverse(number=taken["number"], reason="退汇", by=shop.house.manager)
    await bounced()
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[line], **told)
    assert caught.value.code == "voucher.not_for_goods"
    await _paid_voucher(number, 4_000, "F-GEN")
    with pytest.raises(Refusal) as caught:
        await intake.take_in(lines=[IntakeLine(SALT, 5, unit_value_fen=1000)], **told)
    assert caught.value.code == "voucher.short"
    await intake.take_in(lines=[IntakeLine(SALT, 4, unit_value_fen=1000)], **told)
    assert await holding("1141/-/F-GEN", "CNY") == -4000
    assert await verify.run() == []


async def _paid_voucher(number: str, amount_fen: int, fund: str) -> None:
    """A purchase as aid opens it when it pays."""

    def decide(state: State) -> Answer:
        purchases.open(state, number, fund, amount_fen)
        return Answer(201, {})

    await submit(Command(decide, Wants(rows=[purchases.wants(number)])))
