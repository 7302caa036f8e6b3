"""What a sheet needs to know of a column, and how a value stands in a cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

Kind = Literal["text", "money", "count", "date"]
Row = Sequence[Any] | Mapping[str, Any]

FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
"""First characters that a spreadsheet may take for a formula (OWASP, CSV injection)."""


class ColumnLike(Protocol):
    """Any column with a key, a title and a kind; the registers' columns fit too."""

    @property
    def key(self) -> str:
        """The key of the value in a row mapping."""

    @property
    def title(self) -> str:
        """The words of the head row."""

    @property
    def kind(self) -> Kind:
        """What the values are: money is int fen."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    key: str
    title: str
    kind: Kind = "text"


def values(columns: Sequence[ColumnLike], row: Row) -> list[Any]:
    """The values of a row in column order; KeyError or ValueError when the row does not fit."""
    if isinstance(row, Mapping):
        return [row[column.key] for column in columns]
    if len(row) != len(columns):
        raise ValueError(f"{len(row)} cells for {len(columns)} columns")
    return list(row)


def is_figure(column: ColumnLike, value: Any) -> bool:
    """Whether a value is a number of ours and not somebody's text."""
    return column.kind in {"money", "count"} and isinstance(value, int) and not isinstance(value, bool)


def clean(text: str) -> str:
    """Text without the characters that neither XML nor a CSV reader can carry."""
    if text.isprintable():  # nearly every cell: no control character and no lone surrogate
        return text
    kept = "".join(c for c in text if c >= " " or c in "\t\n\r")
    return kept.encode("utf-8", "replace").decode()


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading ' before a dangerous first character."""
    text = clean(text)
    return "'" + text if text.startswith(FORMULA_STARTS) else text
