"""Rows of money that nobody can name. The writer adds and changes them, in the batch that posts."""

from enum import StrEnum
from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing
from charity.db.tables import Table
from charity.roles import Actor


class Unidentified(Model):
    """One line of a bank that is held: `left_fen` of it is neither recognised nor sent back."""

    number = fields.CharField(max_length=40, primary_key=True)
    year = fields.BigIntField()
    place = fields.TextField()
    on_day = fields.TextField()
    fen = fields.BigIntField()
    left_fen = fields.BigIntField()
    line = fields.TextField()
    match = fields.TextField()
    channel = fields.TextField()
    channel_ref = fields.TextField()
    note = SealedField(null=True)
    held_by = fields.TextField()
    held_at = fields.TextField()
    seq = fields.BigIntField()
    reversed_by = fields.TextField(null=True)
    reversed_at = fields.TextField(null=True)
    reversal_seq = fields.BigIntField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "unidentified"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads what banks say sees all."""
        return cls.all() if by.may("statement.read") else nothing(cls)


class UnidentifiedRow(TypedDict):
    """A row of `unidentified`."""

    number: str
    year: int
    place: str
    on_day: str
    fen: int
    left_fen: int
    line: str
    match: str
    channel: str
    channel_ref: str
    note: bytes | None
    held_by: str
    held_at: str
    seq: int
    reversed_by: str | None
    reversed_at: str | None
    reversal_seq: int | None
    reason: bytes | None


class UnidentifiedUse(Model):
    """What an entry took of it, fen; below 0 what came back to it, as when a gift was corrected."""

    number = fields.CharField(max_length=40, primary_key=True)
    seq = fields.BigIntField()
    fen = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "unidentified_use"


class UnidentifiedUseRow(TypedDict):
    """A row of `unidentified_use`."""

    number: str
    seq: int
    fen: int


class ReturnStatus(StrEnum):
    """How far a return is."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    PAID = "paid"


class UnidentifiedReturn(Model):
    """What of it goes back to where it came from: asked for by one, paid by another."""

    number = fields.CharField(max_length=40, primary_key=True)
    year = fields.BigIntField()
    unidentified = fields.TextField()
    fen = fields.BigIntField()
    reason = SealedField()
    status = WordField(ReturnStatus)
    asked_by = fields.TextField()
    asked_at = fields.TextField()
    paid_by = fields.TextField(null=True)
    paid_at = fields.TextField(null=True)
    paid_on = fields.TextField(null=True)
    channel_ref = fields.TextField()
    seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "unidentified_return"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads what banks say sees all."""
        return cls.all() if by.may("statement.read") else nothing(cls)


class UnidentifiedReturnRow(TypedDict):
    """A row of `unidentified_return`."""

    number: str
    year: int
    unidentified: str
    fen: int
    reason: bytes
    status: str
    asked_by: str
    asked_at: str
    paid_by: str | None
    paid_at: str | None
    paid_on: str | None
    channel_ref: str
    seq: int | None


UNIDENTIFIED = Table(Unidentified, UnidentifiedRow)
RETURN = Table(UnidentifiedReturn, UnidentifiedReturnRow)
USE = Table(UnidentifiedUse, UnidentifiedUseRow, "")
