"""What exactly is approved: a voucher as one canonical text, and its SHA-256.

The text names the purpose, programme, fund, payee, amount and number of recipients in the clear. The reason, the
payee's printed name and bank account, and who is listed as helped are personal: they go in as salted digests, so
that the hash covers them and nobody who reads the text learns them. The salt stays in the voucher's row.

Version 1 knew neither purpose nor list: every voucher was for aid. Its texts stay as they were hashed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from charity import words
from charity.aid.payees import Payee, PayeeKind
from charity.ledger import canonical, plans
from charity.ledger.content import changed, digest

VERSION = 2
RECIPIENTS_MAX = 1_000_000
REASON_MAX = 500
PURPOSE_WORDS: dict[str, str] = {"aid": "救助支出", **plans.PURPOSES}
PERSONAL = ("payee_print", "reason", "listed")
"""What stands in the text as a digest."""
Purpose = Literal["aid", "administration", "fundraising"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a maker asks to be paid. `payee` is a code (a person's: the key).

    `recipients` counts who is helped; `listed` names them by code (a person by key) and then is as long. Our own
    costs have neither these nor a programme.
    """

    purpose: Purpose = "aid"
    programme: str | None
    fund: str
    payee_kind: PayeeKind
    payee: str
    amount_fen: int
    recipients: int = 0
    listed: tuple[str, ...] = ()
    reason: str

    @property
    def is_cost(self) -> bool:
        """Whether it pays our own costs."""
        return self.purpose != "aid"


def written(
    number: str, content: Content, payee: Payee, salt: str, listed: Iterable[str] = (), version: int = VERSION
) -> str:
    """The canonical text of a voucher's content; `listed` are the keys of the recipients it lists, in order."""
    facts: dict[str, Any] = {
        "v": version,
        "number": number,
        "programme": content.programme,
        "fund": content.fund,
        "payee_kind": content.payee_kind,
        "payee": content.payee,
        "payee_print": printed(payee, salt),
        "amount_fen": content.amount_fen,
        "recipients": content.recipients,
        "reason": digest(salt, content.reason),
    }
    if version > 1:
        facts |= {"purpose": content.purpose, "listed": listing(salt, listed)}
    return canonical.body_text(facts)


def listing(salt: str, keys: Iterable[str]) -> str | None:
    """The digest of a list of recipients, by their keys in order; None where nobody is listed."""
    keys = list(keys)
    return digest(salt, *keys) if keys else None


def must_be(row: Mapping[str, Any], content_hash: str) -> None:
    """Refuse (409, with what is so now) when the voucher's content is not the one that was shown."""
    if row["content_hash"] != content_hash:
        facts = {name: value for name, value in json.loads(row["content"]).items() if name not in PERSONAL}
        raise changed(row["content_hash"], facts | {"status": row["status"]})


def printed(payee: Payee, salt: str) -> str:
    """The digest of a payee as it is printed: name and bank account."""
    return digest(salt, payee.name, payee.bank_account)


def same_payee(text: str, payee: Payee, salt: str) -> bool:
    """Whether the payee is still named and paid as the content says."""
    content = json.loads(text)
    now = (payee.kind, payee.code, printed(payee, salt))
    return now == (content["payee_kind"], content["payee"], content["payee_print"])


def used_for(purpose: str, programme: str) -> str:
    """What the money is for in one line of a list: the name of the programme, or the kind of cost."""
    return programme if purpose == "aid" else words.say(PURPOSE_WORDS[purpose])
