"""Journal vouchers as they are read and closed: one number, its lines and entries, a month's, what waits for review.

Numbers are given in `numbering.py`. Which entries a number has follows from its key and its first and last seq.
"""

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading
from charity.db.tables import Table
from charity.ledger import accounts as acc
from charity.ledger.loading import Loader
from charity.ledger.models import JOURNAL_VOUCHER, JournalVoucherRow
from charity.ledger.numbering import GROUPED, key_of, printed
from charity.ledger.state import State

Voucher = JournalVoucherRow
"""A stored voucher, for whoever is not the ledger."""
Ask = Callable[..., Awaitable[list[dict[str, Any]]]]
CHUNK = 500
NUMBER_MAX = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a voucher: what its entries debited and credited of one account, fen."""

    account: str
    debit_fen: int
    credit_fen: int


async def get(number: str) -> JournalVoucherRow | None:
    """One voucher."""
    rows = await some([number[:NUMBER_MAX]])
    return rows[0] if rows else None


async def newest(n: int) -> str:
    """The latest month's number with this count, as `202611-0123`; "" when there is none."""
    return str(await reading.value("SELECT MAX(number) FROM journal_voucher WHERE n = $1", n) or "")


async def latest(limit: int) -> list[JournalVoucherRow]:
    """The vouchers with the highest numbers."""
    rows: Any = await reading.rows("SELECT * FROM journal_voucher ORDER BY month DESC, n DESC LIMIT $1", limit)
    return list(rows)


async def some(numbers: Sequence[str], ask: Ask = reading.rows) -> list[JournalVoucherRow]:
    """These vouchers, those that are there, by number."""
    if not numbers:
        return []
    sql = f"SELECT * FROM journal_voucher WHERE number IN ({reading.places(len(numbers))}) ORDER BY month, n"  # noqa: S608
    rows: Any = await ask(sql, *numbers)
    return list(rows)


async def unreviewed(day: str, *, rank: int = 0, after: int = 0, limit: int) -> list[JournalVoucherRow]:
    """A day's vouchers that nobody reviewed, the unusual first, behind (`rank`, `after`)."""
    rows: Any = await reading.rows(
        "SELECT * FROM journal_voucher WHERE reviewed_at IS NULL AND day = $1 AND rank >= $2 AND (rank > $2 OR n > $3) "
        "ORDER BY rank, n LIMIT $4",
        day,
        rank,
        after,
        limit,
    )
    return list(rows)


async def waiting_day(*, before: str = "", behind: str = "") -> str:
    """The first day with a voucher that nobody reviewed, the next `behind` or the last `before` a day; "" for none."""
    if before:
        sql, values = "SELECT MAX(day) FROM journal_voucher WHERE reviewed_at IS NULL AND day < $1", [before]
    else:
        sql, values = "SELECT MIN(day) FROM journal_voucher WHERE reviewed_at IS NULL AND day > $1", [behind]
    return str(await reading.value(sql, *values) or "")


async def waiting(day: str, *, most: int) -> tuple[int, int]:
    """How many of a day nobody reviewed, and how many of later days; each is counted up to `most`."""
    row = await reading.only(
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM journal_voucher WHERE reviewed_at IS NULL AND day = $1 "
        "LIMIT $2) x) AS n, (SELECT COUNT(*) FROM (SELECT 1 FROM journal_voucher WHERE reviewed_at IS NULL "
        "AND day > $1 LIMIT $2) y) AS later",
        day,
        most,
    )
    return row["n"], row["later"]


async def closed() -> int:
    """How many were reviewed."""
    return int(await reading.value("SELECT COUNT(*) FROM journal_voucher WHERE reviewed_at IS NOT NULL"))


async def of_month(month: str, *, after: int = 0, limit: int) -> list[JournalVoucherRow]:
    """A month's vouchers behind a count, in order."""
    rows: Any = await reading.rows(
        "SELECT * FROM journal_voucher WHERE month = $1 AND n > $2 ORDER BY n LIMIT $3", month, after, limit
    )
    return list(rows)


async def lines(numbers: Sequence[str]) -> dict[str, list[Line]]:
    """The lines of these vouchers by number: debits first, then by account."""
    result: dict[str, list[Line]] = defaultdict(list)
    for n in range(0, len(numbers), CHUNK):
        part = numbers[n : n + CHUNK]
        for row in await reading.rows(
            "SELECT number, account, debit_fen, credit_fen FROM journal_line "  # noqa: S608
            f"WHERE number IN ({reading.places(len(part))}) ORDER BY number, account",
            *part,
        ):
            result[row.pop("number")].append(Line(**row))
    return {number: sorted(of, key=lambda line: (not line.debit_fen, line.account)) for number, of in result.items()}


async def entries_of(row: JournalVoucherRow, *, after: int = 0, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """A voucher's entries behind a seq, in order, with `facts` and `amount_fen` (what each debited); where to go on."""
    seqs, following = await _seqs(row, max(after, row["first_seq"] - 1), limit)
    if not seqs:
        return [], None
    rows = await reading.rows(
        "SELECT e.seq, e.kind, e.recorded_at, e.actor, e.leaf, e.reverses, e.body, "  # noqa: S608
        "CAST((SELECT SUM(p.quantity) FROM posting p JOIN unit u ON u.id = p.unit WHERE p.seq = e.seq "
        "AND u.code = 'CNY' AND p.quantity > 0) AS BIGINT) AS amount_fen, "
        "(SELECT r.seq FROM entry r WHERE r.reverses = e.seq) AS reversed_by "
        f"FROM entry e WHERE e.seq IN ({reading.places(len(seqs))}) ORDER BY e.seq",
        *seqs,
    )
    return [{**entry, "facts": json.loads(entry.pop("body"))["facts"]} for entry in rows], following


async def _seqs(row: JournalVoucherRow, after: int, limit: int) -> tuple[list[int], int | None]:
    if row["key"].startswith("#"):
        return ([row["first_seq"]] if after < row["first_seq"] else []), None
    chart, _, place = row["key"].rpartition("|")[2].partition("/")
    seen = await reading.rows(
        "SELECT e.seq FROM entry e WHERE e.seq > $3 AND e.seq <= $4 AND e.kind = $5 AND e.effective_on = $6 AND EXISTS "
        "(SELECT 1 FROM posting p JOIN account a ON a.id = p.account WHERE p.seq = e.seq AND a.chart = $1 "
        "AND a.place = $2) ORDER BY e.seq LIMIT $7",
        chart,
        place,
        after,
        row["last_seq"],
        row["kind"],
        row["day"],
        limit,
    )
    candidates = [row["seq"] for row in seen]
    numbers = await numbers_of(candidates)
    following = candidates[-1] if len(candidates) == limit and candidates[-1] < row["last_seq"] else None
    return [seq for seq in candidates if numbers.get(seq) == row["number"]], following


async def numbers_of(seqs: Sequence[int], ask: Ask = reading.rows) -> dict[int, str]:
    """The number of each of these entries that posts money, by seq."""
    keys: dict[int, str] = {}
    for n in range(0, len(seqs), CHUNK):
        part = seqs[n : n + CHUNK]
        keys |= await _keys(part, ask)
    numbers: dict[int, str] = {}
    by_key: dict[str, list[int]] = defaultdict(list)
    for seq, key in keys.items():
        by_key[key].append(seq)
    wanted = sorted(by_key)
    for n in range(0, len(wanted), CHUNK):
        keyed = wanted[n : n + CHUNK]
        for row in await ask(
            f"SELECT number, key, first_seq, last_seq FROM journal_voucher WHERE key IN ({reading.places(len(keyed))})",  # noqa: S608
            *keyed,
        ):
            for seq in by_key[row["key"]]:
                if row["first_seq"] <= seq <= row["last_seq"]:
                    numbers[seq] = row["number"]
    return numbers


async def reviewers_of(seqs: Sequence[int]) -> list[str]:
    """The accounts that reviewed the vouchers of these entries; none while one of them waits for its review."""
    rows = await some(sorted(set((await numbers_of(seqs)).values())))
    if not rows or any(row["reviewed_by"] is None for row in rows):
        return []
    return list(dict.fromkeys(row["reviewed_by"] or "" for row in rows))


async def shown_of(seq: int | None) -> str:
    """The month and number of an entry, with the entry's own: `2026-11 记-0123 #4567`; "" for none."""
    return (await of_entry(seq))[1]


async def of_entry(seq: int | None) -> tuple[str, str]:
    """The number of an entry's journal voucher, and it as `shown_of` has it; both "" for no entry."""
    if seq is None:
        return "", ""
    number = (await numbers_of([seq])).get(seq, "")
    return number, _shown(seq, number)


async def shown_of_each(seqs: Sequence[int]) -> dict[int, str]:
    """Each of these entries as `shown_of` has it."""
    numbers = await numbers_of(seqs)
    return {seq: _shown(seq, numbers.get(seq, "")) for seq in seqs}


def _shown(seq: int, number: str) -> str:
    return f"{number[:4]}-{number[4:6]} {printed(number)} #{seq}" if number else f"#{seq}"


async def _keys(seqs: Sequence[int], ask: Ask) -> dict[int, str]:
    if not seqs:
        return {}
    places = reading.places(len(seqs))
    entries = await ask(f"SELECT seq, kind, effective_on FROM entry WHERE seq IN ({places})", *seqs)  # noqa: S608
    grouped = [row["seq"] for row in entries if row["kind"] in GROUPED]
    posted: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    if grouped:
        for row in await ask(
            # First the lines of these entries: PostgreSQL would else begin with all lines of money.
            "WITH p AS MATERIALIZED (SELECT seq, account, unit FROM posting "  # noqa: S608
            f"WHERE seq IN ({reading.places(len(grouped))})) SELECT p.seq, a.code FROM p "
            "JOIN account a ON a.id = p.account JOIN unit u ON u.id = p.unit WHERE u.code = 'CNY'",
            *grouped,
        ):
            posted[row["seq"]].append((row["code"], acc.CNY, 0))
    return {row["seq"]: key_of(row["seq"], row["kind"], row["effective_on"], posted[row["seq"]]) for row in entries}


@dataclass(frozen=True, slots=True)
class Source:
    """What a voucher of one entry rests on: the facts of the entry, and the voucher of the entry that it takes back."""

    facts: dict[str, Any]
    takes_back: JournalVoucherRow | None


async def sources(rows: Iterable[JournalVoucherRow]) -> dict[str, Source]:
    """By number, for those of `rows` that have one entry."""
    of = {row["first_seq"]: row["number"] for row in rows if row["entries"] == 1}
    if not of:
        return {}
    entries = await reading.rows(
        f"SELECT seq, reverses, body FROM entry WHERE seq IN ({reading.places(len(of))})",  # noqa: S608
        *of,
    )
    numbers = await numbers_of([entry["reverses"] for entry in entries if entry["reverses"] is not None])
    originals = {row["number"]: row for row in await some(sorted(set(numbers.values())))}
    return {
        of[entry["seq"]]: Source(json.loads(entry["body"])["facts"], originals.get(numbers.get(entry["reverses"], "")))
        for entry in entries
    }


async def reversed_in(rows: Iterable[JournalVoucherRow], ask: Ask = reading.rows) -> dict[str, list[int]]:
    """The entries of these vouchers that were reversed since, by number."""
    vouchers = list(rows)
    if not vouchers:
        return {}
    first, last = min(row["first_seq"] for row in vouchers), max(row["last_seq"] for row in vouchers)
    taken_back = await ask("SELECT reverses AS seq FROM entry WHERE reverses >= $1 AND reverses <= $2", first, last)
    result: dict[str, list[int]] = defaultdict(list)
    for seq, number in sorted((await numbers_of([row["seq"] for row in taken_back], ask)).items()):
        result[number].append(seq)
    return dict(result)


_APPROVED = frozenset(
    {"gift.refund", "gift.reversal", "gift.correction", "branch.roster", "roster.reversal", "return.reversal"}
)
"""Kinds that an approval posts: the actor of the entry agreed to what another asked for."""
_RETURNED = "branch.returned"
"""The same where it names its cashier; of before the cashier alone posted it."""
_PAID, _PAID_BACK = "voucher.paid", "refund.paid"
"""What others had approved before: the entry of the one names them, that of the other the refund's."""


async def approvers(rows: Iterable[JournalVoucherRow], ask: Ask = reading.rows) -> dict[str, frozenset[str]]:
    """By number the accounts that approved what the voucher books; a number that nobody had to approve is not there."""
    of = {row["first_seq"]: row["number"] for row in rows if row["kind"] in {*_APPROVED, _RETURNED, _PAID, _PAID_BACK}}
    booked = await _actors(list(of), ask)
    refunds = await _actors([facts.get("of", 0) for _, kind, facts in booked.values() if kind == _PAID_BACK], ask)
    result = {}
    for seq, (actor, kind, facts) in booked.items():
        agreed = [actor]
        if kind == _RETURNED:
            agreed = [actor] if "cashier" in facts else []
        elif kind == _PAID:
            agreed = facts.get("approvers", [])
        elif kind == _PAID_BACK:
            agreed = [refunds[facts["of"]][0]] if facts.get("of") in refunds else []
        result[of[seq]] = frozenset(agreed)
    return result


async def _actors(seqs: Sequence[int], ask: Ask) -> dict[int, tuple[str, str, dict[str, Any]]]:
    """Actor, kind and facts of these entries, by seq."""
    actors: dict[int, tuple[str, str, dict[str, Any]]] = {}
    for n in range(0, len(seqs), CHUNK):
        part = seqs[n : n + CHUNK]
        sql = f"SELECT seq, actor, kind, body FROM entry WHERE seq IN ({reading.places(len(part))})"  # noqa: S608
        for row in await ask(sql, *part):
            actors[row["seq"]] = row["actor"], row["kind"], json.loads(row["body"])["facts"]
    return actors


async def load(loader: Loader, numbers: Sequence[str]) -> dict[str, tuple[JournalVoucherRow, list[int]]]:
    """In a command that is `alone`: these vouchers, named to be closed, with their reversed entries, by number."""
    await loader.stored(JOURNAL_VOUCHER, numbers)
    stored = [loader.state.row(JOURNAL_VOUCHER, number) for number in numbers]
    rows = [row for row in stored if row is not None]
    taken_back = await reversed_in(rows, loader.rows)
    return {row["number"]: (row, taken_back.get(row["number"], [])) for row in rows}


def close(state: State, number: str, *, by: str) -> None:
    """This account reviewed it: nothing joins it any more."""
    state.change(JOURNAL_VOUCHER, number, reviewed_at=state.now, reviewed_by=by, open_key=None)


def wanted(number: str) -> tuple[Table[Any], str]:
    """What a command names to see a voucher."""
    return JOURNAL_VOUCHER, number


def is_reviewed(state: State, number: str) -> bool:
    """Whether a named voucher was reviewed."""
    row = state.row(JOURNAL_VOUCHER, number)
    return row is not None and row["reviewed_at"] is not None
