"""Rows of the finance room, for reading. They are written by commands of the writer only."""

from enum import StrEnum
from typing import TypedDict

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import SealedField, WordField
from charity.db.tables import Table


class TransferKind(StrEnum):
    """What moved the money."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    BETWEEN = "between"
    SETTLEMENT = "settlement"


class MoneyTransfer(Model):
    """Money that moved from one place to another. `amount_fen` left the source, `fee_fen` of it was kept back."""

    number = fields.CharField(max_length=32, primary_key=True)
    year = fields.IntField()
    kind = WordField(TransferKind)
    source = fields.TextField()
    target = fields.TextField()
    on_day = fields.TextField()
    channel_ref = fields.TextField()
    amount_fen = fields.BigIntField()
    fee_fen = fields.BigIntField()
    maker = fields.TextField()
    made_at = fields.TextField()
    seq = fields.BigIntField()
    reversed_by = fields.TextField(null=True)
    reversed_at = fields.TextField(null=True)
    reversal_seq = fields.BigIntField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "money_transfer"


class MoneyTransferRow(TypedDict):
    """A row of `money_transfer`."""

    number: str
    year: int
    kind: str
    source: str
    target: str
    on_day: str
    channel_ref: str
    amount_fen: int
    fee_fen: int
    maker: str
    made_at: str
    seq: int
    reversed_by: str | None
    reversed_at: str | None
    reversal_seq: int | None
    reason: bytes | None


class Opening(Model):
    """The opening of the books: one row. `content` is what is confirmed, as canonical text; `seq` once it is booked.

    `stock`: the lines of its goods, as canonical text, of which the content has the hash and the sums.
    """

    key = fields.CharField(max_length=8, primary_key=True)
    on_day = fields.TextField()
    content = fields.TextField()
    content_hash = fields.TextField()
    total_fen = fields.BigIntField()
    maker = fields.TextField()
    made_at = fields.TextField()
    confirmed_by = fields.TextField(null=True)
    confirmed_at = fields.TextField(null=True)
    seq = fields.BigIntField(null=True)
    stock = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "opening"


class OpeningRow(TypedDict):
    """A row of `opening`."""

    key: str
    on_day: str
    content: str
    content_hash: str
    total_fen: int
    maker: str
    made_at: str
    confirmed_by: str | None
    confirmed_at: str | None
    seq: int | None
    stock: str | None


class JournalReview(Model):
    """That an accountant looked at a journal voucher: over which entries (`leaves`), as it was shown."""

    number = fields.CharField(max_length=16, primary_key=True)
    reviewer = fields.TextField()
    at = fields.TextField()
    entries = fields.BigIntField()
    leaves = fields.TextField()
    content_hash = fields.TextField()

    class Meta:
        """Table name."""

        table = "journal_review"


class JournalReviewRow(TypedDict):
    """A row of `journal_review`."""

    number: str
    reviewer: str
    at: str
    entries: int
    leaves: str
    content_hash: str


class JournalQuestion(Model):
    """What a reviewer asks back. `asked_of`: account keys of who may answer, blanks between."""

    key = fields.CharField(max_length=32, primary_key=True)
    number = fields.TextField()
    asked_by = fields.TextField()
    asked_at = fields.TextField()
    asked_of = fields.TextField()
    question = SealedField()
    answered_by = fields.TextField(null=True)
    answered_at = fields.TextField(null=True)
    answer = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "journal_question"


class JournalQuestionRow(TypedDict):
    """A row of `journal_question`."""

    key: str
    number: str
    asked_by: str
    asked_at: str
    asked_of: str
    question: bytes
    answered_by: str | None
    answered_at: str | None
    answer: bytes | None


TRANSFER = Table(MoneyTransfer, MoneyTransferRow)
OPENING_KEY = "opening"
OPENING = Table(Opening, OpeningRow)
REVIEW = Table(JournalReview, JournalReviewRow)
QUESTION = Table(JournalQuestion, JournalQuestionRow)
