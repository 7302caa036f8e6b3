"""Strings and JSON in, typed facts or field errors out.

The JSON bodies are the contract's (strict: whole fen, no text as number); the page forms take yuan as
people type them and refuse what cannot be read exactly.
"""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from charity.giving.campaigns import KIND_WORDS
from charity.giving.channels import CHANNELS, REF_MAX
from charity.giving.pledges import MESSAGE_MAX
from charity.giving.receipts import DELIVERY_WORDS, REASON_MAX
from charity.money import AMOUNT_MAX_FEN, AmountUnreadable, parse_yuan
from charity.people.forms import DonorForm
from charity.web import fields
from charity.web.fields import Day
from charity.web.messages import Needed

FREE = "free"
FEN_DIGITS_MAX = 14
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _yuan(value: Any) -> Any:
    return parse_yuan(value.strip()) if isinstance(value, str) else value


def _chosen_amount(value: Any) -> Any:
    """("fen", digits) of a radio button, or ("yuan", text) of the free field."""
    if not isinstance(value, tuple):
        return value
    unit, text = value
    if unit == "yuan":
        return _yuan(text)
    if not (text.isascii() and text.isdigit() and len(text) <= FEN_DIGITS_MAX):
        raise AmountUnreadable("not_a_number")
    fen = int(text)
    if not 0 < fen <= AMOUNT_MAX_FEN:
        raise AmountUnreadable("too_large" if fen else "not_positive")
    return fen


def _absent(value: Any) -> Any:
    return None if value == "" else value


def _channel(code: str) -> str:
    if code not in CHANNELS:
        raise ValueError("请选择付款方式")
    return code


Fen = Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
OptionalCode = Annotated[Code | None, BeforeValidator(_absent)]
Ref = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REF_MAX)]
Message = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MESSAGE_MAX), fields.AREA]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX),
    fields.AREA,
    Needed("请写明理由"),
]
if TYPE_CHECKING:
    Way = str
else:
    Way = Literal[tuple(CHANNELS)]  # the list in channels.py is the only one
TypedYuan = Annotated[int, BeforeValidator(_yuan)]
ChosenAmount = Annotated[int, BeforeValidator(_chosen_amount)]
TypedChannel = Annotated[str, AfterValidator(_channel)]


# -- JSON ---------------------------------------------------------------------------------------------


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PledgeBody(_Body):
    """A promise."""

    campaign: Code = Field(description="活动代号", examples=["one-day-2026"])
    amount_fen: Fen
    channel: Way
    donor: DonorForm
    public_name: bool = Field(description="可以公开姓名")
    public_amount: bool = Field(description="可以公开金额")
    fund: Code | None = Field(None, description="指定的基金；默认为活动的基金")
    work_unit: Code | None = Field(None, description="单位代号")
    message: Message | None = Field(None, description="留言，加密保存")


class ReceiveBody(_Body):
    """Money that arrived for a pledge."""

    amount_fen: Fen
    received_on: Day
    channel: Way
    channel_ref: Ref | None = Field(None, description="银行、微信、支付宝的流水号，必填且不得重复")


class DonationBody(ReceiveBody):
    """A gift that arrived."""

    campaign: Code = Field(description="活动代号", examples=["one-day-2026"])
    donor: DonorForm
    fund: Code | None = Field(None, description="指定的基金；默认为活动的基金")
    work_unit: Code | None = Field(None, description="单位代号")


class RefundBody(_Body):
    """A request to give money back."""

    amount_fen: Fen
    reason: Reason


class ReceiptRef(BaseModel):
    """A receipt: its check code and its number."""

    code: str
    number: str


class DonationAnswer(BaseModel):
    """What recording a gift answers."""

    id: str
    entry: str
    receipt: ReceiptRef


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


class RefundAnswer(BaseModel):
    """A refund that was requested."""

    number: str
    status: Literal["requested"]


class RefundedAnswer(BaseModel):
    """A refund that was posted."""

    entry: str
    status: Literal["refunded"]


# -- pages --------------------------------------------------------------------------------------------


class _Giver(DonorForm):
    """The giver's fields of a page form, each error at its own field."""

    model_config = ConfigDict(extra="ignore")

    @field_validator("name", mode="after")
    @classmethod
    def _name_where_needed(cls, name: str, info: ValidationInfo) -> str:
        if not name and info.data.get("kind") in {"person", "organisation"}:
            raise ValueError("请填写姓名或单位名称；不想留名请选匿名")
        return name


class GiveForm(_Giver):
    """The public form: how much, who, how to pay, what may be shown."""

    name: Annotated[str, Field(validate_default=True), StringConstraints(strip_whitespace=True, max_length=100)] = ""
    amount: ChosenAmount
    channel: TypedChannel
    public_name: bool = False
    public_amount: bool = False
    fund: OptionalCode = None
    work_unit: OptionalCode = None
    message: Message = ""

    @model_validator(mode="before")
    @classmethod
    def _amount_from_two_fields(cls, data: Any) -> Any:
        """The chosen radio, or the free field; a filled free field with no radio counts as free."""
        if not isinstance(data, dict):
            return data
        chosen, free = data.get("amount", ""), data.get("amount_yuan", "")
        said = ("yuan", free) if chosen in {"", FREE} or not isinstance(chosen, str) else ("fen", chosen)
        return {**data, "amount": said}


class DonationForm(_Giver):
    """A walk-in gift, as the cashier types it."""

    name: Annotated[str, Field(validate_default=True), StringConstraints(strip_whitespace=True, max_length=100)] = ""
    campaign: Code
    amount_yuan: TypedYuan
    received_on: Day
    channel: TypedChannel
    channel_ref: Ref = ""
    fund: OptionalCode = None
    work_unit: OptionalCode = None
    public_name: bool = False
    public_amount: bool = False
    memo: Message = ""


class ReceiveForm(BaseModel):
    """Money for a pledge, as the cashier types it."""

    amount_yuan: TypedYuan
    received_on: Day
    channel: TypedChannel
    channel_ref: Ref = ""


class RefundForm(BaseModel):
    """A refund request, as the accountant types it."""

    amount_yuan: TypedYuan
    reason: Reason


class ReasonForm(BaseModel):
    """Why a receipt is voided."""

    reason: Reason


class ReplaceForm(_Giver):
    """Why a receipt is replaced, and the giver as it should have been."""

    name: Annotated[str, Field(validate_default=True), StringConstraints(strip_whitespace=True, max_length=100)] = ""
    reason: Reason


class DeliveryForm(BaseModel):
    """How a receipt reached its giver."""

    delivery: Literal["pending", "sent", "handed", "kept_undelivered"] = Field(examples=list(DELIVERY_WORDS))
    note: Ref = ""


def _slug(text: str) -> str:
    if not _SLUG.match(text):
        raise ValueError("只用小写字母、数字和连字符，例如 one-day-2026")
    return text


class CampaignForm(BaseModel):
    """A campaign, as the accountant types it."""

    slug: Annotated[str, StringConstraints(max_length=40), AfterValidator(_slug), Needed("请填写代号")]
    name: Annotated[Code, Needed("请填写名称")]
    name_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    kind: str
    reach: Literal["public", "targeted"] = "public"
    starts_on: Day
    ends_on: Annotated[Day | None, BeforeValidator(_absent)] = None
    fund: Annotated[Code, Needed("请选择基金")]
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,8}$")]
    purpose: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
        fields.AREA,
        Needed("请写明用途"),
    ]
    beneficiaries: Message = ""
    surplus: Message = ""
    receiving: Message = ""
    contact: Message = ""

    @field_validator("kind")
    @classmethod
    def _kind(cls, kind: str) -> str:
        if kind not in KIND_WORDS:
            raise ValueError("请选择活动类型")
        return kind

    @model_validator(mode="after")
    def _order(self) -> "CampaignForm":
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("结束日期不能早于开始日期")
        return self


class FilingForm(BaseModel):
    """The filing of a campaign's plan."""

    filing_no: Annotated[Code, Needed("请填写备案号")]
    platform_url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    filed_on: Day

    @field_validator("platform_url")
    @classmethod
    def _https(cls, url: str) -> str:
        if url and not re.match(r"^https://[A-Za-z0-9.\-]+(/[\x21-\x7e]*)?$", url):
            raise ValueError("请填写 https:// 开头的网址")
        return url
