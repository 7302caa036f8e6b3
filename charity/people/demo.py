"""People's chapter of the demo: the institutions, and 600 families by class and township."""

from charity.db import transactions
from charity.db.transactions import Tx
from charity.demo import names, tables
from charity.demo.plan import Chapter, Family, Plan
from charity.people import households, institutions
from charity.people.households import NewHousehold

HOUSEHOLDS = 600
CATEGORIES = {"DIBAO": 48, "EDGE": 36, "TK_HOME": 5, "TK_INST": 3, "EXPEND": 8}


async def build(plan: Plan) -> None:
    """Add the institutions and the families."""
    await _institutions()
    families = _families(plan)
    keys = await transactions.run(lambda tx: households.add(tx, families))
    plan.households = [Family(f.code, key, f.store) for f, key in zip(families, keys, strict=True)]


async def _institutions() -> None:
    async def work(tx: Tx) -> None:
        for n, row in enumerate(tables.rows("institutions"), 1):
            account = f"6200000000{n:06d}"
            await institutions.add(
                tx,
                code=f"LXI{n:02d}",
                name=row["name"],
                kind="home",
                zone=row["zone"],
                beds=int(row["beds"]),
                bank_account=account,
            )
        others = (
            ("LXS01", "临溪中学", "school"),
            ("LXH01", "市人民医院", "hospital"),
            ("LXG01", "溪东粮油批发部", "supplier"),
            ("LXF01", "上级慈善总会", "federation"),
            ("LXF02", "大溪口镇慈善联络站", "federation"),
            ("LXF03", "瓷坞乡慈善联络站", "federation"),
        )
        for n, (code, name, kind) in enumerate(others, 31):
            await institutions.add(tx, code=code, name=name, kind=kind, bank_account=f"6200000000{n:06d}")

    await transactions.run(work)


def _families(plan: Plan) -> list[NewHousehold]:
    chance = plan.chance_of("people")
    nearest = _nearest()
    townships = [r["code"] for r in tables.rows("townships")]
    kinds, weights = list(CATEGORIES), list(CATEGORIES.values())
    families = []
    for n in range(HOUSEHOLDS):
        township = townships[n % len(townships)]
        # Every class occurs in every township: the first five of each are one of each class.
        turn = n // len(townships)
        category = kinds[turn] if turn < len(kinds) else chance.choices(kinds, weights)[0]
        families.append(
            NewHousehold(
                code=f"LXJ{n + 1:04d}",
                head_name=names.person(chance),
                township=township,
                category=category,
                members=1 if category.startswith("TK") else chance.choice((1, 2, 2, 3, 3, 4, 5)),
                store=nearest[township],
                phone=names.phone(chance),
                address=chance.choice(names.VILLAGES),
            )
        )
    return families


def _nearest() -> dict[str, str]:
    """The store of each township; a township without one uses the nearest store's."""
    places = {r["code"]: (float(r["x_km"]), float(r["y_km"])) for r in tables.rows("townships")}
    places_of_stores = {r["store_code"]: places[r["township_code"]] for r in tables.rows("stores")}

    def distance(township: str, store: str) -> float:
        (x, y), (a, b) = places[township], places_of_stores[store]
        return (x - a) ** 2 + (y - b) ** 2

    return {t: min(places_of_stores, key=lambda s: distance(t, s)) for t in places}


chapter = Chapter(build=build)
