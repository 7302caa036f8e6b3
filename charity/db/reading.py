"""Reads outside a transaction: a snapshot of what is committed, never waiting for the writer."""

from typing import Any

from tortoise.connection import get_connections

from charity.db import engine
from charity.db.transactions import dialect


async def rows(sql: str, *args: Any) -> list[dict[str, Any]]:
    """All rows of a query with `$1` places, as dicts."""
    connection = get_connections().get(next(engine.state().readers))
    return await connection.execute_query_dict(dialect(sql), list(args))


async def row(sql: str, *args: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    found = await rows(sql, *args)
    return found[0] if found else None


async def value(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    found = await row(sql, *args)
    return next(iter(found.values())) if found else None


def places(count: int, start: int = 1) -> str:
    """`$1, $2, …` for an IN list of `count` values."""
    return ", ".join(f"${n}" for n in range(start, start + count))
