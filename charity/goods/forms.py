"""The supermarket's bodies: the contract's JSON objects, and what the screens send; strings in, typed facts out."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from charity.errors import FieldError, unreadable
from charity.goods import intake, reversals, rules
from charity.goods.checkout import LINES_MAX, Proxy
from charity.goods.intake import Evidence, IntakeLine
from charity.goods.items import NAME_MAX, POINTS_MAX, Item
from charity.goods.picking import Line
from charity.money import AMOUNT_MAX_FEN, parse_yuan
from charity.people.forms import DonorForm
from charity.people.forms import Line as Text
from charity.web import fields
from charity.web.api import Page, Query
from charity.web.messages import Needed

SHELF_LIFE_MAX = 36_500
_STRICT = ConfigDict(extra="forbid")
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Quantity = Annotated[int, Field(ge=1, le=intake.QUANTITY_MAX, description="件数")]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=reversals.REASON_MAX), fields.AREA
]
UnitValue = Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN, description="每件的价值，分")]


class IntakeLineBody(BaseModel):
    """One line of an intake."""

    model_config = _STRICT

    barcode: Code = Field(description="EAN-13 条码", examples=["2001000100002"])
    quantity: Quantity
    expires_on: date | None = Field(None, description="保质期至；有保质期的商品必填")
    unit_value_fen: UnitValue | None = None
    evidence: Evidence | None = Field(None, description="计价依据；none 或不填：不计价，不开收据")

    def line(self) -> IntakeLine:
        """The facts."""
        return IntakeLine(
            self.barcode, self.quantity, self.expires_on, unit_value_fen=self.unit_value_fen, evidence=self.evidence
        )


class IntakeBody(BaseModel):
    """Goods that come in at a store."""

    model_config = _STRICT

    store: Code = Field(description="门店代号", examples=["LX01"])
    source: Literal["gift", "purchase"] = Field(description="捐赠或采购")
    donor: DonorForm | None = None
    voucher: Code | None = Field(None, description="采购：已付款的拨付审批单号")
    campaign: Code | None = None
    fund: Code | None = None
    lines: list[IntakeLineBody] = Field(min_length=1, max_length=intake.LINES_MAX)


class LotAnswer(BaseModel):
    """A lot that was made."""

    code: str
    barcode: str
    quantity: int
    expires_on: date | None


class ReceiptAnswer(BaseModel):
    """A receipt's code and number."""

    code: str
    number: str


class IntakeAnswer(BaseModel):
    """The intake slip."""

    number: str
    entry: str
    receipt: ReceiptAnswer | None = None
    lots: list[LotAnswer]


class IssueLineBody(BaseModel):
    """One line of an issue: a barcode, or exactly one lot."""

    model_config = _STRICT

    barcode: Code | None = Field(None, description="EAN-13 条码：系统按先到期先出选批次")
    lot: Code | None = Field(None, description="批次码：发放扫到的这一批")
    quantity: Quantity

    @model_validator(mode="after")
    def _one(self) -> "IssueLineBody":
        if (self.barcode is None) == (self.lot is None):
            raise ValueError(rules.CODE_OR_LOT.words)
        return self

    def line(self) -> Line:
        """The facts."""
        return Line(self.quantity, self.barcode or "", self.lot or "")


class ProxyBody(BaseModel):
    """Who collects for the household (代领)."""

    model_config = _STRICT

    name: Annotated[Text, Needed("请填写姓名")] = Field(min_length=1, description="代领人姓名，加密保存")
    reason: Annotated[Text, Needed("请写明理由")] = Field(min_length=1, description="代领原因，加密保存")

    def proxy(self) -> Proxy:
        """The facts."""
        return Proxy(self.name, self.reason)


class IssueBody(BaseModel):
    """A basket handed out against a card."""

    model_config = _STRICT

    store: Code = Field(description="门店代号", examples=["LX01"])
    card: Code = Field(description="爱心卡号")
    lines: list[IssueLineBody] = Field(min_length=1, max_length=LINES_MAX)
    proxy: ProxyBody | None = None


class IssuedLine(BaseModel):
    """What went out of one lot."""

    lot: str
    barcode: str
    quantity: int


class IssueAnswer(BaseModel):
    """The issue slip."""

    number: str
    entry: str
    points_spent: int
    points_left: int
    lines: list[IssuedLine]


class ReasonBody(BaseModel):
    """Why a document is reversed."""

    model_config = _STRICT

    reason: Reason = Field(description="冲销原因")


class ReversalAnswer(BaseModel):
    """The reversing entry and its paper."""

    entry: str
    number: str


class StockQuery(Page):
    """What of the stock is asked for."""

    store: str | None = Field(None, max_length=40)
    barcode: str | None = Field(None, max_length=40)


class StockItem(BaseModel):
    """One lot at one store."""

    store: str
    barcode: str
    name: str
    lot: str
    quantity: int
    expires_on: date | None


class StockAnswer(BaseModel):
    """A page of the stock."""

    items: list[StockItem]
    next: str | None


class CardAnswer(BaseModel):
    """A card, without a name."""

    code: str
    points: int
    status: Literal["active", "suspended", "lost"]
    allowed_until: date | None
    masked_name: str
    members: int


# -- the screens --------------------------------------------------------------------------------------


def _yuan(text: object) -> object:
    return parse_yuan(text.strip()) if isinstance(text, str) and text.strip() else None


def _blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


class ReasonForm(BaseModel):
    """Why a slip is taken back."""

    reason: Reason


class ItemForm(BaseModel):
    """The small form that an unknown barcode opens."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Text, StringConstraints(min_length=1, max_length=NAME_MAX), Needed("请填写名称")]
    measure: Annotated[Text, StringConstraints(min_length=1, max_length=10), Needed("请填写计量单位")]
    category: Annotated[Text, StringConstraints(max_length=30)] = ""
    points: int = Field(ge=0, le=POINTS_MAX)
    shelf_life_days: Annotated[Annotated[int, Field(ge=1, le=SHELF_LIFE_MAX)] | None, BeforeValidator(_blank)] = None
    fair_value_yuan: Annotated[int | None, BeforeValidator(_yuan)] = None

    def item(self, barcode: str) -> Item:
        """The facts."""
        return Item(
            barcode=barcode,
            name=self.name,
            measure=self.measure,
            points=self.points,
            category=self.category,
            fair_value_fen=self.fair_value_yuan,
            shelf_life_days=self.shelf_life_days,
        )


def day(text: str, field: str) -> date | None:
    """A typed date, None for none; refuses what is not a date."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise unreadable(FieldError(field, "请填写真实存在的日期，例如 2026-10-08")) from None


class DocumentsQuery(Query):
    """What of the documents is listed."""

    model_config = ConfigDict(extra="ignore")

    store: str = ""
    kind: Literal["", "intake", "issue", "reversal"] = ""
    from_on: str = ""
    to_on: str = ""
    after: int | None = Field(None, ge=0, le=2**53 - 1)
