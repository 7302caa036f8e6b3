"""Registering an institution or a branch of ours, changing it, and the second look at it.

Name and account are part of what a voucher pays: one made before is refused at approval and payment until its maker
has saved it anew. The kind stays, for the books know a branch, a supplier and the others apart.
"""

from charity.aid import rules
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.ledger import places
from charity.office import stores
from charity.people import accounts, id_numbers, institution_entries, institutions
from charity.people.institution_entries import New
from charity.people.models import EntryStatus, InstitutionEntry
from charity.roles import Actor


async def enter(
    *, code: str, name: str, kind: str, credit_code: str = "", township: str = "", account: str = "", by: Actor
) -> str:
    """Enter an institution, or what it is from now on: the key under which it waits for the second look.

    `account` "" leaves the account as it is. Raises field errors.
    """
    by.must("institution.enter")
    if not places.CODE.fullmatch(code):
        raise unreadable(FieldError("code", "编号用大写字母、数字和连字符，最多 16 个字符，如 LXI31"))
    try:
        credit_code = id_numbers.credit_code(credit_code)
    except ValueError as error:
        raise unreadable(FieldError("credit_code", str(error))) from None
    if township and township not in await stores.township_names():
        raise unreadable(FieldError("township", "没有乡镇“{township}”", (("township", township),)))
    digits = _digits(account) if account.strip() else ""
    known = await institutions.with_code(code, by=by)
    if known is not None and known.kind != kind:
        raise rules.INSTITUTION_KIND()
    new = New(code, name.strip(), kind, credit_code, township, digits)
    key = await transactions.run(lambda tx: institution_entries.enter(tx, new, by=by))
    if key is None:
        raise rules.INSTITUTION_WAITING(code=code)
    return key


async def confirm(*, key: str, account: str = "", by: Actor) -> None:
    """The second look: it is so, and its account, where one was entered, was typed once more from the original."""
    by.must("institution.confirm")
    entry = await _waiting(key, by)
    if not institution_entries.same(entry, _digits(account) if account.strip() else ""):
        raise rules.INSTITUTION_OTHER()
    await _see(key, EntryStatus.CONFIRMED, by)


async def refuse(*, key: str, by: Actor) -> None:
    """The second look found it wrong: nothing changes, and it may be entered anew."""
    by.must("institution.confirm")
    await _waiting(key, by)
    await _see(key, EntryStatus.REFUSED, by)


async def withdraw(*, key: str, by: Actor) -> None:
    """Whoever entered it takes it back while it waits: nothing changes, and it may be entered anew."""
    by.must("institution.enter")
    entry = await institution_entries.one(key, by=by)
    if entry is None:
        raise rules.INSTITUTION_UNKNOWN()
    if entry.entered_by != by.key:
        raise rules.INSTITUTION_NOT_YOURS()
    if not await transactions.run(lambda tx: institution_entries.withdraw(tx, key, by=by)):
        raise rules.INSTITUTION_SEEN()


async def _waiting(key: str, by: Actor) -> InstitutionEntry:
    entry = await institution_entries.one(key, by=by)
    if entry is None:
        raise rules.INSTITUTION_UNKNOWN()
    if entry.entered_by == by.key:
        raise rules.INSTITUTION_OWN()
    if entry.status != EntryStatus.WAITING:
        raise rules.INSTITUTION_SEEN()
    return entry


async def _see(key: str, status: EntryStatus, by: Actor) -> None:
    async def work(tx: Tx) -> bool:
        return await institution_entries.see(tx, key, status, by=by) is not None

    if not await transactions.run(work):
        raise rules.INSTITUTION_SEEN()


def _digits(account: str) -> str:
    digits = accounts.normal(account)
    if digits is None:
        raise rules.ACCOUNT_UNREADABLE()
    return digits
