"""The pages of the books: they show what the journal says, and every number on them leads on."""

import csv
import html
import itertools
import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from aid.given import ASKED, BRANCH, branch_opened
from cast import Cast
from conftest import Web
from finance.given import BANK, asked, gifts
from giving.given import WANG, give
from pdf_reading import flat

from charity import addresses, clock
from charity.aid import payments, vouchers
from charity.db import reading, transactions
from charity.finance import transfers
from charity.finance.books import readers, sheets
from charity.finance.books.forms import TrialFilter
from charity.finance.reviews import documents
from charity.finance.reviews import readers as review_readers
from charity.ledger import entries, funds, places, subledger, tracing
from charity.ledger.numbering import LARGE_FEN
from charity.ledger.plans import Plan
from charity.ledger.subledger import Line, Turned
from charity.roles import PUBLIC

REFS = itertools.count(1)
ALWAYS = ("1949-01-01", "2999-12-31")


def day(before: int) -> str:
    return (clock.today() - timedelta(days=before)).isoformat()


async def paid(house: Cast, fen: int, **changes: Any) -> tuple[str, int]:
    """A voucher that was paid today: its number and its entry."""
    content = replace(ASKED, **{"payee": "HH0001", "amount_fen": fen, **changes})
    made = (await vouchers.make(content=content, by=house.caseworker)).body
    for by in (house.approver, house.approver2):
        await vouchers.approve(number=made["number"], content_hash=made["content_hash"], by=by)
    shown = {"number": made["number"], "content_hash": made["content_hash"]}
    await payments.pay(paid_on=clock.today(), channel_ref=f"B-{next(REFS)}", by=house.cashier, **shown)
    return made["number"], int(await reading.value("SELECT seq FROM head"))


async def some_months(house: Cast) -> None:
    """Gifts of three months, a deposit, and two payments of today."""
    first = clock.today().day - 1  # days since the month began: a page may end there
    for before, fen in ((70, 10_000), (65, 700), (40, 25_000), (33, 1_234), (first, 77), (1, 50_000), (0, 6_000)):
        ref = f"G-{next(REFS)}"
        await give(house, fen, campaign="everyday", received_on=day(before), channel="bank", channel_ref=ref)
    await give(house, 9_900, campaign="dream-2026", received_on=day(40))
    await give(house, 8_000)
    await transfers.make(await asked(lines=(("F-GEN", 8_000),)), by=house.cashier)
    await paid(house, 30_000)
    await paid(house, 5_001)


async def journal(account: str) -> list[tuple[str, int]]:
    """Day and fen of each posting of an account."""
    rows = await reading.rows(
        "SELECT e.effective_on AS day, p.quantity AS fen FROM posting p JOIN account a ON a.id = p.account "
        "JOIN entry e ON e.seq = p.seq WHERE a.code = $1 ORDER BY p.seq, p.n",
        account,
    )
    return [(row["day"], row["fen"]) for row in rows]


async def accounts() -> list[str]:
    return [row["code"] for row in await reading.rows("SELECT code FROM account WHERE fund > '' ORDER BY code")]


# -- sums ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last"), [(80, 0), (66, 33), (65, 65), (40, 2), (0, 0), (400, 90)])
async def test_an_account_turns_over_what_its_postings_say(house: Cast, first: int, last: int) -> None:
    await some_months(house)
    begin, end = day(first), day(last)
    shown = await subledger.turned(begin, end)
    assert list(shown) == await accounts()
    for code, one in shown.items():
        lines = await journal(code)
        within = [fen for on, fen in lines if begin <= on <= end]
        assert one == Turned(
            sum(fen for on, fen in lines if on < begin),
            sum(fen for fen in within if fen > 0),
            -sum(fen for fen in within if fen < 0),
        ), code
        assert one.closing_fen == sum(fen for on, fen in lines if on <= end)


@pytest.mark.parametrize("page", [1, 2, 100])
@pytest.mark.parametrize(("first", "last"), [(80, 0), (66, 33), (40, 2), (0, 0)])
async def test_lines_run_from_the_opening_to_the_closing_on_every_page(
    house: Cast, page: int, first: int, last: int
) -> None:
    await some_months(house)
    begin, end = day(first), day(last)
    for codes in ([f"{BANK}/F-GEN"], ["4101/-/F-GEN"], await subledger.of_fund("F-GEN")):
        lines: list[Line] = []
        after: str | None = ""
        while after is not None:
            part, after = await subledger.lines(codes, begin, end, after=after or "", limit=page)
            assert len(part) <= page
            lines += part
        one = sum((await subledger.turned(begin, end, accounts=codes)).values(), start=Turned())
        balance = one.opening_fen
        for line in lines:
            balance += line.debit_fen - line.credit_fen
            assert line.balance_fen == balance
        assert balance == one.closing_fen
        numbers = [line.number for line in lines]
        assert numbers == sorted(set(numbers))


async def test_a_move_between_the_places_of_a_fund_is_no_line_of_the_fund(house: Cast) -> None:
    await give(house, 8_000)
    await transfers.make(await asked(lines=(("F-GEN", 8_000),)), by=house.cashier)
    lines, _ = await subledger.lines(await subledger.of_fund("F-GEN"), *ALWAYS, limit=9)
    assert [(line.debit_fen, line.credit_fen, line.balance_fen) for line in lines] == [(8_000, 0, 8_000)]
    of_bank, _ = await subledger.lines([f"{BANK}/F-GEN"], *ALWAYS, limit=9)
    assert [line.balance_fen for line in of_bank] == [8_000]


async def test_the_largest_are_what_a_fund_got_or_paid_at_once(house: Cast) -> None:
    await give(house, LARGE_FEN + 2, channel="bank", channel_ref="L-1")
    await give(house, LARGE_FEN - 1, channel="bank", channel_ref="L-2", received_on=day(1))
    await paid(house, LARGE_FEN)
    codes = await subledger.of_fund("F-GEN")
    assert [fen for _, fen in await subledger.large(codes, *ALWAYS)] == [LARGE_FEN + 2, -LARGE_FEN]
    assert await subledger.large(codes, day(9), day(1)) == []


# -- gifts and payments -------------------------------------------------------------------------------------


async def test_the_pages_of_a_payments_gifts_add_up_to_the_fen(house: Cast) -> None:
    for fen in (1_000, 2_000, 333, 5_000, 10_000):
        await give(house, fen, channel="bank", channel_ref=f"G-{next(REFS)}")
    await paid(house, 500)
    _, seq = await paid(house, 9_001)
    whole = await tracing.payment_sources(seq)
    for size in (1, 2, 3, 100):
        parts: dict[tuple[int, str], int] = defaultdict(int)
        after: str | None = ""
        while after is not None:
            page, after = await tracing.sources_page(seq, after=after or "", limit=size)
            assert len(page) <= size
            for source in page:
                parts[source.seq, source.fund] += source.amount_fen
        assert parts == {(source.seq, source.fund): source.amount_fen for source in whole}
        assert sum(parts.values()) == 9_001


@pytest.mark.parametrize("after", ["x", "-", "1", "-F-GEN", "9" * 40, "1-F-NONE", "1-F-GEN-x"])
async def test_a_cursor_that_nobody_gave_is_no_error(house: Cast, web: Web, after: str) -> None:
    await give(house, 1_000, channel="bank", channel_ref="G-1")
    _, seq = await paid(house, 500)
    answer = await web.as_("auditor").get(addresses.of("entry", seq), params={"after": after})
    assert answer.status_code == 200


def links(text: str) -> set[str]:
    return {html.unescape(link) for link in re.findall(r'href="(/[^"#]+)', text)}


async def test_from_a_gift_to_its_payment_and_back_in_three_clicks(house: Cast, web: Web) -> None:
    given = await give(house, 10_000, channel="bank", channel_ref="G-1")
    number, _ = await paid(house, 4_000)
    key, receipt = given.body["id"], given.body["receipt"]["code"]
    auditor = web.as_("auditor")
    on_receipt = (await auditor.get(addresses.of("receipt", receipt))).text
    assert addresses.of("gift", key) in links(on_receipt)
    gift = (await auditor.get(addresses.of("gift", key))).text
    assert "40.00" in gift
    assert "60.00" in gift
    assert addresses.of("voucher", number) in links(gift)
    voucher = (await auditor.get(addresses.of("voucher", number))).text
    assert "王小明" in voucher
    assert given.body["receipt"]["number"] in (await auditor.get("/finance/entries")).text
    assert addresses.of("gift", key) in links(voucher)
    assert addresses.of("receipt", receipt) in links(voucher)


async def test_who_reads_no_gifts_sees_none_on_a_voucher(house: Cast, web: Web) -> None:
    await give(house, 10_000, channel="bank", channel_ref="G-1")
    number, _ = await paid(house, 4_000)
    for who, sees in (("cashier", True), ("accountant", True), ("approver", False), ("caseworker", False)):
        text = (await web.as_(who).get(addresses.of("voucher", number))).text
        assert ("王小明" in text, "/donations/" in text) == (sees, sees), who


# -- pages --------------------------------------------------------------------------------------------------


async def test_an_entry_names_what_it_is_about_and_leads_there(house: Cast, web: Web) -> None:
    given = await give(house, 10_000, channel="bank", channel_ref="G-1")
    number, seq = await paid(house, 4_000)
    auditor = web.as_("auditor")
    text = (await auditor.get(addresses.of("entry", seq))).text
    row = await reading.only("SELECT leaf, prev, body FROM entry WHERE seq = $1", seq)
    for shown in (number, "王建国", "王小明", "40.00", row["leaf"], row["prev"], row["body"]):
        assert shown in html.unescape(text), shown
    journal_number = str(await reading.value("SELECT number FROM journal_voucher WHERE first_seq = $1", seq))
    assert links(text) >= {
        addresses.of("voucher", number),
        addresses.of("journal_voucher", journal_number),
        addresses.of("account", f"{BANK}/F-GEN"),
        addresses.of("account", "5101/P03/F-GEN"),
        addresses.of("fund", "F-GEN"),
        addresses.of("gift", given.body["id"]),
        addresses.of("entry", seq - 1),
    }
    assert addresses.of("entry", seq + 1) not in links(text)
    first = (await auditor.get(addresses.of("entry", 1))).text
    assert addresses.of("entry", 2) in links(first)
    assert addresses.of("entry", 0) not in links(first)


async def test_what_stands_with_a_branch_is_listed_by_its_name(house: Cast, web: Web) -> None:
    await branch_opened()
    await give(house, 10_000, channel="bank", channel_ref="G-1")
    _, seq = await paid(house, 4_000, payee=BRANCH, payee_kind="branch", recipients=0)
    name, auditor = f"1122 其他应收款，{BRANCH} 石梁镇慈善分会", web.as_("auditor")
    number = str(await reading.value("SELECT number FROM journal_voucher WHERE first_seq = $1", seq))
    pages = (
        addresses.of("entry", seq),
        addresses.of("account", f"1122/{BRANCH}/F-GEN"),
        addresses.of("journal_voucher", number),
        "/finance/accounts?chart=1122",
        "/finance/trial-balance?by=account",
    )
    for page in pages:
        assert name in (await auditor.get(page)).text, page
    of_fund = (await auditor.get(addresses.of("fund", "F-GEN"))).text
    advances = of_fund[of_fund.index("在乡镇分会和联络站的款项") : of_fund.index("货币资金明细")]
    voucher = str(await reading.value("SELECT voucher FROM branch_advance"))
    assert advances.count(f"{BRANCH} 石梁镇慈善分会") == 2
    assert {addresses.of("account", f"1122/{BRANCH}/F-GEN"), addresses.of("advance", voucher)} <= links(advances)
    assert advances.count("40.00") == 6  # debit, closing and their sums; what was advanced and what is due of it
    assert "在乡镇分会和联络站的款项" not in (await auditor.get(addresses.of("fund", "F-EDU"))).text
    (sheet,) = await documents.sheets([await review_readers.get(number, by=house.accountant)])
    assert sheet.lines[0].name == name.removeprefix("1122 ")
    _, seq = await paid(house, 100)
    assert "5101 业务活动成本，P03 " in (await auditor.get(addresses.of("entry", seq))).text


async def test_an_entry_and_its_reversal_name_each_other(house: Cast, web: Web) -> None:
    await give(house, 8_000)
    slip = await transfers.make(await asked(lines=(("F-GEN", 8_000),)), by=house.cashier)
    number = slip.body["number"]
    await transfers.reverse(number=number, reason="写错", content_hash=await _shown(house, number), by=house.accountant)
    auditor = web.as_("auditor")
    assert addresses.of("entry", 3) in links((await auditor.get(addresses.of("entry", 2))).text)
    reversal = (await auditor.get(addresses.of("entry", 3))).text
    assert "冲销了" in reversal
    assert addresses.of("entry", 2) in links(reversal)


async def _shown(house: Cast, number: str) -> str:
    return transfers.content_of((await transfers.get(number, by=house.accountant)).row).hash


@pytest.mark.parametrize("seq", ["0", "99", "-1", "1.0", "01", "１", "x", "9" * 30])
async def test_an_entry_that_is_none_is_not_there(house: Cast, web: Web, seq: str) -> None:
    await give(house)
    assert (await web.as_("auditor").get(f"/finance/entries/{seq}")).status_code == 404
    assert (await web.as_("auditor").get("/finance/entries/1")).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/finance/accounts/{BANK}/F-GEN", 200),
        ("/finance/accounts/1002/NONE/F-GEN", 404),
        ("/finance/accounts/1002", 404),
        ("/finance/accounts/store:LX01", 404),
        ("/finance/funds/F-GEN", 200),
        ("/finance/funds/F-NONE", 404),
        ("/finance/accounts?fund=F-GEN&chart=1002", 200),
        ("/finance/accounts?fund=F-NONE", 422),
        ("/finance/accounts?chart=7777", 422),
        ("/finance/trial-balance?fund=F-NONE", 422),
        ("/finance/trial-balance?by=colour", 422),
        ("/finance/trial-balance?from_on=2026-10-02&to_on=2026-10-01", 422),
        ("/finance/trial-balance?from_on=2026-10-01&to_on=2026-10-01", 200),
        ("/finance/funds/F-GEN?from_on=2026-02-30", 422),
        (f"/finance/accounts/{BANK}/F-GEN?from_on=2026-10-02&to_on=2026-10-01", 422),
        ("/finance/entries?after=x", 422),
        ("/finance/entries?after=1", 200),
        ("/donations/nobody", 404),
    ],
)
async def test_what_does_not_exist_is_refused_by_name(house: Cast, web: Web, address: str, status: int) -> None:
    await give(house, 5_000, channel="bank", channel_ref="G-1")
    answer = await web.as_("auditor").get(address)
    assert answer.status_code == status
    if status == 422:
        assert "error-summary" in answer.text
        assert 'class="money">50.00' not in answer.text  # nothing is listed that was not asked for


async def test_the_trial_balance_is_what_the_call_of_balances_says(house: Cast, web: Web) -> None:
    await some_months(house)
    auditor = web.as_("auditor")
    for before in (75, 66, 40, 33, 1, 0):
        answer = await auditor.get("/api/v1/ledger/balances", params={"on": day(before), "limit": 1000})
        stated = {row["account"]: row["quantity"] for row in answer.json()["items"] if row["unit"] == "CNY"}
        shown = await subledger.turned(day(before), day(before))
        assert {code: one.closing_fen for code, one in shown.items() if one.closing_fen} == stated
        assert sum(stated.values()) == 0
    page = (await auditor.get("/finance/trial-balance", params={"from_on": day(70), "to_on": day(0)})).text
    assert 'data-status="balanced"' in page
    for group in ("account", "fund"):
        text = (await auditor.get("/finance/trial-balance", params={"by": group, "from_on": day(70)})).text
        assert 'data-status="balanced"' in text
        assert addresses.of(*(("account", f"{BANK}/F-GEN") if group == "account" else ("fund", "F-GEN"))) in links(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("group", ["chart", "fund", "account"])
async def test_the_trial_balance_is_taken_away_as_a_sheet_of_real_numbers(house: Cast, web: Web, group: str) -> None:
    await some_months(house)
    asked = {"by": group, "from_on": day(70), "to_on": day(0)}
    auditor = web.as_("auditor")
    page = (await auditor.get("/finance/trial-balance", params=asked)).text
    (href,) = [href for href in links(page) if "sheet.xlsx" in href]
    got = await auditor.get(html.unescape(href))
    assert unquote(got.headers["content-disposition"]).endswith(f"试算平衡表 {day(70)} {day(0)}.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(got.content)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(n for n, row in enumerate(rows) if row[0] == "代码")
    assert sheet.freeze_panes == f"A{head + 2}"
    assert (rows[0][0], rows[1][:2]) == ("试算平衡表", ["期间", f"{day(70)} 至 {day(0)}"])
    *lines, sums = rows[head + 1 :]
    turned, _, _ = await readers.trial(day(70), day(0), group=group, fund="", by=house.auditor)
    assert [line[0] for line in lines] == list(turned)
    for line, one in zip(lines, turned.values(), strict=True):
        cells = [round((value or 0) * 100) for value in line[2:]]
        assert cells[0] - cells[1] == one.opening_fen
        assert cells[2:4] == [one.debit_fen, one.credit_fen]
        assert cells[4] - cells[5] == one.closing_fen
        assert line[1]
    assert [round(value * 100) for value in sums[2:]] == [
        sum(round((line[n] or 0) * 100) for line in lines) for n in range(2, 8)
    ]
    assert (sums[2], sums[4], sums[6]) == (sums[3], sums[5], sums[7])
    text = (await auditor.get("/finance/trial-balance/sheet.csv", params=asked)).content.decode("utf-8-sig")
    records = list(csv.reader(text.splitlines()))
    assert records[0][0] == "代码"
    assert [record[0] for record in records[1 : len(lines) + 2]] == [*turned, "合计"]
    assert ["期间", f"{day(70)} 至 {day(0)}"] in records


async def test_a_sheet_names_the_last_entry_that_is_in_it_when_one_is_posted_meanwhile(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(house, 5_000, channel="bank", channel_ref="G-1")
    names = funds.names

    async def meanwhile(*codes: Any) -> dict[str, str]:
        await give(house, 700, channel="bank", channel_ref="G-2")
        return await names(*codes)

    monkeypatch.setattr(funds, "names", meanwhile)
    before = (await entries.head()).seq
    _, file = await sheets.trial(TrialFilter(by="chart"), day(1), day(0), "csv", house.auditor)
    assert (await entries.head()).seq > before
    records = list(csv.reader(file.decode("utf-8-sig").splitlines()))
    assert ["截至分录", str(before)] in records
    assert next(record for record in records if record[0] == "合计")[4] == "50.00"


async def test_a_sheet_of_the_trial_balance_needs_what_its_page_needs(house: Cast, web: Web) -> None:
    await some_months(house)
    for role, status in (("accountant", 200), ("manager", 403), ("cashier", 403)):
        assert (await web.as_(role).get("/finance/trial-balance/sheet.csv")).status_code == status, role
    auditor = web.as_("auditor")
    for wrong in ("fund=F-NONE", "by=colour", "from_on=2026-10-02&to_on=2026-10-01", "from_on=x"):
        assert (await auditor.get(f"/finance/trial-balance/sheet.xlsx?{wrong}")).status_code == 422, wrong
    assert (await auditor.get("/finance/trial-balance/sheet.pdf")).status_code == 404
    of_one = (await auditor.get("/finance/trial-balance/sheet.csv?fund=F-GEN&by=account")).content.decode("utf-8-sig")
    assert "F-GEN" in of_one
    assert "F-EDU" not in of_one


async def test_a_fund_shows_its_plan_its_places_and_what_moved_it(house: Cast, web: Web) -> None:
    await gifts(house)
    await some_months(house)
    text = (await web.as_("approver").get("/finance/funds/F-GEN", params={"from_on": day(70)})).text
    held = await subledger.held_by_fund()
    money = f"{held['F-GEN'].money_fen / 100:,.2f}"
    assert text.count(money) >= 2
    assert "/finance/accounts/" not in text  # an approver reads no books
    listed = (await web.as_("approver").get("/finance/funds")).text
    assert money in listed
    assert addresses.of("fund", "F-EDU") in links(listed)
    assert "P08 项目P08、P09 项目P09" in listed
    footer = listed[listed.index("<tfoot>") : listed.index("</tfoot>")]
    assert f"{sum(fund.money_fen for fund in held.values()) / 100:,.2f}" in footer
    rows = (await web.as_("auditor").get("/finance/funds/F-GEN", params={"from_on": day(70)})).text
    assert addresses.of("account", f"{BANK}/F-GEN") in links(rows)


async def test_a_filed_plan_is_shown_by_line(house: Cast, web: Web) -> None:
    plan = Plan((("P03", 100_000), ("P04", 50_000)), 5_000)
    await transactions.run(lambda tx: funds.open_fund(tx, code="F-PLAN", name="有方案", kind="restricted", plan=plan))
    text = (await web.as_("auditor").get("/finance/funds/F-PLAN")).text
    assert "1,000.00" in text
    assert "按备案的募捐方案，到今天为止" in text
    assert "募捐成本，不超过" in text


async def test_the_journal_lists_every_entry_newest_first(house: Cast, web: Web) -> None:
    await some_months(house)
    text = (await web.as_("auditor").get("/finance/entries")).text
    seqs = [int(seq) for seq in re.findall(r"/finance/entries/([0-9]+)", text)]
    assert seqs == list(range(int(await reading.value("SELECT seq FROM head")), 0, -1))


async def test_the_numbers_of_registers_and_of_other_pages_lead_into_the_books(house: Cast, web: Web) -> None:
    given = await give(house, 8_000)
    slip = await transfers.make(await asked(lines=(("F-GEN", 8_000),)), by=house.cashier)
    number, seq = await paid(house, 4_000)
    auditor = web.as_("auditor")
    journal_number = str(await reading.value("SELECT number FROM journal_voucher WHERE first_seq = $1", seq))
    register = links((await auditor.get("/ledgers/disbursements")).text)
    assert {addresses.of("entry", seq), addresses.of("journal_voucher", journal_number)} <= register
    assert addresses.of("entry", 1) in links((await auditor.get("/ledgers/donations")).text)
    transfer = addresses.of("transfer", slip.body["number"])
    assert addresses.of("entry", 2) in links((await auditor.get(transfer)).text)
    assert addresses.of("entry", 2) not in links((await web.as_("cashier").get(transfer)).text)
    listed = links((await auditor.get("/finance/entries")).text)
    assert {addresses.of("voucher", number), addresses.of("gift", given.body["id"]), transfer} <= listed
    of_voucher = links((await auditor.get(addresses.of("journal_voucher", journal_number))).text)
    assert {addresses.of("entry", seq), addresses.of("account", f"{BANK}/F-GEN")} <= of_voucher


async def test_the_list_of_balances_leaves_out_what_has_and_had_nothing(
    house: Cast, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {
        f"{BANK}/F-GEN": Turned(100),
        f"{BANK}/F-EDU": Turned(),
        f"{BANK}/F-MED": Turned(0, 5, 5),
        f"{BANK}/F-WARM": Turned(100, 0, 100),
    }

    async def turned(*_: Any, **__: Any) -> dict[str, Turned]:
        return kept

    monkeypatch.setattr(subledger, "turned", turned)
    text = (await web.as_("auditor").get("/finance/accounts")).text
    shown = [code for code in kept if f'"{addresses.of("account", code)}"' in text]
    assert shown == [f"{BANK}/F-GEN", f"{BANK}/F-MED", f"{BANK}/F-WARM"]
    assert "共 3 个明细科目" in text


async def test_a_place_of_money_has_the_name_that_its_list_gives_it_everywhere(house: Cast, web: Web) -> None:
    await give(house, 5_000, channel="wechat", channel_ref="W-77")
    number = str(await reading.value("SELECT number FROM journal_voucher"))
    auditor, account = web.as_("auditor"), "1009/WECHAT/F-GEN"
    for page in (
        "/finance/entries/1",
        "/finance/accounts",
        addresses.of("account", account),
        "/finance/funds/F-GEN",
        "/finance/trial-balance?by=account",
        f"/journal?on={day(0)}",
        addresses.of("journal_voucher", number),
    ):
        text = (await auditor.get(page)).text
        assert "1009 其他货币资金，微信支付" in text, page
        assert "其他货币资金 WECHAT" not in text, page
    document = flat((await auditor.get(f"/journal/{number}.pdf")).content)
    assert "其他货币资金，微信支付" in document
    await transactions.run(lambda tx: places.rename(tx, "1009/WECHAT", name="微信商户号"))
    assert "1009 其他货币资金，微信商户号" in (await auditor.get("/finance/entries/1")).text


async def test_the_public_reads_no_books(house: Cast, web: Web) -> None:
    assert addresses.shown_to(PUBLIC, "entry", 1) == ""
    for page in ("/finance/entries/1", "/finance/funds/F-GEN", "/donations/x"):
        assert (await web.as_(None).get(page)).headers["location"].startswith("/sign-in")
    assert WANG.name == "王小明"
