"""Whom a voucher lists as helped: households by code, persons by key, each once.

Only who is listed here counts as people; a bare number on a voucher is visits 人次. The list is part of the
approved content as a salted digest of keys, and its rows stand under the hash of that content.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity import words
from charity.aid.models import RECIPIENT, RecipientKind, VoucherRecipientRow
from charity.aid.payees import KIND_WORDS
from charity.db import reading
from charity.errors import FieldError, unreadable
from charity.ledger.state import State
from charity.people import households, masking, persons
from charity.people.masking import Reader, What
from charity.people.models import HouseholdStatus
from charity.roles import Actor

LISTED_MAX = 500
"""Names on one voucher: what an approver can still read."""
BETWEEN = re.compile(r"[\s,、;]+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One household or person of a list. `key` is what is kept and hashed; `name` comes masked, "" when it is gone."""

    kind: str
    key: str
    code: str
    name: str

    @property
    def short_code(self) -> str:
        """The code as people compare it: a person's opaque key is cut to eight characters."""
        return self.code[:8] if self.kind == RecipientKind.PERSON else self.code


def normal(code: str) -> str:
    """A code as it is compared: NFKC, without blanks around it."""
    return unicodedata.normalize("NFKC", code).strip()


def codes(typed: str) -> list[str]:
    """The codes of a typed list, between blanks, lines or commas of any kind."""
    return [code for code in BETWEEN.split(normal(typed)) if code]


async def find(listed: Sequence[str], *, by: Actor, field: str = "recipients") -> list[Recipient]:
    """Who is meant by the codes, in their order; refuses with the row of each unknown, closed or repeated one.

    `field` is what the caller's body calls the list.
    """
    if len(listed) > LISTED_MAX:
        raise unreadable(FieldError(field, "名单最多 {most} 户（人）", (("most", LISTED_MAX),)))
    homes = await households.with_codes(listed, by=by)
    natural = await persons.natural(listed, by=by)
    named: list[Recipient] = []
    errors: list[FieldError] = []
    rows: dict[str, int] = {}
    for n, code in enumerate(listed, 1):
        home, person = homes.get(code), natural.get(code)
        if home is not None:
            one = Recipient("household", home.key, code, masking.show(What.RECIPIENT, home.head_name, to=Reader.STAFF))
        elif person is not None:
            one = Recipient("person", code, code, masking.show(What.RECIPIENT, person.name, to=Reader.STAFF))
        else:
            errors.append(_wrong(field, n, "名单第 {n} 个编号：没有这个家庭或个人"))
            continue
        if one.key in rows:
            errors.append(_wrong(field, n, "名单第 {n} 个编号：与第 {first} 个是同一户（人）", first=rows[one.key]))
        elif home is not None and home.status != HouseholdStatus.ACTIVE:
            errors.append(_wrong(field, n, "名单第 {n} 个编号：这个家庭已经注销"))
        rows.setdefault(one.key, n)
        named.append(one)
    if errors:
        raise unreadable(*errors)
    return named


def _wrong(field: str, n: int, message: str, **facts: int) -> FieldError:
    return FieldError(f"{field}.{n - 1}", message, (("n", n), *facts.items()))


def keep(
    state: State, voucher: str, content_hash: str, listed: Sequence[Recipient], amounts: Sequence[int] = ()
) -> None:
    """Add the rows of a new content's list; of a branch's roster with what each got, fen."""
    for n, one in enumerate(listed, 1):
        row = VoucherRecipientRow(
            content_hash=content_hash,
            n=n,
            voucher=voucher,
            kind=one.kind,
            recipient=one.key,
            amount_fen=amounts[n - 1] if amounts else None,
        )
        state.add(RECIPIENT, row)


async def of_content(content_hash: str) -> list[Recipient]:
    """The list of a content, in its order; nobody for a bare number."""
    rows = await reading.rows(
        "SELECT kind, recipient FROM voucher_recipient WHERE content_hash = $1 ORDER BY n", content_hash
    )
    homes = await households.with_keys([r["recipient"] for r in rows if r["kind"] == RecipientKind.HOUSEHOLD])
    people = await persons.names(r["recipient"] for r in rows if r["kind"] == RecipientKind.PERSON)
    listed = []
    for row in rows:
        key, home, person = row["recipient"], homes.get(row["recipient"]), people.get(row["recipient"])
        name = home.head_name if home else person.name if person else ""
        masked = masking.show(What.RECIPIENT, name, to=Reader.STAFF)
        listed.append(Recipient(row["kind"], key, home.code if home else key, masked))
    return listed


def shown(listed: Sequence[Recipient]) -> list[dict[str, Any]]:
    """Who is listed as helped, with the name masked."""
    return [
        {
            "n": n,
            "kind": words.say(KIND_WORDS[one.kind]),
            "code": one.short_code,
            "name": one.name or words.say("（姓名已删除）"),
        }
        for n, one in enumerate(listed, 1)
    ]


def helped(recipients: int, *, listed: bool) -> str:
    """How many are helped: people where they are listed, visits where a number stands alone; "" for nobody."""
    if not recipients:
        return ""
    return words.say("{count} 户（人）", count=recipients) if listed else words.say("{count} 人次", count=recipients)
