"""Settling from outside: JSON and forms."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.giving.fields import Body, Ref, Way
from charity.giving.limits import REASON_MAX
from charity.giving.unit_rosters import RosterStatus
from charity.money import AMOUNT_MAX_FEN, typed_yuan
from charity.web import fields
from charity.web.fields import DayText
from charity.web.messages import Needed


def _fen(value: Any) -> Any:
    return typed_yuan(value) if isinstance(value, str) else value


Fen = Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REASON_MAX), fields.AREA]


class SettleForm(BaseModel):
    """A transfer that a roster is settled with."""

    content_hash: str = ""
    received_on: Annotated[DayText, Needed("请填写到账日期")]
    received_fen: Annotated[Fen, BeforeValidator(_fen), Needed("请填写到账金额")]
    channel: Way = "bank"
    channel_ref: Ref = ""
    difference: Literal["", "unit"] = ""
    reason: Why = ""
    with_receipts: bool = False


class SettleQuery(BaseModel):
    """What a line of a bank fills the form with."""

    model_config = ConfigDict(extra="ignore")

    amount_yuan: str = Field("", max_length=20)
    received_on: DayText = ""
    channel_ref: Ref = ""


class SettleBody(Body):
    """The same from a program."""

    content_hash: fields.ContentHash
    received_on: DayText = Field(description="到账日期")
    received_fen: Fen = Field(description="到账金额，分")
    channel: Way = Field("bank", description="到账方式")
    channel_ref: Ref = Field("", description="银行流水号")
    difference: Literal["", "unit"] = Field("", description="到账与应汇不同时：unit 由单位自己的捐款承担；不填则拒绝")
    reason: Why = Field("", description="差额的理由")
    with_receipts: bool = Field(True, description="同时开收据")


class SettledAnswer(BaseModel):
    """What was booked."""

    status: RosterStatus
    gifts: int = Field(description="入账笔数，含单位自己的捐款")
    receipts: list[str] = Field(description="单位汇总收据和单位收据的编号")
    receipt_count: int


class IssuedAnswer(BaseModel):
    """Receipts that were issued."""

    status: RosterStatus
    receipts: list[str]
    receipt_count: int


class StatusAnswer(BaseModel):
    """How far a roster is now."""

    status: RosterStatus


class SingleAnswer(BaseModel):
    """The receipt of one of the staff."""

    code: str
    number: str
