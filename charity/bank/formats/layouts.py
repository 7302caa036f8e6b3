"""What banks and payment platforms call their columns: one table, one line a layout.

Sources: exports of corporate online banking and merchants' bills, from parsers that read real files; the confidence
of each stands beside it (A several agree, B one source). In these files 借方 is money out and 贷方 money in, as the
holder of the account sees it. A header is found by its names within the first HEADER_ROWS rows, never by its number:
banks move it.

A layout fits a row when all of its `needs` stand in it; of several that fit the one with the most names is right.
Names are compared by `named`: blanks away, full-width signs plain, what stands in square brackets and is English away.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Literal

HEADER_ROWS: Final = 40
"""Rows in which the header is looked for."""

Column = Literal[
    "date", "time", "in", "out", "amount", "flag", "balance", "name", "account", "memo", "reference", "kind",
    "currency", "own", "payer_account", "payer_name", "payee_account", "payee_name", "paid", "refunded",
]  # fmt: skip
"""What a column is. `own` is the account itself; `paid` and `refunded` are the sums of a bill of trades."""


class Sense(StrEnum):
    """How a row says whether money came or went."""

    COLUMNS = "columns"
    """A column for what came and one for what went."""
    FLAG = "flag"
    """One sum, and a word beside it."""
    PARTIES = "parties"
    """One sum, and the own account is that of the payer or that of the payee; a sign agrees with it."""
    TRADES = "trades"
    """A bill of trades: a paid one came, a refunded one went."""
    SIGNED = "signed"
    """One sum: what went has a minus."""


IN_WORDS: Final = frozenset({"贷", "贷方", "收入", "收", "来账", "C", "CR", "入账", "转入"})
OUT_WORDS: Final = frozenset({"借", "借方", "支出", "支", "付", "往账", "D", "DR", "出账", "转出"})
REFUNDED: Final = frozenset({"REFUND", "REVOKED"})
PAID: Final = frozenset({"SUCCESS"})
YUAN: Final = frozenset({"", "CNY", "RMB", "人民币", "人民币元", "元", "156", "01", "001", "1"})

_BRACKETS = str.maketrans("【】〔〕", "[][]")
_ENGLISH = re.compile(r"\[[^\]\u4e00-\u9fff]*\]?$")


def named(cell: str) -> str:
    """A header's cell as names are compared."""
    plain = "".join(unicodedata.normalize("NFKC", cell).translate(_BRACKETS).split())
    return _ENGLISH.sub("", plain.removeprefix("#")).rstrip(":") if plain else ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One kind of file. `columns` gives for each of our columns the bank's names: the first that is there counts.

    Of `memo` and `kind` all that are there count. `needs`: names without which it is not this layout.
    """

    key: str
    columns: Mapping[Column, Sequence[str]]
    needs: Collection[str]
    sense: Sense = Sense.COLUMNS
    absolute: bool = False
    """Sums that went may have a minus or none; both are the same."""

    @cached_property
    def known(self) -> frozenset[str]:
        """All names that it has."""
        return frozenset(name for names in self.columns.values() for name in names)


def _(key: str, needs: str, sense: Sense = Sense.COLUMNS, *, absolute: bool = False, **columns: str) -> Layout:
    """A line of the table: names parted by blanks; `in_` stands for the word that Python keeps."""
    table: Any = {name.rstrip("_"): tuple(map(named, names.split())) for name, names in columns.items()}
    return Layout(key=key, needs=tuple(map(named, needs.split())), columns=table, sense=sense, absolute=absolute)


LAYOUTS: Final[tuple[Layout, ...]] = (
    # 1 Banks
    _(
        "icbc",  # B; the day is 日期 in one version and 交易时间 in the other
        "凭证种类 凭证号 对方户名 对方账号 借方发生额 贷方发生额 余额 交易类型",
        date="日期 交易时间",
        out="借方发生额",
        in_="贷方发生额",
        balance="余额",
        name="对方户名",
        account="对方账号",
        memo="摘要",
        reference="凭证号",
        kind="交易类型",
    ),
    _(
        "abc",  # A-
        "交易时间 收入金额 支出金额 账户余额 对方账号 对方户名 摘要",
        date="交易时间",
        in_="收入金额",
        out="支出金额",
        balance="账户余额",
        name="对方户名",
        account="对方账号",
        memo="摘要",
    ),
    _(
        "abc-detail",  # B
        "交易日期 交易时间戳 收入金额 支出金额 本次余额 对方账号 对方户名",
        date="交易日期",
        time="交易时间戳",
        in_="收入金额",
        out="支出金额",
        balance="本次余额",
        name="对方户名",
        account="对方账号",
        memo="交易附言 交易摘要 交易说明",
        kind="交易类别",
    ),
    _(
        "abc-short",  # B
        "交易时间 收入金额 支出金额 账户余额 交易行名 对方账号 对方户名 交易用途",
        date="交易时间",
        in_="收入金额",
        out="支出金额",
        balance="账户余额",
        name="对方户名",
        account="对方账号",
        memo="交易用途",
    ),
    _(
        "abc-old",  # B
        "账号 日期 交易流水号 借贷方 发生额 账户余额 对方账号 对方户名",
        Sense.FLAG,
        own="账号",
        currency="币种",
        date="日期",
        flag="借贷方",
        amount="发生额",
        balance="账户余额",
        name="对方户名",
        account="对方账号",
        memo="附言 摘要",
        reference="交易流水号",
        kind="交易代码",
    ),
    _(
        "boc",  # A; bilingual names, signed sums; 付款人开户行名 may look like a payer and is none
        "付款人账号 付款人名称 收款人账号 收款人名称 交易日期 交易金额 交易流水号",
        Sense.PARTIES,
        payer_account="付款人账号",
        payer_name="付款人名称",
        payee_account="收款人账号",
        payee_name="收款人名称",
        date="交易日期",
        time="交易时间",
        currency="交易货币",
        amount="交易金额",
        balance="交易后余额",
        memo="交易附言 用途 摘要 备注",
        reference="交易流水号",
        kind="业务类型",
        flag="交易类型",
    ),
    _(
        "ccb-a",  # A-
        "日期 交易时间 借方发生额 贷方发生额 余额 对方户名 对方账号 交易流水号 本方账号",
        own="本方账号",
        date="日期",
        time="交易时间",
        out="借方发生额",
        in_="贷方发生额",
        balance="余额",
        name="对方户名",
        account="对方账号",
        memo="备注 摘要",
        reference="交易流水号",
        kind="凭证类型",
    ),
    _(
        "ccb-b",  # A; some have /元 in the names of the sums
        "账号 交易时间 余额 对方户名 对方账号 账户明细编号-交易流水号",
        own="账号",
        date="交易时间",
        out="借方发生额(支取) 借方发生额/元(支取)",
        in_="贷方发生额(收入) 贷方发生额/元(收入)",
        balance="余额",
        currency="币种",
        name="对方户名",
        account="对方账号",
        memo="备注 摘要",
        reference="账户明细编号-交易流水号",
        kind="凭证种类",
    ),
    _(
        "cmb",  # A-; of its 36 columns the last were not seen
        "账号 交易日 借方金额 贷方金额 余额 流水号 收(付)方名称 收(付)方账号",
        own="账号",
        currency="币种",
        date="交易日",
        time="交易时间",
        out="借方金额",
        in_="贷方金额",
        balance="余额",
        name="收(付)方名称",
        account="收(付)方账号",
        memo="摘要 用途 业务摘要 其它摘要",
        reference="流水号",
        kind="交易类型",
    ),
    _(
        "citic",  # B; 退汇标识 says that money came back
        "交易日期 对方账号 对方账户名称 借方发生额 贷方发生额 账户余额 柜员交易号",
        own="交易账号",
        currency="币种",
        date="交易日期",
        time="交易时间",
        out="借方发生额",
        in_="贷方发生额",
        balance="账户余额",
        name="对方账户名称",
        account="对方账号",
        memo="附言 摘要",
        reference="柜员交易号",
        kind="退汇标识 凭证类型",
    ),
    _(
        "bocom",  # A-
        "交易时间 借方发生额(支出) 贷方发生额(收入) 账户余额 对方账号 对方户名",
        date="交易时间",
        out="借方发生额(支出)",
        in_="贷方发生额(收入)",
        balance="账户余额",
        name="对方户名",
        account="对方账号",
        memo="摘要",
    ),
    _(
        "bocom-old",  # B
        "交易时间 余额 对方账号 对方户名 企业业务编号 转账金额 借贷标志",
        Sense.FLAG,
        date="交易时间",
        amount="转账金额",
        flag="借贷标志",
        balance="余额",
        name="对方户名",
        account="对方账号",
        memo="摘要",
        reference="企业业务编号",
        kind="凭证种类",
    ),
    _(
        "spdb",  # A-
        "交易日期 交易时间 借方金额 贷方金额 余额 对方账号 对方户名 交易流水号 传票序号",
        date="交易日期",
        time="交易时间",
        out="借方金额",
        in_="贷方金额",
        balance="余额",
        name="对方户名",
        account="对方账号",
        memo="交易附言 摘要",
        reference="交易流水号",
        kind="记录状态",
    ),
    # 2 Payment platforms
    _(
        "alipay-fund",  # A; 支出 has a minus in some files and none in others
        "账务流水号 发生时间 对方账号 收入金额(+元) 支出金额(-元) 账户余额(元)",
        absolute=True,
        date="发生时间",
        in_="收入金额(+元)",
        out="支出金额(-元)",
        balance="账户余额(元)",
        account="对方账号",
        memo="备注 商品名称 商户订单号",
        reference="账务流水号",
        kind="业务类型",
    ),
    _(
        "wechat-fund",  # A
        "记账时间 微信支付业务单号 资金流水单号 收支类型 收支金额(元) 账户结余(元)",
        Sense.FLAG,
        date="记账时间",
        flag="收支类型",
        amount="收支金额(元)",
        balance="账户结余(元)",
        memo="备注 业务凭证号 微信支付业务单号",
        reference="资金流水单号",
        kind="业务类型 业务名称",
    ),
    _(
        "wechat-trade",  # A; an order is compared with 订单金额, not with 应结订单金额; fees are in the other bill
        "交易时间 商户号 微信订单号 商户订单号 交易状态 订单金额 申请退款金额",
        Sense.TRADES,
        own="商户号",
        date="交易时间",
        flag="交易状态",
        paid="订单金额",
        refunded="申请退款金额",
        currency="货币种类",
        memo="商品名称 商户订单号 商户退款单号",
        reference="微信订单号",
        kind="交易类型 交易状态",
    ),
)
BY_KEY: Final = {layout.key: layout for layout in LAYOUTS}

OWN_LABELS: Final = tuple(
    map(named, ("查询账号", "本方账号", "客户账号", "账户账号", "账号", "帐号", "卡号", "商户号"))
)
"""What stands before the own account above the header."""
MADE_LABELS: Final = ("导出时间", "打印时间", "下载时间", "生成时间", "导出日期", "打印日期", "下载日期", "生成日期")
"""What stands before the moment at which the file was made."""
TOTAL_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "count": ("总笔数", "资金流水总笔数", "总交易单数", "记录数", "合计笔数"),
    "in_count": ("贷方发生总笔数", "贷方交易笔数", "贷方总笔数", "贷方笔数", "收入笔数", "收入总笔数"),
    "in_fen": ("贷方发生总额", "贷方发生总金额", "贷方交易金额", "贷方总金额", "贷方合计", "汇总收入金额", "收入金额",
               "收入总金额", "收入合计", "订单总金额"),
    "out_count": ("借方发生总笔数", "借方交易笔数", "借方总笔数", "借方笔数", "支出笔数", "支出总笔数"),
    "out_fen": ("借方发生总额", "借方发生总金额", "借方交易金额", "借方总金额", "借方合计", "汇总支出金额", "支出金额",
                "支出总金额", "支出合计", "申请退款总金额"),
}  # fmt: skip
"""What a file says of itself, above its header or below its rows."""
FOOTERS: Final = (
    "合计", "总计", "小计", "汇总", "累计", "总收入", "总支出", "收入合计", "支出合计", "收入总", "支出总",
    "借方交易笔数", "借方笔数", "借方合计", "借方总", "贷方交易笔数", "贷方合计", "贷方总", "人民币合计", "总笔数",
    "总交易单数", "资金流水总笔数", *MADE_LABELS, "---", "以上", "备注:", "说明:", "第1页",
    "温馨提示",
)  # fmt: skip
"""With what a line below the rows begins. Behind the first of them no row may come."""

SUMS: Final = frozenset({"合计", "总计"})
"""A line of the footer whose sums stand below the columns that they add up."""

SIDE_TOTAL: Final = re.compile(r"#?(收入|支出)合计:([0-9]+)笔,共([+-]?[0-9.,]+)元")
IN_SIDE: Final = "收入"
"""How Alipay sums up a side in one cell: which, how many, how much."""
COUNTED: Final = re.compile(r"([0-9]{1,9})笔?")


CHOSEN: Final = "chosen"
"""The key of a layout whose columns somebody chose."""
TITLES_MAX: Final = 60
TITLE_MAX: Final = 60


def chosen(columns: Mapping[str, str]) -> Layout:
    """The layout of a file whose columns are called so; a minus went where one sum stands without a word beside it."""
    table: Any = {column: (named(title),) for column, title in columns.items()}
    sense = Sense.COLUMNS if "in" in columns else Sense.FLAG if "flag" in columns else Sense.SIGNED
    return Layout(key=CHOSEN, columns=table, needs=[name for (name,) in table.values()], sense=sense)


def guessed(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Which of these titles other banks call so: a proposal for whoever chooses."""
    guesses: dict[str, str] = {}
    for column in columns:
        names = {name for layout in LAYOUTS for name in layout.columns.get(column, ())}
        title = next((one for one in header if named(one) in names and one not in guesses.values()), "")
        if title:
            guesses[column] = title
    return guesses


def titles(rows: Sequence[Sequence[str]]) -> list[str]:
    """What seems to be the header among these rows: the one with the most different words without digits."""
    words = [[cell for cell in dict.fromkeys(cells) if cell and not re.search("[0-9]", cell)] for cells in rows]
    best = max(words, key=len, default=[])
    return [cell for cell in best if len(cell) <= TITLE_MAX][:TITLES_MAX] if len(best) > 1 else []


def fitting(cells: Sequence[str], own: Layout | None = None) -> Layout | None:
    """The layout of a header row, `own` where no other fits; None when it is none."""
    names = {named(cell) for cell in cells if cell}
    fits = [layout for layout in LAYOUTS if names.issuperset(layout.needs) and _has_sums(layout, names)]
    if not fits and own and names.issuperset(own.needs):
        return own
    return max(fits, key=lambda layout: (len(layout.needs), len(names & layout.known)), default=None)


def _has_sums(layout: Layout, names: Collection[str]) -> bool:
    wanted: tuple[Column, ...] = ("in", "out") if layout.sense is Sense.COLUMNS else ()
    return all(any(name in names for name in layout.columns[column]) for column in ("date", *wanted))


def nearest(rows: Sequence[Sequence[str]]) -> tuple[Layout, list[str]] | None:
    """The layout that fits one of these rows best though not wholly, and the names that are missing there."""
    best: tuple[float, Layout, list[str]] | None = None
    for cells in rows:
        names = {named(cell) for cell in cells if cell}
        for layout in LAYOUTS:
            missing = [name for name in layout.needs if name not in names]
            share = 1 - len(missing) / len(layout.needs)
            if share >= NEAR and (best is None or share > best[0]):
                best = (share, layout, missing)
    return best[1:] if best else None


NEAR: Final = 0.5
"""The part of its needed names that a header must have to be called near to a layout."""
