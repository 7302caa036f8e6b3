"""What a scan is: the one place where a scanned or typed text gets a meaning, for every door.

A text is an item's barcode, a lot's label, an aid card or a command, perhaps with a count before it (`3*`), or the
refusal that says by name what it is instead. Where two codes ran together and there is one way only to part them with
true check digits, it is both. Nothing is cut off or guessed.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from charity import tokens
from charity.errors import Refusal
from charity.goods import barcodes, rules
from charity.goods.limits import QUANTITY_MAX
from charity.goods.scanning import gs1
from charity.plain import plain

SCAN_MAX: Final = 250
"""Signs of one scan; a label of goods with a link has about 120."""
COMMANDS: Final = {"9900100100": "finish", "9900200206": "undo", "9900300302": "clear"}
"""Codes of the sheet beside the till. Ten digits, which no barcode has and no input method of Chinese turns into
words; 99, which no phone begins with; and the last one checks the others as in a barcode."""
Kind = Literal["item", "lot", "card", "command"]

_COUNTED: Final = re.compile(r"([^*×(\]]*)[*×](.*)|([0-9][0-9 ,.]*)X(.+)", re.IGNORECASE | re.DOTALL)
_COUNT: Final = re.compile(r"0*[1-9][0-9]{0,6}")
_GS: Final = re.compile(r"<GS>|\{GS\}|\x1d")
_SYMBOLOGY: Final = re.compile(r"\]([A-Za-z][0-9A-Za-z])(.*)", re.DOTALL)
_BRACKETED: Final = re.compile(r"\([0-9]{2,4}\)")
_WITH_ELEMENTS: Final = frozenset({"C1", "e0", "e1", "e2", "d2", "Q3", "J1"})
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:/{1,2}.*", re.DOTALL)
_RECEIPT: Final = re.compile(r"/[rv]/[^/]+")
_NAMED: Final = {
    rules.SCAN_PHONE: re.compile(r"(?:\+?86)?1[3-9][0-9]{9}"),
    rules.SCAN_IDENTITY: re.compile(
        r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9X]"
    ),
    rules.SCAN_COMMAND: re.compile(r"99[0-9]{8}"),
}
_PARTS: Final = frozenset({*barcodes.LENGTHS, tokens.TAG_RANDOM + 2, 10})
_TWO_CODES: Final = 2 * min(_PARTS)


@dataclass(frozen=True, slots=True)
class Scan:
    """One code that was read: its kind, the code as we keep it (a command's name), and what stood beside it."""

    kind: Kind
    code: str
    quantity: int = 1
    expires_on: date | None = None
    batch: str = ""


def read_scan(text: str) -> tuple[Scan, ...]:
    """What was scanned or typed: one code, or two that ran together. Raises what it is instead."""
    text = _signs(text)
    if not text:
        raise rules.SCAN_EMPTY()
    match = _COUNTED.fullmatch(text)
    if match is None or _ADDRESS.fullmatch(text) or _begins_with_item(text):  # a batch may have such a sign
        return _meaning(text)
    typed, code = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
    if gs1.GS in text and not _COUNT.fullmatch(typed.strip()):
        return _meaning(text)
    if not code.strip():
        raise rules.SCAN_EMPTY()
    if not _COUNT.fullmatch(typed.strip()) or int(typed) > QUANTITY_MAX:
        raise rules.COUNT_UNREADABLE()
    first, *others = _meaning(code.strip())
    if first.kind in {"card", "command"}:
        raise rules.COUNT_BEFORE()
    return (replace(first, quantity=int(typed)), *others)


def _signs(text: str) -> str:
    """The text with plain signs; a sign that cannot be seen is dropped, but the separator of GS1 stays."""
    text = _GS.sub(gs1.GS, text)
    if len(text) > SCAN_MAX:
        raise rules.SCAN_LONG(most=SCAN_MAX)
    return "".join(sign for sign in plain(text) if sign.isprintable()).replace(
        "\N{RIGHT BLACK LENTICULAR BRACKET}", "]"
    )


def _meaning(text: str) -> tuple[Scan, ...]:
    symbology = ""
    if (match := _SYMBOLOGY.fullmatch(text)) is not None:
        symbology, text = match[1], match[2].strip()
    if _ADDRESS.fullmatch(text):
        return (_of_address(text),)
    if _BRACKETED.match(text):
        return (_of_elements(gs1.of_brackets(text.replace(" ", ""))),)
    if symbology in _WITH_ELEMENTS or gs1.GS in text or _begins_with_item(text):
        return (_of_elements(gs1.of_string(text)),)
    code = tokens.normalise(text)
    if (scan := _one(code)) is not None:
        return (scan,)
    ways = _ways(code)
    if len(ways) == 1:
        return ways[0]
    raise rules.SCAN_GLUED() if ways else _instead(code)


def _one(code: str) -> Scan | None:
    """What a plain code is; None when it is none."""
    if code in COMMANDS:
        return Scan("command", COMMANDS[code])
    if tokens.lot_valid(code):
        return Scan("lot", code)
    if tokens.card_valid(code):
        return Scan("card", code)
    return Scan("item", barcodes.read(code)) if barcodes.unreadable(code) is None else None


def _ways(code: str) -> list[tuple[Scan, ...]]:
    """Every way to part a text into two codes."""
    places = [at for at in sorted(_PARTS) if len(code) - at in _PARTS]
    parted = [(_one(code[:at]), _one(code[at:])) for at in places]
    return [(first, second) for first, second in parted if first and second]


def _begins_with_item(text: str) -> bool:
    """Whether a text without any mark is an element string: 01, an item's number with a true check digit."""
    item = text[2:16]
    return re.match("01[0-9]{14}", text) is not None and barcodes.check_digit(item[:-1]) == item[-1]


def _of_elements(elements: gs1.Elements) -> Scan:
    return Scan("item", barcodes.read(elements.item), expires_on=elements.expires_on, batch=elements.batch)


def _of_address(address: str) -> Scan:
    elements = gs1.of_link(address)
    if elements is not None:
        return _of_elements(elements)
    raise rules.SCAN_RECEIPT() if _RECEIPT.search(address) else rules.SCAN_ADDRESS()


def _instead(code: str) -> Refusal:
    """What a text is that is no code of ours. Numbers of people are named and never repeated."""
    for rule, shape in _NAMED.items():
        if shape.fullmatch(code):
            return rule()
    if code.isascii() and code.isdigit():
        wrong = barcodes.unreadable(code)
        assert wrong is not None, "a barcode was read above"
        return rules.SCAN_GLUED() if len(code) >= _TWO_CODES else wrong
    if code.isascii() and code.isalnum() and len(code) < _TWO_CODES:
        if code.startswith(tokens.LOT_PREFIX):
            return rules.LOT_CODE(lot=code)
        if code.startswith(tokens.CARD_PREFIX):
            return rules.CARD_UNREADABLE()
    return rules.SCAN_OTHER()
