"""What is held, from outside: the JSON objects of docs/api.md and the forms, as typed values."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.bank.unidentified.verbs import NOTE_MAX, REASON_MAX, REF_MAX
from charity.giving.unidentified import ReturnStatus
from charity.money import AMOUNT_MAX_FEN, typed_yuan
from charity.web import api, fields
from charity.web.fields import ContentHash, DayText
from charity.web.messages import Needed

Ref = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REF_MAX)]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NOTE_MAX),
    fields.AREA,
    Needed("请写明已经知道什么、问过谁"),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX),
    fields.AREA,
    Needed("请写明理由"),
]


def _fen(value: Any) -> Any:
    return typed_yuan(value) if isinstance(value, str) else value


class HoldForm(BaseModel):
    """What is known of a line that is held."""

    note: Note


class ReverseForm(BaseModel):
    """Why a holding is taken back."""

    reason: Reason


class AskForm(BaseModel):
    """What goes back, and why."""

    amount_fen: Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN), BeforeValidator(_fen), Needed("请填写退回的金额")]
    reason: Reason


class PayForm(BaseModel):
    """That it was paid back."""

    content_hash: str = Field("", max_length=64)
    paid_on: Annotated[DayText, Needed("请填写付款日期")]
    channel_ref: Ref = ""


class UsesQuery(BaseModel):
    """Where the list of what became of one goes on: behind this entry."""

    after: int = Field(0, ge=0, le=2**53 - 1)


class ListQuery(BaseModel):
    """Which of them are listed: what is left, or all."""

    model_config = ConfigDict(extra="ignore")

    all: str = Field("", max_length=1)
    after: str = Field("", max_length=200)


class HoldBody(BaseModel):
    """What is known of a line that is held."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[Note, Field(description="已经知道什么，加密保存")]


class ReverseBody(BaseModel):
    """Why a holding is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Reason, Field(description="理由，加密保存")]


class AskBody(BaseModel):
    """What goes back, and why."""

    model_config = ConfigDict(extra="forbid")

    amount_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN, description="退回多少，分")
    reason: Annotated[Reason, Field(description="理由，加密保存")]


class PayBody(BaseModel):
    """That it was paid back."""

    model_config = ConfigDict(extra="forbid")

    content_hash: ContentHash
    paid_on: DayText = Field(description="付款日期")
    channel_ref: Ref = Field(description="银行回单号")


class ReturnAnswer(BaseModel):
    """A return of unidentified money."""

    number: str
    status: ReturnStatus
    entry: str | None = None
    content_hash: str | None = None


class ListParams(api.Page):
    """Which of them a program asks for."""

    all: bool = Field(False, description="也列出已经用完的")
    limit: int = Field(50, ge=1, le=100, description="最多几条")


class UnidentifiedAnswer(BaseModel):
    """Money that nobody can name."""

    number: str
    place: str
    on_day: str
    fen: int
    left_fen: int = Field(description="还没有认领，也没有退回的")
    line: str = Field(description="银行流水的 key")
    channel_ref: str
    reversed: bool


class ListAnswer(BaseModel):
    """The longest held first."""

    items: list[UnidentifiedAnswer]
    left_fen: int = Field(description="全部暂收款还剩多少")
    next: str | None


class HeldAnswer(BaseModel):
    """A document and its entry."""

    number: str
    entry: str
