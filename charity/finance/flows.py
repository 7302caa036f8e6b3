"""The way of the money: where it came from, what it was used for and whom it reached; of a fund its plan and balance.

Always true: the two sides are the terms of the money equation (`ledger.equation`), each on the side on which it stands
in it, so both add up to the same sum, to the fen, whatever was reversed or given back: what comes out below zero stands
on the other side under its own words. Kept sums of one statement only: the work does not grow with the books.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from charity import clock, words
from charity.giving.campaigns import Shown
from charity.ledger import funds, statement
from charity.ledger.plans import COST_LINE
from charity.ledger.statement import Amount, MonthOfFund, Period, Statement
from charity.people.masking import GROUP_MIN
from charity.web import pictures
from charity.web.pictures import End, Flow, Month

YEAR: Final = 12
"""Months of a balance over time, where its period is no longer."""
MONTHS_MAX: Final = 60
"""A longer period shows its last months."""


class _Term(NamedTuple):
    """A figure of the equation: its sign, the kind of its picture, its words where it stands, and on the other side."""

    sign: int
    kind: str
    name: str
    turned: str
    note: str = ""


_TERMS: Final = {
    "received": _Term(1, "in", "收到捐款", "冲回以前的捐款"),
    "agency_in": _Term(1, "in", "代收的款", "冲回以前代收的款"),
    "other": _Term(1, "in", "利息等其他收入", "其他支出"),
    "transferred": _Term(1, "in", "从其他基金转入", "转到其他基金"),
    "carried": _Term(1, "rest", "上期结转", "上期超支"),
    "aid": _Term(-1, "aid", "用于救助", "冲回以前的救助"),
    "agency_out": _Term(-1, "aid", "已转交和退回", "冲回以前的转交"),
    "bought": _Term(-1, "goods", "购买救助物资", "退回的货款", "进爱心超市，住户领走才算救助"),
    "advanced": _Term(-1, "cost", "已拨付，等签收名单", "以前拨付，现已交回名单", "名单交回以后才算救助"),
    "fundraising": _Term(-1, "cost", "筹资费用", "冲回的筹资费用", "宣传、印刷和支付手续费"),
    "administration": _Term(-1, "cost", "管理费用", "冲回的管理费用", "办公、审计等开支"),
    "refunded": _Term(-1, "cost", "退还捐赠人", "收回的退款"),
    "unspent": _Term(-1, "rest", "还没有用@line", "超支，待补足", "以后每用一笔，都会写在这里"),
}
"""The equation of money (`unspent` closes it to zero), and what a fund holds for others."""
_AGENCY: Final = frozenset({"agency_in", "agency_out"})
_CAME: Final = ("received", "agency_in")
_STAYS: Final = frozenset({"carried", "unspent"})


@dataclass(frozen=True, slots=True)
class Part:
    """One end of a way: the figure it belongs to, the code of its fund or programme ("" for none), 人次 if counted."""

    figure: str
    code: str
    end: End
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A term of the equation in brief: + or −, its kind and words, money and goods, fen (0 or more)."""

    figure: str
    sign: str
    kind: str
    name: str
    money_fen: int
    goods_fen: int


@dataclass(frozen=True, slots=True)
class Way:
    """Sources and ends of the money of a period, with the equation that both are, after entry `seq`."""

    begin: str
    end: str
    fund: str
    sources: Sequence[Part]
    ends: Sequence[Part]
    equation: Statement
    gifts_of_money: int
    seq: int

    @property
    def trunk_fen(self) -> int:
        """What was there to be used: each side adds up to it."""
        return sum(part.end.fen for part in self.sources)

    def drawn(self) -> Flow:
        """Its picture."""
        return pictures.flow([part.end for part in self.sources], [part.end for part in self.ends])

    @property
    def came_fen(self) -> int:
        """What was given: the one sum above the lines of `brief`."""
        return sum(_signed(self.equation, figure, _TERMS[figure], whole=not self.fund) for figure in _CAME)

    def brief(self) -> list[Line]:
        """The equation in few lines, from `came_fen` to what is left, without what is nothing."""
        lines = []
        for figure, term in _TERMS.items():
            fen = _signed(self.equation, figure, term, whole=not self.fund)
            if figure in _CAME or (not fen and figure != "unspent"):
                continue
            name = term.name if fen * term.sign >= 0 else term.turned
            sign = "=" if figure == "unspent" else "+" if (fen or term.sign) > 0 else "−"
            goods = self.equation[figure].goods_fen
            lines.append(Line(figure, sign, term.kind, words.translate(name), abs(fen), goods))
        return lines

    def split(self) -> list[tuple[str, int]]:
        """(kind, fen) of the ends, in the order of the bar."""
        sums = dict.fromkeys(("aid", "goods", "cost", "in", "rest"), 0)
        for part in self.ends:
            sums[part.end.kind] += part.end.fen
        return list(sums.items())


def _signed(equation: Statement | Mapping[str, Amount], figure: str, term: _Term, *, whole: bool) -> int:
    """What a figure adds to what was there (above zero), or takes from it; all of them add up to zero."""
    if whole and figure in _AGENCY:
        return 0
    return term.sign * equation[figure].money_fen


def _part(figure: str, fen: int, *, code: str = "", name: str = "", note: str = "", times: int | None = None) -> Part:
    """A term with `fen` as in `_signed`; a name of data stands for the words of the figure."""
    term = _TERMS[figure]
    if fen * term.sign >= 0:
        shown = name or words.translate(term.name)
        note = note or (words.translate(term.note) if term.note else "")
    else:
        shown, note = words.translate(term.turned), name
    return Part(figure, code, End(term.kind, abs(fen), shown, note, figure in _STAYS), times)


def _times(times: int) -> str:
    """人次 in words; few are not counted, so that nobody is known by them (P7)."""
    if times >= GROUP_MIN:
        return words.say("{times} 人次受益", times=f"{times:,}")
    return words.say("不足 {least} 人次", least=GROUP_MIN) if times > 0 else ""


def _sides(parts: Iterable[tuple[Part, int]]) -> tuple[list[Part], list[Part]]:
    """Sources and ends, the largest first among those of a figure, what is carried or unspent last."""
    order = list(_TERMS)
    ranked = sorted(parts, key=lambda pair: (pair[0].end.stays, order.index(pair[0].figure), -pair[0].end.fen))
    ends = [part for part, fen in ranked if fen < 0 or (not fen and part.figure == "unspent")]
    return [part for part, fen in ranked if fen > 0], ends


async def _received(period: Period, fund: str, shown: Iterable[Shown]) -> list[tuple[Part, int]]:
    """What came in: by fund, or of one. A fund is called as its public campaign, where it has one only."""
    if fund:
        fen = period.of(fund)["received"].money_fen
        return [(_part("received", fen, code=fund, note=_gifts(period.gifts_of_money(fund))), fen)]
    equations = period.own()
    names = await funds.names(equations)
    called: dict[str, list[str]] = {}
    for campaign in shown:
        called.setdefault(campaign.row["fund"], []).append(campaign.name)
    return [
        (_part("received", fen, code=code, name=name, note=_gifts(period.gifts_of_money(code))), fen)
        for code, equation in equations.items()
        if (fen := equation["received"].money_fen)
        for name in [called[code][0] if len(called.get(code, ())) == 1 else names.get(code, code)]
    ]


def _gifts(count: int) -> str:
    return words.say("{count} 笔捐款", count=f"{count:,}") if count > 0 else ""


async def _aid(period: Period, fund: str, whole: int) -> list[tuple[Part, int]]:
    """Aid by programme; what is aid of none is one more, so that the parts are the figure."""
    aided = {} if fund and not _is_own(period, fund) else period.aided(fund)
    names = await funds.programme_names(aided)
    parts = []
    for code, each in aided.items():
        name, note = names.get(code, code), _times(each.times)
        parts.append((_part("aid", -each.fen, code=code, name=name, note=note, times=each.times), -each.fen))
    rest = whole - sum(each.fen for each in aided.values())
    if rest:
        name = words.translate("其他救助") if parts else ""
        parts.append((_part("aid", -rest, name=name), -rest))
    return parts


def _is_own(period: Period, fund: str) -> bool:
    return fund in period.own()


async def _way(period: Period, begin: str, end: str, fund: str, shown: Iterable[Shown]) -> Way:
    equation = period.of(fund) if fund else period.whole()
    parts = await _received(period, fund, shown) + await _aid(period, fund, equation["aid"].money_fen)
    for figure, term in _TERMS.items():
        if figure not in {"received", "aid"}:
            fen = _signed(equation, figure, term, whole=not fund)
            parts.append((_part(figure, fen), fen))
    sources, ends = _sides(parts)
    gifts = sum(period.gifts_of_money(code) for code in ([fund] if fund else period.own()))
    return Way(begin, end, fund, sources, ends, equation, gifts, period.seq)


async def of_all(begin: str, end: str, shown: Iterable[Shown]) -> Way:
    """Of all funds in a period; `shown` are the public campaigns, by which their funds are called."""
    return await _way(await statement.of(begin, end, aided=True), begin, end, "", shown)


async def of_year(shown: Iterable[Shown]) -> Way:
    """As `of_all`, of this year so far."""
    today = clock.today()
    return await of_all(today.replace(month=1, day=1).isoformat(), today.isoformat(), shown)


async def of_fund(fund: str, begin: str = statement.EARLIEST, end: str = "") -> Way:
    """Of a fund in a period: from its first entry and to now, where nothing is said."""
    last = end or clock.today().isoformat()
    return await _way(await statement.of(begin, last, aided=True), begin, last, fund, ())


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of the filed plan and what was used of it, fen; its meter, and whom its money reached."""

    name: str
    note: str
    used_fen: int
    planned_fen: int
    meter: Markup

    @property
    def left_fen(self) -> int:
        """What may still be used."""
        return self.planned_fen - self.used_fen


async def plan(way: Way) -> list[Planned]:
    """The filed plan of a way's fund against all that was used, the limit of cost last; none without a plan.

    Whom it reached is told only where the way is of all time, as what was used is.
    """
    row = await funds.get(way.fund)
    names = await funds.programme_names(use.line for use in row.uses)
    ends = way.ends if way.begin == statement.EARLIEST else ()
    reached = {part.code: part.end.note for part in ends if part.figure == "aid"}
    return [
        Planned(
            words.say("募捐成本，不超过") if use.line == COST_LINE else names.get(use.line, use.line),
            reached.get(use.line, ""),
            use.used_fen,
            use.planned_fen,
            pictures.meter(use.used_fen, use.planned_fen, "cost" if use.line == COST_LINE else "aid"),
        )
        for use in row.uses
        if use.planned_fen or use.line != COST_LINE
    ]


async def course(fund: str, begin: str = "", end: str = "") -> list[MonthOfFund]:
    """The fund's money by month until `end` or today: twelve months, or all of a longer period from `begin` on.

    A month that the period ends inside of is left out: its balance would be that of its last day. So are months before
    the fund's first.
    """
    today = clock.today().isoformat()
    last = _number(min(end or today, today))
    if end and end < today and _number((date.fromisoformat(end) + timedelta(days=1)).isoformat()) == last:
        last -= 1
    first = max(min(last - YEAR + 1, _number(begin or today)), last - MONTHS_MAX + 1)
    kept = {row.month: row for row in await statement.months(fund, _month(first))}
    left = kept[""].left_fen if "" in kept else 0
    shown: list[MonthOfFund] = []
    for n in range(first, last + 1):
        row = kept.get(_month(n))
        if row is not None:
            left = row.left_fen
        if row is not None or shown or "" in kept:
            shown.append(row or MonthOfFund(_month(n), 0, 0, left))
    return shown


def _number(day: str) -> int:
    """The month of a day, counted."""
    return int(day[:4]) * YEAR + int(day[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // YEAR}-{number % YEAR + 1:02d}"


def course_drawn(course: Iterable[MonthOfFund]) -> Markup:
    """Its picture."""
    return pictures.course([Month(m.month, m.in_fen, m.out_fen, m.left_fen) for m in course])


def answer(way: Way) -> dict[str, Any]:
    """The contract's JSON of a flow."""

    def listed(parts: Sequence[Part]) -> list[dict[str, Any]]:
        return [
            {"figure": p.figure, "code": p.code or None, "name": p.end.name, "amount_fen": p.end.fen}
            | {"visits": p.times if p.times and p.times >= GROUP_MIN else None}
            for p in parts
        ]

    return {
        "from": way.begin,
        "to": way.end,
        "fund": way.fund or None,
        "available_fen": way.trunk_fen,
        "sources": listed(way.sources),
        "ends": listed(way.ends),
        "seq": way.seq,
    }
