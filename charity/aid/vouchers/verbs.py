"""Payment vouchers: made, changed and cancelled by their maker (field.md 1.3, 拨付).

    draft -> approving -> approved -> paid          approvals.py, payments/
      ^---- returned or changed ----'   | rejected, cancelled

Always true: the content and its hash are one; a change of anything in the content takes all
approvals back and the voucher is a draft again; the history of decisions is kept. All verbs go through
the writer, so that two decisions about one voucher never cross.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypedDict

from charity import clock, tokens
from charity.aid import changes, naming, recipients, rules
from charity.aid.content import VERSION, Content, must_be, written
from charity.aid.models import APPROVAL, VOUCHER, VoucherApprovalRow, VoucherRow
from charity.aid.naming import Named
from charity.aid.status import OPEN, UNPAID
from charity.db import sealed
from charity.ledger import numbers
from charity.ledger.content import hashed
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

PREFIX, SERIES = "BF", "voucher"
APPROVALS_NEEDED = 2


async def make(*, content: Content, by: Actor, idem: Idem | None = None) -> Answer:
    """Make a draft: `{number, status, content_hash, fund_short}`.

    `fund_short` warns that the fund's stream could not pay it today; it is refused only when it is paid.
    """
    by.must("voucher.make")
    looked_up = await naming.look_up(content, by)
    year = clock.today().year
    salt = tokens.key16()

    def decide(state: State) -> Answer:
        named = naming.allowed(state, content, looked_up)
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
    looked_up = await naming.look_up(content, by)
    fresh_salt = tokens.key16()
    decision = tokens.key16()

    def decide(state: State, row: VoucherRow) -> Answer:
        if row["maker"] != by.key:
            raise rules.NOT_MAKER()
        if row["status"] not in OPEN:
            raise rules.NOT_EDITABLE(number=number)
        named = naming.allowed(state, content, looked_up)
        short = state.available(content.fund) < content.amount_fen
        if _says(row, content, named):
            state.change(VOUCHER, number, returned_at=None)
            return Answer(200, {**_answer(row), "fund_short": short})
        text = written(number, content, named.payee, fresh_salt, named.keys)
        changed = changes.written(changes.between(row, content, named.payee, named.keys))
        clear(state, row)
        columns = _columns(number, content, fresh_salt, text)
        recipients.keep(state, number, columns["content_hash"], named.listed)
        state.change(VOUCHER, number, **columns, status="draft", approvals="[]", changed_at=state.now, returned_at=None)
        remember(state, decision, number, by, "edit", columns["content_hash"], changed=changed)
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
    state: State,
    key: str,
    number: str,
    by: Actor,
    decision: str,
    content_hash: str,
    reason: str = "",
    changed: str = "",
) -> None:
    """Add a decision to the history of a voucher."""
    row = VoucherApprovalRow(
        key=key,
        voucher=number,
        account=by.key,
        decision=decision,
        content_hash=content_hash,
        reason=sealed.seal("voucher_approval", "reason", key, reason),
        changes=sealed.seal("voucher_approval", "changes", key, changed),
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


def _says(row: VoucherRow, content: Content, named: Named) -> bool:
    """Whether the voucher's stored text says this already, in the version in which it was written."""
    version = json.loads(row["content"])["v"]
    if version < VERSION and (content.is_cost or named.listed):
        return False  # the old version has no words for it
    return written(row["number"], content, named.payee, row["salt"], named.keys, version) == row["content"]
