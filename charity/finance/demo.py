"""Finance's chapter of the demo: the opening, cash to the bank and from it, what the platforms settle, reviews.

The opening balances are those of field.md 7.6a. Cash goes to the bank on the day it came or on the next working day;
WeChat and Alipay settle each week what they hold, less their fee. Each morning the journal vouchers of the days before
are reviewed; those of the eve of the load day wait.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from charity import clock
from charity.demo import calendar
from charity.demo.plan import Chapter, Plan
from charity.finance import opening, reviews, transfers
from charity.finance.models import TransferKind
from charity.goods.demo import opening_stock
from charity.ledger import accounts as acc
from charity.ledger import places
from charity.ledger.places import Place
from charity.roles import Actor

OPENING: Final = {
    "F-GEN": 212_306_18,
    "F-YRJ": 1_020_000_00,
    "F-WARM": 611_450_00,
    "F-EDU": 86_540_00,
    "F-ORP": 22_180_00,
    "F-DIS": 58_900_00,
}
"""By fund, in the bank; F-YRJ is last year's one-day giving."""
FEE_PER_MILLE: Final = {"1009/WECHAT": 6, "1009/ALIPAY": 5}
PAGE: Final = 100
"""Vouchers that are looked through at once."""
SWEEP_DAYS: Final = 14
"""Once a week whatever was booked late into so many days is reviewed too."""


def add(plan: Plan) -> None:
    """Plan the opening, then each day's and each week's transfers."""
    plan.add(plan.at(plan.first, 8, 10), partial(_open, plan))
    settled, reviewed = plan.first, plan.opened_on
    for day in calendar.working_days(plan.first, plan.last):
        eve = day - timedelta(days=1)
        plan.add(plan.at(day, 10, 40), partial(_review, plan, calendar.days(reviewed, eve)))
        reviewed = day
        plan.add(plan.at(day, 13, 30), partial(_withdraw, plan))
        plan.add(plan.at(day, 16, 30), partial(_deposit, plan))
        if day.isocalendar()[:2] != settled.isocalendar()[:2]:  # the first working day of each week
            settled = day
            late = calendar.days(max(plan.opened_on, day - timedelta(days=SWEEP_DAYS)), eve)
            plan.add(plan.at(day, 15, 30), partial(_review, plan, late))
            for n, code in enumerate(FEE_PER_MILLE):
                plan.add(plan.at(day, 9, 10 + 5 * n), partial(_settle, plan, code))
    *_, sixth, _, _, _, _, last = calendar.working_days(plan.first, plan.last)
    plan.add(plan.at(sixth, 15, 50), partial(_ask, plan, "这笔款的银行回单附了吗？", "已附，在当天的回单册里。"))
    plan.add(plan.at(last, 15, 50), partial(_ask, plan, "请补上这笔款的银行回单。"))


async def _open(plan: Plan) -> None:
    """One accountant writes what each fund has in money and goods, another confirms it."""
    bank = (await places.paying()).code
    lines = [
        opening.Line(plan.one_day_fund(1) if fund == "F-YRJ" else fund, bank, fen) for fund, fen in OPENING.items()
    ]
    stock = opening_stock(plan)
    written = await opening.write(on=plan.opened_on, lines=lines, stock=stock, by=plan.by("accountant"))
    shown, total = written.body["content_hash"], written.body["total_fen"]
    confirm = partial(opening.confirm, content_hash=shown, confirmed_total_fen=total, by=plan.by("accountant2"))
    plan.add(plan.at(plan.first, 8, 30), confirm)


async def _moved(plan: Plan, kind: TransferKind, source: Place, ref: str) -> None:
    """Bring what lies in a place to the bank, with the fee that a platform keeps of it."""
    lines = tuple((held.fund, held.fen) for held in await places.held() if held.place == source.code)
    if not lines:
        return
    total = sum(fen for _, fen in lines)
    transfer = transfers.Transfer(
        kind=kind,
        source=source,
        target=await places.paying(),
        on=clock.today(),
        lines=lines,
        fee_fen=total * FEE_PER_MILLE.get(source.code, 0) // 1_000,
        channel_ref=f"DEMO-{ref}-{clock.today():%Y%m%d}",
    )
    await transfers.make(transfer, by=plan.by("cashier"))


async def _withdraw(plan: Plan) -> None:
    """Fetch from the bank what is paid out in cash this afternoon: takings are never paid out."""
    wanted: Counter[str] = Counter()
    for day, fund, fen in plan.cash_wanted:
        wanted[fund] += fen if day == clock.today() else 0
    lines = tuple((fund, fen) for fund, fen in sorted(wanted.items()) if fen)
    (till,) = await places.every((acc.CASH,))
    bank = await places.paying()
    if lines:
        ref = f"DEMO-TX-{clock.today():%Y%m%d}"
        today, kind = clock.today(), TransferKind.WITHDRAWAL
        transfer = transfers.Transfer(kind=kind, source=bank, target=till, on=today, lines=lines, channel_ref=ref)
        await transfers.make(transfer, by=plan.by("cashier"))


async def _deposit(plan: Plan) -> None:
    for till in await places.every((acc.CASH,)):
        await _moved(plan, TransferKind.DEPOSIT, till, "CK")


async def _settle(plan: Plan, code: str) -> None:
    await _moved(plan, TransferKind.SETTLEMENT, await places.get(code, field="from"), code.rpartition("/")[2])


async def _ask(plan: Plan, question: str, answer: str = "") -> None:
    """Ask the cashier about a voucher of today; the answer comes soon, or is waited for on the load day."""
    cashier, by = plan.by("cashier"), plan.by("accountant2")
    today = await reviews.waiting(clock.today().isoformat(), by=by, limit=PAGE)
    about = next((view for view in today.vouchers if cashier.key in view.row["cashiers"].split()), None)
    if about is None:
        return
    asked = await reviews.ask(number=about.row["number"], question=question, by=by)
    if answer:
        replies = partial(reviews.answer, key=asked.body["key"], text=answer, by=cashier)
        plan.add(plan.at(clock.today(), 16, 20), replies)


async def _review(plan: Plan, days: Sequence[date]) -> None:
    """One accountant reviews what came in these days, the other what the first one made."""
    for reviewer in (plan.by("accountant2"), plan.by("accountant")):
        for day in days:
            await _review_day(day.isoformat(), reviewer)


async def _review_day(day: str, reviewer: Actor) -> None:
    after: str | None = ""
    while after is not None:
        page = await reviews.waiting(day, after=after, by=reviewer, limit=PAGE)
        hashes = {view.row["number"]: view.content_hash for view in page.vouchers if not view.mine}
        if hashes:
            await reviews.review(numbers=list(hashes), content_hash=reviews.together(hashes).hash, by=reviewer)
        after = page.following


chapter = Chapter(add=add)
