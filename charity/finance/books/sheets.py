"""Pages of the books as files for spreadsheets: real numbers, with title, period and filters.

The trial balance ends with a line of totals; a fund is what its page draws, a line each.
"""

from collections.abc import Mapping
from typing import Any, Final

from charity import words
from charity.finance import flows
from charity.finance.books import readers, screens
from charity.finance.books.forms import TrialFilter
from charity.finance.reviews.screens import part_names
from charity.ledger import accounts as acc
from charity.ledger import chart, funds, places, statement
from charity.ledger.funds import FundRow
from charity.roles import Actor
from charity.sheets import files
from charity.sheets.columns import Column

TITLE: Final = "试算平衡表"
_FIGURES: Final = (
    "期初借方（元）",
    "期初贷方（元）",
    "本期借方（元）",
    "本期贷方（元）",
    "期末借方（元）",
    "期末贷方（元）",
)


async def trial(query: TrialFilter, begin: str, end: str, fmt: str, by: Actor) -> tuple[str, bytes]:
    """The name of the file and the file: all rows, as the page has them a hundred at a time."""
    by.must("report.export")
    rows, _, seq = await readers.trial(begin, end, group=query.by, fund=query.fund, by=by)
    names, labels = await funds.names(), await part_names()
    lines = [[code, _name(code, query.by, names, labels), *screens.four(one).values()] for code, one in rows.items()]
    sums = [sum(int(line[n] or 0) for line in lines) for n in range(2, 2 + len(_FIGURES))]
    lines.append([words.say("合计"), "", *sums])
    title = words.translate(TITLE)
    about = [
        (words.say("期间"), words.say("{begin} 至 {end}", begin=begin, end=end)),
        (words.say("筛选"), _filters(query, names)),
        (words.say("截至分录"), str(seq)),
    ]
    columns = [Column("code", words.say("代码")), Column("name", words.say("名称"))]
    columns += [Column(f"n{n}", words.translate(text), "money") for n, text in enumerate(_FIGURES)]
    file = await files.made(fmt, lines, columns, title=title, about=about)
    return f"{title} {begin} {end}.{fmt}", file


def _name(code: str, group: str, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
    if group == "fund":
        return names.get(code, "")
    if group == "account":
        fund = acc.fund(code)
        return f"{places.account_title(code, labels)}，{fund} {names.get(fund, '')}".rstrip()
    return chart.title(code)


def _filters(query: TrialFilter, names: Mapping[str, str]) -> str:
    fund = f"{words.say('基金')} {query.fund} {names[query.fund]}" if query.fund else ""
    return " · ".join(part for part in (words.translate(screens.GROUPS[query.by]), fund) if part)


async def fund(row: FundRow, begin: str, end: str, fmt: str, by: Actor) -> tuple[str, bytes]:
    """The name of the file and the file: the way of a fund's money, its goods, its plan and its balance by month."""
    by.must("report.export")
    by.must("fund.read")
    way = await flows.of_fund(row.code, begin, end)
    lines: list[list[Any]] = []
    for side, parts in (("从哪里来", way.sources), ("用在哪里", way.ends)):
        lines += [[words.say(side), part.end.name, "", part.end.fen, part.end.note] for part in parts]
        lines.append([words.say(side), words.say("合计"), "", way.trunk_fen, ""])
    money, goods = (statement.terms(way.equation, side, row.kind) for side in ("money_fen", "goods_fen"))
    lines += [[words.say("款项"), term.name, "", term.signed_fen, ""] for term in money]
    lines += [[words.say("物资"), term.name, "", term.signed_fen, ""] for term in goods if any(t.fen for t in goods)]
    for use in await flows.plan(way):
        lines.append([words.say("计划与执行"), use.name, words.say("计划"), use.planned_fen, ""])
        lines.append([words.say("计划与执行"), use.name, words.say("已用"), use.used_fen, use.note])
    for month in await flows.course(row.code, begin, end):
        fens = {"收到": month.in_fen, "用出": month.out_fen, "月末结余": month.left_fen}
        lines += [[words.say("结余的变化"), month.month, words.say(what), fen, ""] for what, fen in fens.items()]
    names = {"part": "部分", "name": "名称", "what": "数字", "money": "金额（元）", "says": "说明"}
    columns = [Column(key, words.translate(name), "money" if key == "money" else "text") for key, name in names.items()]
    title = f"{row.shown} {row.code}"
    period = words.say("{begin} 至 {end}", begin=begin, end=end)
    about = [(words.say("期间"), period), (words.say("截至分录"), str(way.seq))]
    file = await files.made(fmt, lines, columns, title=title, about=about, totals=0)
    return f"{title} {begin} {end}.{fmt}", file
