"""What a channel is: how money reaches us, and the account where it lies until it is in the bank."""

from dataclasses import dataclass
from enum import StrEnum

from charity.office.organisation import FactKind

READ_BACK_FEN = 5_000_000
"""50,000.00 yuan: what a cashier of a county rarely sees."""
MARKED = ""
"""The place of a channel whose money comes into the bank account that is marked for it (ledger/places.py)."""


class Paid(StrEnum):
    """What a giver needs who pays what he promised: our account, our counter, or our payment code."""

    ACCOUNT = "account"
    COUNTER = "counter"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way to pay: its words, the account (chart and place), and whether a reference is obligatory.

    A `place` that is MARKED is filled in when money arrives (channels.arrived).
    A sum above `read_back_fen` is typed twice (donations/read_back.py).
    `paid` says what a giver needs who promises by it; None means that nobody can promise by it (channels.promised). It
    is offered where that is there (ways/readers.py); `pay_code` is the fact that has the payment code.
    Money of a `counted` one is booked where two count it (giving/boxes); by another form or call only when its gift was
    corrected, anew and the same sum.
    A channel `only_demo` takes money, and promises, only where the organisation is a demo.
    """

    code: str
    words: str
    chart: str
    place: str
    needs_ref: bool
    paid: Paid | None = None
    pay_code: FactKind | None = None
    counted: bool = False
    only_demo: bool = False
    read_back_fen: int = READ_BACK_FEN
