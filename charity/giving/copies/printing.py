"""What staff print for a giver: the original once, whoever is first; each later one is a 副本 of its day."""

from charity import clock
from charity.giving import receipts, rules
from charity.giving.models import RECEIPT, RECEIPT_PRINT, ReceiptPrintRow
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.roles import Actor


async def print_whole(code: str, *, by: Actor) -> tuple[bytes, str]:
    """The three copies of a receipt, and its number. Noted before it is printed: there are never two originals."""
    by.must("receipt.print")

    def decide(state: State) -> Answer:
        receipt, row = state.row(RECEIPT, code), state.row(RECEIPT_PRINT, code)
        if receipt is None:
            raise rules.RECEIPT_UNKNOWN()
        if row is not None:
            state.change(RECEIPT_PRINT, code, last_at=state.now, last_by=by.key, times=row["times"] + 1)
            return Answer(200, {"copy": True})
        fresh = ReceiptPrintRow(
            receipt=code, first_at=state.now, first_by=by.key, last_at=state.now, last_by=by.key, times=1
        )
        state.add(RECEIPT_PRINT, fresh)
        return Answer(200, {"copy": receipt["status"] != "issued"})

    done = await submit(Command(decide, wants=Wants(rows=[(RECEIPT, code), (RECEIPT_PRINT, code)])))
    copied_on = clock.today().isoformat() if done.body["copy"] else ""
    return await receipts.whole_pdf(code, copied_on=copied_on)
