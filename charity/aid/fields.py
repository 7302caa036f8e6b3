"""Fields of vouchers from outside, as their JSON bodies and forms both read them."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from charity.aid import recipients
from charity.aid.content import REASON_MAX, RECIPIENTS_MAX
from charity.aid.recipients import LISTED_MAX
from charity.money import typed_yuan
from charity.plain import plain
from charity.web import fields
from charity.web.messages import Needed

CODE_MAX = 64
LIST_MAX = 20_000
"""Characters of a typed list: more than its most names take."""
_COUNT = re.compile(r"[0-9]{1,7}")


def yuan(value: Any) -> Any:
    """A typed amount in yuan as fen."""
    return typed_yuan(value) if isinstance(value, str) else value


def _count(value: Any, info: ValidationInfo) -> Any:
    """The number typed beside a list: it may be left out, and must not be another one."""
    listed = len(recipients.codes(info.data.get("listed", "")))
    if not isinstance(value, str):
        return value
    if not value.strip():
        return listed
    number = plain(value)
    if not _COUNT.fullmatch(number):
        raise ValueError("请填写人次，只用数字")
    if listed and int(number) != listed:
        raise ValueError("人次与名单的户（人）数不同；填了名单就不用填人次")
    return int(number)


def _who(value: Any) -> int | tuple[str, ...]:
    """A number of recipients, or a list of their codes."""
    if isinstance(value, list):
        if not all(isinstance(code, str) and len(code) <= CODE_MAX for code in value):
            raise ValueError("名单里的每一项是一个家庭或个人的编号")
        return tuple(recipients.normal(code) for code in value)
    if type(value) is not int:
        raise ValueError("请填写人次，或者家庭和个人编号的名单")
    if not 0 <= value <= RECIPIENTS_MAX:
        raise ValueError("人次从 0 到 1,000,000")
    return value


def _of_aid(value: str, info: ValidationInfo) -> str:
    """A programme: aid has one; what our own costs may not have is said by the verb."""
    if not value and info.data.get("purpose") == "aid":
        raise ValueError("请选择慈善项目")
    return value


REF_MAX = 64
Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REF_MAX)]
PlaceCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REF_MAX)]


def _text(longest: int, least: int = 1) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=longest)


Code = Annotated[str, _text(CODE_MAX)]
Reason = Annotated[str, _text(REASON_MAX), fields.AREA, Needed("请写明理由")]
Programme = Annotated[str, _text(CODE_MAX, 0), AfterValidator(_of_aid)]
Fund = Annotated[Code, Needed("请选择基金")]
Recipients = Annotated[int, BeforeValidator(_count), Field(ge=0, le=RECIPIENTS_MAX)]
_WHO = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": RECIPIENTS_MAX},
        {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": CODE_MAX}, "maxItems": LISTED_MAX},
    ]
}
Who = Annotated[Any, PlainValidator(_who), WithJsonSchema(_WHO)]
Listed = Annotated[str, _text(LIST_MAX, 0), fields.AREA]
