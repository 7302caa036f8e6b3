"""Numbers of documents, without a gap a year: `CS-2026-000123`, and how SQL reads their parts.

A document's prefix stands beside the verb that numbers it; for slips it names the store too (`RK-LX01`).
`charity verify` reads the numbers with the same words and compares them with the `series` they were drawn from.
"""

from charity.db import reading

DIGITS = 6
"""Digits at least; the millionth document of a year has seven."""
_YEAR = 4


def written(prefix: str, year: int, count: int) -> str:
    """The number of the `count`th document of a year."""
    return f"{start(prefix, year)}{count:0{DIGITS}d}"


def start(prefix: str, year: int) -> str:
    """What all numbers of a year begin with: `CS-2026-`."""
    return f"{prefix}-{year}-"


def starts_sql(prefix: str, year: str, column: str) -> str:
    """SQL for whether a number is one of this prefix and of the year that SQL reads as an integer."""
    return f"substr({column}, 1, {len(prefix) + _YEAR + 2}) = '{prefix}-' || CAST({year} AS TEXT) || '-'"


def year_sql(prefix: str, column: str) -> str:
    """SQL for the year in a number of this prefix, as text."""
    return f"substr({column}, {len(prefix) + 2}, {_YEAR})"


def count_sql(prefix: str, column: str) -> str:
    """SQL for the count in a number of this prefix, as an integer."""
    return f"CAST(substr({column}, {len(prefix) + _YEAR + 3}) AS INTEGER)"


def prefix_sql(column: str) -> str:
    """SQL for the prefix of a number, whatever it is; the number has DIGITS digits."""
    return f"substr({column}, 1, LENGTH({column}) - {_YEAR + DIGITS + 2})"


def any_year_sql(column: str) -> str:
    """SQL for the year of a number, whatever its prefix; the number has DIGITS digits."""
    return f"substr({column}, LENGTH({column}) - {_YEAR + DIGITS}, {_YEAR})"


async def following(series: str) -> dict[int, int]:
    """The next number of a series by year."""
    rows = await reading.rows("SELECT year, next FROM series WHERE name = $1", series)
    return {row["year"]: row["next"] for row in rows}
