"""Journal vouchers 记账凭证: numbers over entries, gap-free by month of `effective_on` (docs/decisions/0028).

Every entry that posts money has one: the gifts that came into one place of money on one day share a number, and so do
those that were recognised in what was held, a store's issues of a day, and its opening stock, until it is reviewed;
every other entry has its own. Always true: a
number is given in the batch that posts, in the order of seq; which entries are its own follows from `key` and from
`first_seq` to `last_seq`; `leaves` is the chain of their leaves, so that a review over it is over every entry.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from charity import clock, words
from charity.db import reading
from charity.db.tables import Sums
from charity.db.transactions import Statement, Tx, insert_sql
from charity.ledger import accounts as acc
from charity.ledger.accounts import Posting
from charity.ledger.models import JOURNAL_VOUCHER, JournalVoucherRow

LINES = Sums("journal_line", ("number", "account"), ("debit_fen", "credit_fen"))
"""A voucher's lines, summed by account and fund."""
SERIES = "journal"
DIGITS = 4
CHUNK = 2_000
GENESIS = "0" * 64
_SHELVES = (acc.STOCK, acc.AGENCY_ASSETS)
GROUPED = {"gift.cash": (*acc.MONEY_PLACES, acc.OTHER_PAYABLE), "goods.issue": _SHELVES, "goods.opening": _SHELVES}
"""Kinds that share a number by day and place, and the charts in which the place is."""
_TAKEN = frozenset(
    {
        "gift.cash",
        "voucher.paid",
        "refund.paid",
        "money.transfer",
        "branch.returned",
        "unidentified.held",
        "unidentified.returned",
    }
)
"""Kinds that a cashier makes, who took the money or paid it; another person confirms a return and names the cashier."""
_WRITTEN = frozenset(
    {
        "opening",
        "goods.opening",
        "money.reversal",
        "money.reclassified",
        "gift.reversal",
        "gift.correction",
        "unidentified.reversal",
        "bank.fee",
        "bank.fee_reversal",
    }
)
"""Kinds that an accountant writes; every other entry follows from a document."""
_GIVEN_BACK = frozenset({"gift.refund", "refund.paid"})
"""Kinds that follow from a request, whose accountant has made them too."""
_ASKED = frozenset({"return.reversal", "roster.reversal"})
"""Kinds that one asked for and another confirmed."""
_CORRECTED = frozenset({"gift.correction", "money.reclassified"})
_PAID = frozenset({"voucher.paid", "refund.paid"})
LARGE_FEN = 5_000_000
LATE_DAYS = 3
OPENS, CLOSES, WORKING_DAYS = 8, 18, 5
UNUSUAL_WORDS = {
    "reversal": "冲销或更正",
    "refund": "退款",
    "large": "大额",
    "cash": "现金支付",
    "late": "补记",
    "hours": "非工作时间",
}
"""What the one who reviews looks at first, in this order."""
Needed = tuple[Collection[str], Collection[str]]
"""Keys of vouchers that may be joined, and months."""
Query = tuple[str, list[Any], Callable[[list[dict[str, Any]]], None]]
"""SQL, its values, and what takes the rows in."""
Given = tuple[int, str, str, str, str, str, int | None, Sequence[Posting], str]
"""Of an entry (seq, kind, recorded_at, effective_on, actor, leaf, reverses, postings in CNY, body)."""


def key_of(seq: int, kind: str, day: str, lines: Iterable[Posting]) -> str:
    """What the entries of a voucher have in common."""
    charts = GROUPED.get(kind)
    if charts is not None:
        places = [account.rpartition("/")[0] for account, _, _ in lines if account.startswith(charts)]
        held = [place for place in places if place.startswith(acc.OTHER_PAYABLE)]
        if places:  # a gift of what was held came into no place on this day, whatever fund it moves to
            return f"{kind}|{day}|{min(held or places)}"
    return f"#{seq}"


def written(month: str, n: int) -> str:
    """The number as addresses and the API write it: `202611-0123`."""
    return f"{month.replace('-', '')}-{n:0{DIGITS}d}"


def printed(number: str) -> str:
    """The number as papers print it: 记-0123, its month is the paper's."""
    return words.say("记-{count}", count=number.partition("-")[2])


def rests_on_documents(kind: str) -> bool:
    """Whether an entry follows from a document, which is then an attachment of its voucher."""
    return kind not in _WRITTEN


def chained(leaves: str, leaf: str) -> str:
    """The chain of leaves with one more."""
    return hashlib.sha256(bytes.fromhex(leaves) + bytes.fromhex(leaf)).hexdigest()


def unusual(given: Given) -> set[str]:
    """Why an entry is looked at first."""
    _, kind, at, day, _, _, reverses, lines, _ = given
    today, outside = _when(at[:13])
    flags: set[str] = set()  # by conditions: thousands of gifts a second pass here
    if reverses is not None or kind in _CORRECTED:
        flags.add("reversal")
    if kind in _GIVEN_BACK:
        flags |= {"refund"}
    if any(fen >= LARGE_FEN for _, _, fen in lines):
        flags.add("large")
    if kind in _PAID and any(account.startswith(acc.CASH) and fen < 0 for account, _, fen in lines):
        flags.add("cash")
    if day < today:
        flags.add("late")
    if outside and kind in _TAKEN:
        flags.add("hours")
    return flags


@lru_cache(maxsize=64)
def _when(hour: str) -> tuple[str, bool]:
    """For an hour of recording, as `2026-11-26T02`: the first day that is not late, and whether nobody works then."""
    local = clock.instant(f"{hour}:00:00.000000Z").astimezone(clock.SHANGHAI)
    first = local.date() - timedelta(days=LATE_DAYS)
    return first.isoformat(), not (OPENS <= local.hour < CLOSES and local.weekday() < WORKING_DAYS)


def _cashier(kind: str, actor: str, body: str) -> str:
    """Who took the money in or paid it."""
    return str(json.loads(body)["facts"].get("cashier", actor)) if kind == "branch.returned" else actor


class Numbering:
    """Gives numbers to entries in the order of seq. `open` are the vouchers that may still be joined, by key."""

    def __init__(self, open_: dict[str, JournalVoucherRow], following: dict[str, int]) -> None:
        self.open, self.following = open_, following
        self.new: list[JournalVoucherRow] = []
        self.joined: dict[str, JournalVoucherRow] = {}
        self.lines: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def take(self, given: Given) -> JournalVoucherRow:
        """The voucher of the next entry."""
        seq, kind, _, day, actor, leaf, _, lines, body = given
        key = key_of(seq, kind, day, lines)
        row = self.open.get(key)
        if row is None:
            row = self._begun(key, kind, day, seq)
        else:
            self.joined[row["number"]] = row
        row["last_seq"] = seq
        row["entries"] += 1
        row["leaves"] = chained(row["leaves"], leaf)
        if kind in _TAKEN:
            row["cashiers"] = _with(row["cashiers"], _cashier(kind, actor, body))
        if kind in _WRITTEN or kind in _GIVEN_BACK or kind in _ASKED:
            maker = json.loads(body)["facts"].get("maker") or (actor if kind in _WRITTEN else "")
            row["makers"] = _with(row["makers"], maker) if maker else row["makers"]
        for flag in unusual(given):
            row["unusual"], row["rank"] = _with(row["unusual"], flag), 0
        for account, _, fen in lines:
            sides = self.lines[row["number"], account]
            if fen > 0:
                sides[0] += fen
                row["amount_fen"] += fen
            else:
                sides[1] -= fen
        return row

    def close(self, number: str) -> None:
        """The voucher was reviewed: later entries of its key begin another."""
        self.open = {key: row for key, row in self.open.items() if row["number"] != number}

    def _begun(self, key: str, kind: str, day: str, seq: int) -> JournalVoucherRow:
        month = day[:7]
        n = self.following.get(month, 1)
        self.following[month] = n + 1
        row = JournalVoucherRow(
            number=written(month, n),
            month=month,
            n=n,
            day=day,
            kind=kind,
            key=key,
            open_key=None if key.startswith("#") else key,
            first_seq=seq,
            last_seq=seq,
            entries=0,
            amount_fen=0,
            leaves=GENESIS,
            cashiers="",
            makers="",
            unusual="",
            rank=1,
            reviewed_at=None,
            reviewed_by=None,
        )
        if row["open_key"] is not None:
            self.open[key] = row
        self.new.append(row)
        return row

    def statements(self) -> list[Statement]:
        """What is to be written of it."""
        new = {row["number"] for row in self.new}
        changed = [row for number, row in self.joined.items() if number not in new]
        months = sorted({row["month"] for row in self.new})
        return [
            (_BEGIN, [tuple(row[name] for name in _BEGUN) for row in self.new]),  # type: ignore[literal-required]
            (_JOIN, [tuple(row[name] for name in _JOINED) for row in changed]),  # type: ignore[literal-required]
            (LINES.add_sql(), [(*key, *sides) for key, sides in sorted(self.lines.items())]),
            (_FOLLOWING, [(_series(month), int(month[:4]), self.following[month]) for month in months]),
        ]


_BEGUN = tuple(name for name in JournalVoucherRow.__annotations__ if name != "reviewed_by")
"""The columns of a new one: migration 0040 writes them before 0064 adds the last."""
_BEGIN = insert_sql(JOURNAL_VOUCHER.name, _BEGUN)
_JOINED = ("number", "last_seq", "entries", "amount_fen", "leaves", "cashiers", "makers", "unusual", "rank")
_JOIN = "UPDATE journal_voucher SET " + ", ".join(f"{name} = ${n}" for n, name in enumerate(_JOINED[1:], 2))  # noqa: S608
_JOIN += " WHERE number = $1"
_FOLLOWING = (
    "INSERT INTO series (name, year, next) VALUES ($1, $2, $3) ON CONFLICT (name, year) DO UPDATE SET next = $3"
)


def _series(month: str) -> str:
    return f"{SERIES}-{month}"


def _with(listed: str, word: str) -> str:
    return listed if word == listed or word in listed.split() else " ".join(sorted([*listed.split(), word]))


def given_of(entries: Iterable[Sequence[Any]], postings: Iterable[Sequence[Any]]) -> list[Given]:
    """The entries of a batch that post money: rows of `Written.entries` and of `Written.postings`, in seq order."""
    lines: dict[int, list[Posting]] = defaultdict(list)
    for seq, _, account, unit, fen in postings:
        if unit == acc.CNY:
            lines[seq].append((account, unit, fen))
    return [
        (seq, kind, at, day, actor, leaf, reverses, lines[seq], body)
        for seq, _, kind, at, day, _, actor, body, leaf, _, reverses in entries
        if seq in lines
    ]


@dataclass(slots=True)
class Looked:
    """What a batch read of the journal vouchers: the open ones by key, and by month the next count.

    `keys` and `months` are what it asked for, `needed` what its entries needed. The writer asks in a batch's first
    round trip for what the batch before needed: mostly that is all, and no batch stops in its middle to ask.
    """

    keys: set[str] = field(default_factory=set)
    months: set[str] = field(default_factory=set)
    needed: Needed = ((), ())
    open: dict[str, JournalVoucherRow] = field(default_factory=dict)
    following: dict[str, int] = field(default_factory=dict)

    def queries(self, keys: Iterable[str], months: Iterable[str]) -> list[Query]:
        """What is still to be asked for these."""
        new_keys, new_months = sorted({*keys} - self.keys), sorted({*months} - self.months)
        self.keys.update(new_keys)
        self.months.update(new_months)
        queries: list[Query] = []
        if new_months:
            sql = f"SELECT name, next FROM series WHERE name IN ({reading.places(len(new_months))})"  # noqa: S608
            queries.append((sql, [_series(month) for month in new_months], self._count))
        if new_keys:
            sql = f"SELECT * FROM journal_voucher WHERE open_key IN ({reading.places(len(new_keys))})"  # noqa: S608
            queries.append((sql, new_keys, self._join))
        return queries

    def _count(self, rows: list[dict[str, Any]]) -> None:
        self.following.update({row["name"].removeprefix(f"{SERIES}-"): row["next"] for row in rows})

    def _join(self, rows: list[dict[str, Any]]) -> None:
        self.open.update({row["open_key"]: row for row in rows})


async def numbered(
    tx: Tx, entries: Iterable[Sequence[Any]], postings: Iterable[Sequence[Any]], looked: Looked
) -> list[Statement]:
    """The statements that give a batch's entries their numbers, after one look at what was not looked at yet."""
    given = given_of(entries, postings)
    if not given:
        return []
    keys = {key_of(entry[0], entry[1], entry[3], entry[7]) for entry in given if entry[1] in GROUPED}
    months = {entry[3][:7] for entry in given}
    looked.needed = (keys, months)
    if queries := looked.queries(keys, months):
        answers = await tx.queries([(sql, values) for sql, values, _ in queries])
        for (_, _, take), rows in zip(queries, answers, strict=True):
            take(rows)
    numbering = Numbering(looked.open, looked.following)
    for entry in given:
        numbering.take(entry)
    return [statement for statement in numbering.statements() if statement[1]]


async def backfilled(tx: Tx) -> None:
    """Migration 0040: the numbers of all entries that were there before, as they would have been given."""
    numbering, after = Numbering({}, {}), 0
    while entries := await tx.rows(_OLD_ENTRIES, after, CHUNK):
        last = entries[-1]["seq"]
        postings = await tx.rows(_OLD_POSTINGS, after, last)
        rows = [tuple(entry.values()) for entry in entries]
        for given in given_of(rows, [tuple(posting.values()) for posting in postings]):
            numbering.take(given)
        after = last
    for sql, values in numbering.statements():
        if values:
            await tx.many(sql, values)


_OLD_ENTRIES = (
    "SELECT seq, id16, kind, recorded_at, effective_on, party, actor, body, leaf, prev, reverses FROM entry "
    "WHERE seq > $1 ORDER BY seq LIMIT $2"
)
_OLD_POSTINGS = (
    "SELECT p.seq, p.n, a.code AS account, u.code AS unit, p.quantity FROM posting p "
    "JOIN account a ON a.id = p.account JOIN unit u ON u.id = p.unit "
    "WHERE p.seq > $1 AND p.seq <= $2 ORDER BY p.seq, p.n"
)
