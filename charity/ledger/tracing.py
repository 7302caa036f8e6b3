"""Where a gift went, and whose gifts a payment used: overlaps of intervals (docs/books.md).

First-in-first-out inside a fund is a convention, and the pages that show it say so. A transfer
between funds is an outflow of one and an inflow of the other; the trace follows it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading
from charity.ledger.reversals import CORRECTIONS
from charity.ledger.streams import INFLOWS_WITHIN, SEGMENTS_WITHIN, Piece, length, overlap

CHUNK = 500
_CURSOR = re.compile("([0-9]{1,18})-([A-Z0-9-]{1,40})", re.ASCII)
_OVERLAPS = f"SELECT start, stop, owner_seq, kind FROM segment WHERE {SEGMENTS_WITHIN} ORDER BY start"  # noqa: S608
_ARRIVED = f"SELECT start, stop, seq FROM inflow WHERE {INFLOWS_WITHIN} ORDER BY start"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Use:
    """One payment that used part of a gift. `on` is its business date, `amount_fen` this gift's part of it."""

    on: str
    programme: str
    amount_fen: int
    recipients: int
    fund: str
    seq: int
    kind: str


@dataclass(frozen=True, slots=True)
class GiftState:
    """given = spent + refunded + unspent, fen (I9). A gift that was entered wrongly and reversed gave nothing."""

    given: int
    spent: int
    refunded: int
    unspent: int


@dataclass(frozen=True, slots=True)
class Source:
    """One gift that a payment used: the entry it arrived with and the part taken from it, fen."""

    seq: int
    fund: str
    amount_fen: int


async def gift_uses(seq: int) -> list[Use]:
    """The payments that used the gift of this entry, oldest first, one line a payment."""
    return (await together([seq]))[0]


async def gift_state(seq: int) -> GiftState:
    """How much of the gift of this entry was given, spent, refunded and is unspent."""
    return (await together([seq]))[1]


async def together(seqs: Sequence[int]) -> tuple[list[Use], GiftState]:
    """What became of the gifts of these entries, thousands of a roster too: their payments, and their state.

    Gifts that came in one after the other lie side by side in the stream, and are followed as one.
    """
    pieces = _joined(await _owned_by(seqs))
    uses: dict[int, tuple[str, int]] = {}
    spent = 0
    back: dict[int, int] = {}
    for part, owner, kind, fund in await _followed(pieces):
        if kind == "spent":
            spent += length([part])
            first, before = uses.get(owner, (fund, 0))
            uses[owner] = (first, before + length([part]))
        else:
            back[owner] = back.get(owner, 0) + length([part])
    corrected = await _corrections(back)
    reowned = sum([await _reowned(seq) for seq in await _refunded(seqs)])
    given = length(piece for _, piece in pieces) + reowned - sum(back[owner] for owner in corrected)
    refunded = sum(fen for owner, fen in back.items() if owner not in corrected) + reowned
    return await _uses(uses), GiftState(given, spent, refunded, given - spent - refunded)


async def unspent_fen(seq: int, fund: str) -> int:
    """What of the gift of this entry lies unspent in this fund, fen: `takeovers.unspent_fen` for whoever only looks."""
    left = 0
    for code, piece in await _owned_pieces(seq):
        if code == fund:
            left += length([piece]) - length(part for part, _, _ in await _taken(code, piece))
    return left


async def payment_sources(seq: int) -> list[Source]:
    """The gifts that the payment of this entry used, in the order of its positions, one line a gift and fund."""
    sources: dict[tuple[int, str], int] = {}
    for row in await reading.rows(
        "SELECT fund, start, stop FROM segment WHERE owner_seq = $1 ORDER BY fund, start", seq
    ):
        for gift in await reading.rows(_ARRIVED, row["fund"], row["start"], row["stop"]):
            part = length(overlap([(row["start"], row["stop"])], [(gift["start"], gift["stop"])]))
            key = (gift["seq"], row["fund"])
            sources[key] = sources.get(key, 0) + part
    return [Source(gift_seq, fund, fen) for (gift_seq, fund), fen in sources.items()]


async def sources_page(seq: int, *, after: str = "", limit: int) -> tuple[list[Source], str | None]:
    """A part of `payment_sources`: at most `limit` lines behind `after`, and where to go on.

    A gift may stand on two pages, and between others twice: its parts add up. A cursor that is none begins anew.
    """
    cursor = _CURSOR.fullmatch(after)
    start, fund = (int(cursor[1]), cursor[2]) if cursor else (0, "")
    pieces = await reading.rows(
        "SELECT fund, start, stop FROM segment WHERE owner_seq = $1 AND (fund > $2 OR (fund = $2 AND stop > $3)) "
        "ORDER BY fund, start LIMIT $4",
        seq,
        fund,
        start,
        limit + 1,
    )
    sources: list[Source] = []
    for piece in pieces:
        first = max(piece["start"], start) if piece["fund"] == fund else piece["start"]
        wanted = limit + 1 - len(sources)
        for gift in await reading.rows(f"{_ARRIVED} LIMIT $4", piece["fund"], first, piece["stop"], wanted):
            if len(sources) == limit:
                return sources, f"{max(first, gift['start'])}-{piece['fund']}"
            part = min(piece["stop"], gift["stop"]) - max(first, gift["start"])
            sources.append(Source(gift["seq"], piece["fund"], part))
    return sources, None


async def positions(seqs: Sequence[int]) -> list[tuple[str, int, int]]:
    """Where the gifts of these entries stand in the streams: (fund, first fen, the fen behind the last), joined."""
    return [(fund, start, stop) for fund, (start, stop) in _joined(await _owned_by(seqs))]


async def _owned_by(seqs: Sequence[int]) -> list[tuple[str, Piece]]:
    """The positions of these entries by fund and start."""
    owned: list[tuple[str, Piece]] = []
    for n in range(0, len(seqs), CHUNK):
        part = seqs[n : n + CHUNK]
        sql = f"SELECT fund, start, stop FROM inflow WHERE seq IN ({reading.places(len(part))})"  # noqa: S608
        owned += [(fund, (start, stop)) for fund, start, stop in await reading.tuples(sql, *part)]
    return sorted(owned)


def _joined(owned: Iterable[tuple[str, Piece]]) -> list[tuple[str, Piece]]:
    """Positions that lie side by side as one."""
    joined: list[tuple[str, Piece]] = []
    for fund, (start, stop) in owned:
        if joined and joined[-1][0] == fund and joined[-1][1][1] == start:
            joined[-1] = (fund, (joined[-1][1][0], stop))
        else:
            joined.append((fund, (start, stop)))
    return joined


async def _refunded(seqs: Sequence[int]) -> list[int]:
    """Those of these gifts of which something was given back."""
    rows: list[int] = []
    for n in range(0, len(seqs), CHUNK):
        part = seqs[n : n + CHUNK]
        sql = f"SELECT DISTINCT gift_seq FROM refund_of WHERE gift_seq IN ({reading.places(len(part))})"  # noqa: S608
        rows += [seq for (seq,) in await reading.tuples(sql, *part)]
    return sorted(rows)


async def _owned(seq: int) -> list[dict[str, Any]]:
    return await reading.rows("SELECT fund, start, stop FROM inflow WHERE seq = $1 ORDER BY fund, start", seq)


async def _owned_pieces(seq: int) -> list[tuple[str, Piece]]:
    return [(row["fund"], (row["start"], row["stop"])) for row in await _owned(seq)]


async def _followed(todo: list[tuple[str, Piece]]) -> list[tuple[Piece, int, str, str]]:
    """What became of these positions, through transfers: the part, who owns it, spent or refunded, in which fund.

    It ends: what a transfer takes over came before it, and arrives with it.
    """
    taken: list[tuple[Piece, int, str, str]] = []
    while todo:
        following: list[tuple[str, Piece]] = []
        for fund, piece in todo:
            for part, owner, kind in await _taken(fund, piece):
                if kind == "moved":
                    following += await _moved(owner, fund, part)
                else:
                    taken.append((part, owner, kind, fund))
        todo = following
    return taken


async def _taken(fund: str, piece: Piece) -> list[tuple[Piece, int, str]]:
    rows = await reading.rows(_OVERLAPS, fund, *piece)
    return [((max(piece[0], r["start"]), min(piece[1], r["stop"])), r["owner_seq"], r["kind"]) for r in rows]


async def _moved(owner: int, fund: str, part: Piece) -> list[tuple[str, Piece]]:
    """Where positions that a transfer took lie in the receiving fund: same order, same lengths."""
    before = 0
    for row in await reading.rows(
        "SELECT start, stop FROM segment WHERE owner_seq = $1 AND fund = $2 AND kind = 'moved' ORDER BY start",
        owner,
        fund,
    ):
        if row["start"] <= part[0] < row["stop"]:
            before += part[0] - row["start"]
            break
        before += row["stop"] - row["start"]
    result, left = [], part[1] - part[0]
    for row in await _owned(owner):
        size = row["stop"] - row["start"]
        if before >= size:
            before -= size
            continue
        start = row["start"] + before
        stop = min(row["stop"], start + left)
        result.append((str(row["fund"]), (start, stop)))
        left -= stop - start
        before = 0
        if not left:
            break
    return result


async def _corrections(owners: Iterable[int]) -> list[int]:
    """Those of these entries that correct a gift; the others gave it back."""
    seqs = sorted(owners)
    if not seqs:
        return []
    kinds = ", ".join(f"'{kind}'" for kind in CORRECTIONS)
    rows = await reading.rows(
        f"SELECT seq FROM entry WHERE seq IN ({reading.places(len(seqs))}) AND kind IN ({kinds})",  # noqa: S608
        *seqs,
    )
    return [row["seq"] for row in rows]


async def _reowned(seq: int) -> int:
    """What refunds took over of this gift's spent positions before positions were exchanged: stated in their bodies."""
    total = 0
    for row in await reading.rows(
        "SELECT e.body FROM refund_of r JOIN entry e ON e.seq = r.seq WHERE r.gift_seq = $1 ORDER BY r.seq", seq
    ):
        flows = json.loads(row["body"]).get("flows", {})
        total += sum(length(map(tuple, pieces)) for _, pieces in flows.get("reowned", []))
    return total


async def _uses(taken: dict[int, tuple[str, int]]) -> list[Use]:
    """The payments with these entries, each with the fund and the sum it took; in one statement for many."""
    uses: list[Use] = []
    seqs = sorted(taken)
    for n in range(0, len(seqs), CHUNK):
        part = seqs[n : n + CHUNK]
        for row in await reading.rows(
            f"SELECT seq, kind, effective_on, body FROM entry WHERE seq IN ({reading.places(len(part))}) ORDER BY seq",  # noqa: S608
            *part,
        ):
            facts, (fund, amount) = json.loads(row["body"])["facts"], taken[row["seq"]]
            programme, people = facts.get("programme", ""), facts.get("recipients", 0)
            uses.append(Use(row["effective_on"], programme, amount, people, fund, row["seq"], row["kind"]))
    return uses


def total(uses: Iterable[Use]) -> int:
    """What the uses took together, fen."""
    return sum(u.amount_fen for u in uses)
