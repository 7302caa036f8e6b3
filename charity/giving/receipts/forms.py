"""Strings in, the facts of a receipt's delivery or end out; or errors, each at its field."""

from typing import Literal

from pydantic import BaseModel, Field

from charity.giving.fields import Body, Code, Reason, Ref
from charity.giving.receipts import DELIVERY_WORDS
from charity.giving.receipts.verbs import TOGETHER_MAX
from charity.people.forms import DonorForm, DonorPageForm
from charity.web.fields import ContentHash
from charity.web.list_filters import ListFilters


class ReceiptRef(BaseModel):
    """A receipt: its check code and its number."""

    code: str
    number: str


class ReceiptsQuery(ListFilters):
    """What of the receipts is listed."""

    status: str = ""
    delivery: str = ""
    number: str = ""


class VoidBody(Body):
    """Why the receipt that was shown is voided."""

    reason: Reason
    content_hash: ContentHash


class ReplaceBody(VoidBody):
    """Why a receipt is replaced, and the giver as it should have been."""

    donor: DonorForm


class DeliverBody(Body):
    """How a receipt reached its giver."""

    how: Literal["sent", "handed", "kept_undelivered"] = Field(
        description="sent 已寄送、handed 已当面交付、kept_undelivered 留存"
    )
    note: Ref | None = Field(None, description="留存未送达的，必须写明原因")


class IssueBody(Body):
    """Gifts of one giver whose receipt was voided."""

    donations: list[Code] = Field(min_length=1, max_length=TOGETHER_MAX, description="捐赠的 id")


class VoidAnswer(BaseModel):
    """The receipt that was voided."""

    number: str
    status: Literal["voided"]


class DeliverAnswer(BaseModel):
    """How the receipt reached its giver."""

    number: str
    delivery: str


class ReasonForm(BaseModel):
    """Why the receipt that was shown is voided."""

    reason: Reason
    content_hash: str = ""


class ReplaceForm(DonorPageForm):
    """Why the receipt that was shown is replaced, and the giver as it should have been."""

    reason: Reason
    content_hash: str = ""


class DeliveryForm(BaseModel):
    """How a receipt reached its giver."""

    delivery: Literal["pending", "sent", "handed", "kept_undelivered"] = Field(examples=list(DELIVERY_WORDS))
    note: Ref = ""
