"""Strings and JSON in, a typed request to give money back out; or errors, each at its field."""

from typing import Literal

from pydantic import BaseModel

from charity.giving.fields import Body, Fen, Reason, TypedYuan


class RefundBody(Body):
    """A request to give money back."""

    amount_fen: Fen
    reason: Reason


class RefundAnswer(BaseModel):
    """A refund that was requested."""

    number: str
    status: Literal["requested"]


class RefundedAnswer(BaseModel):
    """A refund that was posted."""

    entry: str
    status: Literal["refunded"]


class RefundForm(BaseModel):
    """A refund request, as the accountant types it."""

    amount_yuan: TypedYuan
    reason: Reason
