"""Goods go out: card, goods, points, stock and books in one entry (field.md 3.2; 4.6, entries 7 and 11).

The basket is read first, outside any transaction; then one command decides over the running holdings, so
that two tills can never hand out the same piece. Always true: an issue either moves pieces, points and
value together or nothing at all, and a refusal names every reason.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import tokens
from charity.db import sealed
from charity.db.tables import Table
from charity.errors import Refusal
from charity.goods import cards, points, rules, slips, stock
from charity.goods.limits import CANDIDATES_MAX
from charity.goods.models import CARD, DOCUMENT, ISSUE, LINE, IssueRow, LineRow
from charity.goods.till import picking, readers
from charity.goods.till.picking import Line, Pick, Plan, Reason
from charity.goods.till.readers import FIRST_LOTS, PROGRAMME, Known, normalised
from charity.ledger import accounts as acc
from charity.ledger import sums
from charity.ledger.state import Entry, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import stores
from charity.people.models import HOUSEHOLD, HouseholdRow
from charity.roles import Actor

SERIES: Final = "FF"
LOTS_MAX: Final = 400
_SHORT: Final = (rules.STOCK_SHORT.words, rules.STOCK_SHORT_HELD.words)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who collects for the household, and why (代领). Both are sealed."""

    name: str
    reason: str


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
    await stores.served(store, by=by)
    card, lines = tokens.normalise(card[: tokens.TEXT_MAX]), normalised(lines)

    async def asked(first: int) -> Answer:
        known = await readers.read(store, card, lines, first)

        def decide(state: State) -> Answer:
            return _decide(state, store=store, card=card, lines=lines, known=known, proxy=proxy, by=by)

        return await submit(Command(decide, wants=_wants(store, card, known), idem=idem))

    try:
        return await asked(FIRST_LOTS)
    except Refusal as refusal:
        if not any(error.message in _SHORT for error in refusal.fields):
            raise
    return await asked(CANDIDATES_MAX)  # the first lots were too few: ask again with all of them in sight


def _wants(store: str, card: str, known: Known) -> Wants:
    rows: list[tuple[Table[Any], str]] = [(CARD, card)]
    holdings = [(acc.shelf(store), acc.lot(lot.code)) for lot in [*known.lots, *known.by_code.values()]]
    if known.household:
        rows.append((HOUSEHOLD, known.household))
        holdings += [(acc.household(known.household), unit) for unit in known.units]
    series = [slips.series(SERIES, store, int(known.day[:4]))]
    return Wants(holdings=holdings, funds=known.funds, series=series, rows=rows)


def _decide(
    state: State,
    *,
    store: str,
    card: str,
    lines: Sequence[Line],
    known: Known,
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
    reasons += plan.reasons
    if household:
        left = sum(state.balance(acc.household(household["key"]), unit) for unit in known.units)
        if left < plan.points:
            facts = {"left": left, "needed": plan.points}
            reasons.append((rules.at("points", rules.POINTS_SHORT, **facts), rules.POINTS_SHORT))
    if not lines:
        reasons.append((rules.at("lines", rules.BASKET_EMPTY), rules.BASKET_EMPTY))
    if len(plan.picks) > LOTS_MAX:
        reasons.append((rules.at("lines", rules.TOO_MANY_LOTS), rules.TOO_MANY_LOTS))
    if reasons or household is None:
        raise rules.together(rules.NOT_ISSUED, reasons)
    number = slips.next_number(state, SERIES, store, int(known.day[:4]))
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
        recipients=1,
        payments=0,
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


def _entitled(state: State, card: str, known: Known) -> tuple[HouseholdRow | None, list[Reason]]:
    """The household of the card, and why the card cannot be used."""
    if known.household is None:
        rule = rules.CARD_UNKNOWN if tokens.card_valid(card) else rules.CARD_UNREADABLE
        return None, [(rules.at("card", rule), rule)]
    row, household = state.row(CARD, card), state.row(HOUSEHOLD, known.household)
    assert row is not None, "a card stays"
    assert household is not None, "a card has a household"
    return household, cards.why_unusable(row, household, known.day)


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


def _rows(  # noqa: PLR0917 - the values of one slip
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
    state.add(DOCUMENT, slips.row(number, "issue", store, entry, by))
    collected = json.dumps({"name": proxy.name, "reason": proxy.reason}) if proxy else None
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
    stock.moved(state, store, ((pick.lot, -pick.quantity) for pick in plan.picks))


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
