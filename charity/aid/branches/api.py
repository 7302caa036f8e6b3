"""The JSON calls of money at branches (docs/api.md)."""

from typing import Any

from pydantic import BaseModel

from charity.aid.branches import readers, returns
from charity.aid.branches.forms import ReturnBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


class AdvanceAnswer(BaseModel):
    """A payment to a branch; `open_fen` is what it still has: no roster accounts for it, and it did not come back."""

    voucher: str
    branch: str
    fund: str
    programme: str
    paid_on: str
    amount_fen: int
    rostered_fen: int
    returned_fen: int
    open_fen: int


class AdvanceList(BaseModel):
    """Those that wait for rosters, oldest first, at most 200: what is settled makes room for the next."""

    items: list[AdvanceAnswer]


class ReturnedAnswer(BaseModel):
    """What came back, and its entry."""

    number: str
    entry: str


async def waiting(call: Call) -> dict[str, Any]:  # noqa: ARG001 - all who may read see all
    """`GET /aid/advances`."""
    return {"items": [_advance(row) for row in await readers.waiting_advances()]}


async def read_advance(call: Call) -> dict[str, Any]:
    """`GET /aid/advances/{voucher}`."""
    return _advance((await readers.advance(call.path["voucher"])).row)


def _advance(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in AdvanceAnswer.model_fields}


async def give_back(call: Call) -> Answer:
    """`POST /aid/advances/{voucher}/return`."""
    return await returns.give_back(
        voucher=call.path["voucher"], **call.body.model_dump(), by=call.by, idem=call.idem("branch.return")
    )


_ADVANCE = "/aid/advances/{voucher}"
endpoints = [
    Endpoint("GET", "/aid/advances", waiting, permission="voucher.read", answer=AdvanceList, summary="待交花名册"),
    Endpoint("GET", _ADVANCE, read_advance, permission="voucher.read", answer=AdvanceAnswer, summary="一笔预拨"),
    Endpoint(
        "POST",
        f"{_ADVANCE}/return",
        give_back,
        permission="voucher.pay",
        body=ReturnBody,
        answer=ReturnedAnswer,
        status=201,
        idempotent=True,
        summary="登记分会退回的款",
    ),
]
