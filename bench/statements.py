"""A statement of 100,000 lines, BOC's CSV in GBK: tried and taken in through the API while gifts go on."""

import base64
import csv
import io
import threading
import time
from datetime import date, timedelta
from pathlib import Path

from bench import servers

LINES = 100_000
OWN, OTHER = "8800000020260001", "6228480402564890018"
GIFT_EVERY_S = 0.05
LOOK_S = 0.05
KB = 1024
HEAD = [
    "交易类型[ Transaction Type ]",
    "业务类型[ Business type ]",
    "付款人开户行号[ Bank number of payer ]",
    "付款人开户行名[ Payer account bank ]",
    "付款人账号[ Debit Account No. ]",
    "付款人名称[ Payer's Name ]",
    "收款人开户行行号[ Bank number of beneficiary ]",
    "收款人开户行名[ Beneficiary account bank ]",
    "收款人账号[ Payee's Account Number ]",
    "收款人名称[ Payee's Name ]",
    "交易日期[ Transaction Date ]",
    "交易时间[ Transaction time ]",
    "交易货币[ Trade Currency ]",
    "交易金额[ Trade Amount ]",
    "交易后余额[ After-transaction balance ]",
    "起息日期[ Value Date ]",
    "汇率[ Exchange rate ]",
    "交易流水号[ Transaction reference number ]",
    "客户申请号[ Online Banking Transaction Ref. ]",
    "客户业务编号[ Customer Transaction Number ]",
    "凭证类型[ Voucher type ]",
    "凭证号码[ Voucher number ]",
    "记录标识号[ Record ID ]",
    "摘要[ Reference ]",
    "用途[ Purpose ]",
    "交易附言[ Remark ]",
    "备注[ Remarks ]",
]


def boc(lines: int) -> bytes:
    """The file: each line a gift of another sum, as BOC writes it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    fens = [100 + n % 9_900 for n in range(lines)]
    whole = f"{sum(fens) // 100}.{sum(fens) % 100:02d}"
    writer.writerow(["查询账号[ Inquirer account number ]", OWN])
    writer.writerow(["总笔数[ Total number of transactions ]", lines])
    writer.writerow(["贷方发生总额[ Total amount of credit ]", whole])
    writer.writerow(HEAD)
    left, first = 0, date(2026, 1, 1)
    for n, fen in enumerate(fens):
        left += fen
        day = f"{first + timedelta(days=n * 300 // lines):%Y%m%d}"
        writer.writerow(
            ["来账", "转账", "104100000004", "中国银行临溪支行营业部", OTHER, f"捐赠人{n % 5_000}", "104100000004",
             "中国银行临溪支行", OWN, "临溪县慈善总会", day, f"{n % 24:02d}:{n % 60:02d}:00", "CNY",
             f"+{fen // 100}.{fen % 100:02d}", f"{left // 100}.{left % 100:02d}", day, "", f"BOC{n:012d}",
             "", "", "", "", "", "", "捐款", f"YRJ26-{n % 100:02d} 慈善一日捐", ""]
        )  # fmt: skip
    return out.getvalue().encode("gbk")


def hundred_thousand() -> dict[str, tuple[float, str]]:
    """Seconds until the lines are in, the most memory of the child that reads, and what gifts had to wait meanwhile."""
    with servers.demo_city() as server:
        token = server.at.token("cashier")
        body = {"place": "1002/ICBC-01", "file_name": "a.csv", "file": base64.b64encode(boc(LINES)).decode()}
        peaks, waits, done = [0], list[float](), threading.Event()
        threads = [
            threading.Thread(target=_watch, args=(server.running.pid, peaks, done)),
            threading.Thread(target=_give, args=(server.base, token, waits, done)),
        ]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        status, row = servers.post(server.base, token, "/api/v1/bank/statements", body)
        assert (status, row.get("new_lines")) == (200, LINES), row
        take = f"/api/v1/bank/statements/{row['key']}/take"
        status, row = servers.post(server.base, token, take, {"content_hash": row["content_hash"]})
        took = time.perf_counter() - began
        done.set()
        for thread in threads:
            thread.join()
        assert (status, row.get("status")) == (200, "taken"), row
    waits.sort()
    return {
        "statement_100k_s": (round(took, 1), "s"),
        "statement_100k_mb": (round(peaks[0] / KB), "MB"),
        "import_p99_ms": (round(waits[len(waits) * 99 // 100] * 1_000), "ms"),
    }


def _watch(pid: int, peaks: list[int], done: threading.Event) -> None:
    """The most kB that the child that reads has had."""
    while not done.wait(LOOK_S):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                try:
                    if b"charity.bank.formats.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                        status = Path(f"/proc/{child}/status").read_text(encoding="ascii")
                        peaks[0] = max(peaks[0], int(status.partition("VmHWM:")[2].split()[0]))
                except (OSError, IndexError):  # it has just ended
                    continue


def _give(base: str, token: str, waits: list[float], done: threading.Event) -> None:
    """Gifts one after the other, and how long each had to wait."""
    gift = {"amount_fen": 500, "received_on": servers.today(), "channel": "cash", "campaign": "everyday"}
    while not done.wait(GIFT_EVERY_S):
        began = time.perf_counter()
        status, row = servers.post(base, token, "/api/v1/donations", gift | {"donor": {"kind": "anonymous"}})
        waits.append(time.perf_counter() - began)
        assert status == 201, row
