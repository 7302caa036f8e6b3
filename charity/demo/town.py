"""The town before the story begins: organisation, staff, townships, stores, catalogue, families, campaigns."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from charity import clock
from charity.db import transactions
from charity.db.transactions import Tx
from charity.demo import names, tables
from charity.demo.plan import Plan
from charity.giving import campaigns, work_units
from charity.giving.campaigns import NewCampaign
from charity.goods import cards, items
from charity.ledger import funds
from charity.office import accounts, organisation, stores
from charity.office.organisation import Organisation
from charity.people import households, institutions
from charity.people.households import NewHousehold
from charity.roles import Actor, Role

HOUSEHOLDS = 600
CATEGORIES = {"DIBAO": 48, "EDGE": 36, "TK_HOME": 5, "TK_INST": 3, "EXPEND": 8}
# The day of rules 7.6 on which One-Day Giving had been open for 45 days: campaign dates move with the load day.
BASE = date(2026, 10, 16)
PASSWORD = "linxi-2026"  # noqa: S105 - printed at the end of the demo, refused outside it
ORGANISATION = Organisation(
    name="临溪市慈善总会",
    name_en="Linxi Charity Federation",
    short="临溪慈善",
    short_en="Linxi Charity",
    contact="募捐办公室",
    phone="0000-12345678",
    address="临溪市城关街道善行路1号",
    credit_code="51999901DEMO00001X",
    demo=True,
)


@dataclass(frozen=True, slots=True)
class Town:
    """What the story needs to know: household codes, and card codes by store."""

    households: list[str]
    cards: dict[str, list[str]]


async def build(plan: Plan) -> Town:
    """Build the town; the clock is told by the caller."""
    await _staff(plan)
    await transactions.run(_codes)
    goods = [_item(row) for row in tables.rows("goods")]
    await transactions.run(lambda tx: items.add(tx, goods))
    await _institutions()
    await _campaigns(plan)
    for row in tables.rows("work_units"):
        await work_units.add(
            code=row["unit_code"],
            name=row["name"],
            kind=row["kind"],
            reference=row["reference_code"],
            staff=int(row["headcount"]),
            by=plan.by("accountant"),
        )
    return await _families(plan)


async def _staff(plan: Plan) -> None:
    async def places(tx: Tx) -> None:
        await organisation.describe(tx, ORGANISATION)
        await stores.found(
            tx,
            townships=[
                stores.Township(r["code"], r["name"], r["zone"], int(r["population"]), int(r["eligible"]))
                for r in tables.rows("townships")
            ],
            stores=[
                stores.Store(r["store_code"], r["name"], r["township_code"], r["kind"]) for r in tables.rows("stores")
            ],
        )

    await transactions.run(places)
    root = Actor("0" * 32, "charity demo", frozenset({Role.ADMIN}))
    for login, name, roles, store in tables.STAFF:
        account = await accounts.create(
            login=login, name=name, roles=[Role(r) for r in roles], store=store, password=PASSWORD, by=root
        )
        plan.staff[login] = account.actor


async def _codes(tx: Tx) -> None:
    for code, name, name_en, kind, programmes in tables.FUNDS:
        await funds.open_fund(tx, code=code, name=name, name_en=name_en, kind=kind, programmes=programmes)
    for code, name, name_en in tables.PROGRAMMES:
        await funds.open_programme(tx, code=code, name=name, name_en=name_en)


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


async def _campaigns(plan: Plan) -> None:
    shift = plan.today - BASE
    for told, filed, ends, status in _told(plan):
        moved = told
        if told.kind != "agency" and told.slug not in {"everyday", "one-day-2026"}:
            moved = replace(
                told,
                starts_on=(date.fromisoformat(told.starts_on) + shift).isoformat(),
                ends_on=(date.fromisoformat(str(told.ends_on)) + shift).isoformat(),
            )
        accountant = plan.by("accountant")
        with clock.telling(plan.at(date.fromisoformat(moved.starts_on) - timedelta(days=filed))):
            await campaigns.create(moved, by=accountant)
            if told.reach == "public":
                await campaigns.file(
                    told.slug,
                    filing_no=f"演示备{moved.starts_on[:4]}{told.prefix}",
                    platform_url="https://platform.invalid/" + told.slug,
                    by=accountant,
                )
            await campaigns.activate(told.slug, by=accountant)
        if status != "active":
            close_on = date.fromisoformat(str(ends or moved.ends_on)) + timedelta(days=20)
            plan.tell(plan.at(close_on, 20), partial(_close, plan, told.slug, archive=status == "archived"))


async def _close(plan: Plan, slug: str, *, archive: bool) -> None:
    await campaigns.close(slug, by=plan.by("accountant"))
    if archive:
        await campaigns.archive(slug, by=plan.by("accountant"))


def _told(plan: Plan) -> list[tuple[NewCampaign, int, str | None, str]]:
    """(campaign, days of filing before the start, end for closing, state on the load day)."""
    year = plan.today.year
    law: dict[str, Any] = {
        "certificate_no": "演示公募证0001",
        "surplus": "剩余财产用于相同或相近的慈善目的，并向社会公布",
        "contact": "临溪市慈善总会募捐办公室 0000-12345678",
        "receiving": "户名 临溪市慈善总会；开户行 临溪农商银行营业部；账号 8800 0000 2026 0001"
        "（演示账号，请勿汇款）。也可到总会和各乡镇慈善分会现场捐赠",
    }
    one_day = NewCampaign(
        slug="one-day-2026",
        name=f"{year} 年慈善一日捐",
        name_en=f"One-Day Giving {year}",
        kind="one_day",
        starts_on=plan.day(-45).isoformat(),
        ends_on=plan.day(30).isoformat(),
        fund="F-GEN",
        funds=("F-EDU", "F-CIWU"),
        prefix="YRJ",
        purpose="捐出一天的收入，帮助身边有困难的家庭：助医、助学、临时救助和爱心超市。",
        purpose_en="Give one day's income to families in need nearby: medical, school and temporary aid, stores.",
        beneficiaries="本市低保、低保边缘、特困、支出型困难家庭",
        cost_note="募捐成本不超过募得款的 1%，在专项费用中列支",
        **law,
    )
    everyday = NewCampaign(
        slug="everyday",
        name="日常捐赠",
        name_en="Everyday giving",
        kind="everyday",
        starts_on=plan.day(-400).isoformat(),
        fund="F-GEN",
        funds=("F-WARM", "F-EDU", "F-ORPH", "F-CIWU"),
        prefix="RC",
        purpose="每一份日常的善意，都用到最需要的人身上。",
        purpose_en="Every day's kindness goes where it is needed most.",
        beneficiaries="本市困难家庭",
        cost_note="不列支募捐成本",
        **law,
    )
    return [
        (one_day, 14, None, "active"),
        (everyday, 14, None, "active"),
        *_season(law),
        *_archive(law),
    ]


def _season(law: dict[str, Any]) -> list[tuple[NewCampaign, int, str | None, str]]:
    winter = NewCampaign(
        slug="winter-2025", name="送温暖、献爱心 冬季募捐", name_en="Winter Warmth 2025", kind="winter",
        starts_on="2025-11-15", ends_on="2026-02-10", fund="F-WARM", prefix="WN",
        purpose="让困难家庭和敬老院的老人过一个温暖的冬天。",
        purpose_en="A warm winter for families in need and for the elders in care homes.",
        beneficiaries="低保、特困家庭，21 所敬老院", **law,
    )  # fmt: skip
    dream = NewCampaign(
        slug="dream-2026", name="慈善助学·圆梦大学", name_en="A Dream of University", kind="education",
        starts_on="2026-06-20", ends_on="2026-08-31", fund="F-EDU", prefix="ZX",
        purpose="资助困难家庭的孩子读完高中、走进大学。",
        purpose_en="Help children of poor families finish school and enter university.",
        beneficiaries="困境学生", **law,
    )  # fmt: skip
    orphans = NewCampaign(
        slug="orphans-2026", name="慈善救孤", name_en="Aid for Orphans", kind="orphan", reach="targeted",
        starts_on="2026-05-20", ends_on="2026-06-10", fund="F-ORPH", prefix="JG",
        purpose="理事单位定向募集，帮助孤儿和事实无人抚养儿童读书和生活。",
        purpose_en="Council members give for the schooling and living of orphans.",
        beneficiaries="孤儿 62 名，事实无人抚养儿童 118 名", **law,
    )  # fmt: skip
    flood = NewCampaign(
        slug="flood-2026", name="梅雨洪涝应急募捐", name_en="Flood Appeal 2026", kind="disaster",
        starts_on="2026-07-03", ends_on="2026-08-03", fund="F-DIS", prefix="JZ",
        purpose="帮助受灾家庭渡过难关，补充应急储备。每五天公布一次收支。",
        purpose_en="Help flooded families and refill the disaster reserve; figures every five days.",
        beneficiaries="受灾乡镇的困难家庭", **law,
    )  # fmt: skip
    # The flood appeal was filed six days after its start, which art 73 allows within ten days.
    return [(winter, 14, None, "closed"), (dream, 14, None, "closed"), (orphans, 14, None, "closed"),
            (flood, -6, None, "closed")]  # fmt: skip


def _archive(law: dict[str, Any]) -> list[tuple[NewCampaign, int, str | None, str]]:
    wenchuan = NewCampaign(
        slug="wenchuan-2008", name="汶川地震募捐（代收转交）", name_en="Wenchuan 2008 (forwarded)", kind="agency",
        starts_on="2008-05-13", ends_on="2008-06-30", fund="F-WC08", prefix="WC",
        purpose="为汶川地震灾区代收捐款，全额转交上级慈善总会。",
        purpose_en="Collected for the Wenchuan earthquake and forwarded in full.",
        beneficiaries="汶川地震灾区群众", **law,
    )  # fmt: skip
    yushu = NewCampaign(
        slug="yushu-2010", name="玉树地震募捐（代收转交）", name_en="Yushu 2010 (forwarded)", kind="agency",
        starts_on="2010-04-15", ends_on="2010-05-31", fund="F-YS10", prefix="YS",
        purpose="为玉树地震灾区代收捐款，全额转交上级慈善总会。",
        purpose_en="Collected for the Yushu earthquake and forwarded in full.",
        beneficiaries="玉树地震灾区群众", **law,
    )  # fmt: skip
    return [(wenchuan, 12, "2008-06-30", "archived"), (yushu, 12, "2010-05-31", "archived")]


async def _families(plan: Plan) -> Town:
    nearest = _nearest()
    townships = [r["code"] for r in tables.rows("townships")]
    kinds, weights = list(CATEGORIES), list(CATEGORIES.values())
    families = []
    for n in range(HOUSEHOLDS):
        township = townships[n % len(townships)]
        # Every class occurs in every township: the first five of each are one of each class.
        turn = n // len(townships)
        category = kinds[turn] if turn < len(kinds) else plan.chance.choices(kinds, weights)[0]
        families.append(
            NewHousehold(
                code=f"LXJ{n + 1:04d}",
                head_name=names.person(plan.chance),
                township=township,
                category=category,
                members=1 if category.startswith("TK") else plan.chance.choice((1, 2, 2, 3, 3, 4, 5)),
                store=nearest[township],
                phone=names.phone(plan.chance),
                address=plan.chance.choice(names.VILLAGES),
            )
        )

    async def work(tx: Tx) -> list[str]:
        keys = await households.add(tx, families)
        return await cards.add_many(tx, keys)

    codes = await transactions.run(work)
    by_store: dict[str, list[str]] = {r["store_code"]: [] for r in tables.rows("stores")}
    for family, card in zip(families, codes, strict=True):
        by_store[family.store].append(card)
    await cards.suspend(card=by_store["LX01"][-1], reason=next(iter(cards.SUSPENSIONS)), by=plan.by("caseworker"))
    by_store["LX01"].pop()
    return Town([f.code for f in families], by_store)


def _nearest() -> dict[str, str]:
    """The store of each township; a township without one uses the nearest store's."""
    places = {r["code"]: (float(r["x_km"]), float(r["y_km"])) for r in tables.rows("townships")}
    stands = {r["store_code"]: places[r["township_code"]] for r in tables.rows("stores")}

    def distance(township: str, store: str) -> float:
        (x, y), (a, b) = places[township], stands[store]
        return (x - a) ** 2 + (y - b) ** 2

    return {t: min(stands, key=lambda s: distance(t, s)) for t in places}
