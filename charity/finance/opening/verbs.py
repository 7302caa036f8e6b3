"""The opening: a draft that an accountant writes, and may write anew; one entry when a second person confirms it.

Postings (docs/field.md 9, row 94): Dr the place, Cr 3101 of an unrestricted fund, 3102 of a restricted one, 2601 of
agency money. A draft moves nothing; it is confirmed over its content hash, with the total typed again.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from charity import clock
from charity.finance import rules
from charity.finance.models import OPENING, OPENING_KEY, OpeningRow
from charity.ledger import accounts as acc
from charity.ledger import funds, places
from charity.ledger.accounts import Posting
from charity.ledger.content import Content
from charity.ledger.loading import Loader
from charity.ledger.places import Place
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

KIND, KEY = "opening", OPENING_KEY
LINES_MAX = 400
CREDITS = {"unrestricted": acc.NET_UNRESTRICTED, "restricted": acc.NET_RESTRICTED, "agency": acc.AGENCY_DEBT}


@dataclass(frozen=True, slots=True)
class Line:
    """Money of one fund in one place, fen."""

    fund: str
    place: str
    amount_fen: int


def shown(on: str, lines: Sequence[Line]) -> Content:
    """What is confirmed: the day, every line, the total."""
    ordered = sorted(lines, key=lambda line: (line.fund, line.place))
    return Content(
        facts={
            "on": on,
            "lines": [{"fund": line.fund, "place": line.place, "amount_fen": line.amount_fen} for line in ordered],
            "total_fen": sum(line.amount_fen for line in lines),
        }
    )


def lines_of(content: str) -> list[Line]:
    """The lines of a stored content."""
    return [Line(line["fund"], line["place"], line["amount_fen"]) for line in json.loads(content)["lines"]]


async def write(*, on: date, lines: Sequence[Line], by: Actor, idem: Idem | None = None) -> Answer:
    """Write the draft, or write it anew: 201 `{status: "draft", content_hash, total_fen}`."""
    by.must("opening.make")
    await _check(on, lines)
    content = shown(on.isoformat(), lines)

    def decide(state: State) -> Answer:
        _must_be_empty(state)
        columns = {
            "on_day": on.isoformat(),
            "content": content.text,
            "content_hash": content.hash,
            "total_fen": content.facts["total_fen"],
            "maker": by.key,
            "made_at": state.now,
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

    async def load(loader: Loader) -> list[Line]:
        row = loader.state.row(OPENING, KEY)
        lines = lines_of(row["content"]) if row else []
        await loader.funds({line.fund for line in lines})
        return lines

    def decide(state: State, lines: list[Line]) -> Answer:
        row = state.row(OPENING, KEY)
        if row is None:
            raise rules.OPENING_NONE()
        _must_be_empty(state)
        if row["maker"] == by.key:
            raise rules.OPENING_OWN()
        shown(row["on_day"], lines).must_be(content_hash)
        if confirmed_total_fen != row["total_fen"]:
            raise rules.OPENING_TOTAL()
        entry = state.post(
            KIND,
            _postings(state, lines, by_code),
            effective_on=row["on_day"],
            actor=by.key,
            facts={"maker": row["maker"], "content_hash": row["content_hash"], "on": row["on_day"]},
            flows=Flows(receive=sorted(_totals(lines).items())),
        )
        state.close_through((date.fromisoformat(row["on_day"]) - timedelta(days=1)).isoformat())
        state.change(OPENING, KEY, confirmed_by=by.key, confirmed_at=state.now, seq=entry.seq)
        return Answer(201, {"entry": entry.id, "status": "confirmed"})

    return await submit(Command(decide, Wants(rows=[(OPENING, KEY)]), idem, load=load, alone=True))


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
        postings.append((acc.money(CREDITS[state.fund(fund).kind], fund), acc.CNY, -fen))
    return postings


async def _check(on: date, lines: Sequence[Line]) -> None:
    """Refuse what can be told without the books: day, lines, funds, places."""
    if on > clock.today():
        raise rules.OPENING_LATER()
    if not lines:
        raise rules.OPENING_EMPTY()
    known = await funds.names()
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.fund not in known:
            raise rules.OPENING_FUND(fund=line.fund)
        await places.get(line.place, field="lines")
        if (line.fund, line.place) in seen:
            raise rules.OPENING_TWICE(fund=line.fund, place=line.place)
        seen.add((line.fund, line.place))


def _must_be_empty(state: State) -> None:
    if state.seq:
        raise rules.OPENING_BEGUN(seq=state.seq)
