"""`charity verify`, the registers' part: the sums kept by day are what their lines add up to (I12).

A month at a time, each in one statement, so that nobody's snapshot is held for long.
"""

from typing import Any

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.ledger import sums
from charity.reports import kept

SHOWN_MAX = 20
_KEYS = sums.DAYS.keys[1:]
_AMOUNTS = sums.DAYS.amounts
_LABELS = {sums.INCOME: "捐赠台账", sums.OUTLAY: "拨付台账"}
_OFF_LINES = (
    "{register}（{what}）：每日合计与明细相差 {lines} 行、{amount_fen} 分、"
    "{recipients} 人次，按基金计 {recipients_of_fund} 人次，捐赠 {gifts} 笔、拨付 {payments} 笔"
)
_OFF_DAYS = (
    "{register}（{month} {what}）：每月合计与每日合计相差 {lines} 行、{amount_fen} 分、"
    "{recipients} 人次，按基金计 {recipients_of_fund} 人次，捐赠 {gifts} 笔、拨付 {payments} 笔"
)


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    failures: list[Failure] = []
    for register in kept.SOURCES:
        for month in await _months(register):
            failures += await _month(register, month)
            failures += await _kept_month(register, month)
    return failures[:SHOWN_MAX]


async def _months(register: str) -> list[str]:
    """Every month from the first to the last day of a line or of a kept sum, as `2026-11`."""
    places = [("day_sum", f"register = '{register}'", "day"), ("month_sum", f"register = '{register}'", "month")]
    places += [("donation", "1 = 1", "booked_on")] if register == sums.INCOME else []
    places += [("entry", f"kind = '{kind}'", "effective_on") for kind in (*kept.GIVEN_BACK, *kept.OUTLAY_KINDS)]
    ends = [
        await reading.only(f"SELECT MIN({day}) AS first, MAX({day}) AS last FROM {table} WHERE {test}")  # noqa: S608 - from this file
        for table, test, day in places
    ]
    days = [end[name] for end in ends for name in ("first", "last") if end[name]]
    if not days:
        return []
    first, last = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in (min(days), max(days)))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1)]


async def _month(register: str, month: str) -> list[Failure]:
    kept_columns = ", ".join(_AMOUNTS)
    parts = [
        f"SELECT {', '.join(_KEYS)}, {kept_columns} FROM day_sum "  # noqa: S608 - names from code
        f"WHERE register = '{register}' AND day >= $1 AND day <= $2"
    ]
    for source in kept.SOURCES[register]:
        lines = (
            f"{source.day} AS day, {source.fund} AS fund, COALESCE({source.campaign}, '') AS campaign, "
            f"COALESCE({source.programme}, '') AS programme, COALESCE({source.store}, '') AS store, "
            f"{source.kind} AS kind, -1 AS lines, -COALESCE({source.fen}, 0) AS amount_fen, "
            f"-({source.recipients}) AS recipients, -({source.recipients_of_fund}) AS recipients_of_fund, "
            f"-({source.gifts}) AS gifts, -({source.payments}) AS payments"
        )
        parts.append(
            f"SELECT {lines} FROM {source.tables} "  # noqa: S608 - names from code
            f"WHERE {source.test} AND {source.day} >= $1 AND {source.day} <= $2"
        )
    totals = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in _AMOUNTS)
    rows = await reading.rows(
        f"SELECT {', '.join(_KEYS)}, {totals} FROM ({' UNION ALL '.join(parts)}) x GROUP BY {', '.join(_KEYS)} "  # noqa: S608
        f"HAVING {' OR '.join(f'SUM({name}) <> 0' for name in _AMOUNTS)} LIMIT {SHOWN_MAX}",
        f"{month}-01",
        f"{month}-31",
    )
    return [Failure("I12", words.say(_OFF_LINES, **_facts(register, row))) for row in rows]


async def _kept_month(register: str, month: str) -> list[Failure]:
    """The sum of a month is that of its days."""
    keys, amounts = ", ".join(_KEYS[1:]), ", ".join(_AMOUNTS)
    days = ", ".join(f"-{name} AS {name}" for name in _AMOUNTS)
    totals = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in _AMOUNTS)
    rows = await reading.rows(
        f"SELECT {keys}, {totals} FROM (SELECT {keys}, {amounts} FROM month_sum "  # noqa: S608 - names from code
        f"WHERE register = '{register}' AND month = $1 UNION ALL SELECT {keys}, {days} FROM day_sum "
        f"WHERE register = '{register}' AND day >= $2 AND day <= $3) x GROUP BY {keys} "
        f"HAVING {' OR '.join(f'SUM({name}) <> 0' for name in _AMOUNTS)} LIMIT {SHOWN_MAX}",
        month,
        f"{month}-01",
        f"{month}-31",
    )
    return [Failure("I12", words.say(_OFF_DAYS, month=month, **_facts(register, row))) for row in rows]


def _facts(register: str, row: dict[str, Any]) -> dict[str, Any]:
    """What the words of a failure name: the register, the keys of the sum, and by how much each amount is off."""
    what = " ".join(row[name] for name in _KEYS if row.get(name))
    return {"register": words.Term(_LABELS[register]), "what": what} | {name: row[name] for name in _AMOUNTS}
