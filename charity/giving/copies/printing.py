"""What staff print for a giver: the original once, whoever is first; each later one is a 副本 of its day."""

from collections.abc import Sequence
from typing import Final

from charity import clock
from charity.giving import receipts, rules
from charity.giving.models import RECEIPT, RECEIPT_PRINT, ReceiptPrintRow
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.printing import pdfs
from charity.roles import Actor

PRINT_MAX: Final = 100
"""Receipts in one file: as many as a page of the list of those that wait."""


async def print_whole(code: str, *, by: Actor) -> tuple[bytes, str]:
    """The three copies of a receipt, and its number. Noted before it is printed: there are never two originals."""
    (copied_on,) = await _noted([code], by)
    return await receipts.whole_pdf(code, copied_on=copied_on)


async def print_together(codes: Sequence[str], *, by: Actor) -> bytes:
    """The three copies of several receipts in one PDF, in the order given.

    Each is printed by itself, so that other documents of staff print between them, and as it is at that moment:
    one that was voided or replaced meanwhile says so, with the day.
    """
    by.must("receipt.print")
    wanted = list(dict.fromkeys(codes))
    if not 0 < len(wanted) <= PRINT_MAX:
        raise rules.RECEIPT_BATCH(most=PRINT_MAX)
    marks = await _noted(wanted, by)
    parts = [await receipts.whole_pdf(code, copied_on=on) for code, on in zip(wanted, marks, strict=True)]
    return await pdfs.joined([body for body, _ in parts])


async def _noted(codes: Sequence[str], by: Actor) -> list[str]:
    """Note that these are printed; of each today, where it is a copy, and "" for the original."""
    by.must("receipt.print")

    def decide(state: State) -> Answer:
        return Answer(200, {"copies": [_note(state, code, by) for code in codes]})

    wants = Wants(rows=[(table, code) for code in codes for table in (RECEIPT, RECEIPT_PRINT)])
    done = await submit(Command(decide, wants=wants))
    return [clock.today().isoformat() if copy else "" for copy in done.body["copies"]]


def _note(state: State, code: str, by: Actor) -> bool:
    """Note one more print of a receipt; whether it is a copy."""
    receipt, row = state.row(RECEIPT, code), state.row(RECEIPT_PRINT, code)
    if receipt is None:
        raise rules.RECEIPT_UNKNOWN()
    if row is not None:
        state.change(RECEIPT_PRINT, code, last_at=state.now, last_by=by.key, times=row["times"] + 1)
        return True
    fresh = ReceiptPrintRow(
        receipt=code, first_at=state.now, first_by=by.key, last_at=state.now, last_by=by.key, times=1
    )
    state.add(RECEIPT_PRINT, fresh)
    return bool(receipt["status"] != "issued")
