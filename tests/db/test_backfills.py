"""What a migration fills a kept table with is what the writer keeps: test databases are empty when they migrate."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from giving.given import give
from reports.given import RICE, SOAP, busy_town

from charity import clock
from charity.db import engine, migrations, reading, transactions
from charity.db.transactions import Tx
from charity.goods import intake, slips, till
from charity.goods.intake import IntakeLine
from charity.goods.till import Line
from charity.people.persons import Donor

FILLED = {
    "0023_demo_loaded": "UPDATE installation",
    "0024_fund_months": "INSERT INTO fund_month",
    "0025_shelves": "INSERT INTO shelf_",
    "0026_month_sums": "INSERT INTO month_sum",
}
"""Files, and how their statements begin that fill what they made."""


async def _do(*statements: str) -> None:
    async def work(tx: Tx) -> None:
        for statement in statements:
            await tx.script(statement)

    await transactions.run(work)


async def _fill_again(name: str, folder: Path) -> None:
    """Let a migration of its own run what `name` filled its tables with."""
    dialect = "postgres" if engine.state().postgres else "sqlite"
    file = next(file for file in migrations.every() if file.name == name)
    lines = "\n".join(section.script for section in file.sections(dialect)).splitlines()
    whole = migrations.statements("\n".join(line for line in lines if not line.startswith("--")))
    filling = [statement for statement in whole if statement.startswith(FILLED[name])]
    assert filling
    shutil.copytree(migrations.FOLDER, folder)
    (folder / f"9{name[1:4]}_again.sql").write_text("-- all\n" + "".join(filling))
    assert await migrations.migrate(folder) == [f"9{name[1:4]}_again"]


async def _kept(table: str) -> list[tuple[Any, ...]]:
    return sorted(await reading.tuples(f"SELECT * FROM {table}"))


async def _town_of_months(house: Cast) -> None:
    """The town of a day, and before and after it: money and goods of other months, a lot that never expires, one that
    was taken back, gifts without value."""
    await busy_town(house)
    now = clock.now()
    for days in (-400, -35, 35):
        with clock.fixed(now + timedelta(days=days)):
            await give(house, 1_000 + days, campaign="everyday", received_on=clock.today().isoformat())
            await give(house, 2_000 + days, campaign="wenchuan-2008", received_on=clock.today().isoformat())
    lines = [
        IntakeLine(SOAP, 7),
        IntakeLine(RICE, 3, clock.today() + timedelta(days=9), total_value_fen=1_000, evidence="invoice"),
    ]
    warm = [IntakeLine(RICE, 2, clock.today() + timedelta(days=8), 2_400, None, "invoice")]
    donor, by = Donor("organisation", "溪东商会"), replace(house.clerk, store="LX02")
    await intake.take_in(store="LX02", source="gift", lines=lines, donor=donor, by=by)
    # Pieces of two funds in one basket: its people are counted once, and once for each fund.
    given = {"fund": "F-WARM", "donor": donor}
    warmed = await intake.take_in(store="LX01", source="gift", lines=warm, **given, by=house.clerk)
    card = await reading.value("SELECT code FROM card")
    lot = await reading.value("SELECT code FROM lot WHERE barcode = $1 AND fund = 'F-GEN' AND store = 'LX01'", RICE)
    basket = [Line(1, lot=warmed.body["lots"][0]["code"]), Line(1, lot=lot)]
    await till.issue(store="LX01", card=card, lines=basket, by=house.clerk)
    gone = await intake.take_in(store="LX01", source="gift", lines=lines, donor=donor, by=house.clerk)
    await slips.reverse(number=gone.body["number"], reason="测试", by=house.manager)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("0024_fund_months", {"fund_month": ""}),
        ("0025_shelves", {"shelf_lot": "pieces", "shelf_day": "lots"}),
        ("0026_month_sums", {"month_sum": ""}),
    ],
)
async def test_what_a_file_fills_in_is_what_the_writer_keeps(
    house: Cast, tmp_path: Path, name: str, kept: dict[str, str]
) -> None:
    await _town_of_months(house)
    for table, count in kept.items():
        emptied = await reading.value(f"SELECT COUNT(*) FROM {table} WHERE {count} = 0") if count else 1
        assert emptied, "an emptied row, which the writer keeps and the file does not make"
        await _do(*([f"DELETE FROM {table} WHERE {count} = 0"] if count else []))
    before = {table: await _kept(table) for table in kept}
    assert all(len(rows) > 2 for rows in before.values()), before
    await _do(*(f"DELETE FROM {table}" for table in kept))
    await _fill_again(name, tmp_path / "migrations")
    assert {table: await _kept(table) for table in kept} == before


@pytest.mark.parametrize(("demo", "entries"), [(True, True), (True, False), (False, True), (False, False)])
async def test_only_a_demo_with_entries_counts_as_loaded_to_their_last_day(
    house: Cast, tmp_path: Path, *, demo: bool, entries: bool
) -> None:
    if entries:
        await give(house, 1_000)
    await _do(f"UPDATE organisation SET demo = {demo}")
    await _fill_again("0023_demo_loaded", tmp_path / "migrations")
    at = str(await reading.value("SELECT at FROM head WHERE id = 1"))
    expected = at[:10] if demo and entries else None
    assert await reading.value("SELECT demo_as_of FROM installation WHERE id = 1") == expected
