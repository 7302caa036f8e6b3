"""Whether the file of the database is whole: damaged pages, and indexes that do not say what their tables say.

On SQLite table by table, so that no snapshot is held for long beside a server (a check of the whole file would
also look at unused pages, which hold nothing of ours). On PostgreSQL by amcheck, where it is installed and this
role may run it; `checkable` says so. Full is for `verify`; quick leaves the contents of indexes out.
"""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from urllib.parse import quote

from asyncpg import PostgresError
from tortoise.exceptions import OperationalError

from charity import words
from charity.db import engine, reading
from charity.errors import Failure
from charity.settings import settings

SHOWN_MAX = 20
QUICK_BYTES_MAX = 512 * 1024 * 1024
"""Up to this size `serve` looks before it starts (about 1 s); above it the daily look comes a little later."""


async def damage(*, quick: bool = False) -> list[str]:
    """What is damaged, at most SHOWN_MAX lines; none when the file is whole, or cannot be looked at."""
    if not engine.state().postgres:
        return await asyncio.to_thread(_of_file, settings().sqlite_path, quick=quick)
    return await _of_cluster(quick=quick) if await checkable() else []


async def checkable() -> bool:
    """Whether this database can be looked at: PostgreSQL needs amcheck, and the right to run it."""
    if not engine.state().postgres:
        return True
    return bool(
        await reading.value(
            "SELECT COALESCE(bool_and(has_function_privilege(p.oid, 'EXECUTE')), FALSE) FROM pg_extension x "
            "JOIN pg_depend d ON d.refobjid = x.oid AND d.deptype = 'e' JOIN pg_proc p ON p.oid = d.objid "
            "WHERE x.extname = 'amcheck' AND p.proname IN ('bt_index_check', 'verify_heapam')"
        )
    )


def _of_file(path: Path, *, quick: bool) -> list[str]:
    pragma = "quick_check" if quick else "integrity_check"
    damaged: list[str] = []
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        try:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            for table in ("sqlite_schema", *tables):
                damaged += _of_table(connection, pragma, table)
        except sqlite3.DatabaseError as error:
            damaged.append(str(error))
    return damaged[:SHOWN_MAX]


def _of_table(connection: sqlite3.Connection, pragma: str, table: str) -> list[str]:
    try:
        rows = connection.execute(f"""PRAGMA {pragma}('{table.replace("'", "''")}')""").fetchall()
    except sqlite3.DatabaseError as error:
        return [f"{table}: {error}"]
    return [f"{table}: {' '.join(words.split())}" for (words,) in rows if words != "ok"]


async def _of_cluster(*, quick: bool) -> list[str]:
    indexes = await reading.rows(
        "SELECT c.oid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND i.indisvalid "
        "AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    damaged: list[str] = []
    for index in indexes:
        try:
            await reading.value("SELECT bt_index_check($1::text::regclass, $2)", index["name"], not quick)
        except (OperationalError, PostgresError) as error:
            damaged.append(f"{index['name']}: {str(error).splitlines()[0]}")
    tables = await reading.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    for table in tables:
        rows = await reading.rows("SELECT msg FROM verify_heapam($1::text::regclass) LIMIT 3", table["name"])
        damaged += [f"{table['name']}: {row['msg']}" for row in rows]
    return damaged[:SHOWN_MAX]


async def run() -> list[Failure]:
    """`charity verify`, the file's part."""
    return [Failure("FILE", words.say("数据库文件有损坏：{what}", what=what)) for what in await damage()]
