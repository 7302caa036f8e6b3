"""What staff print for a giver: the original once, whoever is first; each later one is a 副本 of its day."""

from collections.abc import Sequence
from typing import Final

from charity import clock, words
from charity.db import reading
from charity.giving import receipts, rules
from charity.giving.models import RECEIPT_PRINT, Receipt, ReceiptPrintRow
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.printing import pdfs
from charity.roles import SYSTEM, Actor

PRINT_MAX: Final = 100
"""Receipts in one file: as many as a page of the list of those that wait."""


async def print_whole(code: str, *, by: Actor) -> tuple[bytes, str]:
    """The three copies of a receipt, and its number."""
    (printed,) = await _printed([code], by)
    return printed


async def print_together(codes: Sequence[str], *, by: Actor) -> bytes:
    """The three copies of several receipts in one PDF, in the order given.

    Each is printed by itself, so that other documents of staff print between them, and as it is at that moment:
    one that was voided or replaced meanwhile says so, with the day.
    """
    by.must("receipt.print")
    wanted = list(dict.fromkeys(codes))
    if not 0 < len(wanted) <= PRINT_MAX:
        raise rules.RECEIPT_BATCH(most=PRINT_MAX)
    printed = await _printed(wanted, by)
    return await pdfs.joined([body for body, _ in printed], title=_title([number for _, number in printed]))


def _title(numbers: Sequence[str]) -> str:
    """What the file of several receipts is called."""
    return span_title(numbers[0], numbers[-1], len(numbers))


def span_title(first: str, last: str, count: int) -> str:
    """The first number to the last one, and how many."""
    if count == 1:
        return f"{words.say('捐赠收据')} {first}"
    return words.say("捐赠收据 {first} 至 {last}（共 {count} 张）", first=first, last=last, count=count)


async def _printed(codes: Sequence[str], by: Actor) -> list[tuple[bytes, str]]:
    """PDF and number of each receipt. Noted when all are printed: what breaks off before takes nobody's original.

    Who notes first has the original; whoever printed the same meanwhile gets it once more, as a copy.
    """
    by.must("receipt.print")
    today, copied = clock.today().isoformat(), await _copies(codes)
    printed = {code: await receipts.whole_pdf(code, copied_on=today if code in copied else "") for code in codes}
    for code in await _noted(codes, by) - copied:
        printed[code] = await receipts.whole_pdf(code, copied_on=today)
    return [printed[code] for code in codes]


async def _copies(codes: Sequence[str]) -> set[str]:
    """Of these receipts those of which there is no original to print: it was printed before, or is no longer valid."""
    stored = {row.code: row.status for row in await Receipt.visible_to(SYSTEM).filter(code__in=codes)}
    if len(stored) < len(codes):
        raise rules.RECEIPT_UNKNOWN()
    sql = f"SELECT receipt FROM receipt_print WHERE receipt IN ({reading.places(len(codes))})"  # noqa: S608 - $1, $2, …
    before = {row["receipt"] for row in await reading.rows(sql, *codes)}
    return {*before, *(code for code, status in stored.items() if status != "issued")}


async def _noted(codes: Sequence[str], by: Actor) -> set[str]:
    """Note that these were printed; those that had been before."""

    def decide(state: State) -> Answer:
        return Answer(200, {"before": [code for code in codes if note(state, code, by=by.key)]})

    wants = Wants(rows=[(RECEIPT_PRINT, code) for code in codes])
    return set((await submit(Command(decide, wants=wants))).body["before"])


def note(state: State, code: str, *, by: str, file: str | None = None) -> bool:
    """Note one more print of a receipt, in this file of many; whether it was printed before."""
    row = state.row(RECEIPT_PRINT, code)
    if row is not None:
        state.change(RECEIPT_PRINT, code, last_at=state.now, last_by=by, times=row["times"] + 1)
        return True
    fresh = ReceiptPrintRow(
        receipt=code, first_at=state.now, first_by=by, last_at=state.now, last_by=by, times=1, file=file
    )
    state.add(RECEIPT_PRINT, fresh)
    return False
