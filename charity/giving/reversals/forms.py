"""Strings and JSON in, a typed step of a correction out; or errors, each at its field."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from charity.giving.fields import Body, Reason, Ref
from charity.web.fields import ContentHash


class ReverseBody(Body):
    """Why a gift has to be corrected."""

    reason: Reason = Field(description="登记错在哪里")


class ReverseAnswer(BaseModel):
    """A correction that was requested."""

    number: str
    status: Literal["requested"]
    content_hash: str


class ReversalBody(Body):
    """Agreeing to what was shown."""

    content_hash: ContentHash


class ReversedAnswer(BaseModel):
    """The correcting entry."""

    entry: str


class ReverseForm(BaseModel):
    """Why a gift has to be corrected, from the page."""

    reason: Reason


class ApproveForm(BaseModel):
    """Agreeing to what the page shows."""

    content_hash: str = ""


class RejectForm(BaseModel):
    """Why a request is turned down."""

    reason: Reason
    content_hash: str = ""


class ReversalsQuery(BaseModel):
    """What of the corrections is listed."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["", "requested", "approved", "rejected"] = ""
    number: Ref = ""
    after: str = ""
