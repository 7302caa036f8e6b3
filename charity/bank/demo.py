"""The bank's chapter of the demo: the cashier takes in what the bank says of the last month.

The lines are what moved in the account that receives gifts, entry by entry, and two that nobody has booked: a transfer
of somebody unknown, and a fee. They come as ICBC's export and in by the door of every statement.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from typing import Any, Final, NamedTuple

from charity import clock
from charity.bank import statements
from charity.demo import calendar
from charity.demo.plan import Chapter, Plan
from charity.giving import donations
from charity.ledger import accounts as acc
from charity.ledger import entries, places
from charity.ledger.places import Place
from charity.money import yuan
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.people import persons

DAYS: Final = 30
"""What the file says: so many days up to the last one of the story."""
NUMBERS: Final = ("voucher", "refund", "reversal", "number")
"""Facts of an entry that the cashier writes into the memo of what goes out."""
TITLES: Final = (
    *("日期", "交易类型", "凭证种类", "凭证号", "对方户名", "对方账号", "摘要"),
    *("借方发生额", "贷方发生额", "余额"),
)


class Moved(NamedTuple):
    """A line: its day, fen that came, or went below 0, the bank's number, who, and why."""

    day: str
    fen: int
    reference: str
    name: str
    memo: str


def add(plan: Plan) -> None:
    """Plan it for the evening of the last working day, when nothing of that day is booked any more."""
    *_, last = calendar.working_days(plan.first, plan.last)
    plan.add(plan.at(last, 20), partial(_take, plan))


async def _take(plan: Plan) -> None:
    at, by, last = await places.receiving(), plan.by("cashier"), clock.today()
    first = max(last - timedelta(days=DAYS - 1), plan.opened_on + timedelta(days=1))
    moved = await _moved(at, first, last)
    days = [day.isoformat() for day in calendar.working_days(first, last)]
    strange = [
        Moved(days[len(days) // 2], 8_888_00, "DEMO-B-1", "张建军", "捐款"),
        Moved(days[-1], -12_00, "DEMO-B-2", "", "网银服务费"),
    ]
    before = await entries.balances(on=(first - timedelta(days=1)).isoformat(), account=at.code)
    data = _file(sorted([*moved, *strange], key=lambda line: line.day), sum(row["quantity"] for row in before))
    key = await statements.upload(place=at.code, name=f"明细{last:%Y%m}.csv", data=await _headed(data), by=by)
    shown = await statements.get(key, by=by)
    await statements.take(key, content_hash=statements.content(shown).hash, by=by)


async def _moved(at: Place, first: date, last: date) -> list[Moved]:
    """What each entry of these days moved in a place, in the order of the books."""
    top, rows = (await entries.head()).seq, list[dict[str, Any]]()
    while top > 0:
        bottom = max(top - entries.ENTRIES_MAX, 0)
        rows = await entries.after(bottom, limit=top - bottom) + rows
        top = bottom if rows[0]["recorded_at"][:10] >= first.isoformat() else 0
    sums: dict[int, int] = {}
    for row in rows:
        if first.isoformat() <= row["effective_on"] <= last.isoformat():
            sums[row["seq"]] = sum(p["quantity"] for p in row["postings"] if acc.place_of(p["account"]) == at.code)
    for row in rows:  # what was booked wrongly and undone never was in the bank
        if row["reverses"] in sums and row["seq"] in sums:
            del sums[row["reverses"]], sums[row["seq"]]
    bodies = await entries.bodies(seq for seq, fen in sums.items() if fen)
    references = await donations.channel_refs([body["facts"].get("donation", "") for body in bodies.values()])
    named = await persons.names(body["party"] for body in bodies.values())
    return [_line(bodies[seq], sums[seq], references, named) for seq in sorted(bodies)]


def _line(body: dict[str, Any], fen: int, references: dict[str, str], named: dict[str, persons.Person]) -> Moved:
    facts, who = body["facts"], named.get(body["party"])
    number = next((str(facts[name]) for name in NUMBERS if name in facts), "")
    reference = "" if number else references.get(facts.get("donation", ""), "")
    return Moved(body["effective_on"], fen, reference, who.name if who else "", number or "捐款")


def _file(lines: Sequence[Moved], before: int) -> list[list[str]]:
    left = accumulate((line.fen for line in lines), initial=before)
    next(left)
    return [
        [
            line.day,
            "转账",
            "",
            line.reference,
            line.name,
            "",
            line.memo,
            yuan(-line.fen) if line.fen < 0 else "",
            yuan(line.fen) if line.fen > 0 else "",
            yuan(balance),
        ]
        for line, balance in zip(lines, left, strict=True)
    ]


async def _headed(rows: list[list[str]]) -> bytes:
    own = (await organisation.facts_on(clock.today())).value(FactKind.ACCOUNT_NUMBER)
    out = io.StringIO()
    csv.writer(out).writerows([["账号：", own], TITLES, *rows])
    return out.getvalue().encode("gb18030")


chapter = Chapter(add=add)
