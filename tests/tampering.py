"""Writing as somebody does who owns the database: no key, trigger or CHECK holds him. For tests of `charity verify`."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from charity.db import engine, reading, transactions
from charity.settings import settings

_CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = CAST($1 AS regclass)"


async def freely(*statements: tuple[str, list[Any]]) -> None:
    """Run these statements with their values."""
    if not engine.state().postgres:
        with closing(sqlite3.connect(settings().sqlite_path)) as free, free:
            free.execute("PRAGMA ignore_check_constraints = ON")
            triggers = free.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            written = {table(statement) for statement, _ in statements}
            held = [(name, sql) for name, sql in triggers if written & set(re.findall(r" ON (\w+)", sql))]
            for name, _ in held:
                free.execute(f"DROP TRIGGER {name}")
            for statement, values in statements:
                free.execute(re.sub(r"\$(\d+)", r"?\1", statement), values)
            for _, sql in held:
                free.execute(sql)
        return

    async def work(tx: transactions.Tx) -> None:
        await tx.rows("SET LOCAL session_replication_role = replica")
        for name in sorted({table(statement) for statement, _ in statements}):
            for row in await tx.rows(_CHECKS, name):
                await tx.rows(f"ALTER TABLE {name} DROP CONSTRAINT {row['conname']}")
        for statement, values in statements:
            await tx.rows(statement, *values)

    await transactions.run(work)


def table(statement: str) -> str:
    """What an UPDATE, an INSERT or a DELETE writes."""
    return statement.split()[1 if statement.startswith("UPDATE") else 2]


@asynccontextmanager
async def tampered(*statements: str) -> AsyncIterator[None]:
    """Let somebody write this, and take it back."""
    before = {name: await reading.rows(f"SELECT * FROM {name}") for name in dict.fromkeys(map(table, statements))}
    await freely(*((statement, []) for statement in statements))
    for name, rows in before.items():
        assert await reading.rows(f"SELECT * FROM {name}") != rows, statements
    yield
    back: list[tuple[str, list[Any]]] = []
    for name, rows in before.items():
        back.append((f"DELETE FROM {name}", []))
        for row in rows:
            places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
            back.append((f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})", list(row.values())))
    await freely(*back)
