"""The opening from outside: JSON bodies and the accountant's form, as typed lines."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from charity.errors import FieldError, unreadable
from charity.finance.fields import CODE_MAX, Code, Fen, Hash, typed_fen, typed_yuan
from charity.finance.opening.verbs import LINES_MAX, Line
from charity.money import AMOUNT_MAX_FEN
from charity.web import forms
from charity.web.fields import Day
from charity.web.messages import Needed

ROWS_LEAST, ROWS_MORE = 8, 8


class LineBody(BaseModel):
    """Money of one fund in one place."""

    model_config = ConfigDict(extra="forbid")

    fund: Code = Field(description="基金编号", examples=["F-GEN"])
    account: Code = Field(description="资金存放处", examples=["1002/ICBC-01"])
    amount_fen: Fen


class OpeningBody(BaseModel):
    """What the books begin with."""

    model_config = ConfigDict(extra="forbid")

    on: Day = Field(description="期初日期", examples=["2026-01-01"])
    lines: list[LineBody] = Field(min_length=1, max_length=LINES_MAX)

    def values(self) -> list[Line]:
        """The lines."""
        return [Line(line.fund, line.account, line.amount_fen) for line in self.lines]


class OpeningAnswer(BaseModel):
    """The opening: a draft, or booked as `entry`."""

    status: Literal["draft", "confirmed"]
    content_hash: str
    total_fen: int


class OpeningView(OpeningAnswer):
    """The opening whole; `seq` is its entry's number once it is booked."""

    on: str
    lines: list[LineBody]
    seq: int | None


class ConfirmBody(BaseModel):
    """Agreeing to exactly one content, with its total typed again."""

    model_config = ConfigDict(extra="forbid")

    content_hash: Hash
    confirmed_total_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN * LINES_MAX, description="再输入一遍合计，分")


class ConfirmedAnswer(BaseModel):
    """The entry of the opening."""

    entry: str
    status: Literal["confirmed"]


class OpeningForm(BaseModel):
    """The fixed fields of the form; its lines are numbered."""

    on: Annotated[Day, Needed("请填写期初日期")]
    rows: int = Field(ROWS_LEAST, ge=1, le=LINES_MAX)
    step: Literal["save", "more"] = "save"


class ConfirmForm(BaseModel):
    """The confirm page."""

    content_hash: Hash
    total_yuan: Annotated[int, BeforeValidator(typed_yuan), Needed("请再输入一遍合计")]


def read(data: forms.Data) -> OpeningForm:
    """The fixed fields; the texts of all fields are judged."""
    forms.read(forms.Numbered, data)
    return forms.read(OpeningForm, data)


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
