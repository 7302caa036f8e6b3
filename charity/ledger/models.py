"""Rows of the books, for the ledger's own reads. Nobody else imports this file (import-linter: keys)."""

from enum import StrEnum
from typing import TypedDict

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import WordField
from charity.db.tables import Table


class EntryRow(Model):
    """One entry."""

    seq = fields.BigIntField(primary_key=True)
    id16 = fields.TextField()
    kind = fields.TextField()
    recorded_at = fields.TextField()
    effective_on = fields.TextField()
    party = fields.TextField()
    actor = fields.TextField()
    body = fields.TextField()
    leaf = fields.TextField()
    prev = fields.TextField()
    reverses = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "entry"


class AccountRow(Model):
    """One account."""

    id = fields.BigIntField(primary_key=True)
    code = fields.TextField()
    chart = fields.TextField()
    place = fields.TextField()
    fund = fields.TextField()

    class Meta:
        """Table name."""

        table = "account"


class RefundOf(Model):
    """Which gift's entry a refund's entry gives back."""

    seq = fields.BigIntField(primary_key=True)
    gift_seq = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "refund_of"


class RefundOfRow(TypedDict):
    """A row of `refund_of`."""

    seq: int
    gift_seq: int


class PaymentKind(StrEnum):
    """What an event with a payment number is."""

    GIFT = "gift"
    REFUND = "refund"
    VOUCHER = "voucher"
    TRANSFER = "transfer"
    RETURN = "return"
    UNIDENTIFIED = "unidentified"
    UNIDENTIFIED_RETURN = "unidentified_return"


class PaymentNumber(Model):
    """Whose a payment number is (`payment_numbers`). `lines` counts the gifts or payments; with 0 it is free."""

    key = fields.CharField(200, primary_key=True)
    kind = WordField(PaymentKind)
    holder = fields.TextField()
    lines = fields.IntField()
    number = fields.TextField()

    class Meta:
        """Table name."""

        table = "payment_number"


class PaymentNumberRow(TypedDict):
    """A row of `payment_number`."""

    key: str
    kind: str
    holder: str
    lines: int
    number: str


PAYMENT_NUMBER = Table(PaymentNumber, PaymentNumberRow)
# Rows that the writer's commands only add: no text key leads to them.
REFUND_OF = Table(RefundOf, RefundOfRow, "")


class JournalVoucher(Model):
    """A number over entries. `cashiers`, `makers`: account keys, `unusual`: words, blanks between; rank 0: unusual."""

    number = fields.CharField(max_length=16, primary_key=True)
    month = fields.TextField()
    n = fields.BigIntField()
    day = fields.TextField()
    kind = fields.TextField()
    key = fields.TextField()
    open_key = fields.TextField(null=True)
    first_seq = fields.BigIntField()
    last_seq = fields.BigIntField()
    entries = fields.BigIntField()
    amount_fen = fields.BigIntField()
    leaves = fields.TextField()
    cashiers = fields.TextField()
    makers = fields.TextField()
    unusual = fields.TextField()
    rank = fields.BigIntField()
    reviewed_at = fields.TextField(null=True)
    reviewed_by = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "journal_voucher"


class JournalVoucherRow(TypedDict):
    """A row of `journal_voucher`."""

    number: str
    month: str
    n: int
    day: str
    kind: str
    key: str
    open_key: str | None
    first_seq: int
    last_seq: int
    entries: int
    amount_fen: int
    leaves: str
    cashiers: str
    makers: str
    unusual: str
    rank: int
    reviewed_at: str | None
    reviewed_by: str | None


JOURNAL_VOUCHER = Table(JournalVoucher, JournalVoucherRow)


class MoneyPlace(Model):
    """A place of money (`places`). No entry lies on `closed_through` or before it (`closed_days`); "" for none."""

    code = fields.CharField(max_length=40, primary_key=True)
    chart = fields.TextField()
    place = fields.TextField()
    name = fields.TextField()
    name_en = fields.TextField()
    pays = fields.BooleanField()
    receives = fields.BooleanField()
    closed_through = fields.TextField()

    class Meta:
        """Table name."""

        table = "money_place"


class MoneyPlaceRow(TypedDict):
    """A row of `money_place`."""

    code: str
    chart: str
    place: str
    name: str
    name_en: str
    pays: bool
    receives: bool
    closed_through: str


MONEY_PLACE = Table(MoneyPlace, MoneyPlaceRow)
