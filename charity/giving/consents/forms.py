"""Strings and JSON in, what is taken back out; or errors, each at its field."""

from datetime import date

from pydantic import BaseModel, Field

from charity.giving.copies.forms import ProofBody
from charity.giving.fields import Body, Reason
from charity.giving.kinds import Consent

WHAT = "要撤回的同意：name 公开姓名，amount 公开金额，contact 用联系方式联系"


class WhatForm(BaseModel):
    """What is taken back, from a page: a ticked box each."""

    name: bool = False
    amount: bool = False
    contact: bool = False

    def what(self) -> list[Consent]:
        """The ticked ones."""
        return [consent for consent in Consent if getattr(self, consent.value)]


class DeskForm(WhatForm):
    """The same at the desk, with how the giver asked for it."""

    reason: Reason


class WhatBody(Body):
    """What is taken back."""

    what: list[Consent] = Field(min_length=1, max_length=3, description=WHAT)


class GiverBody(ProofBody):
    """The same with the giver's proof."""

    what: list[Consent] = Field(min_length=1, max_length=3, description=WHAT)


class DeskBody(WhatBody):
    """The same at the desk."""

    reason: Reason = Field(description="捐赠人怎样提出的")


class WithdrawnAnswer(BaseModel):
    """What is published no more, from this day on."""

    withdrawn: list[Consent]
    on: date
