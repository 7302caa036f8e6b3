"""Payment vouchers: made, changed and cancelled by their maker (field.md 1.3, 拨付).

    draft -> approving -> approved -> paid          approvals.py, payments/
      ^---- returned or changed ----'   | rejected, cancelled

Always true: the content and its hash are one; a change of anything in the content takes all
approvals back and the voucher is a draft again; the history of decisions is kept. All verbs go through
the writer, so that two decisions about one voucher never cross.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from charity import clock, tokens
from charity.aid import payees, rules
from charity.aid.models import APPROVAL, VOUCHER, VoucherApprovalRow, VoucherRow
from charity.aid.payees import Payee
from charity.aid.vouchers import recipients
from charity.aid.vouchers.content import VERSION, Content, must_be, written
from charity.aid.vouchers.recipients import Recipient
from charity.db import sealed
from charity.errors import FieldError, Refusal, unreadable
from charity.ledger import funds, numbers, plans
from charity.ledger import rules as books
from charity.ledger.content import hashed
from charity.ledger.loading import Loader
from charity.ledger.memory import Fund
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor
from charity.words import Term

PREFIX, SERIES = "BF", "voucher"
APPROVALS_NEEDED = 2
RECIPIENTS_MAX = 1_000_000
REASON_MAX = 500
STATUS_WORDS = {
    "draft": "草稿",
    "approving": "审批中",
    "approved": "已批准",
    "paid": "已付款",
    "bounced": "已退汇",
    "delivered": "已签收",
    "rejected": "已驳回",
    "cancelled": "已取消",
}
PURPOSE_WORDS: dict[str, str] = {"aid": "救助支出", "administration": "管理费用", "fundraising": "筹资费用"}
OPEN = frozenset({"draft", "approving"})
UNPAID = OPEN | {"approved"}


async def make(*, content: Content, by: Actor, idem: Idem | None = None) -> Answer:
    """Make a draft: `{number, status, content_hash, fund_short}`.

    `fund_short` warns that the fund's stream could not pay it today; it is refused only when it is paid.
    """
    by.must("voucher.make")
    looked_up = await _looked_up(content, by)
    year = clock.today().year
    salt = tokens.key16()

    def decide(state: State) -> Answer:
        named = _allowed(state, content, looked_up)
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        text = written(number, content, named.payee, salt, named.keys)
        row = VoucherRow(
            number=number,
            year=year,
            status="draft",
            **_columns(number, content, salt, text),
            approvals="[]",
            maker=by.key,
            made_at=state.now,
            changed_at=state.now,
            returned_at=None,
            payer=None,
            paid_on=None,
            paid_at=None,
            paid_from=None,
            channel_ref=None,
            entry=None,
            entry_seq=None,
        )
        state.add(VOUCHER, row)
        recipients.keep(state, number, row["content_hash"], named.listed)
        short = state.available(content.fund) < content.amount_fen
        return Answer(
            201, {"number": number, "status": "draft", "content_hash": row["content_hash"], "fund_short": short}
        )

    wants = Wants(funds=[content.fund], series=[(SERIES, year)])
    return await submit(Command(decide, wants, idem))


async def edit(*, number: str, content: Content, by: Actor, idem: Idem | None = None) -> Answer:
    """Change a draft or one in approval: `{number, status, content_hash, approvals, needed, fund_short}`.

    The maker alone may. Saving without a change keeps the approvals, and answers a return.
    """
    by.must("voucher.make")
    looked_up = await _looked_up(content, by)
    fresh_salt = tokens.key16()
    decision = tokens.key16()

    def decide(state: State, row: VoucherRow) -> Answer:
        if row["maker"] != by.key:
            raise rules.NOT_MAKER()
        if row["status"] not in OPEN:
            raise rules.NOT_EDITABLE(number=number)
        named = _allowed(state, content, looked_up)
        short = state.available(content.fund) < content.amount_fen
        if _says(row, content, named):
            state.change(VOUCHER, number, returned_at=None)
            return Answer(200, {**_answer(row), "fund_short": short})
        text = written(number, content, named.payee, fresh_salt, named.keys)
        clear(state, row)
        columns = _columns(number, content, fresh_salt, text)
        recipients.keep(state, number, columns["content_hash"], named.listed)
        state.change(VOUCHER, number, **columns, status="draft", approvals="[]", changed_at=state.now, returned_at=None)
        remember(state, decision, number, by, "edit", columns["content_hash"])
        return Answer(200, {**_answer(stored(state, number)), "fund_short": short})

    wants = Wants(funds=[content.fund], rows=[(VOUCHER, number)])
    return await submit(Command(decide, wants, idem, load=with_approvals(number)))


async def cancel(
    *, number: str, reason: str, by: Actor, content_hash: str | None = None, idem: Idem | None = None
) -> Answer:
    """Give a voucher up before it is paid: `{status: "cancelled"}`. The maker alone may.

    With a `content_hash` (our pages always send it) only while the content is the one that was shown.
    """
    by.must("voucher.make")
    decision = tokens.key16()

    def decide(state: State, row: VoucherRow) -> Answer:
        if row["maker"] != by.key:
            raise rules.NOT_MAKER()
        if content_hash is not None:
            must_be(row, content_hash)
        if row["status"] not in UNPAID:
            raise rules.NOT_CANCELLABLE(number=number)
        clear(state, row)
        state.change(VOUCHER, number, status="cancelled", approvals="[]", returned_at=None)
        remember(state, decision, number, by, "cancel", row["content_hash"], reason)
        return Answer(200, {"status": "cancelled"})

    wants = Wants(rows=[(VOUCHER, number)])
    return await submit(Command(decide, wants, idem, load=with_approvals(number)))


# -- what the verbs share ----------------------------------------------------------------------------


def stored(state: State, number: str) -> VoucherRow:
    """The voucher's row as it is in the batch, or the refusal voucher.unknown."""
    row = state.row(VOUCHER, number)
    if row is None:
        raise rules.VOUCHER_UNKNOWN(number=number)
    return row


def approvals_in_force(row: Mapping[str, Any]) -> dict[str, str]:
    """The approvals in force: approver's account to the key of the approval."""
    return dict(json.loads(row["approvals"]))


def with_approvals(number: str) -> Callable[[Loader], Awaitable[VoucherRow]]:
    """A `Command.load` that names the approvals in force, so that they can be cleared; the fact is the voucher."""

    async def load(loader: Loader) -> VoucherRow:
        row = stored(loader.state, number)
        await loader.stored(APPROVAL, list(approvals_in_force(row).values()))
        return row

    return load


def clear(state: State, row: VoucherRow) -> None:
    """Take all approvals back; their rows stay as history."""
    for key in approvals_in_force(row).values():
        state.change(APPROVAL, key, cleared_at=state.now)


def remember(
    state: State, key: str, number: str, by: Actor, decision: str, content_hash: str, reason: str = ""
) -> None:
    """Add a decision to the history of a voucher."""
    row = VoucherApprovalRow(
        key=key,
        voucher=number,
        account=by.key,
        decision=decision,
        content_hash=content_hash,
        reason=sealed.seal("voucher_approval", "reason", key, reason),
        at=state.now,
        cleared_at=None,
    )
    state.add(APPROVAL, row)


def _answer(row: VoucherRow) -> dict[str, Any]:
    return {
        "number": row["number"],
        "status": row["status"],
        "content_hash": row["content_hash"],
        "approvals": len(approvals_in_force(row)),
        "needed": APPROVALS_NEEDED,
    }


class _Columns(TypedDict):
    """The columns of a voucher that its content fills."""

    purpose: str
    programme: str | None
    fund: str
    payee_kind: str
    payee: str
    amount_fen: int
    recipients: int
    reason: bytes
    salt: str
    content: str
    content_hash: str


def _columns(number: str, content: Content, salt: str, text: str) -> _Columns:
    reason = sealed.seal("voucher", "reason", number, content.reason)
    assert reason is not None, "a voucher has its reason"
    return _Columns(
        purpose=content.purpose,
        programme=content.programme,
        fund=content.fund,
        payee_kind=content.payee_kind,
        payee=content.payee,
        amount_fen=content.amount_fen,
        recipients=content.recipients,
        reason=reason,
        salt=salt,
        content=text,
        content_hash=hashed(text),
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """What a content names, as it was found before the writer: the payee, and who is listed as helped."""

    payee: Payee
    listed: Sequence[Recipient] = ()

    @property
    def keys(self) -> list[str]:
        """Who is listed, by key."""
        return [one.key for one in self.listed]


def _says(row: VoucherRow, content: Content, named: _Named) -> bool:
    """Whether the voucher's stored text says this already, in the version in which it was written."""
    version = json.loads(row["content"])["v"]
    if version < VERSION and (content.is_cost or named.listed):
        return False  # the old version has no words for it
    return written(row["number"], content, named.payee, row["salt"], named.keys, version) == row["content"]


def _allowed(state: State, content: Content, looked_up: _Named | Refusal) -> _Named:
    """What was found; refuses what was found wrong beforehand, an unknown fund, and one that may not pay this (I8).

    Refusing here and not before the writer lets a known idempotency key answer as it did. The fund's
    stream is looked at when the voucher is paid.
    """
    if isinstance(looked_up, Refusal):
        raise looked_up
    fund = state.fund(content.fund)
    if content.is_cost:
        _must_bear(fund, content.purpose)
    elif content.programme and not fund.allows(content.programme):
        raise books.FUND_NOT_FOR(fund=content.fund, programme=content.programme)
    return looked_up


def _must_bear(fund: Fund, purpose: str) -> None:
    """Which fund may pay our own costs: none of somebody else's money, no restricted one without a plan for it."""
    if fund.kind == "agency":
        raise rules.COST_OF_AGENCY(fund=fund.code)
    if fund.kind == "restricted" and fund.plan is None:
        raise rules.COST_OF_RESTRICTED(fund=fund.code)
    if not plans.bears(fund.kind, fund.plan, purpose):
        raise books.FUND_NO_COST(fund=fund.code, purpose=Term(plans.PURPOSES[purpose]))


async def _looked_up(content: Content, by: Actor) -> _Named | Refusal:
    """The payee and who is listed, or why this content cannot be asked for."""
    errors = _misfits(content)
    if errors:
        return unreadable(*errors)
    if content.programme and not await funds.programme_names([content.programme]):
        return rules.PROGRAMME_UNKNOWN(programme=content.programme)
    if content.recipients < 1 and content.payee_kind != "supplier" and not content.is_cost:
        return rules.RECIPIENTS_MISSING()
    try:
        payee = await payees.find(content.payee_kind, content.payee, by=by)
        listed = await recipients.find(content.listed, by=by)
    except Refusal as refusal:
        return refusal
    return _Named(payee, listed) if payee.open else rules.PAYEE_CLOSED(payee=payee.code)


def _misfits(content: Content) -> list[FieldError]:
    """What does not go with the purpose: aid has a programme, our own costs have none and help nobody."""
    if not content.is_cost:
        if not content.programme:
            return [FieldError("programme", "请选择慈善项目")]
        assert not content.listed or content.recipients == len(content.listed), "a list is counted"
        return []
    errors = []
    if content.programme:
        errors.append(FieldError("programme", "费用不属于慈善项目，请不要选项目"))
    if content.payee_kind == "household":
        errors.append(FieldError("payee.kind", "费用付给机构、供应商或个人，不付给家庭"))
    if content.recipients or content.listed:
        errors.append(FieldError("recipients", "费用没有受益人，请不要填人数和名单"))
    return errors
