"""The JSON calls of fees (docs/api.md)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from charity.bank.fees import readers, verbs
from charity.bank.fees.verbs import REASON_MAX
from charity.ledger.writer import Answer
from charity.web import fields
from charity.web.api import Call, Endpoint
from charity.web.messages import Needed

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX),
    fields.AREA,
    Needed("请写明理由"),
]


class UndoForm(BaseModel):
    """Why a fee is taken back."""

    reason: Reason


class UndoBody(BaseModel):
    """Why a fee is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Reason, Field(description="理由，加密保存")]


class BookedAnswer(BaseModel):
    """A document and its entry."""

    number: str
    entry: str


class FeeAnswer(BaseModel):
    """A fee that a bank took."""

    number: str
    place: str
    on_day: str
    fen: int
    text: str = Field(description="认出它的字样")
    chart: str = Field(description="记入的科目")
    line: str = Field(description="银行流水的 key")
    reversed: bool


async def get(call: Call) -> FeeAnswer:
    """`GET /bank/fees/{number}`."""
    row = await readers.get(call.path["number"], by=call.by)
    named = {name: row[name] for name in FeeAnswer.model_fields if name != "reversed"}  # type: ignore[literal-required]
    return FeeAnswer(**named, reversed=row["reversal_seq"] is not None)


async def book(call: Call) -> Answer:
    """`POST /bank/lines/{key}/fee`."""
    return await verbs.book(call.path["key"], by=call.by, idem=call.idem("bank_fee.book"))


async def undo(call: Call) -> Answer:
    """`POST /bank/fees/{number}/reverse`."""
    body: UndoBody = call.body
    return await verbs.undo(call.path["number"], reason=body.reason, by=call.by, idem=call.idem("bank_fee.undo"))


endpoints = [
    Endpoint(
        "GET", "/bank/fees/{number}", get, permission="statement.read", answer=FeeAnswer, summary="一笔银行手续费"
    ),
    Endpoint(
        "POST",
        "/bank/lines/{key}/fee",
        book,
        permission="bank.match",
        answer=BookedAnswer,
        status=201,
        idempotent=True,
        summary="按规则把流水记为手续费",
    ),
    Endpoint(
        "POST",
        "/bank/fees/{number}/reverse",
        undo,
        permission="money.reverse",
        body=UndoBody,
        answer=BookedAnswer,
        status=201,
        idempotent=True,
        summary="冲销银行手续费",
    ),
]
