"""Accounts as books show them: 明细账 (lines by journal voucher with a running balance) and 余额 for any period.

What stood at the end of a day is counted back from what stands now: what moved since is little, what ever moved is not.
Lines come in the order of their numbers, as a bookkeeper enters them; a page of them is all that is read. All sums are
fen, debit positive.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from charity import days
from charity.db import reading
from charity.db.paging import Where
from charity.ledger import entries
from charity.ledger.equation import GOODS_CHARTS, MONEY_CHARTS
from charity.ledger.numbering import LARGE_FEN

LARGEST = 10
_CNY = "(SELECT id FROM unit WHERE code = 'CNY')"
_LARGE = f"(l.debit_fen >= {LARGE_FEN} OR l.credit_fen >= {LARGE_FEN})"  # as the index of migration 0062 says it


@dataclass(frozen=True, slots=True)
class Turned:
    """What one account or several together had before a period, turned over in it, and had at its end."""

    opening_fen: int = 0
    debit_fen: int = 0
    credit_fen: int = 0

    @property
    def closing_fen(self) -> int:
        """What it had at the end."""
        return self.opening_fen + self.debit_fen - self.credit_fen

    def __add__(self, other: "Turned") -> "Turned":
        return Turned(
            self.opening_fen + other.opening_fen,
            self.debit_fen + other.debit_fen,
            self.credit_fen + other.credit_fen,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """What a journal voucher debited and credited, and the balance after it."""

    number: str
    debit_fen: int
    credit_fen: int
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Fund:
    """What a fund has now: money (places less 2209) and the value of goods on shelves and on the way."""

    money_fen: int
    goods_fen: int


async def known(code: str) -> bool:
    """Whether the books have an account of this code, one of money."""
    return bool(await reading.value("SELECT 1 FROM account WHERE code = $1 AND fund > ''", code))


async def of_fund(fund: str, charts: Collection[str] = MONEY_CHARTS) -> list[str]:
    """The codes of a fund's accounts of these charts."""
    sql = f"SELECT code FROM account WHERE fund = $1 AND chart IN ({reading.places(len(charts), 2)}) ORDER BY code"  # noqa: S608
    return [row["code"] for row in await reading.rows(sql, fund, *sorted(charts))]


async def turned(begin: str, end: str, *, accounts: Sequence[str] = (), fund: str = "") -> dict[str, Turned]:
    """Each account's opening, debit, credit and closing from `begin` to `end`, both included; those of money only.

    Of these accounts, of one fund, or of all; by code. One statement, so that all is of one moment.
    """
    return (await turned_at(begin, end, accounts=accounts, fund=fund))[0]


async def turned_at(
    begin: str, end: str, *, accounts: Sequence[str] = (), fund: str = ""
) -> tuple[dict[str, Turned], int]:
    """The same, and the last entry that is in it, read by the same statement."""
    where = Where(begin, end).add("a.fund > ''").chosen("a.fund", fund)
    if accounts:
        where.add(f"a.code IN ({', '.join('?' * len(accounts))})", *accounts)
    rows = await reading.rows(
        "SELECT a.code, h.quantity AS now, (SELECT seq FROM head WHERE id = 1) AS head, "  # noqa: S608 - conditions from code
        "CAST(COALESCE(SUM(CASE WHEN t.day <= $2 THEN t.debit ELSE 0 END), 0) AS BIGINT) AS debit, "
        "CAST(COALESCE(SUM(CASE WHEN t.day <= $2 THEN t.credit ELSE 0 END), 0) AS BIGINT) AS credit, "
        "CAST(COALESCE(SUM(t.debit - t.credit), 0) AS BIGINT) AS since "
        f"FROM account a CROSS JOIN holding h LEFT JOIN turnover t ON t.account = a.id AND t.unit = {_CNY} "
        f"AND t.day >= $1 WHERE {where.text} AND h.account = a.id AND h.unit = {_CNY} "
        "GROUP BY a.code, h.quantity ORDER BY a.code",
        *where.values,
    )
    seq = rows[0]["head"] if rows else (await entries.head()).seq
    return {row["code"]: Turned(row["now"] - row["since"], row["debit"], row["credit"]) for row in rows}, seq


async def held_by_fund() -> dict[str, Fund]:
    """What each fund has now."""
    money, goods = (", ".join(f"'{chart}'" for chart in sorted(charts)) for charts in (MONEY_CHARTS, GOODS_CHARTS))
    rows = await reading.rows(
        f"SELECT a.fund, CAST(SUM(CASE WHEN a.chart IN ({money}) THEN h.quantity ELSE 0 END) AS BIGINT) AS money, "  # noqa: S608
        f"CAST(SUM(CASE WHEN a.chart IN ({goods}) THEN h.quantity ELSE 0 END) AS BIGINT) AS goods "
        f"FROM account a CROSS JOIN holding h WHERE a.fund > '' AND a.chart IN ({money}, {goods}) "
        f"AND h.account = a.id AND h.unit = {_CNY} GROUP BY a.fund"
    )
    return {row["fund"]: Fund(row["money"], row["goods"]) for row in rows}


async def lines(
    accounts: Sequence[str], begin: str, end: str, *, after: str = "", limit: int
) -> tuple[list[Line], str | None]:
    """Lines of these accounts together in a period, behind the number `after`, and the cursor of the next page.

    A voucher that only moves between them is left out.
    """
    if not accounts:
        return [], None
    balance = sum((one.opening_fen for one in (await turned(begin, begin, accounts=accounts)).values()), start=0)
    if after:
        balance += await _through(accounts, begin, after)
    rows = await _page(accounts, begin, end, after, limit + 1)
    shown = []
    for row in rows[:limit]:
        balance += row["debit"] - row["credit"]
        if len(accounts) == 1 or row["debit"] != row["credit"]:
            shown.append(Line(row["number"], row["debit"], row["credit"], balance))
    return shown, rows[limit - 1]["number"] if len(rows) > limit else None


async def large(accounts: Sequence[str], begin: str, end: str) -> list[tuple[str, int]]:
    """The largest changes of these accounts together in a period, of LARGE_FEN at least: (number, fen), at most ten."""
    if not accounts:
        return []
    where = _within(Where(), accounts, begin, end)
    rows = await reading.rows(
        "SELECT l.number, CAST(SUM(l.debit_fen - l.credit_fen) AS BIGINT) AS net "  # noqa: S608 - conditions from code
        "FROM journal_line l CROSS JOIN journal_voucher v "
        f"WHERE {where.text} AND {_LARGE} AND v.number = l.number GROUP BY l.number "
        f"HAVING ABS(SUM(l.debit_fen - l.credit_fen)) >= {LARGE_FEN} "
        f"ORDER BY ABS(SUM(l.debit_fen - l.credit_fen)) DESC, l.number LIMIT {LARGEST}",
        *where.values,
    )
    return [(row["number"], row["net"]) for row in rows]


async def _through(accounts: Sequence[str], begin: str, number: str) -> int:
    """What changed from `begin` to the line of this number, which counts: whole days by turnover, then its month."""
    first = f"{number[:4]}-{number[4:6]}-01"
    codes = reading.places(len(accounts), 4)
    return int(
        await reading.value(
            "SELECT CAST(COALESCE(SUM(x.fen), 0) AS BIGINT) FROM ("  # noqa: S608 - places only
            "SELECT t.debit - t.credit AS fen FROM account a CROSS JOIN turnover t "
            f"WHERE a.code IN ({codes}) AND t.account = a.id AND t.unit = {_CNY} AND t.day >= $1 AND t.day < $2 "
            "UNION ALL SELECT l.debit_fen - l.credit_fen FROM journal_line l CROSS JOIN journal_voucher v "
            f"WHERE l.account IN ({codes}) AND l.number >= substr($3, 1, 6) AND l.number <= $3 "
            "AND v.number = l.number AND v.day >= $1) x",
            begin,
            first,
            number,
            *accounts,
        )
    )


async def _page(accounts: Sequence[str], begin: str, end: str, after: str, limit: int) -> list[dict[str, Any]]:
    """The next lines of these accounts together: of each account no more than the page can need."""
    parts, values = [], list[Any]()
    for account in accounts:
        where = _within(Where(*values), [account], begin, end)
        if after:
            where.add("l.number > ?", after)
        parts.append(
            "SELECT * FROM (SELECT l.number, l.debit_fen, l.credit_fen FROM journal_line l "  # noqa: S608 - from code
            f"CROSS JOIN journal_voucher v WHERE {where.text} AND v.number = l.number "
            f"ORDER BY l.number LIMIT {int(limit)}) part"
        )
        values = where.values
    return await reading.rows(
        "SELECT x.number, CAST(SUM(x.debit_fen) AS BIGINT) AS debit, CAST(SUM(x.credit_fen) AS BIGINT) AS credit "  # noqa: S608
        f"FROM ({' UNION ALL '.join(parts)}) x GROUP BY x.number ORDER BY x.number LIMIT {int(limit)}",
        *values,
    )


def _within(where: Where, accounts: Sequence[str], begin: str, end: str) -> Where:
    """Lines of these accounts whose vouchers are of a period: by their months, then by their days."""
    where.add(f"l.account IN ({', '.join('?' * len(accounts))})", *accounts)
    where.add("l.number >= ?", _month(begin)).add("l.number < ?", _month(days.month_after(end)))
    return where.add("v.day >= ?", begin).add("v.day <= ?", end)


def _month(day: str) -> str:
    """What the numbers of a day's month begin with, in the order of every collation: `202611`."""
    return day[:7].replace("-", "")
