"""The opening: a draft that an accountant writes, and may write anew; booked when a second person confirms it.

Postings (docs/field.md 9, row 94): Dr the place, or the goods of a store (charity/goods/opening), Cr 3101 of an
unrestricted fund, 3102 of a restricted one, 2601 of what is held for others. A draft moves nothing; it is confirmed
over its content hash, with the total of money and goods typed again: one entry for the money, the slips of the goods
behind it, in one transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from charity import clock, words
from charity.errors import unreadable
from charity.finance import rules
from charity.finance.models import OPENING, OPENING_KEY, OpeningRow
from charity.finance.opening.content import Line, lines_of, shown, stock_of, stock_text
from charity.goods import opening as stock_opening
from charity.goods.opening import StockLine
from charity.ledger import accounts as acc
from charity.ledger import funds, places
from charity.ledger.accounts import Posting
from charity.ledger.loading import Loader
from charity.ledger.places import Place
from charity.ledger.state import Entry, Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

KIND, KEY = "opening", OPENING_KEY
LINES_MAX = 400


async def write(
    *, on: date, lines: Sequence[Line], by: Actor, stock: Sequence[StockLine] = (), idem: Idem | None = None
) -> Answer:
    """Write the draft, or write it anew: 201 `{status: "draft", content_hash, total_fen}`."""
    by.must("opening.make")
    await _check(on, lines, stock)
    content = shown(on.isoformat(), lines, stock)
    text = stock_text(stock) if stock else None

    def decide(state: State) -> Answer:
        _must_be_empty(state)
        columns = {
            "on_day": on.isoformat(),
            "content": content.text,
            "content_hash": content.hash,
            "total_fen": content.facts["total_fen"],
            "maker": by.key,
            "made_at": state.now,
            "stock": text,
        }
        if state.row(OPENING, KEY) is None:
            row = OpeningRow(key=KEY, **columns, confirmed_by=None, confirmed_at=None, seq=None)  # type: ignore[typeddict-item]
            state.add(OPENING, row)
        else:
            state.change(OPENING, KEY, **columns)
        return Answer(201, {"status": "draft", "content_hash": content.hash, "total_fen": columns["total_fen"]})

    return await submit(Command(decide, Wants(rows=[(OPENING, KEY)]), idem))


async def confirm(*, content_hash: str, confirmed_total_fen: int, by: Actor, idem: Idem | None = None) -> Answer:
    """Book the draft as it was shown: 201 `{entry, status: "confirmed"}`. Never by who wrote it."""
    by.must("opening.confirm")
    by_code = {place.code: place for place in await places.every()}

    async def load(loader: Loader) -> _Draft:
        row = loader.state.row(OPENING, KEY)
        stock = stock_of(row["stock"]) if row else []
        draft = _Draft(lines_of(row["content"]) if row else [], stock, stock_opening.slips_of(stock))
        await loader.funds({line.fund for line in draft.lines})
        if row is not None:
            await stock_opening.load(loader, draft.slips, date.fromisoformat(row["on_day"]))
        return draft

    def decide(state: State, draft: _Draft) -> Answer:
        row = state.row(OPENING, KEY)
        if row is None:
            raise rules.OPENING_NONE()
        _must_be_empty(state)
        if row["maker"] == by.key:
            raise rules.OPENING_OWN()
        shown(row["on_day"], draft.lines, draft.stock).must_be(content_hash)
        if confirmed_total_fen != row["total_fen"]:
            raise rules.OPENING_TOTAL()
        on = date.fromisoformat(row["on_day"])
        facts = {"maker": row["maker"], "content_hash": row["content_hash"], "on": row["on_day"]}
        entries = [_book(state, draft.lines, by_code, facts, by)] if draft.lines else []
        entries += stock_opening.post(state, draft.slips, on, facts=facts, by=by)
        state.close_through((on - timedelta(days=1)).isoformat())
        state.change(OPENING, KEY, confirmed_by=by.key, confirmed_at=state.now, seq=entries[0].seq)
        return Answer(201, {"entry": entries[0].id, "status": "confirmed"})

    return await submit(Command(decide, Wants(rows=[(OPENING, KEY)]), idem, load=load, alone=True))


@dataclass(frozen=True, slots=True)
class _Draft:
    """The draft as it was loaded, and the slips that its goods become."""

    lines: list[Line]
    stock: list[StockLine]
    slips: list[stock_opening.OpeningSlip]


def _book(state: State, lines: Sequence[Line], by_code: dict[str, Place], facts: dict[str, str], by: Actor) -> Entry:
    """The entry of the money."""
    return state.post(
        KIND,
        _postings(state, lines, by_code),
        effective_on=facts["on"],
        actor=by.key,
        facts=facts,
        flows=Flows(receive=sorted(_totals(lines).items())),
    )


def _totals(lines: Sequence[Line]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for line in lines:
        totals[line.fund] += line.amount_fen
    return totals


def _postings(state: State, lines: Sequence[Line], by_code: dict[str, Place]) -> list[Posting]:
    postings: list[Posting] = [
        (by_code[line.place].account(line.fund), acc.CNY, line.amount_fen)
        for line in sorted(lines, key=lambda line: (line.fund, line.place))
    ]
    for fund, fen in sorted(_totals(lines).items()):
        postings.append((acc.money(acc.NET_OF[state.fund(fund).kind], fund), acc.CNY, -fen))
    return postings


async def _check(on: date, lines: Sequence[Line], stock: Sequence[StockLine]) -> None:
    """Refuse what can be said without the books: day, lines, funds, places, stores, items."""
    if on > clock.today():
        raise rules.OPENING_LATER()
    if not lines and not stock:
        raise rules.OPENING_EMPTY()
    known = await funds.names()
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.fund not in known:
            raise rules.OPENING_FUND(fund=line.fund)
        place = await places.get(line.place, field="lines")
        if (line.fund, line.place) in seen:
            raise rules.OPENING_TWICE(fund=await funds.named(line.fund), place=words.Named(place.code, place.shown))
        seen.add((line.fund, line.place))
    if faults := await stock_opening.faults(stock, known):
        raise unreadable(*faults)
    if not lines and not any(line.value_fen for line in stock):
        raise rules.OPENING_WORTHLESS()


def _must_be_empty(state: State) -> None:
    if state.seq:
        raise rules.OPENING_BEGUN(seq=state.seq)
