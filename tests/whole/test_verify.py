"""`charity verify`: every invariant I1–I14 is looked at, and a fault planted against it is named."""

import asyncio
import gc
import inspect
import sys
from pathlib import Path

import as_shown
import pytest
import pytest_asyncio
from aid.given import ASKED
from cast import Cast
from giving.given import corrected, give, promised, refunded
from goods.given import RICE
from goods.given import opened as shop_opened
from tampering import tampered
from whole.given import noticed, verify_failures

from charity import clock, verification
from charity.aid import payments, vouchers
from charity.app import CHECKS
from charity.db import reading, transactions
from charity.errors import Failure
from charity.goods import till
from charity.goods.till import Line
from charity.ledger.writer import Idem
from charity.room import Check

ALL = {f"I{n}" for n in range(1, 15)}


@pytest_asyncio.fixture
async def town(house: Cast) -> Cast:
    """A little of everything, so that every check has something to look at."""
    shop = await shop_opened(house)
    gift = await give(house, 50_000, idem=Idem("donation.receive:x", "k1", "f"))
    await give(house, 9_000, campaign="dream-2026", channel="bank", channel_ref="B1")
    await give(house, 3_000, work_unit="LXU02")
    await refunded(house, gift, 1_000)
    await corrected(house, await give(house, 77, channel="bank", channel_ref="B7"))
    taken = await shop.bring_answer(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    out = await till.issue(store="LX01", card=shop.card, lines=[Line(1, barcode=RICE)], by=house.clerk)
    await as_shown.reverse(number=out.body["number"], reason="扫错", by=house.manager)
    await till.issue(store="LX01", card=shop.card, lines=[Line(2, barcode=RICE)], by=house.clerk)
    assert taken["receipt"]
    content = ASKED.__class__(
        programme="P01",
        fund="F-EDU",
        payee_kind="household",
        payee="HH0002",
        amount_fen=700,
        recipients=1,
        reason="学费",
    )
    made = (await vouchers.make(content=content, by=house.caseworker)).body
    for by in (house.approver, house.approver2):
        await vouchers.approve(number=made["number"], content_hash=made["content_hash"], by=by)
    await payments.pay(
        number=made["number"],
        paid_on=clock.today(),
        channel_ref="R1",
        content_hash=made["content_hash"],
        by=house.cashier,
    )
    return house


async def _plant(statement: str) -> None:
    async def work(tx: transactions.Tx) -> None:
        table = statement.split()[1] if statement.startswith("UPDATE") else statement.split()[2]
        if table in {"entry", "posting"}:
            off = f"ALTER TABLE {table} DISABLE TRIGGER ALL" if tx.postgres else f"DROP TRIGGER {table}_no_update"
            await tx.rows(off)
        await tx.rows(statement)

    await transactions.run(work)


FAULTS: list[tuple[str, str]] = [
    ("I1", "UPDATE posting SET quantity = quantity + 1 WHERE seq = 1 AND n = 1"),
    ("I2", "UPDATE head SET at = '2000-01-01T00:00:00.000000Z'"),
    ("I3", "UPDATE entry SET actor = 'somebody-else' WHERE seq = 1"),
    ("I4", "UPDATE holding SET quantity = quantity + 1"),
    (
        "I5",
        "UPDATE posting SET quantity = -quantity WHERE account = (SELECT id FROM account WHERE code = 'store:LX01') "
        "AND quantity = 5",
    ),
    ("I6", "UPDATE entry SET reverses = 1 WHERE seq = (SELECT MAX(seq) FROM entry WHERE reverses IS NOT NULL)"),
    ("I7", "UPDATE idem SET seq = 999999"),
    ("I7", "INSERT INTO idem (scope, key, fingerprint, status, response, seq) SELECT scope, 'other', fingerprint, "
           "status, response, seq FROM idem"),
    ("I8", "UPDATE fund SET programmes = '[\"P99\"]' WHERE code = 'F-EDU'"),
    ("I8", "UPDATE fund SET programmes = '[\"P99\"]' WHERE code = 'F-WARM'"),
    ("I8", "UPDATE entry SET body = REPLACE(body, '\"programme\"', '\"purpose\"') WHERE kind = 'voucher.paid'"),
    ("I9", "UPDATE segment SET stop = stop + 1"),
    ("I10", "UPDATE receipt SET amount_fen = amount_fen + 1 WHERE status = 'issued'"),
    ("I11", "UPDATE voucher_approval SET account = (SELECT MIN(account) FROM voucher_approval), cleared_at = at"),
    ("I12", "UPDATE figure_day SET money_fen = money_fen + 1 WHERE figure = 'refunded'"),
    ("I14", "UPDATE journal_voucher SET entries = entries + 1 WHERE n = 1"),
    ("I14", "UPDATE journal_line SET debit_fen = debit_fen + 1 WHERE debit_fen > 0"),
    ("I14", "UPDATE series SET next = next + 1 WHERE name LIKE 'journal-%'"),
    ("I13", "UPDATE entry SET body = REPLACE(body, '\"party\":\"', '\"party\":\"王小明') WHERE seq = 1"),
    ("I13", "UPDATE entry SET body = REPLACE(body, '\"v\":1', '\"v\":\"13800001234\"') WHERE seq = 1"),
    ("I13", "UPDATE entry SET body = REPLACE(body, '\"v\":1', '\"v\":\"33010119900101123X\"') WHERE seq = 1"),
]  # fmt: skip


def test_a_fault_is_planted_against_every_invariant() -> None:
    assert {invariant for invariant, _ in FAULTS} == ALL


async def test_the_whole_town_verifies_clean(town: Cast) -> None:
    assert await verify_failures() == []


@pytest.mark.parametrize(("invariant", "fault"), FAULTS)
async def test_a_planted_fault_is_named_by_its_invariant(town: Cast, invariant: str, fault: str) -> None:
    await _plant(fault)
    assert invariant in await verify_failures()


GIFT = "(SELECT MIN(key) FROM donation WHERE campaign = 'dream-2026')"
IN_KIND = "(SELECT MIN(key) FROM donation WHERE kind = 'in_kind')"
RECEIPT = f"(SELECT receipt FROM donation WHERE key = {GIFT})"
INTAKE = "(SELECT MIN(number) FROM goods_document WHERE kind = 'intake')"
ISSUE = "(SELECT MAX(number) FROM goods_document WHERE kind = 'issue')"
OTHER_PERSON = "'somebody'"
# table, its key, the row, the column that repeats what was hashed (or what another row says), another value
ROWS: list[tuple[str, str, str, str, str]] = [
    ("account", "id", "(SELECT MIN(id) FROM account WHERE fund = 'F-EDU')", "fund", "'F-GEN'"),
    ("account", "id", "(SELECT MIN(id) FROM account WHERE chart = '1002')", "chart", "'1009'"),
    ("account", "id", "(SELECT MIN(id) FROM account WHERE chart = '1002')", "place", "'ABC-02'"),
    ("unit", "id", "(SELECT MIN(id) FROM unit WHERE kind = 'lot')", "kind", "'points'"),
    ("fund", "code", "'F-EDU'", "kind", "'agency'"),
    ("refund_of", "seq", "(SELECT MIN(seq) FROM refund_of)", "gift_seq", "gift_seq + 1"),
    ("idem", "key", "'k1'", "seq", "NULL"),
    ("idem", "key", "'k1'", "response", "REPLACE(response, '\"entry\":\"', '\"entry\":\"0')"),
    ("series", "name", "'voucher'", "next", "next + 1"),
    ("series", "name", "'refund'", "next", "next + 1"),
    ("donation", "key", GIFT, "campaign", "'everyday'"),
    ("donation", "key", GIFT, "fund", "'F-WARM'"),
    ("donation", "key", GIFT, "donor", OTHER_PERSON),
    ("donation", "key", GIFT, "work_unit", "'LXU02'"),
    ("donation", "key", GIFT, "received_on", "'2026-11-01'"),
    ("donation", "key", GIFT, "channel", "'cash'"),
    ("donation", "key", GIFT, "channel_ref", "''"),
    ("donation", "key", GIFT, "pledge", "(SELECT MIN(code) FROM pledge)"),
    ("donation", "key", GIFT, "receipt", "NULL"),
    ("donation", "key", GIFT, "status", "'reversed'"),
    ("donation", "key", GIFT, "refunded_fen", "1"),
    ("donation", "key", GIFT, "recorded_by", "'somebody'"),
    ("donation", "key", GIFT, "recorded_at", "'2026-01-01T00:00:00.000000Z'"),
    ("donation", "key", IN_KIND, "store", "'LX02'"),
    ("donation", "key", IN_KIND, "fund", "'F-GEN'"),
    ("donation", "key", IN_KIND, "amount_fen", "amount_fen + 1"),
    ("donation", "key", IN_KIND, "donor", OTHER_PERSON),
    ("receipt", "code", RECEIPT, "campaign", "'everyday'"),
    ("receipt", "code", RECEIPT, "fund", "'F-WARM'"),
    ("receipt", "code", RECEIPT, "kind", "'in_kind'"),
    ("receipt", "code", RECEIPT, "donor", OTHER_PERSON),
    ("receipt", "code", RECEIPT, "handler", "'somebody'"),
    ("receipt", "code", RECEIPT, "seq", "1"),
    ("receipt", "code", RECEIPT, "issued_on", "'2020-01-01'"),
    ("receipt", "code", RECEIPT, "year", "2020"),
    ("receipt", "status", "'replaced'", "replaced_by", "NULL"),
    ("receipt", "status", "'voided'", "ended_by", "NULL"),
    ("receipt", "code", "(SELECT MIN(code) FROM receipt WHERE replaces IS NOT NULL)", "replaces", "NULL"),
    ("receipt_item", "n", "1", "quantity", "quantity + 1"),
    ("receipt_item", "n", "1", "price_fen", "price_fen - 1"),
    ("receipt_item", "n", "1", "evidence", "'appraisal'"),
    ("receipt_item", "number", "(SELECT MAX(number) FROM receipt_item)", "name", "'别的'"),
    ("refund", "status", "'refunded'", "amount_fen", "amount_fen - 1"),
    ("refund", "status", "'refunded'", "approved_by", "'somebody'"),
    ("refund", "status", "'refunded'", "donation", GIFT),
    ("refund", "status", "'refunded'", "seq", "1"),
    ("pledge", "status", "'partial'", "received_fen", "received_fen + 1"),
    ("pledge", "status", "'partial'", "donor", OTHER_PERSON),
    ("pledge", "status", "'partial'", "campaign", "'winter-2025'"),
    ("goods_document", "number", INTAKE, "effective_on", "'2026-01-01'"),
    ("goods_document", "number", INTAKE, "at", "'2026-01-01T00:00:00.000000Z'"),
    ("goods_document", "number", INTAKE, "actor", "'somebody'"),
    ("goods_document", "number", INTAKE, "store", "'LX02'"),
    ("goods_document", "number", INTAKE, "kind", "'issue'"),
    ("goods_document", "number", "(SELECT MIN(number) FROM goods_document WHERE reverses IS NOT NULL)", "store", "'LX02'"),
    ("goods_intake", "number", INTAKE, "fund", "'F-GEN'"),
    ("goods_intake", "number", INTAKE, "campaign", "'everyday'"),
    ("goods_intake", "number", INTAKE, "donor", OTHER_PERSON),
    ("goods_intake", "number", INTAKE, "donation", "NULL"),
    ("goods_intake", "number", INTAKE, "receipt_number", "'CS-2026-000099'"),
    ("lot", "document", INTAKE, "barcode", "'2002000900005'"),
    ("lot", "document", INTAKE, "store", "'LX02'"),
    ("lot", "document", INTAKE, "fund", "'F-GEN'"),
    ("lot", "document", INTAKE, "source", "'purchase'"),
    ("lot", "document", INTAKE, "donor", "'somebody'"),
    ("lot", "document", INTAKE, "cost_fen", "cost_fen + 1"),
    ("lot", "document", INTAKE, "seq", "1"),
    ("goods_issue", "number", ISSUE, "household",
     "(SELECT MAX(h.key) FROM household h WHERE h.key <> goods_issue.household)"),
    ("goods_issue", "number", ISSUE, "card", "'C1'"),
    ("goods_issue", "number", ISSUE, "category", "'EXPEND'"),
    ("goods_issue", "number", ISSUE, "members", "9"),
    ("goods_issue", "number", ISSUE, "programme", "'P04'"),
    ("goods_issue", "number", ISSUE, "points_spent", "points_spent + 1"),
    ("goods_line", "document", ISSUE, "quantity", "quantity - 1"),
    ("goods_line", "document", ISSUE, "cost_fen", "cost_fen + 1"),
    ("goods_line", "document", ISSUE, "barcode", "'2002000900005'"),
    ("day_sum", "register", "'donations'", "lines", "lines + 1"),
    ("day_sum", "register", "'donations'", "amount_fen", "amount_fen - 1"),
    ("day_sum", "register", "'donations'", "campaign", "campaign || 'x'"),
    ("day_sum", "register", "'disbursements'", "recipients", "recipients + 1"),
    ("day_sum", "register", "'disbursements'", "recipients_of_fund", "recipients_of_fund + 1"),
    ("day_sum", "register", "'disbursements'", "programme", "'P99'"),
    ("day_sum", "register", "'disbursements'", "payments", "payments - 1"),
    ("month_sum", "register", "'donations'", "lines", "lines + 1"),
    ("month_sum", "register", "'donations'", "amount_fen", "amount_fen + 1"),
    ("month_sum", "register", "'donations'", "month", "'2020-01'"),
    ("month_sum", "register", "'disbursements'", "recipients", "recipients + 1"),
    ("month_sum", "register", "'disbursements'", "payments", "payments + 1"),
    ("month_sum", "register", "'disbursements'", "recipients_of_fund", "recipients_of_fund + 1"),
    ("fund_sum", "fund", "'F-EDU'", "spent_fen", "spent_fen + 1"),
    ("shelf_lot", "store", "'LX01'", "pieces", "pieces + 1"),
    ("shelf_lot", "store", "'LX01'", "barcode", "barcode || '1'"),
    ("shelf_lot", "store", "'LX01'", "expires_on", "'2099-01-01'"),
    ("shelf_day", "store", "'LX01'", "lots", "lots + 1"),
    ("shelf_day", "store", "'LX01'", "pieces", "pieces + 1"),
    ("shelf_day", "store", "'LX01'", "cost_fen", "cost_fen + 1"),
    ("shelf_day", "store", "'LX01'", "expires_on", "'x' || expires_on"),
    ("shelf_item", "store", "'LX01'", "lots", "lots + 1"),
    ("shelf_item", "store", "'LX01'", "pieces", "pieces + 1"),
    ("shelf_item", "store", "'LX01'", "cost_fen", "cost_fen + 1"),
    ("shelf_item", "store", "'LX01'", "barcode", "'x' || barcode"),
    ("fund_month", "fund", "'F-EDU'", "worth_fen", "worth_fen + 1"),
    ("fund_month", "fund", "'F-EDU'", "month", "'2020-01'"),
    ("unit_sum", "work_unit", "'LXU02'", "gifts", "gifts + 1"),
    ("unit_sum", "work_unit", "'LXU02'", "donors", "donors + 1"),
    ("unit_sum", "work_unit", "'LXU02'", "net_fen", "net_fen + 1"),
    ("donor_sum", "fund", "'F-GEN'", "donors", "donors + 1"),
    ("party", "key", "(SELECT MIN(key) FROM party WHERE marks <> '{}')", "marks", "'{}'"),
    ("figure_day", "fund", "'F-EDU'", "money_fen", "money_fen + 1"),
    ("figure_month", "fund", "'F-GEN'", "goods_fen", "goods_fen + 1"),
    ("day_sum", "register", "'donations'", "gifts", "gifts + 1"),
    ("donation", "key", GIFT, "booked_on", "'2026-11-01'"),
    ("points_grant", "key", "(SELECT MIN(key) FROM points_grant)", "points", "points + 1"),
    ("points_grant", "key", "(SELECT MIN(key) FROM points_grant)", "cycle", "'2024-Q1'"),
    ("points_grant", "key", "(SELECT MIN(key) FROM points_grant)", "household",
     "(SELECT MAX(h.key) FROM household h WHERE h.key <> points_grant.household)"),
    ("points_grant", "key", "(SELECT MIN(key) FROM points_grant)", "seq", "seq + 2"),
    ("voucher", "status", "'paid'", "entry", "'somebody'"),
    ("voucher", "status", "'paid'", "paid_on", "'2020-01-01'"),
    ("voucher", "status", "'paid'", "paid_at", "'2020-01-01T00:00:00.000000Z'"),
    ("voucher", "status", "'paid'", "year", "2020"),
    ("voucher", "status", "'paid'", "salt", "'other'"),
    ("voucher", "status", "'paid'", "status", "'approved'"),
]  # fmt: skip
GONE = (
    ("stream", "fund = 'F-EDU'"),
    ("fund_sum", "fund = 'F-EDU'"),
    ("shelf_lot", "store = 'LX01'"),
    ("shelf_day", "store = 'LX01'"),
    ("shelf_item", "store = 'LX01'"),
    ("fund_month", "fund = 'F-EDU'"),
    ("unit_sum", "1 = 1"),
    ("day_sum", "register = 'donations'"),
    ("day_sum", "register = 'disbursements'"),
    ("month_sum", "register = 'donations'"),
    ("refund_of", "1 = 1"),
    ("donor_sum", "fund = '*'"),
    ("party", "same_as = key"),
    ("figure_day", "fund = 'F-EDU'"),
    ("figure_month", "fund = 'F-EDU'"),
    ("refund", "1 = 1"),
    ("receipt_item", "1 = 1"),
    ("payment_number", "1 = 1"),
    ("points_grant", "1 = 1"),
)


@pytest_asyncio.fixture
async def busy(town: Cast) -> Cast:
    """The town with a pledge paid in part, a receipt corrected and one voided, so that every kind of row is there."""
    code = await promised()
    paid = {"amount_fen": 100, "received_on": clock.today().isoformat(), "channel": "cash"}
    await as_shown.receive(code, **paid, by=town.cashier)
    for call in (as_shown.replace, as_shown.void):
        gift = await give(town, 700)
        await call(gift.body["receipt"]["code"], reason="写错", by=town.accountant)
    goods = await reading.value("SELECT code FROM receipt WHERE kind = 'in_kind'")
    await as_shown.replace(goods, reason="写错", by=town.accountant)
    return town


async def test_a_column_that_does_not_say_what_was_hashed_is_told(busy: Cast) -> None:
    assert await verify_failures() == []
    unseen, checks = [], list(CHECKS)
    for table, key, row, column, value in ROWS:
        async with tampered(f"UPDATE {table} SET {column} = {value} WHERE {key} = {row}"):
            if not await noticed(checks):
                unseen.append((table, column))
    assert unseen == []
    assert await verify_failures() == []


async def test_a_row_that_is_gone_is_told(busy: Cast) -> None:
    unseen, checks = [], list(CHECKS)
    for table, rows in GONE:
        async with tampered(f"DELETE FROM {table} WHERE {rows}"):
            if not await noticed(checks):
                unseen.append((table, rows))
    assert unseen == []
    assert await verify_failures() == []


async def test_a_body_that_somebody_rewrote_is_told_in_words_and_so_is_what_it_hides(busy: Cast) -> None:
    await _plant("UPDATE entry SET body = 'gone' WHERE seq = 2")
    await _plant("UPDATE voucher SET year = 2020")
    lines = await verification.failures()
    assert "I3 #2：正文无法重放" in lines
    assert any("编号与年度不符" in words or words.startswith("拨付无法核对") for words in lines)


async def test_checks_run_side_by_side_and_are_listed_in_their_order(
    house: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = asyncio.Event()

    async def file() -> list[Failure]:
        assert not begun.is_set()  # alone
        return []

    async def waits() -> list[Failure]:
        await begun.wait()
        return [Failure("I1", "first")]

    async def breaks() -> list[Failure]:
        begun.set()
        raise KeyError("row")

    async def last() -> list[Failure]:
        return [Failure("I2", "last")]

    checks = [Check("文件", file), Check("甲", waits), Check("乙", breaks), Check("丙", last)]
    async with asyncio.timeout(20):
        assert await verification.failures(checks) == ["I1 first", "乙无法核对：KeyError", "I2 last"]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("核对文件…… ")
    assert {line.partition("…… ")[0] for line in lines[1:]} == {"核对甲", "核对乙", "核对丙"}
    assert all(line.endswith(" 秒") for line in lines)


async def test_two_checks_run_at_once_and_python_is_given_back_as_it_was(house: Cast) -> None:
    interval, running, most = sys.getswitchinterval(), 0, 0

    async def looks() -> list[Failure]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        assert not gc.isenabled()
        assert sys.getswitchinterval() == pytest.approx(verification.SWITCH_S, abs=1e-6)
        await asyncio.sleep(0.01)
        running -= 1
        return []

    async def file() -> list[Failure]:
        assert gc.isenabled()
        return [Failure("I1", "file")]

    checks = [Check("文件", file), *(Check(f"第{n}", looks) for n in range(4))]
    assert await verification.failures(checks) == ["I1 file"]
    assert most == 2
    assert gc.isenabled()
    assert sys.getswitchinterval() == interval


def test_every_invariant_is_told_by_some_check() -> None:
    failures: set[str] = set()
    for check in CHECKS:
        file = Path(inspect.getfile(check.run))
        whole = "".join(part.read_text(encoding="utf-8") for part in (file, *file.parent.glob("replay.py")))
        failures |= {invariant for invariant in ALL if f'"{invariant}"' in whole}
    assert failures == ALL
