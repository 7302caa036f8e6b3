"""`demo --reset`: take the demo's database and files away, and nothing at all while somebody has it open.

On SQLite the file goes. On PostgreSQL what migrations made goes and the schema stays, with who may use it; the
grants on tables, columns and sequences are given again to the new ones, so that the serving role is what it was.
"""

import contextlib
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import advisory, engine, installation, locks
from charity.errors import Rule
from charity.settings import Settings, settings

NOT_A_DEMO = Rule(
    "demo.real",
    "这个数据库里有真实数据，不能装入演示，也不会删去。请换一个 CHARITY_DATA_DIR 和 CHARITY_DATABASE_URL",
)
NOT_WHOLE = Rule("demo.not_whole", "这个演示数据库没有装完，里面的数据没有动。删去并重新装入：charity demo --reset")
HEAD_OF_ANOTHER = Rule(
    "demo.head_of_another",
    "{path} 不是这个数据库的：它可能是另一个数据库最近分录的唯一凭据，演示不会改写它。"
    "请换一个 CHARITY_DATA_DIR；确定不再需要时先把它移走",
)

Grant = tuple[str, str, str, bool]
"""(privilege, the column as SQL that it is limited to or "", role as SQL, whether it may be given on)."""

_ROLE = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS role"
_OURS = "c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')"
_GRANTS = f"""
SELECT c.relname AS name, c.relkind = 'S' AS sequence, '' AS part, a.privilege_type AS privilege,
  a.is_grantable AS grantable, {_ROLE}
FROM pg_class c LEFT JOIN LATERAL aclexplode(c.relacl) a ON a.grantee <> c.relowner WHERE {_OURS}
UNION ALL
SELECT c.relname, FALSE, quote_ident(t.attname), a.privilege_type, a.is_grantable, {_ROLE}
FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
CROSS JOIN LATERAL aclexplode(t.attacl) a WHERE {_OURS} AND a.grantee <> c.relowner
"""  # noqa: S608 - constants
_COLUMNS = """
SELECT c.relname AS name, quote_ident(t.attname) AS part FROM pg_class c
JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
WHERE c.relnamespace = 'public'::regnamespace
"""
# Views, tables, sequences: what went with something else (CASCADE) is no longer there.
_OBJECTS = """
SELECT format('DROP %s IF EXISTS public.%I CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW'
  WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relname) AS sql
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY strpos('vmrpS', c.relkind::text)
"""
_ROUTINES = """
SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) AS sql FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what with a table or sequence, beside its owner."""

    kind: str
    name: str
    grants: tuple[Grant, ...]


async def wipe(database: str | None) -> list[Rights]:
    """Take it all away; the rights to `restore` when the migrations have run. DatabaseInUse when it is open.

    `database`: the id of the one that was found to be a demo; NOT_A_DEMO when another has taken its place since. None:
    it has no id, being older than ids.
    """
    chosen = settings()
    try:
        if chosen.postgres:
            return await _wipe_postgres(chosen, database)
        await _wipe_sqlite(chosen, database)
    except locks.LockBusy as error:
        raise engine.DatabaseInUse(str(error)) from error
    return []


def _remove_files(chosen: Settings) -> None:
    """Before the database: a head.json that outlives its demo would bar the way to the next one."""
    (chosen.data_dir / "head.json").unlink(missing_ok=True)
    shutil.rmtree(chosen.data_dir / "exports", ignore_errors=True)


async def _wipe_sqlite(chosen: Settings, database: str | None) -> None:
    lock = locks.FileLock(chosen.lock_path("open"))
    await lock.wait(seconds=5)
    try:
        if database is not None:
            with contextlib.closing(sqlite3.connect(chosen.sqlite_path)) as connection:
                (now,) = connection.execute(installation.DATABASE_ID).fetchone()
            if now != database:
                raise NOT_A_DEMO()
        _remove_files(chosen)
        for end in ("", "-wal", "-shm"):
            chosen.sqlite_path.with_name(chosen.sqlite_path.name + end).unlink(missing_ok=True)
    finally:
        lock.release()


async def _wipe_postgres(chosen: Settings, database: str | None) -> list[Rights]:
    async with advisory.exclusive(chosen.migrate_url or chosen.database_url) as connection:
        if database is not None and await connection.fetchval(installation.DATABASE_ID) != database:
            raise NOT_A_DEMO()
        rights = await _rights(connection)
        _remove_files(chosen)
        async with connection.transaction():
            for query in (_OBJECTS, _ROUTINES):
                for row in await connection.fetch(query):
                    await connection.execute(row["sql"])
    return rights


async def _rights(connection: Any) -> list[Rights]:
    by_object: dict[tuple[str, str], list[Grant]] = defaultdict(list)
    for row in await connection.fetch(_GRANTS):
        grants = by_object["SEQUENCE" if row["sequence"] else "TABLE", row["name"]]
        if row["privilege"] is not None:
            grants.append((row["privilege"], row["part"], row["role"], row["grantable"]))
    return [Rights(kind, name, tuple(grants)) for (kind, name), grants in by_object.items()]


async def restore(rights: Sequence[Rights]) -> None:
    """Give the rights again, exactly: what default privileges gave beyond them is taken back."""
    chosen = settings()
    if not chosen.postgres or not rights:
        return
    async with advisory.connected(chosen.migrate_url or chosen.database_url) as connection, connection.transaction():
        now = {(r.kind, r.name): r for r in await _rights(connection)}
        columns = {(row["name"], row["part"]) for row in await connection.fetch(_COLUMNS)}
        for before in rights:
            fresh = now.get((before.kind, before.name))
            if fresh is None:
                continue
            on = f'ON {before.kind} public."{before.name}"'
            for role in {role for _, _, role, _ in fresh.grants}:
                await connection.execute(f"REVOKE ALL {on} FROM {role}")
            for privilege, part, role, grantable in before.grants:
                if part and (before.name, part) not in columns:
                    continue  # this version has no such column
                limited = f" ({part})" if part else ""
                option = " WITH GRANT OPTION" if grantable else ""
                await connection.execute(f"GRANT {privilege}{limited} {on} TO {role}{option}")
