"""Approving, returning and rejecting a voucher.

Always true: an approval is given over the content hash that the approver was shown; the same account
counts once; the maker never approves. With the last approval that is needed the voucher is approved.
"""

import json

from charity import tokens
from charity.aid import rules
from charity.aid.content import must_be, same_payee
from charity.aid.models import VOUCHER, VoucherRow
from charity.aid.status import OPEN, UNPAID
from charity.aid.vouchers.readers import payee_now
from charity.aid.vouchers.verbs import (
    APPROVALS_NEEDED,
    approvals_in_force,
    clear,
    remember,
    stored,
    with_approvals,
)
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor


async def approve(*, number: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Agree to the content with this hash: `{status, approvals, needed}`."""
    by.must("voucher.approve")
    payee = await payee_now(number)
    key = tokens.key16()

    def decide(state: State) -> Answer:
        row = stored(state, number)
        approved = approvals_in_force(row)
        if row["maker"] == by.key:
            raise rules.OWN_VOUCHER()
        must_be(row, content_hash)
        if by.key in approved:
            raise rules.APPROVED_ALREADY()
        if row["status"] not in OPEN:
            raise rules.NOT_APPROVABLE(number=number)
        if not same_payee(row["content"], payee, row["salt"]):
            raise rules.PAYEE_CHANGED()
        pairs = json.dumps([*map(list, approved.items()), [by.key, key]])
        count = len(approved) + 1
        status = "approved" if count >= APPROVALS_NEEDED else "approving"
        state.change(VOUCHER, number, status=status, approvals=pairs, returned_at=None)
        remember(state, key, number, by, "approve", content_hash)
        return Answer(200, {"status": status, "approvals": count, "needed": APPROVALS_NEEDED})

    return await submit(Command(decide, Wants(rows=[(VOUCHER, number)]), idem))


async def send_back(
    *, number: str, reason: str, by: Actor, content_hash: str | None = None, idem: Idem | None = None
) -> Answer:
    """Return a voucher to its maker with a reason: `{status: "draft"}`; its approvals are taken back.

    With a `content_hash` (our pages always send it) only while the content is the one that was shown.
    """
    return await _against("return", "draft", number, reason, by, content_hash, idem)


async def reject(
    *, number: str, reason: str, by: Actor, content_hash: str | None = None, idem: Idem | None = None
) -> Answer:
    """Reject a voucher for good, with a reason: `{status: "rejected"}`. `content_hash` as in `send_back`."""
    return await _against("reject", "rejected", number, reason, by, content_hash, idem)


async def _against(
    decision: str, status: str, number: str, reason: str, by: Actor, content_hash: str | None, idem: Idem | None
) -> Answer:
    by.must("voucher.approve")
    key = tokens.key16()

    def decide(state: State, row: VoucherRow) -> Answer:
        if row["maker"] == by.key:
            raise rules.OWN_VOUCHER()
        if content_hash is not None:
            must_be(row, content_hash)
        if row["status"] not in UNPAID:
            raise rules.NOT_RETURNABLE(number=number)
        clear(state, row)
        returned_at = state.now if decision == "return" else None
        state.change(VOUCHER, number, status=status, approvals="[]", returned_at=returned_at)
        remember(state, key, number, by, decision, row["content_hash"], reason)
        return Answer(200, {"status": status})

    return await submit(Command(decide, Wants(rows=[(VOUCHER, number)]), idem, load=with_approvals(number)))
