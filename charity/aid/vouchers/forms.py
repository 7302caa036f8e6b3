"""Vouchers from outside: the JSON objects of docs/api.md and the forms of our pages, as typed values."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.aid.payees import PayeeKind
from charity.aid.vouchers.content import Content
from charity.aid.vouchers.verbs import REASON_MAX, RECIPIENTS_MAX
from charity.money import AMOUNT_MAX_FEN, parse_yuan
from charity.web import fields
from charity.web.messages import Needed

CODE_MAX = 64
_COUNT = re.compile(r"[0-9]{1,7}")


def _yuan(value: Any) -> Any:
    return parse_yuan(value.strip()) if isinstance(value, str) else value


def _count(value: Any) -> Any:
    if isinstance(value, str):
        if not _COUNT.fullmatch(value.strip()):
            raise ValueError("请填写人数，只用数字")
        return int(value)
    return value


def _text(longest: int, least: int = 1) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=longest)


Code = Annotated[str, _text(CODE_MAX)]
Reason = Annotated[str, _text(REASON_MAX), fields.AREA, Needed("请写明理由")]
Programme = Annotated[Code, Needed("请选择慈善项目")]
Fund = Annotated[Code, Needed("请选择基金")]
Recipients = Annotated[int, Field(ge=0, le=RECIPIENTS_MAX)]


class PayeeBody(BaseModel):
    """Who is paid."""

    model_config = ConfigDict(extra="forbid")

    kind: PayeeKind = Field(description="household 家庭、person 个人、institution 机构、supplier 供应商")
    code: Code = Field(description="编号；个人为其内部编号", examples=["HH0001"])


class VoucherBody(BaseModel):
    """What is asked to be paid."""

    model_config = ConfigDict(extra="forbid")

    programme: Programme = Field(description="项目编号", examples=["P03"])
    fund: Fund = Field(description="基金编号", examples=["F-GEN"])
    payee: PayeeBody
    amount_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分", examples=[200_000])
    recipients: Recipients = Field(description="受益人数；采购物资时可为 0", examples=[1])
    reason: Reason = Field(description="事由，加密保存", examples=["住院自付部分较高"])

    def content(self) -> Content:
        """The values."""
        return Content(
            programme=self.programme,
            fund=self.fund,
            payee_kind=self.payee.kind,
            payee=self.payee.code,
            amount_fen=self.amount_fen,
            recipients=self.recipients,
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


class VoucherForm(BaseModel):
    """The form of a voucher: the amount in yuan."""

    programme: Programme
    fund: Fund
    payee_kind: PayeeKind
    payee_code: Annotated[Code, Needed("请填写收款方编号")]
    amount_yuan: Annotated[int, BeforeValidator(_yuan)]
    recipients: Annotated[Recipients, BeforeValidator(_count)]
    reason: Reason

    def content(self) -> Content:
        """The values."""
        return Content(
            programme=self.programme,
            fund=self.fund,
            payee_kind=self.payee_kind,
            payee=self.payee_code,
            amount_fen=self.amount_yuan,
            recipients=self.recipients,
            reason=self.reason,
        )


class ApproveForm(BaseModel):
    """The approve button: the hash that the page showed."""

    content_hash: str = ""


class ReasonForm(BaseModel):
    """The reason on a confirm page, and the hash of what the page showed."""

    reason: Reason
    content_hash: str = ""


Status = Literal["draft", "approving", "approved", "paid", "bounced", "delivered", "rejected", "cancelled"]
