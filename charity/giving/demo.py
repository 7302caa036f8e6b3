"""Giving's chapter of the demo: campaigns, work units, the nameless daily giver, pledges, receipts on their way."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from charity import clock
from charity.demo import names, tables
from charity.demo.plan import Chapter, Plan
from charity.giving import campaigns, donations, pledges, receipts, refunds
from charity.giving.campaigns import NewCampaign
from charity.giving.donors import work_units
from charity.people.persons import Donor

YUAN = 100
SMALL = (1_000, 2_000, 5_000, 6_666, 8_800, 10_000, 20_000, 36_500, 50_000, 100_000)
DELIVERED_AFTER_DAYS = 7
# The day of field.md 7.6 on which One-Day Giving had been open for 45 days: campaign dates move with the load day.
BASE = date(2026, 10, 16)


@dataclass(frozen=True, slots=True)
class Wave:
    """The gifts of one campaign: how many, in which days from the load day, and how large firms give."""

    campaign: str
    fund: str
    first: int
    last: int
    gifts: int
    firms: int
    firm_fen: int


WAVES = (
    Wave("winter-2025", "F-WARM", -335, -248, 420, 8, 60_000 * YUAN),
    Wave("orphans-2026", "F-ORPH", -149, -128, 60, 4, 70_000 * YUAN),
    Wave("dream-2026", "F-EDU", -118, -46, 300, 6, 90_000 * YUAN),
    Wave("flood-2026", "F-DIS", -105, -74, 520, 6, 40_000 * YUAN),
)


async def build(plan: Plan) -> None:
    """Open the campaigns and know the work units."""
    await _campaigns(plan)
    # Each is looked up once, so that no gift has to ask for its own and all reach the writer in their order.
    for campaign in await campaigns.every(by=plan.by("accountant")):
        await campaigns.known(campaign.row["slug"])
    for row in tables.rows("work_units"):
        await work_units.add(
            code=row["unit_code"],
            name=row["name"],
            kind=row["kind"],
            reference=row["reference_code"],
            staff=int(row["headcount"]),
            by=plan.by("accountant"),
        )


def add(plan: Plan) -> None:
    """Plan every gift of the story."""
    _forwarded(plan)
    for wave in WAVES:
        _wave(plan, wave)
    _everyday(plan)
    _one_day(plan)
    _pledges(plan)
    _double_payment(plan)


def _gift(plan: Plan, day: date, **facts: Any) -> None:
    chance = plan.chance_of("giving")
    at = plan.sometime(day, chance)
    channel = facts.pop("channel", None) or chance.choices(("wechat", "alipay", "bank", "cash"), (60, 20, 12, 8))[0]
    ref = f"DEMO{chance.randrange(10**14):014d}" if channel in {"wechat", "alipay", "bank"} else ""
    plan.add(at, partial(_receive, plan, day=day, channel=channel, channel_ref=ref, **facts), together=True)


async def _receive(plan: Plan, *, day: date, **facts: Any) -> None:
    facts["confirmed_amount_fen"] = facts["amount_fen"]
    answer = await donations.receive(received_on=day.isoformat(), by=plan.by("cashier"), **facts)
    old = (plan.today - day).days > DELIVERED_AFTER_DAYS
    if old and facts["donor"].kind != "anonymous":
        code = answer.body["receipt"]["code"]
        plan.later.append(partial(receipts.deliver, code, delivery="sent", by=plan.by("cashier")))


def _donor(chance: Random) -> Donor:
    if chance.random() < 0.12:  # noqa: PLR2004 - a share
        return Donor("anonymous")
    return Donor("person", names.person(chance), names.phone(chance))


def _wave(plan: Plan, wave: Wave) -> None:
    chance = plan.chance_of("giving")
    span = wave.last - wave.first
    for _ in range(wave.gifts):
        # Gifts come thick at first and thin out.
        day = plan.day(wave.first + int(span * chance.random() ** 1.6))
        _gift(
            plan,
            day,
            campaign=wave.campaign,
            amount_fen=chance.choice(SMALL),
            donor=_donor(chance),
            public_name=chance.random() < 0.6,  # noqa: PLR2004
        )
    for firm in chance.sample(names.FIRMS, wave.firms):
        day = plan.day(wave.first + chance.randrange(span // 2))
        share = chance.choice((0.5, 0.8, 1, 1, 1.5))
        _gift(
            plan,
            day,
            campaign=wave.campaign,
            amount_fen=int(wave.firm_fen * share),
            donor=Donor("organisation", firm),
            public_name=True,
            channel="bank",
        )


def _forwarded(plan: Plan) -> None:
    """The archives of 2008 and 2010: collected for forwarding to the higher federation, never income."""
    chance = plan.chance_of("giving")
    for campaign, first in (("wenchuan-2008", date(2008, 5, 20)), ("yushu-2010", date(2010, 4, 20))):
        for n in range(24):
            day = date.fromordinal(first.toordinal() + n % 12)
            donor = Donor("person", names.person(chance)) if n % 3 else Donor("organisation", names.FIRMS[n % 10])
            amount = chance.choice(SMALL) * (20 if donor.kind == "organisation" else 1)
            _gift(plan, day, campaign=campaign, amount_fen=amount, donor=donor, channel="cash", public_name=True)


def _everyday(plan: Plan) -> None:
    chance = plan.chance_of("giving")
    for offset in range(-365, 0):
        # The nameless giver of field.md 4.3: 66.66 yuan every day; the receipt is kept undelivered.
        _gift(plan, plan.day(offset), campaign="everyday", amount_fen=6_666, donor=Donor("anonymous"), channel="wechat")
        if chance.random() < 0.7:  # noqa: PLR2004
            _gift(plan, plan.day(offset), campaign="everyday", amount_fen=chance.choice(SMALL), donor=_donor(chance))
    for offset, fund, fen in ((-300, "F-GEN", 300_000), (-200, "F-GEN", 260_000), (-90, "F-CIWU", 50_000)):
        donor = Donor("organisation", chance.choice(names.FIRMS))
        _gift(
            plan,
            plan.day(offset),
            campaign="everyday",
            amount_fen=fen * YUAN,
            donor=donor,
            fund=fund,
            channel="bank",
            public_name=True,
        )


def _one_day(plan: Plan) -> None:
    """慈善一日捐: staff give their day's wage rounded up to 10 yuan, their units give besides."""
    chance = plan.chance_of("giving")
    for row in tables.rows("work_units"):
        givers, total = int(row["donors"]), tables.fen(row["personal_total"])
        usual = names.rounded_up(tables.fen(row["one_day_suggest_yuan"]))
        amounts = [usual] * givers
        amounts[-1] += total - sum(amounts)
        if amounts[-1] <= 0:
            amounts = [total // givers] * (givers - 1)
            amounts.append(total - sum(amounts))
        for amount in amounts:
            day = plan.day(-44 + int(42 * chance.random()))
            donor = Donor("person", names.person(chance), names.phone(chance))
            _gift(
                plan,
                day,
                campaign="one-day-2026",
                amount_fen=amount,
                donor=donor,
                work_unit=row["unit_code"],
                public_name=chance.random() < 0.5,  # noqa: PLR2004
            )
        if tables.fen(row["unit_donation"]):
            _gift(
                plan,
                plan.day(-20 + chance.randrange(15)),
                campaign="one-day-2026",
                amount_fen=tables.fen(row["unit_donation"]),
                donor=Donor("organisation", row["name"]),
                work_unit=row["unit_code"],
                channel="bank",
                public_name=True,
            )


def _pledges(plan: Plan) -> None:
    """Promises kept, kept in part, open, and one never paid."""
    chance = plan.chance_of("giving")
    for n in range(12):
        at = plan.sometime(plan.day(-30 + n), chance)
        plan.add(at, partial(_pledge, plan, _promise(chance, "one-day-2026", 10_000 * (n + 1)), pay=1.0))
    plan.add(plan.at(plan.day(-9)), partial(_pledge, plan, _promise(chance, "one-day-2026", 100_000), pay=0.4))
    plan.add(plan.at(plan.day(-80)), partial(_pledge, plan, _promise(chance, "everyday", 50_000)))
    for n in range(7):
        at = plan.sometime(plan.day(-6 + n % 5), chance)
        plan.add(at, partial(_pledge, plan, _promise(chance, "one-day-2026", 20_000 + 5_000 * n)))
    # A donor aged 15, with the guardian's contact left in the message (field.md 4.2).
    minor = _promise(chance, "everyday", 5_000, message="捐赠人今年15岁，监护人已同意")
    plan.add(plan.at(plan.day(-3)), partial(_pledge, plan, minor))


def _promise(chance: Random, campaign: str, amount_fen: int, message: str = "") -> pledges.Promise:
    return pledges.Promise(
        campaign=campaign,
        amount_fen=amount_fen,
        channel="bank",
        donor=Donor("person", names.person(chance), names.phone(chance)),
        public_name=True,
        public_amount=True,
        message=message,
    )


async def _pledge(plan: Plan, promise: pledges.Promise, *, pay: float = 0.0) -> None:
    answer = await pledges.promise(promise)
    if pay:
        fen = int(promise.amount_fen * pay)
        row = await pledges.get(answer.body["code"])
        await pledges.receive(
            row.code,
            amount_fen=fen,
            confirmed_amount_fen=fen,
            content_hash=pledges.content_of(row).hash,
            received_on=clock.today().isoformat(),
            channel="bank",
            channel_ref=f"DEMO-P-{answer.body['reference']}",
            by=plan.by("cashier"),
        )


def _double_payment(plan: Plan) -> None:
    """A gift paid twice is given back; a receipt made out to the wrong name is replaced."""
    day = plan.day(-25)

    async def twice() -> None:
        gift: dict[str, Any] = {
            "campaign": "everyday",
            "amount_fen": 30_000,
            "received_on": day.isoformat(),
            "channel": "wechat",
            "donor": Donor("person", "周立", "19900000001"),
            "by": plan.by("cashier"),
        }
        await donations.receive(**gift, channel_ref="DEMO-TWICE-1")
        second = await donations.receive(**gift, channel_ref="DEMO-TWICE-2")
        asked = await refunds.request(
            second.body["id"], amount_fen=30_000, reason="捐赠人重复支付", by=plan.by("accountant")
        )
        await refunds.approve(asked.body["number"], by=plan.by("accountant2"))

    async def renamed() -> None:
        answer = await donations.receive(
            campaign="everyday",
            amount_fen=66_000,
            received_on=day.isoformat(),
            channel="cash",
            donor=Donor("person", "陈小梅"),
            by=plan.by("cashier"),
        )
        await receipts.replace(
            answer.body["receipt"]["code"],
            content_hash=receipts.content_of(await receipts.get(answer.body["receipt"]["code"])).hash,
            reason="捐赠人姓名写错",
            donor=Donor("person", "陈晓梅"),
            by=plan.by("accountant"),
        )

    plan.add(plan.at(day, 10), twice)
    plan.add(plan.at(day, 11), renamed)


async def _campaigns(plan: Plan) -> None:
    shift = plan.today - BASE
    for planned, filed, ends, status in _every_campaign(plan):
        moved = planned
        if planned.kind != "agency" and planned.slug not in {"everyday", "one-day-2026"}:
            moved = replace(
                planned,
                starts_on=(date.fromisoformat(planned.starts_on) + shift).isoformat(),
                ends_on=(date.fromisoformat(str(planned.ends_on)) + shift).isoformat(),
            )
        accountant = plan.by("accountant")
        with clock.fixed(plan.at(date.fromisoformat(moved.starts_on) - timedelta(days=filed))):
            await campaigns.create(moved, by=accountant)
            if planned.reach == "public":
                await campaigns.file(
                    planned.slug,
                    filing_no=f"演示备{moved.starts_on[:4]}{planned.prefix}",
                    platform_url="https://platform.invalid/" + planned.slug,
                    by=accountant,
                )
            await campaigns.activate(planned.slug, by=accountant)
        if status != "active":
            close_on = date.fromisoformat(str(ends or moved.ends_on)) + timedelta(days=20)
            plan.add(plan.at(close_on, 20), partial(_close, plan, planned.slug, archive=status == "archived"))


async def _close(plan: Plan, slug: str, *, archive: bool) -> None:
    await campaigns.close(slug, by=plan.by("accountant"))
    if archive:
        await campaigns.archive(slug, by=plan.by("accountant"))


def _every_campaign(plan: Plan) -> list[tuple[NewCampaign, int, str | None, str]]:
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


chapter = Chapter(build=build, add=add)
