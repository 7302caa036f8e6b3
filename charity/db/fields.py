"""Columns whose words stand in code: a role, a channel, a kind, a status (decision 15)."""

from collections.abc import Iterable
from typing import Any, TypeVar

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from charity.db import engine, starting  # noqa: F401 - before any model is made

M = TypeVar("M", bound=Model)


class WordField(fields.TextField):
    """A text that is one of `words`: a StrEnum, or a table by word such as the channels.

    Rows are written by the writer and read as text, so nothing is compared here: `charity verify` compares the whole
    column (charity/db/verify.py), and adding a word needs no migration.
    """

    def __init__(self, words: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(str(word) for word in words)


class SealedField(fields.BinaryField[bytes]):
    """Bytes that are sealed under their table, column and row (charity/db/sealed.py); a test lists all."""


def relation(model: type[Model] | str, column: str, *, null: bool = False) -> Any:
    """A relation to a table below, kept in `column`: `row.<column>_id` is its key, `row.<column>` a query.

    Deleting what it names is refused, and what it names does not know it.
    """
    options: dict[str, Any] = {"source_field": column, "null": null}
    return fields.ForeignKeyField(model, related_name=False, on_delete=fields.RESTRICT, **options)


def nothing(model: type[M]) -> QuerySet[M]:
    """The query that finds no row: for whoever may see none."""
    return model.filter(pk__in=[])


def worded() -> dict[str, dict[str, WordField]]:
    """The columns with words of all models of the open database: table -> column -> field."""
    apps = engine.state().context.apps
    assert apps is not None, "opened"
    return {name: columns for model in apps["models"].values() for name, columns in [_columns(model)] if columns}


def _columns(model: type[Model]) -> tuple[str, dict[str, WordField]]:
    columns = model._meta.fields_map.items()  # noqa: SLF001 - Tortoise's own description of a model
    names = model._meta.fields_db_projection  # noqa: SLF001
    return model._meta.db_table, {  # noqa: SLF001
        names[name]: field for name, field in columns if isinstance(field, WordField)
    }
