"""The goods' chapter of the demo: the catalogue, cards, goods given, points each quarter, baskets handed out."""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.demo import calendar, names, tables
from charity.demo.plan import Chapter, Family, Plan
from charity.goods import cards, intake, items, points, till
from charity.goods.intake import IntakeLine
from charity.goods.opening import StockLine
from charity.goods.till import Line, Proxy
from charity.ledger import accounts as acc
from charity.ledger import holdings
from charity.people.persons import Donor

YUAN: Final = 100
STAPLES: Final = ("G001", "G003", "G004", "G005", "G008", "G009", "G010", "G015", "G022", "G025", "G027", "G029")
LONG_LIVED: Final = ("G031", "G034", "G038", "G040", "G041", "G047", "G048", "G056")
USED: Final = ("G044", "G045", "G046")
TIERS: Final = {
    "DIBAO": ("person", 25),
    "EDGE": ("person", 12),
    "TK_HOME": ("person", 25),
    "TK_INST": ("person", 0),
    "EXPEND": ("household", 25),
}
"""Points of a quarter (field.md 7.7): 100 or 50 a person and year; whoever lives in a home has all he needs there."""
GIVEN: Final = 315_000 * YUAN
"""What is given in kind in a year (field.md 7.7)."""
OPENING: Final = 214_630 * YUAN
"""What stands on the shelves when the books open (field.md 7.6a)."""
OPENED_WITH: Final = (
    "G001", "G004", "G005", "G009", "G010", "G015", "G022", "G025", "G027", "G029",
    "G031", "G034", "G038", "G040", "G041", "G047", "G048", "G056",
)  # fmt: skip
"""Goods that keep for a year or longer."""
CENTRE: Final = "LX00"
FROM_FIRMS: Final = 0.35
LAST_VISIT_DAYS: Final = 30
FIRST_PHONE: Final = 6_400
GIVERS: Final = 500
FOR_STORES: Final = ("F-DIS", "F-YY")
"""Funds whose lots are not for the stores' baskets."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A row of the catalogue."""

    sku: str
    barcode: str
    points: int
    value_fen: int
    shelf_life_days: int | None

    def line(self, quantity: int, day: date, freshness: float = 1.0, evidence: Any = "invoice") -> IntakeLine:
        """So many pieces of it that come in on a day, with this part of their life before them."""
        life = self.shelf_life_days
        expires = day + timedelta(days=int(life * freshness)) if life else None
        value = None if evidence == "none" else self.value_fen
        return IntakeLine(self.barcode, quantity, expires, value, None, evidence)

    def on_shelf(self, store: str, quantity: int, day: date, freshness: float) -> StockLine:
        """So many pieces of it that stand in a store on a day, of everyday and free means."""
        line = self.line(quantity, day, freshness)
        return StockLine(
            line.barcode, line.quantity, line.expires_on, line.unit_value_fen, store=store, fund=acc.GENERAL_FUND
        )


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
    """Fill the catalogue and give every family that chooses in a store its card; the last one of LX01 is suspended."""
    rows = [_item(row) for row in tables.rows("goods")]
    families = [family for family in plan.households if family.store]

    async def work(tx: Tx) -> list[str]:
        await items.add(tx, rows)
        await points.set_tiers(tx, points.COUNTY_SCHEME, TIERS)
        return await cards.add_many(tx, [family.key for family in families])

    codes = await transactions.run(work)
    plan.cards = {row["store_code"]: [] for row in tables.rows("stores")}
    for family, card in zip(families, codes, strict=True):
        plan.cards[family.store].append((card, family))
    suspended, _ = plan.cards["LX01"].pop()
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


def open_days(plan: Plan, first: date, last: date) -> list[date]:
    """The days on which the stores are open: all but public holidays."""
    return [day for day in calendar.days(max(first, plan.first), min(last, plan.last)) if not calendar.is_holiday(day)]


def stores_by_need(plan: Plan) -> Counter[str]:
    """How many families choose in each store."""
    return Counter({store: len(families) for store, families in plan.cards.items()})


def add(plan: Plan) -> None:
    """Plan intakes, points and baskets."""
    goods = catalogue()
    _points(plan)
    _gifts(plan, goods)
    _baskets(plan)
    _awkward(plan, goods)


def opening_stock(plan: Plan) -> list[StockLine]:
    """What stands on the shelves when the books open, OPENING in all: most by need, the rest as rice in the centre."""
    chance, goods, need, left = plan.chance_of("opening stock"), catalogue(), stores_by_need(plan), OPENING
    lines: list[StockLine] = []
    for store, families in sorted(need.items()):
        share = OPENING * families // need.total() // len(OPENED_WITH)
        for sku in OPENED_WITH:
            kind = goods[sku]
            quantity = int(share * chance.uniform(0.85, 1.1)) // kind.value_fen
            if quantity:
                lines.append(kind.on_shelf(store, quantity, plan.opened_on, chance.uniform(0.6, 0.95)))
                left -= lines[-1].value_fen
    rice = goods["G001"]
    rest = rice.on_shelf(CENTRE, left // rice.value_fen, plan.opened_on, 0.9)
    return [*lines, replace(rest, unit_value_fen=None, total_value_fen=left)]


def _points(plan: Plan) -> None:
    """Each quarter's points on its first working day; on the day the books open those of the quarter that runs."""
    seen: set[str] = set()
    for day in calendar.working_days(plan.first, plan.last):
        cycle = f"{day.year}-Q{(day.month - 1) // 3 + 1}"
        if cycle not in seen:
            seen.add(cycle)
            by = plan.by("caseworker")
            plan.add(plan.at(day, 8, 40), partial(points.grant_cycle, by=by))
            plan.add(plan.at(day, 8, 50), partial(points.expire, by=by))


def _gifts(plan: Plan, goods: dict[str, Goods]) -> None:
    """Gifts in kind until the year's value is reached: most from people with little, a third of it from firms."""
    chance = plan.chance_of("goods gifts")
    days, need = open_days(plan, plan.first, plan.last), stores_by_need(plan)
    people = [Donor("person", names.person(chance), names.phone(FIRST_PHONE + n)) for n in range(GIVERS)]
    value = {"firms": 0, "people": 0}
    while sum(value.values()) < GIVEN:
        kind = "firms" if value["firms"] < FROM_FIRMS * (sum(value.values()) + 1) else "people"
        # The shelves are filled first: one gift of eight comes in the first three weeks.
        day = chance.choice(days[:18] if chance.random() < 0.12 else days)  # noqa: PLR2004
        most = 16 if kind == "firms" else 4
        skus = [*chance.sample(STAPLES, 3 if kind == "firms" else 2), chance.choice(LONG_LIVED)]
        lines = [goods[s].line(chance.randrange(most // 2, most * 2), day, chance.uniform(0.7, 1)) for s in skus]
        giver = Donor("organisation", chance.choice(names.FIRMS)) if kind == "firms" else chance.choice(people)
        store = chance.choices(list(need), list(need.values()))[0]
        value[kind] += sum(line.value_fen for line in lines)
        plan.add(plan.sometime(day, chance, (9, 17)), partial(_take_in, plan, store, lines, giver))
        if kind == "people" and chance.random() < 0.2:  # noqa: PLR2004 - a share
            used = [goods[s].line(chance.randrange(1, 6), day, evidence="none") for s in USED]
            plan.add(plan.sometime(day, chance, (9, 17)), partial(_take_in, plan, store, used, giver))


async def _take_in(plan: Plan, store: str, lines: Sequence[IntakeLine], donor: Donor, fund: str | None = None) -> None:
    by = plan.by("storekeeper")
    await intake.take_in(store=store, source="gift", lines=lines, donor=donor, fund=fund, by=by)


def _baskets(plan: Plan) -> None:
    """Every family comes about twice a year, when the points of a quarter and of the one before are together."""
    chance, every_day = plan.chance_of("baskets"), open_days(plan, plan.first, plan.last)
    units: dict[date, list[str]] = {}
    for store, families in plan.cards.items():
        for n, (card, family) in enumerate(families):
            begins = plan.first + timedelta(days=20 + (n % 2) * 91)
            while begins <= plan.day(-LAST_VISIT_DAYS):
                days = every_day[bisect_left(every_day, begins) : bisect_left(every_day, begins + timedelta(days=80))]
                if days and chance.random() < 0.93:  # noqa: PLR2004 - some stay away
                    at = plan.sometime(chance.choice(days), chance, (9, 17))
                    plan.add(at, partial(_basket, plan, store, card, family, units, chance.randrange(2**30)))
                begins += timedelta(days=182)


async def _basket(plan: Plan, store: str, card: str, family: Family, units: dict[date, list[str]], seed: int) -> None:
    """Fill a basket from what is on hand, within the household's points; `units` can be spent on a day."""
    # A chance of its own: what is on hand by then decides how much of it is drawn.
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    rows = await reading.rows(
        "SELECT l.barcode, i.points, SUM(o.quantity) AS quantity FROM on_hand o JOIN lot l ON l.code = o.lot "
        "JOIN item i ON i.barcode = l.barcode WHERE o.place = $1 AND (l.expires_on IS NULL OR l.expires_on >= $2) "
        "AND l.fund NOT IN ($3, $4) GROUP BY l.barcode, i.points ORDER BY l.barcode",
        acc.shelf(store),
        clock.today().isoformat(),
        *FOR_STORES,
    )
    day, place = clock.today(), acc.household(family.key)
    if day not in units:
        units[day] = points.spendable_units(await points.schemes(), day)
    left = (await holdings.points([place], units[day])).get(place, 0)
    chance.shuffle(rows)
    lines: list[Line] = []
    for row in rows:
        quantity = min(chance.choice((1, 1, 2)), int(row["quantity"]), left // row["points"])
        if quantity:
            lines.append(Line(quantity=quantity, barcode=row["barcode"]))
            left -= row["points"] * quantity
    if lines:
        proxy = Proxy("邻居 李阿姨", "本人住院") if chance.random() < 0.03 else None  # noqa: PLR2004
        await till.issue(store=store, card=card, lines=lines, proxy=proxy, by=plan.by("storekeeper"))


def _awkward(plan: Plan, goods: dict[str, Goods]) -> None:
    """Milk close to its expiry, an expired lot, agency goods for the hospital, too large a basket (field.md 7.8)."""
    milk, porridge = goods["G017"], goods["G016"]
    near = IntakeLine(milk.barcode, 24, plan.day(12), milk.value_fen, None, "invoice")
    gone = IntakeLine(porridge.barcode, 6, plan.day(-5), porridge.value_fen, None, "invoice")
    giver = Donor("organisation", names.FIRMS[0])
    plan.add(plan.at(calendar.working(plan.day(-40)), 9), partial(_take_in, plan, "LX01", [near], giver))
    plan.add(plan.at(calendar.working(plan.day(-60)), 9), partial(_take_in, plan, "LX01", [gone], giver))
    gauges = [goods["G055"].line(20, plan.day(-33))]
    maker = Donor("organisation", names.FIRMS[1])
    at = plan.at(calendar.working(plan.day(-33)), 10)
    plan.add(at, partial(_take_in, plan, "LX00", gauges, maker, fund="F-YY"))
    over = [Line(quantity=500, barcode=goods["G001"].barcode)]
    card, _ = plan.cards["LX01"][0]
    too_much = partial(till.issue, store="LX01", card=card, lines=over, by=plan.by("storekeeper"))
    plan.add(plan.at(open_days(plan, plan.first, plan.last)[-1], 15), too_much)


chapter = Chapter(build=build, add=add)
