"""What the books moved at the places that have statements, event by event, written behind the journal.

Movements follow the journal by seq, in chunks; two runs at once write nothing twice. An event is what a bank shows as
one transfer: a payment, or all gifts of one transfer (a roster of thousands). Its entries were committed at once with
seqs in a row, so a chunk that would cut the last event ends before it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from charity import addresses
from charity.aid import payments
from charity.bank.models import Attempt, BankMovementRow
from charity.bank.movements import folding
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.giving import donations, refunds
from charity.ledger import accounts as acc
from charity.ledger import moved
from charity.ledger.moved import Moved
from charity.roles import SYSTEM

CHARTS: Final = (acc.BANK, acc.OTHER_MONEY)
CHUNK: Final = 6_000
"""Entries that are read at a time: more than one event has (`state.ENTRIES_MAX`)."""
RUN_MAX: Final = 120_000
"""Entries of one run of the timetable."""


async def follow() -> int:
    """Write the movements of new entries; how many entries were looked at."""
    done = 0
    while done < RUN_MAX:
        since = await mark()
        head = await moved.head()
        if since >= head:
            break
        last = min(since + CHUNK, head)
        entries = await moved.between(since + 1, last, CHARTS)
        if last < head and entries and (cut := _cut(entries)) > since:
            entries, last = [one for one in entries if one.seq <= cut], cut
        rows = await _rows(entries)
        if not await transactions.run(lambda tx, rows=rows, since=since, last=last: _write(tx, rows, since, last)):  # type: ignore[misc] # bound now
            break  # another process has gone on
        done += last - since
    return done


async def mark() -> int:
    """The last entry whose movements are written."""
    return int(await reading.value("SELECT seq FROM bank_mark WHERE id = 1"))


def _cut(entries: Sequence[Moved]) -> int:
    """The last entry before the event that the end of a chunk might cut."""
    last = event(entries[-1])
    return next(one.seq for one in entries if event(one) == last) - 1


def key_of(seq: int, place: str) -> str:
    """The key of the movement at a place whose first entry this is."""
    return f"{seq}.{place.replace('/', '.')}"


def event(one: Moved) -> str:
    """What an entry is part of: the first gift of its transfer, its document, or else itself."""
    if one.reverses is None:
        if one.kind == "gift.cash":
            return f"gift:{one.facts.get('together') or one.facts.get('donation') or one.seq}"
        document = addresses.document(one.facts)
        if document is not None:
            return f"{document[0]}:{document[1]}"
    return f"entry:{one.seq}"


async def _rows(entries: Sequence[Moved]) -> list[BankMovementRow]:
    events: dict[tuple[str, str], list[Moved]] = defaultdict(list)
    for one in entries:
        events[one.place, event(one)].append(one)
    firsts = [group[0] for group in events.values()]
    references = await _references(firsts)
    rows = []
    for (place, name), group in events.items():
        first, fen = group[0], sum(one.fen for one in group)
        if not fen:
            continue
        kind, number = _document(first)
        match = _match(first)
        units = {str(one.facts.get("work_unit", "")) for one in group}
        rows.append(
            BankMovementRow(
                key=key_of(first.seq, place),
                place=place,
                event=name,
                seq=first.seq,
                entries=len(group),
                on_day=max(one.on for one in group),
                fen=fen,
                kind=first.kind,
                document=kind,
                number=number,
                unit=units.pop() if len(units) == 1 else "",
                reference=folding.folded(references.get(first.seq, "")),
                reverses=first.reverses,
                matched=match,
                cleared_on=max(one.on for one in group) if match else None,
            )
        )
    return rows


def _match(first: Moved) -> str | None:
    """The decision that was made in the batch that posted (charity/bank/posted.py), which its entry names."""
    return str(first.facts["match"]) if first.reverses is None and "match" in first.facts else None


def _document(one: Moved) -> tuple[str, str]:
    return addresses.document(one.facts) or ("entry", str(one.seq))


async def _references(firsts: Sequence[Moved]) -> dict[int, str]:
    """The bank's number of these events by their first entry, where the rooms below have one."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for one in firsts:
        if one.reverses is None:
            kind, number = _document(one)
            by_kind[kind][number] = one.seq
    gifts = await donations.banked(list(by_kind["gift"]), by=SYSTEM)
    paid = await payments.banked(list(by_kind["voucher"]))
    back = await refunds.banked(list(by_kind["refund"]), by=SYSTEM)
    return (
        {by_kind["gift"][key]: gift.channel_ref for key, gift in gifts.items()}
        | {by_kind["voucher"][number]: ref for number, (ref, _) in paid.items()}
        | {by_kind["refund"][number]: row.channel_ref or "" for number, row in back.items()}
    )


async def _write(tx: Tx, rows: Sequence[BankMovementRow], since: int, last: int) -> bool:
    """Add movements and let the lines of their sums be looked at again; False when somebody else has gone on."""
    held: list[dict[str, Any]] = await tx.rows(
        "UPDATE bank_mark SET seq = $2 WHERE id = 1 AND seq = $1 RETURNING seq", since, last
    )
    if not held:
        return False
    await tx.insert("bank_movement", rows)
    await tx.many(
        "UPDATE bank_line SET attempt = $3 WHERE place = $1 AND in_fen - out_fen = $2 AND status = 'open' "
        "AND attempt = $4",
        sorted({(row["place"], row["fen"], Attempt.DUE.value, Attempt.TRIED.value) for row in rows}),
    )
    return True
