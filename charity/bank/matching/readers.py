"""Lines that wait, one line with what it can be, what was decided about it, and movements to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity.bank import candidates, rules
from charity.bank.candidates import COLUMNS, Proposal
from charity.bank.models import LINE as LINE_TABLE
from charity.bank.models import MATCH, BankLineRow, BankMatchRow, BankMovementRow, LineStatus, StatementStatus
from charity.bank.statements import LineView, opened
from charity.db import reading, sealed
from charity.db.paging import Where
from charity.roles import Actor

LINE: Final = ", ".join(f"l.{name}" for name in sorted(LINE_TABLE.columns))
_MATCH: Final = ", ".join(f"m.{name}" for name in sorted(MATCH.columns))
SHOWN: Final = 10
"""Lines on a page of the queue."""
BEST: Final = 3
"""Proposals that the queue shows of a line."""
PROPOSED: Final = 10
"""Proposals that the page of a line shows."""
MOVEMENTS_SHOWN: Final = 50
HISTORY_MAX: Final = 50
ITEMS_MAX: Final = 250
BETWEEN: Final = "~"
_TAKEN: Final = f"s.status = '{StatementStatus.TAKEN.value}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What of the movements is asked for, to choose by hand."""

    least: int | None = None
    most: int | None = None
    from_on: str = ""
    to_on: str = ""
    part_of: int = 0
    """Fen of a line, out is negative: what can be a part of it stands first."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Something decided about a line: the row, its reason opened, whether it was undone, and what it is about."""

    row: BankMatchRow
    reason: str
    undone: bool
    items: tuple[str, ...]


async def get(key: str, *, by: Actor) -> LineView:
    """A line of a file that was taken in, or line.unknown."""
    by.must("statement.read")
    row: Any = await reading.row(
        f"SELECT {LINE} FROM bank_line l JOIN bank_statement s ON s.key = l.statement WHERE l.key = $1 AND {_TAKEN}",  # noqa: S608
        key,
    )
    if row is None:
        raise rules.LINE_UNKNOWN()
    return opened(row)


async def queue(*, place: str = "", after: str = "", limit: int = SHOWN, by: Actor) -> tuple[list[LineView], str]:
    """Lines that wait, the oldest day first, and the cursor of the next page, "" for none."""
    by.must("statement.read")
    where = Where().chosen("l.place", place)
    if after:
        day, _, key = after.partition(BETWEEN)
        where.after(("l.on_day", "l.key"), (day, key))
    rows: Any = await reading.rows(
        f"SELECT {LINE} FROM bank_line l JOIN bank_statement s ON s.key = l.statement "  # noqa: S608 - names from code
        f"WHERE l.status = 'open' AND {_TAKEN} AND {where.text} ORDER BY l.on_day, l.key LIMIT {limit + 1}",
        *where.values,
    )
    following = f"{rows[limit - 1]['on_day']}{BETWEEN}{rows[limit - 1]['key']}" if len(rows) > limit else ""
    return [opened(row) for row in rows[:limit]], following


async def proposed(line: LineView, *, by: Actor) -> list[Proposal]:
    """What a line that waits can be, the likeliest first."""
    by.must("statement.read")
    return await candidates.proposals(line) if line.row["status"] == LineStatus.OPEN else []


async def of_sum(row: BankLineRow, *, limit: int) -> list[LineView]:
    """Open lines of the same sum and place that are near enough, this one among them."""
    return await _around(row, "l.in_fen - l.out_fen = $4", candidates.fen_of(row), limit)


async def near(row: BankLineRow, *, by: Actor, limit: int = MOVEMENTS_SHOWN) -> list[LineView]:
    """Other open lines of this place around its day, to be matched together with it."""
    by.must("statement.read")
    return await _around(row, "l.key <> $4", row["key"], limit)


async def _around(row: BankLineRow, test: str, value: Any, limit: int) -> list[LineView]:
    sql = (
        f"SELECT {LINE} FROM bank_line l JOIN bank_statement s ON s.key = l.statement "  # noqa: S608 - names from code
        f"WHERE l.place = $1 AND l.on_day BETWEEN $2 AND $3 AND l.status = 'open' AND {test} AND {_TAKEN} "
        f"ORDER BY l.on_day, l.key LIMIT {limit:d}"
    )
    rows: Any = await reading.rows(sql, row["place"], *candidates.around(row["on_day"]), value)
    return [opened(one) for one in rows]


async def movements(place: str, chosen: Chosen, *, by: Actor, limit: int = MOVEMENTS_SHOWN) -> list[BankMovementRow]:
    """Movements of a place that no line has, by day, to choose by hand; sums without their sign."""
    by.must("statement.read")
    where = Where(place).add("matched IS NULL")
    if chosen.from_on:
        where.add("on_day >= ?", chosen.from_on)
    if chosen.to_on:
        where.add("on_day <= ?", chosen.to_on)
    if chosen.least is not None:
        where.add("ABS(fen) >= ?", chosen.least)
    if chosen.most is not None:
        where.add("ABS(fen) <= ?", chosen.most)
    least, most = sorted((chosen.part_of, 0))
    rows: Any = await reading.rows(
        f"SELECT {COLUMNS} FROM bank_movement WHERE place = $1 AND {where.text} "  # noqa: S608 - names from code
        f"ORDER BY CASE WHEN fen BETWEEN {least:d} AND {most:d} THEN 0 ELSE 1 END, on_day, key LIMIT {limit:d}",
        *where.values,
    )
    return rows  # type: ignore[no-any-return] # its columns are those of the rows


async def history(item: str, *, by: Actor) -> list[Decision]:
    """What was decided about a line, the newest first."""
    by.must("statement.read")
    rows: Any = await reading.rows(
        f"SELECT {_MATCH}, u.key AS undone FROM bank_match_item i JOIN bank_match m ON m.key = i.match_key "  # noqa: S608
        "LEFT JOIN bank_match u ON u.undoes = m.key WHERE i.item = $1 ORDER BY m.made_at DESC, m.key DESC "
        f"LIMIT {HISTORY_MAX}",
        item,
    )
    keys = [row["key"] for row in rows]
    items: dict[str, list[str]] = {key: [] for key in keys}
    if keys:
        for one in await reading.rows(
            f"SELECT match_key, item FROM bank_match_item WHERE match_key IN ({reading.places(len(keys))}) "  # noqa: S608
            f"ORDER BY match_key, item LIMIT {ITEMS_MAX * HISTORY_MAX}",
            *keys,
        ):
            items[one["match_key"]].append(one["item"])
    return [
        Decision(
            row,
            sealed.unseal("bank_match", "reason", row["key"], row["reason"]),
            bool(row["undone"]),
            tuple(items[row["key"]]),
        )
        for row in rows
    ]


async def movements_of(items: Sequence[str]) -> list[BankMovementRow]:
    """The movements among what decisions are about."""
    keys = sorted(set(items))
    if not keys:
        return []
    rows: Any = await reading.rows(
        f"SELECT {COLUMNS} FROM bank_movement WHERE key IN ({reading.places(len(keys))}) ORDER BY on_day, key",  # noqa: S608
        *keys,
    )
    return rows  # type: ignore[no-any-return] # its columns are those of the rows


async def decisions(keys: Sequence[str]) -> list[BankMatchRow]:
    """These decisions, for a register that names who made them."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    rows: Any = await reading.rows(
        f"SELECT {_MATCH} FROM bank_match m WHERE m.key IN ({reading.places(len(wanted))})",  # noqa: S608 - names from code
        *wanted,
    )
    return rows  # type: ignore[no-any-return] # its columns are those of the rows


async def matched_movements(keys: Sequence[str]) -> list[BankMovementRow]:
    """The movements of these matches that stand."""
    if not keys:
        return []
    rows: Any = await reading.rows(
        f"SELECT {COLUMNS} FROM bank_movement WHERE matched IN ({reading.places(len(keys))}) "  # noqa: S608
        "AND matched IS NOT NULL ORDER BY on_day, key",
        *keys,
    )
    return rows  # type: ignore[no-any-return] # its columns are those of the rows


async def lines_of(items: Sequence[str]) -> list[LineView]:
    """The lines among what decisions are about."""
    keys = sorted(set(items))
    if not keys:
        return []
    rows: Any = await reading.rows(
        f"SELECT {LINE} FROM bank_line l WHERE l.key IN ({reading.places(len(keys))}) ORDER BY l.on_day, l.key",  # noqa: S608
        *keys,
    )
    return [opened(row) for row in rows]


async def lines_about(made: str, *, by: Actor) -> list[LineView]:
    """The lines that a decision is about."""
    by.must("statement.read")
    rows = await reading.rows("SELECT item FROM bank_match_item WHERE match_key = $1 ORDER BY item", made)
    return await lines_of([row["item"] for row in rows])
