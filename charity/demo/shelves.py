"""The shelves of fifteen stores: goods given and bought, points each quarter, baskets handed out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from charity import clock
from charity.db import reading
from charity.demo import names, payments, tables
from charity.demo.payments import Payment
from charity.demo.plan import Plan
from charity.goods import checkout, intake, points
from charity.goods.checkout import Proxy
from charity.goods.intake import IntakeLine
from charity.goods.picking import Line
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


def add(plan: Plan, cards: dict[str, list[str]]) -> None:
    """Plan intakes, points and baskets; `cards` are card codes by store."""
    goods = catalogue()
    stores = [row["store_code"] for row in tables.rows("stores")]
    _points(plan)
    for store in stores:
        for month in range(12):
            _delivery(plan, store, plan.day(-350 + month * 30 + plan.chance.randrange(5)), goods)
        for week in range(48):
            for _ in range(3):
                day = plan.day(-340 + week * 7 + plan.chance.randrange(6))
                card = plan.chance.choice(cards[store])
                plan.tell(plan.sometime(day), partial(_basket, plan, store, card, plan.chance.randrange(2**30)))
    _purchases(plan, goods)
    _awkward(plan, goods, cards)


def _points(plan: Plan) -> None:
    day = plan.day(-360)
    seen: set[str] = set()
    while day <= plan.today:
        cycle = f"{day.year}-Q{(day.month - 1) // 3 + 1}"
        if cycle not in seen:
            seen.add(cycle)
            plan.tell(plan.at(day, 6), partial(points.grant_cycle, by=plan.by("caseworker")))
            plan.tell(plan.at(day, 7), partial(points.expire, by=plan.by("caseworker")))
        day += timedelta(days=1)


def _delivery(plan: Plan, store: str, day: date, goods: dict[str, Goods]) -> None:
    skus = [*plan.chance.sample(STAPLES, 5), *plan.chance.sample(LONG_LIVED, 2)]
    lines = []
    for sku in skus:
        item = goods[sku]
        life = item.shelf_life_days
        expires = day + timedelta(days=int(life * plan.chance.uniform(0.7, 1))) if life else None
        quantity = plan.chance.randrange(8, 26)
        lines.append(IntakeLine(item.barcode, quantity, expires, item.value_fen, None, "invoice"))
    donor = Donor("organisation", plan.chance.choice(names.FIRMS))
    plan.tell(plan.at(day, 8, plan.chance.randrange(60)), partial(_take_in, plan, store, lines, donor))
    if plan.chance.random() < 0.5:  # noqa: PLR2004 - a share
        used = [IntakeLine(goods[s].barcode, plan.chance.randrange(3, 12), evidence="none") for s in USED]
        giver = Donor("person", names.person(plan.chance))
        plan.tell(plan.at(day, 16), partial(_take_in, plan, store, used, giver))


async def _take_in(plan: Plan, store: str, lines: Sequence[IntakeLine], donor: Donor, fund: str | None = None) -> None:
    by = plan.by("storekeeper")
    await intake.take_in(store=store, source="gift", lines=lines, donor=donor, fund=fund, by=by)


async def _basket(plan: Plan, store: str, card: str, seed: int) -> None:
    """Fill a basket from what stands on the shelf, within the household's points."""
    # A chance of its own: what stands on the shelves by then decides how much of it is drawn.
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
        await checkout.issue(store=store, card=card, lines=lines, proxy=proxy, by=plan.by("storekeeper"))


def _purchases(plan: Plan, goods: dict[str, Goods]) -> None:
    """Bought goods: a voucher to the supplier first, then the intake against it."""
    told = Payment(-170, "P05", "F-GEN", "supplier", "LXG01", 26_500, 0, "采购大米1000袋")

    async def buy() -> None:
        number = await payments.voucher(plan, told)
        rice = goods["G001"]
        line = IntakeLine(rice.barcode, 1_000, clock.today() + timedelta(days=330), rice.value_fen, None, "invoice")
        await intake.take_in(store="LX00", source="purchase", voucher=number, lines=[line], by=plan.by("storekeeper"))

    plan.tell(plan.at(plan.day(-170), 13), buy)


def _awkward(plan: Plan, goods: dict[str, Goods], cards: dict[str, list[str]]) -> None:
    """Milk 12 days from its expiry, an expired lot, agency goods for the hospital, too large a basket (rules 7.8)."""
    milk, porridge = goods["G017"], goods["G016"]
    near = IntakeLine(milk.barcode, 24, plan.day(12), milk.value_fen, None, "invoice")
    gone = IntakeLine(porridge.barcode, 6, plan.day(-5), porridge.value_fen, None, "invoice")
    giver = Donor("organisation", "溪东粮油批发部")
    plan.tell(plan.at(plan.day(-40), 8), partial(_take_in, plan, "LX01", [near], giver))
    plan.tell(plan.at(plan.day(-60), 8), partial(_take_in, plan, "LX01", [gone], giver))
    gauges = [IntakeLine(goods["G055"].barcode, 20, None, goods["G055"].value_fen, None, "invoice")]
    maker = Donor("organisation", names.FIRMS[1])
    plan.tell(plan.at(plan.day(-33), 10), partial(_take_in, plan, "LX00", gauges, maker, fund="F-YY"))
    over = [Line(quantity=500, barcode=goods["G001"].barcode)]
    card = cards["LX01"][0]
    act = partial(checkout.issue, store="LX01", card=card, lines=over, by=plan.by("storekeeper"))
    plan.tell(plan.at(plan.day(-1), 15), act)
