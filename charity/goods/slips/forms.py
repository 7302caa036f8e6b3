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


class ReversalAnswer(BaseModel):
    """The reversing entry and its slip."""

    entry: str
    number: str


class ReasonForm(BaseModel):
    """Why a slip is reversed, from the page."""

    reason: Reason


class SlipsQuery(Query):
    """What of the slips is listed."""

    model_config = ConfigDict(extra="ignore")

    store: str = ""
    kind: Literal["", "intake", "issue", "reversal"] = ""
    from_on: fields.DayText = ""
    to_on: fields.DayText = ""
    after: int | None = Field(None, ge=0, le=2**53 - 1)
