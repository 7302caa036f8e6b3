"""The public ledger as a file for spreadsheets: the figures of the page, a line each."""

from typing import Any, Final

from charity import words
from charity.disclosure.books import readers
from charity.disclosure.books.readers import Books
from charity.ledger import equation
from charity.ledger.fund_lines import FundLine
from charity.ledger.statement import Statement
from charity.sheets import files
from charity.sheets.columns import Column

TITLE: Final = "账本公开"
_OF_FUNDS: Final = (
    ("上期结转", "carried_fen"),
    ("收到", "received_fen"),
    ("用出", "used_fen"),
    ("其他和划转", "other_fen"),
    ("尚未使用", "unspent_fen"),
)


async def made(shown: Books, fmt: str) -> tuple[str, bytes]:
    """The name of the file and the file."""
    title = words.translate(TITLE)
    columns = [
        Column("part", words.translate("部分")),
        Column("name", words.translate("名称")),
        Column("what", words.translate("数字")),
        Column("money", words.translate("款项（元）"), "money"),
        Column("goods", words.translate("物资（元）"), "money"),
        Column("count", words.translate("笔数或人次"), "count"),
    ]
    about = [
        (words.translate("期间"), shown.period),
        (words.translate("截至分录"), str(shown.seq)),
        (words.translate("账簿指纹"), shown.leaf),
    ]
    return f"{title} {shown.period}.{fmt}", await files.made(
        fmt, _lines(shown), columns, title=title, about=about, totals=0
    )


def _lines(shown: Books) -> list[list[Any]]:
    lines = _equation(words.translate("收支等式"), shown.period, shown.whole)
    for month, figures in shown.by_month:
        lines += _equation(words.translate("逐月"), month, figures)
    for part, listed in (("从哪里来", shown.sources), ("用在哪里", shown.uses)):
        name = words.translate(part)
        lines += [[name, line.name, "", line.money_fen, line.goods_fen, line.count] for line in listed]
    for line in (*shown.funds, readers.total(shown)):
        lines += _fund(words.translate("各项基金"), line.name, line)
    return lines + _fund(words.translate("代收代转"), words.translate("另账管理，不在合计中"), shown.held)


def _equation(part: str, name: str, figures: Statement) -> list[list[Any]]:
    return [
        [part, name, words.translate(figure.name), figures[figure.code].money_fen, figures[figure.code].goods_fen, None]
        for figure in equation.FIGURES
    ]


def _fund(part: str, name: str, line: FundLine) -> list[list[Any]]:
    return [[part, name, words.translate(word), getattr(line, field), None, None] for word, field in _OF_FUNDS]
