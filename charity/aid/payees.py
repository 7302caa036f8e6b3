"""Who a voucher pays: a household, a person, an institution, a supplier or a branch of ours, by its code.

A person's code is the opaque key. The name and the bank account are looked up when they are shown or
compared and are not kept in the voucher: the voucher's content holds a salted digest of them, so that
a payee whose account was changed after the approval is noticed before the money leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from charity import words
from charity.aid import rules
from charity.people import accounts, households, institutions, masking, persons
from charity.people.masking import Reader, What
from charity.people.models import HouseholdStatus, InstitutionKind
from charity.roles import SYSTEM, Actor

MATCHES_MAX = 200
"""Households, and institutions, of one name that are looked at."""
PayeeKind = Literal["household", "person", "institution", "supplier", "branch"]
KIND_WORDS: dict[str, str] = {
    "household": "家庭",
    "person": "个人",
    "institution": "机构",
    "supplier": "供应商",
    "branch": "乡镇分会/联络站",
}
INSTITUTIONS = frozenset({"institution", "supplier", "branch"})
NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Payee:
    """A payee as staff see it. `party` is what the books may know: an opaque key or an institution's code."""

    kind: str
    code: str
    name: str
    party: str
    bank_account: str = ""
    open: bool = True

    def name_for(self, to: Reader) -> str:
        """The name as this reader sees it; "" when it was erased."""
        what = What.RECIPIENT if self.kind in {"household", "person"} else What.ORGANISATION
        return masking.show(what, self.name, to=to, consent=True)

    def account_for(self, to: Reader) -> str:
        """The bank account as this reader sees it, or nothing."""
        return masking.show(What.ACCOUNT, self.bank_account, to=to)


def reader(by: Actor) -> Reader:
    """Whoever makes, pays or books a voucher reads the payee's name whole; an approver and others compare it masked."""
    return masking.staff(may=any(by.may(permission) for permission in ("voucher.make", "voucher.pay", "ledger.read")))


def short_code(payee: Payee) -> str:
    """The payee's code as people compare it: a person's opaque key is cut to eight characters."""
    return short(payee.kind, payee.code)


def short(kind: str, code: str) -> str:
    """The code of a payee of this kind as people compare it."""
    return code[:8] if kind == "person" else code


def in_words(row: Mapping[str, Any], names: Mapping[str, str] = NOBODY) -> str:
    """A payee in a list: kind and code, and of an institution its name, out of `names`; never who a person is."""
    name = names.get(row["payee"], "") if row["payee_kind"] in INSTITUTIONS else ""
    return f"{words.say(KIND_WORDS[row['payee_kind']])} {short(row['payee_kind'], row['payee'])} {name}".rstrip()


async def institutions_named(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> dict[str, str]:
    """The names of the institutions, suppliers and branches that a list of vouchers pays, as this reader sees them."""
    codes = {row["payee"] for row in rows if row["payee_kind"] in INSTITUTIONS}
    named = await institutions.names(codes, by=by) if codes else {}
    return {code: masking.show(What.ORGANISATION, name, to=reader(by), consent=True) for code, name in named.items()}


async def find(kind: str, code: str, *, by: Actor) -> Payee:
    """The payee of this kind and code, or the refusal payee.unknown."""
    payee = await _READERS[kind](code, by)
    if payee is None:
        raise rules.PAYEE_UNKNOWN()
    return payee


async def named(name: str, *, by: Actor) -> dict[str, list[str]]:
    """The codes of payees of this name or code, by their kinds as SQL has them; of persons those with an account.

    Whoever is shown a masked name looks up households and persons by code alone: else each guess of a name would be
    answered.
    """
    whole = reader(by) == Reader.PERMITTED
    people = await persons.payees_matching(name, by=by, limit=MATCHES_MAX)
    of_home = await households.matching(name, [], by=by, limit=MATCHES_MAX)
    others = await institutions.matching(name, [], by=by, limit=MATCHES_MAX)
    return {
        "'household'": [row.code for row in of_home if whole or row.code.startswith(name.upper())],
        "'institution', 'supplier', 'branch'": [row.code for row in others],
        "'person'": [person.key for person in people if whole or person.key.startswith(name.lower())],
    }


async def known(kind: str, code: str) -> Payee:
    """The payee, or one without a name when it is gone (an erasure leaves the voucher).

    Whoever may see a voucher may see whom it pays.
    """
    return await _READERS[kind](code, SYSTEM) or Payee(kind, code, "", "")


async def _household(code: str, by: Actor) -> Payee | None:
    row = await households.with_code(code, by=by)
    if row is None:
        return None
    account = accounts.of_household(row)
    return Payee("household", code, row.head_name, row.key, account, open=row.status == HouseholdStatus.ACTIVE)


async def _person(code: str, by: Actor) -> Payee | None:
    payable = await persons.payable(code, by=by)
    if payable is None:
        return None
    person, account = payable
    return Payee("person", code, person.name, code, account)


async def _institution(code: str, by: Actor) -> Payee | None:
    return await _of_kind("institution", code, by)


async def _supplier(code: str, by: Actor) -> Payee | None:
    return await _of_kind("supplier", code, by)


async def _branch(code: str, by: Actor) -> Payee | None:
    return await _of_kind("branch", code, by)


def institution_kind(kind: str) -> Literal["institution", "supplier", "branch"]:
    """The kind of payee that an institution of this kind is: a supplier, a branch or another one, never two."""
    if kind == InstitutionKind.SUPPLIER:
        return "supplier"
    return "branch" if kind == InstitutionKind.BRANCH else "institution"


async def _of_kind(kind: PayeeKind, code: str, by: Actor) -> Payee | None:
    row = await institutions.with_code(code, by=by)
    if row is None or institution_kind(row.kind) != kind:
        return None
    return Payee(kind, code, row.name, code, institutions.bank_account(row))


_READERS = {
    "household": _household,
    "person": _person,
    "institution": _institution,
    "supplier": _supplier,
    "branch": _branch,
}
