"""Opening stock 期初库存: goods that stood on the shelves before the books began become lots without a giver.

Always true: its entries follow the opening of the money, in the same command, or are the first of the books; one
entry and one intake slip for each store and fund (and for each SLIP_LOTS lots), Dr 1201 at the store (agency goods
1801) / Cr what the fund's kind says (accounts.NET_OF). So 300 stores of 40 goods are some hundred entries of one
transaction, and a label sheet and a slip stay as long as those of any intake.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from charity import clock, money
from charity.db import reading
from charity.errors import FieldError
from charity.goods import barcodes, intake, items, rules, slips
from charity.goods.intake import IntakeLine, NewLot
from charity.goods.items import Item
from charity.goods.limits import INTAKE_LINES_MAX
from charity.goods.models import IntakeRow
from charity.ledger import accounts as acc
from charity.ledger.loading import Loader
from charity.ledger.rules import FUND_UNKNOWN
from charity.ledger.state import ENTRIES_MAX, Entry, State
from charity.office import stores
from charity.roles import Actor
from charity.web.messages import ERRORS_MAX

KIND: Final = "goods.opening"
LINES_MAX: Final = 20_000
SLIP_LOTS: Final = INTAKE_LINES_MAX
Lot = tuple[str, str, str, str, int, int]
"""(store, fund, barcode, last good day or "", pieces, cost a piece): what of a lot was confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine(IntakeLine):
    """Goods of one item and fund in one store. Their value is what the books before carried them at; or none.

    `checked`: somebody looked again at a last good day or a value that is far from usual.
    """

    store: str
    fund: str
    checked: bool = False

    @property
    def last_day(self) -> str | None:
        """The last good day as text."""
        return self.expires_on.isoformat() if self.expires_on else None

    def lots(self) -> list[NewLot]:
        """The lots that it becomes, each time with other codes."""
        return intake.made(self.barcode, self.last_day, self.costs(), "book" if self.valued else "none")


@dataclass(frozen=True, slots=True)
class OpeningSlip:
    """An intake slip that an opening makes."""

    store: str
    fund: str
    lots: tuple[NewLot, ...]

    @property
    def value_fen(self) -> int:
        """What its lots are carried at, fen."""
        return sum(lot.quantity * lot.cost_fen for lot in self.lots)


async def faults(lines: Sequence[StockLine], funds: Iterable[str]) -> list[FieldError]:
    """What keeps lines from being opening stock, by field: `stock.3.barcode` (at most ERRORS_MAX of them)."""
    if len(lines) > LINES_MAX:
        return [rules.at("stock", rules.OPENING_LINES, most=LINES_MAX)]
    day = clock.today()
    shops, known, named = await stores.names(), await items.known({line.barcode for line in lines}), set(funds)
    errors: list[FieldError] = []
    first: dict[StockLine, int] = {}
    for n, line in enumerate(lines):
        if line.store not in shops:
            errors.append(rules.at(f"stock.{n}.store", rules.STORE_UNKNOWN, store=line.store))
        if line.fund not in named:
            errors.append(rules.at(f"stock.{n}.fund", FUND_UNKNOWN, fund=line.fund))
        errors += _faults(n, line, known.get(line.barcode), day)
        if (other := first.setdefault(replace(line, checked=False), n)) != n:
            errors.append(rules.at(f"stock.{n}.barcode", rules.OPENING_TWICE, row=other + 1))
        if len(errors) >= ERRORS_MAX:
            return errors[:ERRORS_MAX]
    if not errors and len(_grouped(lines)) >= ENTRIES_MAX:
        errors.append(rules.at("stock", rules.OPENING_SLIPS, slips=len(_grouped(lines)), most=ENTRIES_MAX - 1))
    return errors


def _faults(n: int, line: StockLine, item: Item | None, day: date) -> list[FieldError]:
    if item is None:
        refusal = barcodes.unreadable(line.barcode) or rules.BARCODE_UNKNOWN(barcode=line.barcode)
        return [FieldError(f"stock.{n}.barcode", refusal.words, tuple(refusal.facts.items()))]
    errors: list[FieldError] = []
    if line.expires_on is None and item.shelf_life_days is not None:
        errors.append(rules.at(f"stock.{n}.expires_on", rules.EXPIRY_MISSING, name=item.name))
    elif not line.checked and (facts := intake.far_day(line, item, day)):
        errors.append(rules.at(f"stock.{n}.checked", rules.OPENING_EXPIRY_FAR, **facts))
    if line.unit_value_fen is not None and line.total_value_fen is not None:
        errors.append(rules.at(f"stock.{n}.total_value_fen", rules.VALUE_TWICE))
    elif line.total_value_fen is not None and line.total_value_fen < line.quantity:
        errors.append(rules.at(f"stock.{n}.total_value_fen", rules.VALUE_TOO_SMALL))
    elif line.value_fen > money.AMOUNT_MAX_FEN:
        errors.append(rules.at(f"stock.{n}.unit_value_fen", rules.VALUE_TOO_LARGE))
    elif not line.checked and (facts := intake.far_value(line, item)):
        errors.append(rules.at(f"stock.{n}.checked", rules.OPENING_VALUE_FAR, **facts))
    return errors


def lots_of(lines: Iterable[StockLine]) -> list[Lot]:
    """What the lots of these lines are, in order: an indivisible total is two of them."""
    return sorted(
        (line.store, line.fund, line.barcode, line.last_day or "", pieces, cost)
        for line in lines
        for pieces, cost in line.costs()
    )


def slips_of(lines: Sequence[StockLine]) -> list[OpeningSlip]:
    """The slips that these lines become, with new lots: by store and fund, at most SLIP_LOTS lots each."""
    return [
        OpeningSlip(
            store,
            fund,
            tuple(lot for line in some for lot in line.lots()),
        )
        for store, fund, some in _grouped(lines)
    ]


def _grouped(lines: Sequence[StockLine]) -> list[tuple[str, str, tuple[StockLine, ...]]]:
    by_place: dict[tuple[str, str], list[StockLine]] = defaultdict(list)
    for line in lines:
        by_place[line.store, line.fund].append(line)
    half, places = SLIP_LOTS // 2, sorted(by_place.items())  # a line is at most two lots
    return [(*place, tuple(some[n : n + half])) for place, some in places for n in range(0, len(some), half)]


async def load(loader: Loader, opened: Sequence[OpeningSlip], on: date) -> None:
    """Name what `post` needs."""
    await loader.holdings([(acc.shelf(slip.store), acc.lot(lot.code)) for slip in opened for lot in slip.lots])
    await loader.funds({slip.fund for slip in opened})
    await loader.series({slips.series(intake.SERIES, slip.store, on.year) for slip in opened})


def post(state: State, opened: Sequence[OpeningSlip], on: date, *, facts: dict[str, Any], by: Actor) -> list[Entry]:
    """Book the slips, in the command of the opening. `facts` are those of every entry of it."""
    return [_post(state, slip, on, facts, by) for slip in opened]


def _post(state: State, slip: OpeningSlip, on: date, facts: dict[str, Any], by: Actor) -> Entry:
    number = slips.next_number(state, intake.SERIES, slip.store, on.year)
    kind = state.fund(slip.fund).kind
    lines = intake.postings(slip.store, acc.OPENING, slip.lots)
    if slip.value_fen:
        chart = acc.AGENCY_ASSETS if kind == "agency" else acc.STOCK
        lines.append((acc.money(chart, slip.fund, slip.store), acc.CNY, slip.value_fen))
        lines.append((acc.money(acc.NET_OF[kind], slip.fund), acc.CNY, -slip.value_fen))
    named = {"document": number, "store": slip.store, "source": "opening", "fund": slip.fund}
    entry = state.post(KIND, lines, effective_on=on.isoformat(), actor=by.key, facts=facts | named)
    row = IntakeRow(
        number=number,
        source="opening",
        fund=slip.fund,
        campaign=None,
        donor=None,
        donation=None,
        voucher=None,
        receipt_code=None,
        receipt_number=None,
    )
    intake.shelve(state, slip.store, row, slip.lots, entry, by)
    return entry


async def booked() -> list[Lot]:
    """The lots that an opening made, in order: for `charity verify`."""
    rows = await reading.tuples(
        "SELECT o.store, o.fund, o.barcode, COALESCE(o.expires_on, ''), l.quantity, o.cost_fen FROM lot o "
        "JOIN goods_line l ON l.document = o.document AND l.lot = o.code WHERE o.source = 'opening'"
    )
    return sorted((a, b, c, d, int(pieces), int(cost)) for a, b, c, d, pieces, cost in rows)
