"""The slips of the supermarket: numbered per store and year without a gap, never changed, only reversed.

`RK-LX01-2026-000012` intake, `FF-LX01-2026-000034` issue, `CX-…` reversal. The lines of a store's documents
sum to what stands on its shelf: + comes in, − goes out.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import clock
from charity.db import reading, sealed
from charity.goods import rules
from charity.goods.models import DocumentRow
from charity.ledger.state import Entry, State
from charity.people import persons
from charity.roles import Actor

PAGE: Final = 50
PAGE_MAX: Final = 1_000
NUMBER_MAX: Final = 40
KIND_WORDS: Final = {"intake": "入库单", "issue": "出库单", "reversal": "冲销单"}
_COLUMNS = "number, kind, store, effective_on, seq, at, actor, reverses, reversed_by, reason"


def series(prefix: str, store: str, year: int) -> tuple[str, int]:
    """The series a store's documents of one kind are numbered by."""
    return f"{prefix}-{store}", year


def number(state: State, prefix: str, store: str, year: int) -> str:
    """The next number; the command wants its `series`."""
    return f"{prefix}-{store}-{year}-{state.number(*series(prefix, store, year)):06d}"


def row(
    number: str,
    kind: str,
    store: str,
    entry: Entry,
    by: Actor,
    *,
    reverses: str | None = None,
    reason: str = "",
) -> DocumentRow:
    """The document's row; the writer's command adds it."""
    return DocumentRow(
        number=number,
        kind=kind,
        store=store,
        effective_on=entry.effective_on,
        seq=entry.seq,
        at=entry.recorded_at,
        actor=by.key,
        reverses=reverses,
        reversed_by=None,
        reason=sealed.seal("goods_document", "reason", number, reason),
    )


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of a slip: pieces in (+) or out (−) of one lot, cost a piece, points of the whole line."""

    n: int
    barcode: str
    name: str
    measure: str
    lot: str
    quantity: int
    cost_fen: int
    points: int
    picked: bool
    expires_on: str | None
    evidence: str
    fund: str

    @property
    def pieces(self) -> int:
        """How many pieces, without the direction."""
        return abs(self.quantity)

    @property
    def amount_fen(self) -> int | None:
        """The value of the line; None when it has none (不计价)."""
        return self.pieces * self.cost_fen if self.cost_fen else None


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip with its lines. `intake` and `issue` hold what only those have; what is sealed comes opened."""

    number: str
    kind: str
    store: str
    effective_on: str
    seq: int
    at: str
    actor: str
    reverses: str | None
    reversed_by: str | None
    reason: str
    lines: tuple[SlipLine, ...]
    intake: dict[str, Any] | None = None
    issue: dict[str, Any] | None = None

    @property
    def amount_fen(self) -> int | None:
        """The value of all lines; None when none has any."""
        amounts = [line.amount_fen for line in self.lines if line.amount_fen is not None]
        return sum(amounts) if amounts else None

    @property
    def pieces(self) -> int:
        """The pieces of all lines."""
        return sum(line.pieces for line in self.lines)

    @property
    def points(self) -> int:
        """The points of all lines."""
        return sum(line.points for line in self.lines)


async def get(number: str, *, by: Actor) -> Slip:
    """A document, or the refusal document.unknown; an account of one store sees only that store's."""
    by.must("goods.read")
    found = await reading.row(
        f"SELECT {_COLUMNS} FROM goods_document WHERE number = $1",  # noqa: S608
        number[:NUMBER_MAX].upper(),
    )
    if found is None:
        raise rules.DOCUMENT_UNKNOWN(number=number[:NUMBER_MAX])
    by.must_serve(found["store"])
    found["reason"] = sealed.unseal("goods_document", "reason", found["number"], found["reason"])
    own = found["reverses"] or found["number"]
    return Slip(**found, lines=await _lines(found["number"]), intake=await _intake(own), issue=await _issue(own))


async def _lines(number: str) -> tuple[SlipLine, ...]:
    rows = await reading.rows(
        "SELECT l.n, l.barcode, i.name, i.measure, l.lot, l.quantity, l.cost_fen, l.points, l.picked, o.expires_on, "
        "o.evidence, o.fund FROM goods_line l JOIN item i ON i.barcode = l.barcode JOIN lot o ON o.code = l.lot "
        "WHERE l.document = $1 ORDER BY l.n",
        number,
    )
    return tuple(SlipLine(**{**r, "picked": bool(r["picked"])}) for r in rows)


async def _intake(number: str) -> dict[str, Any] | None:
    found = await reading.row(
        "SELECT source, fund, campaign, donor, donation, voucher, receipt_code, receipt_number FROM goods_intake "
        "WHERE number = $1",
        number,
    )
    if found is not None:
        donor = (await persons.names([found["donor"] or ""])).get(found["donor"] or "")
        found["donor_name"] = (donor.name or persons.ANONYMOUS) if donor else ""
    return found


async def _issue(number: str) -> dict[str, Any] | None:
    found = await reading.row(
        "SELECT s.household, s.card, s.category, s.members, s.programme, s.points_spent, s.points_left, s.proxy, "
        "h.head_name FROM goods_issue s JOIN household h ON h.key = s.household WHERE s.number = $1",
        number,
    )
    if found is not None:
        found["masked_name"] = persons.masked_name("person", found.pop("head_name"))
        told = sealed.unseal("goods_issue", "proxy", number, found["proxy"])
        found["proxy"] = json.loads(told) if told else None
    return found


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of documents shows; dates are closed bounds."""

    store: str = ""
    kind: str = ""
    from_on: str = ""
    to_on: str = ""


async def every(
    chosen: Filter, *, by: Actor, after: int | None = None, limit: int = PAGE
) -> tuple[list[dict[str, Any]], int | None]:
    """Documents, newest first, with pieces and value; and the cursor (seq) of the next page."""
    by.must("goods.read")
    store = by.store or chosen.store
    parts, values = ["1 = 1"], list[Any]()
    for sql, value in (
        ("d.store = ?", store),
        ("d.kind = ?", chosen.kind),
        ("d.effective_on >= ?", chosen.from_on),
        ("d.effective_on <= ?", chosen.to_on),
        ("d.seq < ?", after),
    ):
        if value:
            values.append(value)
            parts.append(sql.replace("?", f"${len(values)}"))
    limit = min(max(limit, 1), PAGE_MAX)
    rows = await reading.rows(
        "SELECT d.number, d.kind, d.store, d.effective_on, d.seq, d.at, d.reverses, d.reversed_by, "  # noqa: S608
        "(SELECT COALESCE(SUM(ABS(l.quantity)), 0) FROM goods_line l WHERE l.document = d.number) AS pieces, "
        "(SELECT COALESCE(SUM(ABS(l.quantity) * l.cost_fen), 0) FROM goods_line l WHERE l.document = d.number) "
        f"AS amount_fen FROM goods_document d WHERE {' AND '.join(parts)} ORDER BY d.seq DESC LIMIT {limit + 1}",
        *values,
    )
    shown = [{**r, "pieces": int(r["pieces"]), "amount_fen": int(r["amount_fen"])} for r in rows[:limit]]
    return shown, shown[-1]["seq"] if len(rows) > limit else None


async def issued_today(store: str) -> int:
    """How many baskets a store handed out today and did not take back: for the desk and the till."""
    return int(
        await reading.value(
            "SELECT COUNT(*) FROM goods_document WHERE store = $1 AND kind = 'issue' AND effective_on = $2 "
            "AND reversed_by IS NULL",
            store,
            clock.today().isoformat(),
        )
    )


async def blocking(ask: Callable[..., Awaitable[list[dict[str, Any]]]], lots: Sequence[str]) -> list[str]:
    """The documents that took pieces of these lots away and stand: what to reverse first, newest first.

    `ask` is the caller's transaction.
    """
    rows = await ask(
        "SELECT d.number FROM goods_document d WHERE d.reversed_by IS NULL AND d.kind <> 'reversal' "  # noqa: S608
        "AND EXISTS (SELECT 1 FROM goods_line l WHERE l.document = d.number AND l.quantity < 0 "
        f"AND l.lot IN ({reading.places(len(lots))})) ORDER BY d.seq DESC",
        *lots,
    )
    return [r["number"] for r in rows]
