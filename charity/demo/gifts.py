"""The year's gifts: campaigns, work units, the nameless daily giver, pledges, receipts on their way."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from charity import clock
from charity.demo import names, tables
from charity.demo.plan import Plan
from charity.giving import campaigns, donations, pledges, receipts, refunds
from charity.people.persons import Donor

YUAN = 100
SMALL = (1_000, 2_000, 5_000, 6_666, 8_800, 10_000, 20_000, 36_500, 50_000, 100_000)
DELIVERED_AFTER_DAYS = 7


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


async def know_campaigns() -> None:
    """Look every campaign up once, so that no gift has to ask for its own and all reach the writer in their order."""
    for campaign in await campaigns.every(public=False):
        await campaigns.known(campaign.row["slug"])


def add(plan: Plan) -> None:
    """Plan every gift of the story."""
    _forwarded(plan)
    for wave in WAVES:
        _wave(plan, wave)
    _everyday(plan)
    _one_day(plan)
    _pledges(plan)
    _double_payment(plan)


def _gift(plan: Plan, day: date, **told: Any) -> None:
    at = plan.sometime(day)
    channel = told.pop("channel", None) or plan.chance.choices(("wechat", "alipay", "bank", "cash"), (60, 20, 12, 8))[0]
    ref = f"DEMO{plan.chance.randrange(10**14):014d}" if channel in {"wechat", "alipay", "bank"} else ""
    plan.tell(at, partial(_receive, plan, day=day, channel=channel, channel_ref=ref, **told), together=True)


async def _receive(plan: Plan, *, day: date, deliver: bool = True, **told: Any) -> None:
    answer = await donations.receive(received_on=day.isoformat(), by=plan.by("cashier"), **told)
    old = (plan.today - day).days > DELIVERED_AFTER_DAYS
    if deliver and old and told["donor"].kind != "anonymous":
        code = answer.body["receipt"]["code"]
        plan.later.append(partial(receipts.deliver, code, delivery="sent", by=plan.by("cashier")))


def _donor(plan: Plan) -> Donor:
    chance = plan.chance.random()
    if chance < 0.12:  # noqa: PLR2004 - a share
        return Donor("anonymous")
    return Donor("person", names.person(plan.chance), names.phone(plan.chance))


def _wave(plan: Plan, wave: Wave) -> None:
    span = wave.last - wave.first
    for _ in range(wave.gifts):
        # Gifts come thick at first and thin out.
        day = plan.day(wave.first + int(span * plan.chance.random() ** 1.6))
        _gift(
            plan,
            day,
            campaign=wave.campaign,
            amount_fen=plan.chance.choice(SMALL),
            donor=_donor(plan),
            public_name=plan.chance.random() < 0.6,  # noqa: PLR2004
        )
    for firm in plan.chance.sample(names.FIRMS, wave.firms):
        day = plan.day(wave.first + plan.chance.randrange(span // 2))
        share = plan.chance.choice((0.5, 0.8, 1, 1, 1.5))
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
    for campaign, first in (("wenchuan-2008", date(2008, 5, 20)), ("yushu-2010", date(2010, 4, 20))):
        for n in range(24):
            day = date.fromordinal(first.toordinal() + n % 12)
            donor = Donor("person", names.person(plan.chance)) if n % 3 else Donor("organisation", names.FIRMS[n % 10])
            amount = plan.chance.choice(SMALL) * (20 if donor.kind == "organisation" else 1)
            _gift(plan, day, campaign=campaign, amount_fen=amount, donor=donor, channel="cash", public_name=True)


def _everyday(plan: Plan) -> None:
    for offset in range(-365, 0):
        # The nameless giver of rules 4.3: 66.66 yuan every day; the receipt is kept undelivered.
        _gift(plan, plan.day(offset), campaign="everyday", amount_fen=6_666, donor=Donor("anonymous"), channel="wechat")
        if plan.chance.random() < 0.7:  # noqa: PLR2004
            _gift(plan, plan.day(offset), campaign="everyday", amount_fen=plan.chance.choice(SMALL), donor=_donor(plan))
    for offset, fund, fen in ((-300, "F-GEN", 300_000), (-200, "F-GEN", 260_000), (-90, "F-CIWU", 50_000)):
        donor = Donor("organisation", plan.chance.choice(names.FIRMS))
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
    for row in tables.rows("work_units"):
        givers, total = int(row["donors"]), tables.fen(row["personal_total"])
        usual = names.rounded_up(tables.fen(row["one_day_suggest_yuan"]))
        amounts = [usual] * givers
        amounts[-1] += total - sum(amounts)
        if amounts[-1] <= 0:
            amounts = [total // givers] * (givers - 1)
            amounts.append(total - sum(amounts))
        for amount in amounts:
            day = plan.day(-44 + int(42 * plan.chance.random()))
            donor = Donor("person", names.person(plan.chance), names.phone(plan.chance))
            _gift(
                plan,
                day,
                campaign="one-day-2026",
                amount_fen=amount,
                donor=donor,
                work_unit=row["unit_code"],
                public_name=plan.chance.random() < 0.5,  # noqa: PLR2004
            )
        if tables.fen(row["unit_donation"]):
            _gift(
                plan,
                plan.day(-20 + plan.chance.randrange(15)),
                campaign="one-day-2026",
                amount_fen=tables.fen(row["unit_donation"]),
                donor=Donor("organisation", row["name"]),
                work_unit=row["unit_code"],
                channel="bank",
                public_name=True,
            )


def _pledges(plan: Plan) -> None:
    """Promises kept, kept in part, open, and one never paid."""
    kept = partial(_pledge, plan, pay=1.0)
    for n in range(12):
        plan.tell(plan.sometime(plan.day(-30 + n)), partial(kept, "one-day-2026", 10_000 * (n + 1)))
    plan.tell(plan.at(plan.day(-9)), partial(_pledge, plan, "one-day-2026", 100_000, pay=0.4))
    plan.tell(plan.at(plan.day(-80)), partial(_pledge, plan, "everyday", 50_000, pay=0.0))
    for n in range(7):
        plan.tell(
            plan.sometime(plan.day(-6 + n % 5)), partial(_pledge, plan, "one-day-2026", 20_000 + 5_000 * n, pay=0.0)
        )
    # A donor aged 15, with the guardian's contact left in the message (rules 4.2).
    minor = partial(_pledge, plan, "everyday", 5_000, pay=0.0, message="捐赠人今年15岁，监护人已同意")
    plan.tell(plan.at(plan.day(-3)), minor)


async def _pledge(plan: Plan, campaign: str, amount_fen: int, *, pay: float, message: str = "") -> None:
    donor = Donor("person", names.person(plan.chance), names.phone(plan.chance))
    promise = pledges.Promise(
        campaign=campaign,
        amount_fen=amount_fen,
        channel="bank",
        donor=donor,
        public_name=True,
        public_amount=True,
        message=message,
    )
    answer = await pledges.promise(promise)
    if pay:
        await pledges.receive(
            answer.body["code"],
            amount_fen=int(amount_fen * pay),
            received_on=clock.today().isoformat(),
            channel="bank",
            channel_ref=f"DEMO-P-{answer.body['reference']}",
            by=plan.by("cashier"),
        )


def _double_payment(plan: Plan) -> None:
    """A gift paid twice is given back; a receipt made out to the wrong name is replaced."""
    day = plan.day(-25)

    async def twice() -> None:
        told: dict[str, Any] = {
            "campaign": "everyday",
            "amount_fen": 30_000,
            "received_on": day.isoformat(),
            "channel": "wechat",
            "donor": Donor("person", "周立", "19900000001"),
            "by": plan.by("cashier"),
        }
        await donations.receive(**told, channel_ref="DEMO-TWICE-1")
        second = await donations.receive(**told, channel_ref="DEMO-TWICE-2")
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
            reason="捐赠人姓名写错",
            donor=Donor("person", "陈晓梅"),
            by=plan.by("accountant"),
        )

    plan.tell(plan.at(day, 10), twice)
    plan.tell(plan.at(day, 11), renamed)
