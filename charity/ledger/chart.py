"""The chart of accounts as versioned data: the 2004 and the 2024 edition of 民间非营利组织会计制度.

The 2024 edition is in force from 2026-01-01 (rules 4.6). The books of this platform begin under it,
so its codes are the constants of `accounts.py`; `heading` says what a code meant in an edition.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

EDITIONS = ("2004", "2024")
IN_FORCE = {"2004": "2005-01-01", "2024": "2026-01-01"}
_FOLDER = Path(__file__).parent / "charts"


@dataclass(frozen=True, slots=True)
class Heading:
    """One account of the chart; `side` is where it normally stands."""

    code: str
    name: str
    name_en: str
    side: str


@lru_cache(maxsize=4)
def edition(name: str) -> dict[str, Heading]:
    """The headings of an edition by code."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Heading(row["code"], row["name"], row["name_en"], row["side"]) for row in csv.DictReader(file)
        }


def edition_on(day: str) -> str:
    """The edition in force on a date."""
    return max(name for name, since in IN_FORCE.items() if since <= max(day, IN_FORCE["2004"]))


def heading(code: str, name: str = "2024") -> Heading:
    """A heading of an edition; KeyError when it has none of this code."""
    return edition(name)[code]
