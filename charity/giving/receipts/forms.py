"""Strings in, the facts of a receipt's delivery or end out; or errors, each at its field."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from charity.giving.fields import Reason, Ref
from charity.giving.receipts import DELIVERY_WORDS
from charity.people.forms import DonorPageForm
from charity.web.fields import DayText


class ReceiptRef(BaseModel):
    """A receipt: its check code and its number."""

    code: str
    number: str


class ReceiptsQuery(BaseModel):
    """What of the receipts is listed."""

    model_config = ConfigDict(extra="ignore")

    status: str = ""
    delivery: str = ""
    number: str = ""
    from_on: DayText = ""
    to_on: DayText = ""
    after: str = ""


class ReasonForm(BaseModel):
    """Why a receipt is voided."""

    reason: Reason


class ReplaceForm(DonorPageForm):
    """Why a receipt is replaced, and the giver as it should have been."""

    reason: Reason


class DeliveryForm(BaseModel):
    """How a receipt reached its giver."""

    delivery: Literal["pending", "sent", "handed", "kept_undelivered"] = Field(examples=list(DELIVERY_WORDS))
    note: Ref = ""
