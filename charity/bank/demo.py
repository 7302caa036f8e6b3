"""The bank's chapter of the demo: the cashier takes in what the bank says of the last month.

The lines are what moved in the account that receives gifts, one a payment, and three that nobody has booked: a transfer
of somebody unknown, a fee, and what a unit sent too little of, which is held as unidentified until the rest comes.
They are ICBC's export and come in by the door of every statement. Then the cashier prepares days before, which the file
speaks for, and an accountant closes them; one more is left for whoever tries it, and the last waits for a later file.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from typing import Any, Final, NamedTuple

from charity import clock
from charity.bank import closing, matching, statements, unidentified
from charity.demo import calendar
from charity.demo.plan import Chapter, Plan
from charity.giving import donations, unit_rosters, work_units
from charity.ledger import accounts as acc
from charity.ledger import entries, places
from charity.ledger.places import Place
from charity.money import yuan
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.people import persons

DAYS: Final = 30
"""What the file says: so many days up to the last one of the story."""
CLOSED: Final = 3
"""So many days are closed; the file speaks for one more."""
UNITS: Final = 20
"""Rosters that are looked through for what was sent."""
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
    """Plan it for the end of the last working day, when nothing of that day is booked any more."""
    *_, last = calendar.working_days(plan.first, plan.last)
    plan.add(plan.at(last, 17, 30), partial(_take, plan))
    for n in range(CLOSED):
        day = (last - timedelta(days=CLOSED + 1 - n)).isoformat()
        plan.add(plan.at(last, 17, 40 + n), partial(_close, plan, day))


async def _close(plan: Plan, day: str) -> None:
    """Prepare a day over what is shown of it, and close it."""
    at, by = await places.receiving(), plan.by("cashier")
    await matching.keep_up()
    shown = await closing.shown_day(at.code, day, by=by)
    made = await closing.prepare(place=at.code, on=day, content_hash=shown.shown().hash, by=by)
    seen = made.body["content_hash"]
    await closing.close(key=made.body["key"], content_hash=seen, by=plan.by("accountant"))


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
    sent = await _sent(plan)
    data = _file(sorted([*moved, *strange, *sent], key=lambda line: line.day), sum(row["quantity"] for row in before))
    key = await statements.upload(place=at.code, name=f"明细{last:%Y%m}.csv", data=await _headed(data), by=by)
    shown = await statements.get(key, by=by)
    await statements.take(key, content_hash=statements.content(shown).hash, by=by)
    for line in sent:
        (waiting,), _ = await statements.lines(statements.Filters(text=line.reference), by=by)
        await unidentified.hold(waiting.row["key"], note=f"{line.name}一日捐，少汇 10.00 元，等单位补汇", by=by)


async def _sent(plan: Plan) -> list[Moved]:
    """What units say that they sent and nobody has booked."""
    by = plan.by("accountant")
    rosters = await unit_rosters.listed(status=unit_rosters.RosterStatus.REMITTED, limit=UNITS, by=by)
    named = await work_units.named([row.work_unit for row in rosters])
    return [
        Moved(
            row.remitted_on or "", row.remitted_fen or 0, f"DEMO-U-{row.reference}", named[row.work_unit], row.reference
        )
        for row in rosters
    ]


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
    lines: dict[str, Moved] = {}
    for seq in sorted(bodies):  # what came by one transfer is one line, of whom its last gift is from: the unit
        line = _line(bodies[seq], sums[seq], references, named)
        key = line.reference or str(seq)
        before = lines[key].fen if key in lines else 0
        lines[key] = line._replace(fen=line.fen + before)
    return list(lines.values())


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
