"""Strings and JSON in, the typed facts of a gift that arrived out; or errors, each at its field."""

from pydantic import BaseModel, Field

from charity.giving.channels import CHANNELS
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
from charity.people.forms import DonorForm, DonorPageForm
from charity.web.fields import ContentHash, Day

WITH_REF = [channel.code for channel in CHANNELS.values() if channel.needs_ref]


class ArrivedBody(Body):
    """Money that arrived."""

    amount_fen: Fen
    received_on: Day
    channel: Way
    channel_ref: Ref | None = Field(None, description="{} 的流水号，必填且不得重复".format("、".join(WITH_REF)))
    confirmed_amount_fen: ConfirmedFen | None = None


class ReceiveBody(ArrivedBody):
    """Money that arrived for a pledge."""

    content_hash: ContentHash


class DonationBody(ArrivedBody):
    """A gift that arrived."""

    campaign: Code = Field(description="活动代号", examples=["one-day-2026"])
    donor: DonorForm
    fund: Code | None = Field(None, description="指定的基金；默认为活动的基金")
    work_unit: Code | None = Field(None, description="单位代号")


class DonationAnswer(BaseModel):
    """What recording a gift answers."""

    id: str
    entry: str
    receipt: ReceiptRef


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
    public_name: bool = False
    public_amount: bool = False
    memo: Message = ""
