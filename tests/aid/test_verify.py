"""`charity verify`, the part of aid: a voucher that was tampered with is named, and how."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aid.given import Aid
from tampering import freely, tampered

from charity import clock, words
from charity.aid import payments, verify, vouchers
from charity.db import reading, transactions
from charity.db.transactions import Tx


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE voucher SET amount_fen = amount_fen + 1",
        "UPDATE voucher SET content_hash = 'x'",
        "UPDATE voucher_approval SET content_hash = 'x'",
        "UPDATE voucher_approval SET account = (SELECT maker FROM voucher)",
        "UPDATE voucher_approval SET cleared_at = at WHERE key = (SELECT min(key) FROM voucher_approval)",
        "UPDATE voucher SET payer = (SELECT min(account) FROM voucher_approval)",
        "UPDATE voucher SET recipients = 7",
        "UPDATE voucher SET entry_seq = 1",
    ],
)
async def test_verify_names_a_voucher_that_was_tampered_with(aid: Aid, statement: str) -> None:
    number, _ = await aid.approved()
    await aid.pay(number, "ICBC-D")
    assert await verify.run() == []

    async def work(tx: Tx) -> None:
        await tx.rows("DROP INDEX voucher_approval_once")
        await tx.rows(statement)

    await transactions.run(work)
    failures = await verify.run()
    assert failures
    assert {f.invariant for f in failures} == {"I11"}


HASH = "拨付审批单 {number}：哈希与内容不符"
COLUMNS = "拨付审批单 {number}：各列与内容不符"
REASON = "拨付审批单 {number}：事由不是内容所含的那一条"
YEAR = "拨付审批单 {number}：编号与年度不符"
APPROVALS = "拨付审批单 {number}：所记审批与审批记录不符"
OLD_CONTENT = "拨付审批单 {number}：有一次审批所批的不是现在的内容"
TWICE = "拨付审批单 {number}：同一账号审批了两次"
OWN = "拨付审批单 {number}：经办人审批了自己的单"
PAID_ALONE = "拨付审批单 {number}：没有两人审批就付了款"
PAYER = "拨付审批单 {number}：付款人也是经办人或审批人"
ENTRY = "拨付审批单 {number}：与其付款分录不符"
UNPAID = "拨付审批单 {number}：没有付款却有分录"
APPROVED_ALONE = "拨付审批单 {number}：状态是已批准，却没有两人审批"
NOT_BOUGHT = "拨付审批单 {number}：没有付款，却登记为可以入库物资"
PURCHASE = "拨付审批单 {number}：采购登记与付款不符"
NO_VOUCHER = "采购登记 {number}：没有这张拨付审批单"
NO_ENTRY = "分录 #{seq} 是拨付，却没有拨付审批单"
UNKEPT = "拨付审批单 {number}：付款的流水号没有登记为已用"
NUMBERS = "流水号登记的拨付笔数与已付款的拨付审批单不符"
SERIES = "{year} 年拨付审批单共 {n} 个号，编号序列的下一号是 {next}"


@dataclass
class Office:
    """Vouchers in every state that a check tells apart, in the order of their numbers."""

    aid: Aid
    draft: str
    approving: str
    returned: str
    approved: str
    paid: str
    bought: str
    late: str


@pytest_asyncio.fixture
async def office(aid: Aid) -> Office:
    await aid.gift("F-WARM", 1_000)
    draft, _ = await aid.made()
    approving, content_hash = await aid.made()
    await vouchers.approve(number=approving, content_hash=content_hash, by=aid.house.approver)
    returned, _ = await aid.approved()
    await vouchers.send_back(number=returned, reason="再核对", by=aid.house.approver)
    approved, _ = await aid.approved()
    paid, _ = await aid.approved()
    await aid.pay(paid, "ICBC-P")
    values = {"payee_kind": "supplier", "payee": "GY-T01", "programme": "P05", "recipients": 0}
    bought, _ = await aid.approved(**values, amount_fen=100)
    await aid.pay(bought, "ICBC-S")
    late, seen = await aid.approved(amount_fen=100)
    day = clock.today()
    await freely((f"UPDATE head SET closed_through = '{day.isoformat()}'", []))
    with clock.fixed(clock.now() + timedelta(days=1)):  # paid on the last day of a period that was closed since
        await payments.pay(number=late, paid_on=day, channel_ref="ICBC-L", content_hash=seen, by=aid.house.cashier)
    await transactions.run(lambda tx: tx.rows("DROP INDEX voucher_approval_once"))
    return Office(aid, draft, approving, returned, approved, paid, bought, late)


Fault = tuple[list[str], list[tuple[str, str]]]
"""What somebody writes, and the failures: the words and whose number they name."""


async def _faults(o: Office) -> list[Fault]:
    approver, approver2, maker = (
        by.key for by in (o.aid.house.approver, o.aid.house.approver2, o.aid.house.caseworker)
    )
    rows = await reading.rows("SELECT key, voucher, account FROM voucher_approval WHERE cleared_at IS NULL ORDER BY at")
    keys = {(row["voucher"], row["account"]): row["key"] for row in rows}
    seq = await reading.value("SELECT entry_seq FROM voucher WHERE number = $1", o.paid)
    today = clock.today()

    def voucher(number: str, columns: str) -> str:
        return f"UPDATE voucher SET {columns} WHERE number = '{number}'"

    def approval(number: str, by: str, columns: str) -> str:
        return f"UPDATE voucher_approval SET {columns} WHERE key = '{keys[number, by]}'"

    def written(number: str, *pairs: tuple[str, str]) -> str:
        listed = ", ".join(f'["{account}", "{key}"]' for account, key in pairs)
        return voucher(number, f"approvals = '[{listed}]'")

    first, second = keys[o.approved, approver], keys[o.approved, approver2]
    again = (
        "INSERT INTO voucher_approval SELECT 'again', voucher, account, decision, content_hash, reason, at, cleared_at, NULL "
        f"FROM voucher_approval WHERE key = '{first}'"
    )
    entry = f"UPDATE entry SET {{}} WHERE seq = {seq}"

    def fact(name: str, value: str, other: str) -> Fault:
        return [entry.format(f"body = REPLACE(body, '\"{name}\":{value}', '\"{name}\":{other}')")], [(ENTRY, o.paid)]

    stored = await reading.only("SELECT * FROM voucher WHERE number = $1", o.paid)
    copied = (
        "INSERT INTO goods_purchase (voucher, fund, amount_fen, received_fen, status) "
        f"SELECT '{{}}', fund, amount_fen, 0, 'open' FROM goods_purchase WHERE voucher = '{o.bought}'"
    )
    bounced = voucher(o.bought, "status = 'bounced'")
    return [
        ([voucher(o.draft, "content_hash = 'x'")], [(HASH, o.draft)]),
        ([voucher(o.approving, "content_hash = 'x'")], [(HASH, o.approving), (OLD_CONTENT, o.approving)]),
        *(
            ([voucher(o.draft, f"{column} = {value}")], [(COLUMNS, o.draft)])
            for column, value in (
                ("programme", "'P09'"),
                ("fund", "'F-WARM'"),
                ("payee_kind", "'person'"),
                ("payee", "'HH0001'"),
                ("amount_fen", "amount_fen + 1"),
                ("recipients", "2"),
            )
        ),
        ([voucher(o.draft, "salt = 'other'")], [(REASON, o.draft)]),
        ([voucher(o.draft, f"reason = (SELECT reason FROM voucher WHERE number = '{o.paid}')")], [(REASON, o.draft)]),
        ([voucher(o.returned, "approvals = '[[\"a\", \"b\"]]'")], [(APPROVALS, o.returned)]),
        ([approval(o.approving, approver, "cleared_at = at")], [(APPROVALS, o.approving)]),
        ([approval(o.approving, approver, "decision = 'edit'")], [(APPROVALS, o.approving)]),
        ([approval(o.approved, approver, "content_hash = 'x'")], [(OLD_CONTENT, o.approved)]),
        ([approval(o.approved, approver2, "content_hash = 'x'")], [(OLD_CONTENT, o.approved)]),
        (
            [again, written(o.approved, (approver, "again"), (approver, first), (approver2, second))],
            [(TWICE, o.approved)],
        ),
        (
            [
                approval(o.approving, approver, f"account = '{maker}'"),
                written(o.approving, (maker, keys[o.approving, approver])),
            ],
            [(OWN, o.approving)],
        ),
        (
            [approval(o.approved, approver2, "cleared_at = at"), written(o.approved, (approver, first))],
            [(APPROVED_ALONE, o.approved)],
        ),
        (
            [
                approval(o.paid, approver2, "cleared_at = at"),
                written(o.paid, (approver, keys[o.paid, approver])),
            ],
            [(PAID_ALONE, o.paid), (ENTRY, o.paid)],
        ),
        ([voucher(o.paid, f"payer = '{approver}'")], [(PAYER, o.paid), (ENTRY, o.paid)]),
        ([voucher(o.paid, "payer = maker")], [(PAYER, o.paid), (ENTRY, o.paid)]),
        ([voucher(o.paid, "maker = 'somebody'")], [(ENTRY, o.paid)]),
        ([voucher(o.paid, "payer = 'somebody'")], [(ENTRY, o.paid)]),
        ([voucher(o.paid, "entry = 'other'")], [(ENTRY, o.paid)]),
        ([voucher(o.paid, "paid_at = '2020-01-01T00:00:00.000000Z'")], [(ENTRY, o.paid)]),
        ([voucher(o.paid, f"paid_on = '{today + timedelta(days=1)}'")], [(ENTRY, o.paid)]),
        (
            [
                f"UPDATE head SET closed_through = '{today + timedelta(days=5)}'",
                voucher(o.paid, f"paid_on = '{today + timedelta(days=3)}'"),
            ],
            [(ENTRY, o.paid)],
        ),
        ([voucher(o.paid, "amount_fen = amount_fen + 1")], [(COLUMNS, o.paid), (ENTRY, o.paid)]),
        ([voucher(o.paid, "fund = 'F-WARM'")], [(COLUMNS, o.paid), (ENTRY, o.paid)]),
        fact("voucher", f'"{o.paid}"', f'"{o.late}"'),
        fact("content_hash", f'"{stored["content_hash"]}"', '"x"'),
        fact("maker", f'"{maker}"', '"x"'),
        fact("programme", '"P03"', '"P09"'),
        fact("recipients", "1", "2"),
        fact("payee_kind", '"household"', '"person"'),
        fact("approvers", f'["{approver}"', '["x"'),
        fact("kind", '"voucher.paid"', '"other"'),
        ([voucher(o.approved, f"status = 'draft', entry_seq = {seq + 99}")], [(UNPAID, o.approved)]),
        ([voucher(o.paid, "entry_seq = NULL")], [(ENTRY, o.paid), (NO_ENTRY, str(seq))]),
        ([f"DELETE FROM voucher_approval WHERE voucher = '{o.draft}' OR key = '{first}'"], [
            (APPROVALS, o.approved), (APPROVED_ALONE, o.approved),
        ]),
        ([voucher(o.paid, "channel_ref = 'other'")], [(UNKEPT, o.paid)]),
        ([voucher(o.paid, "channel_ref = channel_ref || ' -'")], []),  # in another writing
        ([f"UPDATE payment_number SET holder = '{o.late}' WHERE holder = '{o.paid}'"], [(UNKEPT, o.paid)]),
        ([f"UPDATE payment_number SET kind = 'refund' WHERE holder = '{o.paid}'"], [(UNKEPT, o.paid), (NUMBERS, "")]),
        ([f"UPDATE payment_number SET lines = 2 WHERE holder = '{o.paid}'"], [(NUMBERS, "")]),
        ([copied.format(o.paid)], [(NOT_BOUGHT, o.paid)]),
        ([copied.format(o.draft)], [(NOT_BOUGHT, o.draft)]),
        ([copied.format("BF-2000-000001")], [(NO_VOUCHER, "BF-2000-000001")]),
        ([copied.format(f"{o.draft}a")], [(NO_VOUCHER, f"{o.draft}a")]),
        ([copied.format("BF-2999-000001")], [(NO_VOUCHER, "BF-2999-000001")]),
        ([f"DELETE FROM goods_purchase WHERE voucher = '{o.bought}'"], [(PURCHASE, o.bought)]),
        (["UPDATE goods_purchase SET amount_fen = 99"], [(PURCHASE, o.bought)]),
        (["UPDATE goods_purchase SET fund = 'F-WARM'"], [(PURCHASE, o.bought)]),
        (["UPDATE goods_purchase SET status = 'closed'"], [(PURCHASE, o.bought)]),
        ([bounced], [(PURCHASE, o.bought)]),
        ([bounced, "UPDATE goods_purchase SET status = 'closed'"], []),
        ([voucher(o.bought, "status = 'delivered'")], []),
    ]  # fmt: skip


@pytest.mark.parametrize("chunk", [1, 2, 1_000])
async def test_what_somebody_wrote_into_the_vouchers_is_named_exactly(
    office: Office, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(verify, "CHUNK", chunk)
    assert await verify.run() == []
    unlike = []
    for statements, failures in await _faults(office):
        async with tampered(*statements):
            listed = [failure.words for failure in await verify.run()]
        if sorted(listed) != sorted(words.say(wrong, number=number, seq=number) for wrong, number in failures):
            unlike.append((statements, listed))
    assert unlike == []


async def test_the_numbers_of_vouchers_have_no_gap(office: Office) -> None:
    year = clock.today().year
    for statement, facts in (
        ("UPDATE series SET next = next + 1 WHERE name = 'voucher'", {"next": 9}),
        ("DELETE FROM series WHERE name = 'voucher'", {"next": None}),
    ):
        async with tampered(statement):
            expected = words.say(SERIES, year=year, n=7, **facts)
            assert [(f.invariant, f.words) for f in await verify.run()] == [("I7", expected)]
    async with tampered(f"UPDATE voucher SET year = {year - 1} WHERE number = '{office.draft}'"):
        assert sorted(f.words for f in await verify.run()) == sorted(
            [
                words.say(YEAR, number=office.draft),
                words.say(SERIES, year=year - 1, n=1, next=None),
                words.say(SERIES, year=year, n=6, next=8),
            ]
        )
    gone = f"DELETE FROM voucher WHERE number = '{office.late}'"
    async with tampered(gone):
        seq = await reading.value("SELECT MAX(seq) FROM entry")
        assert [f.words for f in await verify.run()] == [
            words.say(NO_ENTRY, seq=seq),
            words.say(NUMBERS),
            words.say(SERIES, year=year, n=6, next=8),
        ]


async def test_of_very_many_failures_two_hundred_are_named(office: Office) -> None:
    many = (
        "INSERT INTO goods_purchase (voucher, fund, amount_fen, received_fen, status) "
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) "
        "SELECT 'X' || CAST(i AS TEXT), 'F-GEN', 1, 0, 'open' FROM n"
    )
    async with tampered(many):
        assert len(await verify.run()) == 200
