"""A fund in one line of a table of funds, defined once for the public ledger and the desk.

Always true: carried + received - used + other = unspent, in money; what was refunded is in what was used. Of a fund
that holds for others, received is what was brought and used is what was passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from charity.ledger.statement import Statement

OWN_COSTS: Final = ("bought", "advanced", "administration", "fundraising")
"""What goes out beside aid, in the order of pages; goods that were bought come in as goods."""
AGENCY: Final = "agency"


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund, or several together; fen."""

    code: str
    name: str
    nature: str
    carried_fen: int
    received_fen: int
    used_fen: int
    other_fen: int
    unspent_fen: int

    @property
    def has_any(self) -> bool:
        """Whether there is anything to be shown."""
        return any((self.carried_fen, self.received_fen, self.used_fen, self.unspent_fen))


def of(code: str, name: str, nature: str, figures: Statement) -> FundLine:
    """The line of a fund whose equation this is."""
    into, out = ("agency_in", ("agency_out",)) if nature == AGENCY else ("received", ("refunded", "aid", *OWN_COSTS))
    return FundLine(
        code,
        name,
        nature,
        figures["carried"].money_fen,
        figures[into].money_fen,
        sum(figures[figure].money_fen for figure in out),
        figures["other"].money_fen + figures["transferred"].money_fen,
        figures["unspent"].money_fen,
    )


def together(code: str, name: str, nature: str, lines: Sequence[FundLine]) -> FundLine:
    """What these lines add up to."""
    return FundLine(
        code,
        name,
        nature,
        sum(line.carried_fen for line in lines),
        sum(line.received_fen for line in lines),
        sum(line.used_fen for line in lines),
        sum(line.other_fen for line in lines),
        sum(line.unspent_fen for line in lines),
    )
