"""Which movements a line can be, with reasons and a score.

In this order: the bank's own number (as it is, then with look-alike signs made one), the reference of a pledge or of a
work unit in the memo, the exact sum with the name of the account, the exact sum alone. Only a score of AUTOMATIC_FROM
is a match without a person, and only where the line has one such candidate and no other line claims it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from charity.aid import payments
from charity.bank import movements as moves
from charity.bank.models import MOVEMENT, BankLineRow, BankMovementRow, Method
from charity.bank.statements import LineView
from charity.db import reading
from charity.giving import donations, pledges, refunds, work_units
from charity.giving.channels import CHANNELS
from charity.ledger import accounts as acc
from charity.ledger import payment_numbers
from charity.ledger.payment_numbers import PaymentKind
from charity.people import names, persons
from charity.people.masking import Reader
from charity.roles import SYSTEM, Actor

NUMBER, ALIKE, DOCUMENT, PLEDGE, UNIT, NAME, SUM = "number", "alike", "document", "pledge", "unit", "name", "sum"
SCORES: Final[Mapping[str, int]] = {NUMBER: 100, ALIKE: 95, DOCUMENT: 92, PLEDGE: 90, UNIT: 85, NAME: 80, SUM: 40}
"""By the strongest reason; a day apart takes one off where the sum alone or with a name says so."""
AUTOMATIC_FROM: Final = 77
"""From this score on nobody need look: a number, a reference, or a name and sum at most three days apart."""
DAYS_MAX: Final = 10
"""Days that a line and a movement of one sum may be apart."""
CANDIDATES_MAX: Final = 200
"""Movements of one sum that are looked at for a line; where there are more, a name alone is not beyond doubt."""
RIVALS_MAX: Final = 500
"""Lines of one sum that may claim the movement of another; where there are more, a person looks."""
NEAR_DAYS: Final = 3
"""Days apart up to which a name and a sum need no person: what AUTOMATIC_FROM says."""
REASON_WORDS: Final[Mapping[str, str]] = {
    NUMBER: "流水号相同",
    ALIKE: "流水号看起来相同（O 与 0、I 与 1 之类）",
    DOCUMENT: "附言写了单据的编号",
    PLEDGE: "附言写了认捐的参考号",
    UNIT: "附言写了单位的参考号",
    NAME: "户名和金额相同",
    SUM: "金额相同",
}
_NUMBERED: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2}-20[0-9]{2}-[0-9]{6}(?![0-9])")
_DOCUMENTS: Final = ("voucher", "refund", "transfer", "branch_return", "unidentified_return")
COLUMNS: Final = ", ".join(sorted(MOVEMENT.columns))
_EVENTS: Final = {kind.value: kind.value for kind in PaymentKind} | {PaymentKind.RETURN.value: "branch_return"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A movement that a line can be. `fits`: their sums are equal, so that it can be accepted.

    `crowded`: there are more movements of this sum than were looked at.
    """

    movement: BankMovementRow
    reasons: tuple[str, ...]
    score: int
    fits: bool
    crowded: bool = False

    @property
    def strength(self) -> int:
        """How sure its strongest reason is, whatever the day."""
        return SCORES[self.reasons[0]] if self.reasons else 0

    @property
    def method(self) -> Method:
        """What a register says of it."""
        if {NUMBER, ALIKE, DOCUMENT, PLEDGE, UNIT} & set(self.reasons):
            return Method.REFERENCE
        return Method.NAME if NAME in self.reasons else Method.MANUAL

    @property
    def automatic(self) -> bool:
        """Whether it needs no person."""
        return self.fits and self.score >= AUTOMATIC_FROM and not (self.crowded and self.reasons[0] == NAME)


@dataclass(frozen=True, slots=True)
class Clues:
    """What a line says of events: its number's, those of look-alike numbers, those of references, and units."""

    exact: frozenset[str]
    alike: str
    documents: frozenset[str]
    pledged: frozenset[str]
    units: frozenset[str]


def fen_of(row: Mapping[str, Any]) -> int:
    """What a line moved, in positive, out negative."""
    fen: int = row["in_fen"] - row["out_fen"]
    return fen


async def proposals(line: LineView) -> list[Proposal]:
    """What a line can be, the likeliest first."""
    row = line.row
    clues = await _clues(line)
    of_sum = await _by_sum(row)
    rows = {one["key"]: one for one in [*await _by_clues(row["place"], clues), *of_sum]}
    named = await payers(rows.values())
    crowded = len(of_sum) >= CANDIDATES_MAX
    proposed = [_scored(line, one, clues, named.get(one["key"], ""), crowded=crowded) for one in rows.values()]
    return sorted((one for one in proposed if one.reasons), key=lambda one: (-one.score, one.movement["key"]))


def surest(proposed: Sequence[Proposal]) -> Proposal | None:
    """The one that needs no person: none is as strong, whatever else a line can be."""
    sure = [one for one in proposed if one.automatic]
    if not sure:
        return None
    best = max(sure, key=lambda one: one.strength)
    return best if sum(one.strength == best.strength for one in sure) == 1 else None


def is_rival(other: LineView, line: LineView, taken: Proposal) -> bool:
    """Whether another line of this sum claims the movement at least as strongly as this line does."""
    if other.row["key"] == line.row["key"]:
        return False
    number = moves.folded(other.row["reference"])
    if number and number in {taken.movement["reference"], moves.folded(line.row["reference"])}:
        return True
    strongest = taken.reasons[0]
    if strongest in {NUMBER, ALIKE}:
        return False
    texts = [f"{one.memo} {one.name}" for one in (other, line)]
    shared = {run for run in moves.runs(texts[0]) if len(run) >= moves.SHORTEST} & set(moves.runs(texts[1]))
    if strongest != NAME:
        return bool(shared)
    return names.folded(other.name) == names.folded(line.name) and _apart(other, taken.movement) <= NEAR_DAYS


def _apart(line: LineView, movement: BankMovementRow) -> int:
    return abs(date.fromisoformat(line.row["on_day"]) - date.fromisoformat(movement["on_day"])).days


async def _clues(line: LineView) -> Clues:
    row = line.row
    chart, _, place = row["place"].partition("/")
    channels = [
        one.code for one in CHANNELS.values() if one.chart == chart and (chart == acc.BANK or one.place == place)
    ]
    held = await payment_numbers.holders(channels, row["reference"]) if channels else []
    pledged: set[str] = set()
    text = f"{line.memo} {line.name}"
    for reference in moves.references(text):
        code = await pledges.of_reference(reference)
        if code:
            pledged |= {f"gift:{gift.key}" for gift in await pledges.gifts_of(code)}
    return Clues(
        frozenset(f"{_EVENTS[one['kind']]}:{one['holder']}" for one in held),
        moves.folded(row["reference"]),
        frozenset(f"{kind}:{number}" for number in _NUMBERED.findall(text) for kind in _DOCUMENTS),
        frozenset(pledged),
        frozenset(await _units(text)),
    )


async def _units(text: str) -> set[str]:
    """The work units whose reference stands in a memo."""
    written = set(moves.runs(text))
    return await work_units.of_references(written) if written else set()


async def _by_clues(place: str, clues: Clues) -> list[BankMovementRow]:
    events = sorted(clues.exact | clues.documents | clues.pledged)
    rows: list[Any] = []
    if events:
        rows += await reading.rows(
            f"SELECT {COLUMNS} FROM bank_movement WHERE event IN ({reading.places(len(events), 2)}) "  # noqa: S608 - names from code
            "AND place = $1 AND matched IS NULL",
            place,
            *events,
        )
    if clues.alike:
        rows += await reading.rows(
            f"SELECT {COLUMNS} FROM bank_movement WHERE reference = $2 AND reference <> '' AND place = $1 "  # noqa: S608
            f"AND matched IS NULL ORDER BY key LIMIT {CANDIDATES_MAX}",
            place,
            clues.alike,
        )
    return rows


async def _by_sum(row: BankLineRow) -> list[BankMovementRow]:
    first, last = around(row["on_day"])
    rows: Any = await reading.rows(
        f"SELECT {COLUMNS} FROM bank_movement WHERE place = $1 AND fen = $2 AND on_day BETWEEN $3 AND $4 "  # noqa: S608
        f"AND matched IS NULL ORDER BY on_day, key LIMIT {CANDIDATES_MAX}",
        row["place"],
        fen_of(row),
        first,
        last,
    )
    return rows  # type: ignore[no-any-return] # its columns are those of the rows


def around(day: str) -> tuple[str, str]:
    """The days that are near enough to this one."""
    n = date.fromisoformat(day).toordinal()
    return date.fromordinal(n - DAYS_MAX).isoformat(), date.fromordinal(n + DAYS_MAX).isoformat()


def _scored(line: LineView, movement: BankMovementRow, clues: Clues, payer: str, *, crowded: bool) -> Proposal:
    apart = _apart(line, movement)
    fits, near = movement["fen"] == fen_of(line.row), apart <= DAYS_MAX
    known = names.folded(line.name) if line.name else ""
    reasons = [
        reason
        for reason, holds in (
            (NUMBER, movement["event"] in clues.exact),
            (ALIKE, movement["event"] not in clues.exact and clues.alike and movement["reference"] == clues.alike),
            (DOCUMENT, movement["event"] in clues.documents),
            (PLEDGE, movement["event"] in clues.pledged),
            (UNIT, fits and near and movement["unit"] in clues.units),
            (NAME, fits and near and bool(known) and known == names.folded(payer)),
            (SUM, fits and near),
        )
        if holds
    ]
    if not reasons:
        return Proposal(movement, (), 0, fits)
    score = SCORES[reasons[0]] - (apart if reasons[0] in {NAME, SUM} else 0)
    return Proposal(movement, tuple(reasons), score, fits, crowded)


async def payers(
    movements: Iterable[BankMovementRow], *, by: Actor = SYSTEM, to: Reader | None = None
) -> dict[str, str]:
    """Who gave or was paid, by the key of the movement, where the rooms below know; whole, or as `to` sees it."""
    keyed: dict[str, dict[str, str]] = {"gift": {}, "voucher": {}, "refund": {}}
    for one in movements:
        if one["document"] in keyed and one["reverses"] is None:
            keyed[one["document"]][one["number"]] = one["key"]
    back = await refunds.banked(list(keyed["refund"]), by=by)
    gifts = {row.donation_id for row in back.values()}
    given = await donations.banked([*keyed["gift"], *gifts], by=by)
    paid = await payments.banked(list(keyed["voucher"]))

    def giver(key: str) -> str:
        gift = given.get(key)
        person = gift.giver if gift else None
        return persons.shown(person, to=to) if to and person else person.name or "" if person else ""

    return (
        {key: giver(gift) for gift, key in keyed["gift"].items()}
        | {keyed["voucher"][number]: payee.name_for(to) if to else payee.name for number, (_, payee) in paid.items()}
        | {keyed["refund"][number]: giver(row.donation_id) for number, row in back.items()}
    )
