"""Vouchers from outside: the JSON objects of docs/api.md and the forms of our pages, as typed values."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from charity.aid.payees import PayeeKind
from charity.aid.vouchers import recipients
from charity.aid.vouchers.content import Content, Purpose
from charity.aid.vouchers.recipients import LISTED_MAX
from charity.aid.vouchers.verbs import REASON_MAX, RECIPIENTS_MAX
from charity.money import AMOUNT_MAX_FEN, parse_yuan
from charity.web import fields
from charity.web.messages import Needed

CODE_MAX = 64
LIST_MAX = 20_000
"""Characters of a typed list: more than its most names take."""
_COUNT = re.compile(r"[0-9]{1,7}")


def _yuan(value: Any) -> Any:
    return parse_yuan(value.strip()) if isinstance(value, str) else value


def _count(value: Any, info: ValidationInfo) -> Any:
    """The number typed beside a list: it may be left out, and must not be another one."""
    listed = len(recipients.codes(info.data.get("listed", "")))
    if not isinstance(value, str):
        return value
    if not value.strip():
        return listed
    if not _COUNT.fullmatch(value.strip()):
        raise ValueError("请填写人次，只用数字")
    if listed and int(value) != listed:
        raise ValueError("人次与名单的户（人）数不同；填了名单就不用填人次")
    return int(value)


def _who(value: Any) -> int | tuple[str, ...]:
    """A number of recipients, or a list of their codes."""
    if isinstance(value, list):
        if not all(isinstance(code, str) and len(code) <= CODE_MAX for code in value):
            raise ValueError("名单里的每一项是一个家庭或个人的编号")
        return tuple(recipients.normal(code) for code in value)
    if type(value) is not int:
        raise ValueError("请填写人次，或者家庭和个人编号的名单")
    if not 0 <= value <= RECIPIENTS_MAX:
        raise ValueError("人次从 0 到 1,000,000")
    return value


def _of_aid(value: str, info: ValidationInfo) -> str:
    """A programme: aid has one; what our own costs may not have is said by the verb."""
    if not value and info.data.get("purpose") == "aid":
        raise ValueError("请选择慈善项目")
    return value


def _text(longest: int, least: int = 1) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=longest)


Code = Annotated[str, _text(CODE_MAX)]
Reason = Annotated[str, _text(REASON_MAX), fields.AREA, Needed("请写明理由")]
Programme = Annotated[str, _text(CODE_MAX, 0), AfterValidator(_of_aid)]
Fund = Annotated[Code, Needed("请选择基金")]
Recipients = Annotated[int, BeforeValidator(_count), Field(ge=0, le=RECIPIENTS_MAX)]
_WHO = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": RECIPIENTS_MAX},
        {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": CODE_MAX}, "maxItems": LISTED_MAX},
    ]
}
Who = Annotated[Any, PlainValidator(_who), WithJsonSchema(_WHO)]
Listed = Annotated[str, _text(LIST_MAX, 0), fields.AREA]


class PayeeBody(BaseModel):
    """Who is paid."""

    model_config = ConfigDict(extra="forbid")

    kind: PayeeKind = Field(description="household 家庭、person 个人、institution 机构、supplier 供应商")
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


class VoucherForm(BaseModel):
    """The form of a voucher: the amount in yuan, the list of recipients as one text of codes."""

    purpose: Purpose = "aid"
    programme: Programme = Field("", validate_default=True)
    fund: Fund
    payee_kind: PayeeKind
    payee_code: Annotated[Code, Needed("请填写收款方编号")]
    amount_yuan: Annotated[int, BeforeValidator(_yuan)]
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


class ApproveForm(BaseModel):
    """The approve button: the hash that the page showed."""

    content_hash: str = ""


class ReasonForm(BaseModel):
    """The reason on a confirm page, and the hash of what the page showed."""

    reason: Reason
    content_hash: str = ""


Status = Literal["draft", "approving", "approved", "paid", "bounced", "delivered", "rejected", "cancelled"]
