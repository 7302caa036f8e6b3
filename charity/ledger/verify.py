"""`charity verify`, the ledger's part: I1-I9 of books.md, read from the journal and nothing else.

The journal is replayed in seq order in chunks; holdings, turnover, streams and segments are rebuilt
from the bodies and compared with their tables. Every failure is told in words with its seq.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from charity.db import reading
from charity.errors import Failure
from charity.ledger import accounts, canonical, checks
from charity.ledger.streams import Piece, Stream, length, merged, overlap, without

CHUNK = 2_000
FAILURES_MAX = 200


# Columns that repeat what a code or a body says: registers and balances read them.
_CHECKS: tuple[checks.Check, ...] = (
    (
        "I3",
        "account {code}: its columns are not what its code says",
        "SELECT a.code FROM account a WHERE a.code <> CASE WHEN a.chart = '' AND a.fund = '' THEN a.place "
        "ELSE a.chart || '/' || a.place || '/' || a.fund END",
    ),
    (
        "I3",
        "unit {code} is not of the kind {kind}",
        "SELECT u.code, u.kind FROM unit u WHERE u.kind <> CASE WHEN u.code = 'CNY' THEN 'money' "
        "WHEN u.code LIKE 'lot:%' THEN 'lot' WHEN u.code LIKE 'points:%' THEN 'points' ELSE '' END",
    ),
    (
        "I5",
        "{account} {unit}: its lower bound was taken away",
        "SELECT a.code AS account, u.code AS unit FROM holding h JOIN account a ON a.id = h.account "
        "JOIN unit u ON u.id = h.unit WHERE COALESCE(h.minimum, -1) <> CASE WHEN a.code LIKE 'store:%' "
        "OR a.code LIKE 'household:%' OR a.code LIKE 'transit:%' THEN 0 ELSE -1 END",
    ),
    (
        "I8",
        "#{seq}: fund {fund} is {kind}, and its gifts are posted to {chart}",
        "SELECT p.seq, a.fund, f.kind, a.chart FROM account a JOIN fund f ON f.code = a.fund "
        "JOIN posting p ON p.account = a.id WHERE a.chart IN ('4101', '2601') "
        "AND (a.chart = '2601') <> (f.kind = 'agency')",
    ),
    (
        "I9",
        "fund {fund}: {said} fen are kept as spent, its segments are {spent} fen",
        "SELECT x.fund, SUM(x.said) AS said, SUM(x.spent) AS spent FROM (SELECT fund, spent_fen AS said, 0 AS spent "
        "FROM fund_sum UNION ALL SELECT fund, 0, SUM(stop - start) FROM segment WHERE kind = 'spent' GROUP BY fund) x "
        "GROUP BY x.fund HAVING SUM(x.said) <> SUM(x.spent)",
    ),
    (
        "I9",
        "#{seq} is a refund of another gift than its body says",
        "SELECT e.seq FROM entry e LEFT JOIN refund_of r ON r.seq = e.seq WHERE e.kind = 'gift.refund' "
        "AND COALESCE(CAST(r.gift_seq AS TEXT), '') <> @e.refund_of",
    ),
    (
        "I9",
        "#{seq} is kept as a refund and is none",
        "SELECT r.seq FROM refund_of r LEFT JOIN entry e ON e.seq = r.seq AND e.kind = 'gift.refund' "
        "WHERE e.seq IS NULL",
    ),
    (
        "I7",
        "the key {key} answers with another entry than the one it led to",
        "SELECT i.key FROM idem i LEFT JOIN entry e ON e.id16 = @i:entry WHERE @i:entry IS NOT NULL "
        "AND (e.seq IS NULL OR i.seq IS NULL OR e.seq < i.seq)",
    ),
)


@dataclass(slots=True)
class Replay:
    """What the journal says, up to some seq."""

    seq: int = 0
    leaf: str = canonical.GENESIS
    at: str = ""
    holdings: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    turnover: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    streams: dict[str, Stream] = field(default_factory=dict)
    owners: dict[tuple[str, Piece], int] = field(default_factory=dict)
    segments: dict[tuple[str, Piece], tuple[int, str]] = field(default_factory=dict)
    inflows: dict[str, list[tuple[Piece, int]]] = field(default_factory=lambda: defaultdict(list))
    reversed: dict[int, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    readable: bool = True

    def fail(self, invariant: str, words: str) -> None:
        """Note a failure; a flood of them is cut."""
        if len(self.failures) < FAILURES_MAX:
            self.failures.append(Failure(invariant, words))


async def run() -> list[Failure]:
    """Check I1-I9; the failures, none when the books are right."""
    replay = Replay()
    funds = {
        r["code"]: (r["kind"], json.loads(r["programmes"]))
        for r in await reading.rows("SELECT code, kind, programmes FROM fund")
    }
    await _follow(replay, funds)  # without a snapshot: it takes long, and what is in the journal never changes
    async with reading.snapshot():
        await _follow(replay, funds)  # what was posted meanwhile
        await _head(replay)
        await _holdings(replay)
        await _streams(replay)
    if not replay.readable:
        return replay.failures
    await _reversals(replay)
    await _keys(replay)
    return [*replay.failures, *await checks.failures(_CHECKS)]


async def _follow(replay: Replay, funds: dict[str, tuple[str, list[str]]]) -> None:
    """Replay the journal from where the replay stands to its end."""
    async for row, lines in _journal(replay.seq):
        try:
            _entry(replay, row, lines, funds)
        except (KeyError, TypeError, ValueError, AssertionError):  # somebody wrote into the body
            replay.fail("I3", f"#{row['seq']}: the body cannot be replayed")
            replay.seq, replay.leaf, replay.at = row["seq"], row["leaf"], row["recorded_at"]
            replay.readable = False


async def _journal(after: int) -> AsyncIterator[tuple[dict[str, Any], list[tuple[str, str, int]]]]:
    while True:
        entries = await reading.rows("SELECT * FROM entry WHERE seq > $1 ORDER BY seq LIMIT $2", after, CHUNK)
        if not entries:
            return
        last = entries[-1]["seq"]
        lines: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
        for p in await reading.rows(
            "SELECT p.seq, a.code AS account, u.code AS unit, p.quantity FROM posting p "
            "JOIN account a ON a.id = p.account JOIN unit u ON u.id = p.unit "
            "WHERE p.seq > $1 AND p.seq <= $2 ORDER BY p.seq, p.n",
            after,
            last,
        ):
            lines[p["seq"]].append((p["account"], p["unit"], p["quantity"]))
        for entry in entries:
            yield entry, lines[entry["seq"]]
        after = last


def _entry(
    replay: Replay, row: dict[str, Any], lines: list[tuple[str, str, int]], funds: dict[str, tuple[str, list[str]]]
) -> None:
    seq = row["seq"]
    body = json.loads(row["body"])
    if seq != replay.seq + 1:
        replay.fail("I2", f"seq {seq} follows {replay.seq}")
    if row["recorded_at"] < replay.at:
        replay.fail("I2", f"#{seq}: recorded_at decreases")
    if canonical.leaf(row["body"]) != row["leaf"]:
        replay.fail("I3", f"#{seq}: the leaf is not the hash of the body")
    if body["prev"] != replay.leaf or row["prev"] != replay.leaf:
        replay.fail("I3", f"#{seq}: prev is not the previous leaf")
    columns = ("seq", "kind", "recorded_at", "effective_on", "party", "actor")
    same = all(body[c] == row[c] for c in columns) and body["id"] == row["id16"]
    if not same or body.get("reverses") != row["reverses"] or [list(x) for x in lines] != body["postings"]:
        replay.fail("I3", f"#{seq}: the columns do not say what the body says")
    replay.seq, replay.leaf, replay.at = seq, row["leaf"], row["recorded_at"]
    _sums(replay, seq, lines)
    _allowed(replay, seq, body, lines, funds)
    for account, unit, quantity in lines:
        replay.holdings[account, unit] += quantity
        replay.turnover[account, unit, row["effective_on"]][quantity < 0] += abs(quantity)
        if accounts.minimum(account) is not None and replay.holdings[account, unit] < 0:
            replay.fail("I5", f"#{seq}: {account} has {replay.holdings[account, unit]} of {unit}")
    if row["reverses"] is not None:
        replay.reversed[seq] = row["reverses"]
    _flows(replay, seq, body)


def _sums(replay: Replay, seq: int, lines: list[tuple[str, str, int]]) -> None:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for account, unit, quantity in lines:
        sums[unit, accounts.split(account)[2] if unit == accounts.CNY else ""] += quantity
    for (unit, fund), value in sums.items():
        if value:
            replay.fail("I1", f"#{seq}: {unit} {fund} sums to {value}")


def _allowed(
    replay: Replay,
    seq: int,
    body: dict[str, Any],
    lines: list[tuple[str, str, int]],
    funds: dict[str, tuple[str, list[str]]],
) -> None:
    programme = body["facts"].get("programme")
    if "reverses" in body:
        return
    if programme is None:
        if body.get("flows", {}).get("spent"):
            replay.fail("I8", f"#{seq}: money was spent for no programme")
        return
    for code in {accounts.split(account)[2] for account, _, _ in lines} - {""}:
        allowed = funds.get(code, ("", []))[1]
        if allowed and programme not in allowed:
            replay.fail("I8", f"#{seq}: fund {code} does not allow programme {programme}")


def _flows(replay: Replay, seq: int, body: dict[str, Any]) -> None:
    flows = body.get("flows", {})
    for fund, pieces in flows.get("released", []):
        _stream(replay, fund).release([(a, b) for a, b in pieces])
        for a, b in pieces:
            replay.segments.pop((fund, (a, b)), None)
    for name in ("spent", "moved", "refunded"):
        for fund, pieces in flows.get(name, []):
            stream = _stream(replay, fund)
            mine = [(a, b) for a, b in pieces]
            if length(overlap(stream.free, mine)) != length(mine):
                replay.fail("I9", f"#{seq}: positions of {fund} are taken twice or were never received")
                continue
            stream.take(mine)
            replay.segments.update({(fund, piece): (seq, name) for piece in mine})
    for fund, pieces in flows.get("received", []):
        stream = _stream(replay, fund)
        piece = stream.receive(sum(b - a for a, b in pieces))
        if [list(piece)] != pieces:
            replay.fail("I9", f"#{seq}: {fund} received at {pieces}, not at {list(piece)}")
        replay.inflows[fund].append((piece, seq))
    for fund, pieces in flows.get("reowned", []):
        for a, b in pieces:
            _reown(replay.inflows[fund], (a, b), seq)
    _amounts(replay, seq, body)


def _stream(replay: Replay, fund: str) -> Stream:
    return replay.streams.setdefault(fund, Stream(fund))


def _reown(rows: list[tuple[Piece, int]], piece: Piece, seq: int) -> None:
    kept: list[tuple[Piece, int]] = []
    for old, owner in rows:
        cut = overlap([old], [piece])
        kept += [(p, owner) for p in without([old], cut)] + [(p, seq) for p in cut]
    rows[:] = sorted(kept)


def _amounts(replay: Replay, seq: int, body: dict[str, Any]) -> None:
    """I9: what a payment took from the stream is what it paid out of the fund's money."""
    flows = body.get("flows", {})
    net: dict[str, int] = defaultdict(int)
    for name, sign in (("received", 1), ("released", 1), ("spent", -1), ("moved", -1), ("refunded", -1)):
        for fund, pieces in flows.get(name, []):
            net[fund] += sign * sum(b - a for a, b in pieces)
    paid: dict[str, int] = defaultdict(int)
    for account, unit, quantity in body["postings"]:
        chart, _, fund = accounts.split(account)
        if unit == accounts.CNY and chart in {accounts.CASH, accounts.BANK, accounts.OTHER_MONEY}:
            paid[fund] += quantity
    for fund in net.keys() | paid.keys():
        if net[fund] != paid[fund]:
            replay.fail("I9", f"#{seq}: {fund} money moved {paid[fund]}, its stream {net[fund]}")


async def _head(replay: Replay) -> None:
    head = await reading.row("SELECT seq, leaf, at FROM head WHERE id = 1")
    if head is None or (head["seq"], head["leaf"], head["at"]) != (replay.seq, replay.leaf, replay.at):
        replay.fail("I2", "head is not the last entry")


async def _holdings(replay: Replay) -> None:
    told = {
        (r["account"], r["unit"]): r["quantity"]
        for r in await reading.rows(
            "SELECT a.code AS account, u.code AS unit, h.quantity FROM holding h "
            "JOIN account a ON a.id = h.account JOIN unit u ON u.id = h.unit"
        )
    }
    for pair in told.keys() | replay.holdings.keys():
        if told.get(pair, 0) != replay.holdings.get(pair, 0):
            replay.fail("I4", f"{pair}: holding {told.get(pair, 0)}, postings {replay.holdings.get(pair, 0)}")
    days = {
        (r["account"], r["unit"], r["day"]): [r["debit"], r["credit"]]
        for r in await reading.rows(
            "SELECT a.code AS account, u.code AS unit, t.day, t.debit, t.credit FROM turnover t "
            "JOIN account a ON a.id = t.account JOIN unit u ON u.id = t.unit"
        )
    }
    for key in days.keys() | replay.turnover.keys():
        if days.get(key) != replay.turnover.get(key):
            replay.fail("I4", f"{key}: turnover {days.get(key)}, postings {replay.turnover.get(key)}")


async def _streams(replay: Replay) -> None:
    kept = await reading.rows("SELECT fund, inflow, outflow, low FROM stream")
    for fund in replay.streams.keys() - {row["fund"] for row in kept}:
        replay.fail("I9", f"stream {fund} is not there")
    for row in kept:
        stream = _stream(replay, row["fund"])
        if (row["inflow"], row["outflow"], row["low"]) != (stream.inflow, stream.outflow, stream.low):
            replay.fail("I9", f"stream {row['fund']} is not what the bodies say")
    told = {
        (r["fund"], (r["start"], r["stop"])): (r["owner_seq"], r["kind"])
        for r in await reading.rows("SELECT fund, start, stop, owner_seq, kind FROM segment")
    }
    if told != replay.segments:
        wrong = sorted(str(k) for k, _ in told.items() ^ replay.segments.items())
        replay.fail("I9", f"segments differ from the bodies at {', '.join(wrong[:5])}")
    inflows: dict[tuple[str, int], list[Piece]] = defaultdict(list)
    for r in await reading.rows("SELECT fund, start, stop, seq FROM inflow"):
        inflows[r["fund"], r["seq"]].append((r["start"], r["stop"]))
    rebuilt: dict[tuple[str, int], list[Piece]] = defaultdict(list)
    for fund, rows in replay.inflows.items():
        for piece, seq in rows:
            rebuilt[fund, seq].append(piece)
    for key in inflows.keys() | rebuilt.keys():
        if merged(inflows[key]) != merged(rebuilt[key]):
            replay.fail("I9", f"inflow {key} is not what the bodies say")


async def _reversals(replay: Replay) -> None:
    seen: set[int] = set()
    for seq, original in sorted(replay.reversed.items()):
        if original in seen or original in replay.reversed:
            replay.fail("I6", f"#{seq}: #{original} is reversed twice or is a reversal itself")
        seen.add(original)
        rows = await reading.rows("SELECT seq, body FROM entry WHERE seq IN ($1, $2)", seq, original)
        bodies = {r["seq"]: json.loads(r["body"]) for r in rows}
        negated = [[a, u, -q] for a, u, q in bodies.get(original, {"postings": []})["postings"]]
        if bodies[seq]["postings"] != negated:
            replay.fail("I6", f"#{seq} is not the exact negation of #{original}")


async def _keys(replay: Replay) -> None:
    for row in await reading.rows(
        "SELECT i.key, i.seq FROM idem i LEFT JOIN entry e ON e.seq = i.seq WHERE i.seq IS NOT NULL AND e.seq IS NULL"
    ):
        replay.fail("I7", f"the key {row['key']} names entry #{row['seq']}, which is not there")
    for row in await reading.rows(
        "SELECT seq, COUNT(*) AS n FROM idem WHERE seq IS NOT NULL GROUP BY seq HAVING COUNT(*) > 1"
    ):
        replay.fail("I7", f"#{row['seq']} stands under {row['n']} keys")
