"""Rows of payment vouchers, for reading. They are written by commands of the writer only."""

from tortoise import fields
from tortoise.models import Model

from charity.db.tables import Table


class Voucher(Model):
    """A payment voucher. `approvals` is JSON: [[account, key of the approval]], those that stand now."""

    number = fields.CharField(max_length=32, primary_key=True)
    year = fields.IntField()
    status = fields.TextField()
    programme = fields.TextField()
    fund = fields.TextField()
    payee_kind = fields.TextField()
    payee = fields.TextField()
    amount_fen = fields.BigIntField()
    recipients = fields.IntField()
    reason = fields.BinaryField()
    salt = fields.TextField()
    content = fields.TextField()
    content_hash = fields.TextField()
    approvals = fields.TextField()
    maker = fields.TextField()
    made_at = fields.TextField()
    changed_at = fields.TextField()
    returned_at = fields.TextField(null=True)
    payer = fields.TextField(null=True)
    paid_on = fields.TextField(null=True)
    paid_at = fields.TextField(null=True)
    channel_ref = fields.TextField(null=True)
    entry = fields.TextField(null=True)
    entry_seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "voucher"


class VoucherApproval(Model):
    """One decision about a voucher. `cleared_at` is when an approval stopped to stand."""

    key = fields.CharField(max_length=32, primary_key=True)
    voucher = fields.TextField()
    account = fields.TextField()
    decision = fields.TextField()
    content_hash = fields.TextField()
    reason = fields.BinaryField(null=True)
    at = fields.TextField()
    cleared_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "voucher_approval"


# The tables whose rows the writer's commands read and change one by one.
VOUCHER = Table("voucher", "number")
APPROVAL = Table("voucher_approval", "key")
