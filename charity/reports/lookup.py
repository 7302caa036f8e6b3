"""Rows that the lines of a register name, by id."""

from collections.abc import Iterable
from typing import Any, TypeVar

from charity.db import reading
from charity.people import persons

Id = TypeVar("Id", str, int)


async def by_id(sql: str, ids: Iterable[Id | None]) -> dict[Id, dict[str, Any]]:
    """The rows of a query by their column `id`, in parts that fit a statement; `{in}` stands for the places.

    Ids are keys or codes, or numbers of entries; lines that name none are left out.
    """
    todo = sorted({i for i in ids if i})
    rows: dict[Id, dict[str, Any]] = {}
    for at in range(0, len(todo), persons.NAMES_CHUNK):
        part = todo[at : at + persons.NAMES_CHUNK]
        rows |= {row["id"]: row for row in await reading.rows(sql.replace("{in}", reading.places(len(part))), *part)}
    return rows
