"""Conditions of a list and its paging by key: one builder for every list, so that each reads in the order of an index.

A page begins behind the key of the last row that was seen, never at an offset: its cost does not grow with how far
one has read. Row values such as `(day, seq) > ($1, $2)` use a whole index on SQLite and PostgreSQL.
"""

from collections.abc import Sequence
from typing import Any


class Where:
    """Conditions joined by AND, and their values; `?` in a condition becomes the next place `$n`."""

    def __init__(self, *values: Any) -> None:
        """`values` are bound before, as $1, $2 …"""
        self.values: list[Any] = list(values)
        self._tests: list[str] = []

    def add(self, test: str, *values: Any) -> "Where":
        """One condition; as many `?` in it as there are values. Texts come from code, never from input."""
        parts = test.split("?")
        assert len(parts) == len(values) + 1, test
        first = len(self.values) + 1
        self._tests.append(parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], first)))
        self.values += values
        return self

    def chosen(self, column: str, value: str) -> "Where":
        """`column = value`, when a filter says something."""
        return self.add(f"{column} = ?", value) if value else self

    def after(self, columns: Sequence[str], key: Sequence[Any], *, descending: bool = False) -> "Where":
        """Behind the row with this key, in the order of these columns."""
        sign, places = "<" if descending else ">", ", ".join("?" * len(columns))
        return self.add(f"({', '.join(columns)}) {sign} ({places})", *key)

    @property
    def text(self) -> str:
        """All conditions, for `WHERE {text}`."""
        return " AND ".join(self._tests) or "1 = 1"
