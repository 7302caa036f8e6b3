"""Questions about journal vouchers: a reviewer asks, who made it or handled its money answers; both are sealed."""

from charity import tokens
from charity.db import sealed
from charity.finance import rules
from charity.finance.models import QUESTION, JournalQuestionRow
from charity.ledger import journal_vouchers
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor


async def ask(*, number: str, question: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Ask who made a voucher or handled its money: 201 `{key}`. A reviewed one is not asked about any more."""
    by.must("review.make")
    row = await journal_vouchers.get(number)
    if row is None:
        raise rules.VOUCHER_UNKNOWN(number=number)
    handled = [*row["cashiers"].split(), *row["makers"].split()]
    asked_of = handled or [entry["actor"] for entry in (await journal_vouchers.entries_of(row, limit=1))[0]]
    key = tokens.key16()
    text = sealed.seal("journal_question", "question", key, question)
    assert text is not None, "a question was asked"

    def decide(state: State) -> Answer:
        if journal_vouchers.is_reviewed(state, number):
            raise rules.REVIEWED_ALREADY(number=number)
        asked = JournalQuestionRow(
            key=key,
            number=number,
            asked_by=by.key,
            asked_at=state.now,
            asked_of=" ".join(sorted(set(asked_of))),
            question=text,
            answered_by=None,
            answered_at=None,
            answer=None,
        )
        state.add(QUESTION, asked)
        return Answer(201, {"key": key})

    return await submit(Command(decide, Wants(rows=[journal_vouchers.wanted(number)]), idem))


async def answer(*, key: str, text: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Answer a question that was put to this account: 200 `{number}`."""
    by.must("desk.read")
    kept = sealed.seal("journal_question", "answer", key, text)

    def decide(state: State) -> Answer:
        row = state.row(QUESTION, key)
        if row is None:
            raise rules.QUESTION_UNKNOWN()
        if by.key not in row["asked_of"].split():
            raise rules.QUESTION_NOT_YOURS()
        if row["answered_at"] is not None:
            raise rules.QUESTION_ANSWERED()
        state.change(QUESTION, key, answered_by=by.key, answered_at=state.now, answer=kept)
        return Answer(200, {"number": row["number"]})

    return await submit(Command(decide, Wants(rows=[(QUESTION, key)]), idem))
