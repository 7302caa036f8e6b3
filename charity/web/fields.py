"""What forms and bodies of all rooms have in common: texts by the one rule (charity/texts.py), days, lists.

A field of several lines carries `AREA` in its annotation, one of rows copied from a spreadsheet `GRID`, a field that
may be sent more than once is declared as a list. All are read off the model, so that nothing has to be said twice.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo

from charity import days, texts
from charity.errors import FieldError
from charity.web import messages

DEPTH_MAX = 20
"""Deeper than any body of ours: what lies below is refused by its model."""
AREA = AfterValidator(texts.line_feeds)


def _rows(text: str) -> str:
    """The same of rows with tabs: a function of its own, for typing takes two equal marks for one."""
    return texts.line_feeds(text)


GRID = AfterValidator(_rows)
NONE: Mapping[str, str] = MappingProxyType({})


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types and the marks inside of an annotation."""
    if get_origin(annotation) in {Annotated, Union, UnionType, list}:
        for part in get_args(annotation):
            yield from _kinds(part)
    else:
        yield annotation


@lru_cache(maxsize=256)
def areas(model: type[BaseModel]) -> Mapping[str, str]:
    """Signs that stand in fields of several lines, by their path without the numbers of lists: a line feed, a tab."""
    signs: dict[str, str] = {}
    for name, info in model.model_fields.items():
        path = info.alias or name
        for kind in (*info.metadata, *_kinds(info.annotation)):
            if kind is AREA or kind is GRID:
                signs[path] = "\n" if kind is AREA else "\n\t"
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                signs |= {f"{path}.{below}": held for below, held in areas(kind).items()}
    return MappingProxyType(signs)


@lru_cache(maxsize=256)
def numbers(model: type[BaseModel]) -> frozenset[str]:
    """The fields that are whole numbers, without those that have a reading of their own."""
    plain = [
        (name, info)
        for name, info in model.model_fields.items()
        if int in _kinds(info.annotation) and not any(isinstance(mark, BeforeValidator) for mark in info.metadata)
    ]
    return frozenset(info.alias or name for name, info in plain)


@lru_cache(maxsize=256)
def lists(model: type[BaseModel]) -> frozenset[str]:
    """The fields that may be sent more than once."""
    fields = model.model_fields.items()
    return frozenset(info.alias or name for name, info in fields if get_origin(info.annotation) is list)


def faults(value: Any, several: Mapping[str, str] = NONE, at: str = "", path: str = "") -> list[FieldError]:
    """Every text below a value that breaks the rule, by the name of its field; `several` as `areas` says."""
    if isinstance(value, str):
        signs = several.get(path, "")
        text = texts.line_feeds(value) if signs else value
        refused = texts.refused(text.replace("\t", " ") if "\t" in signs else text, area=bool(signs))
        return [] if refused is None else [FieldError(at, texts.REFUSED, tuple(refused._asdict().items()))]
    if at.count(".") >= DEPTH_MAX:
        return []
    errors: list[FieldError] = []
    if isinstance(value, list):
        for n, part in enumerate(value):
            errors += faults(part, several, f"{at}.{n}" if at else str(n), path)
    elif isinstance(value, dict):
        for name, part in value.items():
            place = texts.cleaned(name)
            where = f"{at}.{place}" if at else place
            if place != name:
                errors += [FieldError(where, e.message, e.facts) for e in faults(name)]
            errors += faults(part, several, where, f"{path}.{name}" if path else name)
    return errors[: messages.ERRORS_MAX]


def twice(name: str) -> FieldError:
    """The error of a field that was sent more than once and is no list."""
    place = texts.cleaned(name)
    return FieldError(place, messages.TWICE, (("field", place),))


TYPED = {"typed": True}
"""What a model's validation is told of a form that people fill in: a body of the API is read strictly."""


def _day(value: Any, info: ValidationInfo) -> Any:
    """YYYY-MM-DD, and in a form a day as people type it: neither timestamps nor the other forms of ISO 8601."""
    if value is None:
        return value
    if not isinstance(value, str):
        raise days.DayRefused(days.UNREADABLE)
    return days.typed(value) if info.context == TYPED else days.read(value)


def _day_or_none(text: str, info: ValidationInfo) -> str:
    read = days.typed if info.context == TYPED else days.read
    return read(text).isoformat() if text.strip() else ""


Day = Annotated[date, BeforeValidator(_day)]
ContentHash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="所见内容的 SHA-256（content_hash）")]
DayText = Annotated[str, AfterValidator(_day_or_none)]
"""The day of a filter, kept as text; "" for none."""
