"""Journal vouchers as accountants and auditors read them: what waits, by day, and one number whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading, sealed
from charity.finance import rules
from charity.finance.models import QUESTION, REVIEW, JournalQuestionRow, JournalReviewRow
from charity.finance.reviews.verbs import shown, together
from charity.ledger import journal_vouchers
from charity.ledger.journal_vouchers import Line, Source, Voucher
from charity.office import staff
from charity.roles import Actor

PAGE = 30
_CURSOR = re.compile("([01])-([0-9]{1,9})", re.ASCII)
ENTRIES = 50
_REVIEW = ", ".join(sorted(REVIEW.columns))
_QUESTION = ", ".join(sorted(QUESTION.columns))
KEY_MAX = 32


@dataclass(frozen=True, slots=True)
class View:
    """A voucher with its lines. `people` names every account key that it mentions; `reversed` entries by seq."""

    row: Voucher
    lines: list[Line]
    reversed: list[int]
    review: JournalReviewRow | None
    people: dict[str, str]
    mine: bool
    """Whether the reader made or approved it, or took or paid its money."""
    source: Source | None
    """What it rests on; None for one of several entries."""
    asked: bool
    """Whether a question about it waits for its answer."""

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
    rank, behind = _place(after)
    rows = await journal_vouchers.unreviewed(day, rank=rank, after=behind, limit=limit + 1)
    page = rows[:limit]
    return Day(
        day,
        await views(page, by=by),
        f"{page[-1]['rank']}-{page[-1]['n']}" if len(rows) > limit else None,
        await journal_vouchers.waiting_day(before=day) if day else "",
        await journal_vouchers.waiting_day(behind=day) if day else "",
    )


def _place(after: str) -> tuple[int, int]:
    """Where a page goes on; a cursor that we did not write is refused."""
    if not after:
        return 0, 0
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise rules.REVIEW_CURSOR()
    return int(match[1]), int(match[2])


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
    reviews, sources = await _reviews(numbers), await journal_vouchers.sources(rows)
    waiting_for_answers = await _asked(numbers)
    approvers = await journal_vouchers.approvers(rows)
    keys = {key for row in rows for key in (*row["cashiers"].split(), *row["makers"].split())}
    people = await staff.names(keys | {review["reviewer"] for review in reviews.values()})
    return [
        View(
            row,
            lines.get(row["number"], []),
            taken_back.get(row["number"], []),
            reviews.get(row["number"]),
            people,
            by.key in {*row["cashiers"].split(), *row["makers"].split(), *approvers.get(row["number"], ())},
            sources.get(row["number"]),
            row["number"] in waiting_for_answers,
        )
        for row in rows
    ]


async def _asked(numbers: Sequence[str]) -> set[str]:
    """Those of these vouchers about which a question waits for its answer."""
    if not numbers:
        return set()
    sql = (
        f"SELECT number FROM journal_question WHERE answered_at IS NULL AND number IN ({reading.places(len(numbers))})"  # noqa: S608
    )
    return {row["number"] for row in await reading.rows(sql, *numbers)}


async def _reviews(numbers: Sequence[str]) -> dict[str, JournalReviewRow]:
    if not numbers:
        return {}
    sql = f"SELECT {_REVIEW} FROM journal_review WHERE number IN ({reading.places(len(numbers))})"  # noqa: S608
    rows: Any = await reading.rows(sql, *numbers)
    return {row["number"]: row for row in rows}


# -- questions ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its texts opened; `answer` is "" while nobody answered."""

    row: JournalQuestionRow
    question: str
    answer: str


async def question(key: str, *, by: Actor) -> Question:
    """A question that was put to this account."""
    row: Any = await reading.row(f"SELECT {_QUESTION} FROM journal_question WHERE key = $1", key[:KEY_MAX])  # noqa: S608
    if row is None:
        raise rules.QUESTION_UNKNOWN()
    if by.key not in row["asked_of"].split():
        raise rules.QUESTION_NOT_YOURS()
    return _opened(row)


async def questions_of(number: str) -> list[Question]:
    """The questions about a voucher, oldest first."""
    rows: Any = await reading.rows(
        f"SELECT {_QUESTION} FROM journal_question WHERE number = $1 ORDER BY asked_at, key",  # noqa: S608
        number,
    )
    return [_opened(row) for row in rows]


async def to_answer(*, by: Actor) -> list[str]:
    """The keys of questions that this account has to answer, oldest first."""
    rows = await reading.rows("SELECT key, asked_of FROM journal_question WHERE answered_at IS NULL ORDER BY asked_at")
    return [row["key"] for row in rows if by.key in row["asked_of"].split()]


async def answered(*, by: Actor) -> Sequence[str]:
    """The numbers that this account asked about and that are answered and still wait for review."""
    rows = await reading.rows(
        "SELECT DISTINCT number FROM journal_question WHERE asked_by = $1 AND answered_at IS NOT NULL ORDER BY number",
        by.key,
    )
    return [row["number"] for row in await journal_vouchers.some([r["number"] for r in rows]) if not row["reviewed_at"]]


def _opened(row: JournalQuestionRow) -> Question:
    question = sealed.unseal("journal_question", "question", row["key"], row["question"])
    return Question(row, question, sealed.unseal("journal_question", "answer", row["key"], row["answer"]))
