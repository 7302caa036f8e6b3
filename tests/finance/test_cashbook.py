"""The cashier's journal: carried, line by line with the sums of days and months, and what the books say at the end."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from bank.given import Line as BankLine
from bank.given import came
from cast import Cast
from conftest import Web
from finance.given import BANK, CASH, WECHAT, asked
from finance.test_books import day, journal, some_months
from giving.given import give
from reports.given import REPORTS, read
from tampering import tampered

from charity import clock
from charity.bank import reconciliation
from charity.documents import exports, facts
from charity.finance import transfers
from charity.jobs import worker
from charity.ledger import moved, places, subledger
from charity.printing.document import Filters

NAME = "cashbook"
FUNDS = ("F-GEN", "F-EDU")


def of(begin: str, end: str, place: str = BANK) -> Filters:
    return Filters.of(begin, end, place=place)


@pytest.mark.parametrize(("first", "last"), [(80, 0), (66, 33), (65, 65), (40, 2), (0, 0), (400, 90)])
async def test_a_place_runs_from_what_was_carried_to_what_the_books_say(house: Cast, first: int, last: int) -> None:
    await some_months(house)
    begin, end = day(first), day(last)
    for place in (BANK, CASH):
        posted = [line for fund in FUNDS for line in await journal(f"{place}/{fund}")]
        within = [(on, fen) for on, fen in posted if begin <= on <= end]
        opening, closing = (sum(fen for on, fen in posted if on < one) for one in (begin, f"{end}~"))
        rows, totals = await read(NAME, of(begin, end, place))
        assert totals.differences == []
        assert totals.count == len(rows)
        if not within and not opening:
            assert rows == []
            continue
        assert (rows[0]["summary"], rows[0]["balance_fen"]) == ("上期结转", opening)
        assert (rows[-1]["summary"], rows[-1]["balance_fen"]) == ("本期合计和期末余额", closing)
        balance = opening
        lines = [row for row in rows if row["journal"]]
        for row in lines:
            balance += (row["in_fen"] or 0) - (row["out_fen"] or 0)
            assert row["balance_fen"] == balance
        assert [row["day"] for row in lines] == sorted(row["day"] for row in lines)
        for label, length in (("本日合计", 10), ("本月合计", 7)):
            sums = {row["day"][:length]: row for row in rows if row["summary"] == label}
            days = {row["day"][:length] for row in lines}
            assert sums.keys() == {one for one in days if length == 10 or f"{one}-01" >= begin}
            for one, row in sums.items():
                of_it = [fen for on, fen in within if on.startswith(one)]
                assert row["in_fen"] - row["out_fen"] == sum(of_it), one
                assert row["in_fen"] == sum(fen for fen in of_it if fen > 0), one
        assert totals.sums["in_fen"] - totals.sums["out_fen"] == closing - opening
        turned = await subledger.turned(begin, end, accounts=[f"{place}/{fund}" for fund in FUNDS])
        assert sum(one.closing_fen for one in turned.values()) == await moved.held_at(place, on=end) == closing
        assert totals.sums == {
            "in_fen": sum(one.debit_fen for one in turned.values()),
            "out_fen": sum(one.credit_fen for one in turned.values()),
        }


async def test_all_places_follow_each_other_and_pages_of_any_size_join(house: Cast) -> None:
    await some_months(house)
    await give(house, 1_000, channel="wechat", channel_ref="W-7")
    filters = Filters.of(day(80), day(0))
    whole, totals = await read(NAME, filters)
    labels = await places.labels()
    assert list(dict.fromkeys(row["place"] for row in whole)) == [labels[one] for one in (CASH, BANK, WECHAT)]
    assert totals.count == len(whole)
    for limit in (1, 2, 7):
        assert (await read(NAME, filters, limit))[0] == whole


async def test_a_line_says_what_it_is_and_against_what_and_names_nobody(house: Cast, web: Web) -> None:
    await some_months(house)
    number = (await transfers.make(await asked(lines=(("F-GEN", 1_000),), source=BANK, target=CASH, kind="withdrawal"), by=house.cashier)).body["number"]  # fmt: skip
    rows, _ = await read(NAME, of(day(0), day(0)))
    lines = [(row["summary"], row["against"]) for row in rows if row["journal"]]
    bank, till = "1002 银行存款，工商银行基本户", "1001 现金"
    assert (f"资金划转 {number}", till) in lines
    assert any(words.startswith("收到捐款") and against == "4101 捐赠收入" for words, against in lines)
    assert any(words.startswith("按审批单付款 BF-") and against.startswith("5101 ") for words, against in lines)
    rows, _ = await read(NAME, of(day(0), day(0), CASH))
    assert [row["against"] for row in rows if row["summary"] == f"资金划转 {number}"] == [bank]
    page = (await web.as_("accountant").get("/ledgers/cashbook", params={"place": BANK})).text
    assert "张三丰" not in page
    assert "/journal/" in page


async def test_what_comes_while_it_is_read_is_not_in_it(house: Cast) -> None:
    await give(house, 30_000, channel="wechat", channel_ref="W-1", received_on=day(3))
    await give(house, 5_000, channel="wechat", channel_ref="W-2", received_on=day(0))
    seq, report = await facts.head_seq(), REPORTS[NAME]
    for filters in (of(day(3), day(0), WECHAT), of(day(1), day(0), WECHAT), Filters.of(day(3), day(0))):
        before = await report.page(filters, seq, None, 100), await report.totals(filters, seq)
        for n, on in enumerate((3, 2, 0)):  # joins a voucher, begins one, joins another
            await give(house, 700, channel="wechat", channel_ref=f"L-{filters}-{n}", received_on=day(on))
        await give(house, 900)
        assert (await report.page(filters, seq, None, 100), await report.totals(filters, seq)) == before
        assert before[1].differences == []
    rows, _ = await read(NAME, of(day(3), day(0), WECHAT))
    assert rows[-1]["balance_fen"] == 35_000 + 9 * 700


async def test_a_balance_that_the_books_do_not_have_makes_no_document(house: Cast) -> None:
    await some_months(house)
    for sql in (
        "UPDATE journal_line SET debit_fen = debit_fen + 1 WHERE account = '1002/ICBC-01/F-GEN' AND debit_fen = 6000",
        "UPDATE turnover SET debit = debit + 1 WHERE account IN (SELECT id FROM account WHERE code = '1001/-/F-GEN')",
    ):
        async with tampered(sql):
            _, totals = await read(NAME, Filters.of(day(80), day(0)))
        assert len(totals.differences) == 1, sql


async def test_it_is_the_books_side_of_the_reconciliation(house: Cast) -> None:
    await some_months(house)
    await came(house, BankLine(700, "甲", on=day(65)), start_fen=10_000)
    for before in (65, 40, 1, 0):
        one = await reconciliation.of(BANK, day(before), by=house.auditor)
        rows, _ = await read(NAME, of(day(80), day(before)))
        assert rows[-1]["balance_fen"] == one.book_fen


async def test_the_cashier_reads_and_prints_it_and_no_other_register(house: Cast, web: Web) -> None:
    await some_months(house)
    cashier, asked_for = web.as_("cashier"), {"from": day(80), "to": day(0)}
    page = await cashier.get("/ledgers/cashbook", params=asked_for | {"place": BANK})
    assert page.status_code == 200
    assert page.text.count('class="is-sum"') > 3
    assert "/journal/" not in page.text, "the cashier does not keep the books"
    for path in ("/bank/days", f"/bank/days/new?place={CASH}&on={day(1)}"):
        assert 'href="/ledgers/cashbook' in (await cashier.get(path)).text, path
    assert (await cashier.get("/ledgers/donations")).status_code == 403
    assert (await web.as_("manager").get("/ledgers/cashbook")).status_code == 403
    for name, who in (("donations", "cashier"), (NAME, "manager")):
        sent = {"report": name, "format": "csv", **asked_for}
        assert (await web.as_(who).post("/api/v1/exports", json=sent | {"filters": {}})).status_code == 403, name
    rows, totals = await read(NAME, of(day(80), day(0)))
    made: dict[str, Any] = {}
    for fmt in ("xlsx", "csv", "pdf"):
        order = await exports.start(report=NAME, fmt=fmt, filters=of(day(80), day(0)), by=house.cashier)
        assert await worker.run_once()
        made[fmt] = await exports.file_of(order.id, by=house.cashier)
    assert (await cashier.get(f"/exports/{made['pdf'].id}/file")).status_code == 200
    sheet = openpyxl.load_workbook(made["xlsx"].path).active
    assert sheet is not None
    cells = [row for row in sheet.iter_rows() if row[0].value is not None][-len(rows) - 1 :]
    for row, cell in zip(rows, cells, strict=False):
        assert cell[3].font.bold is (not row["journal"]), row
        assert [one.value for one in cell[5:]] == [
            None if row[key] is None else row[key] / 100 for key in ("in_fen", "out_fen", "balance_fen")
        ]
    assert cells[-1][5].value == totals.sums["in_fen"] / 100
    lines = list(csv.reader(io.StringIO(made["csv"].path.read_text("utf-8-sig"))))
    assert [line[3] for line in lines[1 : len(rows) + 1]] == [row["summary"] for row in rows]
    assert clock.today().isoformat() in str(lines)
