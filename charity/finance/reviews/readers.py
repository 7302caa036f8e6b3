"""Journal vouchers as accountants and auditors read them: what waits, by day, and one number whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading
from charity.finance import rules
from charity.finance.models import REVIEW, JournalReviewRow
from charity.finance.reviews.verbs import shown, together
from charity.ledger import journal_vouchers
from charity.ledger.journal_vouchers import Line, Voucher
from charity.office import staff
from charity.roles import Actor

PAGE = 30
ENTRIES = 50
_REVIEW = ", ".join(sorted(REVIEW.columns))


@dataclass(frozen=True, slots=True)
class View:
    """A voucher with its lines. `people` names every account key that it mentions; `reversed` entries by seq."""

    row: Voucher
    lines: list[Line]
    reversed: list[int]
    review: JournalReviewRow | None
    people: dict[str, str]
    mine: bool
    """Whether the reader made it, or took or paid its money."""

    @property
    def content_hash(self) -> str:
        """The hash of what is shown of it."""
        return shown(self.row, self.reversed).hash

    def names(self, keys: str) -> list[str]:
        """The names of the accounts whose keys stand in a column."""
        return [self.people.get(key, "") for key in keys.split()]


@dataclass(frozen=True, slots=True)
class Day:
    """What waits of a day, one page of it. `content_hash` is of all its vouchers together."""

    on: str
    vouchers: list[View]
    following: str | None
    before: str
    behind: str

    @property
    def content_hash(self) -> str:
        """What reviews them all."""
        return together({view.row["number"]: view.content_hash for view in self.vouchers}).hash


async def waiting(on: str, *, after: str = "", by: Actor, limit: int = PAGE) -> Day:
    """A day's vouchers that nobody reviewed, the unusual first; "" is the first day that has any."""
    by.must("ledger.read")
    day = on or await journal_vouchers.waiting_day()
    rank, _, n = after.partition("-")
    behind = int(n) if rank in {"0", "1"} and n.isascii() and n.isdigit() else 0
    rows = await journal_vouchers.unreviewed(day, rank=int(rank) if behind else 0, after=behind, limit=limit + 1)
    page = rows[:limit]
    return Day(
        day,
        await views(page, by=by),
        f"{page[-1]['rank']}-{page[-1]['n']}" if len(rows) > limit else None,
        await journal_vouchers.waiting_day(before=day) if day else "",
        await journal_vouchers.waiting_day(behind=day) if day else "",
    )


async def get(number: str, *, by: Actor) -> View:
    """One voucher, or the refusal journal_voucher.unknown."""
    by.must("ledger.read")
    row = await journal_vouchers.get(number)
    if row is None:
        raise rules.VOUCHER_UNKNOWN(number=number[: journal_vouchers.NUMBER_MAX])
    return (await views([row], by=by))[0]


async def views(rows: Sequence[Voucher], *, by: Actor) -> list[View]:
    """These vouchers with what pages and papers show of them."""
    numbers = [row["number"] for row in rows]
    lines, taken_back = await journal_vouchers.lines(numbers), await journal_vouchers.reversed_in(rows)
    reviews = await _reviews(numbers)
    keys = {key for row in rows for key in (*row["cashiers"].split(), *row["makers"].split())}
    people = await staff.names(keys | {review["reviewer"] for review in reviews.values()})
    return [
        View(
            row,
            lines.get(row["number"], []),
            taken_back.get(row["number"], []),
            reviews.get(row["number"]),
            people,
            by.key in {*row["cashiers"].split(), *row["makers"].split()},
        )
        for row in rows
    ]


async def _reviews(numbers: Sequence[str]) -> dict[str, JournalReviewRow]:
    if not numbers:
        return {}
    sql = f"SELECT {_REVIEW} FROM journal_review WHERE number IN ({reading.places(len(numbers))})"  # noqa: S608
    rows: Any = await reading.rows(sql, *numbers)
    return {row["number"]: row for row in rows}
