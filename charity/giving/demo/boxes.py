"""The box of the story: it stands in a supermarket, two people open it once, and its cash goes to the bank that day."""

from functools import partial
from typing import Final

from charity.demo import calendar
from charity.demo.plan import Plan
from charity.giving import boxes

CODE: Final = "MX-01"
SHEETS: Final = {10_000: 2, 5_000: 3, 2_000: 6, 1_000: 9, 500: 14, 100: 37, 50: 5}
"""What lay in it: so many notes and coins of each, by fen."""
OPENED_BEFORE: Final = 3
"""Working days between its opening and the last working day, so that the day is closed (charity/bank/demo.py)."""


def add(plan: Plan) -> None:
    """Put it up a month before, open it at three, and note the slip once the cash was paid in."""
    days = calendar.working_days(plan.first, plan.last)
    on = days[-1 - OPENED_BEFORE]
    plan.add(plan.at(days[-20], 9, 20), partial(_put_up, plan))
    plan.add(plan.at(on, 15, 10), partial(_open, plan))


async def _put_up(plan: Plan) -> None:
    await boxes.make(
        code=CODE, site="惠民超市东街店门口", keeper="吕秀英", campaign="everyday", by=plan.by("accountant")
    )


async def _open(plan: Plan) -> None:
    on = calendar.working_days(plan.first, plan.last)[-1 - OPENED_BEFORE]
    opened = boxes.Opened(
        box=CODE, on=on.isoformat(), time="14:30", sheets=SHEETS, opener=plan.by("cashier").name, witness="吕秀英"
    )
    counted = await boxes.count(opened, by=plan.by("cashier"))
    number, seen = counted.body["number"], counted.body["content_hash"]
    plan.add(plan.at(on, 15, 40), partial(boxes.confirm, number, content_hash=seen, by=plan.by("accountant2")))
    slip = partial(boxes.paid_in, number, slip_ref=f"DEMO-CK-{on:%Y%m%d}", by=plan.by("cashier"))
    plan.add(plan.at(on, 16, 50), slip)
