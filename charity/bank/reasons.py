"""Why a file was not taken in, in words: each error with its row and its column as the file calls it."""

from typing import Any, Final

from charity.bank import rules
from charity.bank.formats.layouts import HEADER_ROWS
from charity.bank.formats.reading import Output, Unread
from charity.errors import FieldError, Refusal
from charity.money import yuan
from charity.sheets import grids
from charity.words import Term

_MEGABYTES: Final = 1 << 20
LAYOUT_WORDS: Final[dict[str, str]] = {
    "icbc": "中国工商银行",
    "abc": "中国农业银行",
    "abc-detail": "中国农业银行（明细）",
    "abc-short": "中国农业银行（简）",
    "abc-old": "中国农业银行（旧）",
    "boc": "中国银行",
    "ccb-a": "中国建设银行",
    "ccb-b": "中国建设银行（账户明细）",
    "cmb": "招商银行",
    "citic": "中信银行",
    "bocom": "交通银行",
    "bocom-old": "交通银行（旧）",
    "spdb": "浦发银行",
    "alipay-fund": "支付宝资金账单",
    "wechat-fund": "微信支付资金账单",
    "wechat-trade": "微信支付交易账单",
    "chosen": "自选的列",
}
FILES: Final[dict[str, str]] = {
    "broken": "这个文件打不开，可能已经损坏，请向银行重新下载",
    "bytes": "文件最大 {megabytes} MB，请按较短的期间分几次下载",
    "cell": "第 {row} 行有一格超过 {signs} 个字，不像对账单",
    "columns": "第 {row} 行超过 {columns} 列，不像对账单",
    "empty": "文件是空的",
    "encrypted": "文件加了密码，请去掉密码再上传",
    "html": "这是改名为 xls 的网页，请用表格软件打开，另存为 xlsx 再上传",
    "kind": "这不是 CSV、XLS 或 XLSX 文件；表格软件存的“Unicode 文本”，请另存为 xlsx 再上传",
    "macros": "带宏的文件不收，请另存为 xlsx 再上传",
    "mixed": "第 {row} 行的文字编码和别的行不同（UTF-8 和 GBK 混在一起），请向银行重新下载",
    "hidden": "明细在隐藏的工作表里，请取消隐藏，看过以后再上传",
    "not_text": "第 {row} 行的文字读不出来，请向银行重新下载",
    "pdf": "PDF 对账单不能导入，请在网上银行下载 Excel 或 CSV 格式的明细",
    "quotes": "第 {row} 行的引号不成对",
    "rows": "文件超过 {rows} 行，请按较短的期间分几次下载",
    "sheets": "文件里有几张工作表都像明细，或者工作表太多，请只留一张",
    "slow": "文件读得太久，已经停止，请按较短的期间分几次下载",
    "unpacked": "文件展开以后太大，或者已经损坏，请按较短的期间分几次下载",
    "zip": "这是压缩包，请先解压，再上传里面的明细",
}
NO_LAYOUT: Final = "没有在前 {rows} 行里找到认识的表头，请确认这是网上银行或商户平台下载的明细"
CHOOSE: Final = "请选出每一列是什么，再选一次这个文件"
NEAR_LAYOUT: Final = "表头像“{layout}”，但缺少：{missing}"
CELLS: Final[dict[str, str]] = {
    "amount": "第 {row} 行“{column}”不是金额",
    "decimals": "第 {row} 行“{column}”的金额不止两位小数",
    "too_large": "第 {row} 行“{column}”的金额太大",
    "formula": "第 {row} 行“{column}”是表格的错误值",
    "negative": "第 {row} 行“{column}”是负数",
    "unproven": "第 {row} 行“{column}”是负数，前面没有余额可以证明它是冲账，请把期间取长一些，重新下载",
    "both": "第 {row} 行同时有收入和支出",
    "neither": "第 {row} 行既没有收入也没有支出",
    "sign": "第 {row} 行“{column}”的正负或收付方向，和付款人、收款人的账号矛盾",
    "day": "第 {row} 行“{column}”不是日期",
    "day_missing": "第 {row} 行没有日期",
    "other_day": "第 {row} 行“{column}”的日期和交易日期不同",
    "time": "第 {row} 行“{column}”不是时间",
    "flag": "第 {row} 行“{column}”看不出是收还是付",
    "currency": "第 {row} 行不是人民币（{currency}）",
    "own": "第 {row} 行“{column}”是另一个账号",
    "own_unknown": "第 {row} 行看不出是收还是付：文件上方没有写查询账号",
    "own_nowhere": "第 {row} 行的付款人和收款人都不是这个账户",
    "own_twice": "第 {row} 行的付款人和收款人都是这个账户",
    "too_many_cells": "第 {row} 行的格数多于表头",
    "after_footer": "第 {row} 行在合计之后，不该再有内容",
    "column_twice": "第 {row} 行的表头有两个“{column}”",
    "balance": "第 {row} 行的余额是 {stated} 元，按前一行推算应为 {ours} 元",
    "count": "文件写的“{column}”是 {stated}，读出 {ours} 行",
    "in_count": "文件写的“{column}”是 {stated}，读出 {ours} 笔收入",
    "out_count": "文件写的“{column}”是 {stated}，读出 {ours} 笔支出",
    "in_fen": "文件写的“{column}”是 {stated} 元，各行收入相加是 {ours} 元",
    "out_fen": "文件写的“{column}”是 {stated} 元，各行支出相加是 {ours} 元",
}
_YUAN: Final = frozenset({"balance", "in_fen", "out_fen"})
_FACTS: Final[dict[str, Any]] = {
    "megabytes": grids.BYTES_MAX // _MEGABYTES,
    "signs": grids.CELL_MAX,
    "columns": grids.COLUMNS_MAX,
    "rows": grids.ROWS_MAX,
}
NO_ROW: Final = "文件写的“{column}”不是数字"
"""A total of the file's own that cannot be read stands in no row."""


def unopened(unread: Unread) -> Refusal:
    """Of a file nothing was read."""
    facts = {**_FACTS, **unread.facts}
    if unread.fault != "layout":
        return _refusal(rules.STATEMENT_UNOPENED(), FieldError("file", FILES[unread.fault], tuple(facts.items())))
    error = FieldError("file", NO_LAYOUT, (("rows", HEADER_ROWS),))
    if unread.facts["near"]:
        near = (("layout", Term(LAYOUT_WORDS[unread.facts["near"]])), ("missing", "、".join(unread.facts["missing"])))
        error = FieldError("file", NEAR_LAYOUT, near)
    titles = unread.facts["titles"]
    if not titles:
        return _refusal(rules.STATEMENT_UNOPENED(), error)
    return _refusal(rules.STATEMENT_LAYOUT(titles=titles), error, FieldError("column_date", CHOOSE))


def unreadable(output: Output) -> Refusal:
    """Rows that cannot be read, and sums that differ: the first of them, and how many there are."""
    return _refusal(rules.STATEMENT_UNREADABLE(count=output.error_count), *map(_error, output.errors))


def _error(error: tuple[int, str, str, dict[str, Any]]) -> FieldError:
    row, column, reason, facts = error
    if reason in _YUAN:
        facts = {name: yuan(fen) for name, fen in facts.items()}
    words = CELLS[reason] if row or reason not in {"amount", "decimals", "too_large", "formula"} else NO_ROW
    return FieldError("file", words, (("row", row), ("column", column), *facts.items()))


def _refusal(refusal: Refusal, *errors: FieldError) -> Refusal:
    refusal.fields = errors
    return refusal
