"""Goods go out: pieces, points, value and books move together or not at all."""

import asyncio
import json
from datetime import timedelta

import pytest
from goods.given import MILK, RICE, SALT, TOWEL, UNKNOWN, Shop, holding, in_days, issue, refused, sentence

from charity import clock, tokens, words
from charity.db import reading
from charity.errors import Refusal
from charity.goods import cards, slips, till
from charity.goods.till import Line, Proxy
from charity.ledger import accounts as acc
from charity.ledger.writer import Answer, Idem


async def test_an_issue_moves_goods_points_and_books_in_one_entry(shop: Shop) -> None:
    lot = await shop.bring(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    answer = await issue(shop, Line(2, barcode=RICE), Line(1, barcode=RICE))
    assert answer.body["number"] == f"FF-LX01-{clock.today().year}-000001"
    assert (answer.body["points_spent"], answer.body["points_left"]) == (78, 102)
    assert await shop.on_hand(lot) == 2
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
    with clock.fixed(clock.now() - timedelta(days=40)):
        await shop.bring(MILK, 5, expires_on=in_days(10))
    answer = await issue(shop, Line(1, barcode=MILK))
    assert [line["lot"] for line in answer.body["lines"]] == [early]
    refusal = await refused(shop, Line(2, barcode=MILK))
    assert sentence(refusal) == "纯牛奶 250ml×16 只剩 1 箱，要 2 箱（另有 10 箱已过期，或是捐赠人指定了用处的）"
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
    answer = await issue(shop, Line(1, barcode=f"0{MILK}"), Line(1, lot=late.lower()))
    assert [line["lot"] for line in answer.body["lines"]] == [early, late]
    picked = await reading.rows("SELECT lot, picked FROM goods_line WHERE quantity < 0 ORDER BY n")
    assert [bool(row["picked"]) for row in picked] == [True, False]


async def test_an_issue_names_every_shortage_at_once(shop: Shop) -> None:
    lot = await shop.bring(RICE, 2)
    with clock.fixed(clock.now() - timedelta(days=40)):
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
    text = sentence(refusal)
    for part in (
        f"爱心卡自 {today} 起停用：等待年度复核",
        "大米(晚籼) 5kg 只剩 0 袋，要 9 袋",
        f"批次 {old} 已于",
        f"批次 {bound} 是捐赠人指定了用处的物资",
        f"条码 {UNKNOWN} 尚未登记",
        "条码 2001000100003 有一位不对（按其余各位，末位应为 2）",
        f"批次 {lot} 在本店只剩 2 袋，要 3 袋",
        "批次码 B22222222222 有一位不对",
        "积分不足：现有 180，需要",
    ):
        assert part in text
    assert refusal.status == 409
    with words.speaking("en"):
        english = sentence(refusal)
    assert "suspended" in english
    for typed in ("大米(晚籼)", "纯牛奶", "食用盐", "袋"):  # names and measures are the catalogue's
        english = english.replace(typed, "")
    assert not any("一" <= char <= "鿿" for char in english)


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
    assert sentence(refusal) == "积分不足：现有 8，需要 26"
    assert (await issue(shop, Line(1, barcode=TOWEL), card=shop.card2)).body["points_spent"] == 0


async def test_an_empty_basket_is_refused(shop: Shop) -> None:
    assert (await refused(shop)).code == "issue.empty"


async def test_a_proxy_is_sealed_and_opened_on_the_slip(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    answer = await issue(shop, Line(1, barcode=SALT), proxy=Proxy("张小红", "行动不便"))
    stored = await reading.value("SELECT proxy FROM goods_issue")
    assert "张小红".encode() not in bytes(stored)
    slip = await slips.get(answer.body["number"], by=shop.house.clerk)
    assert slip.issue is not None
    assert slip.issue["proxy"] == {"name": "张小红", "reason": "行动不便"}
    assert slip.issue["masked_name"] == "王*"


async def test_the_same_post_ten_times_at_once_is_one_issue(shop: Shop) -> None:
    lot = await shop.bring(SALT, 20)
    key = Idem("goods.issue:clerk", "k1", "f1")
    answers = await asyncio.gather(*(issue(shop, Line(1, barcode=SALT), idem=key) for _ in range(10)))
    assert len({a.body["number"] for a in answers}) == 1
    assert sum(not a.replayed for a in answers) == 1
    assert await shop.on_hand(lot) == 19
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
    assert await shop.on_hand(lot) == 0
    assert await holding("1201/LX01/F-GEN", "CNY") == 0
    assert await holding("5101/P05/F-GEN", "CNY") == 2500
    assert await shop.points() + await shop.points(shop.house.household2) == 240 - 30
    sums = await reading.rows("SELECT unit, SUM(quantity) AS total FROM posting GROUP BY seq, unit")
    assert {int(row["total"]) for row in sums} == {0}
    numbers = sorted(o.body["number"] for o in done)
    assert numbers == [f"FF-LX01-{clock.today().year}-{n:06d}" for n in range(1, 11)]
