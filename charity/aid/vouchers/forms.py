"""Vouchers from outside: the JSON objects of docs/api.md and the forms of decisions, as typed values."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from charity.aid.content import Content, Purpose
from charity.aid.fields import Code, Fund, Programme, Reason, Who
from charity.aid.payees import PayeeKind
from charity.money import AMOUNT_MAX_FEN
from charity.web import fields
from charity.web.list_filters import ListFilters


class VouchersQuery(ListFilters):
    """What of the vouchers is listed."""

    status: str = ""
    purpose: str = ""
    programme: str = ""
    fund: str = ""


class PayeeBody(BaseModel):
    """Who is paid."""

    model_config = ConfigDict(extra="forbid")

    kind: PayeeKind = Field(
        description="household 家庭、person 个人、institution 机构、supplier 供应商、branch 乡镇分会/联络站"
    )
    code: Code = Field(description="编号；个人为其内部编号", examples=["HH0001"])


class VoucherBody(BaseModel):
    """What is asked to be paid."""

    model_config = ConfigDict(extra="forbid")

    purpose: Purpose = Field("aid", description="aid 救助支出、administration 管理费用、fundraising 筹资费用")
    programme: Programme = Field("", validate_default=True, description="项目编号；费用没有项目", examples=["P03"])
    fund: Fund = Field(description="基金编号", examples=["F-GEN"])
    payee: PayeeBody
    amount_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分", examples=[200_000])
    recipients: Who = Field(
        0, description="受益人次；或受益家庭（编号）和个人（内部编号）的名单。采购物资时可为 0，费用没有", examples=[1]
    )
    reason: Reason = Field(description="事由，加密保存", examples=["住院自付部分较高"])

    def content(self) -> Content:
        """The values."""
        counted = isinstance(self.recipients, int)
        return Content(
            purpose=self.purpose,
            programme=self.programme or None,
            fund=self.fund,
            payee_kind=self.payee.kind,
            payee=self.payee.code,
            amount_fen=self.amount_fen,
            recipients=self.recipients if counted else len(self.recipients),
            listed=() if counted else self.recipients,
            reason=self.reason,
        )


class ApproveBody(BaseModel):
    """Agreeing to exactly one content."""

    model_config = ConfigDict(extra="forbid")

    content_hash: fields.ContentHash


class ReasonBody(BaseModel):
    """Why a voucher is returned, rejected or cancelled."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="理由；请不要写姓名、电话等个人信息", examples=["缺少发票"])
    content_hash: fields.ContentHash | None = None


class ApproveForm(BaseModel):
    """The approve button: the hash that the page showed."""

    content_hash: str = ""


class ReasonForm(BaseModel):
    """The reason on a confirm page, and the hash of what the page showed."""

    reason: Reason
    content_hash: str = ""


Status = Literal["draft", "approving", "approved", "paid", "bounced", "delivered", "rejected", "cancelled"]
