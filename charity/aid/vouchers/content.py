"""What exactly is approved: a voucher as one canonical text, and its SHA-256.

The text names the programme, fund, payee, amount and number of recipients in the clear. The reason and
the payee's printed name and bank account are personal: they go in as salted digests, so that the hash
covers them and nobody who reads the text learns them. The salt stays in the voucher's row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charity.aid.payees import Payee, PayeeKind
from charity.ledger import canonical
from charity.ledger.content import changed, digest

VERSION = 1
PERSONAL = ("payee_print", "reason")
"""What stands in the text as a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a maker asks to be paid. `payee` is a code (a person's: the key); `recipients` counts people helped."""

    programme: str
    fund: str
    payee_kind: PayeeKind
    payee: str
    amount_fen: int
    recipients: int
    reason: str


def written(number: str, content: Content, payee: Payee, salt: str) -> str:
    """The canonical text of a voucher's content."""
    return canonical.body_text(
        {
            "v": VERSION,
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
    )


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
