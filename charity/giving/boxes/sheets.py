"""Notes and coins 券别, and what so many of each are worth."""

from collections.abc import Mapping
from typing import Final

from charity import words

DENOMINATIONS: Final = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
"""Notes and coins, fen."""
SHEETS_MAX: Final = 99_999
YUAN: Final = 100
JIAO: Final = 10
"""Fen."""


def counted_fen(sheets: Mapping[int, int]) -> int:
    """What so many sheets of each are worth."""
    return sum(fen * count for fen, count in sheets.items())


def denomination(fen: int) -> str:
    """A note or a coin: 100 元, 5 角."""
    return words.say("{count} 元", count=fen // YUAN) if fen >= YUAN else words.say("{count} 角", count=fen // JIAO)
