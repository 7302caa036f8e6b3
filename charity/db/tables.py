"""A table whose rows the writer's commands read, add and change, with the type of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tortoise.models import Model

from charity.db import starting  # noqa: F401 - before any model is made

Row = TypeVar("Row", bound=Mapping[str, Any])


class Table(Generic[Row]):
    """`RECEIPT = Table(Receipt, ReceiptRow)`: the model names the table and its key, the TypedDict types its rows.

    `key` is another unique column to find rows by, or "" where rows are only added. `follows` is a column with the key
    of another row of the table: whoever names a row sees that one too. A test compares the model, the TypedDict and
    the table's columns.
    """

    __slots__ = ("columns", "follows", "key", "model", "name", "row")

    def __init__(self, model: type[Model], row: type[Row], key: str | None = None, *, follows: str = "") -> None:
        self.model, self.row, self.follows = model, row, follows
        self.name: str = model._meta.db_table  # noqa: SLF001 - Tortoise's description of a model
        self.key = model._meta.db_pk_column if key is None else key  # noqa: SLF001
        self.columns = frozenset(row.__annotations__)

    def __repr__(self) -> str:
        return f"Table({self.name}, {self.key or '-'})"


@dataclass(frozen=True, slots=True)
class Sums:
    """A table of kept sums: `keys` are the columns of its primary key, `amounts` are added to. Names come from code."""

    name: str
    keys: tuple[str, ...]
    amounts: tuple[str, ...]

    def __hash__(self) -> int:
        """By name: its place in a batch is looked up at every addition."""
        return hash(self.name)

    def add_sql(self) -> str:
        """Adds to a row, or begins it."""
        columns = (*self.keys, *self.amounts)
        places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        added = ", ".join(f"{a} = {self.name}.{a} + excluded.{a}" for a in self.amounts)
        return (
            f"INSERT INTO {self.name} ({', '.join(columns)}) VALUES ({places}) "  # noqa: S608 - names from code
            f"ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {added}"
        )
