"""`demo --reset` takes away the demo and nothing else, and nothing at all while somebody has the database open."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from browsing import PATIENCE_S

from charity import background
from charity.db import advisory, engine, installation, migrations
from charity.demo import reset
from charity.errors import Refusal

ROLE = "charity_app"
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
REVOKE UPDATE, DELETE, TRUNCATE ON entry, posting FROM {ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
GRANT SELECT ON entry TO PUBLIC;
GRANT SELECT ON head TO {ROLE} WITH GRANT OPTION;
GRANT UPDATE (seq, leaf) ON head TO {ROLE};
GRANT SELECT (id) ON head TO PUBLIC;
GRANT REFERENCES (code) ON fund TO {ROLE} WITH GRANT OPTION;
ALTER TABLE fund ADD COLUMN "Of Old" TEXT;
GRANT SELECT ("Of Old") ON fund TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
"""
ACL = (
    "SELECT c.relname AS name, array(SELECT a::text FROM unnest(c.relacl) a ORDER BY 1) AS acl FROM pg_class c "
    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S') ORDER BY 1"
)


COLUMN_ACL = (
    "SELECT c.relname || '.' || t.attname AS name, t.attacl::text[] AS acl FROM pg_class c "
    "JOIN pg_attribute t ON t.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace "
    "AND t.attacl IS NOT NULL AND t.attname <> 'Of Old' ORDER BY 1"
)


async def rights(connection: Any) -> dict[str, list[str]]:
    return {row["name"]: row["acl"] for sql in (ACL, COLUMN_ACL) for row in await connection.fetch(sql)}


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_what_others_may_do_is_the_same_after_a_reset(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", ROLE):
            await connection.execute(f"CREATE ROLE {ROLE} LOGIN")
        await connection.execute(GRANTS)
        await connection.execute("CREATE EXTENSION amcheck")
        before = await rights(connection)
        assert {"head.seq", "head.leaf", "head.id", "fund.code"} <= before.keys()
        kept = await reset.wipe(None)
        assert await rights(connection) == {}
        async with engine.opened(migrating=True):
            await migrations.migrate()
        assert await rights(connection) != before, "default privileges alone let the role rewrite the books"
        await reset.restore(kept)
        assert await rights(connection) == before
        assert await connection.fetchval(f"SELECT has_schema_privilege('{ROLE}', 'public', 'USAGE')")
        assert await connection.fetchval("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'") == 1
        for privilege, allowed in (("INSERT", True), ("SELECT", True), ("UPDATE", False), ("DELETE", False)):
            asked = f"SELECT has_table_privilege('{ROLE}', 'entry', '{privilege}')"
            assert await connection.fetchval(asked) is allowed, privilege
    finally:
        await connection.close()


async def test_nothing_is_taken_away_while_somebody_has_the_database_open(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "exports" / "a.pdf"
    kept.parent.mkdir()
    kept.write_text("2026-11-26", encoding="utf-8")
    async with engine.opened():
        with pytest.raises(engine.DatabaseInUse):
            await reset.wipe(None)
        assert await migrations.pending() == []
    assert kept.exists()
    await reset.wipe(None)
    assert not kept.exists()
    async with engine.opened():
        assert await migrations.pending() == [m.name for m in migrations.every()]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_nobody_opens_a_database_that_is_being_reset(database: str) -> None:
    async with advisory.exclusive(database):
        with pytest.raises(engine.DatabaseInUse):
            async with engine.opened():
                pytest.fail("it is open")
    async with engine.opened():
        assert await migrations.pending() == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_the_lock_is_taken_again_when_postgresql_ended_its_connection(database: str) -> None:
    sql = (
        "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
    )
    connection = await asyncpg.connect(database)
    try:
        async with engine.opened():
            (first,) = [row["pid"] for row in await connection.fetch(sql)]
            await connection.fetchval("SELECT pg_terminate_backend($1)", first)
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    pids = [row["pid"] for row in await connection.fetch(sql)]
                    if pids and pids != [first]:
                        break
                    await asyncio.sleep(0.02)
            with pytest.raises(engine.DatabaseInUse):
                await reset.wipe(None)
    finally:
        await connection.close()


async def test_a_database_that_took_the_place_of_the_demo_is_not_taken_away(database: str) -> None:
    async with engine.opened():
        ours = await installation.database_id()
    with pytest.raises(Refusal) as refused:
        await reset.wipe("f" * 32)
    assert refused.value.code == "demo.real"
    async with engine.opened():
        assert await migrations.pending() == []
    await reset.wipe(ours)
    async with engine.opened():
        assert await migrations.pending() == [m.name for m in migrations.every()]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_the_lock_is_taken_again_soon_after_an_outage_and_the_task_does_not_fail(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four refused connections made the task `failing` for a minute after PostgreSQL was back, and `/readyz` 503."""
    real, away = advisory.Shared.take, [ConnectionRefusedError(111, "refused") for _ in range(4)]

    async def take(self: advisory.Shared) -> None:
        if away:
            raise away.pop()
        await real(self)

    sql = (
        "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
    )
    monkeypatch.setattr(advisory, "AGAIN_S", 0.02)
    connection = await asyncpg.connect(database)
    try:
        async with engine.opened():
            monkeypatch.setattr(advisory.Shared, "take", take)
            (first,) = [row["pid"] for row in await connection.fetch(sql)]
            await connection.fetchval("SELECT pg_terminate_backend($1)", first)
            async with asyncio.timeout(PATIENCE_S):
                while not (pids := [r["pid"] for r in await connection.fetch(sql)]) or pids == [first]:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            assert away == []
            (task,) = [task for task in background.tasks() if task.name == "open lock"]
            assert (task.failures, task.failing) == (0, False)
    finally:
        await connection.close()
