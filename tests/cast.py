"""The fixed cast and the small town that most tests play in."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from charity import clock, tokens
from charity.db import transactions
from charity.db.transactions import Tx
from charity.ledger import funds
from charity.office import organisation
from charity.people import households
from charity.roles import SYSTEM, Actor, Role

FUNDS = (
    ("F-GEN", "非限定性基金", "unrestricted", ()),
    ("F-WARM", "送温暖专项基金", "restricted", ("P04", "P05", "P07")),
    ("F-EDU", "慈善助学基金", "restricted", ("P01",)),
    ("F-ORPH", "慈善救孤基金", "restricted", ("P02",)),
    ("F-DIS", "洪涝救灾专项", "restricted", ("P08", "P09")),
    ("F-WC08", "汶川地震代收款", "agency", ("P90",)),
)
PROGRAMMES = ("P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P90")
CAMPAIGNS = (
    # slug, kind, status, starts, ends, fund, funds
    ("one-day-2026", "one_day", "active", "2026-10-01", "2099-12-31", "F-GEN", ["F-GEN", "F-EDU"]),
    ("everyday", "everyday", "active", "2020-01-01", None, "F-GEN", ["F-GEN", "F-WARM", "F-EDU", "F-ORPH"]),
    ("winter-2025", "winter", "closed", "2025-11-15", "2026-02-10", "F-WARM", ["F-WARM"]),
    ("dream-2026", "education", "active", "2026-06-20", "2099-12-31", "F-EDU", ["F-EDU"]),
    ("flood-2026", "disaster", "active", "2026-07-03", "2099-12-31", "F-DIS", ["F-DIS"]),
    ("wenchuan-2008", "agency", "active", "2008-05-13", "2099-12-31", "F-WC08", ["F-WC08"]),
    ("draft-2027", "winter", "draft", "2027-01-01", "2027-02-01", "F-WARM", ["F-WARM"]),
)
PLAN = {
    "region": "临溪市",
    "manager": "林秀兰",
    "office": "临溪市城关街道善行路1号",
    "ways": "银行转账，或到总会现场捐赠",
    "receiving": "户名 临溪市慈善总会；账号 8800 0000 2026 0001",
    "beneficiaries": "本市困难家庭",
    "uses": "生活救助",
    "cost_note": "不列支募捐成本",
    "surplus": "用于相近的慈善目的",
    "contact": "募捐办公室 0000-12345678",
    "expected_sum": "80 万元",
    "expected_people": "约 280 名",
    "confirming": "由村（社区）申报，乡镇核实",
    "programmes": "慈善助学",
    "granted": "不委托其他组织",
    "staff_cost": "不列支",
    "management_cost": "不列支",
    "offsite": "no",
    "partner_kind": "none",
}
"""All facts that the filing form of a campaign needs, by field."""
OF_A_STORE = (Role.CLERK, Role.MANAGER)
STAFF = (
    # attribute, roles, store: one of each role, by its name; a second one where nobody may answer to himself
    *((role.value, (role,), "LX01" if role in OF_A_STORE else None) for role in Role),
    ("cashier2", (Role.CASHIER,), None),
    ("accountant2", (Role.ACCOUNTANT,), None),
    ("approver2", (Role.APPROVER,), None),
)


@dataclass
class Cast:
    """Who plays, and where. `household` is the key of 低保 household HH0001 with three members."""

    url: str
    household: str = ""
    household2: str = ""
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        """An actor by attribute: `house.cashier`."""
        try:
            return self.__dict__["actors"][name]
        except KeyError:
            raise AttributeError(name) from None


def resolved(values: dict[str, Any]) -> dict[str, Any]:
    """Values of which some are functions, asked now: what a test is parametrized by is made when it is collected."""
    return {name: value() if callable(value) else value for name, value in values.items()}


def tomorrow() -> date:
    """The day of business after today's."""
    return clock.today() + timedelta(days=1)


async def seed(url: str) -> Cast:
    """Put the town and the cast into an empty open database."""
    cast = Cast(url)
    for attribute, roles, store in STAFF:
        cast.actors[attribute] = Actor(f"{attribute:0<32}", f"{attribute} 测试", frozenset(roles), store)

    async def work(tx: Tx) -> None:
        await _town(tx)
        await _staff(tx, cast)
        await _campaigns(tx)
        cast.household, cast.household2 = await households.add(
            tx,
            [
                households.NewHousehold(
                    "HH0001", "王建国", "999901002", "DIBAO", 3, "LX01", "19900001234", "溪东前村1组"
                ),
                households.NewHousehold("HH0002", "李秀英", "999901002", "EDGE", 2, "LX01"),
            ],
        )

    await transactions.run(work)
    return cast


async def _town(tx: Tx) -> None:
    at = clock.stamp()
    await tx.rows("DELETE FROM organisation WHERE id = 1 RETURNING id")
    await tx.insert(
        "organisation",
        [
            {
                "id": 1,
                "name": "临溪市慈善总会",
                "name_en": "Linxi Charity Federation",
                "short": "临溪慈善",
                "short_en": "Linxi Charity",
            }
        ],
    )
    good = organisation.Fact(organisation.FactKind.CERTIFICATE, "演示公募证0001", "2000-01-01", "2099-12-31")
    await organisation.add(tx, good, by=SYSTEM)
    townships = (("999901001", "城关街道", "U"), ("999901002", "溪东街道", "U"), ("999901003", "北门街道", "U"))
    await tx.insert("township", [{"code": c, "name": n, "zone": z} for c, n, z in townships])
    stores = (
        ("LX00", "中心店", "CENTER", 0),
        ("LX01", "溪东街道爱心超市", "BRANCH", 1),
        ("LX02", "北门街道爱心超市", "BRANCH", 2),
    )
    await tx.insert("store", [{"code": c, "name": n, "township": townships[t][0], "kind": k} for c, n, k, t in stores])
    for code, name, kind, programmes in FUNDS:
        await funds.open_fund(tx, code=code, name=name, kind=kind, programmes=programmes)
    for code in PROGRAMMES:
        await funds.open_programme(tx, code=code, name=f"项目{code}", name_en=f"Programme {code}")
    institution = {"kind": "hospital", "created_at": at}
    await tx.insert("institution", [{"code": "YL01", "name": "市人民医院", **institution}])
    supplier = {"kind": "supplier", "created_at": at}
    await tx.insert("institution", [{"code": "GY01", "name": "溪东粮油批发部", **supplier}])
    unit = {"kind": "government", "staff": 54, "created_at": at, "changed_at": at}
    await tx.insert("work_unit", [{"code": "LXU02", "name": "市民政局", "reference": "YRJ26-02", **unit}])


async def _staff(tx: Tx, cast: Cast) -> None:
    for attribute, roles, store in STAFF:
        actor = cast.actors[attribute]
        row = {"key": actor.key, "login": attribute, "name": actor.name, "store": store, "created_at": clock.stamp()}
        await tx.insert("staff", [row])
        await tx.insert("staff_role", [{"staff": actor.key, "role": role.value} for role in roles])
        token = {"digest": tokens.digest(f"token-{attribute}"), "staff": actor.key, "name": "test"}
        await tx.insert("token", [{**token, "created_at": clock.stamp(), "expires_at": clock.later(24 * 3600)}])
    at, organiser = clock.stamp(), cast.actors["organiser"].key
    since = {"expires_on": clock.today().isoformat(), "made_by": cast.actors["accountant"].key, "made_at": at}
    row = {
        "key": "0" * 32,
        "work_unit": "LXU02",
        "digest": "of a code that is used",
        "staff": organiser,
        "joined_at": at,
    }
    await tx.insert("organiser", [{**row, **since}])


async def _campaigns(tx: Tx) -> None:
    for slug, kind, status, starts, ends, fund, allowed in CAMPAIGNS:
        row = {
            "slug": slug,
            "name": f"活动 {slug}",
            "name_en": slug,
            "kind": kind,
            "reach": "public",
            "status": status,
            "starts_on": starts,
            "ends_on": ends,
            "fund": fund,
            "funds": json.dumps(allowed),
            "prefix": slug[:3].upper(),
            "purpose": "测试用途",
            "filing_no": "" if kind == "everyday" else "备TEST",
            "filed_on": None if kind == "everyday" else starts,
            "platform_url": "" if kind == "everyday" else "https://example.invalid/",
            "created_at": clock.stamp(),
        }
        await tx.insert("campaign", [row])
        kept = {field: PLAN[field] for field in ("ways", "receiving", "contact")} if kind == "everyday" else PLAN
        facts = [{"campaign": slug, "field": field, "value": value} for field, value in kept.items()]
        await tx.insert("campaign_fact", facts)
