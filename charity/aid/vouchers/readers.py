"""Vouchers as staff read them: lists, one voucher whole.

Names come from their rooms at the moment of reading; the list is paged by number, newest first.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from charity import clock
from charity.aid import changes, payees, recipients, rules, seeking
from charity.aid.changes import Change
from charity.aid.payees import Payee
from charity.aid.recipients import Recipient
from charity.aid.status import OPEN, UNPAID
from charity.aid.vouchers.verbs import approvals_in_force
from charity.db import reading, sealed
from charity.db.paging import Where
from charity.ledger import funds, journal_vouchers, places
from charity.office import staff
from charity.roles import Actor

LIMIT = 50
OPEN_FILTER = "open"
_LISTED = (
    "number, status, purpose, programme, fund, payee_kind, payee, amount_fen, recipients, content_hash, approvals, "
    "maker, made_at, changed_at, returned_at, paid_on, entry, "
    "EXISTS (SELECT 1 FROM voucher_recipient r WHERE r.content_hash = voucher.content_hash) AS listed"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list shows. `status` may be `open`: drafts and those in approval. "" is any."""

    status: str = ""
    purpose: str = ""
    programme: str = ""
    fund: str = ""
    maker: str = ""
    name: str = ""
    amounts: tuple[int, int] | None = None
    bank: str = ""
    from_on: str = ""
    to_on: str = ""
    after: str = ""
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about a voucher; `in_force` is False for an approval that a later change took back."""

    account: str
    name: str
    decision: str
    reason: str
    at: str
    content_hash: str
    in_force: bool
    changes: tuple[Change, ...] = ()
    """What an edit changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherView:
    """A voucher whole. `row` is its stored row; `approvers` the accounts whose approvals are in force.

    `programme` is "" for our own costs; `paid_from` the name of the place of money and `entry` the journal voucher
    with its entry, `journal` the number of that voucher, all "" until it is paid.
    """

    row: dict[str, Any]
    reason: str
    payee: Payee
    listed: list[Recipient]
    paid_from: str
    entry: str
    journal: str
    programme: str
    fund: str
    fund_kind: str
    available_fen: int
    plan_free_fen: int | None
    maker: str
    payer: str
    approvers: tuple[str, ...]
    decisions: tuple[Decision, ...]

    @property
    def number(self) -> str:
        """Its number."""
        return str(self.row["number"])

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.row["status"])

    @property
    def is_cost(self) -> bool:
        """Whether it pays our own costs."""
        return bool(self.row["purpose"] != "aid")

    @property
    def approvals(self) -> tuple[Decision, ...]:
        """The approvals in force, in order."""
        return tuple(d for d in self.decisions if d.decision == "approve" and d.in_force)

    def changes_for(self, by: Actor) -> list[Change]:
        """What was changed since this reader decided about it, or else since anybody did; nothing once it is closed."""
        if self.status not in UNPAID:
            return []
        judged = [n for n, d in enumerate(self.decisions) if d.decision in {"approve", "return"}]
        own = [n for n in judged if self.decisions[n].account == by.key]
        since = max(own or judged, default=-1)
        return [change for d in self.decisions[since + 1 :] for change in d.changes]


async def page(filters: Filters, *, by: Actor) -> tuple[list[dict[str, Any]], str | None]:
    """Rows of a list, newest first, and the cursor of the next page; `by` may see whom a name means."""
    where = Where()
    for column in ("purpose", "programme", "fund", "maker"):
        where.chosen(column, getattr(filters, column))
    if filters.status == OPEN_FILTER:
        where.add("status IN ('draft', 'approving')")
    else:
        where.chosen("status", filters.status)
    if filters.name:
        await seeking.payees_named(where, filters.name, by=by)
    if filters.amounts:
        where.add("amount_fen BETWEEN ? AND ?", *filters.amounts)
    if filters.bank:
        where.add("number = ?", await seeking.number_of_payment(filters.bank))
    if filters.from_on:
        where.add("made_at >= ?", clock.midnight(date.fromisoformat(filters.from_on)))
    if filters.to_on:
        where.add("made_at < ?", clock.midnight(date.fromisoformat(filters.to_on) + timedelta(days=1)))
    if filters.after:
        where.add("number < ?", filters.after)
    limit = int(filters.limit)
    sql = f"SELECT {_LISTED} FROM voucher WHERE {where.text} ORDER BY number DESC LIMIT {limit + 1}"  # noqa: S608
    fetched = await reading.rows(sql, *where.values)
    rows = fetched[:limit]
    return rows, rows[-1]["number"] if len(fetched) > limit else None


async def get(number: str) -> VoucherView:
    """One voucher, or the refusal voucher.unknown."""
    row = await reading.row("SELECT * FROM voucher WHERE number = $1", number)
    if row is None:
        raise rules.VOUCHER_UNKNOWN(number=number)
    decisions = await reading.rows("SELECT * FROM voucher_approval WHERE voucher = $1 ORDER BY at, key", number)
    fund = await funds.get(row["fund"])
    programmes = await funds.programme_names([row["programme"] or ""])
    names = await staff.names({row["maker"], row["payer"] or "", *(d["account"] for d in decisions)} - {""})
    journal, entry = await journal_vouchers.of_entry(row["entry_seq"])
    return VoucherView(
        row=row,
        reason=sealed.unseal("voucher", "reason", number, row["reason"]),
        payee=await payees.known(row["payee_kind"], row["payee"]),
        listed=await recipients.of_content(row["content_hash"]),
        paid_from=(await places.labels()).get(row["paid_from"], "") if row["paid_from"] else "",
        entry=entry,
        journal=journal,
        programme=programmes.get(row["programme"], ""),
        fund=fund.shown,
        fund_kind=fund.kind,
        available_fen=fund.available_fen,
        plan_free_fen=fund.plan_free(row["programme"]),
        maker=names.get(row["maker"], ""),
        payer=names.get(row["payer"], ""),
        approvers=tuple(approvals_in_force(row)),
        decisions=tuple(
            Decision(
                d["account"],
                names.get(d["account"], ""),
                d["decision"],
                sealed.unseal("voucher_approval", "reason", d["key"], d["reason"]),
                d["at"],
                d["content_hash"],
                d["cleared_at"] is None,
                changes.read(sealed.unseal("voucher_approval", "changes", d["key"], d["changes"])),
            )
            for d in decisions
        ),
    )


async def payee_now(number: str) -> Payee:
    """The payee of a voucher as it is named and paid today; nameless when it is gone."""
    row = await reading.row("SELECT payee_kind, payee FROM voucher WHERE number = $1", number)
    if row is None:
        raise rules.VOUCHER_UNKNOWN(number=number)
    return await payees.known(row["payee_kind"], row["payee"])


async def choices() -> dict[str, Any]:
    """Programmes and funds to choose from: code and words."""
    offered = {"funds": await funds.names(), "programmes": await funds.programme_names()}
    return {
        kind: [{"value": code, "label": f"{code} {name}"} for code, name in names.items()]
        for kind, names in offered.items()
    }


def may(voucher: VoucherView, by: Actor) -> dict[str, bool]:
    """What this account is offered to do with the voucher now; the verbs check it again.

    A returned voucher is offered to its maker first, though an approver may still change their mind.
    """
    mine = voucher.row["maker"] == by.key
    approved = by.key in voucher.approvers
    judges = by.may("voucher.approve") and not mine
    return {
        "approve": judges and voucher.status in OPEN and not approved and not voucher.row["returned_at"],
        "against": judges and voucher.status in UNPAID,
        "edit": mine and by.may("voucher.make") and voucher.status in OPEN,
        "cancel": mine and by.may("voucher.make") and voucher.status in UNPAID,
        "pay": by.may("voucher.pay") and voucher.status == "approved" and not mine and not approved,
    }


def count_of(row: dict[str, Any]) -> int:
    """How many approvals are in force."""
    return len(json.loads(row["approvals"]))
