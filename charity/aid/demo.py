"""Aid's chapter of the demo: payments made by a caseworker, approved by two, paid by a cashier; and those that wait."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from charity import clock
from charity.aid import payments, vouchers
from charity.aid.payees import PayeeKind
from charity.aid.vouchers import Content
from charity.demo import tables
from charity.demo.plan import Chapter, Plan
from charity.goods import intake
from charity.goods.demo import catalogue
from charity.goods.intake import IntakeLine
from charity.ledger import demo as ledger_demo
from charity.ledger import funds
from charity.ledger.places import PAYING_BANK

YUAN = 100


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of the story. `offset` is the day it is made, `end` how far it gets, `fen` what is over the `yuan`."""

    offset: int
    programme: str
    fund: str
    kind: PayeeKind
    payee: str
    yuan: int
    recipients: int
    reason: str
    end: str = "paid"
    fen: int = 0


def add(plan: Plan) -> None:
    """Plan every voucher of the story, and the goods that were bought with one."""
    chance = plan.chance_of("aid")
    codes = [family.code for family in plan.households]
    for payment in [*_homes(), *_grants(), *_families(chance, codes), *_waiting(codes)]:
        at = plan.at(plan.day(payment.offset), chance.randrange(9, 12), chance.randrange(60))
        plan.add(at, partial(_voucher, plan, payment))
    for forwarded_on, fund, campaign in (
        (date(2008, 7, 1), "F-WC08", "wenchuan-2008"),
        (date(2010, 6, 1), "F-YS10", "yushu-2010"),
    ):
        plan.add(plan.at(forwarded_on), partial(_forward, plan, "LXF01", fund, campaign))
    _purchase(plan)


def _homes() -> list[Payment]:
    return [
        Payment(-285, "P07", "F-WARM", "institution", f"LXI{n:02d}", 8_000, int(row["beds"]) // 2, "冬季取暖和衣被补助")
        for n, row in enumerate(tables.rows("institutions"), 1)
    ]


def _grants() -> list[Payment]:
    return [
        Payment(-120, "P02", "F-ORPH", "institution", "LXI01", 121_200, 62, "孤儿学年助学金，按学段"),
        Payment(-118, "P02", "F-ORPH", "institution", "LXI01", 60_000, 30, "事实无人抚养儿童助学金首批"),
        Payment(-60, "P01", "F-EDU", "institution", "LXS01", 180_000, 30, "应届大学新生助学金，每人6000元"),
        Payment(-44, "P01", "F-EDU", "institution", "LXS01", 130_000, 130, "高中生助学金，每人1000元"),
        Payment(-95, "P08", "F-DIS", "supplier", "LXG01", 40_000, 0, "采购家庭应急包和瓶装水"),
        Payment(-85, "P09", "F-DIS", "institution", "LXF02", 60_000, 120, "受灾家庭临时救助，每户500元"),
        Payment(-180, "P05", "F-GEN", "supplier", "LXG01", 30_000, 0, "采购大米和食用油"),
        Payment(-40, "P05", "F-GEN", "supplier", "LXG01", 36_000, 0, "采购冬季物资"),
        Payment(-35, "P09", "F-CIWU", "institution", "LXF03", 12_000, 24, "瓷坞乡困难家庭临时救助"),
    ]


def _families(chance: random.Random, codes: list[str]) -> list[Payment]:
    todo = []
    for n in range(36):
        yuan = chance.choice((2_000, 2_500, 3_000, 4_000, 5_000))
        offset = -220 + n * 5
        todo.append(Payment(offset, "P03", "F-GEN", "household", codes[n * 7], yuan, 1, "重病住院自付医疗费补助"))
    hardship, spring = "临时困难救助", "春节慰问金"
    return [
        *todo,
        *(
            Payment(-200 + n * 12, "P09", "F-GEN", "household", codes[n * 11 + 3], 1_500, 1, hardship)
            for n in range(14)
        ),
        *(Payment(-280, "P04", "F-WARM", "household", codes[n * 13 + 5], 200, 1, spring) for n in range(18)),
    ]


def _waiting(codes: list[str]) -> list[Payment]:
    """What waits on the desks on the load day."""
    return [
        Payment(-2, "P03", "F-GEN", "household", codes[40], 3_000, 1, "肾病透析自付费用补助", "draft"),
        Payment(-2, "P03", "F-GEN", "household", codes[41], 4_000, 1, "肿瘤手术自付费用补助", "made"),
        Payment(-3, "P09", "F-GEN", "household", codes[42], 1_800, 1, "火灾临时救助", "once"),
        Payment(-3, "P06", "F-GEN", "institution", "LXI01", 20_000, 300, "空巢老人结对服务保险", "once"),
        Payment(-4, "P07", "F-WARM", "institution", "LXI05", 8_000, 86, "锅炉更换补助", "approved"),
        Payment(-5, "P03", "F-GEN", "household", codes[43], 5_000, 1, "车祸治疗费补助", "returned"),
        Payment(-9, "P09", "F-GEN", "household", codes[44], 9_000, 1, "超出救助标准的申请", "rejected"),
    ]


async def _voucher(plan: Plan, asked: Payment) -> str:
    """Take a voucher as far as the story goes; its number."""
    content = Content(
        programme=asked.programme,
        fund=asked.fund,
        payee_kind=asked.kind,
        payee=asked.payee,
        amount_fen=asked.yuan * YUAN + asked.fen,
        recipients=asked.recipients,
        reason=asked.reason,
    )
    made = await vouchers.make(content=content, by=plan.by("caseworker"))
    number, content_hash = made.body["number"], made.body["content_hash"]
    if asked.end in {"draft", "made"}:
        return str(number)
    if asked.end == "returned":
        await vouchers.send_back(number=number, reason="请补充费用清单", by=plan.by("approver"))
        return str(number)
    if asked.end == "rejected":
        await vouchers.reject(number=number, reason="超出临时救助标准", by=plan.by("approver2"))
        return str(number)
    await vouchers.approve(number=number, content_hash=content_hash, by=plan.by("approver"))
    if asked.end == "once":
        return str(number)
    await vouchers.approve(number=number, content_hash=content_hash, by=plan.by("approver2"))
    if asked.end == "approved":
        return str(number)
    bank = f"{PAYING_BANK}/{asked.fund}"
    await ledger_demo.settle(asked.fund, bank, cashier=plan.by("cashier").key)
    paid = {"paid_on": clock.today(), "channel_ref": f"DEMO-{number}", "content_hash": content_hash}
    await payments.pay(number=number, **paid, by=plan.by("cashier"))
    return str(number)


async def _forward(plan: Plan, payee: str, fund: str, campaign: str) -> None:
    """Forward agency money in full."""
    row = next(f for f in await funds.every() if f.code == fund)
    yuan, fen = divmod(row.available_fen, YUAN)
    reason = f"{campaign} 全额转交上级慈善总会"
    asked = Payment(0, "P90", fund, "institution", payee, yuan, 1, reason, fen=fen)
    await _voucher(plan, asked)


def _purchase(plan: Plan) -> None:
    """Bought goods: a voucher to the supplier first, then the intake against it."""
    asked = Payment(-170, "P05", "F-GEN", "supplier", "LXG01", 26_500, 0, "采购大米1000袋")

    async def buy() -> None:
        number = await _voucher(plan, asked)
        rice = catalogue()["G001"]
        line = IntakeLine(rice.barcode, 1_000, clock.today() + timedelta(days=330), rice.value_fen, None, "invoice")
        await intake.take_in(store="LX00", source="purchase", voucher=number, lines=[line], by=plan.by("storekeeper"))

    plan.add(plan.at(plan.day(-170), 13), buy)


chapter = Chapter(add=add)
