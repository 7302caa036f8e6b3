"""Pydantic's findings in the field's words: one Chinese sentence for each kind of error.

A validator of a room raises `ValueError("中文 msgid")`; those words are taken as they are. What was
typed is never repeated: it may be a person's data.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from charity import days, texts, words
from charity.errors import FieldError, Refusal, unreadable
from charity.money import AmountUnreadable

ERRORS_MAX = 100
AMOUNTS = {
    "empty": "请填写金额",
    "not_a_number": "金额只能用数字填写，例如 100 或 99.50",
    "unclear": "看不准是多少钱，请重新填写：逗号只用来分千位，例如 1,000；小数最多两位，例如 1000.50",
    "full_width": "请用半角数字填写金额",
    "too_many_decimals": "金额最多两位小数",
    "not_positive": "金额必须大于 0",
    "too_large": "金额超过上限",
}
CHOICES = "只能是：{expected}"
NO_CHOICE = "没有这个选项，请重新选"
"""The same on a page, which says its choices in words."""
WORDS = {
    "missing": "请填写此项",
    "extra_forbidden": "没有这个字段",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不对",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "必须大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "必须小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "int_type": "必须是整数",
    "int_parsing": "请填写整数",
    "int_from_float": "必须是整数",
    "int_parsing_size": "数字太大",
    "bool_type": "必须是 true 或 false",
    "bool_parsing": "必须是“是”或“否”",
    "string_type": "必须是文字",
    "list_type": "必须是列表",
    "dict_type": "必须是对象",
    "model_type": "必须是 JSON 对象",
    "model_attributes_type": "必须是 JSON 对象",
    "literal_error": CHOICES,
    "enum": CHOICES,
    "union_tag_not_found": "请填写此项",
    "union_tag_invalid": "没有这个选项",
}
OTHERWISE = "填写有误，请检查"
TWICE = "“{field}” 只能填写一次"


@dataclass(frozen=True, slots=True)
class Needed:
    """What a field says when it is empty: `fund: Annotated[Code, Needed("请选择基金")]`.

    A summary of five times "请填写此项" helps nobody.
    """

    words: str


class SaidError(ValueError):
    """A validator's words with facts of our own making, such as a sum that was read."""

    def __init__(self, words: str, **facts: Any) -> None:
        super().__init__(words)
        self.words, self.facts = words, facts


def _words(error: ErrorDetails) -> tuple[str, tuple[tuple[str, Any], ...]]:
    kind, ctx = error["type"], error.get("ctx", {})
    if kind in {"value_error", "assertion_error"}:
        cause = ctx.get("error")
        if isinstance(cause, AmountUnreadable):
            return AMOUNTS[cause.reason], ()
        if isinstance(cause, days.DayRefused | SaidError):
            return cause.words, tuple(cause.facts.items())
        return (str(cause), ()) if isinstance(cause, ValueError) and str(cause) else (OTHERWISE, ())
    if kind.startswith("date"):
        return days.UNREADABLE, ()
    if kind == "string_too_short" and ctx.get("min_length") == 1:
        return WORDS["missing"], ()
    text = WORDS.get(kind, OTHERWISE)
    if "expected" in ctx:  # 'name', 'amount' or 'contact'
        ctx = {**ctx, "expected": "/".join(re.findall(r"'([^']*)'", str(ctx["expected"]))) or str(ctx["expected"])}
    return text, tuple((name, value) for name, value in ctx.items() if f"{{{name}}}" in text)


def refusal(error: ValidationError, model: type[BaseModel], faults: Sequence[FieldError] = ()) -> Refusal:
    """The 422 of a model that could not be read, all its fields at once; `faults` go before what it says of theirs."""
    errors = list(faults)
    known = {fault.field for fault in faults}
    for detail in error.errors(include_url=False, include_input=False)[:ERRORS_MAX]:
        text, facts = _words(detail)
        if text == WORDS["missing"]:
            text = _needed(model, detail["loc"]) or text
        field = ".".join(texts.cleaned(str(part)) for part in detail["loc"])
        if field not in known:
            errors.append(FieldError(field, text, facts, _title(model, field)))
    return unreadable(*errors)


def _title(model: type[BaseModel], name: str) -> str:
    """What people call the field: its title, where it has one; else ""."""
    field = model.model_fields.get(name)
    return (field.title or "") if field else ""


def _needed(model: type[BaseModel], path: Sequence[int | str]) -> str | None:
    """What the field at this path says when it is empty."""
    models, needed = [model], None
    for name in path:
        field = next((m.model_fields[name] for m in models if name in m.model_fields), None)
        if field is not None:  # else the number of a line
            models = _models(field.annotation)
            needed = next((mark.words for mark in field.metadata if isinstance(mark, Needed)), None)
    return needed


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models in a field's type: of `list[Line] | None` it is Line."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def is_not_json(error: ValidationError) -> bool:
    """Whether the body was no JSON at all."""
    return any(detail["type"] == "json_invalid" for detail in error.errors(include_url=False, include_input=False)[:1])


def spoken(fields: Sequence[FieldError]) -> list[dict[str, str]]:
    """Field errors in the current language: `[{field, message}]`."""
    return [{"field": e.field, "message": words.say(e.message, **dict(e.facts))} for e in fields]
