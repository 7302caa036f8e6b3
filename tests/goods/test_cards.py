"""Aid cards: given once, suspended, resumed, lost and replaced; what the till and a list say of them."""

from datetime import timedelta
from typing import Any

import pytest
from goods.given import SALT, Shop, issue

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.goods import cards, points
from charity.goods.till import Line
from charity.people import households
from charity.people.households import NewHousehold


async def refused(call: Any) -> str:
    with pytest.raises(Refusal) as caught:
        await call
    return caught.value.code


async def stored(code: str) -> dict[str, Any]:
    row = await reading.only("SELECT * FROM card WHERE code = $1", code)
    del row["created_at"]
    return row


async def household(code: str, store: str = "LX01") -> str:
    new = [NewHousehold(code, "张秀兰", "999901002", "DIBAO", 2, store)]
    (key,) = await transactions.run(lambda tx: households.add(tx, new))
    return key


async def test_a_card_is_suspended_resumed_lost_and_replaced(shop: Shop) -> None:
    by, today, other = shop.house.caseworker, clock.today().isoformat(), await stored(shop.card2)
    fresh: dict[str, Any] = {
        "code": shop.card,
        "household": shop.house.household,
        "status": "active",
        "status_on": today,
        "reason": "",
        "allowed_until": None,
        "replaced_by": None,
    }
    assert await stored(shop.card) == fresh
    assert await refused(cards.resume(card=shop.card, by=by)) == "card.not_active"
    await cards.suspend(card=shop.card.lower(), reason="moved", by=by)
    assert await stored(shop.card) == fresh | {"status": "suspended", "reason": "moved"}
    assert await refused(cards.suspend(card=shop.card, reason="review", by=by)) == "card.not_active"
    with clock.fixed(clock.now() + timedelta(days=1)):
        tomorrow = clock.today().isoformat()
        await cards.resume(card=shop.card, by=by)
        assert await stored(shop.card) == fresh | {"status_on": tomorrow}
        new = await cards.replace_lost(card=shop.card, by=by)
    lost = fresh | {"status": "lost", "status_on": tomorrow, "replaced_by": new}
    assert await stored(shop.card) == lost
    assert await stored(new) == fresh | {"code": new, "status_on": tomorrow}
    for call in (
        cards.resume(card=shop.card, by=by),
        cards.suspend(card=shop.card, reason="review", by=by),
        cards.replace_lost(card=shop.card, by=by),
    ):
        assert await refused(call) == "card.not_active"
    assert await stored(shop.card) == lost
    assert await stored(shop.card2) == other


async def test_a_suspended_card_can_be_lost_too_and_its_last_day_goes_over(shop: Shop) -> None:
    by, key = shop.house.caseworker, await household("HH0003")
    until = clock.today() + timedelta(days=30)
    code = await cards.issue(household=key, by=by, allowed_until=until)
    await cards.suspend(card=code, reason="review", by=by)
    new = await cards.replace_lost(card=code, by=by)
    assert (await stored(new))["allowed_until"] == until.isoformat()
    assert (await stored(code))["reason"] == ""


async def test_a_household_has_one_active_card(shop: Shop) -> None:
    by = shop.house.caseworker
    assert await refused(cards.issue(household=shop.house.household, by=by)) == "card.had"
    await cards.suspend(card=shop.card, reason="review", by=by)
    new = await cards.issue(household=shop.house.household, by=by)
    assert await refused(cards.issue(household=shop.house.household, by=by)) == "card.had"
    assert await reading.value("SELECT COUNT(*) FROM card WHERE household = $1", shop.house.household) == 2
    assert (await stored(new))["status"] == "active"


async def test_a_card_that_is_not_there_is_not_found_by_any_verb(shop: Shop) -> None:
    by, unknown = shop.house.caseworker, tokens.card_code()
    for call in (
        cards.resume(card=unknown, by=by),
        cards.suspend(card=unknown, reason="review", by=by),
        cards.replace_lost(card=unknown, by=by),
        cards.view(unknown, by=shop.house.clerk),
    ):
        assert await refused(call) == "card.not_found"
    assert await refused(cards.view("C22222222222", by=shop.house.clerk)) == "card.unreadable"


async def test_cards_are_managed_by_caseworkers_and_read_at_the_till(shop: Shop) -> None:
    clerk = shop.house.clerk
    for call in (
        cards.issue(household=shop.house.household, by=clerk),
        cards.suspend(card=shop.card, reason="review", by=clerk),
        cards.resume(card=shop.card, by=clerk),
        cards.replace_lost(card=shop.card, by=clerk),
        cards.view(shop.card, by=shop.house.cashier),
    ):
        assert await refused(call) == "not_yours"
    assert (await stored(shop.card))["status"] == "active"


def usable(**changes: Any) -> list[tuple[str, dict[str, Any]]]:
    card = {"status": "active", "status_on": "2026-01-02", "reason": "", "allowed_until": None}
    state = changes.pop("household", "active")
    reasons = cards.why_unusable(card | changes, {"status": state}, "2026-06-01")
    assert {error.field for error, _ in reasons} <= {"card"}
    return [(rule.code, dict(error.facts)) for error, rule in reasons]


def test_why_a_card_cannot_be_used() -> None:
    assert usable() == usable(allowed_until="2026-06-01") == usable(allowed_until="2026-06-02") == []
    assert usable(allowed_until="2026-05-31") == [("card.expired", {"until": "2026-05-31"})]
    assert usable(status="suspended", reason="moved") == [
        ("card.suspended", {"since": "2026-01-02", "reason": "已迁出本市"})
    ]
    assert usable(status="lost") == [("card.lost", {"since": "2026-01-02"})]
    assert usable(household="closed") == [("household.closed", {})]
    assert [code for code, _ in usable(status="lost", allowed_until="2026-05-31", household="closed")] == [
        "card.lost",
        "card.expired",
        "household.closed",
    ]


async def test_the_till_sees_a_card_without_a_name(shop: Shop) -> None:
    view = await cards.view(f" {shop.card.lower()} ", by=shop.house.clerk)
    assert view == cards.CardView(shop.card, shop.house.household, "active", 180, 3, "低保", "王*", None)
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    view = await cards.view(shop.card, by=shop.house.clerk)
    assert (view.status, [rule.code for _, rule in view.refusals]) == ("suspended", ["card.suspended"])
    await transactions.run(lambda tx: tx.rows("UPDATE household SET status = 'closed' RETURNING key"))
    assert [rule.code for _, rule in (await cards.view(shop.card2, by=shop.house.clerk)).refusals] == [
        "household.closed"
    ]


async def test_only_cards_that_work_are_listed_with_their_points(shop: Shop) -> None:
    by = shop.house.caseworker
    far = await cards.issue(household=await household("HH0003", "LX02"), by=by)
    gone = await cards.issue(household=await household("HH0004"), by=by)
    closed = "UPDATE household SET status = 'closed' WHERE code = 'HH0004' RETURNING key"
    await transactions.run(lambda tx: tx.rows(closed))
    lost = await cards.issue(household=await household("HH0005"), by=by)
    new = await cards.replace_lost(card=lost, by=by)
    await shop.bring(SALT, 9)
    await issue(shop, Line(2, barcode=SALT))
    rows = {
        shop.card: {"code": shop.card, "store": "LX01", "members": 3, "points": 174},
        shop.card2: {"code": shop.card2, "store": "LX01", "members": 2, "points": 60},
        new: {"code": new, "store": "LX01", "members": 2, "points": 0},
        far: {"code": far, "store": "LX02", "members": 2, "points": 0},
    }
    here = sorted({shop.card, shop.card2, new})
    assert await cards.active() == [rows[code] for code in sorted(rows)]
    assert await cards.active(store="LX01") == [rows[code] for code in here]
    assert await cards.active(store="LX02") == [rows[far]]
    assert await cards.active(store="LX00") == []
    assert await cards.active(store="LX01", limit=2) == [rows[code] for code in here[:2]]
    assert gone not in rows


async def test_a_long_list_of_cards_has_the_points_of_every_household(shop: Shop) -> None:
    """More households than one question about points asks for."""
    count = 520
    new = [NewHousehold(f"HL{n:04d}", "张秀兰", "999901002", "DIBAO", 2, "LX02") for n in range(count)]
    keys = await transactions.run(lambda tx: households.add(tx, new))
    await transactions.run(lambda tx: cards.add_many(tx, keys))
    in_order = await reading.rows("SELECT household FROM card ORDER BY code")
    of_list = [row["household"] for row in in_order if row["household"] in keys]
    some = [of_list[n] for n in (0, 1, 499, 500, 501, count - 1)]
    assert await points.grant_cycle(by=shop.house.caseworker, households=some) == len(some)
    listed = [row["points"] for row in await cards.active(store="LX02", limit=count)]
    assert listed == [120 if key in some else 0 for key in of_list]
    assert len(await cards.active(store="LX02")) == 100


async def test_cards_for_many_households_come_in_their_order(shop: Shop) -> None:
    keys = [await household(f"HH000{n}") for n in (3, 4, 5)]
    codes = await transactions.run(lambda tx: cards.add_many(tx, keys, allowed_until="2030-01-01"))
    rows = [await stored(code) for code in codes]
    assert [(row["household"], row["allowed_until"]) for row in rows] == [(key, "2030-01-01") for key in keys]
