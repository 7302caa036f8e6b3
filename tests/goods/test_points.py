"""Points and cards: given once a cycle, spent oldest first, kept when a card is lost."""

import json
from datetime import date, timedelta

import as_shown
import pytest
from goods.given import COAT, RICE, SALT, Shop, holding, issue

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.goods import cards, points, stock
from charity.goods.till import Line
from charity.ledger import accounts as acc
from charity.ledger import verify as ledger_verify
from charity.people import households


async def test_points_of_a_cycle_are_given_once(shop: Shop) -> None:
    assert await shop.points() == 180
    assert await points.grant_cycle(by=shop.house.caseworker) == 0
    assert await shop.points() == 180
    assert await shop.points(shop.house.household2) == 60


async def test_the_oldest_points_are_spent_first_and_the_rest_expires(shop: Shop) -> None:
    scheme = await points.scheme()
    later = clock.today() + timedelta(days=92)
    after = clock.now() + timedelta(days=92)
    with clock.fixed(after):
        next_cycle = scheme.cycle_of(later)
        assert await points.grant_cycle(by=shop.house.caseworker) == 2
        assert await shop.points() == 360
        await shop.bring(RICE, 9)
        await issue(shop, Line(4, barcode=RICE))
        household = acc.household(shop.house.household)
        assert await holding(household, acc.points("LX", next_cycle)) == 180
        assert await shop.points() == 256
    with clock.fixed(clock.now() + timedelta(days=184)):
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
    for call in (
        cards.issue(household=shop.house.household, by=shop.house.clerk),
        cards.suspend(card=shop.card, reason="review", by=shop.house.cashier),
        points.grant_cycle(by=shop.house.clerk),
        as_shown.reverse(number="RK-LX01-2026-000001", reason="错", by=shop.house.clerk),
        stock.page(stock.Filter(store="LX02"), by=shop.house.clerk),
    ):
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.status == 403


def scheme(cycle: str, carry_over: int = 1) -> points.Scheme:
    tiers = {"DIBAO": ("person", 60), "EXPEND": ("household", 100)}
    return points.Scheme("X", "试行", cycle, carry_over, tiers)


@pytest.mark.parametrize(
    ("cycle", "day", "name", "before"),
    [
        ("month", "2026-01-01", "2026-01", "2025-12"),
        ("month", "2026-01-31", "2026-01", "2025-12"),
        ("month", "2026-12-31", "2026-12", "2026-11"),
        ("month", "2026-10-01", "2026-10", "2026-09"),
        ("quarter", "2026-01-01", "2026-Q1", "2025-Q4"),
        ("quarter", "2026-03-31", "2026-Q1", "2025-Q4"),
        ("quarter", "2026-04-01", "2026-Q2", "2026-Q1"),
        ("quarter", "2026-09-30", "2026-Q3", "2026-Q2"),
        ("quarter", "2026-12-31", "2026-Q4", "2026-Q3"),
        ("year", "2026-01-01", "2026", "2025"),
        ("year", "2026-12-31", "2026", "2025"),
    ],
)
def test_a_day_lies_in_its_cycle_and_points_stay_one_more(cycle: str, day: str, name: str, before: str) -> None:
    on = date.fromisoformat(day)
    assert scheme(cycle).cycle_of(on) == name
    assert scheme(cycle).spendable(on) == [before, name]
    assert scheme(cycle, 0).spendable(on) == [name]
    assert len(scheme(cycle, 12).spendable(on)) == 13
    assert scheme(cycle, 12).spendable(on)[-2:] == [before, name]


@pytest.mark.parametrize(
    ("cycle", "names", "others"),
    [
        ("month", ("2026-01", "2026-09", "2026-10", "2026-12"), ("2026-00", "2026-13", "2026-1", "2026-Q1", "2026")),
        ("quarter", ("2026-Q1", "2026-Q4"), ("2026-Q0", "2026-Q5", "2026-01", "2026", "2026-Q1 ")),
        ("year", ("2026",), ("26", "20260", "2026-Q1", "２０２６x")),
    ],
)
def test_a_cycle_is_named_in_the_way_of_its_scheme(cycle: str, names: tuple[str, ...], others: tuple[str, ...]) -> None:
    for name in names:
        scheme(cycle).must_be_cycle(name)
    for name in others:
        with pytest.raises(Refusal) as caught:
            scheme(cycle).must_be_cycle(name)
        assert (caught.value.code, caught.value.facts) == ("points.cycle_unreadable", {"cycle": name})


def test_points_are_counted_by_person_or_by_household_and_nobody_else_gets_any() -> None:
    given = scheme("month")
    assert [given.entitlement("DIBAO", n) for n in (1, 3)] == [60, 180]
    assert [given.entitlement("EXPEND", n) for n in (1, 3)] == [100, 100]
    assert given.entitlement("EDGE", 3) == 0


async def test_the_county_scheme_stands_as_it_was_decided(shop: Shop) -> None:
    tiers = {
        "DIBAO": ("person", 60),
        "EDGE": ("person", 30),
        "EXPEND": ("household", 100),
        "TK_HOME": ("person", 90),
        "TK_INST": ("person", 30),
    }
    county = points.Scheme("LX", "爱心超市积分", "quarter", 1, tiers)
    assert await points.schemes() == [county]
    assert await points.scheme() == await points.scheme("LX") == county
    with pytest.raises(Refusal) as caught:
        await points.scheme("XX")
    assert (caught.value.code, caught.value.status) == ("points.scheme_unknown", 404)


async def second_scheme(carry_over: int = 1, cycle: str = "month") -> None:
    """A scheme beside that of the county."""

    async def work(tx: Tx) -> None:
        row = {"code": "YY", "name": "营养", "cycle": cycle, "carry_over": carry_over}
        await tx.insert("points_scheme", [row])
        await tx.insert("points_tier", [{"scheme": "YY", "category": "DIBAO", "basis": "household", "points": 7}])

    await transactions.run(work)


async def new_household(code: str, category: str = "DIBAO") -> str:
    new = [households.NewHousehold(code, "张秀兰", "999901002", category, 2, "LX01")]
    (key,) = await transactions.run(lambda tx: households.add(tx, new))
    return key


async def test_points_go_to_active_households_of_a_category_with_a_tier_once_a_cycle(shop: Shop) -> None:
    by, (first, second) = shop.house.caseworker, (shop.house.household, shop.house.household2)
    await second_scheme()
    late, closed = await new_household("HH0003"), await new_household("HH0004")
    await transactions.run(
        lambda tx: tx.rows("UPDATE household SET status = 'closed' WHERE code = 'HH0004' RETURNING key")
    )
    assert await points.grant_cycle(by=by, code="YY", cycle="2026-01") == 2
    assert await points.grant_cycle(by=by, code="YY", cycle="2026-01") == 0
    assert await points.grant_cycle(by=by, code="YY", cycle="2026-02", households=[first]) == 1
    assert await points.grant_cycle(by=by, code="YY", cycle="2026-02", households=[]) == 0
    asked = [first, second, closed, "f" * 32, late, late]
    assert await points.grant_cycle(by=by, code="YY", cycle="2026-02", households=asked) == 1
    assert await points.grant_cycle(by=by) == 1  # who came late, in the county's scheme
    year, quarter = clock.today().year, (clock.today().month - 1) // 3 + 1
    county = f"LX:{year}-Q{quarter}"
    granted = await reading.rows("SELECT key, scheme, cycle, household, points FROM points_grant")
    assert {row["key"]: row["points"] for row in granted} == {
        f"{county}:{first}": 180,
        f"{county}:{second}": 60,
        f"{county}:{late}": 120,
        f"YY:2026-01:{first}": 7,
        f"YY:2026-01:{late}": 7,
        f"YY:2026-02:{first}": 7,
        f"YY:2026-02:{late}": 7,
    }
    for row in granted:
        assert row["key"] == f"{row['scheme']}:{row['cycle']}:{row['household']}"
        unit = acc.points(row["scheme"], row["cycle"])
        assert await holding(acc.household(row["household"]), unit) == row["points"]
    assert await holding(acc.GRANTED, acc.points("YY", "2026-01")) == -14
    body = await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1")
    facts = {"scheme": "LX", "cycle": county[3:], "category": "DIBAO", "members": 2}
    assert json.loads(body)["facts"] == facts
    with pytest.raises(Refusal) as caught:
        await points.grant_cycle(by=by, cycle="2026-01")
    assert caught.value.code == "points.cycle_unreadable"


async def test_points_of_one_scheme_do_not_stand_for_those_of_another(shop: Shop) -> None:
    by = shop.house.caseworker
    await second_scheme(cycle="quarter")
    late = await new_household("HH0003")
    assert await points.grant_cycle(by=by, code="YY") == 2
    assert await points.grant_cycle(by=by) == 1
    assert await points.grant_cycle(by=by, code="YY") == await points.grant_cycle(by=by) == 0
    assert await points.balance(late) == 127


async def test_what_can_be_spent_on_a_day_is_that_of_the_cycles_that_still_count(shop: Shop) -> None:
    household, other = shop.house.household, await new_household("HH0003", "TK_INST")
    assert await points.balance(household) == 180
    assert await points.balance(other) == 0
    assert await points.balances([household, other, shop.house.household2]) == {
        household: 180,
        shop.house.household2: 60,
    }
    assert await points.balances([]) == {}
    today = clock.today()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    for months, left in ((0, 180), (3, 180), (6, 0), (-1, 0)):
        n = first.year * 12 + first.month - 1 + months
        assert await points.balance(household, day=date(n // 12, n % 12 + 1, 1)) == left


async def test_points_expire_when_their_last_cycle_has_ended_and_not_before_they_count(shop: Shop) -> None:
    by, household = shop.house.caseworker, shop.house.household
    await second_scheme(carry_over=0)
    for cycle in ("2026-01", "2026-02", "2026-03"):
        assert await points.grant_cycle(by=by, code="YY", cycle=cycle, households=[household]) == 1

    async def held() -> list[int]:
        units = [acc.points("YY", cycle) for cycle in ("2026-01", "2026-02", "2026-03")]
        return [await holding(acc.household(household), unit) for unit in units]

    for day, expired, left in (
        ("2026-01-31", 0, [7, 7, 7]),
        ("2026-02-01", 1, [0, 7, 7]),
        ("2026-02-28", 0, [0, 7, 7]),
        ("2026-04-01", 2, [0, 0, 0]),
        ("2026-04-01", 0, [0, 0, 0]),
    ):
        assert await points.expire(by=by, day=date.fromisoformat(day)) == expired
        assert await held() == left
    assert await holding(acc.EXPIRED, acc.points("YY", "2026-01")) == 7
    entry = await reading.only("SELECT kind, party, body FROM entry ORDER BY seq DESC LIMIT 1")
    assert (entry["kind"], entry["party"]) == ("points.expire", household)
    assert await points.balance(household) == 180
    assert await ledger_verify.run() == []


async def test_the_last_point_of_a_cycle_is_spent_before_those_of_the_next(shop: Shop) -> None:
    await shop.bring(SALT, 99)
    await shop.bring(COAT, 9)
    card, household = shop.card2, acc.household(shop.house.household2)
    await issue(shop, Line(18, barcode=SALT), Line(1, barcode=COAT), card=card)  # 59 of 60
    first = (await points.scheme()).cycle_of(clock.today())
    with clock.fixed(clock.now() + timedelta(days=92)):
        second = (await points.scheme()).cycle_of(clock.today())
        await points.grant_cycle(by=shop.house.caseworker)
        answer = await issue(shop, Line(1, barcode=SALT), card=card)
        assert (answer.body["points_spent"], answer.body["points_left"]) == (3, 58)
    assert [await holding(household, acc.points("LX", cycle)) for cycle in (first, second)] == [0, 58]


async def test_many_households_are_served_in_several_commands(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "HOUSEHOLDS_PER_COMMAND", 2)
    await second_scheme(carry_over=0)
    for n in range(3, 7):
        await new_household(f"HH000{n}")
    by = shop.house.caseworker
    assert await points.grant_cycle(by=by, code="YY", cycle="2026-01") == 5
    granted = await reading.value("SELECT COUNT(*) FROM points_grant WHERE scheme = 'YY'")
    assert granted == 5
    assert await points.expire(by=by, day=date(2026, 2, 1)) == 5
    assert await holding(acc.EXPIRED, acc.points("YY", "2026-01")) == 35


async def test_points_are_granted_and_expire_by_whoever_may_grant_them(shop: Shop) -> None:
    for call in (points.grant_cycle(by=shop.house.clerk), points.expire(by=shop.house.clerk)):
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.status == 403
