"""What a till shows before it hands out, and that the books then decide the same; what an issue writes."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from goods.given import MILK, RICE, SALT, TOWEL, UNKNOWN, Shop, in_days, issue, refused

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.goods import cards, intake, till, verify
from charity.goods.intake import IntakeLine
from charity.goods.till import Line, Proxy, readers, verbs
from charity.ledger import verify as ledger_verify


async def preview(shop: Shop, *lines: Line, card: str | None = "") -> till.Preview:
    view = None if card is None else await cards.view(card or shop.card, by=shop.house.clerk)
    return await till.preview(store="LX01", card=view, lines=lines, by=shop.house.clerk)


async def test_a_preview_gives_the_reasons_of_the_refusal(shop: Shop) -> None:
    rice = await shop.bring(RICE, 7)
    bound = await shop.bring(SALT, 9, fund="F-EDU")
    warm = await shop.bring(TOWEL, 9, fund="F-WARM")
    line = IntakeLine(MILK, 2, in_days(30))
    north = replace(shop.house.clerk, store="LX02")
    far = (await intake.take_in(store="LX02", source="gift", lines=[line], by=north)).body["lots"][0]["code"]
    for lines in (
        [Line(8, barcode=RICE)],
        [Line(7, barcode=RICE)],
        [Line(1, barcode=SALT), Line(1, lot=bound)],
        [Line(1, lot=far)],
        [Line(1, barcode=MILK)],
        [Line(4, lot=rice), Line(4, barcode=RICE)],
        [Line(1, barcode=UNKNOWN), Line(1, barcode="1"), Line(1, lot="B22222222222"), Line(1, lot=tokens.lot_code())],
    ):
        shown = await preview(shop, *lines)
        refusal = await refused(shop, *lines)
        assert [error for error, _ in shown.reasons] == list(refusal.fields), lines
    shown = await preview(shop, Line(7, barcode=RICE))
    assert dict(shown.reasons[0][0].facts) == {"left": 180, "needed": 182}
    assert shown.plan.points == 182
    shown = await preview(shop, Line(1, lot=far))
    assert dict(shown.reasons[0][0].facts)["left"] == 0
    shown = await preview(shop, Line(6, lot=rice.lower()), Line(8, barcode=SALT.lower()), Line(2, barcode=TOWEL))
    assert [rule.code for _, rule in shown.reasons] == ["stock.short_held"]
    shown = await preview(shop, Line(6, lot=f" {rice.lower()} "), Line(2, barcode=TOWEL))
    assert (shown.reasons, shown.plan.points) == ([], 156)
    assert [(pick.lot.code, pick.quantity) for pick in shown.plan.picks] == [(rice, 6), (warm, 2)]
    assert set(shown.items) == {RICE, TOWEL}
    assert set(shown.by_code) == {rice}


async def test_a_basket_may_cost_all_the_points_there_are(shop: Shop) -> None:
    await shop.bring(SALT, 60)
    shown = await preview(shop, Line(60, barcode=SALT))
    assert (shown.reasons, shown.plan.points) == ([], 180)
    answer = await issue(shop, Line(60, barcode=SALT))
    assert (answer.status, answer.body["points_spent"], answer.body["points_left"]) == (201, 180, 0)


async def test_a_preview_without_a_card_says_nothing_of_points(shop: Shop) -> None:
    await shop.bring(RICE, 9)
    shown = await preview(shop, Line(9, barcode=RICE), card=None)
    assert (shown.card, shown.reasons, shown.plan.points) == (None, [], 234)


async def test_a_preview_names_what_is_wrong_with_the_card_first(shop: Shop) -> None:
    await shop.bring(RICE, 9)
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    shown = await preview(shop, Line(9, barcode=RICE))
    assert [rule.code for _, rule in shown.reasons] == ["card.suspended", "points.short"]
    refusal = await refused(shop, Line(9, barcode=RICE))
    assert [error for error, _ in shown.reasons] == list(refusal.fields)
    with pytest.raises(Refusal) as caught:
        await till.preview(store="LX01", card=None, lines=[], by=shop.house.cashier)
    assert caught.value.status == 403


async def test_a_till_serves_its_own_store(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    lines = [Line(1, barcode=SALT)]
    for by, store, status in (
        (shop.house.cashier, "LX01", 403),
        (shop.house.clerk, "LX02", 403),
        (shop.house.clerk, "LX99", 404),
    ):
        with pytest.raises(Refusal) as caught:
            await till.issue(store=store, card=shop.card, lines=lines, by=by)
        assert caught.value.status == status


async def test_an_issue_writes_its_slip_its_lines_and_its_books_whole(shop: Shop) -> None:
    warm = await shop.bring(RICE, 2, unit_value_fen=2650, fund="F-WARM", expires_on=in_days(20))
    plain = await shop.bring(RICE, 2, unit_value_fen=2500, expires_on=in_days(40))
    towel = await shop.bring(TOWEL, 3)
    lines = [Line(1, barcode=TOWEL), Line(3, barcode=RICE), Line(1, lot=towel)]
    answer = await issue(shop, *lines, proxy=Proxy("李阿姨", "住院"))
    number, household = answer.body["number"], shop.house.household
    assert answer.body == {
        "number": number,
        "entry": answer.body["entry"],
        "points_spent": 78,
        "points_left": 102,
        "lines": [
            {"lot": towel, "barcode": TOWEL, "quantity": 1},
            {"lot": warm, "barcode": RICE, "quantity": 2},
            {"lot": plain, "barcode": RICE, "quantity": 1},
            {"lot": towel, "barcode": TOWEL, "quantity": 1},
        ],
    }
    entry = await reading.only("SELECT * FROM entry ORDER BY seq DESC LIMIT 1")
    assert (entry["id16"], entry["kind"], entry["party"]) == (answer.body["entry"], "goods.issue", household)
    body = json.loads(entry["body"])
    assert body["facts"] == {
        "document": number,
        "store": "LX01",
        "programme": "P05",
        "recipients": 3,
        "households": 1,
        "category": "DIBAO",
    }
    year, quarter = clock.today().year, (clock.today().month - 1) // 3 + 1
    assert body["postings"] == [
        ["store:LX01", f"lot:{towel}", -2],
        ["world:households", f"lot:{towel}", 2],
        ["store:LX01", f"lot:{warm}", -2],
        ["world:households", f"lot:{warm}", 2],
        ["store:LX01", f"lot:{plain}", -1],
        ["world:households", f"lot:{plain}", 1],
        [f"household:{household}", f"points:LX:{year}-Q{quarter}", -78],
        ["points:redeemed", f"points:LX:{year}-Q{quarter}", 78],
        ["5101/P05/F-GEN", "CNY", 2500],
        ["1201/LX01/F-GEN", "CNY", -2500],
        ["5101/P05/F-WARM", "CNY", 5300],
        ["1201/LX01/F-WARM", "CNY", -5300],
    ]
    document = await reading.only("SELECT * FROM goods_document WHERE number = $1", number)
    assert document == {
        "number": number,
        "kind": "issue",
        "store": "LX01",
        "effective_on": clock.today().isoformat(),
        "seq": entry["seq"],
        "at": entry["recorded_at"],
        "actor": shop.house.clerk.key,
        "reverses": None,
        "reversed_by": None,
        "reason": None,
    }
    row = await reading.only("SELECT * FROM goods_issue")
    assert row.pop("proxy")
    assert row == {
        "number": number,
        "household": household,
        "card": shop.card,
        "category": "DIBAO",
        "members": 3,
        "programme": "P05",
        "points_spent": 78,
        "points_left": 102,
    }
    stored = await reading.rows("SELECT * FROM goods_line WHERE document = $1 ORDER BY n", number)
    assert [(r["n"], r["barcode"], r["lot"], r["quantity"], r["cost_fen"], r["points"]) for r in stored] == [
        (1, TOWEL, towel, -1, 0, 0),
        (2, RICE, warm, -2, 2650, 52),
        (3, RICE, plain, -1, 2500, 26),
        (4, TOWEL, towel, -1, 0, 0),
    ]
    assert [bool(r["picked"]) for r in stored] == [True, True, True, False]
    assert await ledger_verify.run() == []
    assert await verify.run() == []


async def test_a_basket_of_too_many_lots_is_divided(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert till.LOTS_MAX == 400
    monkeypatch.setattr(verbs, "LOTS_MAX", 2)
    for _ in range(3):
        await shop.bring(TOWEL, 1)
    refusal = await refused(shop, Line(3, barcode=TOWEL))
    assert (refusal.code, [error.field for error in refusal.fields]) == ("issue.too_many_lots", ["lines"])
    assert len((await issue(shop, Line(2, barcode=TOWEL))).body["lines"]) == 2


async def test_all_lots_are_looked_at_also_when_the_card_is_refused(shop: Shop) -> None:
    """The refusal that names a shortage only because few lots were looked at first is not the last word."""
    needed = till.FIRST_LOTS + 1
    for _ in range(needed):
        await shop.bring(TOWEL, 1)
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    refusal = await refused(shop, Line(needed, barcode=TOWEL))
    assert [error.field for error in refusal.fields] == ["card"]


async def test_a_basket_is_read_again_only_when_lots_were_short(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    read = readers.read

    async def noted(store: str, card: str, lines: Any, first: int) -> Any:
        asked.append(first)
        return await read(store, card, lines, first)

    monkeypatch.setattr(readers, "read", noted)
    await shop.bring(RICE, 9)
    assert (await refused(shop, Line(9, barcode=RICE))).code == "points.short"
    assert asked == [till.FIRST_LOTS]
    assert (await refused(shop, Line(10, barcode=RICE), card=shop.card2)).code == "issue.refused"
    assert asked == [till.FIRST_LOTS, till.FIRST_LOTS, 2_000]


async def test_a_household_whose_right_has_ended_gets_nothing(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    closed = "UPDATE household SET status = 'closed' WHERE key = $1 RETURNING key"
    await transactions.run(lambda tx: tx.rows(closed, shop.house.household))
    assert (await refused(shop, Line(1, barcode=SALT))).code == "household.closed"
    assert (await issue(shop, Line(1, barcode=SALT), card=shop.card2)).status == 201


async def test_a_card_serves_on_its_last_day_and_not_after_it(shop: Shop) -> None:
    await shop.bring(SALT, 5)
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    today = clock.today()
    card = await cards.issue(household=shop.house.household, by=shop.house.caseworker, allowed_until=today)
    assert (await issue(shop, Line(1, barcode=SALT), card=card)).status == 201
    with clock.fixed(clock.now() + timedelta(days=1)):
        assert (await refused(shop, Line(1, barcode=SALT), card=card)).code == "card.expired"
