"""Describing the organisation (`charity init`, the demo), and entering what is true of it for some days."""

import hmac
import re
from dataclasses import replace
from datetime import date

from charity import clock, texts
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.office import rules
from charity.office.models import FactKind, FactStatus, OrganisationFact
from charity.office.organisation import codes, facts
from charity.office.organisation.readers import Organisation
from charity.roles import SYSTEM, Actor

VALUE_MAX = 200
DESCRIBED = (FactKind.CONTACT, FactKind.PHONE, FactKind.ADDRESS)
"""What `describe` says of the organisation beside the one row: true ever since."""
ENDING = frozenset({FactKind.CERTIFICATE, FactKind.TAX_DEDUCTION})
"""What has a last good day by law."""
_PHONE = re.compile(r"[0-9+() \-－（）]{5,30}")
_ACCOUNT = re.compile(r"[0-9]{8,32}")
_LINES = ("holder", "bank", "number")
"""The fields of an account, in the order of its lines."""


def account(holder: str, bank: str, number: str) -> str:
    """The value of an account's row; "" says that there is none. What is missing is seen when it is entered."""
    lines = (holder.strip(), bank.strip(), number.strip())
    return "\n".join(lines) if any(lines) else ""


async def describe(tx: Tx, organisation: Organisation) -> None:
    """Make or replace the one row, and say contact, phone and address anew, in the caller's transaction."""
    await tx.rows("DELETE FROM organisation WHERE id = 1 RETURNING id")
    row = {
        "id": 1,
        "name": organisation.name,
        "name_en": organisation.name_en,
        "short": organisation.short or organisation.name,
        "short_en": organisation.short_en,
        "credit_code": organisation.credit_code,
        "demo": organisation.demo,
    }
    await tx.insert("organisation", [row])
    known = {r["kind"] for r in await tx.rows("SELECT DISTINCT kind FROM organisation_fact")}
    for kind in DESCRIBED:
        value = getattr(organisation, kind.value)
        if value or kind.value in known:
            await add(tx, facts.Fact(kind, value, facts.EVER, None), by=SYSTEM)


async def change(organisation: Organisation) -> None:
    """The same in a transaction of its own."""
    await transactions.run(lambda tx: describe(tx, organisation))
    facts.forget()


async def add(tx: Tx, fact: facts.Fact, *, by: Actor) -> facts.Fact:
    """Add a row in the caller's transaction; as it was kept."""
    assert fact.kind not in facts.PARTS, "an account is entered whole"
    kept = replace(fact, entered_at=clock.stamp(), entered_by=by.key)
    row = await tx.row(
        "INSERT INTO organisation_fact (kind, value, starts_on, ends_on, entered_at, entered_by, status) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        kept.kind.value,
        kept.value,
        kept.starts_on,
        kept.ends_on,
        kept.entered_at,
        kept.entered_by,
        kept.status.value,
    )
    assert row is not None, "a row was added"
    return replace(kept, id=row["id"])


async def enter(
    *, kind: FactKind, value: str, starts_on: date, ends_on: date | None, unfamiliar: bool = False, by: Actor
) -> facts.Fact:
    """Say what is true from a day to a day, both included, once another person has confirmed it.

    An empty value says that there is none in those days: that only hides something, and is so at once. What was
    entered before stays, and is right where this says nothing. Raises field errors. Of an account the value is what
    `account` makes of holder, bank and number; of a payment code what is written in it, and `unfamiliar` says that
    it is one though it begins as none does (codes.py).
    """
    by.must("organisation.change")
    if kind in facts.PARTS:
        raise unreadable(FieldError("kind", "收款账户的户名、开户银行和账号要一起登记"))
    value = _normal(kind, value)
    _must_be(kind, value, starts_on, ends_on)
    if value and kind in codes.PAY_CODES:
        codes.must_be(kind, value, unfamiliar=unfamiliar)
    status = FactStatus.WAITING if value else FactStatus.CONFIRMED
    last = ends_on.isoformat() if ends_on else None
    fact = facts.Fact(kind, value, starts_on.isoformat(), last, status=status)
    fact = await transactions.run(lambda tx: add(tx, fact, by=by))
    facts.forget()
    return fact


async def confirm(entry: int, *, value: str, unfamiliar: bool = False, by: Actor) -> None:
    """The second look: the fact, typed once more from the original by somebody else, is true on its days.

    Of a payment code both are asked whether it is one that begins as none does.
    """
    by.must("organisation.confirm")
    row = await _waiting(entry, by)
    if row.kind in facts.PARTS:  # of an older version: confirmed alone, it would stand beside the other two of before
        raise rules.FACT_IN_PART()
    if not hmac.compare_digest(_normal(FactKind(row.kind), value).encode(), row.value.encode()):
        raise rules.FACT_OTHER()
    if row.kind in codes.PAY_CODES:
        codes.must_be(FactKind(row.kind), row.value, unfamiliar=unfamiliar)
    await _see(entry, FactStatus.CONFIRMED, by)


async def refuse(entry: int, *, by: Actor) -> None:
    """The second look found it wrong: it was never true, and may be entered anew."""
    by.must("organisation.confirm")
    await _waiting(entry, by)
    await _see(entry, FactStatus.REFUSED, by)


async def _waiting(entry: int, by: Actor) -> OrganisationFact:
    row = await OrganisationFact.visible_to(by).get_or_none(id=entry)
    if row is None:
        raise rules.FACT_UNKNOWN()
    if row.entered_by == by.key:
        raise rules.FACT_OWN()
    if row.status != FactStatus.WAITING:
        raise rules.FACT_SEEN()
    return row


async def _see(entry: int, status: FactStatus, by: Actor) -> None:
    async def work(tx: Tx) -> bool:
        sql = (
            "UPDATE organisation_fact SET status = $2, seen_by = $3, seen_at = $4 "
            "WHERE id = $1 AND status = 'waiting' RETURNING id"
        )
        return await tx.row(sql, entry, status.value, by.key, clock.stamp()) is not None

    if not await transactions.run(work):
        raise rules.FACT_SEEN()
    facts.forget()


def _normal(kind: FactKind, value: str) -> str:
    """The value without blanks around it, an account number without any."""
    if kind != FactKind.ACCOUNT:
        return value.strip()
    *names, number = value.split("\n")
    return "\n".join([*(name.strip() for name in names), re.sub(r"\s", "", number)])


def _must_be(kind: FactKind, value: str, starts_on: date, ends_on: date | None) -> None:
    if kind == FactKind.ACCOUNT:
        _must_be_an_account(value)
    else:
        _must_be_a_line("value", value)
    if value and kind in {FactKind.PHONE, FactKind.COMPLAINT_PHONE} and not _PHONE.fullmatch(value):
        raise unreadable(FieldError("value", "请填写电话号码，例如 0577-12345678"))
    must_cover(kind, value, starts_on, ends_on)


def _must_be_a_line(field: str, value: str) -> None:
    if len(value) > VALUE_MAX or texts.refused(value):
        raise unreadable(FieldError(field, "最多 {most} 个字符，不能有换行", (("most", VALUE_MAX),)))


def _must_be_an_account(value: str) -> None:
    """Refuse what is neither empty nor a holder, a bank and a number."""
    lines = value.split("\n") if value else []
    if lines and len(lines) != len(_LINES):
        raise unreadable(FieldError("value", "户名、开户银行和账号各填一行"))
    for field, line in zip(_LINES, lines, strict=False):
        if not line:
            raise unreadable(FieldError(field, "户名、开户银行和账号要一起填写；三项都留空表示没有收款账户"))
        _must_be_a_line(field, line)
    if lines and not _ACCOUNT.fullmatch(lines[-1]):
        raise unreadable(FieldError("number", "请填写 8 至 32 位数字的账号"))


def must_cover(kind: FactKind, value: str, starts_on: date, ends_on: date | None) -> None:
    """Refuse days that this fact cannot have: turned round, without end where the law sets one, no whole years."""
    if ends_on is not None and ends_on < starts_on:
        raise unreadable(FieldError("ends_on", "有效期止不能早于有效期起"))
    if value and kind in ENDING and ends_on is None:
        raise unreadable(FieldError("ends_on", "请填写有效期止：到期以后就不再有效"))
    if value and kind == FactKind.TAX_DEDUCTION and not _whole_years(starts_on, ends_on):
        raise unreadable(FieldError("ends_on", "税前扣除资格按年度认定：请填写自 1 月 1 日起、至 12 月 31 日止"))


def _whole_years(starts_on: date, ends_on: date | None) -> bool:
    if ends_on is None:
        return False
    return (starts_on.month, starts_on.day, ends_on.month, ends_on.day) == (1, 1, 12, 31)
