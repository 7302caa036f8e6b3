"""The equation of a period, by fund: read from the kept sums in one statement, so that all of it is of one `seq`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from charity import days
from charity.db import reading
from charity.ledger import equation
from charity.ledger.equation import AGENCY_BACK, AGENCY_SIGNS, FIGURES, GOODS_SIGNS, MONEY_SIGNS, OPENING

EARLIEST = f"{days.YEAR_MIN}-01-01"


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure: fen of money, and of goods at the value with which they came."""

    money_fen: int = 0
    goods_fen: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """All figures of one fund or of several, by the codes of `equation.FIGURES`.

    `given_back` is what `agency_out` contains of money that went back to its givers.
    """

    amounts: Mapping[str, Amount]
    given_back: Amount

    def __getitem__(self, code: str) -> Amount:
        """A figure by its code."""
        return self.amounts[code]


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

    def closed(self, signs: Mapping[str, int]) -> dict[str, int]:
        """The figures of a period. What is signed is carried and comes out as what is unspent."""
        opened = signs.keys() & {OPENING, equation.AGENCY_OPENING}
        carried = sum(sign * self.before[figure] for figure, sign in signs.items())
        carried += sum(self.within[figure] for figure in opened)
        changed = sum(sign * self.within[figure] for figure, sign in signs.items() if figure not in opened)
        moved = {figure.code: self.within[figure.code] for figure in FIGURES}
        moved["agency_out"] += self.within[AGENCY_BACK]
        return {**moved, "carried": carried, "unspent": carried + changed}


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of a period, as the books had them after entry `seq`."""

    seq: int
    funds: Mapping[str, tuple[_Sums, _Sums]]
    """Each fund's sums of money and of goods."""

    def of(self, *funds: str) -> Statement:
        """The equation of these funds. In one that holds for others, what it holds is carried and unspent."""
        chosen = [self.funds[fund] for fund in funds if fund in self.funds]
        return _statement(chosen, MONEY_SIGNS | AGENCY_SIGNS, GOODS_SIGNS | AGENCY_SIGNS)

    def whole(self) -> Statement:
        """The equation of all funds: what is held for others is in `agency_in` and `agency_out` only."""
        return _statement(self.funds.values(), MONEY_SIGNS, GOODS_SIGNS)


def _statement(
    funds: Iterable[tuple[_Sums, _Sums]], money_signs: Mapping[str, int], goods_signs: Mapping[str, int]
) -> Statement:
    money, goods = _Sums(), _Sums()
    for of_money, of_goods in funds:
        money.add(of_money)
        goods.add(of_goods)
    fen, worth = money.closed(money_signs), goods.closed(goods_signs)
    return Statement(
        {figure.code: Amount(fen[figure.code], worth[figure.code]) for figure in FIGURES},
        Amount(money.within[AGENCY_BACK], goods.within[AGENCY_BACK]),
    )


async def of(begin: str, end: str) -> Period:
    """The figures of every fund from `begin` to `end`, both included (YYYY-MM-DD)."""
    parts = [
        "SELECT fund, figure, 1 AS earlier, money_fen, goods_fen FROM figure_month WHERE month < $1",
        "SELECT fund, figure, 1, money_fen, goods_fen FROM figure_day WHERE day >= $2 AND day < $3",
    ]
    values = [begin[:7], f"{begin[:7]}-01", begin]
    for column, first, last in days.spans(begin, end):
        n = len(values)
        parts.append(
            f"SELECT fund, figure, 0, money_fen, goods_fen FROM figure_{column} "  # noqa: S608 - names from code
            f"WHERE {column} >= ${n + 1} AND {column} <= ${n + 2}"
        )
        values += [first, last]
    rows = await reading.rows(
        "SELECT h.seq, x.fund, x.figure, x.earlier, CAST(SUM(x.money_fen) AS BIGINT) AS money_fen, "  # noqa: S608
        f"CAST(SUM(x.goods_fen) AS BIGINT) AS goods_fen FROM head h LEFT JOIN ({' UNION ALL '.join(parts)}) x ON 1 = 1 "
        "GROUP BY h.seq, x.fund, x.figure, x.earlier",
        *values,
    )
    funds: dict[str, tuple[_Sums, _Sums]] = {}
    for row in rows:
        if row["fund"] is not None:
            for sums, fen in zip(
                funds.setdefault(row["fund"], (_Sums(), _Sums())), (row["money_fen"], row["goods_fen"]), strict=True
            ):
                (sums.before if row["earlier"] else sums.within)[row["figure"]] = fen
    return Period(rows[0]["seq"], funds)
