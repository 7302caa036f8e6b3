"""Statements and their lines as staff read them: newest first, by place, state, days and sums."""

from dataclasses import dataclass
from typing import Any

from charity.bank import rules
from charity.bank.models import LINE, STATEMENT, BankLineRow, BankStatementRow, StatementStatus
from charity.db import reading, sealed
from charity.db.paging import Where
from charity.ledger.content import Content
from charity.roles import Actor

PAGE = 100
_STATEMENT = ", ".join(sorted(STATEMENT.columns))
_LINE = ", ".join(f"l.{name}" for name in sorted(LINE.columns))
BETWEEN = "~"
"""Between day and key in a cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the lines is asked for; empty means all. `amounts` are bounds of what came or went, fen."""

    place: str = ""
    status: str = ""
    statement: str = ""
    from_on: str = ""
    to_on: str = ""
    amounts: tuple[int, int] | None = None
    after: str = ""
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with what is sealed of it opened."""

    row: BankLineRow
    name: str
    account: str
    memo: str


async def get(key: str, *, by: Actor) -> BankStatementRow:
    """A statement, or statement.unknown."""
    by.must("statement.read")
    row: Any = await reading.row(
        f"SELECT {_STATEMENT} FROM bank_statement WHERE key = $1",  # noqa: S608 - names from code
        key,
    )
    if row is None:
        raise rules.STATEMENT_UNKNOWN()
    return row  # type: ignore[no-any-return] # its columns are those of the row


def content(row: BankStatementRow) -> Content:
    """What whoever takes a file in was shown of it."""
    names = ("place", "file_hash", "lines", "in_fen", "out_fen", "new_lines", "new_in_fen", "new_out_fen", "status")
    return Content(facts={name: row[name] for name in names})  # type: ignore[literal-required]


async def as_it_stands(place: str, file_hash: str) -> str:
    """The key of the statement that this very file is, if it was taken in, or waits and nothing came since; else ""."""
    key: str | None = await reading.value(
        "SELECT s.key FROM bank_statement s JOIN bank_account a ON a.place = s.place "
        "WHERE s.place = $1 AND s.file_hash = $2 AND (s.status = $3 OR (s.status = $4 AND s.seen_files = a.files))",
        place,
        file_hash,
        StatementStatus.TAKEN.value,
        StatementStatus.WAITING.value,
    )
    return key or ""


async def statements(
    *, place: str = "", after: str = "", limit: int = PAGE, by: Actor
) -> tuple[list[BankStatementRow], str]:
    """Files newest first, and the cursor of the next page, "" for none."""
    by.must("statement.read")
    where = Where().chosen("place", place)
    if after:
        where.after(("uploaded_at", "key"), _cursor(after), descending=True)
    rows: Any = await reading.rows(
        f"SELECT {_STATEMENT} FROM bank_statement WHERE {where.text} "  # noqa: S608 - names from code
        f"ORDER BY uploaded_at DESC, key DESC LIMIT {limit + 1}",
        *where.values,
    )
    return rows[:limit], _following(rows, limit, "uploaded_at")


async def lines(filters: Filters, *, by: Actor) -> tuple[list[LineView], str]:
    """Lines of files that were taken in, the newest day first, and the cursor of the next page, "" for none."""
    by.must("statement.read")
    where = Where().add("s.status = ?", StatementStatus.TAKEN.value)
    where.chosen("l.place", filters.place).chosen("l.status", filters.status).chosen("l.statement", filters.statement)
    if filters.from_on:
        where.add("l.on_day >= ?", filters.from_on)
    if filters.to_on:
        where.add("l.on_day <= ?", filters.to_on)
    if filters.amounts:
        where.add("l.in_fen + l.out_fen BETWEEN ? AND ?", *filters.amounts)  # one of both is 0
    if filters.after:
        where.after(("l.on_day", "l.key"), _cursor(filters.after), descending=True)
    rows: Any = await reading.rows(
        f"SELECT {_LINE} FROM bank_line l JOIN bank_statement s ON s.key = l.statement "  # noqa: S608 - names from code
        f"WHERE {where.text} ORDER BY l.on_day DESC, l.key DESC LIMIT {filters.limit + 1}",
        *where.values,
    )
    return [opened(row) for row in rows[: filters.limit]], _following(rows, filters.limit, "on_day")


async def staged(key: str, limit: int, *, by: Actor) -> list[LineView]:
    """The first lines that a file adds, as they stand in it."""
    by.must("statement.read")
    rows: Any = await reading.rows(
        f"SELECT {_LINE} FROM bank_line l WHERE l.statement = $1 ORDER BY l.key LIMIT {limit}",  # noqa: S608 - names from code
        key,
    )
    return [opened(row) for row in rows]


def opened(row: BankLineRow) -> LineView:
    """A line with its sealed columns opened."""
    key = row["key"]
    return LineView(
        row,
        sealed.unseal("bank_line", "name", key, row["name"]),
        sealed.unseal("bank_line", "account", key, row["account"]),
        sealed.unseal("bank_line", "memo", key, row["memo"]),
    )


def logged(row: BankStatementRow, by: Actor) -> dict[str, Any]:
    """What a log says of a file."""
    return {"statement": row["key"], "place": row["place"], "lines": row["lines"], "by": by.key}


def file_name(row: BankStatementRow) -> str:
    """What a file was called, as its sender has it."""
    return sealed.unseal("bank_statement", "file_name", row["key"], row["file_name"])


def _cursor(after: str) -> tuple[str, str]:
    first, _, key = after.partition(BETWEEN)
    return first, key


def _following(rows: list[Any], limit: int, column: str) -> str:
    return f"{rows[limit - 1][column]}{BETWEEN}{rows[limit - 1]['key']}" if len(rows) > limit else ""
