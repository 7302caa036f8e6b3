"""A payment from outside: the JSON objects of docs/api.md and the cashier's form."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from charity.aid.fields import PlaceCode, Reference
from charity.aid.vouchers.forms import Status
from charity.web.fields import ContentHash, Day
from charity.web.messages import Needed

PaidOn = Annotated[Day, Needed("请填写付款日期")]


class PayBody(BaseModel):
    """That it was paid."""

    model_config = ConfigDict(extra="forbid")

    paid_on: PaidOn = Field(description="付款日期", examples=["2026-10-08"])
    channel: Literal["bank", "cash"] = Field("bank", description="bank 银行转账、cash 现金")
    channel_ref: Reference = Field(
        "", description="银行回单号，每个只能用一次；现金没有", examples=["ICBC20261008000123"]
    )
    paid_from: PlaceCode | None = Field(
        None, description="付款账户；不填时银行用默认的付款账户，现金用出纳的现金", examples=["1002/ICBC-01"]
    )
    content_hash: ContentHash


class PaidAnswer(BaseModel):
    """The entry in the books."""

    entry: str
    status: Status


class PayForm(BaseModel):
    """The cashier's form: the place that pays says whether it is cash."""

    paid_on: PaidOn
    paid_from: Annotated[PlaceCode, Needed("请选择付款账户")]
    channel_ref: Reference = ""
    content_hash: str = ""
