"""What is held, from outside: the JSON objects of docs/api.md and the forms, as typed values."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from charity.bank.unidentified.verbs import NOTE_MAX
from charity.web import api, fields
from charity.web.messages import Needed

Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NOTE_MAX),
    fields.AREA,
    Needed("请写明已经知道什么、问过谁"),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NOTE_MAX),
    fields.AREA,
    Needed("请写明理由"),
]


class HoldForm(BaseModel):
    """What is known of a line that is held."""

    note: Note


class ReverseForm(BaseModel):
    """Why a holding is taken back."""

    reason: Reason


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
