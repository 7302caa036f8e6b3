"""A day of a place as it can be closed, what was closed, and how far each place is.

A file speaks for a whole day when it has a line of a later day, or was made after the day was over in China: of what a
bank gave out during the day nobody knows what came after it. Where a file does not say when it was made, it was when it
came in.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from charity import addresses, clock
from charity.bank import movements, reconciliation, rules
from charity.bank.closing.cash import CashDay
from charity.bank.closing.confirming import Prepared, following, not_next, seen
from charity.bank.models import DAY, BankDayRow, DayStatus, StatementStatus
from charity.bank.reconciliation import Reconciliation
from charity.db import reading, sealed
from charity.db.paging import Where
from charity.errors import Refusal
from charity.giving import boxes
from charity.ledger import closed_days, moved, places
from charity.ledger.content import Content
from charity.ledger.places import Place
from charity.money import yuan
from charity.roles import SYSTEM, Actor

CHARTS: Final = places.CHARTS[1:]
"""Banks and platforms: places that have statements."""
SHOWN: Final = 20
"""Closed days on a page."""
BETWEEN: Final = "~"
_MADE: Final = "COALESCE(s.exported_at, s.again_at, s.uploaded_at)"
"""When a file was made, as far as anybody knows."""
_DAY: Final = ", ".join(sorted(DAY.columns))
_SUMS: Final = (
    *("book_fen", "bank_fen", "bank_in_fen", "bank_out_fen", "book_in_fen", "book_out_fen"),
    *("book_adjusted_fen", "bank_adjusted_fen", "apart_fen"),
)


@dataclass(frozen=True, slots=True)
class BankDay:
    """A day of a bank or a platform: its reconciliation, its lines, and the files that speak of it."""

    one: Reconciliation
    before: str
    """The last closed day of the place, "" while none is."""
    lines: int
    in_fen: int
    out_fen: int
    covered: bool
    """Whether a file speaks for the whole day."""
    early: tuple[str, str] | None
    """Where none does, the key of the last that ends within the day, and when it was made or came in."""
    waiting: tuple[str, int] | None
    """The key of a file that was not taken in, and how many new lines it has up to this day."""

    @property
    def on(self) -> str:
        """The day."""
        return self.one.on

    @property
    def place(self) -> Place:
        """The place."""
        return self.one.place

    @property
    def book_fen(self) -> int:
        """What the books have."""
        return self.one.book_fen

    def facts(self) -> dict[str, Any]:
        """What is shown of it: figures, the day's lines, and every open item by its key."""
        return {
            "place": self.place.code,
            "on": self.on,
            "before": self.before,
            **{name: getattr(self.one, name) for name in _SUMS},
            "carried_fen": self.one.carried_fen,
            "lines": self.lines,
            "in_fen": self.in_fen,
            "out_fen": self.out_fen,
            "open_lines": [[each.row["key"], each.row["in_fen"] - each.row["out_fen"]] for each in self.one.lines],
            "open_movements": [[each["key"], each["fen"]] for each in self.one.movements],
        }

    def shown(self) -> Content:
        """What the cashier confirms who prepares it."""
        return Content(facts=self.facts())

    def counted(self, asked: Prepared) -> int:
        """What the bank has."""
        del asked
        return self.one.bank_fen

    def prepared(self, asked: Prepared, *, by: str, key: str) -> Content:
        """What the accountant confirms who closes it: the same, whether the bank had no movements, and who says so."""
        del key
        return Content(facts={**self.facts(), "quiet": asked.balance_fen is not None, "prepared_by": by})

    def missing(self, today: str) -> list[Refusal]:
        """What has to be mended before it is prepared, whatever the cashier says; each with the page that mends it."""
        place = {"place": self.place.code}
        refusals = [not_next(self.place.code, self.on, self.before)]
        if self.on >= today:
            refusals.append(rules.DAY_NOT_OVER(day=self.on))
        if self.waiting:
            key, count = self.waiting
            refusals.append(
                seen(rules.DAY_FILE_WAITS(day=self.on, count=count), "对账单文件", addresses.of("statement", key))
            )
        if self.early:
            _, at = self.early
            refusal = rules.DAY_FILE_EARLY(
                day=self.on, time=clock.instant(at).astimezone(clock.SHANGHAI).strftime("%H:%M")
            )
            refusals.append(seen(refusal, "上传对账单", f"/bank/statements/new?{urlencode(place)}"))
        if self.one.apart_fen:
            refusal = rules.DAY_APART(apart_yuan=yuan(self.one.apart_fen))
            refusals.append(seen(refusal, "余额调节表", f"/bank/reconciliation?{urlencode(place | {'on': self.on})}"))
        return [one for one in refusals if one is not None]

    def must_be_closable(self, asked: Prepared, today: str) -> None:
        """Refuse a day of which something is missing, or without a file where the cashier states no balance."""
        for refusal in self.missing(today):
            raise refusal
        if asked.sheets or asked.note:
            raise rules.CASH_ONLY()
        if asked.balance_fen is None:
            if not self.covered:
                raise rules.DAY_NO_STATEMENT(day=self.on)
        elif self.lines:
            raise rules.DAY_NOT_QUIET(day=self.on, count=self.lines)
        elif asked.balance_fen != self.one.bank_fen:
            raise rules.DAY_BALANCE(stated_yuan=yuan(asked.balance_fen), ours_yuan=yuan(self.one.bank_fen))


Day = BankDay | CashDay


@dataclass(frozen=True, slots=True)
class DayView:
    """A row with its reason opened, and what named a difference."""

    row: BankDayRow
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a place is: its last closed day, the day that waits for the accountant, the one that comes next."""

    place: Place
    closed_through: str
    prepared: BankDayRow | None
    last_line_on: str
    """The last day that a file of the place speaks for, "" for none."""

    @property
    def next_on(self) -> str:
        """The day to close next; before the first close the last day of its statements, or yesterday."""
        if self.closed_through:
            return following(self.closed_through)
        if self.place.chart not in CHARTS:
            return clock.today().isoformat()
        yesterday = (clock.today() - timedelta(days=1)).isoformat()
        return min(self.last_line_on or yesterday, yesterday)

    @property
    def due(self) -> bool:
        """Whether that day is over, or of cash has come."""
        today = clock.today().isoformat()
        return self.next_on < today or (self.next_on == today and self.place.chart not in CHARTS)


async def shown_day(place: str, on: str, *, by: Actor, before: str | None = None) -> Day:
    """A day as it is now; `before` is its last closed day where a past close is looked at again."""
    by.must("statement.read")
    at = await places.get(place, field="place")
    if before is None:
        before = (await closed_days.every())[at.code]
    if at.chart not in CHARTS:
        return CashDay(at, on, before, await moved.held_at(at.code, on=on), await boxes.unconfirmed(on, by=by))
    one = await reconciliation.of(place, on, by=by)
    sums = await reading.only(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(l.in_fen), 0) AS BIGINT) AS came, "
        "CAST(COALESCE(SUM(l.out_fen), 0) AS BIGINT) AS went FROM bank_line l JOIN bank_statement s "
        "ON s.key = l.statement WHERE l.place = $1 AND l.on_day = $2 AND s.status = $3",
        one.place.code,
        on,
        StatementStatus.TAKEN.value,
    )
    covered, early = await _files(one.place.code, on)
    return BankDay(one, before, sums["n"], sums["came"], sums["went"], covered, early, await _waiting(place, on))


async def _files(place: str, on: str) -> tuple[bool, tuple[str, str] | None]:
    """Whether a file speaks for the whole day; else the last that ends within it, by key, and when it was made."""
    files = await reading.rows(
        f"SELECT key, last_on, {_MADE} AS at FROM bank_statement s WHERE place = $1 "  # noqa: S608 - names from code
        "AND status = $2 AND first_on <= $3 AND last_on >= $3 ORDER BY last_on DESC, at DESC LIMIT 1",
        place,
        StatementStatus.TAKEN.value,
        on,
    )
    if not files:
        return False, None
    newest = files[0]
    covered = _spoken_for(newest["last_on"], newest["at"]) >= on
    return covered, None if covered else (newest["key"], newest["at"])


def _spoken_for(last_on: str, at: str) -> str:
    """The last day that a file speaks for whose last line is of this day and which was made or came in then."""
    day = date.fromisoformat(last_on)
    return (day if at >= clock.midnight(day + timedelta(days=1)) else day - timedelta(days=1)).isoformat()


async def _waiting(place: str, on: str) -> tuple[str, int] | None:
    """The first file that was read and neither taken in nor withdrawn, and its new lines up to this day."""
    row = await reading.row(
        "SELECT s.key, COUNT(*) AS n FROM bank_statement s JOIN bank_line l ON l.statement = s.key "
        "WHERE s.place = $1 AND s.status IN ($2, $3) AND l.on_day <= $4 GROUP BY s.key, s.uploaded_at "
        "ORDER BY s.uploaded_at, s.key LIMIT 1",
        place,
        StatementStatus.WAITING.value,
        StatementStatus.STALE.value,
        on,
    )
    return (row["key"], row["n"]) if row else None


async def must_be_followed(place: str, on: str) -> None:
    """Refuse while an entry of these days is not among the movements: it would be on no reconciliation."""
    if await moved.touched(place, after=await movements.mark(), on=on):
        raise rules.DAY_BEHIND()


async def get(key: str, *, by: Actor) -> DayView:
    """A close, whatever became of it, or bank_day.unknown."""
    by.must("statement.read")
    row: Any = await reading.row(f"SELECT {_DAY} FROM bank_day WHERE key = $1", key)  # noqa: S608 - names from code
    if row is None:
        raise rules.DAY_UNKNOWN()
    reason, note = (sealed.unseal("bank_day", name, key, row[name]) for name in ("reason", "note"))
    return DayView(row, reason, note)


def confirmed(row: BankDayRow) -> dict[str, Any]:
    """What was shown and confirmed, as it is kept."""
    return dict(json.loads(row["content"]))


async def progress(*, by: Actor) -> list[Progress]:
    """Every place, and how far it is."""
    by.must("statement.read")
    through = await closed_days.every()
    waiting = {row["place"]: row for row in await prepared(by=by)}
    rows = await reading.rows(
        f"SELECT s.place, s.last_on, MAX({_MADE}) AS at FROM bank_statement s JOIN "  # noqa: S608 - names from code
        "(SELECT place, MAX(last_on) AS day FROM bank_statement WHERE status = $1 GROUP BY place) newest "
        "ON newest.place = s.place AND newest.day = s.last_on WHERE s.status = $1 GROUP BY s.place, s.last_on",
        StatementStatus.TAKEN.value,
    )
    last = {row["place"]: _spoken_for(row["last_on"], row["at"]) for row in rows}
    return [
        Progress(place, through[place.code], waiting.get(place.code), last.get(place.code, ""))
        for place in await places.every()
    ]


async def prepared(*, by: Actor) -> list[BankDayRow]:
    """What waits for an accountant, the newest day first: nothing that a close of another day has overtaken."""
    by.must("statement.read")
    through = await closed_days.every()
    rows: Any = await reading.rows(
        f"SELECT {_DAY} FROM bank_day WHERE status = $1 ORDER BY on_day DESC, key",  # noqa: S608 - names from code
        DayStatus.PREPARED.value,
    )
    return [row for row in rows if row["before_on"] == through[row["place"]]]


async def newest(
    *, place: str = "", after: str = "", limit: int = SHOWN, by: Actor
) -> tuple[Sequence[BankDayRow], str]:
    """What was closed, prepared or opened again, the newest day first, and the cursor of the next page."""
    by.must("statement.read")
    where = Where().chosen("place", place)
    if after:
        day, _, key = after.partition(BETWEEN)
        where.after(("on_day", "key"), (day, key), descending=True)
    rows: Any = await reading.rows(
        f"SELECT {_DAY} FROM bank_day WHERE {where.text} ORDER BY on_day DESC, key DESC LIMIT {limit + 1}",  # noqa: S608
        *where.values,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{last['on_day']}{BETWEEN}{last['key']}" if last else ""


async def closed(*, by: Actor) -> list[BankDayRow]:
    """Every day that stands closed, by place and day."""
    by.must("statement.read")
    rows: Any = await reading.rows(
        f"SELECT {_DAY} FROM bank_day WHERE status = $1 ORDER BY place, on_day",  # noqa: S608 - names from code
        DayStatus.CLOSED.value,
    )
    return list(rows)


def prepared_as(row: BankDayRow) -> Prepared:
    """What the cashier said who prepared it."""
    values = confirmed(row)
    if "sheets" not in values:
        return Prepared(balance_fen=row["counted_fen"] if values["quiet"] else None)
    note = sealed.unseal("bank_day", "note", row["key"], row["note"])
    return Prepared(sheets=dict(values["sheets"]), note=note)


async def content_now(row: BankDayRow) -> str:
    """The hash of what a closed day would show today: the one that was confirmed, while nothing changed it."""
    day = await shown_day(row["place"], row["on_day"], by=SYSTEM, before=row["before_on"])
    return day.prepared(prepared_as(row), by=row["prepared_by"], key=row["key"]).hash
