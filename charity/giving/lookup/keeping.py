"""The terms of gifts and pledges, written behind the books in chunks; each run goes on where the last one stopped.

Two runs at once write the same rows: nothing is written twice, and the mark only goes forward.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.giving.lookup import terms
from charity.people import names, persons
from charity.people.models import PersonKind
from charity.people.persons import Person

CHUNK: Final = 2_000
RUN_MAX: Final = 100_000
"""Gifts, and pledges, of one run of the timetable."""
BEHIND_S: Final = 60
"""Pledges are given their instant before they are written: the youngest wait."""
RECEIPTS: Final = 100
"""Receipts of one transaction that were issued later; each has at most a hundred gifts."""
LATER: Final = (
    "SELECT n.code, d.seq, d.key, n.donor, n.amount_fen, NULL AS on_receipt "
    "FROM (SELECT receipt FROM lookup_due ORDER BY receipt LIMIT $1) u JOIN receipt n ON n.code = u.receipt "
    "JOIN receipt_line l ON l.number = n.number JOIN donation d ON d.key = l.donation"
)
"""The gifts of receipts that were issued later than they, by the name and sum of those receipts."""
RAN: Final = "ran"
"""The mark that says when a run last ended; from the first one on it is there, also when none ends."""
Row = tuple[str, str, str, str]


async def keep_up() -> int:
    """Write the terms of what is new; how many gifts, pledges and corrected receipts were looked at."""
    await _ran("DO NOTHING")
    done = await _all(_gifts, CHUNK // 2) + await _all(_pledges, CHUNK // 2) + await _all(_receipts, RECEIPTS)
    await _ran("(kind) DO UPDATE SET at = excluded.at")
    return done


async def _ran(conflict: str) -> None:
    sql = f"INSERT INTO lookup_mark (kind, at, key) VALUES ($1, $2, '') ON CONFLICT {conflict}"  # noqa: S608 - from here
    await transactions.run(lambda tx: tx.many(sql, [(RAN, clock.stamp())]))


async def _all(chunk: Callable[[], Awaitable[int]], full: int) -> int:
    """Chunk after chunk until one is not full."""
    done = 0
    while done < RUN_MAX:
        n = await chunk()
        done += n
        if n < full:
            break
    return done


async def mark(kind: str) -> tuple[str, str]:
    """Up to where terms of this kind are written: (at, key)."""
    row = await reading.only("SELECT at, key FROM lookup_mark WHERE kind = $1", kind)
    return row["at"], row["key"]


async def _gifts() -> int:
    at, _ = await mark(terms.GIFT)
    rows = await reading.rows(
        "SELECT d.seq, d.key, d.amount_fen, d.donor, r.amount_fen AS on_receipt FROM donation d "  # noqa: S608 - a number
        f"LEFT JOIN receipt r ON r.code = d.receipt WHERE d.seq > $1 ORDER BY d.seq LIMIT {CHUNK}",
        int(at or 0),
    )
    if len(rows) == CHUNK and rows[0]["seq"] != rows[-1]["seq"]:
        rows = [row for row in rows if row["seq"] < rows[-1]["seq"]]  # the gifts of one entry stay together
    if rows:
        givers = await persons.names([row["donor"] for row in rows])
        written = [term for row in rows for term in of_gift(row, givers.get(row["donor"]))]
        await write(written, kind=terms.GIFT, at=terms.place(rows[-1]["seq"]), givers=givers.values())
    return len(rows)


def of_gift(row: dict[str, Any], giver: Person | None) -> list[Row]:
    """The terms of a gift: its giver's name, its amount, and that of its receipt."""
    amounts = {terms.of_amount(fen) for fen in (row["amount_fen"], row["on_receipt"]) if fen}
    return [
        (terms.GIFT, term, terms.place(row["seq"]), row["key"]) for term in {*amounts, terms.of_giver(giver)} - {""}
    ]


async def _pledges() -> int:
    at, key = await mark(terms.PLEDGE)
    rows = await reading.rows(
        "SELECT created_at, code, donor FROM pledge WHERE (created_at, code) > ($1, $2) AND created_at < $3 "  # noqa: S608
        f"ORDER BY created_at, code LIMIT {CHUNK}",
        at,
        key,
        clock.later(-BEHIND_S),
    )
    if rows:
        givers = await persons.names([row["donor"] for row in rows])
        named = [(row, terms.of_giver(givers.get(row["donor"]))) for row in rows]
        written = [(terms.PLEDGE, term, row["created_at"], row["code"]) for row, term in named if term]
        last = rows[-1]
        await write(written, kind=terms.PLEDGE, at=last["created_at"], key=last["code"], givers=givers.values())
    return len(rows)


async def _receipts() -> int:
    """The gifts of receipts that were issued later, by the name and the sum that those have."""
    rows = await reading.rows(LATER, RECEIPTS)
    codes = sorted({row["code"] for row in rows})
    if rows:
        givers = await persons.names([row["donor"] for row in rows])
        written = [term for row in rows for term in of_gift(row, givers.get(row["donor"]))]
        await write(written, givers=givers.values(), done=codes)
    return len(codes)


def parts_of(givers: Iterable[Person]) -> set[tuple[str, str]]:
    """The words of the names of organisations, each with the whole name."""
    firms = {giver.name for giver in givers if giver.kind == PersonKind.ORGANISATION}
    return {(part, names.folded(name)) for name in firms for part in names.parts(name)}


async def write(
    rows: Sequence[Row],
    *,
    kind: str = "",
    at: str = "",
    key: str = "",
    givers: Iterable[Person] = (),
    done: Sequence[str] = (),
) -> None:
    """Keep terms, and with them the mark of their kind; or take away the receipts whose gifts they are."""
    parts = sorted(parts_of(givers))

    async def work(tx: Tx) -> None:
        await tx.many(
            "INSERT INTO lookup (kind, term, at, key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", sorted(rows)
        )
        await tx.many("INSERT INTO lookup_part (part, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", parts)
        await tx.many("DELETE FROM lookup_due WHERE receipt = $1", [(code,) for code in done])
        await tx.many(
            "UPDATE lookup_mark SET at = $2, key = $3 WHERE kind = $1 AND (at < $2 OR at = $2 AND key < $3)",
            [(kind, at, key)],
        )

    await transactions.run(work)
