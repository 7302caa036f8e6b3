"""Aid's chapter of the demo: the year's budgets (field.md 7.7), each voucher over hours and days, and what waits.

A caseworker makes a voucher, two approvers approve it on a later working day, the cashier pays it days after that, and
waits for another day when the fund has too little in the bank. Who gets help gets it into an own account; the
townships' contact points distribute the rest and send in signed rosters some days later, one of them for a part so far;
goods come in some days after their supplier was paid.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import Final

from charity import clock
from charity.aid import payments, rosters, vouchers
from charity.aid.content import Content, Purpose
from charity.aid.payees import PayeeKind
from charity.aid.rosters import Line, RosterContent
from charity.demo import calendar, shares, tables
from charity.demo.plan import Chapter, Family, Plan
from charity.errors import Refusal
from charity.goods import intake
from charity.goods.demo import catalogue, stores_by_need
from charity.goods.intake import IntakeLine
from charity.people.demo import contact_point

YUAN: Final = 100
SHORT: Final = frozenset({"fund.short", "fund_place.short"})
STANDARD: Final = {"U": 312 * YUAN, "R": 188 * YUAN}
TIMES_STANDARD: Final = 6
"""Temporary aid: at most so many times the month's standard a person (field.md 4.8)."""
STUDENTS: Final = ((60, 6_000, "应届大学新生助学金"), (50, 5_000, "大学新生助学金"), (40, 4_000, "在读大学生助学金"))
PUPILS: Final = (130, 1_000, "高中生助学金")
ORPHANS: Final = ((26, 2_000, "小学"), (18, 2_400, "初中"), (12, 3_400, "高中"), (6, 5_000, "大学"))
UNSUPPORTED: Final = (118, 2_000)
MONTHLY: Final = (
    # day, fen, payee, what for
    (8, 5_300_00, "LXB06", "专职工作人员工资和社会保险（代发）"),
    (12, 1_500_00, "LXB02", "办公用房租金"),
    (20, 700_00, "LXB02", "水电、通信和办公用品"),
)
CASH_MOST: Final = 1_000_00
"""Above it aid goes into an account (现金管理暂行条例 5)."""
TILL: Final = "1001/-"
AUDIT: Final = 12_000_00


@dataclass(frozen=True, slots=True)
class Bought:
    """Goods that a voucher buys: SKU, pieces, price a piece in fen, and the store, or "" for all by their need."""

    sku: str
    pieces: int
    price: int
    store: str = ""


@dataclass(slots=True)
class Case:
    """A payment of the story; `end` is how far it gets. Its number and hash are known once it was made.

    Whom a branch helps stands on its roster; `signed` of them have signed so far, all without it.
    """

    day: date
    programme: str | None
    fund: str
    kind: PayeeKind
    payee: str
    fen: int
    recipients: int
    reason: str
    end: str = "paid"
    listed: tuple[str, ...] = ()
    purpose: Purpose = "aid"
    cash: bool = False
    bought: Sequence[Bought] = ()
    signed: int | None = None
    number: str = field(default="", init=False)
    content_hash: str = field(default="", init=False)

    def content(self) -> Content:
        """What is asked to be paid."""
        return Content(
            purpose=self.purpose,
            programme=self.programme,
            fund=self.fund,
            payee_kind=self.kind,
            payee=self.payee,
            amount_fen=self.fen,
            recipients=0 if self.kind == "branch" else self.recipients,
            listed=() if self.kind == "branch" else self.listed,
            reason=self.reason,
        )

    def roster(self) -> RosterContent:
        """What the branch sends in, today."""
        each, count = self.fen // self.recipients, self.signed or self.recipients
        return RosterContent(
            distributed_on=clock.today(),
            place="各村村委会",
            amount_fen=each * count,
            recipients=count,
            lines=tuple(Line(code, each) for code in self.listed),
        )


def _to(kind: PayeeKind, key: str, day: date, programme: str, fund: str, fen: int, reason: str) -> Case:
    """Aid to one person or family, who is listed: into an own account."""
    return Case(day, programme, fund, kind, key, fen, 1, reason, listed=(key,))


def cases(plan: Plan, chance: random.Random) -> list[Case]:
    """All payments of the story's year; what comes after its end is not made."""
    old, new = plan.one_day_fund(1), plan.one_day_fund()
    return [
        *_students(plan, chance),
        *_orphans(plan, chance),
        *_winter(plan),
        *_homes(plan),
        *_elders(plan),
        *_disaster(plan),
        *_ciwu(plan),
        *_stores(plan, old, new),
        *_medical(plan, chance, old, new),
        *_temporary(plan, chance, old, new),
        *_costs(plan, new),
    ]


def add(plan: Plan) -> None:
    """Plan every voucher of the story."""
    chance = plan.chance_of("aid")
    for case in [*cases(plan, chance), *_waiting(plan)]:
        _steps(plan, chance, case)


# -- what is paid --------------------------------------------------------------------------------------


def _spread(first: date, last: date, count: int) -> list[date]:
    """So many working days from first to last, evenly."""
    days = calendar.working_days(first, last)
    return [days[n * len(days) // count] for n in range(count)]


def _students(plan: Plan, chance: random.Random) -> Iterator[Case]:
    """To each student's own card: those who begin before term, those who study on and pupils after it began."""
    keys = iter(chance.sample(plan.people["students"], len(plan.people["students"])))
    for (count, yuan, reason), (begins, lasts) in zip(
        (*STUDENTS, PUPILS), (((8, 12), 9), ((8, 18), 10), ((9, 1), 9), ((9, 8), 16)), strict=True
    ):
        first = plan.once(*begins)
        for day in _spread(first, first + timedelta(days=lasts), count):
            yield _to("person", next(keys), day, "P01", "F-EDU", yuan * YUAN, reason)


def _orphans(plan: Plan, chance: random.Random) -> Iterator[Case]:
    """To each child's own account, by stage; then those whom nobody supports in fact."""
    keys = iter(chance.sample(plan.people["orphans"], len(plan.people["orphans"])))
    grants = [(yuan, f"孤儿学年助学金（{stage}）") for count, yuan, stage in ORPHANS for _ in range(count)]
    count, yuan = UNSUPPORTED
    grants += [(yuan, "事实无人抚养儿童助学金")] * count
    first = plan.once(6, 12)
    for day, (amount, reason) in zip(_spread(first, first + timedelta(days=12), len(grants)), grants, strict=True):
        yield _to("person", next(keys), day, "P02", "F-ORP", amount * YUAN, reason)


def _winter(plan: Plan) -> Iterator[Case]:
    """春节送温暖: 140 yuan of goods a household in December, 200 in cash in January, by township."""
    for code, families in _by_township(plan).items():
        count, point = len(families), contact_point(code)
        december, january = plan.once(12, 8), plan.once(1, 5)
        goods = f"春节送温暖物资款，{count} 户，每户 140 元，由联络站采购发放"
        cash = f"春节慰问金，{count} 户，每户 200 元，由联络站发放并签收"
        listed = tuple(family.code for family in families)
        for day, yuan, reason in ((december, 140, goods), (january, 200, cash)):
            fen = count * yuan * YUAN
            yield Case(day, "P04", "F-WARM", "branch", point, fen, count, reason, listed=listed)


def _by_township(plan: Plan) -> dict[str, list[Family]]:
    families: dict[str, list[Family]] = {}
    for family in plan.households:
        families.setdefault(family.township, []).append(family)
    return families


def _homes(plan: Plan) -> Iterator[Case]:
    first = plan.once(11, 20)
    for n, row in enumerate(tables.rows("institutions"), 1):
        beds = int(row["beds"])
        yield Case(first, "P07", "F-GEN", "institution", f"LXI{n:02d}", 8_000 * YUAN, beds * 3 // 4, "冬季取暖补助")


def _elders(plan: Plan) -> Iterator[Case]:
    insurance = "空巢老人意外伤害保险，900 人，每人 40 元"
    yield Case(plan.once(4, 8), "P06", "F-GEN", "institution", "LXB01", 36_000 * YUAN, 900, insurance)
    pairing = "空巢老人结对走访物资和志愿者补贴"
    yield Case(plan.once(10, 12), "P06", "F-GEN", "institution", "LXB05", 24_000 * YUAN, 900, pairing)


def _disaster(plan: Plan) -> Iterator[Case]:
    relief = plan.once(7, 14)
    for township, count in (("999901008", 70), ("999901014", 50)):
        reason = f"洪涝受灾家庭应急生活补助，{count} 户，每户 500 元"
        yield Case(relief, "P08", "F-DIS", "branch", contact_point(township), count * 500 * YUAN, count, reason)
    reserve = (
        Bought("G057", 400, 198_00, "LX00"),
        Bought("G059", 200, 168_00, "LX00"),
        Bought("G060", 600, 26_00, "LX00"),
        Bought("G058", 400, 29_00, "LX00"),
    )
    yield _purchase(plan.once(8, 10), "P08", "F-DIS", "LXG03", "补充应急储备：家庭应急包、折叠床、饮水、手电", reserve)


def _purchase(day: date, programme: str, fund: str, supplier: str, reason: str, bought: Sequence[Bought]) -> Case:
    fen = sum(b.pieces * b.price for b in bought)
    return Case(day, programme, fund, "supplier", supplier, fen, 0, reason, bought=bought)


def _stores(plan: Plan, old: str, new: str) -> Iterator[Case]:
    """爱心超市: 107,000 yuan of goods bought beside what is given, most of it before winter."""
    food = (Bought("G001", 600, 25_00), Bought("G005", 500, 30_00))
    yield _purchase(plan.first + timedelta(days=14), "P05", old, "LXG01", "爱心超市采购大米和食用油", food)
    more = (Bought("G001", 900, 25_00), Bought("G005", 750, 30_00))
    yield _purchase(plan.day(-34), "P05", new, "LXG01", "爱心超市采购冬季大米和食用油", more)
    daily = (Bought("G029", 800, 20_00), Bought("G022", 1_000, 16_00))
    yield _purchase(plan.day(-33), "P05", new, "LXG02", "爱心超市采购日用品", daily)


def _ciwu(plan: Plan) -> Iterator[Case]:
    for offset, signed in ((-120, 24), (-60, 16)):
        reason = "瓷坞乡困难家庭临时救助，24 户，每户 500 元"
        point = contact_point("999901019")
        yield Case(plan.day(offset), "P09", "F-CIWU", "branch", point, 12_000 * YUAN, 24, reason, signed=signed)


def _medical(plan: Plan, chance: random.Random, old: str, new: str) -> Iterator[Case]:
    """390 sick people, 2,000 to 5,000 yuan each: last year's one-day money first, then this year's."""
    keys = iter(plan.people["patients"])
    ills = ("重病住院自付医疗费补助", "肾病透析自付费用补助", "肿瘤治疗自付费用补助", "手术自付费用补助")
    for fund, count, total, days in (
        (old, 251, 740_000, (plan.first, plan.day(-38))),
        (new, 139, 410_000, (plan.day(-36), plan.day(-8))),
    ):
        amounts = shares.round_parts(total * YUAN, count, 2_000 * YUAN, 5_000 * YUAN, 100 * YUAN, chance)
        for day, fen in zip(_spread(*days, count), amounts, strict=True):
            yield _to("person", next(keys), day, "P03", fund, fen, chance.choice(ills))


def _temporary(plan: Plan, chance: random.Random, old: str, new: str) -> Iterator[Case]:
    """240 families in sudden need, none with more than six times the standard of its members."""
    needs = ("火灾后临时救助", "突发疾病临时救助", "意外伤害临时救助", "家庭主要劳动力失业临时救助", "危房修缮临时救助")
    zones = {row["code"]: row["zone"] for row in tables.rows("townships")}
    most = {f.code: STANDARD[zones[f.township]] * TIMES_STANDARD * f.members for f in plan.households}
    families = [family for family in plan.households if family.store]
    for fund, count, total, days in (
        (old, 158, 230_000, (plan.first, plan.day(-38))),
        (new, 82, 120_000, (plan.day(-36), plan.day(-8))),
    ):
        amounts = shares.round_parts(total * YUAN, count, 600 * YUAN, 3_600 * YUAN, 100 * YUAN, chance)
        for day, fen in zip(_spread(*days, count), amounts, strict=True):
            family = chance.choice([f for f in families if most[f.code] >= fen])
            case = _to("household", family.code, day, "P09", fund, fen, chance.choice(needs))
            case.cash = fen <= CASH_MOST and chance.random() < 0.6  # noqa: PLR2004 - a share
            yield case


def _costs(plan: Plan, new: str) -> Iterator[Case]:
    """Our own costs: wages, rent and office each month, the audit in April, leaflets for those who are asked."""
    months = sorted({day.replace(day=1) for day in calendar.days(plan.first, plan.last)})
    for month in months:
        for monthly, fen, payee, reason in MONTHLY:
            on = month.replace(day=monthly)
            yield Case(on, None, "F-GEN", "institution", payee, fen, 0, reason, purpose="administration")
    audit = "年度财务审计费"
    yield Case(plan.once(4, 20), None, "F-GEN", "institution", "LXB03", AUDIT, 0, audit, purpose="administration")
    for day, fund, fen, reason in (
        (plan.day(-36), new, 9_600 * YUAN, "慈善一日捐宣传册和横幅印制"),
        (plan.once(6, 18), "F-GEN", 3_200 * YUAN, "募捐箱和二维码展架制作"),
    ):
        yield Case(day, None, fund, "institution", "LXB04", fen, 0, reason, purpose="fundraising")


def _waiting(plan: Plan) -> list[Case]:
    """What waits on the desks on the load day."""
    new = plan.one_day_fund()
    families = [family.code for family in plan.households if family.store]
    patients = plan.people["patients"]
    last, before, earlier = (calendar.working_days(plan.first, plan.last)[-n] for n in (1, 3, 6))
    return [
        Case(
            last, "P03", new, "person", patients[40], 3_000 * YUAN, 1, "肾病透析自付费用补助", "draft", (patients[40],)
        ),
        Case(
            last, "P03", new, "person", patients[41], 4_000 * YUAN, 1, "肿瘤手术自付费用补助", "draft", (patients[41],)
        ),
        Case(before, "P09", new, "household", families[42], 1_100 * YUAN, 1, "火灾临时救助", "once", (families[42],)),
        Case(before, "P06", new, "institution", "LXB01", 12_000 * YUAN, 300, "空巢老人结对服务保险", "once"),
        Case(earlier, "P07", "F-GEN", "institution", "LXI05", 8_000 * YUAN, 86, "锅炉更换补助", "approved"),
        Case(before, "P03", new, "person", patients[43], 5_000 * YUAN, 1, "车祸治疗费补助", "returned"),
        Case(earlier, "P09", new, "household", families[44], 9_000 * YUAN, 1, "超出救助标准的申请", "rejected"),
    ]


# -- how it is paid ------------------------------------------------------------------------------------


def _steps(plan: Plan, chance: random.Random, case: Case) -> None:
    """The times of a voucher's steps: hours and working days lie between them."""
    made = plan.office_time(case.day, chance)
    first = _morning(plan, calendar.after(made.date(), chance.choice((1, 1, 2))), chance)
    second = _afternoon(plan, first.date(), chance)
    if chance.random() < 0.5:  # noqa: PLR2004 - a share
        second = _morning(plan, calendar.after(first.date()), chance)
    paid = _afternoon(plan, calendar.after(second.date(), chance.choice((1, 2, 2, 3))), chance)
    if case.cash:
        plan.cash_wanted.append((paid.date(), case.fund, case.fen))
    approvers = chance.sample(("approver", "approver2"), 2)
    plan.add(made, partial(_make, plan, case))
    if case.end == "returned":
        plan.add(first, partial(_send_back, plan, case))
    elif case.end == "rejected":
        plan.add(first, partial(_reject, plan, case))
    elif case.end != "draft":
        plan.add(first, partial(_approve, plan, case, approvers[0]))
        if case.end != "once":
            plan.add(second, partial(_approve, plan, case, approvers[1]))
        if case.end == "paid":
            plan.add(paid, partial(_pay, plan, case, chance.randrange(2**30)))


def _morning(plan: Plan, day: date, chance: random.Random) -> datetime:
    return plan.at(calendar.working(day), chance.choice((9, 10)), chance.randrange(60), chance.randrange(60))


def _afternoon(plan: Plan, day: date, chance: random.Random) -> datetime:
    return plan.at(calendar.working(day), chance.choice((14, 15)), chance.randrange(60), chance.randrange(60))


async def _make(plan: Plan, case: Case) -> None:
    made = await vouchers.make(content=case.content(), by=plan.by("caseworker"))
    case.number, case.content_hash = made.body["number"], made.body["content_hash"]


async def _approve(plan: Plan, case: Case, approver: str) -> None:
    await vouchers.approve(number=case.number, content_hash=case.content_hash, by=plan.by(approver))


async def _send_back(plan: Plan, case: Case) -> None:
    number, shown = case.number, case.content_hash
    await vouchers.send_back(number=number, content_hash=shown, reason="请补充费用清单", by=plan.by("approver"))


async def _reject(plan: Plan, case: Case) -> None:
    number, shown = case.number, case.content_hash
    await vouchers.reject(number=number, content_hash=shown, reason="超出临时救助标准", by=plan.by("approver2"))


async def _pay(plan: Plan, case: Case, seed: int) -> None:
    """Pay it; when the fund has too little in the bank, look again some days later."""
    try:
        await payments.pay(
            number=case.number,
            paid_on=clock.today(),
            channel_ref="" if case.cash else f"DEMO-{case.number}",
            paid_from=TILL if case.cash else None,
            content_hash=case.content_hash,
            by=plan.by("cashier"),
        )
    except Refusal as refusal:
        if refusal.code not in SHORT:
            raise
        now = clock.now().astimezone(clock.SHANGHAI)
        again = plan.at(calendar.after(now.date(), 3), now.hour, now.minute, now.second)
        plan.add(again, partial(_pay, plan, case, seed))
        return
    if case.kind == "branch":
        chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        comes = _morning(plan, calendar.after(clock.today(), chance.choice((3, 4, 5))), chance)
        plan.add(comes, partial(_record, plan, case, _afternoon(plan, calendar.after(comes.date()), chance)))
    if case.bought:
        chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        comes = _morning(plan, calendar.after(clock.today(), chance.choice((2, 3, 4))), chance)
        for n, (store, lines) in enumerate(_deliveries(plan, case.bought, comes.date()).items()):
            plan.add(comes + timedelta(minutes=7 * n), partial(_take_in, plan, case, store, lines))


def _deliveries(plan: Plan, bought: Sequence[Bought], day: date) -> dict[str, list[IntakeLine]]:
    """What each store gets: all of what is for one store, of the rest a share by how many families choose there."""
    goods, need = catalogue(), stores_by_need(plan)
    all_need = sum(need.values())
    lines: dict[str, list[IntakeLine]] = {}
    for each in bought:
        edges = [0, *(each.pieces * part // all_need for part in accumulate(need.values()))]
        shares_of = {store: edges[n + 1] - edges[n] for n, store in enumerate(need)}
        for store, pieces in ({each.store: each.pieces} if each.store else shares_of).items():
            item = goods[each.sku]
            life = item.shelf_life_days
            expires = day + timedelta(days=life * 9 // 10) if life else None
            if pieces:
                line = IntakeLine(item.barcode, pieces, expires, each.price, None, "invoice")
                lines.setdefault(store, []).append(line)
    return lines


async def _record(plan: Plan, case: Case, seen: datetime) -> None:
    written = await rosters.record(voucher=case.number, roster=case.roster(), by=plan.by("caseworker"))
    roster = {"number": written.body["number"], "content_hash": written.body["content_hash"]}

    async def confirm() -> None:
        await rosters.confirm(**roster, by=plan.by("approver"))

    plan.add(seen, confirm)


async def _take_in(plan: Plan, case: Case, store: str, lines: Sequence[IntakeLine]) -> None:
    by = plan.by("storekeeper")
    await intake.take_in(store=store, source="purchase", voucher=case.number, lines=lines, by=by)


chapter = Chapter(add=add)
