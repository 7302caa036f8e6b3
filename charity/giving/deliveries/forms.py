"""Strings in, receipts or gifts and what is to be done with them out."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from charity.giving.copies import PRINT_MAX
from charity.giving.deliveries.verbs import BATCH_MAX
from charity.giving.fields import Body, Code, Ref
from charity.giving.receipts import DELIVERY_WORDS, TOGETHER_MAX
from charity.web.messages import Needed

How = Literal["sent", "handed", "kept_undelivered"]
SOME = "请至少勾选一项"


class TogetherForm(BaseModel):
    """Receipts, and how they reached their givers."""

    receipt: Annotated[list[Code], Needed(SOME)] = Field(min_length=1, max_length=BATCH_MAX)
    delivery: Annotated[How, Needed("请选择送达情况")] = Field(examples=list(DELIVERY_WORDS))
    note: Ref = ""


class PrintForm(BaseModel):
    """Receipts that are printed in one file."""

    receipt: Annotated[list[Code], Needed(SOME)] = Field(min_length=1, max_length=PRINT_MAX)


class GiftsForm(BaseModel):
    """Gifts for which receipts are issued."""

    gift: Annotated[list[Code], Needed(SOME)] = Field(min_length=1, max_length=TOGETHER_MAX)


class TogetherBody(Body):
    """Receipts, and how they reached their givers."""

    receipts: list[Code] = Field(min_length=1, max_length=BATCH_MAX, description="收据的 code")
    how: How = Field(description="sent 已寄送、handed 已当面交付、kept_undelivered 留存")
    note: Ref | None = Field(None, description="留存未送达的，必须写明原因")


class TogetherAnswer(BaseModel):
    """What was noted, and what was voided, replaced, sent or handed over before."""

    delivered: list[str] = Field(description="已记下的收据编号")
    ended: list[str] = Field(description="已作废、已更换或已经送达，因而没有改动的收据编号")


class UnreceiptedGift(BaseModel):
    """A gift that is on no valid receipt."""

    id: str
    kind: Literal["cash", "in_kind"]
    received_on: str
    campaign: str | None
    fund: str
    amount_fen: int


class UnreceiptedList(BaseModel):
    """A page of gifts that are on no valid receipt."""

    items: list[UnreceiptedGift]
    next: str | None
