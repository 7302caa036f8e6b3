"""People's chapter of the demo: institutions, 2,600 families by class and township, and who is helped by name."""

from random import Random
from typing import Final

from charity.db import transactions
from charity.db.transactions import Tx
from charity.demo import names, tables
from charity.demo.plan import Chapter, Family, Plan
from charity.people import households, institutions, persons
from charity.people.households import NewHousehold

HOUSEHOLDS: Final = 2_600
CATEGORIES: Final = {"DIBAO": 48, "EDGE": 36, "TK_HOME": 5, "TK_INST": 3, "EXPEND": 8}
FIRST_PHONE: Final = 7_000
"""The phones below are the givers' (giving/demo.py)."""
STUDENTS, ORPHANS, PATIENTS = 280, 180, 390
OTHERS: Final = (
    # code, name, kind
    ("LXS01", "临溪中学", "school"),
    ("LXH01", "市人民医院", "hospital"),
    ("LXG01", "溪东粮油批发部", "supplier"),
    ("LXG02", "临溪供销日用品批发部", "supplier"),
    ("LXG03", "临溪应急物资经营部", "supplier"),
    ("LXF01", "上级慈善总会", "federation"),
    ("LXB01", "临溪安泰人寿保险支公司", "service"),
    ("LXB02", "临溪市机关事务服务中心", "service"),
    ("LXB03", "临溪正平会计师事务所", "service"),
    ("LXB04", "临溪印刷厂", "service"),
    ("LXB05", "临溪市志愿者协会", "service"),
    ("LXB06", "临溪农商银行营业部（代发）", "service"),
)


def contact_point(township: str) -> str:
    """The code of a township's contact point: LXL01 in 999901001."""
    return f"LXL{township[-2:]}"


async def build(plan: Plan) -> None:
    """Add the institutions, the families, and the persons who are helped."""
    chance = plan.chance_of("people")
    families = _families(chance)

    async def work(tx: Tx) -> list[str]:
        await _institutions(tx)
        plan.people = {
            "students": await persons.add_payees(tx, _people(STUDENTS, chance, 1, young=True)),
            "orphans": await persons.add_payees(tx, _people(ORPHANS, chance, 2, young=True)),
            "patients": await persons.add_payees(tx, _people(PATIENTS, chance, 3)),
        }
        return await households.add(tx, families)

    keys = await transactions.run(work)
    plan.households = [
        Family(f.code, key, f.township, f.category, f.members, f.store) for f, key in zip(families, keys, strict=True)
    ]


def _people(count: int, chance: Random, bank: int, *, young: bool = False) -> list[tuple[str, str]]:
    """Names and cards; `bank` keeps the groups' cards apart."""
    return [((names.young if young else names.adult)(chance), f"62170000{bank:02d}{n:06d}") for n in range(count)]


async def _institutions(tx: Tx) -> None:
    for n, row in enumerate(tables.rows("institutions"), 1):
        await institutions.add(
            tx,
            code=f"LXI{n:02d}",
            name=row["name"],
            kind="home",
            zone=row["zone"],
            beds=int(row["beds"]),
            bank_account=f"6200000000{n:06d}",
        )
    for n, (code, name, kind) in enumerate(OTHERS, 31):
        await institutions.add(tx, code=code, name=name, kind=kind, bank_account=f"6200000000{n:06d}")
    for n, row in enumerate(tables.rows("townships"), 61):
        name, account = f"{row['name']}慈善联络站", f"6200000000{n:06d}"
        await institutions.add(
            tx,
            code=contact_point(row["code"]),
            name=name,
            kind="branch",
            zone=row["zone"],
            township=row["code"],
            bank_account=account,
        )


def _families(chance: Random) -> list[NewHousehold]:
    """By township in the measure of its poor; every class occurs in each, the aged poor of the homes included."""
    nearest = _nearest()
    families: list[NewHousehold] = []
    for township, count in _by_township().items():
        for turn in range(count):
            category = _category(turn, chance)
            alone = category.startswith("TK")
            families.append(
                NewHousehold(
                    code=f"LXJ{len(families) + 1:04d}",
                    head_name=names.adult(chance),
                    township=township,
                    category=category,
                    members=1 if alone else chance.choice((1, 2, 2, 3, 3, 4, 5)),
                    store="" if category == "TK_INST" else nearest[township],
                    phone=names.phone(FIRST_PHONE + len(families)),
                    address=chance.choice(names.VILLAGES),
                )
            )
    return families


def _category(turn: int, chance: Random) -> str:
    kinds, weights = list(CATEGORIES), list(CATEGORIES.values())
    return kinds[turn] if turn < len(kinds) else chance.choices(kinds, weights)[0]


def _by_township() -> dict[str, int]:
    poor = {r["code"]: int(r["dibao_persons"]) + int(r["edge_persons"]) for r in tables.rows("townships")}
    counts = {code: HOUSEHOLDS * number // sum(poor.values()) for code, number in poor.items()}
    for code in sorted(poor, key=lambda code: -poor[code])[: HOUSEHOLDS - sum(counts.values())]:
        counts[code] += 1
    return counts


def _nearest() -> dict[str, str]:
    """The store of each township; a township without one uses the nearest store's."""
    places = {r["code"]: (float(r["x_km"]), float(r["y_km"])) for r in tables.rows("townships")}
    places_of_stores = {r["store_code"]: places[r["township_code"]] for r in tables.rows("stores")}

    def distance(township: str, store: str) -> float:
        (x, y), (a, b) = places[township], places_of_stores[store]
        return (x - a) ** 2 + (y - b) ** 2

    return {t: min(places_of_stores, key=lambda s: distance(t, s)) for t in places}


chapter = Chapter(build=build)
