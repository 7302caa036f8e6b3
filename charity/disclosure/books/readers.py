"""What the public ledger shows, read from the books."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import clock, words
from charity.disclosure import rules
from charity.giving import campaigns
from charity.ledger import equation, fund_lines, funds, months
from charity.ledger.figures import fund_kinds
from charity.ledger.fund_lines import OWN_COSTS, FundLine
from charity.ledger.months import Months, Went
from charity.ledger.statement import Amount, Statement
from charity.people.masking import GROUP_MIN

INVITED: Final = "定向募捐"
KIND_NAMES: Final = {"unrestricted": "非限定性", "restricted": "限定性", "agency": "受托代理"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: money and goods in fen; `count` are gifts or 人次, None where nobody is counted."""

    kind: str
    code: str
    name: str
    money_fen: int
    goods_fen: int
    count: int | None = None
    says: str = ""
    """What it counts, in words, where its name does not say it."""


@dataclass(frozen=True, slots=True)
class Books:
    """What the page shows: of `year`, or of its `month` (YYYY-MM), as the books had it after entry `seq`."""

    year: int
    month: str
    years: list[int]
    by_month: list[tuple[str, Statement]]
    whole: Statement
    sources: list[Line]
    uses: list[Line]
    funds: list[FundLine]
    held: FundLine
    public: set[str]
    """Slugs of campaigns that have a page."""
    seq: int
    leaf: str

    @property
    def period(self) -> str:
        """The year or the month, as it stands in an address."""
        return self.month or str(self.year)


async def read(year: int | None = None, month: str = "") -> Books:
    """The books of a year (this one without any) or of one of its months; books.period (422) when there are none."""
    this_month = clock.today().isoformat()[:7]
    begun = min(await months.first_month() or this_month, this_month)
    year = year or int((month or this_month)[:4])
    years = list(range(int(begun[:4]), int(this_month[:4]) + 1))
    if year not in years or (month and (month[:4] != str(year) or not begun <= month <= this_month)):
        raise rules.BOOKS_PERIOD(first=begun, last=this_month)
    first, last = f"{year}-01", min(f"{year}-12", this_month)
    kept = await months.read(first, last)
    chosen = (month, month) if month else (first, last)
    period = kept.period(*chosen)
    public, hidden = await campaigns.listed()
    shown = [m for n in range(1, 13) if max(begun, first) <= (m := f"{year}-{n:02d}") <= last]
    whole = period.whole()
    lines = await _funds({code: period.of(code) for code in period.funds if code in await funds.names()}, hidden)
    return Books(
        year,
        month,
        years,
        [(m, kept.period(m, m).whole()) for m in shown],
        whole,
        await _sources(kept, chosen, whole, public),
        await _uses(kept, chosen, whole),
        [line for line in lines if line.nature != "agency"],
        fund_lines.together("", "", "agency", [line for line in lines if line.nature == "agency"]),
        public,
        kept.seq,
        kept.leaf,
    )


@dataclass(frozen=True, slots=True)
class Goods:
    """This year's goods: its equation, and (month or words, 人次, fen) of what households took, the newest first."""

    year: int
    whole: Statement
    by_month: list[tuple[str, int, int]]


async def read_goods() -> Goods:
    """The goods of this year; months in which fewer than GROUP_MIN came stand together."""
    this_month = clock.today().isoformat()[:7]
    first = f"{this_month[:4]}-01"
    kept = await months.read(first, this_month)
    taken: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in kept.went:
        if line.goods and line.fund not in kept.agency:
            taken[line.month][0] += line.times
            taken[line.month][1] += line.goods_fen
    lines = [(month, times, fen) for month, (times, fen) in sorted(taken.items(), reverse=True)]
    few = [line for line in lines if line[1] < GROUP_MIN]
    shown = [line for line in lines if line not in few]
    if few:
        shown.append((words.translate("其他月份"), sum(line[1] for line in few), sum(line[2] for line in few)))
    return Goods(int(first[:4]), kept.period(first, this_month).whole(), shown)


async def _sources(kept: Months, chosen: tuple[str, str], whole: Statement, public: set[str]) -> list[Line]:
    """What came in by campaign, less what was given back; it adds up to received less refunded."""
    by: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in kept.came:
        if chosen[0] <= line.month <= chosen[1] and line.fund not in kept.agency:
            code = "goods" if not line.campaign else line.campaign if line.campaign in public else "invited"
            for n, figure in enumerate((line.money_fen, line.goods_fen, line.gifts)):
                by[code][n] += figure
    names = await campaigns.names(by)
    names |= {"invited": words.translate(INVITED), "goods": words.translate("捐赠物资（不属于募捐活动）")}
    lines = [
        Line("gifts", code, names[code], figures[0], figures[1], figures[2])
        for code, figures in by.items()
        if any(figures)
    ]
    lines.sort(key=lambda line: (-line.money_fen - line.goods_fen, line.code))
    net = Amount(
        whole["received"].money_fen - whole["refunded"].money_fen,
        whole["received"].goods_fen - whole["refunded"].goods_fen,
    )
    return lines + _rest(lines, net, words.translate("更正和其他"))


async def _uses(kept: Months, chosen: tuple[str, str], whole: Statement) -> list[Line]:
    """What went out: aid by programme, then what else; it adds up to the equation."""
    own = [line for line in kept.went if chosen[0] <= line.month <= chosen[1] and line.fund not in kept.agency]
    names = await funds.programme_names([line.programme for line in own])
    aid = _grouped(_by_programme(own, names))
    aid += _rest(aid, whole["aid"], words.translate("更正和其他"))
    return (
        aid
        + [
            Line(code, "", words.translate(figure.name), whole[code].money_fen, 0, None, words.translate(figure.says))
            for code in OWN_COSTS
            if whole[code].money_fen
            for figure in [equation.BY_CODE[code]]
        ]
        + _lost(whole)
    )


def _lost(whole: Statement) -> list[Line]:
    worth, figure = whole["lost"].goods_fen, equation.BY_CODE["lost"]
    name, says = words.translate(figure.name), words.translate(figure.says)
    return [Line("lost", "", name, 0, worth, None, says)] if worth else []


def _by_programme(own: Iterable[Went], names: Mapping[str, str]) -> list[Line]:
    by: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in own:
        for n, figure in enumerate((line.money_fen, line.goods_fen, line.times)):
            by[line.programme][n] += figure
    other = words.translate("其他救助")
    lines = [
        Line("aid", code, names.get(code, other), figures[0], figures[1], figures[2])
        for code, figures in by.items()
        if any(figures)
    ]
    return sorted(lines, key=lambda line: (-line.money_fen - line.goods_fen, line.code))


def _grouped(lines: list[Line]) -> list[Line]:
    """Programmes that helped fewer than GROUP_MIN stand together, with the next smallest while they are too few."""
    small = [line for line in lines if (line.count or 0) < GROUP_MIN]
    others = [line for line in lines if line not in small]
    while small and others and sum(line.count or 0 for line in small) < GROUP_MIN:
        small.append(min(others, key=lambda line: line.count or 0))
        others.remove(small[-1])
    if not small:
        return others
    name = words.say("其他救助项目（人数少的合并列出）") if others else words.translate("救助")
    together = sum_of(small)
    return [*others, Line("aid", "", name, together.money_fen, together.goods_fen, together.count)]


def _rest(lines: Sequence[Line], whole: Amount, name: str) -> list[Line]:
    """What the figure has and no line says: a correction of a year that is closed, for example. Nothing as a rule."""
    money = whole.money_fen - sum(line.money_fen for line in lines)
    goods = whole.goods_fen - sum(line.goods_fen for line in lines)
    return [Line("rest", "", name, money, goods)] if money or goods else []


async def _funds(by: Mapping[str, Statement], hidden: set[str]) -> list[FundLine]:
    names, kinds = await funds.names(by), await fund_kinds()
    lines = [fund_lines.of(code, names[code], kinds[code], by[code]) for code in sorted(by)]
    lines = [line for line in lines if line.has_any]
    invited = [line for line in lines if line.code in hidden]
    shown = [line for line in lines if line.code not in hidden]
    return [*shown, fund_lines.together("", words.translate(INVITED), "restricted", invited)] if invited else shown


def sum_of(lines: Sequence[Line]) -> Line:
    """What the lines of a table add up to."""
    money, goods = sum(line.money_fen for line in lines), sum(line.goods_fen for line in lines)
    return Line("sum", "", words.translate("合计"), money, goods, sum(line.count or 0 for line in lines))


def total(shown: Books) -> FundLine:
    """What the funds add up to."""
    return fund_lines.together("", words.translate("合计"), "", shown.funds)


def parts(figures: Statement) -> list[tuple[str, str, int]]:
    """How what there was divides, as (kind of its picture, name, fen); none where a part is below zero."""
    aid, advanced = figures["aid"].money_fen, figures["advanced"].money_fen
    costs = sum(figures[code].money_fen for code in ("administration", "fundraising", "refunded"))
    divided = [
        ("aid", words.translate("救助和预拨" if advanced else "用于救助"), aid + advanced),
        ("goods", words.translate("购买物资"), figures["bought"].money_fen),
        ("cost", words.translate("费用和退款"), costs),
        ("rest", words.translate("尚未使用"), figures["unspent"].money_fen),
    ]
    whole = all(fen >= 0 for _, _, fen in divided) and any(fen for _, _, fen in divided)
    return [part for part in divided if part[2]] if whole else []


def answer(shown: Books) -> dict[str, Any]:
    """The JSON of the public ledger: the figures of the page."""
    return {
        "period": shown.period,
        "equation": _amounts(shown.whole),
        "months": [{"month": month, **_amounts(figures)} for month, figures in shown.by_month],
        "sources": [_line(line) for line in shown.sources],
        "uses": [_line(line) for line in shown.uses],
        "funds": [_fund_answer(line) for line in shown.funds],
        "held_for_others": _fund_answer(shown.held),
        "seq": shown.seq,
        "head": shown.leaf,
    }


def _amounts(figures: Statement) -> dict[str, dict[str, int]]:
    return {
        code: {"money_fen": figures[code].money_fen, "goods_fen": figures[code].goods_fen} for code in equation.BY_CODE
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "code": line.code,
        "name": line.name,
        "money_fen": line.money_fen,
        "goods_fen": line.goods_fen,
        "count": line.count,
    }


def _fund_answer(line: FundLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name,
        "carried_fen": line.carried_fen,
        "received_fen": line.received_fen,
        "used_fen": line.used_fen,
        "other_fen": line.other_fen,
        "unspent_fen": line.unspent_fen,
    }
