"""Rows of the database's own tables."""

from tortoise import fields
from tortoise.models import Model


class JobRow(Model):
    """A background job."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.TextField()
    body = fields.TextField()
    state = fields.TextField()
    run_at = fields.TextField()
    lease_until = fields.TextField(null=True)
    attempts = fields.IntField()
    error = fields.TextField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "job"
