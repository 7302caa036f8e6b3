"""The demo's tables: CSV files of docs/field.md 7, read strictly."""

import csv
from functools import lru_cache
from pathlib import Path

from charity.money import parse_yuan

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=16)
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def fen(yuan: str) -> int:
    """Yuan text to fen; an explicit zero stays zero, anything unreadable raises."""
    return 0 if yuan in {"0", "0.0"} else parse_yuan(yuan)
