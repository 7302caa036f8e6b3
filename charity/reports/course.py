"""How the running balance of D7 came about: what changed a fund between two of its rows.

Always true: the balance after a row, with what stands between, is the balance before the next row, to the fen. Gifts
are those of D4 on the same days; what neither gifts nor costs nor rows explain stands apart, under its own words.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from charity import words
from charity.documents.filters import FUND, PROGRAMME, STORE
from charity.ledger import accounts as acc
from charity.ledger import figures as books
from charity.ledger.sums import INCOME, OUTLAY
from charity.printing.document import Between, Course, Filters
from charity.reports import kept

Part = tuple[str, int, str]


async def of_fund(
    filters: Filters, rows: list[dict[str, Any]], seq_max: int, seen: tuple[str, int] | None
) -> Course | None:
    """The course of the one fund that was chosen; None for several: their balances run beside each other.

    `seen`: day and balance of the row before the page.
    """
    fund = filters[FUND]
    if not fund:
        return None
    span = Filters.of(filters.begin, filters.end, fund=fund)
    came = await kept.by_day(INCOME, span, seq_max)
    costs = await books.by_day(acc.COSTS, fund, filters.begin, filters.end, seq_max)
    worth = (await books.worth_by_day([fund], [filters.begin, filters.end], seq_max)).get(fund, [])
    opening = _worth(worth, (date.fromisoformat(filters.begin) - timedelta(days=1)).isoformat())
    closing = _worth(worth, filters.end)
    sees_all = not filters[PROGRAMME] and not filters[STORE]
    rest = "其他" if sees_all else "没有列出的拨付和其他"

    def parts(first: str, last: str, change: int) -> list[Part]:
        """What explains a change from one day to another, both included."""
        gifts, fen = _sum(came, first, last)
        cost = sum(net for day, net in costs.items() if first <= day <= last)
        query = urlencode({"from": first, "to": last, "fund": fund})
        explained = [
            (words.say("到账 {count} 笔", count=f"{gifts:,}"), fen, f"/ledgers/donations?{query}"),
            (words.translate("费用"), -cost, ""),
            (words.translate(rest), change - fen + cost, ""),
        ]
        return [part for part in explained if part[1]]

    before: list[Between | None] = []
    first, balance = filters.begin, opening
    if seen:
        day, balance = seen
        first = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    for row in rows:
        change = _worth_before(row) - balance
        before.append(Between(parts(first, row["day"], change), _worth_before(row)) if change else None)
        first, balance = (date.fromisoformat(row["day"]) + timedelta(days=1)).isoformat(), int(row["balance_fen"] or 0)
    whole = parts(filters.begin, filters.end, closing - opening + await _went(filters, seq_max))
    change = closing - balance
    behind = Between(parts(first, filters.end, change), closing) if change else None
    return Course(before, opening, whole, closing, behind)


def _worth_before(row: Mapping[str, Any]) -> int:
    """What the fund was worth before a row."""
    return int(row["balance_fen"] or 0) + int(row["amount_fen"] or 0)


def _worth(worth: Iterable[tuple[str, int]], day: str) -> int:
    """What it was worth at the end of a day."""
    return next((fen for on, fen in reversed([*worth]) if on <= day), 0)


def _sum(came: Mapping[str, tuple[int, int]], first: str, last: str) -> tuple[int, int]:
    within = [pair for day, pair in came.items() if first <= day <= last]
    return sum(gifts for gifts, _ in within), sum(fen for _, fen in within)


async def _went(filters: Filters, seq_max: int) -> int:
    """What the register's rows add up to."""
    return sum(row["amount"] for row in await kept.by_month(OUTLAY, filters, seq_max))
