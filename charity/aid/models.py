"""Rows of payment vouchers, for reading. They are written by commands of the writer only."""

from enum import StrEnum
from typing import TypedDict

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import SealedField, WordField
from charity.db.tables import Table


class VoucherStatus(StrEnum):
    """How far a payment voucher is."""

    DRAFT = "draft"
    APPROVING = "approving"
    APPROVED = "approved"
    PAID = "paid"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a voucher's money is for: aid by a programme, or our own costs."""

    AID = "aid"
    ADMINISTRATION = "administration"
    FUNDRAISING = "fundraising"


class PayeeKind(StrEnum):
    """Whom a voucher pays."""

    HOUSEHOLD = "household"
    PERSON = "person"
    INSTITUTION = "institution"
    SUPPLIER = "supplier"
    BRANCH = "branch"


class RecipientKind(StrEnum):
    """Whom a voucher may list as helped."""

    HOUSEHOLD = "household"
    PERSON = "person"


class Decision(StrEnum):
    """What was decided about a voucher."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    EDIT = "edit"
    CANCEL = "cancel"


class Voucher(Model):
    """A payment voucher. `approvals` is JSON: [[account, key of the approval]], those that stand now.

    `programme` is null for our own costs; `paid_from` is a place of money, chart and place, as `1002/ICBC-01`.
    """

    number = fields.CharField(max_length=32, primary_key=True)
    year = fields.IntField()
    status = WordField(VoucherStatus)
    purpose = WordField(Purpose)
    programme = fields.TextField(null=True)
    fund = fields.TextField()
    payee_kind = WordField(PayeeKind)
    payee = fields.TextField()
    amount_fen = fields.BigIntField()
    recipients = fields.IntField()
    reason = SealedField()
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
    paid_from = fields.TextField(null=True)
    channel_ref = fields.TextField(null=True)
    entry = fields.TextField(null=True)
    entry_seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "voucher"


class VoucherRow(TypedDict):
    """A row of `voucher`."""

    number: str
    year: int
    status: str
    purpose: str
    programme: str | None
    fund: str
    payee_kind: str
    payee: str
    amount_fen: int
    recipients: int
    reason: bytes
    salt: str
    content: str
    content_hash: str
    approvals: str
    maker: str
    made_at: str
    changed_at: str
    returned_at: str | None
    payer: str | None
    paid_on: str | None
    paid_at: str | None
    paid_from: str | None
    channel_ref: str | None
    entry: str | None
    entry_seq: int | None


class VoucherApproval(Model):
    """One decision about a voucher. `cleared_at` is when an approval stopped to stand."""

    key = fields.CharField(max_length=32, primary_key=True)
    voucher = fields.TextField()
    account = fields.TextField()
    decision = WordField(Decision)
    content_hash = fields.TextField()
    reason = SealedField(null=True)
    changes = SealedField(null=True)
    at = fields.TextField()
    cleared_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "voucher_approval"


class VoucherApprovalRow(TypedDict):
    """A row of `voucher_approval`."""

    key: str
    voucher: str
    account: str
    decision: str
    content_hash: str
    reason: bytes | None
    changes: bytes | None
    at: str
    cleared_at: str | None


class VoucherRecipient(Model):
    """Whom a voucher's content lists as helped, by key; content hash and n are the key, which Tortoise cannot say.

    A changed voucher has another hash: its new list is added, and the old one stays with what was approved. The list of
    a branch's roster stands under the hash of the roster's content, with what each got; lists of vouchers have no sums.
    """

    content_hash = fields.CharField(max_length=64, primary_key=True)
    n = fields.IntField()
    voucher = fields.TextField()
    kind = WordField(RecipientKind)
    recipient = fields.TextField()
    amount_fen = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "voucher_recipient"


class VoucherRecipientRow(TypedDict):
    """A row of `voucher_recipient`."""

    content_hash: str
    n: int
    voucher: str
    kind: str
    recipient: str
    amount_fen: int | None


class RosterStatus(StrEnum):
    """How far a branch's roster is, what it gives back, and the reversal of either."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


class BranchAdvance(Model):
    """What was paid to a branch by a voucher, how much of it signed rosters account for, and how much came back."""

    voucher = fields.CharField(max_length=32, primary_key=True)
    branch = fields.TextField()
    fund = fields.TextField()
    amount_fen = fields.BigIntField()
    rostered_fen = fields.BigIntField()
    returned_fen = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "branch_advance"


class BranchAdvanceRow(TypedDict):
    """A row of `branch_advance`."""

    voucher: str
    branch: str
    fund: str
    amount_fen: int
    rostered_fen: int
    returned_fen: int


class BranchReturn(Model):
    """What a branch gives back of a payment. `paid_into` is a place of money, as `1002/ICBC-01`.

    `entry_seq` is its entry once somebody else has confirmed it; of before 0081 nobody has (`decided_by` null).
    """

    number = fields.CharField(max_length=32, primary_key=True)
    year = fields.IntField()
    voucher = fields.TextField()
    status = WordField(RosterStatus)
    amount_fen = fields.BigIntField()
    received_on = fields.TextField()
    paid_into = fields.TextField()
    channel_ref = fields.TextField()
    cashier = fields.TextField()
    made_at = fields.TextField()
    decided_by = fields.TextField(null=True)
    decided_at = fields.TextField(null=True)
    reason = SealedField(null=True)
    entry_seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "branch_return"


class BranchReturnRow(TypedDict):
    """A row of `branch_return`."""

    number: str
    year: int
    voucher: str
    status: str
    amount_fen: int
    received_on: str
    paid_into: str
    channel_ref: str
    cashier: str
    made_at: str
    decided_by: str | None
    decided_at: str | None
    reason: bytes | None
    entry_seq: int | None


class BranchRoster(Model):
    """A signed roster of a branch. `entry_seq` is its entry once somebody else has confirmed it."""

    number = fields.CharField(max_length=32, primary_key=True)
    year = fields.IntField()
    voucher = fields.TextField()
    status = WordField(RosterStatus)
    distributed_on = fields.TextField()
    amount_fen = fields.BigIntField()
    recipients = fields.IntField()
    place = SealedField()
    salt = fields.TextField()
    content = fields.TextField()
    content_hash = fields.TextField()
    maker = fields.TextField()
    made_at = fields.TextField()
    decided_by = fields.TextField(null=True)
    decided_at = fields.TextField(null=True)
    reason = SealedField(null=True)
    entry_seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "branch_roster"


class BranchRosterRow(TypedDict):
    """A row of `branch_roster`."""

    number: str
    year: int
    voucher: str
    status: str
    distributed_on: str
    amount_fen: int
    recipients: int
    place: bytes
    salt: str
    content: str
    content_hash: str
    maker: str
    made_at: str
    decided_by: str | None
    decided_at: str | None
    reason: bytes | None
    entry_seq: int | None


class BranchReversal(Model):
    """The reversal of a booked roster or return (`target`): asked for by one person, confirmed by another.

    `cause` says what was wrong, `reason` why the request was refused or withdrawn.
    """

    number = fields.CharField(max_length=32, primary_key=True)
    year = fields.IntField()
    kind = fields.TextField()
    target = fields.TextField()
    status = WordField(RosterStatus)
    cause = SealedField()
    salt = fields.TextField()
    maker = fields.TextField()
    made_at = fields.TextField()
    decided_by = fields.TextField(null=True)
    decided_at = fields.TextField(null=True)
    reason = SealedField(null=True)
    entry_seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "branch_reversal"


class BranchReversalRow(TypedDict):
    """A row of `branch_reversal`."""

    number: str
    year: int
    kind: str
    target: str
    status: str
    cause: bytes
    salt: str
    maker: str
    made_at: str
    decided_by: str | None
    decided_at: str | None
    reason: bytes | None
    entry_seq: int | None


# The tables whose rows the writer's commands read and change one by one.
VOUCHER = Table(Voucher, VoucherRow)
APPROVAL = Table(VoucherApproval, VoucherApprovalRow)
RECIPIENT = Table(VoucherRecipient, VoucherRecipientRow, "")
ADVANCE = Table(BranchAdvance, BranchAdvanceRow)
ROSTER = Table(BranchRoster, BranchRosterRow)
RETURN = Table(BranchReturn, BranchReturnRow)
REVERSAL = Table(BranchReversal, BranchReversalRow)
