"""Lots that are made, and the slip that says so: what a gift, a purchase and an opening have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from charity import tokens
from charity.goods import slips, stock
from charity.goods.models import DOCUMENT, INTAKE, LINE, LOT, IntakeRow, LineRow, LotRow
from charity.ledger import accounts as acc
from charity.ledger.state import Entry, State
from charity.roles import Actor

SERIES: Final = "RK"
Evidence = Literal["invoice", "market", "appraisal", "none"]
"""What whoever takes goods in says of their value."""


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot to be made."""

    code: str
    barcode: str
    quantity: int
    expires_on: str | None
    cost_fen: int
    evidence: str


def made(barcode: str, expires_on: str | None, costs: Iterable[tuple[int, int]], evidence: str) -> list[NewLot]:
    """The lots of a line, one for each (pieces, cost a piece)."""
    return [NewLot(tokens.lot_code(), barcode, pieces, expires_on, cost, evidence) for pieces, cost in costs]


def postings(store: str, origin: str, lots: Iterable[NewLot]) -> list[acc.Posting]:
    """Pieces from where they come onto a shelf."""
    moved: list[acc.Posting] = []
    for lot in lots:
        unit = acc.lot(lot.code)
        moved += [(acc.shelf(store), unit, lot.quantity), (origin, unit, -lot.quantity)]
    return moved


def shelve(state: State, store: str, intake: IntakeRow, lots: Sequence[NewLot], entry: Entry, by: Actor) -> None:
    """The rows of an intake slip, its lots and lines, after its entry was posted."""
    number, fund, source = intake["number"], intake["fund"], intake["source"]
    state.add(DOCUMENT, slips.row(number, "intake", store, entry, by))
    state.add(INTAKE, intake)
    taken: list[tuple[stock.Lot, int]] = []
    for n, lot in enumerate(lots, 1):
        row = LotRow(
            code=lot.code,
            barcode=lot.barcode,
            store=store,
            fund=fund,
            source=source,
            expires_on=lot.expires_on,
            cost_fen=lot.cost_fen,
            evidence=lot.evidence,
            donor=intake["donor"],
            document=number,
            seq=entry.seq,
        )
        state.add(LOT, row)
        taken.append((stock.Lot(lot.code, lot.barcode, fund, source, lot.expires_on, lot.cost_fen), lot.quantity))
        line = LineRow(
            document=number,
            n=n,
            barcode=lot.barcode,
            lot=lot.code,
            quantity=lot.quantity,
            cost_fen=lot.cost_fen,
            points=0,
            picked=False,
        )
        state.add(LINE, line)
    stock.moved(state, store, taken)
