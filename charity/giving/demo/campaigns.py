"""The campaigns of the story: seasons on their calendar days, everyday and one-day giving by the load day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from charity import clock
from charity.demo import calendar, tables
from charity.demo.plan import ONE_DAY_AFTER, Plan
from charity.giving import campaigns, organisers, work_units
from charity.giving.campaigns import NewCampaign
from charity.giving.kinds import WorkUnitKind
from charity.ledger import plans
from charity.office import demo as office
from charity.office import staff
from charity.roles import SYSTEM, Role

FILED_DAYS: Final = 14
CLOSED_DAYS: Final = 20
ONE_DAY: Final = plans.Plan(
    (("P03", 860_000_00), ("P09", 260_000_00), ("P06", 60_000_00), ("P05", 300_000_00)), cost_fen=20_000_00
)
"""The plan that one-day giving filed: fen by programme, and the limit of cost (field.md 7.6a)."""
KINDS: Final = {
    "机关": WorkUnitKind.GOVERNMENT,
    "事业": WorkUnitKind.INSTITUTION,
    "国企": WorkUnitKind.STATE_FIRM,
    "民企": WorkUnitKind.PRIVATE_FIRM,
    "社区": WorkUnitKind.COMMUNITY,
    "村": WorkUnitKind.VILLAGE,
}
"""Kinds of work units as the table of the story has them."""
ACCEPTING: Final = {
    "ways": "银行转账、微信、支付宝，或到总会和各乡镇慈善分会现场捐赠；物资在各慈善爱心超市接收",
    "receiving": "户名 临溪市慈善总会；开户行 临溪农商银行营业部；账号 8800 0000 2026 0001（演示账号，请勿汇款）",
    "contact": "临溪市慈善总会募捐办公室 0000-12345678",
}
PLAN: Final = ACCEPTING | {
    "region": "临溪市",
    "manager": "林秀兰",
    "office": "临溪市城关街道善行路1号",
    "surplus": "剩余财产用于相同或相近的慈善目的，并向社会公布",
    "cost_note": "不列支募捐成本，由总会的其他收入承担",
    "confirming": "由村（社区）申报、乡镇核实，按民政部门认定的对象名单确定，并公示",
    "granted": "不委托其他组织",
    "staff_cost": "不列支人员报酬；志愿者保险和交通补贴由总会的其他收入承担",
    "management_cost": "不列支，由总会的其他收入承担",
    "offsite": "no",
    "partner_kind": "none",
}
"""What the filed plans of all appeals say alike."""


@dataclass(frozen=True, slots=True)
class Season:
    """A campaign that comes every year: its days, and when its plan is filed, in days before the start."""

    campaign: NewCampaign
    begins: tuple[int, int]
    ends: tuple[int, int]
    filed: int = FILED_DAYS


def one_day_slug(plan: Plan) -> str:
    """One-day giving's address, by the year in which it began."""
    return f"one-day-{plan.one_day_begins.year}"


def season(fund: str) -> Season:
    """The season whose gifts a fund takes."""
    return next(s for s in SEASONS if s.campaign.fund == fund)


def years(plan: Plan, one: Season) -> Iterator[tuple[NewCampaign, date]]:
    """The season's campaigns that the story sees something of, and the day on which each is filed."""
    year_ends = plan.opened_on.replace(year=plan.opened_on.year + 1)
    for year in range(plan.opened_on.year - 1, plan.last.year + 1):
        starts = date(year, *one.begins)
        ends = date(year + (one.ends < one.begins), *one.ends)
        if starts < year_ends and ends >= plan.opened_on:
            made = replace(
                one.campaign,
                slug=f"{one.campaign.slug}-{year}",
                name=one.campaign.name.format(year=year),
                name_en=f"{one.campaign.name_en} {year}",
                starts_on=starts.isoformat(),
                ends_on=ends.isoformat(),
            )
            yield made, starts - timedelta(days=one.filed)


def slug_on(one: Season, day: date) -> str:
    """The address of the season's campaign that runs on a day."""
    over_new_year = one.ends < one.begins and (day.month, day.day) <= one.ends
    return f"{one.campaign.slug}-{day.year - over_new_year}"


async def build(plan: Plan) -> None:
    """Open the campaigns and know the work units."""
    for new, filed_on in _lasting(plan):
        await _open(plan, new, filed_on)
    for one in SEASONS:
        for new, filed_on in years(plan, one):
            await _open(plan, new, filed_on)
    for old, yuan, number in [*ARCHIVE, _last_one_day(plan)]:
        await campaigns.keep_archived(old, received_fen=yuan * 100, gifts=number, by=plan.by("accountant"))
    # Each is looked up once, so that no gift has to ask for its own and all reach the writer in their order.
    for campaign in await campaigns.every(by=plan.by("accountant")):
        await campaigns.known(campaign.row["slug"])
    for row in tables.rows("work_units"):
        await work_units.add(
            code=row["unit_code"],
            name=row["name"],
            kind=KINDS[row["kind"]],
            reference=row["reference_code"],
            staff=int(row["headcount"]),
            by=plan.by("accountant"),
        )
    for login, name, roles, _ in office.STAFF:
        if Role.ORGANISER in roles:
            made = await organisers.invite(login.upper(), name=name, by=plan.by("accountant"))
            await organisers.join(made.code, login=login, password=office.PASSWORD)
            plan.staff[login] = (await staff.required(login, by=SYSTEM)).actor


async def _open(plan: Plan, new: NewCampaign, filed_on: date) -> None:
    """Make, file and publish it on the day it is filed, or before the books open when it began earlier."""
    by = plan.by("accountant")
    with clock.fixed(max(plan.at(filed_on), clock.now())):
        await campaigns.create(new, by=by)
        if campaigns.is_filed({"reach": new.reach, "kind": new.kind}):
            platform = f"https://platform.invalid/{new.slug}"
            number = f"演示备{new.starts_on[:4]}{new.prefix}"
            await campaigns.file(
                new.slug, filing_no=number, platform_url=platform, filed_on=filed_on.isoformat(), by=by
            )
        await campaigns.activate(new.slug, by=by)
    if new.ends_on:
        closes = calendar.working(date.fromisoformat(new.ends_on) + timedelta(days=CLOSED_DAYS))
        plan.add(_not_before_the_books(plan, plan.at(closes, 16)), partial(campaigns.close, new.slug, by=by))


def _last_one_day(plan: Plan) -> tuple[NewCampaign, int, int]:
    """Last year's one-day giving: published, and all of its money in the opening balance (field.md 7.6a)."""
    ends, year = plan.opened_on - timedelta(days=16), plan.one_day_begins.year - 1
    old = NewCampaign(
        slug=f"one-day-{year}",
        name=f"{year} 年慈善一日捐",
        name_en=f"One-Day Giving {year}",
        kind="one_day",
        starts_on=(ends - timedelta(days=45)).isoformat(),
        ends_on=ends.isoformat(),
        fund=plan.one_day_fund(1),
        prefix="YRJ",
        purpose="捐出一天的收入，帮助身边有困难的家庭：助医、临时救助和爱心超市。",
        purpose_en="Give one day's income to families nearby: medical and emergency aid, charity stores.",
        facts={"beneficiaries": "本市低保、低保边缘、特困、支出型困难家庭"},
    )
    return old, 1_020_000, 2_206


def _not_before_the_books(plan: Plan, at: datetime) -> datetime:
    return max(at, plan.at(plan.first, 16))


def _lasting(plan: Plan) -> list[tuple[NewCampaign, date]]:
    starts = plan.one_day_begins
    one_day = NewCampaign(
        slug=one_day_slug(plan),
        name=f"{starts.year} 年慈善一日捐",
        name_en=f"One-Day Giving {starts.year}",
        kind="one_day",
        starts_on=starts.isoformat(),
        ends_on=plan.day(ONE_DAY_AFTER).isoformat(),
        fund=plan.one_day_fund(),
        fund_name=f"一日捐 {starts.year}",
        fund_kind="unrestricted",
        plan=ONE_DAY,
        prefix="YRJ",
        purpose="捐出一天的收入，帮助身边有困难的家庭：助医、临时救助、空巢老人和爱心超市。",
        purpose_en="Give one day's income to families nearby: medical and emergency aid, the elderly, charity stores.",
        facts=PLAN
        | {
            "beneficiaries": "本市低保、低保边缘、特困、支出型困难家庭",
            "uses": "助医 860,000 元、临时救助 260,000 元、空巢老人关爱 60,000 元、爱心超市物资 300,000 元",
            "cost_note": "募捐成本不超过 20,000 元，用于宣传品印制和银行手续费",
            "programmes": "慈善助医、临时救助、空巢老人关爱、慈善爱心超市",
            "expected_sum": "150 万元",
            "expected_people": "约 2,400 户",
            "suggested": "科级 300\n职员 200\n其他 100\n学生 20",
        },
    )
    everyday = NewCampaign(
        slug="everyday",
        name="日常接受捐赠",
        name_en="Everyday giving",
        kind="everyday",
        starts_on=plan.opened_on.isoformat(),
        fund="F-GEN",
        funds=("F-WARM", "F-EDU", "F-CIWU"),
        prefix="RC",
        purpose="每一份日常的善意，都用到最需要的人身上。",
        purpose_en="Every day's kindness goes where it is needed most.",
        facts=ACCEPTING,
    )
    return [
        (one_day, starts - timedelta(days=FILED_DAYS)),
        (everyday, plan.opened_on - timedelta(days=FILED_DAYS)),
    ]


_OF_THE_PLAN: Final = frozenset({"beneficiaries", "uses", "programmes", "expected_sum", "expected_people"})


def _season(begins: tuple[int, int], ends: tuple[int, int], filed: int = FILED_DAYS, **facts: Any) -> Season:
    own = {name: facts.pop(name) for name in [*facts] if name in _OF_THE_PLAN}
    kept = ACCEPTING if facts.get("reach") == "targeted" else PLAN
    return Season(NewCampaign(starts_on="", facts=kept | own, **facts), begins, ends, filed)


SEASONS: Final = (
    _season(
        (11, 15), (2, 10),
        slug="winter", name="送温暖、献爱心 {year} 年冬季募捐", name_en="Winter Warmth", kind="winter",
        fund="F-WARM", prefix="WN",
        purpose="让困难家庭过一个温暖的春节。", purpose_en="A warm Spring Festival for families in need.",
        beneficiaries="低保、低保边缘、特困家庭",
        uses="春节前向困难家庭发放慰问金和御寒物资", programmes="春节慰问、冬季取暖、爱心超市",
        expected_sum="90 万元", expected_people="约 1,800 户",
    ),
    _season(
        (6, 20), (8, 31),
        slug="dream", name="慈善助学·圆梦大学 {year}", name_en="A Dream of University", kind="education",
        fund="F-EDU", prefix="ZX",
        purpose="资助困难家庭的孩子读完高中、走进大学。",
        purpose_en="Help children of poor families finish school and enter university.",
        beneficiaries="本市困难家庭的在读学生",
        uses="学费和生活费补助", programmes="慈善助学", expected_sum="80 万元", expected_people="280 名",
    ),
    _season(
        (5, 20), (6, 10),
        slug="orphans", name="慈善救孤 {year}", name_en="Aid for Orphans", kind="orphan", reach="targeted",
        fund="F-ORP", prefix="JG",
        purpose="理事单位定向募集，帮助孤儿和事实无人抚养儿童读书和生活。",
        purpose_en="Council members give for the schooling and living of orphans.",
        beneficiaries="孤儿 62 名，事实无人抚养儿童 118 名", uses="学费、生活费和节日慰问",
    ),
    # The flood appeal is filed six days after its start, which art 73 allows within ten days.
    _season(
        (7, 3), (8, 3), -6,
        slug="flood", name="{year} 年梅雨洪涝应急募捐", name_en="Flood Appeal", kind="disaster",
        fund="F-DIS", prefix="JZ",
        purpose="帮助受灾家庭渡过难关，补充应急储备。每五天公布一次收支。",
        purpose_en="Help flooded families and refill the disaster reserve; figures every five days.",
        beneficiaries="受灾乡镇的困难家庭",
        uses="受灾家庭的生活救助和应急物资储备", programmes="救灾救助、应急储备",
        expected_sum="60 万元", expected_people="约 500 户",
    ),
)  # fmt: skip

_OLD: Final[dict[str, Any]] = {"kind": "agency", "facts": {"beneficiaries": "灾区群众"}}
ARCHIVE: Final = (
    (
        NewCampaign(
            slug="wenchuan-2008", name="汶川地震募捐（代收转交）", name_en="Wenchuan 2008 (forwarded)",
            starts_on="2008-05-13", ends_on="2008-06-30", fund="F-WC08", prefix="WC",
            purpose="为汶川地震灾区代收捐款，全额转交上级慈善总会。",
            purpose_en="Collected for the Wenchuan earthquake and forwarded in full.", **_OLD,
        ),
        8_462_315, 21_406,
    ),
    (
        NewCampaign(
            slug="yushu-2010", name="玉树地震募捐（代收转交）", name_en="Yushu 2010 (forwarded)",
            starts_on="2010-04-15", ends_on="2010-05-31", fund="F-YS10", prefix="YS",
            purpose="为玉树地震灾区代收捐款，全额转交上级慈善总会。",
            purpose_en="Collected for the Yushu earthquake and forwarded in full.", **_OLD,
        ),
        2_137_680, 6_915,
    ),
)  # fmt: skip
"""Campaigns of before the books, with what their archives say in yuan and in gifts."""
