"""What the writer's commands read and add: model, TypedDict and the table's columns say the same."""

import importlib
import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from tortoise import fields

from charity.app import MODELS
from charity.db import engine, reading
from charity.db.tables import Table

TABLES = {
    f"{module}.{name}": table
    for module in MODELS
    for name, table in vars(importlib.import_module(module)).items()
    if isinstance(table, Table)
}
KINDS = {"int": {"INTEGER", "BIGINT", "INT"}, "str": {"TEXT"}, "bytes": {"BLOB", "BYTEA"}, "bool": {"BOOLEAN"}}


def kind(hint: Any) -> tuple[str, bool]:
    """Name of the type, and whether it may be None."""
    if get_origin(hint) in {Union, types.UnionType}:
        (plain,) = [part for part in get_args(hint) if part is not type(None)]
        return plain.__name__, True
    return hint.__name__, False


async def columns(table: str) -> dict[str, tuple[str, bool]]:
    """Type and nullability of each column, as the database has them."""
    if engine.state().postgres:
        rows = await reading.rows(
            "SELECT column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable "
            "FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'",
            table,
        )
    else:
        rows = await reading.rows(
            'SELECT name, type, "notnull" = 0 AND pk = 0 AS nullable FROM pragma_table_info($1)', table
        )
    return {row["name"]: (str(row["type"]).upper(), bool(row["nullable"])) for row in rows}


def test_every_room_that_adds_rows_has_its_tables() -> None:
    assert {name.split(".")[1] for name in TABLES} == {"giving", "goods", "aid", "people", "ledger"}


@pytest.mark.parametrize("name", TABLES)
async def test_a_table_its_model_and_its_row_say_the_same(opened: str, name: str) -> None:
    table = TABLES[name]
    stored = await columns(table.name)
    hints = {column: kind(hint) for column, hint in get_type_hints(table.row).items()}
    assert hints.keys() == stored.keys() == table.columns
    model = table.model._meta
    assert set(model.fields_db_projection.values()) == stored.keys()
    for column, (python, optional) in hints.items():
        sql, nullable = stored[column]
        assert sql in KINDS[python], (column, sql)
        assert optional == nullable, column
        field = model.fields_map[{v: k for k, v in model.fields_db_projection.items()}[column]]
        assert field.null == nullable, column
        assert isinstance(field, fields.BinaryField) == (python == "bytes"), column
        assert isinstance(field, fields.BooleanField) == (python == "bool"), column
    assert table.key in {"", *stored}
