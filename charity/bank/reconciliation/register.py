"""D12 银行流水核对明细: every line of a period, what it was matched with, by what, and who did it (docs/field.md 8).

Always true: its sums are those of the lines, which no match changes. A copy for others masks the account's name and
leaves the memo out.
"""

from typing import Any, Final

from charity import words
from charity.bank import matching
from charity.bank.matching.screens import METHOD_WORDS, movement_words
from charity.bank.models import LINE, LineStatus, Method, StatementStatus
from charity.bank.statements import opened
from charity.bank.statements.screens import CHARTS, LINE_WORDS
from charity.db import reading
from charity.db.paging import Where
from charity.documents import facts
from charity.documents.filters import LISTING_COPY
from charity.ledger import places
from charity.office import staff
from charity.people import masking
from charity.people.masking import COPIES, What
from charity.printing.document import Column, Document, Filter, Filters, Group, Page, Totals
from charity.roles import SYSTEM

COLUMNS: Final = (
    Column("n", "序号", 8.6, "count", english=8.1, folded=True),
    Column("on", "日期", 16.2, "date", english=16.1),
    Column("reference", "流水号", 22, "code", english=22, under="on"),
    Column("place", "账户", 18, english=18, folded=True),
    Column("name", "对方户名", 24, english=24),
    Column("memo", "附言", 24, english=20, under="name"),
    Column("in_fen", "收入@bank", 20, "money", total=True, align="right", english=21.4),
    Column("out_fen", "支出@bank", 20, "money", total=True, align="right", english=21.4),
    Column("with", "核对对象", 32, english=30),
    Column("method", "核对方式", 14, english=16, under="with"),
    Column("who", "操作人", 12, english=12, under="with"),
    Column("status", "状态", 12, english=14),
)
SUMS: Final = ("in_fen", "out_fen")
_LINE: Final = ", ".join(f"l.{name}" for name in sorted(LINE.columns))
_TAKEN: Final = f"s.status = '{StatementStatus.TAKEN.value}'"
_FROM: Final = "FROM bank_line l JOIN bank_statement s ON s.key = l.statement"


async def _places() -> dict[str, str]:
    return await places.labels(CHARTS)


PLACE: Final = Filter("place", "账户", _places)


def _where(filters: Filters) -> Where:
    where = Where().add("l.on_day >= ?", filters.begin).add("l.on_day <= ?", filters.end)
    return where.add(_TAKEN).chosen("l.place", filters[PLACE])


async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Lines by day. Lines are no entries, so that `seq_max` bounds none of them."""
    del seq_max
    seen = facts.place(after, (str, str, int))
    where = _where(filters)
    if seen:
        where.after(("l.on_day", "l.key"), seen[:2])
    rows: Any = await reading.rows(
        f"SELECT {_LINE} {_FROM} WHERE {where.text} ORDER BY l.on_day, l.key LIMIT {limit + 1}",
        *where.values,
    )
    for n, row in enumerate(rows, (seen[2] if seen else 0) + 1):
        row["n"] = n
    cut = facts.cut(rows, limit, lambda row: [row["on_day"], row["key"], row["n"]])
    return Page(await _shown(cut.rows, filters), cut.next)


async def _shown(rows: list[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    named, to = await _places(), COPIES[filters[LISTING_COPY]]
    made = {row["key"]: row for row in await matching.decisions([row["matched"] for row in rows if row["matched"]])}
    people = await staff.names({row["made_by"] for row in made.values()} - {SYSTEM.key})
    booked: dict[str, list[str]] = {}
    for one in await matching.matched_movements(list(made)):
        booked.setdefault(str(one["matched"]), []).append(movement_words(one))
    shown = []
    for row in rows:
        line, match = opened(row), made.get(row["matched"] or "")  # type: ignore[arg-type] # its columns are those of a line
        shown.append(
            {
                "n": row["n"],
                "on": row["on_day"],
                "reference": row["reference"],
                "place": named.get(row["place"], row["place"]),
                "name": masking.show(What.GIVER, line.name, to=to),
                "memo": masking.show(What.MESSAGE, line.memo, to=to),
                "in_fen": row["in_fen"],
                "out_fen": row["out_fen"],
                "with": "；".join(booked.get(row["matched"] or "", [])),
                "method": words.say(METHOD_WORDS[Method(match["method"])]) if match and match["method"] else "",
                "who": (people.get(match["made_by"]) or words.say("系统")) if match else "",
                "status": words.say(LINE_WORDS[LineStatus(row["status"])][0]),
            }
        )
    return shown


async def totals(filters: Filters, seq_max: int) -> Totals:
    """Sums of the lines, by month."""
    del seq_max
    where = _where(filters)
    rows = await reading.rows(
        "SELECT substr(l.on_day, 1, 7) AS month, COUNT(*) AS n, CAST(SUM(l.in_fen) AS BIGINT) AS in_fen, "
        f"CAST(SUM(l.out_fen) AS BIGINT) AS out_fen {_FROM} WHERE {where.text} "
        "GROUP BY substr(l.on_day, 1, 7) ORDER BY month",
        *where.values,
    )
    groups = [Group(row["month"], {name: row[name] for name in SUMS}) for row in rows]
    sums = {name: sum(row[name] for row in rows) for name in SUMS}
    return Totals(sum(row["n"] for row in rows), sums, groups, [])


DOCUMENT: Final = Document(
    name="bank_lines",
    title="银行流水核对明细",
    lead="对账单上的每一笔，和账上的哪一项核对，按什么、由谁核对。",
    columns=COLUMNS,
    filters=(PLACE, LISTING_COPY),
    page=page,
    totals=totals,
    permission="ledger.read",
)
