"""The opening from outside: JSON bodies and the accountant's form, as typed lines."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from charity.errors import FieldError, Refusal, unreadable
from charity.finance.fields import CODE_MAX, Code, Fen, Hash, typed_fen, typed_yuan
from charity.finance.opening import stock_form
from charity.finance.opening.content import Line
from charity.finance.opening.verbs import LINES_MAX
from charity.goods.limits import QUANTITY_MAX
from charity.goods.opening import LINES_MAX as STOCK_LINES_MAX
from charity.goods.opening import StockLine
from charity.money import AMOUNT_MAX_FEN
from charity.web import forms
from charity.web.api import Query
from charity.web.fields import AREA, Day
from charity.web.messages import Needed

ROWS_LEAST, ROWS_MORE = 8, 8
TOTAL_MAX_FEN = AMOUNT_MAX_FEN * (LINES_MAX + STOCK_LINES_MAX)
STOCK_BODY_MAX = 4 * 2**20
"""Bytes of an opening as it is sent: so many that STOCK_LINES_MAX lines of goods have room."""


class LineBody(BaseModel):
    """Money of one fund in one place."""

    model_config = ConfigDict(extra="forbid")

    fund: Code = Field(description="基金编号", examples=["F-GEN"])
    account: Code = Field(description="资金存放处", examples=["1002/ICBC-01"])
    amount_fen: Fen


class StockLineBody(BaseModel):
    """Goods of one item and fund in one store. Without a value they are carried without one (不计价)."""

    model_config = ConfigDict(extra="forbid")

    store: Code = Field(description="门店代号", examples=["LX01"])
    barcode: Code = Field(description="条码，8、12、13 或 14 位数字", examples=["2001000100002"])
    quantity: int = Field(ge=1, le=QUANTITY_MAX, description="件数")
    unit_value_fen: Fen | None = Field(None, description="每件的账面价值，分；与总价只填一项")
    total_value_fen: Fen | None = Field(None, description="全部的账面价值，分；除不尽时分成两个批次")
    expires_on: Day | None = Field(None, description="保质期至；有保质期的商品必填")
    fund: Code = Field(description="基金编号", examples=["F-GEN"])
    checked: bool = Field(default=False, description="已核对：到期日确实这么远，价值确实与目录价相差这么多")

    def value(self) -> StockLine:
        """The values."""
        return StockLine(
            self.barcode,
            self.quantity,
            self.expires_on,
            self.unit_value_fen,
            self.total_value_fen,
            store=self.store,
            fund=self.fund,
            checked=self.checked,
        )


class OpeningBody(BaseModel):
    """What the books begin with: money, goods, or both."""

    model_config = ConfigDict(extra="forbid")

    on: Day = Field(description="期初日期", examples=["2026-01-01"])
    lines: list[LineBody] = Field(default_factory=list, max_length=LINES_MAX)
    stock: list[StockLineBody] = Field(default_factory=list, max_length=STOCK_LINES_MAX, description="期初库存")

    def values(self) -> list[Line]:
        """The lines of money."""
        return [Line(line.fund, line.account, line.amount_fen) for line in self.lines]


class StockSumAnswer(BaseModel):
    """What a fund has in a store."""

    store: str
    fund: str
    lines: int
    pieces: int
    value_fen: int


class OpeningAnswer(BaseModel):
    """The opening: a draft, or booked as `entry`."""

    status: Literal["draft", "confirmed"]
    content_hash: str
    total_fen: int


class OpeningView(OpeningAnswer):
    """The opening: its money line by line, its goods by store and fund with the hash of their lines.

    `seq` is the number of its first entry once it is booked.
    """

    on: str
    lines: list[LineBody]
    stock: list[StockSumAnswer]
    stock_sha256: str | None
    seq: int | None


class ConfirmBody(BaseModel):
    """Agreeing to exactly one content, with its total typed again."""

    model_config = ConfigDict(extra="forbid")

    content_hash: Hash
    confirmed_total_fen: int = Field(ge=1, le=TOTAL_MAX_FEN, description="再输入一遍合计，分")


class ConfirmedAnswer(BaseModel):
    """The entry of the opening."""

    entry: str
    status: Literal["confirmed"]


class OpeningForm(BaseModel):
    """The fixed fields of the form; its lines are numbered."""

    on: Annotated[Day, Needed("请填写期初日期")]
    stock: Annotated[str, AREA] = ""
    rows: int = Field(ROWS_LEAST, ge=1, le=LINES_MAX)
    step: Literal["save", "more"] = "save"


class StockQuery(Query):
    """From which line on the goods are listed."""

    model_config = ConfigDict(extra="ignore")

    after: int = Field(0, ge=0, le=STOCK_LINES_MAX)


class ConfirmForm(BaseModel):
    """The confirm page."""

    content_hash: Hash
    total_yuan: Annotated[int, BeforeValidator(typed_yuan), Needed("请再输入一遍合计")]


def read(data: forms.Data) -> OpeningForm:
    """The fixed fields; the texts of all fields are judged."""
    return forms.read(OpeningForm, data)


def both(data: forms.Data) -> tuple[list[Line], list[StockLine]]:
    """The lines of money and of goods; what is wrong in either is said together."""
    try:
        money = lines(data)
    except Refusal as refusal:
        wrong = refusal.fields
        try:
            stock_form.read(forms.text(data, stock_form.FIELD))
        except Refusal as more:
            wrong += more.fields
        raise unreadable(*wrong) from None
    return money, stock_form.read(forms.text(data, stock_form.FIELD))


def lines(data: forms.Data) -> list[Line]:
    """The rows that have an amount: `fund.0`, `place.0`, `amount.0`, …"""
    readable: list[Line] = []
    wrong: list[FieldError] = []
    for n in range(LINES_MAX):
        fund, place, amount = (forms.text(data, f"{name}.{n}").strip() for name in ("fund", "place", "amount"))
        if not amount:
            continue
        wrong += [
            FieldError(f"{name}.{n}", "请选择") for name, value in (("fund", fund), ("place", place)) if not value
        ]
        readable.append(Line(fund[:CODE_MAX], place[:CODE_MAX], typed_fen(amount, f"amount.{n}", wrong)))
    if wrong:
        raise unreadable(*wrong)
    return readable
