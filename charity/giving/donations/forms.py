"""Strings and JSON in, the typed facts of a gift that arrived out; or errors, each at its field."""

from typing import Any

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from charity.errors import FieldError, unreadable
from charity.giving.channels import CHANNELS
from charity.giving.donations import PARTS_MAX, Part
from charity.giving.fields import (
    Body,
    Code,
    ConfirmedFen,
    ConfirmedYuan,
    Fen,
    Message,
    OptionalCode,
    Ref,
    TypedChannel,
    TypedYuan,
    Way,
)
from charity.giving.receipts.forms import ReceiptRef
from charity.people.forms import DonorForm, DonorPageForm, PublicName
from charity.web.fields import ContentHash, Day
from charity.web.messages import WORDS
from charity.web.rare import RARE_TEXT, drawn

BANKED = ("amount_yuan", "received_on", "channel", "channel_ref")
"""What a line of a bank says of a gift (charity/bank/matching): its form begins with it. None of it is a name."""
WITH_REF = [channel.code for channel in CHANNELS.values() if channel.needs_ref]


class ArrivedBody(Body):
    """Money that arrived."""

    received_on: Day
    channel: Way
    channel_ref: Ref | None = Field(None, description="{} 的流水号，必填且不得重复".format("、".join(WITH_REF)))
    confirmed_amount_fen: ConfirmedFen | None = None


class ReceiveBody(ArrivedBody):
    """Money that arrived for a pledge."""

    amount_fen: Fen
    content_hash: ContentHash


class PartBody(Body):
    """One purpose of a transfer."""

    campaign: Code = Field(description="活动代号", examples=["one-day-2026"])
    fund: Code | None = Field(None, description="指定的基金；默认为活动的基金")
    amount_fen: Fen


class DonationBody(ArrivedBody):
    """A gift that arrived; or one transfer for several purposes, `gifts` in place of campaign, fund and amount_fen."""

    campaign: Code | None = Field(None, description="活动代号；没有 gifts 时必填", examples=["one-day-2026"])
    fund: Code | None = Field(None, description="指定的基金；默认为活动的基金")
    amount_fen: Fen | None = Field(None, description="金额，分；没有 gifts 时必填")
    gifts: list[PartBody] | None = Field(
        None, min_length=1, max_length=PARTS_MAX, description="一笔款的各项用途，代替 campaign、fund 和 amount_fen"
    )
    donor: DonorForm
    work_unit: Code | None = Field(None, description="单位代号")
    public_name: PublicName = Field(default=False, description="捐赠人同意公开姓名或单位名称；不填为不同意")
    public_amount: bool = Field(default=False, description="捐赠人同意公开金额；不填为不同意")
    memo: Message | None = Field(None, description="附言，印在收据上，加密保存")
    corrects: Code | None = Field(
        None, description="已批准的更正的编号：这笔捐赠按实际重新登记，沿用原流水号", examples=["GZ-2026-000001"]
    )

    @field_validator("memo", mode="after")
    @classmethod
    def _printed_memo(cls, memo: str | None, info: ValidationInfo) -> str | None:
        donor = info.data.get("donor")
        return memo and drawn(memo, rare=donor is None or donor.rare, asks=RARE_TEXT)

    def part(self) -> Part | None:
        """The one purpose; None when there are `gifts`. 422 when it is neither one nor the other."""
        named = {"campaign": self.campaign, "fund": self.fund, "amount_fen": self.amount_fen}
        if self.gifts is not None:
            errors = [FieldError(name, "有 gifts 时不能填写此项") for name, value in named.items() if value is not None]
            if errors:
                raise unreadable(*errors)
            return None
        if self.campaign is None or self.amount_fen is None:
            missing = [name for name in ("campaign", "amount_fen") if named[name] is None]
            raise unreadable(*(FieldError(name, WORDS["missing"]) for name in missing))
        return Part(self.campaign, self.fund, self.amount_fen)


class DonationAnswer(BaseModel):
    """What recording a gift answers."""

    id: str
    entry: str
    receipt: ReceiptRef


class GiftRef(BaseModel):
    """A gift and its entry in the books."""

    id: str
    entry: str


class ArrivedAnswer(BaseModel):
    """What recording money answers: `id` and `entry` of one gift, or `gifts`; one receipt."""

    id: str | None = None
    entry: str | None = None
    gifts: list[GiftRef] | None = None
    receipt: ReceiptRef


class PartForm(BaseModel):
    """A further purpose of a transfer, as the cashier types it."""

    campaign: Code
    amount_yuan: TypedYuan
    fund: OptionalCode = None


class DonationForm(DonorPageForm):
    """A walk-in gift, as the cashier types it."""

    campaign: Code
    amount_yuan: TypedYuan
    received_on: Day
    channel: TypedChannel
    channel_ref: Ref = ""
    confirmed_amount_yuan: ConfirmedYuan = None
    fund: OptionalCode = None
    work_unit: OptionalCode = None
    public_name: PublicName = False
    public_amount: bool = False
    memo: Message = ""
    corrects: OptionalCode = None
    parts: dict[str, PartForm] = Field(default_factory=dict)

    def every_part(self) -> list[Part]:
        """All purposes of the money, the first one first."""
        more = [Part(part.campaign, part.fund, part.amount_yuan) for part in self.parts.values()]
        return [Part(self.campaign, self.fund, self.amount_yuan), *more]

    @field_validator("memo", mode="after")
    @classmethod
    def _printed_memo(cls, memo: str, info: ValidationInfo) -> str:
        return drawn(memo, rare=info.data.get("rare", True), asks=RARE_TEXT)

    @model_validator(mode="before")
    @classmethod
    def _filled_parts(cls, data: Any) -> Any:
        """The further purposes by their number: fields `parts.1.campaign` and so on. One without an amount is none."""
        if not isinstance(data, dict):
            return data
        parts: dict[str, dict[str, Any]] = {}
        for number in map(str, range(1, PARTS_MAX)):
            fields = {name: data.get(f"parts.{number}.{name}", "") for name in PartForm.model_fields}
            if any(str(fields[name]).strip() for name in ("campaign", "amount_yuan")):
                parts[number] = fields
        return {**data, "parts": parts}
