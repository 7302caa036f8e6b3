"""Journal vouchers: numbers by month without a gap, shared by the takings of a day, each entry on exactly one."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from finance.given import BANK, CASH, asked
from giving.given import box_counted, give
from goods.given import RICE
from goods.given import opened as shop_opened

from charity import clock
from charity.db import reading, transactions
from charity.finance import opening, transfers
from charity.finance.opening import Line
from charity.giving import boxes
from charity.goods import till
from charity.goods.till import Line as Issued
from charity.ledger import numbering, verify
from charity.ledger.numbering import Numbering

WORKDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in Shanghai."""


async def vouchers() -> list[dict[str, Any]]:
    return await reading.rows("SELECT * FROM journal_voucher ORDER BY month, n")


async def numbers() -> list[tuple[str, str, int, int]]:
    return [(row["number"], row["key"], row["entries"], row["amount_fen"]) for row in await vouchers()]


async def test_a_days_takings_of_a_place_share_a_number_and_everything_else_has_its_own(house: Cast) -> None:
    with clock.fixed(WORKDAY):
        await asyncio.gather(*(give(house, 100 + n, received_on="2026-11-25") for n in range(3)))
        await give(house, 700, received_on="2026-11-25", channel="wechat", channel_ref="W-1")
        await give(house, 900, received_on="2026-11-24")
        number, content_hash = await box_counted(house, "2026-11-25", {50: 1}, "dream-2026")
        await boxes.confirm(number, content_hash=content_hash, by=house.accountant)
        for _ in range(2):
            await transfers.make(await asked(lines=(("F-GEN", 200),)), by=house.cashier)
    assert await numbers() == [
        ("202611-0001", "gift.cash|2026-11-25|1001/-", 4, 353),
        ("202611-0002", "gift.cash|2026-11-25|1009/WECHAT", 1, 700),
        ("202611-0003", "gift.cash|2026-11-24|1001/-", 1, 900),
        ("202611-0004", "#7", 1, 200),
        ("202611-0005", "#8", 1, 200),
    ]
    lines = await reading.rows("SELECT account, debit_fen, credit_fen FROM journal_line WHERE number = '202611-0001'")
    assert sorted((r["account"], r["debit_fen"], r["credit_fen"]) for r in lines) == [
        ("1001/-/F-EDU", 50, 0),
        ("1001/-/F-GEN", 303, 0),
        ("4101/-/F-EDU", 0, 50),
        ("4101/-/F-GEN", 0, 303),
    ]
    assert await verify.run() == []


async def test_leaves_are_the_chain_over_the_entries_of_the_number(house: Cast) -> None:
    with clock.fixed(WORKDAY):
        for n in range(3):
            await give(house, 100 + n, received_on="2026-11-25")
            await give(house, 5, received_on="2026-11-25", channel="wechat", channel_ref=f"W-{n}")
    leaves = [row["leaf"] for row in await reading.rows("SELECT leaf FROM entry ORDER BY seq")]
    for row, mine in zip(await vouchers(), (leaves[0::2], leaves[1::2]), strict=True):
        chain = bytes(32)
        for leaf in mine:
            chain = hashlib.sha256(chain + bytes.fromhex(leaf)).digest()
        assert row["leaves"] == chain.hex()


async def test_a_number_belongs_to_the_month_of_the_business_date(house: Cast) -> None:
    with clock.fixed(WORKDAY):
        for day in ("2026-11-25", "2026-10-31", "2026-10-30", "2026-11-24"):
            await give(house, received_on=day)
    assert [row["number"] for row in await vouchers()] == ["202610-0001", "202610-0002", "202611-0001", "202611-0002"]
    assert await verify.run() == []


async def test_a_stores_issues_of_a_day_share_a_number_and_goods_without_value_have_none(house: Cast) -> None:
    shop = await shop_opened(house)
    await shop.bring(RICE, 5, evidence="none")
    assert await vouchers() == []
    await till.issue(store="LX01", card=shop.card, lines=[Issued(1, barcode=RICE)], by=house.clerk)
    assert await vouchers() == []
    with_value = await shop.bring(RICE, 5, evidence="market", unit_value_fen=100)
    for _ in range(2):
        await till.issue(store="LX01", card=shop.card, lines=[Issued(1, lot=with_value)], by=house.clerk)
    today = clock.today().isoformat()
    assert [(row["key"], row["entries"]) for row in await vouchers()][1:] == [(f"goods.issue|{today}|1201/LX01", 2)]
    assert await verify.run() == []


async def test_a_reviewed_voucher_is_joined_no_more(house: Cast) -> None:
    with clock.fixed(WORKDAY):
        await give(house, received_on="2026-11-25")
        await reviewed("202611-0001")
        await asyncio.gather(*(give(house, received_on="2026-11-25") for _ in range(2)))
    assert [(row["number"], row["entries"]) for row in await vouchers()] == [("202611-0001", 1), ("202611-0002", 2)]
    assert await verify.run() == []


async def test_a_batch_stops_to_ask_only_for_what_the_batch_before_did_not_need(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the batch before needed is read in the first round trip, a new day's voucher in a second one."""
    trips: list[int] = []
    for kind in (transactions.SqliteTx, transactions.PostgresTx):

        async def counted(tx: Any, asked: Any, *, plain: Any = kind.queries) -> Any:
            trips.append(len(asked))
            return await plain(tx, asked)

        monkeypatch.setattr(kind, "queries", counted)
    with clock.fixed(WORKDAY):
        await give(house, received_on="2026-11-25")
        await give(house, received_on="2026-11-24")
        trips.clear()
        await give(house, received_on="2026-11-24")
        assert len(trips) == 1, trips
        await give(house, received_on="2026-11-25")
        assert len(trips) == 1 + 2, trips
        await reviewed("202611-0001")
        await give(house, received_on="2026-11-25")
    assert [(row["number"], row["entries"]) for row in await vouchers()] == [
        ("202611-0001", 2),
        ("202611-0002", 2),
        ("202611-0003", 1),
    ]
    assert await verify.run() == []


async def reviewed(number: str) -> None:
    sql = "UPDATE journal_voucher SET reviewed_at = $2, open_key = NULL WHERE number = $1 RETURNING number"
    at = clock.stamp()
    await transactions.run(lambda tx: tx.rows(sql, number, at))


async def test_the_four_places_of_a_voucher(house: Cast) -> None:
    draft = await opening.write(on=clock.today(), lines=[Line("F-GEN", BANK, 500)], by=house.accountant)
    seen = draft.body["content_hash"]
    await opening.confirm(content_hash=seen, confirmed_total_fen=500, by=house.approver)
    await give(house)
    await give(house, by=house.cashier2)
    slip = await asked(lines=(("F-GEN", 100),))
    number = (await transfers.make(slip, by=house.cashier)).body["number"]
    await as_shown.transfer_back(number=number, reason="写错", by=house.accountant)
    assert [(row["kind"], row["makers"].split(), row["cashiers"].split()) for row in await vouchers()] == [
        ("opening", [house.accountant.key], []),
        ("gift.cash", [], [house.cashier.key, house.cashier2.key]),
        ("money.transfer", [], [house.cashier.key]),
        ("money.reversal", [house.accountant.key], []),
    ]


@pytest.mark.parametrize(
    ("at", "fen", "day", "words"),
    [
        (WORKDAY, 4_999_999, "2026-11-25", ""),
        (WORKDAY, 5_000_000, "2026-11-25", "large"),
        (WORKDAY, 1, "2026-11-22", ""),
        (WORKDAY, 1, "2026-11-21", "late"),
        (WORKDAY.replace(hour=0), 1, "2026-11-25", ""),
        (WORKDAY.replace(hour=10), 1, "2026-11-25", "hours"),
        (WORKDAY - timedelta(hours=3), 1, "2026-11-25", "hours"),
        (WORKDAY - timedelta(days=3), 1, "2026-11-22", "hours"),
    ],
)
async def test_what_is_unusual_is_noted(house: Cast, at: datetime, fen: int, day: str, words: str) -> None:
    with clock.fixed(at):
        await give(house, fen, received_on=day)
    (row,) = await vouchers()
    assert (row["unusual"], row["rank"]) == (words, 0 if words else 1)


def entry(seq: int, kind: str, lines: list[tuple[str, str, int]], **changes: Any) -> numbering.Given:
    given: dict[str, Any] = {"day": "2026-11-25", "reverses": None, "actor": "a", "body": {"facts": {}}, **changes}
    return (
        seq,
        kind,
        clock.stamp(WORKDAY),
        given["day"],
        given["actor"],
        "0" * 64,
        given["reverses"],
        lines,
        json.dumps(given["body"]),
    )


def test_reversals_refunds_and_cash_that_was_paid_are_unusual() -> None:
    paid = [("5101/P03/F-GEN", "CNY", 5), (f"{CASH}/F-GEN", "CNY", -5)]
    banked = [("5101/P03/F-GEN", "CNY", 5), (f"{BANK}/F-GEN", "CNY", -5)]
    back = [("4101/-/F-GEN", "CNY", 5), ("2209/-/F-GEN", "CNY", -5)]
    assert numbering.unusual(entry(1, "voucher.paid", paid)) == {"cash"}
    assert numbering.unusual(entry(1, "voucher.paid", banked)) == set()
    assert numbering.unusual(entry(1, "gift.refund", back)) == {"refund"}
    assert numbering.unusual(entry(1, "refund.paid", [*back[1:], (f"{CASH}/F-GEN", "CNY", -5)])) == {"refund", "cash"}
    assert numbering.unusual(entry(2, "gift.reversal", back, reverses=1)) == {"reversal"}
    assert numbering.unusual(entry(2, "gift.correction", back)) == {"reversal"}


def test_numbers_grow_beyond_four_digits() -> None:
    given = Numbering({}, {"2026-11": 9_999})
    lines = [("5101/P03/F-GEN", "CNY", 5), (f"{BANK}/F-GEN", "CNY", -5)]
    taken = [given.take(entry(seq, "voucher.paid", lines))["number"] for seq in (1, 2)]
    assert taken == ["202611-9999", "202611-10000"]
    assert [numbering.printed(number) for number in taken] == ["记-9999", "记-10000"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("UPDATE journal_voucher SET amount_fen = amount_fen + 1", "与它的分录不符"),
        (f"UPDATE journal_voucher SET leaves = '{'1' * 64}'", "与它的分录不符"),
        ("UPDATE journal_voucher SET cashiers = ''", "与它的分录不符"),
        ("UPDATE journal_voucher SET open_key = NULL", "与它的分录不符"),
        ("UPDATE journal_voucher SET entries = 2", "与它的分录不符"),
        ("UPDATE journal_line SET debit_fen = debit_fen + 1 WHERE debit_fen > 0", "各行与它的分录不符"),
        ("DELETE FROM journal_line", "各行与它的分录不符"),
        ("UPDATE series SET next = 7 WHERE name LIKE 'journal-%'", "编号序列"),
    ],
)
async def test_verify_names_a_voucher_that_is_not_its_entries(house: Cast, fault: str, words: str) -> None:
    await give(house)
    await transactions.run(lambda tx: tx.many(fault, [[]]))
    assert [f.invariant for f in await verify.run() if words in f.words] == ["I14"], fault


async def test_verify_names_a_number_that_is_missing(house: Cast) -> None:
    await give(house)
    await transactions.run(lambda tx: tx.many("DELETE FROM journal_line", [[]]))
    await transactions.run(lambda tx: tx.many("DELETE FROM journal_voucher", [[]]))
    number = numbering.written(clock.today().isoformat()[:7], 1)
    assert f"缺记账凭证 {number}" in [failure.words for failure in await verify.run()]


async def test_entries_of_before_get_the_numbers_they_would_have_had(house: Cast) -> None:
    with clock.fixed(WORKDAY):
        for n in range(3):
            await give(house, 100 + n, received_on="2026-11-25")
        await give(house, 5, received_on="2026-10-01")
        await transfers.make(await asked(lines=(("F-GEN", 200),)), by=house.cashier)
    before = await vouchers(), await reading.rows("SELECT * FROM journal_line ORDER BY number, account")
    for table in ("journal_line", "journal_voucher"):
        await transactions.run(lambda tx, table=table: tx.many(f"DELETE FROM {table}", [[]]))
    await transactions.run(lambda tx: tx.many("DELETE FROM series WHERE name LIKE 'journal-%'", [[]]))
    await transactions.run(numbering.backfilled)
    assert (await vouchers(), await reading.rows("SELECT * FROM journal_line ORDER BY number, account")) == before
    assert await verify.run() == []
