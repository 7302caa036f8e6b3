"""Migrations: applied once by however many starters, never changed afterwards; models match the tables."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from charity.db import engine, migrations, reading

ROOT = Path(__file__).resolve().parents[1]


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
        assert await reading.value("SELECT COUNT(*) FROM migration") == len(migrations.found())
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
        assert await migrations.pending() == [m.name for m in migrations.found()]


async def test_every_model_says_what_the_live_table_has(opened: str) -> None:
    for table, names in _models().items():
        if engine.state().postgres:
            sql = "SELECT column_name AS c FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'"
            live = {r["c"] for r in await reading.rows(sql, table)}
        else:
            live = {r["name"] for r in await reading.rows(f"PRAGMA table_info({table})")}
        assert names == live, table


def _models() -> dict[str, set[str]]:
    context = engine.state().context
    assert context.apps is not None
    return {m._meta.db_table: set(m._meta.fields_db_projection.values()) for m in context.apps["models"].values()}
