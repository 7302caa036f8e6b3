"""The JSON calls of vouchers (docs/api.md)."""

from typing import Any

from pydantic import BaseModel, Field

from charity.aid.content import Purpose
from charity.aid.models import RecipientKind
from charity.aid.payees import PayeeKind
from charity.aid.vouchers import approvals, readers, verbs
from charity.aid.vouchers.forms import ApproveBody, ReasonBody, Status, VoucherBody
from charity.clock import business_date
from charity.ledger import funds
from charity.ledger.writer import Answer
from charity.web.api import TEXT_MAX, Call, Endpoint, Page
from charity.web.list_filters import must_know


class MadeAnswer(BaseModel):
    """A draft. `fund_short`: the fund could not pay it today."""

    number: str
    status: Status
    content_hash: str
    fund_short: bool


class ChangedAnswer(MadeAnswer):
    """A changed voucher."""

    approvals: int
    needed: int


class ApprovedAnswer(BaseModel):
    """How many approvals are in force."""

    status: Status
    approvals: int
    needed: int


class StatusAnswer(BaseModel):
    """The status now."""

    status: Status


class PayeeAnswer(BaseModel):
    """Who is paid."""

    kind: PayeeKind
    code: str


class RecipientAnswer(BaseModel):
    """One who is listed as helped."""

    kind: RecipientKind
    code: str


class LineAnswer(BaseModel):
    """A voucher in a list. `listed`: its recipients are listed by code, so the number counts people, else visits."""

    number: str
    status: Status
    purpose: Purpose
    programme: str | None
    fund: str
    payee: PayeeAnswer
    amount_fen: int
    recipients: int
    listed: bool
    content_hash: str
    approvals: int
    needed: int
    made_on: str
    paid_on: str | None
    entry: str | None


class ChangeAnswer(BaseModel):
    """One thing that a change changed. `before` and `after` are null where only the fact is kept, as of free text."""

    what: str
    before: Any
    after: Any


class EditAnswer(BaseModel):
    """A change of the voucher."""

    at: str
    content_hash: str
    changes: list[ChangeAnswer]


class VoucherAnswer(LineAnswer):
    """A voucher whole. `content` is the canonical text whose SHA-256 is the content hash.

    `recipients_listed` names who is helped by code; none where `recipients` is a bare number of visits.
    """

    content: str
    reason: str
    recipients_listed: list[RecipientAnswer]
    edits: list[EditAnswer]


class ListAnswer(BaseModel):
    """A page of vouchers."""

    items: list[LineAnswer]
    next: str | None


class ListQuery(Page):
    """The filters of the list."""

    status: Status | None = None
    purpose: Purpose | None = None
    programme: str | None = Field(None, max_length=TEXT_MAX)
    fund: str | None = Field(None, max_length=TEXT_MAX)


_SAME = (
    "number", "status", "purpose", "programme", "fund", "amount_fen", "recipients", "content_hash", "paid_on", "entry",
)  # fmt: skip


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _SAME},
        "listed": bool(row["listed"]),
        "payee": {"kind": row["payee_kind"], "code": row["payee"]},
        "approvals": readers.count_of(row),
        "needed": verbs.APPROVALS_NEEDED,
        "made_on": business_date(row["made_at"]).isoformat(),
    }


async def listed(call: Call) -> dict[str, Any]:
    """`GET /aid/vouchers`."""
    q = call.query
    filters = readers.Filters(
        status=q.status or "",
        purpose=q.purpose or "",
        programme=q.programme or "",
        fund=q.fund or "",
        after=q.after or "",
        limit=q.limit,
    )
    must_know("programme", filters.programme, await funds.programme_names())
    must_know("fund", filters.fund, await funds.names())
    rows, following = await readers.page(filters, by=call.by)
    return {"items": [_line(row) for row in rows], "next": following}


async def read(call: Call) -> dict[str, Any]:
    """`GET /aid/vouchers/{number}`."""
    voucher = await readers.get(call.path["number"])
    return {
        **_line({**voucher.row, "listed": voucher.listed}),
        "content": voucher.row["content"],
        "reason": voucher.reason,
        "recipients_listed": [{"kind": one.kind, "code": one.code} for one in voucher.listed],
        "edits": [_edit(d) for d in voucher.decisions if d.decision == "edit"],
    }


def _edit(decision: readers.Decision) -> dict[str, Any]:
    changes = [{"what": what, "before": before, "after": after} for what, before, after in decision.changes]
    return {"at": decision.at, "content_hash": decision.content_hash, "changes": changes}


async def make(call: Call) -> Answer:
    """`POST /aid/vouchers`."""
    return await verbs.make(content=call.body.content(), by=call.by, idem=call.idem("voucher.make"))


async def edit(call: Call) -> Answer:
    """`PUT /aid/vouchers/{number}`."""
    return await verbs.edit(
        number=call.path["number"], content=call.body.content(), by=call.by, idem=call.idem("voucher.edit")
    )


async def cancel(call: Call) -> Answer:
    """`POST /aid/vouchers/{number}/cancel`."""
    return await verbs.cancel(
        number=call.path["number"],
        reason=call.body.reason,
        content_hash=call.body.content_hash,
        by=call.by,
        idem=call.idem("voucher.cancel"),
    )


async def approve(call: Call) -> Answer:
    """`POST /aid/vouchers/{number}/approve`."""
    return await approvals.approve(
        number=call.path["number"], content_hash=call.body.content_hash, by=call.by, idem=call.idem("voucher.approve")
    )


async def send_back(call: Call) -> Answer:
    """`POST /aid/vouchers/{number}/return`."""
    return await approvals.send_back(
        number=call.path["number"],
        reason=call.body.reason,
        content_hash=call.body.content_hash,
        by=call.by,
        idem=call.idem("voucher.return"),
    )


async def reject(call: Call) -> Answer:
    """`POST /aid/vouchers/{number}/reject`."""
    return await approvals.reject(
        number=call.path["number"],
        reason=call.body.reason,
        content_hash=call.body.content_hash,
        by=call.by,
        idem=call.idem("voucher.reject"),
    )


_ONE = "/aid/vouchers/{number}"
endpoints = [
    Endpoint(
        "GET",
        "/aid/vouchers",
        listed,
        permission="voucher.read",
        answer=ListAnswer,
        params=ListQuery,
        summary="拨付审批单列表",
    ),
    Endpoint(
        "POST",
        "/aid/vouchers",
        make,
        permission="voucher.make",
        body=VoucherBody,
        answer=MadeAnswer,
        status=201,
        summary="制单@api",
    ),
    Endpoint("GET", _ONE, read, permission="voucher.read", answer=VoucherAnswer, summary="一张拨付审批单"),
    Endpoint(
        "PUT", _ONE, edit, permission="voucher.make", body=VoucherBody, answer=ChangedAnswer, summary="修改未批准的单"
    ),
    Endpoint(
        "POST",
        f"{_ONE}/approve",
        approve,
        permission="voucher.approve",
        body=ApproveBody,
        answer=ApprovedAnswer,
        summary="同意所见内容",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/return",
        send_back,
        permission="voucher.approve",
        body=ReasonBody,
        answer=StatusAnswer,
        summary="退回经办人@api",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/reject",
        reject,
        permission="voucher.approve",
        body=ReasonBody,
        answer=StatusAnswer,
        summary="驳回@api",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/cancel",
        cancel,
        permission="voucher.make",
        body=ReasonBody,
        answer=StatusAnswer,
        summary="取消@api",
    ),
]
