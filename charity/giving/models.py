"""Rows of what was given. Keys are random texts made before the insert; the writer inserts these rows."""

from typing import Self, TypedDict

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db.fields import SealedField, WordField, nothing, relation
from charity.db.tables import Sums, Table
from charity.giving.channels import CHANNELS
from charity.giving.kinds import (
    PUBLISHED,
    CampaignKind,
    CampaignStatus,
    Delivery,
    DonationStatus,
    Evidence,
    GiftKind,
    PledgeStatus,
    Reach,
    ReceiptStatus,
    RefundCause,
    RefundStatus,
    ReversalStatus,
    WorkUnitKind,
)
from charity.people.models import Person
from charity.roles import Actor

SLUG_MAX = 64


class Campaign(Model):
    """A fundraising campaign; `funds` is a JSON list of the fund codes a giver may choose from.

    `archived_fen` and `archived_gifts` are what a campaign of before the books received, by its archive.
    """

    slug = fields.CharField(SLUG_MAX, primary_key=True)
    name = fields.TextField()
    name_en = fields.TextField()
    kind = WordField(CampaignKind)
    reach = WordField(Reach)
    status = WordField(CampaignStatus)
    starts_on = fields.TextField()
    ends_on = fields.TextField(null=True)
    fund = fields.TextField()
    funds = fields.TextField()
    goal_fen = fields.BigIntField(null=True)
    prefix = fields.TextField()
    purpose = fields.TextField()
    purpose_en = fields.TextField()
    filing_no = fields.TextField()
    filed_on = fields.TextField(null=True)
    platform_url = fields.TextField()
    archived_fen = fields.BigIntField(null=True)
    archived_gifts = fields.BigIntField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "campaign"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever manages campaigns sees drafts too; everybody sees what was published to everybody."""
        return cls.all() if by.may("campaign.read") else cls.filter(status__in=PUBLISHED, reach=Reach.PUBLIC)


class CampaignRow(TypedDict):
    """A row of `campaign`."""

    slug: str
    name: str
    name_en: str
    kind: str
    reach: str
    status: str
    starts_on: str
    ends_on: str | None
    fund: str
    funds: str
    goal_fen: int | None
    prefix: str
    purpose: str
    purpose_en: str
    filing_no: str
    filed_on: str | None
    platform_url: str
    archived_fen: int | None
    archived_gifts: int | None
    created_at: str


class CampaignFact(Model):
    """A fact of a campaign's plan (campaigns/facts.py). Campaign and field are the key, which Tortoise cannot say."""

    campaign = fields.CharField(64, primary_key=True)
    field = fields.TextField()
    value = fields.TextField()

    class Meta:
        """Table name."""

        table = "campaign_fact"


class WorkUnit(Model):
    """A 单位 that gives together; `show_amount` is its own wish. A retired one takes no new gift."""

    code = fields.CharField(64, primary_key=True)
    name = fields.TextField()
    kind = WordField(WorkUnitKind)
    staff = fields.IntField(null=True)
    reference = fields.TextField()
    show_amount = fields.BooleanField()
    created_at = fields.TextField()
    changed_at = fields.TextField()
    changed_by = fields.TextField()
    retired_at = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "work_unit"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Everybody sees them: a giver chooses his own."""
        del by
        return cls.all()


class WorkUnitRow(TypedDict):
    """A row of `work_unit`."""

    code: str
    name: str
    kind: str
    staff: int | None
    reference: str
    show_amount: bool
    created_at: str
    changed_at: str
    changed_by: str
    retired_at: str | None


class Pledge(Model):
    """A promise; `expired` is not stored, it follows from `expires_at`."""

    code = fields.CharField(64, primary_key=True)
    reference = fields.TextField()
    campaign: fields.ForeignKeyRelation[Campaign] = relation(Campaign, "campaign")
    campaign_id: str
    fund = fields.TextField()
    donor: fields.ForeignKeyRelation[Person] = relation(Person, "donor")
    donor_id: str
    work_unit: fields.ForeignKeyNullableRelation[WorkUnit] = relation(WorkUnit, "work_unit", null=True)
    work_unit_id: str | None
    amount_fen = fields.BigIntField()
    received_fen = fields.BigIntField()
    channel = WordField(CHANNELS)
    public_name = fields.BooleanField()
    public_amount = fields.BooleanField()
    message = SealedField(null=True)
    status = WordField(PledgeStatus)
    created_at = fields.TextField()
    expires_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "pledge"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads pledges sees all; the others see one by its code."""
        return cls.all() if by.may("pledge.read") else nothing(cls)

    @classmethod
    def with_code(cls, code: str) -> QuerySet[Self]:
        """The pledge of this code: whoever has its address may see it."""
        return cls.filter(code=code)


class PledgeRow(TypedDict):
    """A row of `pledge`."""

    code: str
    reference: str
    campaign: str
    fund: str
    donor: str
    work_unit: str | None
    amount_fen: int
    received_fen: int
    channel: str
    public_name: bool
    public_amount: bool
    message: bytes | None
    status: str
    created_at: str
    expires_at: str


class Donation(Model):
    """Money or goods that arrived; `amount_fen` is None for goods without evidence of value."""

    key = fields.CharField(64, primary_key=True)
    kind = WordField(GiftKind)
    campaign: fields.ForeignKeyNullableRelation[Campaign] = relation(Campaign, "campaign", null=True)
    campaign_id: str | None
    fund = fields.TextField()
    donor: fields.ForeignKeyRelation[Person] = relation(Person, "donor")
    donor_id: str
    party = fields.TextField()
    work_unit: fields.ForeignKeyNullableRelation[WorkUnit] = relation(WorkUnit, "work_unit", null=True)
    work_unit_id: str | None
    amount_fen = fields.BigIntField(null=True)
    refunded_fen = fields.BigIntField()
    received_on = fields.TextField()
    channel = WordField(("", *CHANNELS))
    channel_ref = fields.TextField()
    booked_on = fields.TextField()
    pledge: fields.ForeignKeyNullableRelation[Pledge] = relation(Pledge, "pledge", null=True)
    pledge_id: str | None
    store = fields.TextField(null=True)
    seq = fields.BigIntField()
    receipt: fields.ForeignKeyNullableRelation["Receipt"] = relation("models.Receipt", "receipt", null=True)
    receipt_id: str | None
    public_name = fields.BooleanField()
    public_amount = fields.BooleanField()
    memo = SealedField(null=True)
    status = WordField(DonationStatus)
    recorded_by = fields.TextField()
    recorded_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "donation"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads gifts sees all; everybody sees money that was received (Charity Law 41), its giver masked."""
        return cls.all() if by.may("gift.read") else cls.filter(kind=GiftKind.CASH, status=DonationStatus.OK)


class DonationRow(TypedDict):
    """A row of `donation`."""

    key: str
    kind: str
    campaign: str | None
    fund: str
    donor: str
    party: str
    work_unit: str | None
    amount_fen: int | None
    refunded_fen: int
    received_on: str
    channel: str
    channel_ref: str
    pledge: str | None
    store: str | None
    seq: int
    booked_on: str
    receipt: str | None
    public_name: bool
    public_amount: bool
    memo: bytes | None
    status: str
    recorded_by: str
    recorded_at: str


class Receipt(Model):
    """A receipt; `ended_by` voided or replaced it at `ended_at`. One of a `roster` is over the gifts of many givers."""

    code = fields.CharField(64, primary_key=True)
    number = fields.TextField()
    year = fields.IntField()
    kind = WordField(GiftKind)
    status = WordField(ReceiptStatus)
    delivery = WordField(Delivery)
    delivery_note = SealedField(null=True)
    campaign: fields.ForeignKeyNullableRelation[Campaign] = relation(Campaign, "campaign", null=True)
    campaign_id: str | None
    fund = fields.TextField()
    donor: fields.ForeignKeyRelation[Person] = relation(Person, "donor")
    donor_id: str
    amount_fen = fields.BigIntField()
    issued_on = fields.TextField()
    handler = fields.TextField()
    seq = fields.BigIntField()
    reason = SealedField(null=True)
    ended_by = fields.TextField(null=True)
    ended_at = fields.TextField(null=True)
    replaces: fields.ForeignKeyNullableRelation["Receipt"] = relation("models.Receipt", "replaces", null=True)
    replaces_id: str | None
    replaced_by: fields.ForeignKeyNullableRelation["Receipt"] = relation("models.Receipt", "replaced_by", null=True)
    replaced_by_id: str | None
    recorded_at = fields.TextField()
    roster = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "receipt"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads gifts sees all; the others see one by its code."""
        return cls.all() if by.may("gift.read") else nothing(cls)

    @classmethod
    def with_code(cls, code: str) -> QuerySet[Self]:
        """The receipt of this code: whoever holds it may see it."""
        return cls.filter(code=code)


class ReceiptRow(TypedDict):
    """A row of `receipt`."""

    code: str
    number: str
    year: int
    kind: str
    status: str
    delivery: str
    delivery_note: bytes | None
    campaign: str | None
    fund: str
    donor: str
    amount_fen: int
    issued_on: str
    handler: str
    seq: int
    reason: bytes | None
    ended_by: str | None
    ended_at: str | None
    replaces: str | None
    replaced_by: str | None
    recorded_at: str
    roster: str | None


class ReceiptLine(Model):
    """A gift on a receipt. Both are the key, which Tortoise cannot say: rows are read only."""

    number = fields.CharField(64, primary_key=True)
    donation: fields.ForeignKeyRelation[Donation] = relation(Donation, "donation")
    donation_id: str

    class Meta:
        """Table name."""

        table = "receipt_line"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """As the receipts."""
        return cls.all() if by.may("gift.read") else nothing(cls)


class ReceiptLineRow(TypedDict):
    """A row of `receipt_line`."""

    number: str
    donation: str


class ReceiptItem(Model):
    """A line of a receipt for goods. Number and n are the key, which Tortoise cannot say: rows are read only."""

    number = fields.CharField(64, primary_key=True)
    n = fields.IntField()
    name = fields.TextField()
    measure = fields.TextField()
    quantity = fields.BigIntField()
    price_fen = fields.BigIntField()
    evidence = WordField(Evidence)

    class Meta:
        """Table name."""

        table = "receipt_item"


class ReceiptItemRow(TypedDict):
    """A row of `receipt_item`."""

    number: str
    n: int
    name: str
    measure: str
    quantity: int
    price_fen: int
    evidence: str


class ReceiptPrint(Model):
    """That a receipt was printed for its giver: the first time is the original, the others are copies.

    `file` is the file of many receipts (charity/giving/receipt_files) that has the original.
    """

    receipt = fields.CharField(64, primary_key=True)
    first_at = fields.TextField()
    first_by = fields.TextField()
    last_at = fields.TextField()
    last_by = fields.TextField()
    times = fields.BigIntField()
    file = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "receipt_print"


class ReceiptPrintRow(TypedDict):
    """A row of `receipt_print`."""

    receipt: str
    first_at: str
    first_by: str
    last_at: str
    last_by: str
    times: int
    file: str | None


class ReceiptGuess(Model):
    """How often somebody was wrong about whose a receipt is: on the last day, and ever."""

    receipt = fields.CharField(64, primary_key=True)
    day = fields.TextField()
    wrong_today = fields.BigIntField()
    wrong = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "receipt_guess"


class ReceiptGuessRow(TypedDict):
    """A row of `receipt_guess`."""

    receipt: str
    day: str
    wrong_today: int
    wrong: int


class Refund(Model):
    """Money to be given back: requested by one person, approved by another, paid by a third.

    One of before 0032 has no cause, debit or payment: its approval took the money from the bank at once.
    `general_fen` of it is paid by F-GEN; `debit` is the chart that its approval debited.
    """

    number = fields.CharField(64, primary_key=True)
    donation: fields.ForeignKeyRelation[Donation] = relation(Donation, "donation")
    donation_id: str
    amount_fen = fields.BigIntField()
    cause = WordField(("", *RefundCause))
    reason = SealedField()
    salt = fields.TextField()
    status = WordField(RefundStatus)
    requested_by = fields.TextField()
    requested_at = fields.TextField()
    approved_by = fields.TextField(null=True)
    approved_at = fields.TextField(null=True)
    decision = SealedField(null=True)
    debit = fields.TextField()
    general_fen = fields.BigIntField()
    seq = fields.BigIntField(null=True)
    paid_by = fields.TextField(null=True)
    paid_at = fields.TextField(null=True)
    paid_on = fields.TextField(null=True)
    paid_from = fields.TextField()
    channel = WordField(("", *CHANNELS))
    channel_ref = fields.TextField()
    paid_seq = fields.BigIntField(null=True)

    class Meta:
        """Table name."""

        table = "refund"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads refunds sees all; the others see none."""
        return cls.all() if by.may("refund.read") else nothing(cls)


class RefundRow(TypedDict):
    """A row of `refund`."""

    number: str
    donation: str
    amount_fen: int
    cause: str
    reason: bytes
    salt: str
    status: str
    requested_by: str
    requested_at: str
    approved_by: str | None
    approved_at: str | None
    decision: bytes | None
    debit: str
    general_fen: int
    seq: int | None
    paid_by: str | None
    paid_at: str | None
    paid_on: str | None
    paid_from: str
    channel: str
    channel_ref: str
    paid_seq: int | None


class GiftReversal(Model):
    """The correction of a gift that was entered wrongly: requested by one person, decided by another.

    `rebooked_as` is the (first) gift that was booked in place of it.
    """

    number = fields.CharField(64, primary_key=True)
    donation: fields.ForeignKeyRelation[Donation] = relation(Donation, "donation")
    donation_id: str
    reason = SealedField()
    salt = fields.TextField()
    status = WordField(ReversalStatus)
    requested_by = fields.TextField()
    requested_at = fields.TextField()
    decided_by = fields.TextField(null=True)
    decided_at = fields.TextField(null=True)
    decision = SealedField(null=True)
    seq = fields.BigIntField(null=True)
    rebooked_as = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "gift_reversal"

    @classmethod
    def visible_to(cls, by: Actor) -> QuerySet[Self]:
        """Whoever reads corrections sees all; the others see none."""
        return cls.all() if by.may("reversal.read") else nothing(cls)


class GiftReversalRow(TypedDict):
    """A row of `gift_reversal`."""

    number: str
    donation: str
    reason: bytes
    salt: str
    status: str
    requested_by: str
    requested_at: str
    decided_by: str | None
    decided_at: str | None
    decision: bytes | None
    seq: int | None
    rebooked_as: str | None


# The tables whose rows the writer's commands read and change one by one.
CAMPAIGN = Table(Campaign, CampaignRow)
WORK_UNIT = Table(WorkUnit, WorkUnitRow)
UNIT_SUMS = Sums("unit_sum", ("campaign", "work_unit"), ("gifts", "donors", "net_fen"))
"""What came from a work unit in a campaign; `net_fen` is received less given back."""
PLEDGE = Table(Pledge, PledgeRow)
REFERENCE = Table(Pledge, PledgeRow, "reference")
DONATION = Table(Donation, DonationRow)
RECEIPT = Table(Receipt, ReceiptRow)
RECEIPT_LINE = Table(ReceiptLine, ReceiptLineRow, "")
LOOKUP_DUE = Sums("lookup_due", ("receipt",), ("times",))
"""Receipts that were issued later than their gifts and are not looked up yet (charity/giving/lookup)."""
RECEIPT_ITEM = Table(ReceiptItem, ReceiptItemRow, "")
RECEIPT_PRINT = Table(ReceiptPrint, ReceiptPrintRow)
RECEIPT_GUESS = Table(ReceiptGuess, ReceiptGuessRow)
REFUND = Table(Refund, RefundRow)
GIFT_REVERSAL = Table(GiftReversal, GiftReversalRow)
