"""The equation of a period, by fund: read from the kept sums in one statement, so that all of it is of one `seq`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from charity import days, words
from charity.db import reading
from charity.ledger import equation
from charity.ledger.equation import AGENCY_BACK, AGENCY_SIGNS, FIGURES, GOODS_SIGNS, MONEY_SIGNS, OPENING
from charity.ledger.sums import CASH, INCOME, OUTLAY, OWN

EARLIEST = f"{days.YEAR_MIN}-01-01"
ALWAYS = ("carried", "received", "aid")
HELD = ("carried", "agency_in", "agency_out")
"""The terms that an equation has also when they are nothing: of ours, and of a fund that holds for others."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure: fen of money, and of goods at the value with which they came."""

    money_fen: int = 0
    goods_fen: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """All figures of one fund or of several, by the codes of `equation.FIGURES`, and what is counted beside them.

    `given_back` is what `agency_out` contains of money that went back to its givers. `donors` are those of all time.
    """

    amounts: Mapping[str, Amount]
    given_back: Amount
    gifts: int
    donors: int
    times: int
    """人次: the number on each payment, and one each time goods were handed out."""

    def __getitem__(self, code: str) -> Amount:
        """A figure by its code."""
        return self.amounts[code]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the equation as a page shows it: its sign, its name, fen (0 or more, but for the result)."""

    sign: str
    code: str
    name: str
    fen: int

    @property
    def signed_fen(self) -> int:
        """The same in one number, as a file has it: the terms before the result add up to it."""
        return -self.fen if self.sign == "\N{MINUS SIGN}" else self.fen


def terms(figures: Statement, side: str = "money_fen", kind: str = "") -> list[Term]:
    """The equation in signs and names, without what is nothing; the last one is the result.

    `kind`: of the fund whose equation it is; "" for that of all, in which what is held for others has no place.
    """
    shown: list[Term] = []
    for figure in FIGURES:
        sign, fen = figure.money if side == "money_fen" else figure.goods, int(getattr(figures[figure.code], side))
        sign = sign or (AGENCY_SIGNS.get(figure.code, 0) if kind else 0)
        if sign and (fen or figure.code in (HELD if kind == "agency" else ALWAYS)):
            adds = (sign > 0) == (fen >= 0)
            signed = ("+" if shown else "") if adds else "\N{MINUS SIGN}"
            shown.append(Term(signed, figure.code, words.translate(figure.name), abs(fen)))
    return [*shown, Term("=", "unspent", words.translate("尚未使用"), int(getattr(figures["unspent"], side)))]


@dataclass(slots=True)
class _Counts:
    """What is counted of a fund: gifts, all its donors, 人次 of the fund, and those counted once an entry."""

    gifts: int = 0
    gifts_of_money: int = 0
    donors: int = 0
    times: int = 0
    times_once: int = 0
    agency: bool = False


@dataclass(slots=True)
class _Sums:
    """What a fund's kept figures add up to, fen by figure: before a period, and in it."""

    before: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)

    def add(self, other: "_Sums") -> None:
        for figure, fen in other.before.items():
            self.before[figure] += fen
        for figure, fen in other.within.items():
            self.within[figure] += fen

    def only(self, figures: Iterable[str]) -> "_Sums":
        """These figures alone."""
        chosen = set(figures)
        before, within = (Counter({f: n for f, n in c.items() if f in chosen}) for c in (self.before, self.within))
        return _Sums(before, within)

    def closed(self, signs: Mapping[str, int]) -> dict[str, int]:
        """The figures of a period. What is signed is carried and comes out as what is unspent."""
        opened = signs.keys() & {OPENING, equation.AGENCY_OPENING}
        carried = sum(sign * self.before[figure] for figure, sign in signs.items())
        carried += sum(self.within[figure] for figure in opened)
        changed = sum(sign * self.within[figure] for figure, sign in signs.items() if figure not in opened)
        moved = {figure.code: self.within[figure.code] for figure in FIGURES}
        moved["agency_out"] += self.within[AGENCY_BACK]
        return {**moved, "carried": carried, "unspent": carried + changed}


@dataclass(slots=True)
class Aided:
    """What a programme got in money, fen, and 人次: of a fund, and once an entry."""

    fen: int = 0
    times: int = 0
    times_once: int = 0


@dataclass(slots=True)
class _Fund:
    money: _Sums = field(default_factory=_Sums)
    goods: _Sums = field(default_factory=_Sums)
    counts: _Counts = field(default_factory=_Counts)
    aided: dict[str, Aided] = field(default_factory=dict)

    def held(self) -> "_Fund":
        """What came to an agency fund and left it; goods that it bought in between stay apart from ours."""
        return _Fund(self.money.only(AGENCY_SIGNS), self.goods.only(AGENCY_SIGNS))


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of a period, as the books had them after entry `seq`."""

    seq: int
    funds: Mapping[str, _Fund]

    def of(self, fund: str) -> Statement:
        """The equation of a fund. In one that holds for others, what it holds is carried and unspent."""
        chosen = self.funds.get(fund, _Fund())
        counts = chosen.counts
        signs = (MONEY_SIGNS | AGENCY_SIGNS, GOODS_SIGNS | AGENCY_SIGNS)
        return _statement([chosen], signs, counts.gifts, counts.donors, counts.times)

    def whole(self) -> Statement:
        """The equation of all funds: what is held for others is in `agency_in` and `agency_out` only."""
        counts = [fund.counts for fund in self.funds.values()]
        gifts = sum(c.gifts for c in counts if not c.agency)
        donors = self.funds.get(OWN, _Fund()).counts.donors
        times = sum(c.times_once for c in counts)
        own = [fund if not fund.counts.agency else fund.held() for fund in self.funds.values()]
        return _statement(own, (MONEY_SIGNS, GOODS_SIGNS), gifts, donors, times)

    def own(self) -> dict[str, Statement]:
        """The equation of each fund that holds nothing for others: what all of them received is what `whole` did."""
        return {code: self.of(code) for code, fund in self.funds.items() if code != OWN and not fund.counts.agency}

    def gifts_of_money(self, fund: str) -> int:
        """Gifts of money to a fund; only where programmes were asked for."""
        return self.funds.get(fund, _Fund()).counts.gifts_of_money

    def aided(self, fund: str = "") -> dict[str, Aided]:
        """Money by programme of a fund, of all that are ours without one; only where it was asked for."""
        if fund:
            return dict(self.funds.get(fund, _Fund()).aided)
        whole: dict[str, Aided] = {}
        for own in self.funds.values():
            for programme, part in own.aided.items() if not own.counts.agency else ():
                sums = whole.setdefault(programme, Aided())
                sums.fen += part.fen
                sums.times += part.times_once
        return whole


def _statement(
    funds: Iterable[_Fund], signs: tuple[Mapping[str, int], Mapping[str, int]], gifts: int, donors: int, times: int
) -> Statement:
    money, goods = _Sums(), _Sums()
    for fund in funds:
        money.add(fund.money)
        goods.add(fund.goods)
    fen, worth = money.closed(signs[0]), goods.closed(signs[1])
    back = Amount(money.within[AGENCY_BACK], goods.within[AGENCY_BACK])
    amounts = {figure.code: Amount(fen[figure.code], worth[figure.code]) for figure in FIGURES}
    return Statement(amounts, back, gifts, donors, times)


_COUNTED = (
    f"SELECT fund, '#gifts', 0, gifts, 0 FROM {{}}_sum WHERE register = '{INCOME}' AND ",  # noqa: S608 - from code
    f"SELECT fund, '#times', 0, recipients_of_fund, recipients FROM {{}}_sum WHERE register = '{OUTLAY}' AND ",  # noqa: S608
)
_AIDED = (
    "SELECT fund, '#money', 0, gifts, 0 FROM {}_sum "  # noqa: S608 - from code
    f"WHERE register = '{INCOME}' AND kind = '{CASH}' AND ",
    "SELECT fund, '@' || programme, 0, amount_fen, recipients_of_fund FROM {}_sum "  # noqa: S608 - from code
    f"WHERE register = '{OUTLAY}' AND kind = '{CASH}' AND ",
    "SELECT fund, '%' || programme, 0, recipients, 0 FROM {}_sum "  # noqa: S608 - from code
    f"WHERE register = '{OUTLAY}' AND kind = '{CASH}' AND ",
)


async def of(begin: str, end: str, *, aided: bool = False) -> Period:
    """The figures of every fund from `begin` to `end`, both included (YYYY-MM-DD).

    `aided`: with money by programme and the number of gifts of money.
    """
    parts = [
        "SELECT fund, figure, 1 AS earlier, money_fen AS a, goods_fen AS b FROM figure_month WHERE month < $1",
        "SELECT fund, figure, 1, money_fen, goods_fen FROM figure_day WHERE day >= $2 AND day < $3",
        "SELECT fund, '#donors', 0, donors, 0 FROM donor_sum",
        "SELECT code, '#agency', 0, CASE kind WHEN 'agency' THEN 1 ELSE 0 END, 0 FROM fund",
    ]
    values = [begin[:7], f"{begin[:7]}-01", begin]
    for column, first, last in days.spans(begin, end):
        n = len(values)
        within = f"{column} >= ${n + 1} AND {column} <= ${n + 2}"
        parts.append(f"SELECT fund, figure, 0, money_fen, goods_fen FROM figure_{column} WHERE {within}")  # noqa: S608
        parts += [counted.format(column) + within for counted in (*_COUNTED, *(_AIDED if aided else ()))]
        values += [first, last]
    rows = await reading.rows(
        "SELECT h.seq, x.fund, x.figure, x.earlier, CAST(SUM(x.a) AS BIGINT) AS a, "  # noqa: S608 - names from code
        f"CAST(SUM(x.b) AS BIGINT) AS b FROM head h LEFT JOIN ({' UNION ALL '.join(parts)}) x ON 1 = 1 "
        "GROUP BY h.seq, x.fund, x.figure, x.earlier",
        *values,
    )
    return added_up(rows[0]["seq"], [row for row in rows if row["fund"] is not None])


def added_up(seq: int, rows: Iterable[Mapping[str, Any]]) -> Period:
    """The period of lines {fund, figure, earlier, a, b}, one of a kind: money and goods of a figure, fen, or counts.

    Counts are `#gifts` (a), `#times` (a of the fund, b once an entry), `#donors` (a) and `#agency` (a not 0).
    """
    funds: dict[str, _Fund] = {}
    for row in rows:
        _put(funds.setdefault(row["fund"], _Fund()), row)
    return Period(seq, funds)


def _put(fund: _Fund, row: Mapping[str, Any]) -> None:
    figure, a, b = row["figure"], row["a"], row["b"]
    match figure:
        case "#gifts":
            fund.counts.gifts = a
        case "#money":
            fund.counts.gifts_of_money = a
        case "#times":
            fund.counts.times, fund.counts.times_once = a, b
        case "#donors":
            fund.counts.donors = a
        case "#agency":
            fund.counts.agency = bool(a)
        case str() if figure[0] in "@%":
            part = fund.aided.setdefault(figure[1:], Aided())
            if figure[0] == "@":
                part.fen, part.times = a, b
            else:
                part.times_once = a
        case _:
            for sums, fen in ((fund.money, a), (fund.goods, b)):
                (sums.before if row["earlier"] else sums.within)[figure] = fen


@dataclass(frozen=True, slots=True)
class MonthOfFund:
    """What came to a fund in a month (`2026-11`; "" is all before the first), what left it, what was left, fen."""

    month: str
    in_fen: int
    out_fen: int
    left_fen: int


async def months(fund: str, first: str) -> list[MonthOfFund]:
    """The course of a fund's money by month from `first` on; what stood before it is the first line."""
    rows = await reading.rows(
        "SELECT CASE WHEN month < $2 THEN '' ELSE month END AS month, figure, "
        "CAST(SUM(money_fen) AS BIGINT) AS fen FROM figure_month WHERE fund = $1 "
        "GROUP BY CASE WHEN month < $2 THEN '' ELSE month END, figure ORDER BY 1",
        fund,
        first,
    )
    signs = MONEY_SIGNS | AGENCY_SIGNS
    changes: dict[str, Counter[str]] = {}
    for row in rows:
        figure = "aid" if row["figure"] == "advanced" else row["figure"]  # a roster turns one into the other: no move
        changes.setdefault(row["month"], Counter())[figure] += signs.get(row["figure"], 0) * row["fen"]
    left, course = 0, []
    for month, fens in changes.items():
        into, out = sum(fen for fen in fens.values() if fen > 0), -sum(fen for fen in fens.values() if fen < 0)
        left += into - out
        course.append(MonthOfFund(month, into, out, left))
    return course
