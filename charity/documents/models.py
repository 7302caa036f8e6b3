"""Rows of the documents."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import WordField
from charity.db.models import JobState


class DocumentStatus(StrEnum):
    """Whether an issued document still counts."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"


class FileFormat(StrEnum):
    """The formats of a file."""

    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"


class IssuedDocument(Model):
    """A document that was made: what it must say. A row is never changed but to withdraw it.

    `copy` is a kind of filters.COPY_TITLES, `filters` the words that are printed, `sums` a JSON list of (title, kind,
    amount) of its totals; all three are empty in rows of before migration 0073.
    """

    code = fields.CharField(40, primary_key=True)
    kind = fields.TextField()
    title = fields.TextField()
    from_on = fields.TextField()
    to_on = fields.TextField()
    format = fields.TextField()
    row_count = fields.BigIntField()
    seq = fields.BigIntField()
    copy = fields.TextField()
    filters = fields.TextField()
    sums = fields.TextField()
    data_hash = fields.TextField()
    file_hash = fields.TextField()
    status = WordField(DocumentStatus)
    made_by = fields.TextField()
    made_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "document"


class Export(Model):
    """One file that somebody asked for; `done` of `total` rows or pages are made."""

    id = fields.CharField(40, primary_key=True)
    account = fields.TextField()
    report = fields.TextField()
    format = WordField(FileFormat)
    filters = fields.TextField()
    language = fields.TextField()
    state = WordField(JobState)
    done = fields.BigIntField()
    total = fields.BigIntField()
    error = fields.TextField()
    file = fields.TextField()
    bytes = fields.BigIntField()
    document = fields.TextField(null=True)
    created_at = fields.TextField()
    finished_at = fields.TextField(null=True)
    expires_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "export"
