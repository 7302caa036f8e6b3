"""Statements and their lines as staff read them: newest first, by place, state, days and sums."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from charity.bank import rules
from charity.bank.models import LINE, STATEMENT, BankLineRow, BankStatementRow, StatementStatus
from charity.db import reading, sealed
from charity.db.paging import Where
from charity.errors import FieldError, unreadable
from charity.ledger.content import Content
from charity.people.names import folded
from charity.roles import Actor

PAGE = 100
_STATEMENT = ", ".join(sorted(STATEMENT.columns))
_LINE = ", ".join(f"l.{name}" for name in sorted(LINE.columns))
BETWEEN = "~"
"""Between day and key in a cursor."""
SEARCHED_MAX: Final = 10_000
"""Lines that one page looks through for a text: what is sealed is opened line by line. The next page goes on behind."""
_READ_AT_ONCE: Final = 1_000
ALIKE_MAX: Final = 200
"""Lines of a file that are compared with those that are there by day, sums and balance alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the lines is asked for; empty means all. `amounts` are bounds of what came or went, fen.

    `text` stands in the name, the account, the memo or the reference, without regard to blanks and punctuation;
    `direction` is "in" or "out".
    """

    text: str = ""
    direction: Literal["", "in", "out"] = ""
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
    """Lines of files that were taken in, the newest day first, and the cursor of the next page, "" for none.

    With a text the page may have fewer lines though more follow: those that it found among SEARCHED_MAX.
    """
    by.must("statement.read")
    if not filters.text:
        rows = await _lines(filters, filters.after, filters.limit + 1)
        return [opened(row) for row in rows[: filters.limit]], _following(rows, filters.limit, "on_day")
    asked, after, matches = folded(filters.text), filters.after, []
    if not asked:
        raise unreadable(FieldError("who", "请填写户名、附言、账号或流水号里的字"))
    for _ in range(0, SEARCHED_MAX, _READ_AT_ONCE):
        rows = await _lines(filters, after, _READ_AT_ONCE)
        for row in rows:
            after, view = _at(row, "on_day"), opened(row)
            if any(asked in folded(text) for text in (view.name, view.memo, view.account, row["reference"])):
                matches.append(view)
                if len(matches) == filters.limit:
                    return matches, after
        if len(rows) < _READ_AT_ONCE:
            return matches, ""
    return matches, after


async def _lines(filters: Filters, after: str, limit: int) -> list[Any]:
    """So many lines behind a cursor, whatever their text."""
    where = Where().add("s.status = ?", StatementStatus.TAKEN.value)
    where.chosen("l.place", filters.place).chosen("l.status", filters.status).chosen("l.statement", filters.statement)
    if filters.from_on:
        where.add("l.on_day >= ?", filters.from_on)
    if filters.to_on:
        where.add("l.on_day <= ?", filters.to_on)
    if filters.direction:
        where.add(f"l.{filters.direction}_fen > 0")
    if filters.amounts:
        where.add("l.in_fen + l.out_fen BETWEEN ? AND ?", *filters.amounts)  # one of both is 0
    if after:
        where.after(("l.on_day", "l.key"), _cursor(after), descending=True)
    return await reading.rows(
        f"SELECT {_LINE} FROM bank_line l JOIN bank_statement s ON s.key = l.statement "  # noqa: S608 - names from code
        f"WHERE {where.text} ORDER BY l.on_day DESC, l.key DESC LIMIT {limit}",
        *where.values,
    )


async def staged(key: str, limit: int, *, by: Actor) -> list[LineView]:
    """The first lines that a file adds, as they stand in it."""
    by.must("statement.read")
    rows: Any = await reading.rows(
        f"SELECT {_LINE} FROM bank_line l WHERE l.statement = $1 ORDER BY l.key LIMIT {limit}",  # noqa: S608 - names from code
        key,
    )
    return [opened(row) for row in rows]


async def alike(row: BankStatementRow) -> int:
    """Of the first ALIKE_MAX lines that a file adds, how many have day, sums and balance of one that is there.

    Such a line is the same one in all but its writing: the file came in another format, or somebody changed it.
    """
    count: int = await reading.value(
        "SELECT COUNT(*) FROM (SELECT * FROM bank_line WHERE statement = $1 ORDER BY key LIMIT $2) n "
        "WHERE n.balance_fen IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM bank_line o JOIN bank_statement s ON s.key = o.statement "
        "WHERE o.place = n.place AND o.on_day = n.on_day AND o.in_fen = n.in_fen AND o.out_fen = n.out_fen "
        "AND o.balance_fen = n.balance_fen AND s.status = $3)",
        row["key"],
        ALIKE_MAX,
        StatementStatus.TAKEN.value,
    )
    return count


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
    return _at(rows[limit - 1], column) if len(rows) > limit else ""


def _at(row: Any, column: str) -> str:
    return f"{row[column]}{BETWEEN}{row['key']}"
