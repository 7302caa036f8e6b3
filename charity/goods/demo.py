"""The goods' chapter of the demo: the catalogue, cards, goods given, points each quarter, baskets handed out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.demo import names, tables
from charity.demo.plan import Chapter, Plan
from charity.goods import cards, intake, items, points, till
from charity.goods.intake import IntakeLine
from charity.goods.till import Line, Proxy
from charity.ledger import accounts as acc
from charity.people.persons import Donor

STAPLES = ("G001", "G004", "G005", "G009", "G010", "G022", "G025", "G029")
LONG_LIVED = ("G031", "G034", "G038", "G040", "G047", "G048", "G056")
USED = ("G044", "G045", "G046")


@dataclass(frozen=True, slots=True)
class Goods:
    """A row of the catalogue."""

    sku: str
    barcode: str
    points: int
    value_fen: int
    shelf_life_days: int | None


def catalogue() -> dict[str, Goods]:
    """The 60 goods by SKU."""
    return {
        row["sku"]: Goods(
            row["sku"],
            row["ean13"],
            int(row["points"]),
            tables.fen(row["fair_value_yuan"]),
            int(row["shelf_life_days"]) if row["shelf_life_days"] else None,
        )
        for row in tables.rows("goods")
    }


async def build(plan: Plan) -> None:
    """Fill the catalogue and give every family its card; the last card of LX01 is suspended."""
    rows = [_item(row) for row in tables.rows("goods")]

    async def work(tx: Tx) -> list[str]:
        await items.add(tx, rows)
        return await cards.add_many(tx, [family.key for family in plan.households])

    codes = await transactions.run(work)
    plan.cards = {row["store_code"]: [] for row in tables.rows("stores")}
    for family, card in zip(plan.households, codes, strict=True):
        plan.cards[family.store].append(card)
    suspended = plan.cards["LX01"].pop()
    await cards.suspend(card=suspended, reason=next(iter(cards.SUSPENSIONS)), by=plan.by("caseworker"))


def _item(row: dict[str, str]) -> items.Item:
    value = tables.fen(row["fair_value_yuan"])
    return items.Item(
        barcode=row["ean13"],
        sku=row["sku"],
        category=row["category"],
        name=row["name"],
        measure=row["unit"],
        fair_value_fen=value or None,
        points=int(row["points"]),
        shelf_life_days=int(row["shelf_life_days"]) if row["shelf_life_days"] else None,
    )


def add(plan: Plan) -> None:
    """Plan intakes, points and baskets."""
    goods = catalogue()
    chance = plan.chance_of("goods")
    _points(plan)
    for store in (row["store_code"] for row in tables.rows("stores")):
        for month in range(12):
            _delivery(plan, store, plan.day(-350 + month * 30 + chance.randrange(5)), goods)
        for week in range(48):
            for _ in range(3):
                day = plan.day(-340 + week * 7 + chance.randrange(6))
                card = chance.choice(plan.cards[store])
                plan.add(plan.sometime(day, chance), partial(_basket, plan, store, card, chance.randrange(2**30)))
    _awkward(plan, goods)


def _points(plan: Plan) -> None:
    day = plan.day(-360)
    seen: set[str] = set()
    while day <= plan.today:
        cycle = f"{day.year}-Q{(day.month - 1) // 3 + 1}"
        if cycle not in seen:
            seen.add(cycle)
            plan.add(plan.at(day, 6), partial(points.grant_cycle, by=plan.by("caseworker")))
            plan.add(plan.at(day, 7), partial(points.expire, by=plan.by("caseworker")))
        day += timedelta(days=1)


def _delivery(plan: Plan, store: str, day: date, goods: dict[str, Goods]) -> None:
    chance = plan.chance_of("goods")
    skus = [*chance.sample(STAPLES, 5), *chance.sample(LONG_LIVED, 2)]
    lines = []
    for sku in skus:
        item = goods[sku]
        life = item.shelf_life_days
        expires = day + timedelta(days=int(life * chance.uniform(0.7, 1))) if life else None
        quantity = chance.randrange(8, 26)
        lines.append(IntakeLine(item.barcode, quantity, expires, item.value_fen, None, "invoice"))
    donor = Donor("organisation", chance.choice(names.FIRMS))
    plan.add(plan.at(day, 8, chance.randrange(60)), partial(_take_in, plan, store, lines, donor))
    if chance.random() < 0.5:  # noqa: PLR2004 - a share
        used = [IntakeLine(goods[s].barcode, chance.randrange(3, 12), evidence="none") for s in USED]
        giver = Donor("person", names.person(chance))
        plan.add(plan.at(day, 16), partial(_take_in, plan, store, used, giver))


async def _take_in(plan: Plan, store: str, lines: Sequence[IntakeLine], donor: Donor, fund: str | None = None) -> None:
    by = plan.by("storekeeper")
    await intake.take_in(store=store, source="gift", lines=lines, donor=donor, fund=fund, by=by)


async def _basket(plan: Plan, store: str, card: str, seed: int) -> None:
    """Fill a basket from what is on hand, within the household's points."""
    # A chance of its own: what is on hand by then decides how much of it is drawn.
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    rows = await reading.rows(
        "SELECT l.barcode, i.points, SUM(o.quantity) AS quantity FROM on_hand o JOIN lot l ON l.code = o.lot "
        "JOIN item i ON i.barcode = l.barcode WHERE o.place = $1 AND (l.expires_on IS NULL OR l.expires_on >= $2) "
        "GROUP BY l.barcode, i.points ORDER BY l.barcode",
        acc.shelf(store),
        clock.today().isoformat(),
    )
    household = await reading.value("SELECT household FROM card WHERE code = $1", card)
    left = await points.balance(household)
    chance.shuffle(rows)
    lines: list[Line] = []
    for row in rows[:6]:
        quantity = min(chance.choice((1, 1, 2)), int(row["quantity"]))
        cost = row["points"] * quantity
        if cost <= left and len(lines) < 4:  # noqa: PLR2004 - a basket of four kinds
            lines.append(Line(quantity=quantity, barcode=row["barcode"]))
            left -= cost
    if lines:
        proxy = Proxy("邻居 李阿姨", "本人住院") if chance.random() < 0.03 else None  # noqa: PLR2004
        await till.issue(store=store, card=card, lines=lines, proxy=proxy, by=plan.by("storekeeper"))


def _awkward(plan: Plan, goods: dict[str, Goods]) -> None:
    """Milk close to its expiry, an expired lot, agency goods for the hospital, too large a basket (field.md 7.8)."""
    milk, porridge = goods["G017"], goods["G016"]
    near = IntakeLine(milk.barcode, 24, plan.day(12), milk.value_fen, None, "invoice")
    gone = IntakeLine(porridge.barcode, 6, plan.day(-5), porridge.value_fen, None, "invoice")
    giver = Donor("organisation", "溪东粮油批发部")
    plan.add(plan.at(plan.day(-40), 8), partial(_take_in, plan, "LX01", [near], giver))
    plan.add(plan.at(plan.day(-60), 8), partial(_take_in, plan, "LX01", [gone], giver))
    gauges = [IntakeLine(goods["G055"].barcode, 20, None, goods["G055"].value_fen, None, "invoice")]
    maker = Donor("organisation", names.FIRMS[1])
    plan.add(plan.at(plan.day(-33), 10), partial(_take_in, plan, "LX00", gauges, maker, fund="F-YY"))
    over = [Line(quantity=500, barcode=goods["G001"].barcode)]
    card = plan.cards["LX01"][0]
    too_much = partial(till.issue, store="LX01", card=card, lines=over, by=plan.by("storekeeper"))
    plan.add(plan.at(plan.day(-1), 15), too_much)


chapter = Chapter(build=build, add=add)
