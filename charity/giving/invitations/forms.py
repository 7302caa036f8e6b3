"""Strings and JSON in, the facts of an invitation out; or errors, each at its field."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from charity.giving.fields import Body
from charity.giving.invitations import NOTE_MAX
from charity.web.fields import Day


class InvitationForm(Body):
    """An invitation to be made, by page and by call."""

    expires_on: Day
    note: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX), Field(description="给谁的，加密保存")
    ] = ""


class MadeAnswer(BaseModel):
    """A new invitation; its address is answered this once."""

    key: str
    address: str


class InvitationAnswer(BaseModel):
    """An invitation as staff lists it."""

    key: str
    note: str
    expires_on: str
    made_at: str
    withdrawn_at: str | None
    state: Literal["good", "expired", "withdrawn"]


class InvitationList(BaseModel):
    """The invitations of a campaign."""

    items: list[InvitationAnswer]


class WithdrawnAnswer(BaseModel):
    """What withdrawing answers."""

    campaign: str
    state: Literal["withdrawn"]
