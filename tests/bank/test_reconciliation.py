"""D11: both balances of a place and day, what is open of both sides, and a difference of 0."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
from bank.given import BANK, Line, came, lines, open_movements, waiting
from bank.test_matching import banked, refused
from cast import Cast
from giving.given import today

from charity import clock
from charity.bank import matching, reconciliation
from charity.bank.reconciliation import Reconciliation, register
from charity.db import transactions
from charity.documents import exports
from charity.documents.filters import COPY
from charity.jobs import worker
from charity.printing.document import Filters

API = "/api/v1/bank"


def day(ago: int) -> str:
    return (clock.today() - timedelta(days=ago)).isoformat()


async def of(house: Cast, on: str = "") -> Reconciliation:
    one = await reconciliation.of(BANK, on or today(), by=house.auditor)
    assert one.apart_fen == 0, (one.book_adjusted_fen, one.bank_adjusted_fen)
    return one


def sums(one: Reconciliation) -> tuple[int, ...]:
    return (one.book_fen, one.bank_in_fen, one.bank_out_fen, one.bank_fen, one.book_in_fen, one.book_out_fen)


async def test_what_is_open_of_both_sides_makes_the_difference(house: Cast) -> None:
    await banked(house, 10_000, "ICBC-000001", received_on=day(6))
    await banked(house, 3_000, "ICBC-000003", received_on=day(2))
    await came(
        house,
        Line(10_000, "甲", reference="ICBC000001", on=day(5)),
        Line(2_000, "乙", on=day(4)),
        Line(-700, "手续费", on=day(3)),
        start_fen=0,
    )
    assert len(await waiting(house)) == 2
    assert sums(await of(house)) == (13_000, 2_000, 700, 11_300, 3_000, 0)
    assert sums(await of(house, day(4))) == (10_000, 2_000, 0, 12_000, 0, 0)
    assert sums(await of(house, day(6)))[:4] == (10_000, 0, 10_000, 0), "the bank had it a day later: carried"
    await refused("reconciled.earlier", reconciliation.of(BANK, day(7), by=house.auditor))
    fee = (await waiting(house))[1]
    await matching.ignore(fee.row["key"], reason="手续费，月底补记", by=house.accountant)
    assert sums(await of(house))[2] == 700, "what is ignored stays open"
    await banked(house, 2_000, "LATE-1", received_on=today())
    await matching.keep_up()
    (late,) = [row for row in await open_movements(house) if row["fen"] == 2_000]
    (line,) = await waiting(house)
    await matching.match(lines=[line.row["key"]], movements=[late["key"]], by=house.accountant)
    assert sums(await of(house)) == (15_000, 0, 700, 11_300, 3_000, 0)
    assert sums(await of(house, day(1))) == (13_000, 2_000, 700, 11_300, 3_000, 0), "cleared later, open that day"


async def test_a_missing_line_is_a_difference(house: Cast) -> None:
    await came(house, Line(1_000, "甲", on=day(5)), start_fen=0)
    await came(house, Line(500, "乙", on=day(2)), start_fen=3_000)
    one = await reconciliation.of(BANK, today(), by=house.auditor)
    assert (one.bank_fen, one.apart_fen) == (3_500, 1_500 - 3_500)


async def test_without_balances_the_accountant_states_one_once(web: Any, house: Cast) -> None:
    accountant, auditor = web.as_("accountant"), web.as_("auditor")
    await came(house, Line(1_000, "甲", on=day(2)), Line(50, "乙", on=day(1)))
    await transactions.run(lambda tx: tx.rows("UPDATE bank_line SET balance_fen = NULL"))
    asked = {"place": BANK, "on": today()}
    page = await auditor.get("/bank/reconciliation", params=asked)
    assert (page.status_code, "balance_yuan" in page.text) == (409, False)
    stated = {"place": BANK, "on": day(3), "balance_yuan": "0"}
    assert (await auditor.post("/bank/reconciliation", data=stated)).status_code == 403
    wrong = await accountant.post("/bank/reconciliation", data=stated | {"balance_yuan": "12..34"})
    assert (wrong.status_code, 'value="12..34"' in wrong.text) == (422, True)
    assert (await accountant.post("/bank/reconciliation", data=stated)).status_code == 303
    assert (await accountant.post("/bank/reconciliation", data=stated)).status_code == 409
    assert sums(await of(house)) == (0, 1_050, 0, 1_050, 0, 0)


async def test_the_page_the_call_the_pdf_and_the_sheet_say_the_same(web: Any, house: Cast) -> None:
    await banked(house, 3_000, "ICBC-000003", received_on=day(2))
    await came(house, Line(2_000, "乙方企业", memo="捐款", reference="R-22", on=day(4)), start_fen=0)
    await waiting(house)
    auditor, asked = web.as_("auditor"), {"place": BANK, "on": today()}
    page = (await auditor.get("/bank/reconciliation", params=asked)).text
    for words in ("银行已收、单位未收", "单位已收、银行未收", "乙方企业 捐款", "R-22", "50.00"):
        assert words in page
    assert "差额不是 0" not in page
    answer = (await auditor.get(f"{API}/reconciliation", params=asked)).json()
    assert (answer["book_adjusted_fen"], answer["bank_adjusted_fen"], answer["apart_fen"]) == (5_000, 5_000, 0)
    assert ([each["name"] for each in answer["lines"]], len(answer["movements"])) == (["乙方企业"], 1)
    printed = await auditor.get("/bank/reconciliation.pdf", params=asked)
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    sheet = await auditor.get("/bank/reconciliation.xlsx", params=asked)
    cells = [c.value for row in openpyxl.load_workbook(io.BytesIO(sheet.content)).active.iter_rows() for c in row]  # type: ignore[union-attr]
    assert {"乙方企业 捐款", 20, 50, "差额"} <= set(cells)
    assert len(await lines(house)) == 1


async def test_the_register_says_what_each_line_was_matched_with_and_by_whom(web: Any, house: Cast) -> None:
    await banked(house, 3_000, "ICBC-000003")
    await banked(house, 4_000, "X-4")
    await came(house, Line(3_000, "乙", reference="ICBC000003"), Line(4_000, "李四", memo="谢谢"), Line(-50, "银行"))
    (line, _), booked = await waiting(house), await open_movements(house)
    await matching.match(lines=[line.row["key"]], movements=[booked[0]["key"]], by=house.accountant)
    filters = Filters.of(today(), today(), place=BANK, copy="internal")
    rows = (await register.page(filters, 0, None, 10)).rows
    assert [(row["name"], row["method"], row["who"], row["status"]) for row in rows] == [
        ("乙", "参考号", "系统", "已核对"),
        ("李四", "人工", "accountant 测试", "已核对"),
        ("银行", "", "", "未核对"),
    ]
    assert rows[1]["with"] == f"捐赠 #{booked[0]['seq']}"
    first = await register.page(filters, 0, None, 2)
    assert [row["n"] for row in (await register.page(filters, 0, first.next, 2)).rows] == [3]
    whole = await register.totals(filters, 0)
    assert (whole.count, whole.sums) == (3, {"in_fen": 7_000, "out_fen": 50})
    others = (await register.page(filters.choose(COPY, "notice"), 0, None, 10)).rows
    assert [(row["name"], row["memo"]) for row in others][1] == ("李*", "")
    page = (await web.as_("accountant").get("/ledgers/bank_lines", params={"from": today(), "to": today()})).text
    assert ("李*" in page, "李四" in page, "40.00" in page) == (True, False, True)
    for fmt in ("pdf", "xlsx"):
        order = await exports.start(report="bank_lines", fmt=fmt, filters=filters, by=house.accountant)
        assert await worker.run_once()
        assert (await exports.get(order.id, by=house.accountant)).state == "done"
