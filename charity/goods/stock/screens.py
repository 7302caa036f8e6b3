"""What the page of a store's stock is asked for, and what it shows about expiry. No HTTP here."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from charity import clock, words
from charity.errors import Refusal
from charity.goods import scanning
from charity.goods.limits import ALERT_DAYS
from charity.goods.stock.readers import StockLine

ASKED_MAX: Final = 250
"""Signs of what is looked for: a link that was scanned has about 120."""
SEQ_DIGITS: Final = 18


def asked(text: str) -> str:
    """What a list looks for: a code in any form that a scanner gives as we keep it, else the text as it was typed."""
    text = text[:ASKED_MAX].strip()
    try:
        scans = scanning.read_scan(text)
    except Refusal:
        return text
    # Digits alone may be a part of a longer barcode.
    plain = len(scans) != 1 or scans[0].kind not in {"lot", "item"} or text.isdigit()
    return text if plain else scans[0].code


def expiry_notes(lines: Sequence[StockLine]) -> tuple[dict[str, str], dict[str, str]]:
    """By lot: what to say about its expiry ("" when it is far off), and the tone of its row."""
    marks = {line.lot: expiry(line.expires_on) for line in lines}
    return {lot: note for lot, (note, _) in marks.items()}, {lot: tone for lot, (_, tone) in marks.items()}


def expiry(expires_on: str | None) -> tuple[str, str]:
    """What to say about a last good day, and its tone."""
    if expires_on is None:
        return "", ""
    days = (date.fromisoformat(expires_on) - clock.today()).days
    if days < 0:
        return words.say("已过期"), "bad"
    return (words.say("还有 {days} 天", days=days), "wait") if days <= ALERT_DAYS[1] else ("", "")
