"""Transfers from outside: the JSON body and the cashier's form, as a typed `Transfer`."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.errors import FieldError, unreadable
from charity.finance import rules
from charity.finance.fields import CODE_MAX, Code, Fen, Reason, typed_fen, typed_yuan
from charity.finance.models import TransferKind
from charity.finance.transfers.verbs import FUNDS_MAX, Transfer, kind_of
from charity.ledger import places
from charity.money import AMOUNT_MAX_FEN
from charity.plain import plain
from charity.web import forms
from charity.web.fields import ContentHash, Day
from charity.web.messages import Needed

REF_MAX = 64
Place = Annotated[Code, Needed("请选择资金存放处")]
Ref = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REF_MAX)]


class LineBody(BaseModel):
    """What one fund moves."""

    model_config = ConfigDict(extra="forbid")

    fund: Code = Field(description="基金编号", examples=["F-GEN"])
    amount_fen: Fen


class TransferBody(BaseModel):
    """Money that moved."""

    model_config = ConfigDict(extra="forbid")

    kind: TransferKind = Field(
        description="deposit 现金存入银行，withdrawal 提现，between 银行之间，settlement 平台结算"
    )
    source: Place = Field(alias="from", description="转出的资金存放处", examples=["1009/WECHAT"])
    target: Place = Field(alias="to", description="转入的资金存放处", examples=["1002/ICBC-01"])
    on: Day = Field(description="办理日期", examples=["2026-11-26"])
    channel_ref: Ref = Field("", description="银行回单号，必填；每个只能用一次")
    lines: list[LineBody] = Field(min_length=1, max_length=FUNDS_MAX)
    fee_fen: int = Field(0, ge=0, le=AMOUNT_MAX_FEN, description="平台扣下的手续费，由总会统筹资金（非限定性）承担")

    async def transfer(self) -> Transfer:
        """The values; refuses places that are none."""
        return Transfer(
            kind=self.kind,
            source=await places.get(self.source, field="from"),
            target=await places.get(self.target, field="to"),
            on=self.on,
            lines=tuple((line.fund, line.amount_fen) for line in self.lines),
            fee_fen=self.fee_fen,
            channel_ref=self.channel_ref,
        )


class NewQuery(BaseModel):
    """From where money leaves; with `all` the form has all that lies there, agency money apart."""

    model_config = ConfigDict(extra="ignore")

    source: str = Field("", max_length=CODE_MAX)
    all: str = Field("", max_length=1)


class TransferAnswer(BaseModel):
    """A slip and its entry."""

    number: str = Field(examples=["ZZ-2026-000001"])
    entry: str


class ReverseBody(BaseModel):
    """Why a slip is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    content_hash: ContentHash


class ReasonForm(BaseModel):
    """The same from the page."""

    reason: Reason
    content_hash: str = ""


class SlipAnswer(BaseModel):
    """A slip; `content_hash` goes back when it is reversed."""

    number: str = Field(examples=["ZZ-2026-000001"])
    kind: TransferKind
    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    on: str
    channel_ref: str
    lines: list[LineBody]
    amount_fen: int
    fee_fen: int
    reversed: bool
    content_hash: str


def _fee(value: Any) -> Any:
    none = isinstance(value, str) and plain(value) in {"", "0", "0.00"}
    return 0 if none else typed_yuan(value)


class TransferForm(BaseModel):
    """The fixed fields of the cashier's form; the funds' amounts are numbered (`lines`)."""

    source: Place
    target: Place
    on: Annotated[Day, Needed("请填写办理日期")]
    channel_ref: Ref = ""
    fee_yuan: Annotated[int, BeforeValidator(_fee)] = 0
    step: Literal["review", "change", "confirm"] = "review"
    content_hash: str = Field("", max_length=64)

    async def transfer(self, data: forms.Data) -> Transfer:
        """The values; its kind follows from the places."""
        source = await places.get(self.source, field="from")
        target = await places.get(self.target, field="to")
        kind = kind_of(source, target)
        if kind is None:
            raise rules.TRANSFER_NO_WAY(source=source, target=target)
        return Transfer(
            kind=kind,
            source=source,
            target=target,
            on=self.on,
            lines=lines(data),
            fee_fen=self.fee_yuan,
            channel_ref=self.channel_ref,
        )


def lines(data: forms.Data) -> tuple[tuple[str, int], ...]:
    """The funds with an amount: `fund.0`, `amount.0`, … ; what cannot be read is refused at its field."""
    readable: list[tuple[str, int]] = []
    wrong: list[FieldError] = []
    for n in range(FUNDS_MAX):
        fund, amount = forms.text(data, f"fund.{n}").strip(), forms.text(data, f"amount.{n}").strip()
        if not fund or not amount:
            continue
        readable.append((fund[:CODE_MAX], typed_fen(amount, f"amount.{n}", wrong)))
    if wrong:
        raise unreadable(*wrong)
    return tuple(readable)


def read(data: forms.Data) -> TransferForm:
    """The fixed fields; the texts of all fields are judged."""
    forms.read(forms.Numbered, data)
    return forms.read(TransferForm, data)
