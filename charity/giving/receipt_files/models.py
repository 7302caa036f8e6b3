"""Rows of files of receipts."""

from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import WordField, nothing
from charity.db.models import JobState
from charity.db.tables import Table
from charity.roles import Actor


class ReceiptFile(Model):
    """One file that somebody asked for; `done` of `total` receipts are printed, all of them noted at `noted_at`.

    `printed_on` is the day that its copies say; `ending` is pdf or zip, empty until the file is there.
    """

    key = fields.CharField(64, primary_key=True)
    account = fields.TextField()
    language = fields.TextField()
    printed_on = fields.TextField()
    state = WordField(JobState)
    done = fields.BigIntField()
    total = fields.BigIntField()
    error = fields.TextField()
    ending = fields.TextField()
    bytes = fields.BigIntField()
    noted_at = fields.TextField(null=True)
    created_at = fields.TextField()
    finished_at = fields.TextField(null=True)
    expires_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "receipt_file"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever asked for it, while he may print receipts."""
        return cls.filter(account=by.key) if by.may("receipt.print") else nothing(cls)


class ReceiptFileRow(TypedDict):
    """A row of `receipt_file`."""

    key: str
    account: str
    language: str
    printed_on: str
    state: str
    done: int
    total: int
    error: str
    ending: str
    bytes: int
    noted_at: str | None
    created_at: str
    finished_at: str | None
    expires_at: str


class ReceiptFileLine(Model):
    """The nth receipt of a file. File and n are the key, which Tortoise cannot say: rows are read only."""

    file = fields.CharField(64, primary_key=True)
    n = fields.BigIntField()
    receipt = fields.TextField()

    class Meta:
        """Table name."""

        table = "receipt_file_line"


RECEIPT_FILE = Table(ReceiptFile, ReceiptFileRow)
