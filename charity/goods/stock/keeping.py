"""What stands on a shelf, kept in the batch that moves it, so that no page reads the lots that it does not show.

Always true: `shelf_lot` is what the books hold on the shelves (`on_hand`) with the barcode and last good day of each
lot, `shelf_day` what the lots of a shelf add up to by that day, and `shelf_item` by item; `charity verify` compares
all three (I12).
"""

from collections.abc import Iterable

from charity.goods.models import SHELF_DAYS, SHELF_ITEMS, SHELF_LOTS
from charity.goods.stock.readers import NEVER, Lot
from charity.ledger import accounts as acc
from charity.ledger.state import State


def moved(state: State, store: str, moves: Iterable[tuple[Lot, int]]) -> None:
    """Note pieces that came onto a shelf (above 0) or left it, after their entry was posted."""
    pieces: dict[Lot, int] = {}
    for lot, quantity in moves:
        pieces[lot] = pieces.get(lot, 0) + quantity
    for lot, quantity in pieces.items():
        left, day = state.balance(acc.shelf(store), acc.lot(lot.code)), lot.expires_on or NEVER
        lots = int(left > 0) - int(left > quantity)
        state.tally(SHELF_LOTS, (lot.code, store, lot.barcode, day), quantity)
        state.tally(SHELF_DAYS, (store, day), lots, quantity, quantity * lot.cost_fen)
        state.tally(SHELF_ITEMS, (store, lot.barcode), lots, quantity, quantity * lot.cost_fen)
