"""The search box: a number or code that stands on a paper, a card or a label leads to its page.

Only exact codes are looked up, and only those whose page this account may open. What was typed is
sent by POST and is neither kept nor written to a log: somebody may have typed a name.
"""

import re

from charity import tokens
from charity.db import reading
from charity.roles import Actor

TEXT_MAX = 64
_REFERENCE_TAIL = 7
_SEEN_ON_STOCK = ("goods.move", "goods.read")
_NUMBER = re.compile(r"[0-9A-Z\-]{3,64}")


async def find(text: str, by: Actor) -> str | None:
    """The address of the page that this number or code leads to; None when there is none for this account."""
    code = "".join(text.split()).upper()
    if not _NUMBER.fullmatch(code):
        return None
    for finder in (_receipt, _pledge, _voucher, _document, _lot, _card):
        address = await finder(code, by)
        if address is not None:
            return address
    return None


async def _receipt(code: str, by: Actor) -> str | None:
    """A receipt by number or by the code of its QR.

    A number counts up, so it leads only those on who may read gifts; the code of a QR is a secret that
    whoever holds the paper has.
    """
    if by.may("gift.read"):
        found = await reading.value("SELECT code FROM receipt WHERE number = $1 OR code = $1", code)
        return f"/receipts/{found}" if found else None
    found = await reading.value("SELECT code FROM receipt WHERE code = $1", code)
    return f"/r/{found}" if found else None


async def _pledge(code: str, by: Actor) -> str | None:
    """A pledge by its reference, with or without the hyphen."""
    if not by.may("pledge.read") or not tokens.reference_valid(code):
        return None
    plain = tokens.normalise(code)
    reference = f"{plain[:-_REFERENCE_TAIL]}-{plain[-_REFERENCE_TAIL:]}"
    found = await reading.value("SELECT code FROM pledge WHERE reference = $1", reference)
    if found is None:
        return None
    return f"/pledges/{found}/receive" if by.may("gift.receive") else f"/p/{found}"


async def _voucher(code: str, by: Actor) -> str | None:
    if not by.may("voucher.read"):
        return None
    found = await reading.value("SELECT number FROM voucher WHERE number = $1", code)
    return f"/vouchers/{found}" if found else None


async def _document(code: str, by: Actor) -> str | None:
    """A goods slip by its number."""
    if not any(by.may(act) for act in _SEEN_ON_STOCK):
        return None
    row = await reading.row("SELECT number, store FROM goods_document WHERE number = $1", code)
    if row is None or by.store not in {None, row["store"]}:
        return None
    return f"/goods/documents/{row['number']}"


async def _lot(code: str, by: Actor) -> str | None:
    """A lot by the code of its label: the slip it came in with."""
    if not tokens.lot_valid(code):
        return None
    document = await reading.value("SELECT document FROM lot WHERE code = $1", tokens.normalise(code))
    return None if document is None else await _document(document, by)


async def _card(code: str, by: Actor) -> str | None:
    """A known card: the till of the account's store, where it is scanned. Its code stays out of addresses."""
    if not (tokens.card_valid(code) and by.may("goods.move") and by.store):
        return None
    found = await reading.value("SELECT code FROM card WHERE code = $1", tokens.normalise(code))
    return f"/stores/{by.store}/out" if found else None
