"""Rows that the lines of a register name, by id."""

from collections.abc import Iterable
from typing import Any

from charity.db import reading
from charity.people import persons


async def by_id(sql: str, ids: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """The rows of a query by their column `id`, in parts that fit a statement; `{in}` stands for the places."""
    todo = sorted({i for i in ids if i})
    rows: dict[Any, dict[str, Any]] = {}
    for at in range(0, len(todo), persons.NAMES_CHUNK):
        part = todo[at : at + persons.NAMES_CHUNK]
        rows |= {row["id"]: row for row in await reading.rows(sql.replace("{in}", reading.places(len(part))), *part)}
    return rows
