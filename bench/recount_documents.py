"""Shares, registers as files and printed documents of a whole house, compared with its journal counted again.

What bodies do not say comes beside the entries (`Beside`): what lots are, which gifts are on a receipt, and which
numbers of journal vouchers there are.
"""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bench import recount_papers as documents
from bench import recount_registers as registers
from bench import recount_shares as shares
from bench.recount import Compared
from bench.recount_journal import Entry
from bench.recount_papers import Receipt
from bench.recount_registers import Lot, Register

Get = Callable[[str], Awaitable[str]]
File = Callable[[str], Awaitable[bytes]]
Export = Callable[[str, str, str, str], Awaitable[bytes]]
"""A register as a file: `(report, format, begin, end)`."""


@dataclass(frozen=True)
class Beside:
    """What bodies do not say: lots by code, the kind of each fund, receipts, and `202611-0123` of vouchers."""

    lots: Mapping[str, Lot]
    kinds: Mapping[str, str]
    receipts: Sequence[Receipt]
    numbers: Sequence[str]


@dataclass(frozen=True)
class House:
    """How its pages are asked for, of the public and of staff."""

    public: Get
    staff: Get
    document: File
    public_document: File
    export: Export


@dataclass(frozen=True)
class Sizes:
    """How much is compared: of answers and pages of receipts, of each kind of paper, the formats of registers."""

    answers: int = 1_000_000
    pages: int = 1_000_000
    documents: int = 0
    public_documents: int = 0
    formats: Sequence[str] = ("csv", "xlsx")


async def compare(
    done: Compared, journal: Mapping[int, Entry], beside: Beside, house: House, sizes: Sizes, chance: random.Random
) -> None:
    """Compare it all; what is not compared whole is drawn by `chance`, receipts of refunded gifts first."""
    streams = shares.Streams(journal)
    answered = first_touched(journal, beside.receipts, chance)
    await shares.answers(done, streams, answered[: sizes.answers], house.staff)
    money = [receipt for receipt in answered if journal[receipt.seqs[0]].kind == "gift.cash"]
    await shares.pages(done, streams, money[: sizes.pages], house.public)
    await exported(done, journal, beside, house, sizes.formats)
    if sizes.documents:
        await printed(done, journal, beside, house, sizes, chance)


def first_touched(journal: Mapping[int, Entry], receipts: Sequence[Receipt], chance: random.Random) -> list[Receipt]:
    """In an order drawn by `chance`, those of gifts that were refunded or corrected before the others."""
    facts = [entry.facts for entry in journal.values() if entry.kind in shares.GIVEN_BACK]
    touched = {fact.get("refund_of", fact.get("of")) for fact in facts}
    drawn = chance.sample(receipts, len(receipts))
    return sorted(drawn, key=lambda receipt: touched.isdisjoint(receipt.seqs))


def period(journal: Mapping[int, Entry]) -> tuple[str, str]:
    """The first and the last day of the journal."""
    days = [entry.day for entry in journal.values()]
    return min(days), max(days)


async def exported(
    done: Compared, journal: Mapping[int, Entry], beside: Beside, house: House, formats: Sequence[str]
) -> None:
    """Each register of the whole time and of its last month, as files."""
    begin, end = period(journal)
    for name, make in registers.REGISTERS.items():
        for first, of in ((begin, formats), (f"{end[:7]}-01", [one for one in formats if one == "csv"])):
            counted: Register = make(journal, beside, first, end)
            for one in of:
                body, where = await house.export(name, one, first, end), f"{name} {first} {one}"
                if one == "pdf":
                    registers.pdf(done, counted, where, body)
                else:
                    cells = registers.of_csv(body) if one == "csv" else registers.of_xlsx(body)
                    registers.sheets(done, counted, where, cells)


async def printed(
    done: Compared, journal: Mapping[int, Entry], beside: Beside, house: House, sizes: Sizes, chance: random.Random
) -> None:
    """Documents of each kind, drawn by `chance`."""

    def some(whole: Sequence[Entry]) -> list[Entry]:
        return chance.sample(whole, min(sizes.documents, len(whole)))

    for receipt in first_touched(journal, beside.receipts, chance)[: sizes.documents]:
        fen = await _sum_of(journal, receipt, house)
        body = await house.document(f"/receipts/{receipt.code}/paper.pdf")
        documents.receipt(done, journal, receipt, fen, body, copies=3)
    for receipt in chance.sample(beside.receipts, min(sizes.public_documents, len(beside.receipts))):
        fen = await _sum_of(journal, receipt, house)
        documents.receipt(done, journal, receipt, fen, await house.public_document(f"/r/{receipt.code}.pdf"), copies=1)
    for entry in some([entry for entry in journal.values() if entry.kind == "voucher.paid"]):
        documents.voucher(done, entry, await house.document(f"/vouchers/{entry.facts['voucher']}.pdf"))
    for kinds in (("goods.gift", "goods.purchase"), ("goods.issue",)):
        for entry in some([entry for entry in journal.values() if entry.kind in kinds]):
            body = await house.document(f"/goods/documents/{entry.facts['document']}.pdf")
            documents.slip(done, entry, beside.lots, body)
    for number in chance.sample(beside.numbers, min(sizes.documents, len(beside.numbers))):
        documents.journal_vouchers(done, journal, await house.document(f"/journal/{number}.pdf"), 1)


async def _sum_of(journal: Mapping[int, Entry], receipt: Receipt, house: House) -> int:
    """The sum of a receipt: of those that it may have, the one that is answered."""
    refunds = [entry for entry in journal.values() if entry.kind == "gift.refund"]
    may_be = documents.receipt_fen(journal, receipt, refunds)
    answered = await shares.amount(receipt.code, house.staff)
    return answered if answered in may_be else max(may_be)
