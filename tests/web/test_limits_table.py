"""The table of limits in docs/running.md and docs/zh/running.md says what the code says, and leaves none of the doors out."""

import importlib
import pkgutil
import re
from dataclasses import astuple, is_dataclass
from typing import Any

import guides
import pytest

import charity.web
from charity.web.limits import Pace, Patience

# Second names, the life of a cookie of no weight, how text is packed and pictures are drawn.
NO_LIMITS = {
    "web.compression.LEVEL",
    "web.compression.LEAST",
    "web.nav.FLAT_UP_TO",
    "web.openapi.PART_MAX",
    "web.list_filters.AMOUNT_MAX_FEN",
    "web.problems.UNREAD",  # a status
    "web.switches.YEAR_S",
    *(f"web.pictures.{name}" for name in ("HEIGHT", "ENDS_MAX", "THIN", "TALLEST", "TRUNK_MAX", "WIDE")),
}


def _table(language: str) -> dict[str, list[float]]:
    rows = re.findall(r"^\| `([\w.]+)` \| ([^|]+) \|", guides.limits(language), re.MULTILINE)
    return {name: [float(n.replace(",", "")) for n in re.findall(r"[0-9][0-9,.]*", value)] for name, value in rows}


def _numbers(value: Any) -> list[float]:
    parts = astuple(value) if is_dataclass(value) and not isinstance(value, type) else (value,)
    return [float(part) for part in parts if isinstance(part, int | float)]


@pytest.mark.parametrize("language", guides.LANGUAGES)
def test_every_row_has_the_value_of_the_code(language: str) -> None:
    table = _table(language)
    assert len(table) > 40
    wrong = []
    for name, numbers in table.items():
        module, _, constant = name.rpartition(".")
        value = _numbers(getattr(importlib.import_module(f"charity.{module}"), constant))
        if value[: len(numbers)] != numbers:
            wrong.append(f"{name}: the table has {numbers}, the code {value}")
    assert wrong == []


def test_every_limit_of_the_doors_has_a_row() -> None:
    limits_found = set()
    for module in pkgutil.iter_modules(charity.web.__path__):
        names = vars(importlib.import_module(f"charity.web.{module.name}"))
        limits_found |= {
            f"web.{module.name}.{name}"
            for name, value in names.items()
            if name.isupper() and isinstance(value, int | float | Pace | Patience) and not isinstance(value, bool)
        }
    assert len(limits_found) > 30
    assert limits_found - set(_table("en")) == NO_LIMITS
    assert limits_found - set(_table("zh")) == NO_LIMITS
