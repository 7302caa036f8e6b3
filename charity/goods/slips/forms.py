"""What the pages and calls of slips take and answer."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from charity.goods.slips.verbs import REASON_MAX
from charity.web import fields
from charity.web.api import Query

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX), fields.AREA]


class ReasonBody(BaseModel):
    """Why a slip is reversed."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="冲销原因")
    content_hash: fields.ContentHash


class SlipLineAnswer(BaseModel):
    """A line of a slip: pieces in (+) or out (−) of one lot."""

    barcode: str
    lot: str
    quantity: int


class SlipAnswer(BaseModel):
    """A slip, without names; `content_hash` goes back when it is reversed."""

    number: str
    kind: Literal["intake", "issue", "reversal"]
    store: str
    effective_on: str
    seq: int
    reverses: str | None
    reversed_by: str | None
    pieces: int
    amount_fen: int | None
    lines: list[SlipLineAnswer]
    content_hash: str


class ReversalAnswer(BaseModel):
    """The reversing entry and its slip."""

    entry: str
    number: str


class ReasonForm(BaseModel):
    """Why the slip that was shown is reversed, from the page."""

    reason: Reason
    content_hash: str = ""


class SlipsQuery(Query):
    """What of the slips is listed."""

    model_config = ConfigDict(extra="ignore")

    store: str = ""
    kind: Literal["", "intake", "issue", "reversal"] = ""
    from_on: fields.DayText = ""
    to_on: fields.DayText = ""
    after: int | None = Field(None, ge=0, le=2**53 - 1)
