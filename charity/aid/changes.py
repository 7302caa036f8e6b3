"""What a change of a voucher changed, old and new: for its history and for whoever approves it anew.

Codes and sums only are kept, never a name: a payee is a kind and a code (a person's the key, shown cut). Who shows a
change puts an institution's name of today beside its code, as lists do. Of free text, of a list and of a payee's
printed name and account it is only said that they changed: their old words are not kept.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from charity import words
from charity.aid import payees
from charity.aid.content import PURPOSE_WORDS, Content, listing, printed
from charity.aid.payees import Payee
from charity.ledger.content import digest
from charity.money import yuan_sign

Change = tuple[str, Any, Any]
"""(what, old, new); old and new are None where only the fact is kept."""
WHAT = {
    "purpose": "用途",
    "programme": "慈善项目",
    "fund": "资金来源",
    "payee": "收款方",
    "payee_print": "收款方的名称或账号",
    "amount_fen": "金额",
    "recipients": "受益",
    "listed": "受益名单",
    "reason": "事由",
}


def between(row: Mapping[str, Any], content: Content, payee: Payee, keys: Sequence[str]) -> list[Change]:
    """What differs between a voucher's stored row and its new content, in the order of the printed voucher."""
    old, salt = json.loads(row["content"]), row["salt"]
    changes: list[Change] = [
        (name, row[name], getattr(content, name))
        for name in ("purpose", "programme", "fund", "amount_fen", "recipients")
        if row[name] != getattr(content, name)
    ]
    paid, now = [row["payee_kind"], row["payee"]], [content.payee_kind, content.payee]
    if paid != now:
        changes.append(("payee", paid, now))
    elif old["payee_print"] != printed(payee, salt):
        changes.append(("payee_print", None, None))
    if old.get("listed") != listing(salt, keys):
        changes.append(("listed", None, None))
    if old["reason"] != digest(salt, content.reason):
        changes.append(("reason", None, None))
    order = list(WHAT)
    return sorted(changes, key=lambda change: order.index(change[0]))


def written(changes: Sequence[Change]) -> str:
    """As it is sealed: JSON."""
    return json.dumps(changes, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> tuple[Change, ...]:
    """What `written` wrote; nothing for a change from before."""
    return tuple((what, old, new) for what, old, new in json.loads(text or "[]"))


def paid(changes: Sequence[Change]) -> list[dict[str, str]]:
    """The payees before and after, as rows of `payees.institutions_named`."""
    both = [value for what, *values in changes if what == "payee" for value in values]
    return [{"payee_kind": kind, "payee": code} for kind, code in both]


def in_words(changes: Sequence[Change], names: Mapping[str, str] = payees.NOBODY) -> list[str]:
    """Each change as one line; `names` are those of institutions by code."""
    return [_line(*change, names) for change in changes]


def _line(what: str, old: Any, new: Any, names: Mapping[str, str]) -> str:
    name = words.say(WHAT[what])
    if old is None and new is None:
        return words.say("{what}已修改", what=name)
    return words.say("{what}：{old} → {new}", what=name, old=_value(what, old, names), new=_value(what, new, names))


def _value(what: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return "—"
    if what == "amount_fen":
        return yuan_sign(value)
    if what == "purpose":
        return words.say(PURPOSE_WORDS[value])
    if what == "payee":
        return payees.in_words({"payee_kind": value[0], "payee": value[1]}, names)
    return f"{value:,}" if what == "recipients" else str(value)
