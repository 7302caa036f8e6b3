"""What the intake takes and answers: the JSON objects of docs/api.md, and what its screen sends."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity import days
from charity.errors import FieldError, unreadable
from charity.goods.intake.lines import IntakeLine
from charity.goods.intake.lots import Evidence
from charity.goods.items import NAME_MAX, POINTS_MAX, Item
from charity.goods.limits import INTAKE_LINES_MAX
from charity.goods.scanning.forms import Code, Quantity
from charity.money import AMOUNT_MAX_FEN, AmountUnreadable, typed_yuan
from charity.people.forms import DonorForm, Line, PublicName
from charity.plain import whole
from charity.web.fields import Day
from charity.web.messages import AMOUNTS, Needed

SHELF_LIFE_MAX = 36_500
_STRICT = ConfigDict(extra="forbid")
UnitValue = Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN, description="每件的价值，分")]


class IntakeLineBody(BaseModel):
    """One line of an intake."""

    model_config = _STRICT

    barcode: Code = Field(description="条码，8、12、13 或 14 位数字", examples=["2001000100002"])
    quantity: Quantity
    expires_on: Day | None = Field(None, description="保质期至；有保质期的商品必填")
    expires_checked: bool = Field(default=False, description="已对照包装核对：到期日确实这么远")
    unit_value_fen: UnitValue | None = None
    value_checked: bool = Field(default=False, description="已核对：价值确实与目录价相差这么多")
    evidence: Evidence | None = Field(None, description="计价依据，填了价值就要选；none 或不填：不计价，不开收据")

    def line(self) -> IntakeLine:
        """The values."""
        return IntakeLine(
            self.barcode,
            self.quantity,
            self.expires_on,
            unit_value_fen=self.unit_value_fen,
            evidence=self.evidence,
            expires_checked=self.expires_checked,
            value_checked=self.value_checked,
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
    public_name: PublicName = Field(default=False, description="捐赠人同意公开姓名或单位名称；不填为不同意")
    public_amount: bool = Field(default=False, description="捐赠人同意公开金额；不填为不同意")
    lines: list[IntakeLineBody] = Field(min_length=1, max_length=INTAKE_LINES_MAX)


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


# -- the screen ---------------------------------------------------------------------------------------


def _yuan(text: object) -> object:
    return typed_yuan(text) if isinstance(text, str) and text.strip() else None


def _blank(value: object) -> object:
    return (whole(value) or None) if isinstance(value, str) else value


class ItemForm(BaseModel):
    """The small form that an unknown barcode opens."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Line, StringConstraints(min_length=1, max_length=NAME_MAX), Needed("请填写名称")]
    measure: Annotated[Line, StringConstraints(min_length=1, max_length=10), Needed("请填写计量单位")]
    category: Annotated[Line, StringConstraints(max_length=30)] = ""
    points: Annotated[int, Field(ge=0, le=POINTS_MAX), Needed("请填写每件积分，没有就填 0")]
    shelf_life_days: Annotated[Annotated[int, Field(ge=1, le=SHELF_LIFE_MAX)] | None, BeforeValidator(_blank)] = None
    fair_value_yuan: Annotated[int | None, BeforeValidator(_yuan)] = None

    def item(self, barcode: str) -> Item:
        """The values."""
        return Item(
            barcode=barcode,
            name=self.name,
            measure=self.measure,
            points=self.points,
            category=self.category,
            fair_value_fen=self.fair_value_yuan,
            shelf_life_days=self.shelf_life_days,
        )


def yuan(text: str, field: str) -> int:
    """A typed sum, fen; refuses what cannot be read as one."""
    try:
        return typed_yuan(text)
    except AmountUnreadable as error:
        raise unreadable(FieldError(field, AMOUNTS[error.reason])) from None


def day(text: str, field: str) -> date | None:
    """A typed date, None for none; refuses what is no day of ours."""
    if not text.strip():
        return None
    try:
        return days.typed(text)
    except days.DayRefused as refused:
        raise unreadable(FieldError(field, refused.words, tuple(refused.facts.items()))) from None
