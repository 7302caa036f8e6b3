"""Strings and JSON in, a typed step of a refund out; or errors, each at its field."""

from typing import Literal

from pydantic import BaseModel, Field

from charity.giving.fields import Body, Code, Fen, Reason, Ref, TypedYuan
from charity.giving.kinds import RefundCause
from charity.web.fields import ContentHash, Day
from charity.web.list_filters import ListFilters

Cause = Literal["mistaken", "outside", "own_fault", "chargeback"]


class RefundBody(Body):
    """A request to give money back."""

    amount_fen: Fen
    cause: Cause = Field(
        description="原因，决定科目：mistaken 重复或误付、outside 外部原因、own_fault 本会过错、chargeback 已被扣回",
        examples=list(RefundCause),
    )
    reason: Reason


class RefundAnswer(BaseModel):
    """A refund that was requested."""

    number: str
    status: Literal["requested"]
    content_hash: str


class ApproveBody(Body):
    """Agreeing to what was shown."""

    content_hash: ContentHash


class ApprovedAnswer(BaseModel):
    """A refund that was posted: owed, or taken back by a platform already."""

    entry: str
    status: Literal["approved", "refunded"]


class PayBody(Body):
    """That a refund was paid."""

    paid_on: Day = Field(description="付款日期", examples=["2026-10-08"])
    paid_from: Code | None = Field(
        None, description="付款账户；不填时现金捐赠用现金，其余用默认的付款账户", examples=["1002/ICBC-01"]
    )
    channel_ref: Ref | None = Field(None, description="银行或平台的流水号，每个只能用一次；现金没有")
    content_hash: ContentHash


class PaidAnswer(BaseModel):
    """The entry of the payment."""

    entry: str
    status: Literal["refunded"]


class RefundForm(BaseModel):
    """A refund request, as the accountant types it."""

    amount_yuan: TypedYuan
    cause: Cause
    reason: Reason


class ApproveForm(BaseModel):
    """Agreeing to what the page shows."""

    content_hash: str = ""


class RejectForm(BaseModel):
    """Why a request is turned down."""

    reason: Reason
    content_hash: str = ""


class PayForm(BaseModel):
    """A payment, as the cashier types it."""

    paid_on: Day
    paid_from: Code
    channel_ref: Ref = ""
    content_hash: str = ""


class RefundsQuery(ListFilters):
    """What of the refunds is listed."""

    status: Literal["", "requested", "approved", "refunded", "rejected"] = ""
    cause: Literal["", "mistaken", "outside", "own_fault", "chargeback"] = ""
    number: Ref = ""
