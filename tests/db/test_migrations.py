"""Migrations: applied once by however many starters, never changed afterwards; models match the tables."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError

from charity.db import engine, migrations, reading, transactions
from charity.db.transactions import Tx

ROOT = Path(__file__).resolve().parents[2]


async def test_four_starters_at_once_apply_each_migration_once(database_empty: str) -> None:
    starters = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "charity", "migrate", cwd=ROOT, env=os.environ.copy(), stderr=asyncio.subprocess.PIPE
        )
        for _ in range(4)
    ]
    outcomes = await asyncio.gather(*(s.communicate() for s in starters))
    assert [s.returncode for s in starters] == [0, 0, 0, 0], outcomes
    async with engine.opened():
        assert await reading.value("SELECT COUNT(*) FROM migration") == len(migrations.every())
        assert await migrations.pending() == []


async def test_a_file_that_changed_after_it_was_applied_stops_the_start(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in (ROOT / "migrations").glob("*.sql"):
        (folder / path.name).write_text(path.read_text() + "\n-- changed\n")
    async with engine.opened():
        with pytest.raises(migrations.MigrationError):
            await migrations.migrate(folder)


async def test_a_broken_migration_leaves_nothing_behind(database_empty: str, tmp_path: Path) -> None:
    (tmp_path / "0001_broken.sql").write_text("-- all\nCREATE TABLE a (x TEXT);\nCREATE TABLE nonsense (;\n")
    async with engine.opened():
        with pytest.raises(Exception, match="syntax"):
            await migrations.migrate(tmp_path)
        assert await migrations.pending() == [m.name for m in migrations.every()]


async def test_every_model_says_what_the_live_table_has(opened: str) -> None:
    for table, names in _models().items():
        if engine.state().postgres:
            sql = "SELECT column_name AS c FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'"
            live = {r["c"] for r in await reading.rows(sql, table)}
        else:
            live = {r["name"] for r in await reading.rows(f"PRAGMA table_info({table})")}
        assert live - names == set(), f"table {table} has columns that its class in models.py lacks: write them there"
        assert names - live == set(), f"models.py has columns that table {table} lacks: write a file into migrations/"


def _models() -> dict[str, set[str]]:
    context = engine.state().context
    assert context.apps is not None
    return {m._meta.db_table: set(m._meta.fields_db_projection.values()) for m in context.apps["models"].values()}


async def test_lines_of_receipts_made_before_are_kept_under_their_numbers(database_empty: str, tmp_path: Path) -> None:
    for path in sorted((ROOT / "migrations").glob("*.sql"))[:8]:
        (tmp_path / path.name).write_text(path.read_text())
    entry = {"seq": 1, "id16": "e", "kind": "gift.cash", "recorded_at": "x", "effective_on": "2026-01-01"}
    entry |= {"party": "p", "actor": "a", "body": "{}", "leaf": "l", "prev": "p", "reverses": None}
    gift = {"key": "g", "kind": "in_kind", "fund": "F-GEN", "donor": "p", "amount_fen": 5, "received_on": "2026-01-01"}
    gift |= {"seq": 1, "public_name": False, "public_amount": True, "status": "ok"}
    gift |= {"recorded_by": "a", "recorded_at": "x"}
    receipt = {"code": "c", "number": "CS-2026-000001", "year": 2026, "kind": "in_kind", "status": "issued"}
    receipt |= {"delivery": "pending", "fund": "F-GEN", "donor": "p", "amount_fen": 5, "issued_on": "2026-01-01"}
    receipt |= {"handler": "a", "seq": 1, "recorded_at": "x"}

    async def work(tx: Tx) -> None:
        await tx.insert("fund", [{"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}])
        for table, row in (("entry", entry), ("donation", gift), ("receipt", receipt)):
            await tx.insert(table, [row])
        await tx.insert("receipt_line", [{"receipt": "c", "donation": "g"}])

    async with engine.opened():
        await migrations.migrate(tmp_path)
        await transactions.run(work)
        assert (await migrations.migrate())[0] == "0009_receipt_lines_by_number"
        assert await reading.rows("SELECT * FROM receipt_line") == [{"number": "CS-2026-000001", "donation": "g"}]


async def test_every_paid_purchase_has_its_row_after_the_purchases_were_read_off_vouchers(
    database_empty: str, tmp_path: Path
) -> None:
    for path in sorted((ROOT / "migrations").glob("*.sql")):
        if path.name < "0012":
            (tmp_path / path.name).write_text(path.read_text())
    entry = {"kind": "voucher.paid", "recorded_at": "x", "effective_on": "2026-01-01", "party": "p", "actor": "a"}
    entry |= {"body": "{}", "leaf": "l", "prev": "p", "reverses": None}
    voucher = {"year": 2026, "programme": "P05", "fund": "F-GEN", "payee": "GY01", "amount_fen": 900, "recipients": 0}
    voucher |= {"reason": b"sealed", "salt": "", "content": "", "content_hash": "", "maker": "a", "made_at": "x"}
    voucher |= {"changed_at": "x", "payer": "b", "paid_on": "x", "paid_at": "x"}
    states = (("paid", "supplier"), ("delivered", "supplier"), ("approved", "supplier"), ("paid", "household"))

    async def work(tx: Tx) -> None:
        await tx.insert("fund", [{"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}])
        await tx.insert("programme", [{"code": "P05", "name": "P", "created_at": "x"}])
        for n, (status, kind) in enumerate(states, 1):
            await tx.insert("entry", [{"seq": n, "id16": f"e{n}", **entry}])
            paid = {"channel_ref": f"R{n}", "entry": f"e{n}", "entry_seq": n} if status != "approved" else {}
            await tx.insert("voucher", [{"number": f"V{n}", "status": status, "payee_kind": kind, **voucher, **paid}])
        await tx.insert("goods_purchase", [{"voucher": "V1", "received_fen": 300}])

    async with engine.opened():
        await migrations.migrate(tmp_path)
        await transactions.run(work)
        assert "0012_purchases" in await migrations.migrate()
        same = {"fund": "F-GEN", "amount_fen": 900, "status": "open"}
        assert await reading.rows("SELECT * FROM goods_purchase ORDER BY voucher") == [
            {"voucher": "V1", "received_fen": 300, **same},
            {"voucher": "V2", "received_fen": 0, **same},
        ]


async def test_vouchers_of_before_are_aid_and_were_paid_by_the_bank(database_empty: str, tmp_path: Path) -> None:
    for path in sorted((ROOT / "migrations").glob("*.sql")):
        if path.name < "0030":
            (tmp_path / path.name).write_text(path.read_text())
    entry = {"kind": "voucher.paid", "recorded_at": "x", "effective_on": "2026-01-01", "party": "p", "actor": "a"}
    entry |= {"seq": 1, "id16": "e1", "body": "{}", "leaf": "l", "prev": "p", "reverses": None}
    voucher = {"year": 2026, "programme": "P05", "fund": "F-GEN", "payee": "HH1", "amount_fen": 900, "recipients": 2}
    voucher |= {"payee_kind": "household", "reason": b"sealed", "salt": "s", "content": "{}", "content_hash": "h"}
    voucher |= {"maker": "a", "made_at": "x", "changed_at": "x"}
    paid = {"payer": "b", "paid_on": "x", "paid_at": "x", "channel_ref": "R1", "entry": "e1", "entry_seq": 1}

    async def work(tx: Tx) -> None:
        await tx.insert("fund", [{"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}])
        await tx.insert("programme", [{"code": "P05", "name": "P", "created_at": "x"}])
        await tx.insert("entry", [entry])
        await tx.insert("voucher", [{"number": "V1", "status": "paid", **voucher, **paid}])
        await tx.insert("voucher", [{"number": "V2", "status": "approved", **voucher}])
        approval = {"key": "k", "voucher": "V1", "account": "c", "decision": "approve", "content_hash": "h", "at": "x"}
        await tx.insert("voucher_approval", [approval])

    async with engine.opened():
        await migrations.migrate(tmp_path)
        await transactions.run(work)
        before = await reading.rows("SELECT * FROM voucher ORDER BY number")
        assert "0030_cost_vouchers" in await migrations.migrate()
        after = await reading.rows("SELECT * FROM voucher ORDER BY number")
        new = [(row.pop("purpose"), row.pop("paid_from")) for row in after]
        assert new == [("aid", "1002/ICBC-01"), ("aid", None)]
        assert after == before
        assert await reading.value("SELECT COUNT(*) FROM voucher_approval") == 1
        for change in (
            "purpose = 'administration'",
            "purpose = 'administration', programme = NULL",
            "programme = NULL",
            "channel_ref = NULL",
            "paid_from = NULL",
            "payer = maker",
        ):
            with pytest.raises(IntegrityError):
                await transactions.run(lambda tx, c=change: tx.rows(f"UPDATE voucher SET {c} WHERE number = 'V1'"))
        for change in (
            "purpose = 'administration', programme = NULL, recipients = 0",
            "channel_ref = NULL, paid_from = '1001/-'",
        ):
            await transactions.run(lambda tx, c=change: tx.rows(f"UPDATE voucher SET {c} WHERE number = 'V1'"))
