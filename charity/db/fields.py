"""Columns whose words stand in code: a role, a channel, a kind, a status (decision 15)."""

from collections.abc import Iterable
from typing import Any

from tortoise import fields
from tortoise.models import Model

from charity.db import engine


class WordField(fields.TextField):
    """A text that is one of `words`: a StrEnum, or a table by word such as the channels.

    Rows are written by the writer and read as text, so nothing is compared here: `charity verify` compares the whole
    column (charity/db/verify.py), and adding a word needs no migration.
    """

    def __init__(self, words: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(str(word) for word in words)


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
