"""What lists are filtered by: a name (sealed in the address), an amount, days, a bank number, codes."""

from collections.abc import Awaitable, Callable, Container, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from charity.errors import FieldError, Refusal, unreadable
from charity.money import AMOUNT_MAX_FEN, parse_yuan, typed_yuan, yuan
from charity.web import sealed_words
from charity.web.fields import DayText

ROWS = 100
"""Rows of a page."""
TEXT_MAX = 64
T = TypeVar("T")
NO_SUCH_CODE = "没有这个代码，请从列表里选"
NOT_OURS = "这个网址里的姓名读不出来，请重新填写"
BACKWARDS = "上限不能小于下限"


def _opened(text: str) -> str:
    name = sealed_words.opened(text)
    if name is None:
        raise ValueError(NOT_OURS)
    return name


def _amount(text: str) -> str:
    return yuan(typed_yuan(text)) if text.strip() else ""


class ListFilters(BaseModel):
    """The filters of every list; each list has codes of its own beside them. "" is any."""

    model_config = ConfigDict(extra="ignore")

    who: Annotated[str, AfterValidator(_opened)] = ""
    least: Annotated[str, AfterValidator(_amount)] = ""
    most: Annotated[str, AfterValidator(_amount)] = ""
    from_on: DayText = ""
    to_on: DayText = ""
    bank: str = Field("", max_length=TEXT_MAX)
    after: str = Field("", max_length=200)

    def chosen(self, *without: str) -> dict[str, Any]:
        """What the reader of a list asks by: fields under their names, who as `name`, the bounds as `amounts`."""
        fields = self.model_dump(exclude={"who", "least", "most", *without})
        return {**fields, "name": self.who, "amounts": self.amounts()}

    def amounts(self) -> tuple[int, int] | None:
        """The lower and the upper bound, fen; None for any."""
        if not (self.least or self.most):
            return None
        first = parse_yuan(self.least) if self.least else 0
        last = parse_yuan(self.most) if self.most else AMOUNT_MAX_FEN
        if last < first:
            raise unreadable(FieldError("most", BACKWARDS))
        return first, last


async def rows_of(
    refusal: Refusal | None, read: Callable[[], Awaitable[Sequence[T]]]
) -> tuple[Sequence[T], Refusal | None]:
    """The rows of a list, or none and what is wrong with its filters: unreadable ones, or some that `read` refuses."""
    if refusal is not None:
        return [], refusal
    try:
        return await read(), None
    except Refusal as wrong:
        return [], wrong


def must_know(field: str, code: str, known: Container[str]) -> None:
    """Refuse a code that does not exist, at its field."""
    if code and code not in known:
        raise unreadable(FieldError(field, NO_SUCH_CODE))


def address(path: str, amounts: Sequence[int], name: str) -> str:
    """A list filtered by the first of these amounts, fen, or by a name, which is sealed."""
    if amounts:
        return f"{path}?{urlencode({'least': yuan(amounts[0]), 'most': yuan(amounts[0])})}"
    return f"{path}?{urlencode({'who': sealed_words.sealed(name)})}"
