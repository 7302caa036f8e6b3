"""What comes back from branches, from outside: the JSON objects of docs/api.md and the forms, as typed values."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from charity.aid.fields import PlaceCode, Reason, Reference, yuan
from charity.money import AMOUNT_MAX_FEN
from charity.web import fields
from charity.web.fields import Day
from charity.web.messages import Needed

Yuan = Annotated[int, BeforeValidator(yuan)]
ReceivedOn = Annotated[Day, Needed("请填写收款日期")]


class DecideBody(BaseModel):
    """Confirming exactly what was shown."""

    model_config = ConfigDict(extra="forbid")

    content_hash: fields.ContentHash


class RefuseBody(DecideBody):
    """Refusing it."""

    reason: Reason = Field(description="理由；请不要写姓名、电话等个人信息", examples=["第 3 行没有签字"])


class WithdrawBody(BaseModel):
    """Taking back what waits, or asking for what is booked to be taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="理由；请不要写姓名、电话等个人信息", examples=["录了两次"])


class ReturnBody(BaseModel):
    """What a branch gave back."""

    model_config = ConfigDict(extra="forbid")

    amount_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分", examples=[40_000])
    received_on: ReceivedOn = Field(description="收款日期", examples=["2026-11-24"])
    paid_into: PlaceCode | None = Field(
        None, description="收款账户；不填就是银行账户，有几个银行账户时必填", examples=["1002/ICBC-01"]
    )
    channel_ref: Reference = Field("", description="银行回单号，每个只能用一次；现金没有")


class ReturnForm(BaseModel):
    """The cashier's form."""

    amount_yuan: Yuan
    received_on: ReceivedOn
    paid_into: Annotated[PlaceCode, Needed("请选择收款账户")]
    channel_ref: Reference = ""


class DecideForm(BaseModel):
    """The confirm button: the hash that the page showed."""

    content_hash: str = ""


class RefuseForm(DecideForm):
    """The reason on the page that asks once more."""

    reason: Reason
