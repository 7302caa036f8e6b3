"""What the page of a store's stock shows about expiry. No HTTP here."""

from collections.abc import Sequence
from datetime import date

from charity import clock, words
from charity.goods.limits import ALERT_DAYS
from charity.goods.stock.readers import StockLine


def expiry_notes(lines: Sequence[StockLine]) -> tuple[dict[str, str], dict[str, str]]:
    """By lot: what to say about its expiry ("" when it is far off), and the tone of its row."""
    marks = {line.lot: _expiry(line.expires_on) for line in lines}
    return {lot: note for lot, (note, _) in marks.items()}, {lot: tone for lot, (_, tone) in marks.items()}


def _expiry(expires_on: str | None) -> tuple[str, str]:
    if expires_on is None:
        return "", ""
    days = (date.fromisoformat(expires_on) - clock.today()).days
    if days < 0:
        return words.say("已过期"), "bad"
    return (words.say("还有 {days} 天", days=days), "wait") if days <= ALERT_DAYS[1] else ("", "")
