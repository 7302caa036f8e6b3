"""Points by scheme and cycle: what a household chooses with.

A grant is one entry a household and cycle: `points:granted` − / `household:<key>` +, in the unit of that
scheme and cycle. Points of a cycle may be spent until `carry_over` more cycles have ended; the oldest
are spent first; what is over then expires by the timetable. Always true: a household gets a cycle's
points at most once (points_grant.key), and its holdings never fall below zero (field.md 3.1, 3.2).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from charity import clock
from charity.db import reading
from charity.db.transactions import Tx
from charity.goods import rules
from charity.goods.models import GRANT, PointsGrantRow
from charity.ledger import accounts as acc
from charity.ledger import holdings
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.people.models import HOUSEHOLD, HouseholdRow
from charity.roles import Actor

COUNTY_SCHEME: Final = "LX"
HOUSEHOLDS_PER_COMMAND: Final = 100
_SHAPES: Final = {"month": r"\d{4}-(0[1-9]|1[0-2])", "quarter": r"\d{4}-Q[1-4]", "year": r"\d{4}"}
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_PARTS: Final = {kind: 12 // months for kind, months in _MONTHS.items()}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A points scheme. `tiers`: category -> (basis, points per cycle)."""

    code: str
    name: str
    cycle: str
    carry_over: int
    tiers: dict[str, tuple[str, int]]

    def entitlement(self, category: str, members: int) -> int:
        """The points of one cycle for a household; 0 when its category has no tier."""
        basis, points = self.tiers.get(category, ("household", 0))
        return points * members if basis == "person" else points

    def cycle_of(self, day: date) -> str:
        """The cycle a business date falls in: `2026-11`, `2026-Q4` or `2026`."""
        return _cycle(self.cycle, day.year, (day.month - 1) // _MONTHS[self.cycle])

    def spendable(self, day: date) -> list[str]:
        """The cycles whose points may be spent on a day, oldest first."""
        now = day.year * _PARTS[self.cycle] + (day.month - 1) // _MONTHS[self.cycle]
        return [_cycle(self.cycle, *divmod(n, _PARTS[self.cycle])) for n in range(now - self.carry_over, now + 1)]

    def must_be_cycle(self, cycle: str) -> None:
        """Refuse a text that is not the name of a cycle of this scheme."""
        if not re.fullmatch(_SHAPES[self.cycle], cycle):
            raise rules.CYCLE_UNREADABLE(cycle=cycle)


def _cycle(kind: str, year: int, part: int) -> str:
    if kind == "month":
        return f"{year}-{part + 1:02d}"
    return f"{year}-Q{part + 1}" if kind == "quarter" else str(year)


async def schemes() -> list[Scheme]:
    """All schemes by code."""
    tiers: dict[str, dict[str, tuple[str, int]]] = {}
    for row in await reading.rows("SELECT scheme, category, basis, points FROM points_tier ORDER BY scheme, category"):
        tiers.setdefault(row["scheme"], {})[row["category"]] = (row["basis"], row["points"])
    rows = await reading.rows("SELECT code, name, cycle, carry_over FROM points_scheme ORDER BY code")
    return [Scheme(**row, tiers=tiers.get(row["code"], {})) for row in rows]


async def set_tiers(tx: Tx, code: str, tiers: Mapping[str, tuple[str, int]]) -> None:
    """Give each category (basis, points per cycle) in the caller's transaction; what was granted stays."""
    for category, (basis, points) in tiers.items():
        await tx.rows(
            "UPDATE points_tier SET basis = $3, points = $4 WHERE scheme = $1 AND category = $2 RETURNING category",
            code,
            category,
            basis,
            points,
        )


async def scheme(code: str = COUNTY_SCHEME) -> Scheme:
    """One scheme, or the refusal points.scheme_unknown."""
    for each in await schemes():
        if each.code == code:
            return each
    raise rules.SCHEME_UNKNOWN(scheme=code)


def spendable_units(every: Iterable[Scheme], day: date) -> list[str]:
    """The units that may be spent on a day: oldest cycles first in each scheme."""
    return [acc.points(s.code, cycle) for s in every for cycle in s.spendable(day)]


async def balance(household: str, *, day: date | None = None) -> int:
    """What a household can spend on a day."""
    return (await balances([household], day=day)).get(household, 0)


async def balances(households: Sequence[str], *, day: date | None = None) -> dict[str, int]:
    """What each of these households can spend on a day; those without points are missing."""
    units = spendable_units(await schemes(), day or clock.today())
    places = [acc.household(key) for key in households]
    held = await holdings.points(places, units)
    return {place.partition(":")[2]: points for place, points in held.items()}


def taken(state: State, household: str, units: Sequence[str], points: int) -> list[acc.Posting]:
    """The postings that redeem points, oldest cycle first. The caller has checked that there are enough."""
    account, left = acc.household(household), points
    postings: list[acc.Posting] = []
    for unit in units:
        part = min(left, state.balance(account, unit))
        if part > 0:
            postings += [(account, unit, -part), (acc.REDEEMED, unit, part)]
            left -= part
    assert left == 0, "points were checked before they are taken"
    return postings


async def grant_cycle(
    *, by: Actor, cycle: str | None = None, code: str = COUNTY_SCHEME, households: Sequence[str] | None = None
) -> int:
    """Give the points of a cycle (the present one) to all active households, or to these; how many got them.

    Whoever has that cycle's points already keeps them and gets no more, so it may be called again at any time.
    """
    by.must("points.grant")
    chosen = await scheme(code)
    cycle = cycle or chosen.cycle_of(clock.today())
    chosen.must_be_cycle(cycle)
    keys = list(households) if households is not None else await _without(code, cycle)
    granted = 0
    for n in range(0, len(keys), HOUSEHOLDS_PER_COMMAND):
        answer = await submit(_grant(chosen, cycle, keys[n : n + HOUSEHOLDS_PER_COMMAND], by))
        granted += answer.body["granted"]
    return granted


async def _without(code: str, cycle: str) -> list[str]:
    rows = await reading.rows(
        "SELECT key FROM household h WHERE status = 'active' AND NOT EXISTS (SELECT 1 FROM points_grant g "
        "WHERE g.household = h.key AND g.cycle = $2 AND g.scheme = $1) ORDER BY h.code",
        code,
        cycle,
    )
    return [row["key"] for row in rows]


def _grant(chosen: Scheme, cycle: str, households: Sequence[str], by: Actor) -> Command:
    unit, day = acc.points(chosen.code, cycle), clock.today().isoformat()
    keys = {household: f"{chosen.code}:{cycle}:{household}" for household in households}

    def decide(state: State) -> Answer:
        granted = 0
        for household, key in keys.items():
            row = state.row(HOUSEHOLD, household)
            if row is None or row["status"] != "active" or state.row(GRANT, key) is not None:
                continue
            points = chosen.entitlement(row["category"], row["members"])
            if points:
                _post_grant(state, chosen, cycle, row, points, day, by)
                granted += 1
        return Answer(201, {"cycle": cycle, "granted": granted})

    wants = Wants(
        holdings=[(acc.household(household), unit) for household in households],
        rows=[*((HOUSEHOLD, h) for h in households), *((GRANT, key) for key in keys.values())],
    )
    return Command(decide, wants=wants)


def _post_grant(
    state: State, chosen: Scheme, cycle: str, household: HouseholdRow, points: int, day: str, by: Actor
) -> None:
    key, unit = household["key"], acc.points(chosen.code, cycle)
    entry = state.post(
        "points.grant",
        [(acc.household(key), unit, points), (acc.GRANTED, unit, -points)],
        effective_on=day,
        actor=by.key,
        party=key,
        facts={
            "scheme": chosen.code,
            "cycle": cycle,
            "category": household["category"],
            "members": household["members"],
        },
    )
    row = PointsGrantRow(
        key=f"{chosen.code}:{cycle}:{key}",
        scheme=chosen.code,
        cycle=cycle,
        household=key,
        points=points,
        seq=entry.seq,
    )
    state.add(GRANT, row)


async def expire(*, by: Actor, day: date | None = None) -> int:
    """Let points expire whose cycle can no longer be spent; how many households lost some. For the timetable."""
    by.must("points.grant")
    day = day or clock.today()
    oldest = {s.code: s.spendable(day)[0] for s in await schemes()}
    over = [(place, unit) for place, unit in await holdings.with_points() if _before(unit, oldest)]
    expired = 0
    for n in range(0, len(over), HOUSEHOLDS_PER_COMMAND):
        answer = await submit(_expiry(over[n : n + HOUSEHOLDS_PER_COMMAND], day.isoformat(), by))
        expired += answer.body["expired"]
    return expired


def _before(unit: str, oldest: dict[str, str]) -> bool:
    """Whether a unit's cycle lies before the oldest spendable one; points of a coming cycle do not expire."""
    _, code, cycle = unit.split(":")
    return cycle < oldest.get(code, "")


def _expiry(over: Sequence[tuple[str, str]], day: str, by: Actor) -> Command:
    def decide(state: State) -> Answer:
        expired = 0
        for account, unit in over:
            left = state.balance(account, unit)
            if left:
                postings = [(account, unit, -left), (acc.EXPIRED, unit, left)]
                party = account.partition(":")[2]
                state.post("points.expire", postings, effective_on=day, actor=by.key, party=party, facts={"unit": unit})
                expired += 1
        return Answer(200, {"expired": expired})

    return Command(decide, wants=Wants(holdings=list(over)))
