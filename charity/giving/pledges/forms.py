"""Strings and JSON in, a typed pledge or the money for one out; or errors, each at its field."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from charity.giving.fields import (
    Body,
    ChosenAmount,
    Code,
    ConfirmedYuan,
    Fen,
    Message,
    OptionalCode,
    PromisedWay,
    Ref,
    TypedChannel,
    TypedYuan,
)
from charity.giving.receipts.forms import ReceiptRef
from charity.people.forms import NUMBER_UNASKED, DonorForm, DonorPageForm, PublicName, Version
from charity.web.fields import Day
from charity.web.list_filters import ListFilters
from charity.web.rare import RARE_TEXT, drawn


class PledgesQuery(ListFilters):
    """What of the pledges is listed."""

    status: str = ""
    reference: str = ""
    campaign: str = ""


class PledgeBody(Body):
    """A promise."""

    campaign: Code = Field(description="活动代号", examples=["one-day-2026"])
    amount_fen: Fen
    channel: PromisedWay
    donor: DonorForm
    public_name: PublicName = Field(description="可以公开姓名")
    public_amount: bool = Field(description="可以公开金额")
    fund: Code | None = Field(None, description="指定的基金；默认为活动的基金")
    work_unit: Code | None = Field(None, description="单位代号")
    message: Message | None = Field(None, description="留言，加密保存")
    invitation: Code | None = Field(None, description="邀请码：只有定向募捐要")

    @field_validator("message", mode="after")
    @classmethod
    def _printed_message(cls, message: str | None, info: ValidationInfo) -> str | None:
        donor = info.data.get("donor")
        return message and drawn(message, rare=donor is None or donor.rare, asks=RARE_TEXT)


class PledgeAnswer(BaseModel):
    """A pledge as it was kept."""

    code: str
    reference: str = Field(description="转账附言")
    status: Literal["pending", "partial", "received", "expired", "cancelled", "released"]
    amount_fen: int
    expires_at: str


class PledgeState(PledgeAnswer):
    """A pledge as it is now; it never says whose it is."""

    received_fen: int
    receipts: list[ReceiptRef]
    content_hash: str | None = Field(None, description="登记到账时原样送回；只对可以登记到账的人给出")


class GiveForm(DonorPageForm):
    """The public form: how much, who, how to pay, what may be shown."""

    amount: ChosenAmount
    channel: Annotated[TypedChannel, Field(validate_default=True)] = ""
    seen_fen: str = ""
    notice: Annotated[Version, Field(validate_default=True)] = None
    public_name: PublicName = False
    public_amount: bool = False
    fund: OptionalCode = None
    work_unit: OptionalCode = None
    message: Message = ""

    @field_validator("message", mode="after")
    @classmethod
    def _printed_message(cls, message: str, info: ValidationInfo) -> str:
        return drawn(message, rare=info.data.get("rare", True), asks=RARE_TEXT)

    @field_validator("tax_id", mode="after")
    @classmethod
    def _wanted(cls, number: str, info: ValidationInfo) -> str:
        """Here not even the number of an organisation is kept without the wish for a fiscal receipt."""
        if number and info.data.get("fiscal_receipt") is False:
            raise ValueError(NUMBER_UNASKED)
        return number

    @field_validator("notice", mode="after")
    @classmethod
    def _shown(cls, notice: int | None) -> int | None:
        if notice is None:
            raise ValueError("请打开捐赠页，先阅读隐私告知再提交")
        return notice

    @model_validator(mode="before")
    @classmethod
    def _amount_from_two_fields(cls, data: Any) -> Any:
        """The chosen radio button and the free field are one amount."""
        if not isinstance(data, dict):
            return data
        return {**data, "amount": (data.get("amount", ""), data.get("amount_yuan", ""))}

    @property
    def seen(self) -> bool:
        """Whether this sum stood above the button: by the script of the form, or on the page that reviews it."""
        return self.seen_fen == str(self.amount)


class ReceiveForm(BaseModel):
    """Money for a pledge, as the cashier types it."""

    amount_yuan: TypedYuan
    received_on: Day
    channel: TypedChannel
    channel_ref: Ref = ""
    confirmed_amount_yuan: ConfirmedYuan = None
    content_hash: str = ""
