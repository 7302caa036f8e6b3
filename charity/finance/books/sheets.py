"""The trial balance as a file for spreadsheets: real numbers, its title, period and filters, a line of totals."""

from collections.abc import Mapping
from typing import Final

from charity import words
from charity.finance.books import readers, screens
from charity.finance.books.forms import TrialFilter
from charity.finance.reviews.screens import part_names
from charity.ledger import accounts as acc
from charity.ledger import chart, funds, places
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
