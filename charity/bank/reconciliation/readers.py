"""A place's balance in the books and at the bank at the end of a day, and what makes the two apart.

From a day on which the bank's balance is known (the day before its first line, or one that the accountant stated) to
the day asked for: bank - books = carried + open lines - open movements. `carried` is what made them apart when the
lines began, less what was cleared of it since. A line or a movement is open on a day when it lies on it or before and
nothing clears it, or only what came later.

The bank's balance is what the last line of the day says. Within a day files go up or down, so it is the one balance
that no other line of the day begins with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from charity.bank import matching, rules
from charity.bank.models import LINE, MOVEMENT, BankMovementRow, DayStatus, StatementStatus
from charity.bank.statements import LineView, opened
from charity.db import reading
from charity.ledger import moved, places
from charity.ledger.places import Place
from charity.roles import Actor

ITEMS_MAX: Final = 1_000
"""Open items of one side; with more the day is not reconciled but matched first."""
DAY_LINES_MAX: Final = 20_000
"""Lines of one day among which its last balance is looked for."""
_LINE: Final = ", ".join(f"l.{name}" for name in sorted(LINE.columns))
_MOVEMENT: Final = ", ".join(sorted(MOVEMENT.columns))
_TAKEN: Final = f"s.status = '{StatementStatus.TAKEN.value}'"
_FROM: Final = "FROM bank_line l JOIN bank_statement s ON s.key = l.statement"


@dataclass(frozen=True, slots=True)
class Start:
    """The day at whose end the bank's balance is known, and that balance; `stated`: by the accountant."""

    on: str
    fen: int
    stated: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """D11 of a place and day; sums fen. `bank_fen` is what the bank says."""

    place: Place
    on: str
    start: Start
    book_fen: int
    bank_fen: int
    carried_fen: int
    lines: Sequence[LineView]
    movements: Sequence[BankMovementRow]

    @property
    def bank_in_fen(self) -> int:
        """What the bank received and the books did not."""
        return sum(one.row["in_fen"] for one in self.lines) + max(self.carried_fen, 0)

    @property
    def bank_out_fen(self) -> int:
        """What the bank paid and the books did not."""
        return sum(one.row["out_fen"] for one in self.lines) + max(-self.carried_fen, 0)

    @property
    def book_in_fen(self) -> int:
        """What the books received and the bank did not."""
        return sum(row["fen"] for row in self.movements if row["fen"] > 0)

    @property
    def book_out_fen(self) -> int:
        """What the books paid and the bank did not."""
        return -sum(row["fen"] for row in self.movements if row["fen"] < 0)

    @property
    def book_adjusted_fen(self) -> int:
        """The books' balance, adjusted."""
        return self.book_fen + self.bank_in_fen - self.bank_out_fen

    @property
    def bank_adjusted_fen(self) -> int:
        """The bank's balance, adjusted."""
        return self.bank_fen + self.book_in_fen - self.book_out_fen

    @property
    def apart_fen(self) -> int:
        """By how much the two are apart; 0 while nothing is missing."""
        return self.book_adjusted_fen - self.bank_adjusted_fen


async def of(place: str, on: str, *, by: Actor) -> Reconciliation:
    """The reconciliation of a place at the end of a day; refuses a place without a known balance, or an earlier day."""
    by.must("statement.read")
    at = await places.get(place, field="place")
    start = await start_of(at.code)
    if start is None:
        raise rules.OPENING_NEEDED()
    if on < start.on:
        raise rules.RECONCILED_EARLIER(day=start.on)
    lines, movements = await _open_lines(at.code, start.on, on), await _open_movements(at.code, start.on, on)
    if max(len(lines), len(movements)) > ITEMS_MAX:
        raise rules.RECONCILED_TOO_MANY(most=ITEMS_MAX)
    return Reconciliation(
        at,
        on,
        start,
        await moved.held_at(at.code, on=on),
        await _bank_fen(at.code, start, on),
        await _carried(at.code, start, on),
        lines,
        movements,
    )


async def close_of(one: Reconciliation) -> Mapping[str, str] | None:
    """The close of the day as it stands: its key, who prepared it and who closed it; None while the day is open."""
    return await reading.row(
        "SELECT key, prepared_by, closed_by FROM bank_day WHERE place = $1 AND on_day = $2 AND status = $3",
        one.place.code,
        one.on,
        DayStatus.CLOSED.value,
    )


async def start_of(place: str) -> Start | None:
    """From where a place is reconciled: what the accountant stated, else the balance before its first line."""
    row = await reading.row("SELECT on_day, fen FROM bank_opening WHERE place = $1", place)
    if row is not None:
        return Start(row["on_day"], row["fen"], stated=True)
    first = await reading.value(
        f"SELECT l.on_day {_FROM} WHERE l.place = $1 AND {_TAKEN} ORDER BY l.on_day, l.key LIMIT 1",
        place,
    )
    if first is None:
        return None
    rows = await _of_day(place, first)
    ends = {row["balance_fen"] for row in rows}
    begins = [row["balance_fen"] - row["fen"] for row in rows]
    fen = next((one for one in begins if one not in ends), begins[0] if begins else None)
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    return None if fen is None else Start(before, fen, stated=False)


async def _of_day(place: str, day: str) -> list[dict[str, Any]]:
    """The lines of a day that state a balance, as their file has them."""
    return await reading.rows(
        f"SELECT l.balance_fen, l.in_fen - l.out_fen AS fen {_FROM} WHERE l.place = $1 AND l.on_day = $2 "
        f"AND l.balance_fen IS NOT NULL AND {_TAKEN} ORDER BY l.at_time, l.key LIMIT {DAY_LINES_MAX}",
        place,
        day,
    )


async def _bank_fen(place: str, start: Start, on: str) -> int:
    """What the bank had at the end of a day: what its last line says, else the start with all lines since."""
    last = await reading.value(
        f"SELECT l.on_day {_FROM} WHERE l.place = $1 AND l.on_day > $2 AND l.on_day <= $3 AND {_TAKEN} "
        "ORDER BY l.on_day DESC, l.key DESC LIMIT 1",
        place,
        start.on,
        on,
    )
    if last is None:
        return start.fen
    rows = await _of_day(place, last)
    if rows:
        begins = {row["balance_fen"] - row["fen"] for row in rows}
        ends = [row["balance_fen"] for row in rows]
        return int(next((one for one in reversed(ends) if one not in begins), ends[-1]))
    came = await reading.value(
        f"SELECT CAST(COALESCE(SUM(l.in_fen - l.out_fen), 0) AS BIGINT) {_FROM} WHERE l.place = $1 "
        f"AND l.on_day > $2 AND l.on_day <= $3 AND {_TAKEN}",
        place,
        start.on,
        on,
    )
    return start.fen + int(came)


async def _carried(place: str, start: Start, on: str) -> int:
    """What made bank and books apart at the start, less what the days since have cleared of it."""
    booked = await reading.value(
        "SELECT CAST(COALESCE(SUM(fen), 0) AS BIGINT) FROM bank_movement WHERE place = $1 AND on_day <= $2 "
        "AND cleared_on > on_day AND cleared_on > $2 AND cleared_on <= $3",
        place,
        start.on,
        on,
    )
    seen = await reading.value(
        "SELECT CAST(COALESCE(SUM(in_fen - out_fen), 0) AS BIGINT) FROM bank_line WHERE place = $1 AND on_day <= $2 "
        "AND cleared_on > on_day AND cleared_on > $2 AND cleared_on <= $3",
        place,
        start.on,
        on,
    )
    return start.fen - await moved.held_at(place, on=start.on) + int(booked) - int(seen)


async def _open_lines(place: str, since: str, on: str) -> list[LineView]:
    """Lines of the days between that nothing of these days clears."""
    days = "l.place = $1 AND l.on_day > $2 AND l.on_day <= $3"
    rows: Any = await reading.rows(
        f"SELECT * FROM (SELECT {_LINE} {_FROM} WHERE {days} AND l.cleared_on IS NULL AND {_TAKEN} UNION ALL "  # noqa: S608
        f"SELECT {_LINE} {_FROM} WHERE {days} AND l.cleared_on > l.on_day AND l.cleared_on > $3 AND {_TAKEN}) x "
        f"ORDER BY on_day, key LIMIT {ITEMS_MAX + 1}",
        place,
        since,
        on,
    )
    return [opened(row) for row in rows]


async def _open_movements(place: str, since: str, on: str) -> list[BankMovementRow]:
    days = "place = $1 AND on_day > $2 AND on_day <= $3"
    rows: Any = await reading.rows(
        f"SELECT * FROM (SELECT {_MOVEMENT} FROM bank_movement WHERE {days} AND matched IS NULL UNION ALL "  # noqa: S608
        f"SELECT {_MOVEMENT} FROM bank_movement WHERE {days} AND cleared_on > on_day AND cleared_on > $3) x "
        f"ORDER BY on_day, key LIMIT {ITEMS_MAX + 1}",
        place,
        since,
        on,
    )
    return rows  # type: ignore[no-any-return] # its columns are those of the rows


async def brought_up() -> None:
    """Follow what was just booked before a day is read."""
    await matching.catch_up()
