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
    assert {name.split(".")[1] for name in TABLES} >= {"giving", "goods", "aid", "people", "ledger"}


@pytest.mark.parametrize("name", TABLES)
async def test_a_table_its_model_and_its_row_say_the_same(opened: str, name: str) -> None:
    table = TABLES[name]
    model, row, file = table.model._meta, table.row.__name__, f"{name.rpartition('.')[0].replace('.', '/')}.py"
    stored = await columns(table.name)
    hints = {column: kind(hint) for column, hint in get_type_hints(table.row).items()}
    names = {v: k for k, v in model.fields_db_projection.items()}
    for place, declared in ((f"class {row}", hints), (f"class {table.model.__name__}", names)):
        lacking, more = sorted(stored.keys() - declared.keys()), sorted(declared.keys() - stored.keys())
        assert not lacking, f"{file}, {place}: lacks {lacking}, which table {table.name} has: write it there"
        assert not more, f"{file}, {place}: has {more}, which table {table.name} lacks: write a file into migrations/"
    assert hints.keys() == table.columns
    for column, (python, optional) in hints.items():
        sql, nullable = stored[column]
        assert sql in KINDS[python], f"{file}, class {row}: {column} is {python}, in table {table.name} it is {sql}"
        may, never = f"may be NULL in table {table.name}", f"is NOT NULL in table {table.name}"
        assert optional == nullable, (
            f"{file}, class {row}: {column} {may}: write `| None`"
            if nullable
            else f"{file}, class {row}: {column} {never}: write it without `| None`"
        )
        field = model.fields_map[names[column]]
        assert field.null == nullable, (
            f"{file}, class {table.model.__name__}: {column} {may if nullable else never}: write null={nullable}"
        )
        binary, boolean = isinstance(field, fields.BinaryField), isinstance(field, fields.BooleanField)
        assert (binary, boolean) == (python == "bytes", python == "bool"), (
            f"{file}, class {table.model.__name__}: {column} is a {type(field).__name__}, class {row} says {python}"
        )
    assert table.key in {"", *stored}, f"{file}: {table!r} finds rows by {table.key!r}, which is no column"
