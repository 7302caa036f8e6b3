"""What the form of a voucher shows, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from charity import words
from charity.aid import payees
from charity.aid.drafts.finding import Match
from charity.aid.payees import KIND_WORDS
from charity.aid.vouchers import VoucherView
from charity.errors import Refusal
from charity.money import yuan
from charity.web import pages

FIELDS = (
    "purpose", "programme", "fund", "payee_kind", "payee_code", "amount_yuan", "listed", "recipients", "reason",
    "payee_query",
)  # fmt: skip
_FIELD_NAMES = {"payee.code": "payee_code", "payee.kind": "payee_kind", "amount_fen": "amount_yuan"}


def errors(refusal: Refusal | None) -> list[dict[str, str]]:
    """The errors of a refusal under the names of our form's fields."""
    if refusal is None:
        return []
    return [{**e, "field": _field(e["field"])} for e in pages.errors(refusal)]


def _field(name: str) -> str:
    """The field of our form; a row of the list belongs to the list."""
    return "listed" if name.startswith("recipients.") else _FIELD_NAMES.get(name, name)


def kinds() -> list[dict[str, str]]:
    """The kinds of payees to choose from."""
    return [{"value": kind, "label": words.say(text)} for kind, text in KIND_WORDS.items()]


def matches(rows: Sequence[Match], more: bool, asked: str) -> dict[str, Any]:  # noqa: FBT001 - as it is answered
    """What the search for a payee found, to choose from."""
    options = [
        {
            "value": f"{one.kind}:{one.code}",
            "label": one.name,
            "hint": "　".join(filter(None, [_kind_and_code(one.kind, one.code), one.township, _closed(one)])),
        }
        for one in rows
    ]
    return {"options": options, "more": more, "asked": asked}


def _kind_and_code(kind: str, code: str) -> str:
    return f"{words.say(KIND_WORDS[kind])} {payees.short(kind, code)}"


def _closed(one: Match) -> str:
    return "" if one.open else words.say("已经注销，不能拨付")


def values(voucher: VoucherView) -> dict[str, Any]:
    """The form filled with a voucher."""
    row = voucher.row
    return {
        "purpose": row["purpose"],
        "programme": row["programme"] or "",
        "fund": row["fund"],
        "payee_kind": row["payee_kind"],
        "payee_code": row["payee"],
        "amount_yuan": yuan(row["amount_fen"]),
        "listed": "\n".join(one.code for one in voucher.listed),
        "recipients": "" if voucher.listed or voucher.is_cost else row["recipients"],
        "reason": voucher.reason,
    }
