"""Reviewing journal vouchers: one or many at once, bound to what was on the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charity.db import reading
from charity.finance import rules
from charity.finance.models import REVIEW, JournalReviewRow
from charity.ledger import journal_vouchers
from charity.ledger.content import Content
from charity.ledger.journal_vouchers import Voucher
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, submit
from charity.roles import Actor

VOUCHERS_MAX = 200
Stored = dict[str, tuple[Voucher, list[int]]]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a review loaded: the vouchers with their reversed entries, and those with an open question."""

    stored: Stored
    asked: frozenset[str]
    approvers: Mapping[str, frozenset[str]]


def shown(row: Voucher, taken_back: Sequence[int]) -> Content:
    """What a reviewer sees of one: its entries by their leaves, its sum, and which of them were reversed since."""
    return Content(
        facts={
            "number": row["number"],
            "entries": row["entries"],
            "amount_fen": row["amount_fen"],
            "leaves": row["leaves"],
            "reversed": list(taken_back),
            "reviewed": row["reviewed_at"] is not None,
        }
    )


def together(hashes: Mapping[str, str]) -> Content:
    """What a reviewer sees of several: their content hashes by number."""
    seen = [{"number": number, "content_hash": hashes[number]} for number in sorted(hashes)]
    return Content(facts={"vouchers": seen})


async def review(*, numbers: Sequence[str], content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Review them: 201 `{reviewed: [number]}`; `content_hash` is of `together`, what the reviewer saw of them all."""
    by.must("review.make")
    wanted = sorted(set(numbers))
    if not wanted:
        raise rules.REVIEW_NOTHING()

    async def load(loader: Loader) -> _Facts:
        places = reading.places(len(wanted))
        sql = f"SELECT number FROM journal_question WHERE answered_at IS NULL AND number IN ({places})"  # noqa: S608
        rows = await loader.rows(sql, *wanted)
        stored = await journal_vouchers.load(loader, wanted)
        approvers = await journal_vouchers.approvers([row for row, _ in stored.values()], loader.rows)
        return _Facts(stored, frozenset(row["number"] for row in rows), approvers)

    def decide(state: State, facts: _Facts) -> Answer:
        stored = facts.stored
        for number in wanted:
            _must_be_mine_to_review(number, facts, by)
            if number in facts.asked:
                raise rules.REVIEW_ASKED(number=number)
        contents = {number: shown(*stored[number]).hash for number in wanted}
        together(contents).must_be(content_hash)
        for number in wanted:
            row, _ = stored[number]
            review_row = JournalReviewRow(
                number=number,
                reviewer=by.key,
                at=state.now,
                entries=row["entries"],
                leaves=row["leaves"],
                content_hash=contents[number],
            )
            state.add(REVIEW, review_row)
            journal_vouchers.close(state, number, by=by.key)
        return Answer(201, {"reviewed": wanted})

    return await submit(Command(decide, idem=idem, load=load, alone=True))


def _must_be_mine_to_review(number: str, facts: _Facts, by: Actor) -> None:
    if number not in facts.stored:
        raise rules.VOUCHER_UNKNOWN(number=number)
    row, _ = facts.stored[number]
    if row["reviewed_at"] is not None:
        raise rules.REVIEWED_ALREADY(number=number)
    if by.key in {*row["cashiers"].split(), *row["makers"].split()}:
        raise rules.REVIEW_OWN(number=number)
    if by.key in facts.approvers.get(number, ()):
        raise rules.REVIEW_APPROVED(number=number)
