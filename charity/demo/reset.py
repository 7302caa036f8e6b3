"""`demo --reset`: take the demo's database and files away, and nothing at all while somebody has it open.

On SQLite the file goes. On PostgreSQL what migrations made goes and the schema stays, with who may use it; the
grants on tables and sequences are given again to the new ones, so that the serving role is what it was.
"""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import advisory, engine, locks
from charity.settings import Settings, settings

Grant = tuple[str, str, bool]
"""(privilege, role as SQL, whether it may be handed on)."""

_GRANTS = """
SELECT c.relname AS name, c.relkind = 'S' AS sequence, a.privilege_type AS privilege, a.is_grantable AS grantable,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS role
FROM pg_class c LEFT JOIN LATERAL aclexplode(c.relacl) a ON a.grantee <> c.relowner
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
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


async def wipe() -> list[Rights]:
    """Take it all away; the rights to `restore` when the migrations have run. DatabaseInUse when it is open."""
    chosen = settings()
    try:
        if chosen.postgres:
            return await _wipe_postgres(chosen)
        await _wipe_sqlite(chosen)
    except locks.LockBusy as error:
        raise engine.DatabaseInUse(str(error)) from error
    return []


def _remove_files(chosen: Settings) -> None:
    (chosen.data_dir / "demo.loaded").unlink(missing_ok=True)
    shutil.rmtree(chosen.data_dir / "exports", ignore_errors=True)


async def _wipe_sqlite(chosen: Settings) -> None:
    lock = locks.FileLock(chosen.lock_path("open"))
    await lock.wait(seconds=5)
    try:
        _remove_files(chosen)
        for end in ("", "-wal", "-shm"):
            chosen.sqlite_path.with_name(chosen.sqlite_path.name + end).unlink(missing_ok=True)
    finally:
        lock.release()


async def _wipe_postgres(chosen: Settings) -> list[Rights]:
    async with advisory.exclusive(chosen.migrate_url or chosen.database_url) as connection:
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
            grants.append((row["privilege"], row["role"], row["grantable"]))
    return [Rights(kind, name, tuple(grants)) for (kind, name), grants in by_object.items()]


async def restore(rights: Sequence[Rights]) -> None:
    """Give the rights again, exactly: what default privileges gave beyond them is taken back."""
    chosen = settings()
    if not chosen.postgres or not rights:
        return
    async with advisory.connected(chosen.migrate_url or chosen.database_url) as connection, connection.transaction():
        now = {(r.kind, r.name): r for r in await _rights(connection)}
        for before in rights:
            fresh = now.get((before.kind, before.name))
            if fresh is None:
                continue
            on = f'ON {before.kind} public."{before.name}"'
            for role in {role for _, role, _ in fresh.grants}:
                await connection.execute(f"REVOKE ALL {on} FROM {role}")
            for privilege, role, grantable in before.grants:
                option = " WITH GRANT OPTION" if grantable else ""
                await connection.execute(f"GRANT {privilege} {on} TO {role}{option}")
