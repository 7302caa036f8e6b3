"""Where the pages of staff are: one address for each kind of thing that lists, documents and messages name.

Whoever shows a number asks here and links it. A link is given only to who may open its page (`shown_to`), so nobody is
led to a refusal; `of` is for redirects and for what has asked already. Templates have the same as
`href_to("fund", code)`.

    addresses.of("entry", 4567)             "/finance/entries/4567"
    addresses.shown_to(by, "gift", key)     "/donations/…", or "" for who reads no gifts
    addresses.document(entry_facts)         ("voucher", "BF-2026-000012"): what an entry was booked from
"""

from collections.abc import Mapping
from typing import Any, Literal, Protocol, get_args
from urllib.parse import quote

Kind = Literal[
    "account",
    "advance",
    "bank_day",
    "bank_fee",
    "bank_line",
    "box_opening",
    "branch_return",
    "branch_reversal",
    "entry",
    "fund",
    "gift",
    "journal_voucher",
    "lot",
    "payment_number",
    "receipt",
    "refund",
    "reversal",
    "roster",
    "slip",
    "statement",
    "transfer",
    "unidentified",
    "unidentified_return",
    "unit_roster",
    "voucher",
    "work_unit",
]
_PAGES: dict[Kind, tuple[str, str]] = {
    "account": ("/finance/accounts/{}", "ledger.read"),  # a code of the books: 1002/ICBC-01/F-EDU
    "advance": ("/advances/{}", "voucher.read"),  # the number of the voucher that paid a branch
    "bank_day": ("/bank/days/{}", "statement.read"),  # the close of a day, by its key
    "bank_fee": ("/bank/fees/{}", "statement.read"),  # a fee that a bank took, by its number
    "bank_line": ("/bank/lines/{}", "statement.read"),  # a line of a bank, by its key
    "box_opening": ("/boxes/openings/{}", "box.read"),  # of a donation box, by its number
    "branch_return": ("/branch-returns/{}", "voucher.read"),  # what a branch gave back, by its number
    "branch_reversal": ("/branch-reversals/{}", "voucher.read"),  # of a roster or a return
    "entry": ("/finance/entries/{}", "ledger.read"),  # seq
    "fund": ("/finance/funds/{}", "fund.read"),
    "gift": ("/donations/{}", "gift.read"),  # its key
    "journal_voucher": ("/journal/{}", "ledger.read"),  # 202611-0123, printed as 2026-11 记-0123
    "lot": ("/goods/lots/{}", "goods.read"),  # the code of its label
    "payment_number": ("/receipts?number={}", "gift.read"),  # of a gift, known by its receipt
    "receipt": ("/receipts/{}", "gift.read"),  # its secret code, not its number
    "refund": ("/refunds/{}", "refund.read"),
    "reversal": ("/reversals/{}", "reversal.read"),  # the correction of a gift
    "roster": ("/rosters/{}", "voucher.read"),
    "slip": ("/goods/documents/{}", "goods.read"),
    "statement": ("/bank/statements/{}", "statement.read"),  # a file of a bank, by its key
    "transfer": ("/transfers/{}", "transfer.read"),
    "unidentified": ("/bank/unidentified/{}", "statement.read"),  # money that nobody can name, by its number
    "unidentified_return": ("/bank/unidentified-returns/{}", "statement.read"),  # what of it goes back
    "unit_roster": ("/one-day/{}", "roster.read"),  # of a work unit, by its key
    "voucher": ("/vouchers/{}", "voucher.read"),
    "work_unit": ("/work-units/{}", "gift.read"),  # its code
}
LISTS = ("/bank/lines", "/pledges", "/receipts", "/refunds", "/vouchers")
"""Lists whose filters are posted, because one of them may be a name (charity/web/sealed_words.py)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
_FACTS: dict[str, Kind] = {
    "document": "slip",
    "branch_reversal": "branch_reversal",
    "return": "branch_return",
    "roster": "roster",
    "voucher": "voucher",
    "refund": "refund",
    "reversal": "reversal",
    "number": "transfer",
    "donation": "gift",
    "bank_fee": "bank_fee",
    "unidentified_return": "unidentified_return",
    "unidentified": "unidentified",
}
"""The facts of an entry that name the document it was booked from; the first that is there. They are stored words."""


MY_UNIT = "/my-unit"
"""Where an organiser, who has no desk, begins."""


class Reader(Protocol):
    """Who looks: an account that is signed in (`roles.Actor`)."""

    def may(self, permission: str) -> bool: ...  # noqa: D102


def of(kind: Kind, key: str | int) -> str:
    """The address of a thing's page. `key` may be any text: it is quoted."""
    template, _ = _PAGES[kind]
    return template.format(quote(str(key), safe="/:" if kind == "account" else ""))


def shown_to(by: Reader | None, kind: Kind, key: str | int | None) -> str:
    """The address for whoever may open it, else ""; also "" where there is no key."""
    return of(kind, key) if by is not None and key and by.may(_PAGES[kind][1]) else ""


def document(facts: Mapping[str, Any]) -> tuple[Kind, str] | None:
    """Kind and number (of a gift its key) of the document that the facts of an entry name; None for none."""
    return next(((kind, str(facts[fact])) for fact, kind in _FACTS.items() if fact in facts), None)
