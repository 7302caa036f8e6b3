"""Donors and other persons: what is kept of them, and what of that may be seen."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from charity import clock, tokens
from charity.db import sealed
from charity.db.transactions import Tx
from charity.people import masking, models, phones
from charity.people.id_numbers import is_persons
from charity.people.masking import Reader, What
from charity.people.models import PersonKind, PersonRow
from charity.roles import Actor

NAME_MAX = 100
NAMES_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Donor:
    """A giver as entered. `tax_id` is an organisation's 统一社会信用代码 or a person's ID number."""

    kind: str = "anonymous"
    name: str = ""
    phone: str = ""
    email: str = ""
    tax_id: str = ""
    fiscal_receipt: bool = False
    notice: int | None = None
    """The version of the privacy notice that was agreed to; None: none was shown."""
    sensitive: bool = False
    """Whether the use of the ID number was agreed to apart from it (PIPL 29)."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as kept; `shown` says what of it somebody sees."""

    key: str
    kind: str
    name: str


NOBODY = Person("", "anonymous", "")


def shown(person: Person | None, *, to: Reader = Reader.PERMITTED, consent: bool = False) -> str:
    """A giver's name as this reader sees it, in the current language; the nameless and the erased are 爱心人士."""
    person = person or NOBODY
    return masking.giver(person.kind, person.name, to=to, consent=consent)


def person_row(donor: Donor, *, key: str, at: str | None = None) -> PersonRow:
    """The row of a donor, its contacts sealed; the writer's commands add it.

    A person's ID number is sealed whatever kind the donor chose; of an anonymous giver nothing is kept.
    """
    if donor.kind == "anonymous":
        donor = Donor(fiscal_receipt=donor.fiscal_receipt, notice=donor.notice)
    id_number = donor.tax_id if donor.kind == "person" or is_persons(donor.tax_id) else ""
    return PersonRow(
        key=key,
        kind=donor.kind,
        name=donor.name,
        tax_id="" if id_number else donor.tax_id,
        fiscal_receipt=donor.fiscal_receipt,
        phone=sealed.seal("person", "phone", key, donor.phone),
        phone_index=sealed.blind_index("person", "phone", donor.phone),
        email=sealed.seal("person", "email", key, donor.email),
        id_number=sealed.seal("person", "id_number", key, id_number),
        id_number_index=sealed.blind_index("person", "id_number", id_number),
        address=None,
        address_index=None,
        bank_account=None,
        bank_account_index=None,
        notice=donor.notice,
        sensitive=bool(id_number) and donor.sensitive,
        created_at=at or clock.stamp(),
    )


async def add_payees(tx: Tx, people: Sequence[tuple[str, str]]) -> list[str]:
    """Keep persons who are helped, each by name and bank card, in the caller's transaction; keys in the same order."""
    keys = [tokens.key16() for _ in people]
    rows: list[dict[str, Any]] = [
        {
            **person_row(Donor("person", name), key=key),
            "bank_account": sealed.seal("person", "bank_account", key, account),
            "bank_account_index": sealed.blind_index("person", "bank_account", account),
        }
        for key, (name, account) in zip(keys, people, strict=True)
    ]
    await tx.insert("person", rows)
    return keys


async def names(keys: Iterable[str]) -> dict[str, Person]:
    """Persons by key, for whoever may see the rows that name them; a key that is gone (an erasure) is missing."""
    todo = sorted({k for k in keys if k})
    persons: dict[str, Person] = {}
    for n in range(0, len(todo), NAMES_CHUNK):
        rows = await models.Person.with_keys(todo[n : n + NAMES_CHUNK]).values_list("key", "kind", "name")
        persons |= {key: Person(key, kind, name) for key, kind, name in rows}
    return persons


@dataclass(frozen=True, slots=True)
class Consents:
    """What a giver agreed to beside the publishing of name and amount, which each gift keeps."""

    notice: int | None
    sensitive: bool


async def consents(key: str) -> Consents:
    """What the giver of this key was shown and agreed to, for whoever may see the gift; nothing when it is gone."""
    row = await models.Person.with_keys([key]).first()
    return Consents(row.notice, row.sensitive) if row else Consents(None, sensitive=False)


async def wants_fiscal(key: str) -> bool:
    """Whether the giver of this key asked for a 公益事业捐赠票据; that somebody did names nobody."""
    row = await models.Person.with_keys([key]).only("key", "fiscal_receipt").first()
    return row is not None and bool(row.fiscal_receipt)


@dataclass(frozen=True, slots=True)
class Details:
    """What a list that is signed says of whom it names, unsealed; `masking` says what of it is shown."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""
    bank_account: str = ""


async def details(keys: Iterable[str]) -> dict[str, Details]:
    """The details of persons by key, for whoever may see the list that names them; who is gone is missing."""
    columns = ("id_number", "phone", "address", "bank_account")
    rows = await models.Person.with_keys(sorted(set(keys))).only("key", "name", *columns)
    return {
        row.key: Details(row.name, *(sealed.unseal("person", name, row.key, getattr(row, name)) for name in columns))
        for row in rows
    }


async def has_contact(key: str) -> bool:
    """Whether the person of this key left a phone or an e-mail address."""
    row = await models.Person.with_keys([key]).only("key", "phone", "email").first()
    return row is not None and bool(row.phone or row.email)


async def natural(keys: Iterable[str], *, by: Actor) -> dict[str, Person]:
    """The natural persons of these keys that this reader may see, by key."""
    rows = await models.Person.visible_to(by).filter(key__in=sorted(set(keys)), kind=PersonKind.PERSON)
    return {row.key: Person(row.key, row.kind, row.name) for row in rows}


async def payees_matching(text: str, *, by: Actor, limit: int) -> list[Person]:
    """Persons who have an account to be paid into and whose name or key begins so, by name.

    Who has none is looked up by key: givers by the thousand are no payees, and are not searched.
    """
    begins = Q(name__startswith=text) | Q(key__startswith=text.lower())
    # `> ''` and not `IS NOT NULL`, which Tortoise writes so that SQLite reads a million givers and not the index
    rows = models.Person.visible_to(by).filter(begins, bank_account_index__gt="")
    matching = await rows.order_by("name", "key").limit(limit).only("key", "kind", "name")
    return [Person(row.key, row.kind, row.name) for row in matching]


async def shown_id(key: str, *, to: Reader) -> str:
    """An organisation's credit code or a person's ID number as this reader sees it; "" when there is none."""
    row = await models.Person.with_keys([key]).first()
    if row is None:
        return ""
    if row.tax_id:
        return masking.show(What.CREDIT_CODE, row.tax_id, to=to)
    number = sealed.unseal("person", "id_number", key, row.id_number)
    return masking.show(What.ID_NUMBER, number, to=to)


async def phone_tail(key: str) -> str:
    """The last four digits of a person's phone, to compare what somebody says with; "" without a phone."""
    row = await models.Person.with_keys([key]).only("key", "phone").first()
    phone = sealed.unseal("person", "phone", key, row.phone) if row else ""
    return tail_of(phone)


def tail_of(phone: str) -> str:
    """The last four digits of a number: of the line itself where an extension stands behind it (0577-12345678-801)."""
    groups = re.findall(r"[0-9]+", phone)
    if phones.is_extension(groups):
        groups.pop()
    return "".join(groups)[-masking.TAIL :]


async def payable(key: str, *, by: Actor) -> tuple[Person, str] | None:
    """A person who can be paid and the bank account; the nameless cannot be paid."""
    row = await models.Person.visible_to(by).exclude(kind=PersonKind.ANONYMOUS).get_or_none(key=key)
    if row is None:
        return None
    return Person(row.key, row.kind, row.name), sealed.unseal("person", "bank_account", key, row.bank_account)
