"""Rows of the supermarket."""

from enum import StrEnum
from typing import TypedDict

from tortoise import fields
from tortoise.models import Model

from charity.db.fields import SealedField, WordField
from charity.db.tables import Sums, Table
from charity.giving.kinds import Evidence
from charity.people.models import Category

CODE_MAX = 64


class SlipKind(StrEnum):
    """What a slip records."""

    INTAKE = "intake"
    ISSUE = "issue"
    REVERSAL = "reversal"


class Source(StrEnum):
    """Where goods come from."""

    GIFT = "gift"
    PURCHASE = "purchase"
    OPENING = "opening"


class PurchaseStatus(StrEnum):
    """Whether goods may come in for a purchase; closed when its payment bounced."""

    OPEN = "open"
    CLOSED = "closed"


class CardStatus(StrEnum):
    """Whether a card works."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LOST = "lost"


class Cycle(StrEnum):
    """How often a points scheme gives points."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Basis(StrEnum):
    """What the points of a tier are counted by."""

    PERSON = "person"
    HOUSEHOLD = "household"


class GoodsItem(Model):
    """What a barcode names."""

    barcode = fields.CharField(CODE_MAX, primary_key=True)
    sku = fields.TextField()
    category = fields.TextField()
    name = fields.TextField()
    measure = fields.TextField()
    fair_value_fen = fields.BigIntField(null=True)
    points = fields.IntField()
    shelf_life_days = fields.IntField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "item"


class GoodsDocument(Model):
    """A slip: one intake, issue or reversal at one store."""

    number = fields.CharField(CODE_MAX, primary_key=True)
    kind = WordField(SlipKind)
    store = fields.TextField()
    effective_on = fields.TextField()
    seq = fields.BigIntField()
    at = fields.TextField()
    actor = fields.TextField()
    reverses = fields.TextField(null=True)
    reversed_by = fields.TextField(null=True)
    reason = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "goods_document"


class DocumentRow(TypedDict):
    """A row of `goods_document`."""

    number: str
    kind: str
    store: str
    effective_on: str
    seq: int
    at: str
    actor: str
    reverses: str | None
    reversed_by: str | None
    reason: bytes | None


class GoodsIntake(Model):
    """What only an intake slip has. `donor` is a person key."""

    number = fields.CharField(CODE_MAX, primary_key=True)
    source = WordField(Source)
    fund = fields.TextField()
    campaign = fields.TextField(null=True)
    donor = fields.TextField(null=True)
    donation = fields.TextField(null=True)
    voucher = fields.TextField(null=True)
    receipt_code = fields.TextField(null=True)
    receipt_number = fields.TextField(null=True)

    class Meta:
        """Table name."""

        table = "goods_intake"


class IntakeRow(TypedDict):
    """A row of `goods_intake`."""

    number: str
    source: str
    fund: str
    campaign: str | None
    donor: str | None
    donation: str | None
    voucher: str | None
    receipt_code: str | None
    receipt_number: str | None


class GoodsPurchase(Model):
    """What was paid for goods by a voucher, and how much of it has come in, fen."""

    voucher = fields.CharField(CODE_MAX, primary_key=True)
    fund = fields.TextField()
    amount_fen = fields.BigIntField()
    received_fen = fields.BigIntField()
    status = WordField(PurchaseStatus)

    class Meta:
        """Table name."""

        table = "goods_purchase"


class PurchaseRow(TypedDict):
    """A row of `goods_purchase`."""

    voucher: str
    fund: str
    amount_fen: int
    received_fen: int
    status: str


class GoodsLine(Model):
    """A line of a slip. Document and n are the key, which Tortoise cannot declare: rows are read only."""

    document = fields.CharField(CODE_MAX, primary_key=True)
    n = fields.IntField()
    barcode = fields.TextField()
    lot = fields.TextField()
    quantity = fields.BigIntField()
    cost_fen = fields.BigIntField()
    points = fields.IntField()
    picked = fields.BooleanField()

    class Meta:
        """Table name."""

        table = "goods_line"


class LineRow(TypedDict):
    """A row of `goods_line`."""

    document: str
    n: int
    barcode: str
    lot: str
    quantity: int
    cost_fen: int
    points: int
    picked: bool


class GoodsLot(Model):
    """Pieces of one item with one fund, source, expiry and cost per piece, for ever."""

    code = fields.CharField(CODE_MAX, primary_key=True)
    barcode = fields.TextField()
    store = fields.TextField()
    fund = fields.TextField()
    source = WordField(Source)
    expires_on = fields.TextField(null=True)
    cost_fen = fields.BigIntField()
    evidence = WordField(Evidence)
    donor = fields.TextField(null=True)
    document = fields.TextField()
    seq = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "lot"


class LotRow(TypedDict):
    """A row of `lot`."""

    code: str
    barcode: str
    store: str
    fund: str
    source: str
    expires_on: str | None
    cost_fen: int
    evidence: str
    donor: str | None
    document: str
    seq: int


class GoodsIssue(Model):
    """What only an issue slip has. `proxy` is sealed: who collected for the household, and why."""

    number = fields.CharField(CODE_MAX, primary_key=True)
    household = fields.TextField()
    card = fields.TextField()
    category = WordField(Category)
    members = fields.IntField()
    programme = fields.TextField()
    points_spent = fields.IntField()
    points_left = fields.IntField()
    proxy = SealedField(null=True)

    class Meta:
        """Table name."""

        table = "goods_issue"


class IssueRow(TypedDict):
    """A row of `goods_issue`."""

    number: str
    household: str
    card: str
    category: str
    members: int
    programme: str
    points_spent: int
    points_left: int
    proxy: bytes | None


class GoodsCard(Model):
    """An aid card; the points are the household's."""

    code = fields.CharField(CODE_MAX, primary_key=True)
    household = fields.TextField()
    status = WordField(CardStatus)
    status_on = fields.TextField()
    reason = fields.TextField()
    allowed_until = fields.TextField(null=True)
    replaced_by = fields.TextField(null=True)
    created_at = fields.TextField()

    class Meta:
        """Table name."""

        table = "card"


class CardRow(TypedDict):
    """A row of `card`."""

    code: str
    household: str
    status: str
    status_on: str
    reason: str
    allowed_until: str | None
    replaced_by: str | None
    created_at: str


class PointsScheme(Model):
    """A points scheme: its cycle, and how many cycles unused points stay."""

    code = fields.CharField(CODE_MAX, primary_key=True)
    name = fields.TextField()
    cycle = WordField(Cycle)
    carry_over = fields.IntField()

    class Meta:
        """Table name."""

        table = "points_scheme"


class PointsTier(Model):
    """What a scheme gives a category. Both are the key, which Tortoise cannot declare: rows are read only."""

    scheme = fields.CharField(CODE_MAX, primary_key=True)
    category = WordField(Category)
    basis = WordField(Basis)
    points = fields.IntField()

    class Meta:
        """Table name."""

        table = "points_tier"


class PointsGrant(Model):
    """The points a household got for one cycle, once."""

    key = fields.CharField(200, primary_key=True)
    scheme = fields.TextField()
    cycle = fields.TextField()
    household = fields.TextField()
    points = fields.IntField()
    seq = fields.BigIntField()

    class Meta:
        """Table name."""

        table = "points_grant"


class PointsGrantRow(TypedDict):
    """A row of `points_grant`."""

    key: str
    scheme: str
    cycle: str
    household: str
    points: int
    seq: int


SHELF_LOTS = Sums("shelf_lot", ("lot", "store", "barcode", "expires_on"), ("pieces",))
"""The lots on each shelf; one that does not expire stands under 9999-12-31."""
SHELF_DAYS = Sums("shelf_day", ("store", "expires_on"), ("lots", "pieces", "cost_fen"))
"""What the lots of a shelf with the same last good day add up to."""
SHELF_ITEMS = Sums("shelf_item", ("store", "barcode"), ("lots", "pieces", "cost_fen"))
"""What the lots of an item on a shelf add up to."""
# The tables whose rows the writer's commands read and change one by one.
DOCUMENT = Table(GoodsDocument, DocumentRow)
LINE = Table(GoodsLine, LineRow, "")
INTAKE = Table(GoodsIntake, IntakeRow)
ISSUE = Table(GoodsIssue, IssueRow)
PURCHASE = Table(GoodsPurchase, PurchaseRow)
LOT = Table(GoodsLot, LotRow)
CARD = Table(GoodsCard, CardRow)
GRANT = Table(PointsGrant, PointsGrantRow)
