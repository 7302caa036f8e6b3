"""A payment from outside: the JSON objects of docs/api.md and the cashier's form."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from charity.aid.vouchers.forms import Status
from charity.web.fields import ContentHash, Day
from charity.web.messages import Needed

REF_MAX = 64
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REF_MAX),
    Needed("请填写流水号或回单号"),
]
PaidOn = Annotated[Day, Needed("请填写付款日期")]


class PayBody(BaseModel):
    """That it was paid."""

    model_config = ConfigDict(extra="forbid")

    paid_on: PaidOn = Field(description="付款日期", examples=["2026-10-08"])
    channel_ref: Reference = Field(description="银行回单号，每个只能用一次", examples=["ICBC20261008000123"])
    content_hash: ContentHash


class PaidAnswer(BaseModel):
    """The entry in the books."""

    entry: str
    status: Status


class PayForm(BaseModel):
    """The cashier's form."""

    paid_on: PaidOn
    channel_ref: Reference
    content_hash: str = ""
