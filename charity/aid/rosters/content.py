"""What exactly somebody confirms: a roster as one canonical text, and its SHA-256.

The voucher, day, sum and number of recipients stand in the clear; the place, and who got what, as salted digests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from charity.ledger.content import Content, digest


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient of a roster by code (a person by key), and what they got, fen."""

    code: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterContent:
    """What a branch's signed roster says. With `lines` the sum and the number are theirs."""

    distributed_on: date
    place: str
    amount_fen: int
    recipients: int
    lines: tuple[Line, ...] = ()


def written(number: str, voucher: str, roster: RosterContent, salt: str, listed: Sequence[tuple[str, int]]) -> str:
    """The canonical text of a roster; `listed` are the keys of its recipients with their sums, in order."""
    facts = {
        "v": 1,
        "number": number,
        "voucher": voucher,
        "distributed_on": roster.distributed_on.isoformat(),
        "amount_fen": roster.amount_fen,
        "recipients": roster.recipients,
        "listed": listing(salt, listed),
    }
    return Content(facts=facts, personal={"place": roster.place}, salt=salt).text


def listing(salt: str, listed: Sequence[tuple[str, int]]) -> str | None:
    """The digest of who got what, in order; None where nobody is listed."""
    return digest(salt, *(f"{key} {fen}" for key, fen in listed)) if listed else None
