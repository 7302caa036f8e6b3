"""The form of a voucher and the search within it, as typed values."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from charity.aid import recipients
from charity.aid.content import Content, Purpose
from charity.aid.fields import Code, Fund, Listed, Programme, Reason, Recipients, yuan
from charity.aid.payees import PayeeKind
from charity.web.messages import Needed

QUERY_MAX = 100


class VoucherForm(BaseModel):
    """The form of a voucher: the amount in yuan, the list of recipients as one text of codes."""

    purpose: Purpose = "aid"
    programme: Programme = Field("", validate_default=True)
    fund: Fund
    payee_kind: PayeeKind
    payee_code: Annotated[Code, Needed("请填写收款方编号")]
    amount_yuan: Annotated[int, BeforeValidator(yuan)]
    listed: Listed = ""
    recipients: Recipients = Field("", validate_default=True)
    reason: Reason

    def content(self) -> Content:
        """The values."""
        return Content(
            purpose=self.purpose,
            programme=self.programme or None,
            fund=self.fund,
            payee_kind=self.payee_kind,
            payee=self.payee_code,
            amount_fen=self.amount_yuan,
            recipients=self.recipients,
            listed=tuple(recipients.codes(self.listed)),
            reason=self.reason,
        )


class QueryForm(BaseModel):
    """What a payee is looked up by, from within the form of a voucher."""

    payee_query: Annotated[str, StringConstraints(strip_whitespace=True, max_length=QUERY_MAX)] = ""
