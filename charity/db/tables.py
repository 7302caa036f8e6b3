"""A table whose rows the writer's commands read, add and change, with the type of its rows."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from tortoise.models import Model

Row = TypeVar("Row", bound=Mapping[str, Any])


class Table(Generic[Row]):
    """`RECEIPT = Table(Receipt, ReceiptRow)`: the model names the table and its key, the TypedDict types its rows.

    `key` is another unique column to find rows by, or "" where rows are only added. A test compares
    the model, the TypedDict and the table's columns.
    """

    __slots__ = ("columns", "key", "model", "name", "row")

    def __init__(self, model: type[Model], row: type[Row], key: str | None = None) -> None:
        self.model, self.row = model, row
        self.name: str = model._meta.db_table  # noqa: SLF001 - Tortoise's description of a model
        self.key = model._meta.db_pk_column if key is None else key  # noqa: SLF001
        self.columns = frozenset(row.__annotations__)

    def __repr__(self) -> str:
        return f"Table({self.name}, {self.key or '-'})"
