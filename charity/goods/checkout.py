"""Goods go out: card, goods, points, stock and books in one entry (domain rules 3.2, 4.6 entries 7 and 11).

The basket is read first, outside any transaction; then one command decides over the running holdings, so
that two tills can never hand out the same piece. Always true: an issue either moves pieces, points and
value together or nothing at all, and a refusal names everything that stood against it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import clock, tokens
from charity.db import reading, sealed
from charity.db.tables import Table
from charity.errors import Refusal
from charity.goods import cards, documents, items, lots, picking, points, rules
from charity.goods.cards import CardView
from charity.goods.items import Item
from charity.goods.lots import Lot
from charity.goods.models import CARD, DOCUMENT, ISSUE, LINE, IssueRow, LineRow
from charity.goods.picking import Line, Pick, Plan, Reason, Shelf
from charity.ledger import accounts as acc
from charity.ledger import funds, sums
from charity.ledger.state import Entry, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import stores
from charity.people.models import HOUSEHOLD, HouseholdRow
from charity.roles import Actor

PROGRAMME: Final = "P05"
"""爱心超市: what households choose at a till is spent for this programme (domain rules 7.7)."""
SERIES: Final = "FF"
LINES_MAX: Final = 100
LOTS_MAX: Final = 400
FIRST_LOTS: Final = 16
_SHORT: Final = (rules.STOCK_SHORT.words, rules.STOCK_SHORT_HELD.words)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who collects for the household, and why (代领). Both are sealed."""

    name: str
    reason: str


@dataclass(slots=True)
class _Known:
    """What was read for a basket before it is decided."""

    items: dict[str, Item]
    lots: list[Lot]
    by_code: dict[str, Lot]
    pieces: dict[str, int]
    household: str | None
    units: list[str]
    day: str

    def shelf(self, left: Callable[[str], int], allows: Callable[[str], bool]) -> Shelf:
        return Shelf(self.items, self.lots, self.by_code, left, allows, self.day, PROGRAMME)

    @property
    def funds(self) -> set[str]:
        return {lot.fund for lot in [*self.lots, *self.by_code.values()]}


async def _read(store: str, card: str, lines: Sequence[Line], first: int = lots.CANDIDATES_MAX) -> _Known:
    """Everything a basket may need, read without locks; only the holdings are asked again when deciding."""
    by_code = await lots.known(line.lot for line in lines if line.lot)
    standing = await lots.standing(store, (line.barcode for line in lines if not line.lot), first=first)
    barcodes = {line.barcode for line in lines if not line.lot} | {lot.barcode for lot in by_code.values()}
    pieces = {lot.code: quantity for lot, quantity in standing}
    pieces |= await lots.pieces(store, sorted(by_code))
    day = clock.today()
    return _Known(
        items=await items.found(barcodes),
        lots=[lot for lot, _ in standing],
        by_code=by_code,
        pieces=pieces,
        household=await reading.value("SELECT household FROM card WHERE code = $1", card),
        units=points.spendable_units(await points.schemes(), day),
        day=day.isoformat(),
    )


def normalised(lines: Sequence[Line]) -> list[Line]:
    """Lines as they are compared: codes without blanks, hyphens and case."""
    return [Line(ln.quantity, tokens.normalise(ln.barcode), tokens.normalise(ln.lot)) for ln in lines]


async def issue(
    *,
    store: str,
    card: str,
    lines: Sequence[Line],
    by: Actor,
    proxy: Proxy | None = None,
    idem: Idem | None = None,
) -> Answer:
    """Hand a basket out against a card. The refusal lists every shortage at once."""
    by.must("goods.move")
    await stores.get(store)
    by.must_serve(store)
    card, lines = tokens.normalise(card[: tokens.TEXT_MAX]), normalised(lines)

    async def asked(first: int) -> Answer:
        known = await _read(store, card, lines, first)

        def decide(state: State) -> Answer:
            return _decide(state, store=store, card=card, lines=lines, known=known, proxy=proxy, by=by)

        return await submit(Command(decide, wants=_wants(store, card, known), idem=idem))

    try:
        return await asked(FIRST_LOTS)
    except Refusal as refusal:
        if not any(error.message in _SHORT for error in refusal.fields):
            raise
    return await asked(lots.CANDIDATES_MAX)  # the first lots were too few: ask again with all of them in sight


def _wants(store: str, card: str, known: _Known) -> Wants:
    rows: list[tuple[Table[Any], str]] = [(CARD, card)]
    holdings = [(acc.shelf(store), acc.lot(lot.code)) for lot in [*known.lots, *known.by_code.values()]]
    if known.household:
        rows.append((HOUSEHOLD, known.household))
        holdings += [(acc.household(known.household), unit) for unit in known.units]
    series = [documents.series(SERIES, store, int(known.day[:4]))]
    return Wants(holdings=holdings, funds=known.funds, series=series, rows=rows)


def _decide(
    state: State,
    *,
    store: str,
    card: str,
    lines: Sequence[Line],
    known: _Known,
    proxy: Proxy | None,
    by: Actor,
) -> Answer:
    shelf = acc.shelf(store)
    plan = picking.plan(
        lines,
        known.shelf(
            lambda lot: state.balance(shelf, acc.lot(lot)),
            lambda fund: state.fund(fund).allows(PROGRAMME),
        ),
    )
    household, reasons = _entitled(state, card, known)
    left = sum(state.balance(acc.household(household["key"]), unit) for unit in known.units) if household else 0
    reasons += plan.reasons
    if household and left < plan.points:
        facts = {"left": left, "needed": plan.points}
        reasons.append((rules.at("points", rules.POINTS_SHORT, **facts), rules.POINTS_SHORT))
    if not lines:
        reasons.append((rules.at("lines", rules.BASKET_EMPTY), rules.BASKET_EMPTY))
    if len(plan.picks) > LOTS_MAX:
        reasons.append((rules.at("lines", rules.TOO_MANY_LOTS), rules.TOO_MANY_LOTS))
    if reasons or household is None:
        raise rules.together(rules.NOT_ISSUED, reasons)
    number = documents.number(state, SERIES, store, int(known.day[:4]))
    postings = _postings(state, store, plan, household["key"], known.units)
    entry = state.post(
        "goods.issue",
        postings,
        effective_on=known.day,
        actor=by.key,
        party=household["key"],
        facts=_facts(number, store, household),
    )
    _rows(state, number, store, entry, plan, household, card, left - plan.points, proxy, by)
    sums.outlay(
        state,
        day=entry.effective_on,
        postings=postings,
        programme=PROGRAMME,
        store=store,
        recipients=household["members"],
        unvalued_of=plan.picks[0].lot.fund,
    )
    out = [{"lot": p.lot.code, "barcode": p.lot.barcode, "quantity": p.quantity} for p in plan.picks]
    spent = {"points_spent": plan.points, "points_left": left - plan.points}
    return Answer(201, {"number": number, "entry": entry.id, **spent, "lines": out})


def _facts(number: str, store: str, household: HouseholdRow) -> dict[str, Any]:
    return {
        "document": number,
        "store": store,
        "programme": PROGRAMME,
        "recipients": household["members"],
        "households": 1,
        "category": household["category"],
    }


def _entitled(state: State, card: str, known: _Known) -> tuple[HouseholdRow | None, list[Reason]]:
    """The household of the card, and why the card cannot be used."""
    row = state.row(CARD, card)
    if row is None or known.household is None:
        rule = rules.CARD_UNKNOWN if tokens.card_valid(card) else rules.CARD_UNREADABLE
        return None, [(rules.at("card", rule), rule)]
    household = state.row(HOUSEHOLD, known.household)
    assert household is not None, "a card has a household"
    return household, cards.standing(row, household, known.day)


def _postings(state: State, store: str, plan: Plan, household: str, units: Sequence[str]) -> list[acc.Posting]:
    """Pieces to the households, points redeemed, value to the cost of the programme, by fund."""
    pieces: dict[str, int] = {}
    value: dict[str, int] = {}
    for pick in plan.picks:
        pieces[pick.lot.code] = pieces.get(pick.lot.code, 0) + pick.quantity
        value[pick.lot.fund] = value.get(pick.lot.fund, 0) + pick.quantity * pick.lot.cost_fen
    postings: list[acc.Posting] = []
    for code, quantity in pieces.items():
        unit = acc.lot(code)
        postings += [(acc.shelf(store), unit, -quantity), (acc.HOUSEHOLDS, unit, quantity)]
    postings += points.taken(state, household, units, plan.points)
    for fund, fen in value.items():
        if fen:
            agency = state.fund(fund).kind == "agency"
            cost = acc.money(acc.AGENCY_DEBT, fund) if agency else acc.money(acc.COST, fund, PROGRAMME)
            stock = acc.money(acc.AGENCY_ASSETS if agency else acc.STOCK, fund, store)
            postings += [(cost, acc.CNY, fen), (stock, acc.CNY, -fen)]
    return postings


def _rows(  # noqa: PLR0917 - the facts of one slip
    state: State,
    number: str,
    store: str,
    entry: Entry,
    plan: Plan,
    household: HouseholdRow,
    card: str,
    points_left: int,
    proxy: Proxy | None,
    by: Actor,
) -> None:
    state.add(DOCUMENT, documents.row(number, "issue", store, entry, by))
    collected = json.dumps({"name": proxy.name, "reason": proxy.reason}, ensure_ascii=False) if proxy else None
    row = IssueRow(
        number=number,
        household=household["key"],
        card=card,
        category=household["category"],
        members=household["members"],
        programme=PROGRAMME,
        points_spent=plan.points,
        points_left=points_left,
        proxy=sealed.seal("goods_issue", "proxy", number, collected),
    )
    state.add(ISSUE, row)
    for n, pick in enumerate(plan.picks, 1):
        state.add(LINE, _line_row(number, n, pick))


def _line_row(number: str, n: int, pick: Pick) -> LineRow:
    return LineRow(
        document=number,
        n=n,
        barcode=pick.lot.barcode,
        lot=pick.lot.code,
        quantity=-pick.quantity,
        cost_fen=pick.lot.cost_fen,
        points=pick.points,
        picked=pick.picked,
    )


# -- the till's preview -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """A basket as it would be decided now; nothing is held back for it."""

    card: CardView | None
    plan: Plan
    items: dict[str, Item]
    by_code: dict[str, Lot]
    reasons: list[Reason]

    @property
    def points_after(self) -> int | None:
        """What the household would have left; below 0 when it has too few."""
        return None if self.card is None else self.card.points - self.plan.points


async def preview(*, store: str, card: CardView | None, lines: Sequence[Line], by: Actor) -> Preview:
    """What an issue of this basket would say now."""
    by.must("goods.move")
    lines = normalised(lines)
    known = await _read(store, card.code if card else "", lines)
    allowed = {f.code: not f.programmes or PROGRAMME in f.programmes for f in await funds.every()}
    plan = picking.plan(lines, known.shelf(lambda lot: known.pieces.get(lot, 0), lambda fund: allowed.get(fund, False)))
    reasons = list(card.refusals) if card else []
    reasons += plan.reasons
    if card is not None and card.points < plan.points:
        facts = {"left": card.points, "needed": plan.points}
        reasons.append((rules.at("points", rules.POINTS_SHORT, **facts), rules.POINTS_SHORT))
    return Preview(card, plan, known.items, known.by_code, reasons)
