"""`charity verify`: every invariant I1–I13 is looked at, and a fault planted against it is named."""

import importlib
from collections.abc import Callable

import pytest
import pytest_asyncio
from cast import Cast
from goods_cast import RICE
from goods_cast import opened as shop_opened
from test_aid import ASKED
from test_giving import give
from test_receipts import requested

from charity import clock
from charity.aid import approvals, payments, vouchers
from charity.cli import CHECKS
from charity.db import transactions
from charity.giving import refunds
from charity.goods import checkout, reversals
from charity.goods.picking import Line
from charity.ledger.writer import Idem

ALL = {f"I{n}" for n in range(1, 14)}


@pytest_asyncio.fixture
async def town(house: Cast) -> Cast:
    """A little of everything, so that every check has something to look at."""
    shop = await shop_opened(house)
    gift = await give(house, 50_000, idem=Idem("donation.receive:x", "k1", "f"))
    await give(house, 9_000, campaign="dream-2026", channel="bank", channel_ref="B1")
    await refunds.approve(await requested(house, gift, 1_000), by=house.approver)
    taken = await shop.bring_answer(RICE, 5, unit_value_fen=2650, fund="F-WARM")
    out = await checkout.issue(store="LX01", card=shop.card, lines=[Line(1, barcode=RICE)], by=house.clerk)
    await reversals.reverse(number=out.body["number"], reason="扫错", by=house.manager)
    await checkout.issue(store="LX01", card=shop.card, lines=[Line(2, barcode=RICE)], by=house.clerk)
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
        await approvals.approve(number=made["number"], content_hash=made["content_hash"], by=by)
    await payments.pay(number=made["number"], paid_on=clock.today(), channel_ref="R1", by=house.cashier)
    return house


async def _found() -> list[str]:
    """What `charity verify` finds: its own list of modules, each run."""
    return [f.invariant for module, _ in CHECKS for f in await importlib.import_module(module).run()]


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
    ("I6", "UPDATE entry SET reverses = 1 WHERE reverses IS NOT NULL"),
    ("I7", "UPDATE idem SET seq = 999999"),
    ("I7", "INSERT INTO idem (scope, key, fingerprint, status, response, seq) SELECT scope, 'other', fingerprint, "
           "status, response, seq FROM idem"),
    ("I8", "UPDATE fund SET programmes = '[\"P99\"]' WHERE code = 'F-EDU'"),
    ("I8", "UPDATE fund SET programmes = '[\"P99\"]' WHERE code = 'F-WARM'"),
    ("I8", "UPDATE entry SET body = REPLACE(body, '\"programme\"', '\"purpose\"') WHERE kind = 'voucher.paid'"),
    ("I9", "UPDATE segment SET stop = stop + 1"),
    ("I10", "UPDATE receipt SET amount_fen = amount_fen + 1 WHERE status = 'issued'"),
    ("I11", "UPDATE voucher_approval SET account = (SELECT MIN(account) FROM voucher_approval), cleared_at = at"),
    ("I12", "UPDATE campaign_figures SET refunded_fen = refunded_fen + 1 WHERE received_fen > 0"),
    ("I13", "UPDATE entry SET body = REPLACE(body, '\"party\":\"', '\"party\":\"王小明') WHERE seq = 1"),
    ("I13", "UPDATE entry SET body = REPLACE(body, '\"v\":1', '\"v\":\"13800001234\"') WHERE seq = 1"),
    ("I13", "UPDATE entry SET body = REPLACE(body, '\"v\":1', '\"v\":\"33010119900101123X\"') WHERE seq = 1"),
]  # fmt: skip


def test_a_fault_is_planted_against_every_invariant() -> None:
    assert {invariant for invariant, _ in FAULTS} == ALL


async def test_the_whole_town_verifies_clean(town: Cast) -> None:
    assert await _found() == []


@pytest.mark.parametrize(("invariant", "fault"), FAULTS)
async def test_a_planted_fault_is_named_by_its_invariant(town: Cast, invariant: str, fault: str) -> None:
    await _plant(fault)
    assert invariant in await _found()


def test_every_invariant_is_told_by_some_check() -> None:
    told: set[str] = set()
    for module, _ in CHECKS:
        run: Callable[..., object] = importlib.import_module(module).run
        source = importlib.import_module(module).__file__
        assert callable(run)
        assert source is not None
        with open(source, encoding="utf-8") as text:  # noqa: PTH123 - the module's own file
            whole = text.read()
        told |= {invariant for invariant in ALL if f'"{invariant}"' in whole}
    assert told == ALL
