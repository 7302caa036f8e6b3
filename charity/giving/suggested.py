"""Suggested amounts 建议金额 of one-day giving, by rank: one a line, "科级 300".

For reference only: nothing is chosen beforehand, every other amount is as good, and nobody is told who gave what.
"""

import re
from typing import Final, NamedTuple

from charity.db import reading
from charity.errors import FieldError, unreadable
from charity.money import AmountUnreadable, typed_yuan

FIELD: Final = "suggested"
RANKS_MAX: Final = 12
NAME_MAX: Final = 20
"""Characters of a rank."""
_LINE = re.compile(r"(?P<name>.*?)[\s:：,，]+(?P<amount>[^\s:：]+)")


class Suggested(NamedTuple):
    """A rank as the unit calls it, and fen."""

    name: str
    fen: int


def read(text: str) -> list[Suggested]:
    """The ranks that were typed, empty lines left out; refuses with the line that cannot be read."""
    ranks: list[Suggested] = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or not 0 < len(match["name"]) <= NAME_MAX:
            raise unreadable(FieldError(FIELD, "第 {n} 行：先写级别，空一格，再写金额，例如“科级 300”", (("n", n),)))
        try:
            ranks.append(Suggested(match["name"], typed_yuan(match["amount"])))
        except AmountUnreadable:
            raise unreadable(FieldError(FIELD, "第 {n} 行：金额读不出来", (("n", n),))) from None
    if len(ranks) > RANKS_MAX:
        raise unreadable(FieldError(FIELD, "最多 {most} 行", (("most", RANKS_MAX),)))
    return ranks


async def of(campaign: str) -> list[Suggested]:
    """What a campaign suggests by rank, for reference; empty where it suggests nothing."""
    sql = "SELECT value FROM campaign_fact WHERE campaign = $1 AND field = $2"
    return read(str(await reading.value(sql, campaign, FIELD) or ""))
