"""Transfers of money 资金划转: between the places of a fund, cash to bank, bank to bank, a platform's settlement.

Always true: a transfer is one entry `money.transfer` in which every fund balances by itself, so what a fund has
never changes by it; only the fee of a settlement is spent, and the general fund bears it. This is the door;
outsiders import only it.
"""

from .readers import get, held_by_place, of_amount
from .verbs import CHANNEL, KIND, KIND_WORDS, PREFIX, REVERSAL, SERIES, Transfer, content_of, make, reverse

__all__ = [
    "CHANNEL",
    "KIND",
    "KIND_WORDS",
    "PREFIX",
    "REVERSAL",
    "SERIES",
    "Transfer",
    "content_of",
    "get",
    "held_by_place",
    "make",
    "of_amount",
    "reverse",
]
