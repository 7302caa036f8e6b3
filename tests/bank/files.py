"""Files of banks and platforms, made from the layouts as they are described (charity/bank/formats/layouts.py).

None of them was taken from a real account: names and numbers are invented. Their order of columns, preambles and footers
is that of the descriptions; XLS is written as BIFF8 inside of OLE, by hand, for no kept library writes it.
"""

import csv
import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

OWN = "6222021001001234567"
SENDER, SENDER_ACCOUNT = "临溪县第一小学", "6228480402564890018"
Cells = Sequence[Any]
Entry = tuple[str, str, str, str, str]
"""Day, time, what came, what went, memo."""
ENTRIES: list[Entry] = [
    ("2026-09-28", "09:00:05", "1000.00", "", "YRJ26-07 捐款"),
    ("2026-09-29", "10:30:00", "", "250.50", "付款"),
    ("2026-09-30", "16:05:59", "12.34", "", "利息"),
]
START = 500_000
"""Fen before the first entry."""


def csv_of(rows: Sequence[Cells], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n", delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_of(rows: Sequence[Cells], *, dimension: str = "", sheet: str = "明细") -> bytes:
    """A workbook of one sheet; `dimension` is what it says of its size, rightly or not."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return said_to_be(out.getvalue(), dimension) if dimension else out.getvalue()


def said_to_be(data: bytes, dimension: str) -> bytes:
    """The workbook with another `<dimension>`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                before, _, rest = text.partition(b'<dimension ref="')
                text = before + b'<dimension ref="' + dimension.encode() + rest[rest.index(b'"') :]
            new.writestr(name, text)
    return out.getvalue()


def xls_of(rows: Sequence[Cells], *, sheet: str = "Sheet1") -> bytes:
    """A BIFF8 workbook of one sheet: texts, numbers, and errors as `Fault(code)`."""
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows), default=0), 0))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(value, Fault):
                body += _record(0x0205, place + bytes([value.code, 1]))
            elif isinstance(value, int | float):
                body += _record(0x0203, place + struct.pack("<d", value))
            elif value not in {None, ""}:
                text = str(value).encode("utf-16-le")
                body += _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    body += _record(0x000A, b"")
    name = sheet.encode("utf-16-le")
    first = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    first += _record(0x0042, struct.pack("<H", 1200))
    last = _record(0x000A, b"")
    bound = struct.pack("<HBB", 0, len(sheet), 1) + name
    offset = len(first) + 4 + 4 + len(bound) + len(last)
    return _ole(first + _record(0x0085, struct.pack("<I", offset) + bound) + last + body)


class Fault:
    """An error of a spreadsheet, by its code in BIFF: 23 is #REF!."""

    def __init__(self, code: int) -> None:
        self.code = code


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _ole(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream, which is too long for the small sectors."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2) // 127)
    chain = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * 512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack(f"<{tables}I", *range(sectors + 1, sectors + 1 + tables)).ljust(436, b"\xff")
    folder = _entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + _entry(name, 2, 0, len(stream), 0xFFFFFFFF)
    return head + stream.ljust(sectors * 512, b"\0") + folder.ljust(512, b"\0") + fat


def _entry(name: str, kind: int, first: int, size: int, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
    return head + b"\0" * 36 + struct.pack("<IQ", first, size)


# -- layouts ------------------------------------------------------------------------------------------


def _fen(text: str) -> int:
    return int(text.replace(".", "").replace(",", "") or 0)


def _yuan(fen: int) -> str:
    return f"{'-' * (fen < 0)}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _with_balances(entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    fen, rows = START, []
    for entry in entries:
        fen += _fen(entry[2]) - _fen(entry[3])
        rows.append((entry, _yuan(fen)))
    return rows


def totals(entries: Sequence[Entry] = ENTRIES) -> tuple[int, int]:
    return sum(_fen(entry[2]) for entry in entries), sum(_fen(entry[3]) for entry in entries)


def icbc(entries: Sequence[Entry] = ENTRIES, own: Any = OWN, header: int = 5) -> list[Cells]:
    head: list[Cells] = [["账号: ", own], ["户名：", "临溪县慈善总会"], [], ["币种", "人民币"], []]
    names = "日期 交易类型 凭证种类 凭证号 对方户名 对方账号 摘要 借方发生额 贷方发生额 余额".split()
    rows = [
        [day, "转账", "", f"PZ{n}", SENDER, SENDER_ACCOUNT, memo, went, came, left]
        for n, ((day, _, came, went, memo), left) in enumerate(_with_balances(entries))
    ]
    return [*head[:header], names, *rows]


def icbc_at(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    """The second version: 交易时间 instead of 日期, header in the second row."""
    head, names, *rows = icbc(entries, header=1)
    moved = [[f"{e[0]} {e[1]}", *row[1:]] for e, row in zip(entries, rows, strict=True)]
    return [head, ["交易时间", *names[1:]], *moved]


def abc(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = "交易时间 收入金额 支出金额 账户余额 对方账号 对方户名 对方开户行 摘要".split()
    rows = [
        [f"{day} {at}", came, went, left, SENDER_ACCOUNT, SENDER, "农业银行临溪支行", memo]
        for (day, at, came, went, memo), left in _with_balances(entries)
    ]
    came, went = totals(entries)
    head: list[Cells] = [["账户明细"], [f"账号：{OWN}", "户名：临溪县慈善总会", "币种：人民币"]]
    return [*head, names, *rows, ["合计", _yuan(came), _yuan(went)]]


def abc_detail(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "交易日期 交易时间戳 收入金额 支出金额 本次余额 手续费总额 交易方式 交易行名 交易类别 对方省市 对方账号 对方户名 "
        "交易说明 交易摘要 交易附言"
    ).split()
    rows = [
        [day.replace("-", ""), f"{day} {at}", came, went, left, "0.00", "网银", "临溪", "转账", "", SENDER_ACCOUNT, SENDER,
         "", "", memo]
        for (day, at, came, went, memo), left in _with_balances(entries)
    ]  # fmt: skip
    came, went = totals(entries)
    return [[f"账号：{OWN}"], names, *rows, ["汇总收入金额", _yuan(came), "汇总支出金额", _yuan(went)]]


def abc_short(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = "交易时间 收入金额 支出金额 账户余额 交易行名 对方省市 对方账号 对方户名 交易用途".split()
    rows = [
        [f"{day} {at}", came, went, left, "临溪", "", SENDER_ACCOUNT, SENDER, memo]
        for (day, at, came, went, memo), left in _with_balances(entries)
    ]
    return [[f"账号：{OWN}"], names, *rows]


def abc_old(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "账号 币种 凭证号 日期 交易代码 交易流水号 交易柜员 借贷方 发生额 账户余额 对方账号 对方户名 对方行名 摘要 附言"
    ).split()
    return [names] + [
        [OWN, "人民币", "", day.replace("-", ""), "2001", f"LS{n}", "8", "贷" if came else "借", came or went, left,
         SENDER_ACCOUNT, SENDER, "", "", memo]
        for n, ((day, _, came, went, memo), left) in enumerate(_with_balances(entries))
    ]  # fmt: skip


BOC = [
    ("交易类型", "Transaction Type"), ("业务类型", "Business type"), ("付款人开户行号", "Account holding bank number of payer"),
    ("付款人开户行名", "Payer account bank"), ("付款人账号", "Debit Account No."), ("付款人名称", "Payer's Name"),
    ("收款人开户行行号", "Account holding bank number of beneficiary"), ("收款人开户行名", "Beneficiary account bank"),
    ("收款人账号", "Payee's Account Number"), ("收款人名称", "Payee's Name"), ("交易日期", "Transaction Date"),
    ("交易时间", "Transaction time"), ("交易货币", "Trade Currency"), ("交易金额", "Trade Amount"),
    ("交易后余额", "After-transaction balance"), ("起息日期", "Value Date"), ("汇率", "Exchange rate"),
    ("交易流水号", "Transaction reference number"), ("客户申请号", "Online Banking Transaction Ref."),
    ("客户业务编号", "Customer Transaction Number"), ("凭证类型", "Voucher type"), ("凭证号码", "Voucher number"),
    ("记录标识号", "Record ID"), ("摘要", "Reference"), ("用途", "Purpose"), ("交易附言", "Remark"), ("备注", "Remarks"),
]  # fmt: skip


def boc_row(at: int, entry: Entry, left: str) -> list[str]:
    day, clock, came, went, memo = entry
    us, them = (OWN, "临溪县慈善总会"), (SENDER_ACCOUNT, SENDER)
    payer, payee = (them, us) if came else (us, them)
    return [
        "来账" if came else "往账", "转账", "104", "临溪县某某有限公司开户行", *payer, "104", "中国银行临溪支行", *payee,
        day.replace("-", ""), clock, "CNY", f"+{came}" if came else f"-{went}", left, day.replace("-", ""), "",
        f"BOC{at:09d}", "", "", "", "", "", "", "", memo, "",
    ]  # fmt: skip


def boc(entries: Sequence[Entry] = ENTRIES, header: int = 7, **stated: str) -> list[Cells]:
    """`said`: what the preamble says of itself, where it lies."""
    came, went = totals(entries)
    ins, outs = sum(1 for entry in entries if entry[2]), sum(1 for entry in entries if entry[3])
    preamble: dict[str, Any] = {
        "查询账号[ Inquirer account number ]": OWN,
        "总笔数[ Total number of transactions ]": len(entries),
        "借方发生总笔数[ Total number of debit ]": outs,
        "借方发生总额[ Total amount of debit ]": _yuan(went),
        "贷方发生总笔数[ Total number of credit ]": ins,
        "贷方发生总额[ Total amount of credit ]": _yuan(came),
        "查询时间范围[ Time range ]": "20260901-20260930",
    }
    preamble |= {name: stated[name.partition("[")[0]] for name in preamble if name.partition("[")[0] in stated}
    head: list[Cells] = [[name, value] for name, value in preamble.items()]
    rows = [boc_row(n, entry, left) for n, (entry, left) in enumerate(_with_balances(entries))]
    return [*head, *[[]] * (header - 7), [f"{name}[ {english} ]" for name, english in BOC], *rows]


def ccb_a(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "日期 交易时间 凭证类型 凭证号 借方发生额 贷方发生额 余额 钞汇标识 对方户名 对方账号 摘要 备注 交易流水号 企业流水号 "
        "本方账号 本方户名 本方网点"
    ).split()
    rows = [
        [
            day,
            at,
            "",
            "",
            went,
            came,
            left,
            "",
            SENDER,
            f"\t{SENDER_ACCOUNT}\t",
            "",
            memo,
            f"CCB{n}",
            "",
            OWN,
            "总会",
            "",
        ]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]
    return [["中国建设银行"], *[[]] * 8, [f" {name} " for name in names], *rows]


def ccb_b(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "账号 账户名称 交易时间 借方发生额（支取） 贷方发生额（收入） 余额 币种 对方户名 对方账号 对方开户机构 记账日期 摘要 备注 "
        "账户明细编号-交易流水号 企业流水号 凭证种类 凭证号"
    ).split()
    return [names] + [
        [OWN, "总会", f"{day.replace('-', '')} {at}", went, came, left, "人民币元", SENDER, SENDER_ACCOUNT, "", day, "", memo,
         f"1-{n}", "", "", ""]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]  # fmt: skip


def cmb(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "账号 账号名称 币种 交易日 交易时间 起息日 交易类型 借方金额 贷方金额 余额 摘要 流水号 流程实例号 业务名称 用途 业务参考号 "
        "业务摘要 其它摘要 收(付)方分行名 收(付)方名称 收(付)方账号 收(付)方开户行行号 收(付)方开户行名"
    ).split()
    rows = [
        [OWN, "总会", "人民币", day, at, day, "转账", went, came, left, memo, f"CMB{n}", "", "", "", "", "", "", "", SENDER,
         SENDER_ACCOUNT, "", ""]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]  # fmt: skip
    return [["招商银行交易查询"], *[[]] * 8, names, *rows]


def citic(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "交易日期 交易时间 对方账号 对方账户名称 对方账号开户网点名称 借方发生额 贷方发生额 账户余额 摘要 退汇标识 退汇日期 "
        "柜员交易号 附言 币种 交易账号 交易账号开户网点名称 对账编号"
    ).split()
    rows = [
        [day, at, SENDER_ACCOUNT, SENDER, "", went, came, left, "", "", "", f"GY{n}", memo, "人民币", OWN, "", ""]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]
    return [["中信银行"], *[[]] * 13, names, *rows]


def bocom(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = "交易时间 借方发生额（支出） 贷方发生额（收入） 账户余额 对方账号 对方户名 摘要".split()
    rows = [
        [f"{day} {at}", went, came, left, SENDER_ACCOUNT, SENDER, memo]
        for (day, at, came, went, memo), left in _with_balances(entries)
    ]
    return [[f"查询账号：{OWN}"], names, *rows]


def bocom_old(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = "交易时间 摘要 余额 对方账号 对方户名 凭证种类 凭证号码 企业业务编号 转账金额 借贷标志".split()
    rows = [
        [f"{day} {at}", memo, left, SENDER_ACCOUNT, SENDER, "", "", f"QY{n}", came or went, "贷" if came else "借"]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]
    outs = sum(1 for entry in entries if entry[3])
    return [[f"查询账号：{OWN}"], names, *rows, ["借方交易笔数:", outs, "贷方交易笔数:", len(entries) - outs]]


def spdb(entries: Sequence[Entry] = ENTRIES) -> list[Cells]:
    names = (
        "交易日期 交易时间 申请日期 凭证号 借方金额 贷方金额 余额 对方账号 对方户名 对方行名 交易流水号 传票序号 记录状态 摘要 "
        "交易附言 客户账户类型"
    ).split()
    rows = [
        [day.replace("-", ""), at.replace(":", ""), "", "", went, came, left, SENDER_ACCOUNT, SENDER, "", f"SP{n}", "1", "正常",
         "", memo, ""]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]  # fmt: skip
    return [[f"账号：{OWN}"], [], [], [], names, *rows]


def alipay(entries: Sequence[Entry] = ENTRIES, minus: str = "-", *, blank: bool = False) -> list[Cells]:
    names = (
        "账务流水号 业务流水号 商户订单号 商品名称 发生时间 对方账号 收入金额（+元） 支出金额（-元） 账户余额（元） 交易渠道 业务类型 备注"
    ).split()
    rows = [
        [f"{n:016d}\t", f"YW{n}\t", f"SH{n}\t", "捐款", f"{day} {at}", "138****0000", came, went and minus + went, left,
         "支付宝", "在线支付" if came else "收费", memo]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]  # fmt: skip
    came, went = totals(entries)
    outs = sum(1 for entry in entries if entry[3])
    whole: list[Cells] = [
        ["#支付宝账务明细查询"],
        ["#账号：[2088123412340156]"],
        ["#起始日期：[2026年09月01日 00:00:00]   终止日期：[2026年10月01日 00:00:00]"],
        ["#-----------------------------账务明细列表----------------------------------------"],
        names,
        *rows,
        ["#-----------------------------账务明细列表结束------------------------------------"],
        [f"#支出合计：{outs}笔，共{minus}{_yuan(went)}元"],
        [f"#收入合计：{len(entries) - outs}笔，共{_yuan(came)}元"],
        ["#导出时间：[2026年10月01日 09:00:00]"],
    ]
    return [["", *row] for row in whole] if blank else whole


def wechat_text(names: str, rows: Sequence[Cells], trailer: str, sums: Cells) -> bytes:
    lines = [
        names,
        *(",".join(f"`{cell}" for cell in row) for row in rows),
        trailer,
        ",".join(f"`{cell}" for cell in sums),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def wechat_fund(entries: Sequence[Entry] = ENTRIES) -> bytes:
    rows = [
        [f"{day} {at}", f"42000{n}", f"99000{n}", "交易", "交易" if came else "扣除交易手续费", "收入" if came else "支出",
         came or went, left, "1900000109", memo, f"PZ{n}"]
        for n, ((day, at, came, went, memo), left) in enumerate(_with_balances(entries))
    ]  # fmt: skip
    came, went = totals(entries)
    outs = sum(1 for entry in entries if entry[3])
    return wechat_text(
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号",
        rows,
        "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额",
        [len(entries), len(entries) - outs, _yuan(came), outs, _yuan(went)],
    )


def wechat_trade(entries: Sequence[Entry] = ENTRIES) -> bytes:
    rows = [
        [f"{day} {at}", "wx1", "1900000109", "0", "", f"42000{n}", f"SH{n}", "oUser", "JSAPI", "SUCCESS" if came else "REFUND",
         "OTHERS", "CNY", came or "0.00", "0.00", "", "", went or "0.00", "0.00", "", "", memo, "", "0.00600", "0.60%",
         came or "0.00", went or "0.00", ""]
        for n, (day, at, came, went, memo) in enumerate(entries)
    ]  # fmt: skip
    came, went = totals(entries)
    return wechat_text(
        "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
        "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
        "申请退款金额,费率备注",
        rows,
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
        [len(entries), _yuan(came), _yuan(went), "0.00", "0.01", _yuan(came), _yuan(went)],
    )
