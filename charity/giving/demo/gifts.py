"""Who gives in the story: many with little, firms with more, the nameless one every day.

What a fund gets in the year is the table of field.md 7.6a, to the fen; one-day giving is in one_day.py.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from charity import clock
from charity.demo import calendar, names, shares
from charity.demo.plan import Plan
from charity.giving import campaigns as running
from charity.giving import donations, pledges, receipts, refunds, reversals
from charity.giving.demo import campaigns
from charity.office import organisation, privacy
from charity.people.persons import Donor

YUAN: Final = 100
DELIVERED_AFTER_DAYS: Final = 7
CITIZENS: Final = 3_000
FIRST_PROMISE = 6_200
"""First phone number of those who promise; citizens begin at 0, who gives online on one-day giving at 3,000."""
CHANNELS: Final = ("wechat", "alipay", "bank", "cash")
NAMELESS: Final = 6_666


@dataclass(frozen=True, slots=True)
class Income:
    """What a fund gets in the year (field.md 7.6a), and how much of it so many firms give. Amounts are fen."""

    fund: str
    total: int
    firms: int
    of_firms: int
    firm_least: int = 2_000 * YUAN
    firm_most: int = 30_000 * YUAN


SEASONAL: Final = (
    Income("F-WARM", 402_260_00, 14, 130_000_00),
    Income("F-EDU", 912_300_00, 26, 480_000_00),
    Income("F-ORP", 418_600_00, 24, 330_000_00),
    Income("F-DIS", 236_480_00, 10, 60_000_00),
)
EVERYDAY: Final = Income("F-GEN", 318_429_10, 8, 60_000_00)
CIWU: Final = 60_000_00
HOMECOMING: Final = {"F-CIWU": 40_000_00, "F-GEN": 10_000_00}
"""What somebody who left 瓷坞乡 gives by one transfer."""


def add(plan: Plan) -> None:
    """Plan every gift of the story."""
    plan.before_together.append(_remember)
    for day in calendar.working_days(plan.first, plan.last):
        plan.add(plan.at(day, 16, 45), plan.do_later)
    for income in SEASONAL:
        _seasonal(plan, income)
    _everyday(plan)
    _pledges(plan)
    _double_payment(plan)
    _wrong_sum(plan)


async def _remember() -> None:
    """Read anew what each gift looks up: else the first to find it too old would reach the writer after the others."""
    privacy.forget()
    await privacy.current(kept=True)
    organisation.forget()
    await organisation.facts_on(clock.today(), kept=True)
    for slug in await running.every_name():
        await running.known(slug)


def gift(
    plan: Plan, day: date, chance: random.Random, *, at: datetime | None = None, together: bool = True, **facts: Any
) -> None:
    """One gift: online at any hour, at the bank and at our desk in office hours.

    `together` when it is for its campaign's own fund: what else the fund collects for is asked of the database.
    """
    channel = facts.pop("channel", None) or chance.choices(CHANNELS, (60, 20, 8, 12))[0]
    if channel in {"bank", "cash"} and not calendar.is_working(day):
        channel = "wechat"
    if at is None:
        at = (plan.office_time if channel in {"bank", "cash"} else plan.sometime)(day, chance)
    ref = facts.pop("channel_ref", None) or f"DEMO{chance.randrange(10**14):014d}"
    facts["channel_ref"] = "" if channel == "cash" else ref
    plan.add(at, partial(_receive, plan, day=at.date(), channel=channel, **facts), together=together)


async def _receive(plan: Plan, *, day: date, **facts: Any) -> None:
    facts["confirmed_amount_fen"] = facts["amount_fen"]
    facts["public_amount"] = True  # the givers of the story agree to it, with their names or without
    answer = await donations.receive(received_on=day.isoformat(), by=plan.by("cashier"), **facts)
    old = (plan.today - day).days > DELIVERED_AFTER_DAYS
    if old and facts["donor"].kind != "anonymous":
        code = answer.body["receipt"]["code"]
        plan.later.append(partial(receipts.deliver, code, delivery="sent", by=plan.by("cashier")))


def _citizens(plan: Plan) -> list[Donor]:
    """Who gives out of his own pocket, now and then more than once: one phone number each."""
    chance = random.Random(f"citizens {plan.today}")  # noqa: S311 - a story; the same people whenever they are asked for
    return [Donor("person", names.person(chance), names.phone(n), notice=1) for n in range(CITIZENS)]


def _seasonal(plan: Plan, income: Income) -> None:
    """A season's gifts on its days in the story's year: thick at first, of education when results are out."""
    chance = plan.chance_of(f"giving {income.fund}")
    season = campaigns.season(income.fund)
    year_ends = plan.opened_on.replace(year=plan.opened_on.year + 1)
    days = [day for day in plan.season(season.begins, season.ends) if day < year_ends]
    weights = [_weight(season, day) for day in days]
    _from_people_and_firms(plan, income, chance, days, weights, slug=partial(campaigns.slug_on, season))


def _weight(season: campaigns.Season, day: date) -> float:
    begun = date(day.year - ((day.month, day.day) < season.begins), *season.begins)
    gone = (day - begun).days
    return 0.05 if season.campaign.kind == "education" and gone < 16 else 1 / (1 + gone / 20)  # noqa: PLR2004


def _from_people_and_firms(
    plan: Plan,
    income: Income,
    chance: random.Random,
    days: Sequence[date],
    weights: Sequence[float],
    *,
    slug: Any,
) -> None:
    citizens = _citizens(plan)
    worked = [(day, weight) for day, weight in zip(days, weights, strict=True) if calendar.is_working(day)]
    firms = shares.round_parts(income.of_firms, income.firms, income.firm_least, income.firm_most, 500 * YUAN, chance)
    for firm, amount in zip(chance.sample(names.FIRMS, income.firms), firms, strict=True):
        day = chance.choices([d for d, _ in worked], [w for _, w in worked])[0]
        facts: dict[str, Any] = {"donor": Donor("organisation", firm), "public_name": True, "channel": "bank"}
        gift(plan, day, chance, campaign=slug(day), fund=income.fund, amount_fen=amount, **facts)
    for amount in shares.small(income.total - income.of_firms, chance):
        day = chance.choices(days, weights)[0]
        nameless = chance.random() < 0.1  # noqa: PLR2004 - a share
        gift(
            plan,
            day,
            chance,
            campaign=slug(day),
            fund=income.fund,
            amount_fen=amount,
            donor=Donor("anonymous") if nameless else chance.choice(citizens),
            public_name=chance.random() < 0.6,  # noqa: PLR2004
        )


def _everyday(plan: Plan) -> None:
    chance = plan.chance_of("giving everyday")
    days = calendar.days(plan.first, plan.last)
    for day in days:
        # The nameless giver of field.md 4.3: 66.66 yuan every day; the receipt is kept undelivered.
        facts: dict[str, Any] = {"donor": Donor("anonymous"), "channel": "wechat"}
        gift(plan, day, chance, campaign="everyday", amount_fen=NAMELESS, **facts)
    given = NAMELESS * len(days) + HOMECOMING["F-GEN"]
    rest = Income(EVERYDAY.fund, EVERYDAY.total - given, EVERYDAY.firms, EVERYDAY.of_firms)
    _from_people_and_firms(plan, rest, chance, days, [1.0] * len(days), slug=lambda _: "everyday")
    early = [day for day in days if day < plan.day(-150) and calendar.is_working(day)]
    at = plan.office_time(chance.choice(early), chance)
    plan.add(at, partial(_homecoming, plan, names.adult(chance), f"DEMO{chance.randrange(10**14):014d}"))
    for day, amount, name in _for_ciwu(chance, early):
        facts = {"donor": Donor("person", name), "public_name": True, "channel": "bank"}
        gift(plan, day, chance, campaign="everyday", fund="F-CIWU", amount_fen=amount, together=False, **facts)


def _for_ciwu(chance: random.Random, days: Sequence[date]) -> list[tuple[date, int, str]]:
    """Gifts for 瓷坞乡 only, from those who left it, beside the large one."""
    amounts = [1_000 * YUAN] * 20
    assert sum(amounts) + HOMECOMING["F-CIWU"] == CIWU, amounts
    return [(chance.choice(days), amount, names.adult(chance)) for amount in amounts]


async def _homecoming(plan: Plan, name: str, ref: str) -> None:
    """One transfer for two purposes: most for 瓷坞乡, some for whatever is needed."""
    await donations.receive_together(
        parts=[donations.Part("everyday", fund, fen) for fund, fen in HOMECOMING.items()],
        received_on=clock.today().isoformat(),
        channel="bank",
        channel_ref=ref,
        donor=Donor("person", name),
        public_name=True,
        public_amount=True,
        confirmed_amount_fen=sum(HOMECOMING.values()),
        by=plan.by("cashier"),
    )


def _pledges(plan: Plan) -> None:
    """Promises kept, kept in part, open, and one never paid."""
    chance, one_day = plan.chance_of("pledges"), campaigns.one_day_slug(plan)
    promises = 0

    def promise(day: date, campaign: str, yuan: int, *, pay: float = 0.0, message: str = "") -> None:
        nonlocal promises
        donor = Donor("person", names.person(chance), names.phone(FIRST_PROMISE + promises), notice=1)
        promises += 1
        made = pledges.Promise(
            campaign=campaign,
            amount_fen=yuan * YUAN,
            channel="bank",
            donor=donor,
            public_name=True,
            public_amount=True,
            message=message,
        )
        paid_at = plan.office_time(day + timedelta(days=2), chance) if pay else None
        plan.add(plan.sometime(day, chance), partial(_promise, plan, made, paid_at, int(made.amount_fen * pay)))

    for n in range(12):
        promise(plan.day(-36 + n), one_day, 100 * (n + 1), pay=1.0)
    promise(plan.day(-14), one_day, 1_000, pay=0.4)
    promise(plan.day(-80), "everyday", 500)
    for n in range(7):
        promise(plan.day(-6 + n % 5), one_day, 200 + 50 * n)
    # A donor aged 15, with the guardian's contact left in the message (field.md 4.2).
    promise(plan.day(-3), "everyday", 50, message="捐赠人今年15岁，监护人已同意")


async def _promise(plan: Plan, promise: pledges.Promise, paid_at: datetime | None, amount_fen: int) -> None:
    answer = await pledges.promise(promise)
    if paid_at is not None:
        plan.add(paid_at, partial(_kept, plan, answer.body["code"], answer.body["reference"], amount_fen))


async def _kept(plan: Plan, code: str, reference: str, amount_fen: int) -> None:
    shown = pledges.content_of(await pledges.get(code))
    await pledges.receive(
        code,
        amount_fen=amount_fen,
        confirmed_amount_fen=amount_fen,
        content_hash=shown.hash,
        received_on=clock.today().isoformat(),
        channel="bank",
        channel_ref=f"DEMO-P-{reference}",
        by=plan.by("cashier"),
    )


async def _approve(plan: Plan, paid: datetime, number: str, seen: str) -> None:
    """Approve a refund over what was shown, and let the cashier pay it at `paid`."""

    async def pay() -> None:
        await refunds.pay(
            number,
            paid_on=clock.today(),
            channel_ref="DEMO-TWICE-BACK",
            content_hash=await refunds.content_hash(number),
            by=plan.by("cashier"),
        )

    await refunds.approve(number, content_hash=seen, by=plan.by("approver"))
    plan.add(paid, pay)


def _double_payment(plan: Plan) -> None:
    """A gift paid twice is given back; a receipt with a wrong name is replaced, a torn one voided and issued anew."""
    day = calendar.working(plan.day(-25))
    asked, approved, paid = (plan.at(calendar.after(day, n), 10, 20) for n in (1, 2, 3))

    async def twice() -> None:
        gift: dict[str, Any] = {
            "campaign": "everyday",
            "amount_fen": 30_000,
            "received_on": day.isoformat(),
            "channel": "wechat",
            "donor": Donor("person", "周立", names.phone(FIRST_PROMISE + 99)),
            "by": plan.by("cashier"),
        }
        await donations.receive(**gift, channel_ref="DEMO-TWICE-1")
        second = await donations.receive(**gift, channel_ref="DEMO-TWICE-2")
        plan.add(asked, partial(ask, second.body["id"]))

    async def ask(gift: str) -> None:
        answer = await refunds.request(
            gift, amount_fen=30_000, cause="mistaken", reason="捐赠人重复支付", by=plan.by("accountant")
        )
        plan.add(approved, partial(_approve, plan, paid, answer.body["number"], answer.body["content_hash"]))

    async def misspelt() -> None:
        answer = await donations.receive(
            campaign="everyday",
            amount_fen=66_000,
            received_on=day.isoformat(),
            channel="cash",
            donor=Donor("person", "陈小梅"),
            by=plan.by("cashier"),
        )
        plan.add(asked, partial(rename, answer.body["receipt"]["code"]))

    async def rename(code: str) -> None:
        right, shown = Donor("person", "陈晓梅"), receipts.content_of(await receipts.get(code))
        by = plan.by("accountant")
        await receipts.replace(code, content_hash=shown.hash, reason="捐赠人姓名写错", donor=right, by=by)

    async def torn() -> None:
        answer = await donations.receive(
            campaign="everyday",
            amount_fen=20_000,
            received_on=day.isoformat(),
            channel="cash",
            donor=Donor("person", "沈根宝"),
            by=plan.by("cashier"),
        )
        plan.add(asked, partial(void, answer.body["receipt"]["code"], answer.body["id"]))

    async def void(code: str, gift: str) -> None:
        shown, by = receipts.content_of(await receipts.get(code)), plan.by("accountant")
        await receipts.void(code, content_hash=shown.hash, reason="收据打印时损坏", by=by)
        plan.add(approved, partial(receipts.issue_anew, donations=[gift], by=plan.by("cashier")))

    plan.add(plan.at(day, 10), twice)
    plan.add(plan.at(day, 14), torn)
    plan.add(plan.at(day, 11), misspelt)


def _wrong_sum(plan: Plan) -> None:
    """500.00 entered as 5,000.00: two persons undo it, and the same transfer is entered as it was."""
    day = calendar.working(plan.day(-18))
    noticed, undone, entered = (plan.at(calendar.after(day, n), hour, 10) for n, hour in ((1, 9), (2, 9), (2, 14)))
    donor = Donor("person", "郑桂珍", names.phone(FIRST_PROMISE + 98))

    async def enter(fen: int) -> str:
        answer = await donations.receive(
            campaign="everyday",
            amount_fen=fen,
            received_on=day.isoformat(),
            channel="bank",
            channel_ref="DEMO-WRONG-1",
            donor=donor,
            confirmed_amount_fen=fen,
            by=plan.by("cashier"),
        )
        return str(answer.body["id"])

    async def wrong() -> None:
        plan.add(noticed, partial(ask, await enter(5_000_00)))

    async def ask(gift: str) -> None:
        asked = await reversals.request(gift, reason="多打了一个零", by=plan.by("accountant"))
        shown = asked.body["content_hash"]
        plan.add(undone, partial(reversals.approve, asked.body["number"], content_hash=shown, by=plan.by("approver")))
        plan.add(entered, partial(enter, 500_00))

    plan.add(plan.at(day, 10, 30), wrong)
