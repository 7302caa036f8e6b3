"""The equation: every figure of money and goods, defined once (docs/books.md).

Money: carried + received - refunded - aid - bought - advanced - administration - fundraising + other + transferred =
unspent. Goods: carried + received + bought - aid - lost + other + transferred = unspent. Agency money and goods stand
apart and are in none of the others: agency_in - agency_out is what is still held for others.
Always true: `moves` says of each entry, from its postings, what it adds to which figure of which fund; its sums by day
and month are kept in the batch that posts, and are what a fund's money (its places less 2209) and stock (1201, 1202)
changed by: nothing moves without a figure.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from charity.db.tables import Sums
from charity.ledger import accounts as acc
from charity.ledger.accounts import Posting

DAYS = Sums("figure_day", ("day", "fund", "figure"), ("money_fen", "goods_fen"))
"""What each day (of `effective_on`) added to each figure of a fund."""
MONTHS = Sums("figure_month", ("month", "fund", "figure"), DAYS.amounts)
"""The same by month, as `2026-11`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as people read it: its name and what it counts (msgids), and its sign in the equation.

    `money` and `goods` are 0 where it has no place in that equation: agency, and the result itself.
    """

    code: str
    name: str
    says: str
    money: int = 0
    goods: int = 0


FIGURES = (
    Figure("carried", "上期结转", "期间开始之前就有、还没有用掉的款物，包括启用本系统时带入的余额。", 1, 1),
    Figure("received", "收到", "期间收到的捐款和有价值凭据的捐赠物资，记错而冲销的已扣除，退款另列。", 1, 1),
    Figure("refunded", "已退款", "经批准退还捐赠人的款项，自批准之日起计；因本会过错退还的也在内。", -1, -1),
    Figure("agency_in", "代收", "捐赠人指定了接收的单位或个人、由本会代收代转的款物，不算本会的捐赠收入。"),
    Figure("agency_out", "代转", "代收款物中已转交指定接收人的，以及退还捐赠人的。"),
    Figure("aid", "用于救助", "拨给受助人和项目的款项，以及按入库价值计的已发放物资。", -1, -1),
    Figure("bought", "购买物资", "款：为购买救助物资付出的款项，付款即计；物：买来并已入库的物资价值。", -1, 1),
    Figure("advanced", "预拨", "预拨给乡镇或分会、签收名单尚未交回的款项；名单交回后转入“用于救助”。", -1),
    Figure("administration", "管理费用", "办公、审计等机构管理的开支。", -1),
    Figure("fundraising", "筹资费用", "募捐活动的开支和支付平台的手续费。", -1),
    Figure("lost", "损耗", "过期、破损、盘亏等已核销的物资价值。", 0, -1),
    Figure("other", "其他收支净额", "利息等其他收入，减去不属于以上各项的支出。", 1, 1),
    Figure("transferred", "基金间划转净额", "从别的基金转入的，减去转到别的基金的；全会合计为零。", 1, 1),
    Figure("unspent", "尚未使用", "期间结束时还没有用掉的款物：上面各项相加减的结果，与账簿上的货币资金和存货一致。"),
)
BY_CODE = {figure.code: figure for figure in FIGURES}
OPENING, AGENCY_OPENING, AGENCY_BACK = "opening", "agency_opening", "agency_back"
"""Kept apart, shown within others: openings within `carried`, what was given back of agency money in `agency_out`."""
MONEY_SIGNS = {f.code: f.money for f in FIGURES if f.money} | {OPENING: 1}
GOODS_SIGNS = {f.code: f.goods for f in FIGURES if f.goods} | {OPENING: 1}
AGENCY_SIGNS = {AGENCY_OPENING: 1, "agency_in": 1, "agency_out": -1, AGENCY_BACK: -1}

MONEY_CHARTS = frozenset({acc.CASH, acc.BANK, acc.OTHER_MONEY, acc.OTHER_PAYABLE})
"""A fund's money: its places, less what it owes back (2209)."""
GOODS_CHARTS = frozenset({acc.STOCK, "1202", acc.AGENCY_ASSETS})
_OPENINGS, _REFUND = frozenset({"opening", "goods.opening"}), "gift.refund"
_CORRECTIONS = frozenset({"gift.reversal", "gift.correction"})
_NET_ASSETS = frozenset({acc.NET_UNRESTRICTED, acc.NET_RESTRICTED})
_PAYABLE, _PRIOR_YEARS = "2202", "3201"
_BY_CHART = {
    acc.GIFTS: ("received", -1),
    _PRIOR_YEARS: ("received", -1),
    acc.NET_UNRESTRICTED: ("transferred", -1),
    acc.NET_RESTRICTED: ("transferred", -1),
    acc.COST: ("aid", 1),
    acc.MANAGEMENT: ("administration", 1),
    acc.FUNDRAISING: ("fundraising", 1),
    acc.ADVANCED: ("advanced", 1),
    acc.PREPAID: ("bought", 1),
    _PAYABLE: ("bought", 1),
}
"""The figure of an account beside money and the sign of a debit in it; all others are `other`, net."""

Move = tuple[str, str, int, int]
"""(fund, figure, money in fen, goods in fen)."""


def moves(kind: str, postings: Sequence[Posting], *, reversal: bool) -> list[Move]:
    """What an entry adds to the figures, by fund, in the order of its postings.

    Accounts decide. The kind is asked only where they cannot tell: an opening, a refund (whatever account its cause
    is debited to), a correction of a gift.
    """
    if len(postings) == 2 and postings[0][1] == postings[1][1] == acc.CNY:  # noqa: PLR2004 - most entries, as a gift
        (first, _, fen), (second, _, _) = postings
        one = _pair(kind, first, second, 1 if fen > 0 else -1, reversal=reversal)
        return [(fund, figure, abs(fen) * money, abs(fen) * goods) for fund, figure, money, goods in one]
    return list(_moves(kind, postings, reversal=reversal))


@lru_cache(maxsize=8192)
def _pair(kind: str, first: str, second: str, fen: int, *, reversal: bool) -> tuple[Move, ...]:
    """What an entry of two postings adds to the figures for each fen: remembered, for gifts come by the thousand."""
    return _moves(kind, [(first, acc.CNY, fen), (second, acc.CNY, -fen)], reversal=reversal)


def _moves(kind: str, postings: Sequence[Posting], *, reversal: bool) -> tuple[Move, ...]:
    by_fund: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for account, unit, quantity in postings:
        if unit == acc.CNY:
            chart, _, fund = acc.split(account)
            by_fund[fund].append((chart, quantity))
    return tuple(move for fund, lines in by_fund.items() for move in _of_fund(kind, fund, lines, reversal=reversal))


def _of_fund(kind: str, fund: str, lines: Sequence[tuple[str, int]], *, reversal: bool) -> list[Move]:
    """The lines of one fund. Its money and its stock are two sides, all other accounts say what changed them.

    Where stock moved and money did not they speak of the stock; where both moved, goods were bought at once.
    """
    money = goods = 0
    for chart, quantity in lines:
        if chart in MONEY_CHARTS:
            money += quantity
        elif chart in GOODS_CHARTS:
            goods += quantity
    if kind in _OPENINGS:
        held_for_others = any(chart == acc.AGENCY_DEBT for chart, _ in lines)
        return [(fund, AGENCY_OPENING if held_for_others else OPENING, money, goods)] if money or goods else []
    amounts_of: dict[str, list[int]] = {}
    if goods and money:
        amounts_of["bought"] = [goods, goods]
    of_goods = bool(goods) and not money
    for chart, quantity in lines:
        if chart in MONEY_CHARTS or chart in GOODS_CHARTS:
            continue
        figure, sign = _figure(kind, chart, -quantity if reversal else quantity)
        if of_goods:
            figure, sign = _of_stock(chart, figure, sign)
        amounts_of.setdefault(figure, [0, 0])[of_goods] += sign * quantity
    return [(fund, figure, amounts[0], amounts[1]) for figure, amounts in amounts_of.items() if any(amounts)]


def _figure(kind: str, chart: str, original: int) -> tuple[str, int]:
    """The figure that an account's line belongs to, and the sign of a debit in it.

    `original` is the quantity as the entry has it, or the entry that it reverses.
    """
    if chart == acc.AGENCY_DEBT:
        if original < 0 or kind in _CORRECTIONS:
            return "agency_in", -1
        return (AGENCY_BACK if kind == _REFUND else "agency_out"), 1
    if kind == _REFUND and chart not in _NET_ASSETS:
        return "refunded", 1
    return _BY_CHART.get(chart, ("other", -1))


def _of_stock(chart: str, figure: str, sign: int) -> tuple[str, int]:
    """The figure of stock that a line beside it speaks of: what became a cost and is no aid is lost."""
    if chart.startswith("5") and figure not in {"aid", "refunded"}:
        return "lost", 1
    return ("bought", -1) if figure in {"bought", "advanced"} else (figure, sign)
