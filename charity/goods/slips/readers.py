"""The slips of the supermarket: numbered per store and year without a gap, never changed, only reversed.

`RK-LX01-2026-000012` intake, `FF-LX01-2026-000034` issue, `CX-…` reversal. The lines of a store's slips
sum to what it has on hand: + comes in, − goes out.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import clock
from charity.db import reading, sealed
from charity.errors import Refusal
from charity.goods import rules
from charity.people import masking, persons
from charity.people.masking import Reader, What
from charity.roles import Actor

PAGE: Final = 50
PAGE_MAX: Final = 1_000
NUMBER_MAX: Final = 40
KIND_WORDS: Final = {"intake": "入库单", "issue": "出库单", "reversal": "冲销单"}
_COLUMNS = "number, kind, store, effective_on, seq, at, actor, reverses, reversed_by, reason"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of a slip: pieces in (+) or out (−) of one lot, cost per piece, points of the whole line."""

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
    def opening(self) -> bool:
        """Whether its goods stood on the shelves before the books began."""
        return self.intake is not None and self.intake["source"] == "opening"

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
    """A slip, or the refusal slip.unknown; an account of one store sees only that store's."""
    by.must("goods.read")
    row = await reading.row(
        f"SELECT {_COLUMNS} FROM goods_document WHERE number = $1",  # noqa: S608
        number[:NUMBER_MAX].upper(),
    )
    if row is None:
        raise rules.SLIP_UNKNOWN(number=number[:NUMBER_MAX])
    by.must_serve(row["store"])
    row["reason"] = sealed.unseal("goods_document", "reason", row["number"], row["reason"])
    own = row["reverses"] or row["number"]
    return Slip(**row, lines=await _lines(row["number"]), intake=await _intake(own), issue=await _issue(own))


async def checked(number: str) -> dict[str, Any] | None:
    """What anybody who holds a printed slip may compare with it: its lines, store, day and state; nobody's name."""
    row = await reading.row(
        "SELECT number, kind, store, effective_on, reverses, reversed_by FROM goods_document WHERE number = $1", number
    )
    if row is None:
        return None
    lines = await _lines(number)
    amounts = [line.amount_fen for line in lines if line.amount_fen is not None]
    return {**row, "lines": lines, "amount_fen": sum(amounts) if amounts else None}


async def find(number: str, *, by: Actor) -> Slip | None:
    """A slip for the screen after it was made; None when there is none that this account may see."""
    try:
        return await get(number, by=by) if number else None
    except Refusal:
        return None


async def _lines(number: str) -> tuple[SlipLine, ...]:
    rows = await reading.rows(
        "SELECT l.n, l.barcode, i.name, i.measure, l.lot, l.quantity, l.cost_fen, l.points, l.picked, o.expires_on, "
        "o.evidence, o.fund FROM goods_line l JOIN item i ON i.barcode = l.barcode JOIN lot o ON o.code = l.lot "
        "WHERE l.document = $1 ORDER BY l.n",
        number,
    )
    return tuple(SlipLine(**{**r, "picked": bool(r["picked"])}) for r in rows)


async def _intake(number: str) -> dict[str, Any] | None:
    row = await reading.row(
        "SELECT source, fund, campaign, donor, donation, voucher, receipt_code, receipt_number FROM goods_intake "
        "WHERE number = $1",
        number,
    )
    if row is not None:
        donor = (await persons.names([row["donor"] or ""])).get(row["donor"] or "")
        row["donor_name"] = persons.shown(donor) if donor else ""
    return row


async def _issue(number: str) -> dict[str, Any] | None:
    row = await reading.row(
        "SELECT s.household, s.card, s.category, s.members, s.programme, s.points_spent, s.points_left, s.proxy, "
        "h.head_name FROM goods_issue s JOIN household h ON h.key = s.household WHERE s.number = $1",
        number,
    )
    if row is not None:
        row["masked_name"] = masking.show(What.RECIPIENT, row.pop("head_name"), to=Reader.STAFF)
        proxy = sealed.unseal("goods_issue", "proxy", number, row["proxy"])
        row["proxy"] = json.loads(proxy) if proxy else None
    return row


async def day_of(number: str) -> str:
    """The business date of a slip."""
    return str(await reading.value("SELECT effective_on FROM goods_document WHERE number = $1", number))


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of slips shows; dates are closed bounds."""

    store: str = ""
    kind: str = ""
    from_on: str = ""
    to_on: str = ""


async def page(
    chosen: Filter, *, by: Actor, after: int | None = None, limit: int = PAGE
) -> tuple[list[dict[str, Any]], int | None]:
    """Slips, newest first, with pieces and value; and the cursor (seq) of the next page."""
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
    rows = await _listed(f"{' AND '.join(parts)} ORDER BY d.seq DESC LIMIT {limit + 1}", *values)
    return rows[:limit], rows[limit - 1]["seq"] if len(rows) > limit else None


async def of_numbers(numbers: Sequence[str]) -> list[dict[str, Any]]:
    """These slips as lists show them, newest first."""
    if not numbers:
        return []
    return await _listed(f"d.number IN ({reading.places(len(numbers))}) ORDER BY d.seq DESC", *numbers)


async def _listed(where: str, *values: Any) -> list[dict[str, Any]]:
    rows = await reading.rows(
        "SELECT d.number, d.kind, d.store, d.effective_on, d.seq, d.at, d.reverses, d.reversed_by, "  # noqa: S608
        "(SELECT COALESCE(SUM(ABS(l.quantity)), 0) FROM goods_line l WHERE l.document = d.number) AS pieces, "
        "(SELECT COALESCE(SUM(ABS(l.quantity) * l.cost_fen), 0) FROM goods_line l WHERE l.document = d.number) "
        f"AS amount_fen FROM goods_document d WHERE {where}",
        *values,
    )
    return [{**r, "pieces": int(r["pieces"]), "amount_fen": int(r["amount_fen"])} for r in rows]


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
    """The slips that took pieces of these lots away and are not reversed: what to reverse first, newest first.

    `ask` is the caller's transaction.
    """
    rows = await ask(
        "SELECT d.number FROM goods_document d WHERE d.reversed_by IS NULL AND d.kind <> 'reversal' "  # noqa: S608
        "AND EXISTS (SELECT 1 FROM goods_line l WHERE l.document = d.number AND l.quantity < 0 "
        f"AND l.lot IN ({reading.places(len(lots))})) ORDER BY d.seq DESC",
        *lots,
    )
    return [r["number"] for r in rows]
