"""Rows of the database's own tables."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import SealedField, WordField


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobRow(Model):
    """A background job."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.TextField()
    body = fields.TextField()
    state = WordField(JobState)
    run_at = fields.TextField()
    lease_until = fields.TextField(null=True)
    attempts = fields.IntField()
    error = fields.TextField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "job"


class InstallationRow(Model):
    """Which database this is: one row."""

    id = fields.IntField(primary_key=True)
    database_id = fields.TextField()
    secret_mark = fields.TextField(null=True)
    demo_as_of = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "installation"


class KeyCanaryRow(Model):
    """A known word, sealed with the data key of this name."""

    name = fields.CharField(max_length=16, primary_key=True)
    value = SealedField()
    made_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "key_canary"
