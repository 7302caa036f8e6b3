"""Fields that the forms of several closets share: JSON is strict (whole fen), pages take yuan as people type them.

What cannot be read exactly is refused.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.giving import rules
from charity.giving.channels import CHANNELS, PROMISED
from charity.giving.limits import MESSAGE_MAX, REASON_MAX, REF_MAX
from charity.money import AMOUNT_MAX_FEN, AmountUnreadable, typed_yuan, yuan_sign
from charity.web import fields
from charity.web.messages import Needed, SaidError

FEN_DIGITS_MAX = 14


class AmountTwice(SaidError):
    """A sum was chosen and another one typed."""

    def __init__(self, chosen_fen: int, typed_fen: int) -> None:
        words = "您选了 {chosen}，又填了 {typed}，请只留一个"
        super().__init__(words, chosen=yuan_sign(chosen_fen), typed=yuan_sign(typed_fen))


def must_say_why(reason: str) -> None:
    """Refuse an act without a reason, or with one that is too long, whichever door it comes through."""
    if not reason.strip() or len(reason) > REASON_MAX:
        raise rules.REASON_NEEDED()


def _yuan(value: Any) -> Any:
    return typed_yuan(value) if isinstance(value, str) else value


def _yuan_or_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else _yuan(value)


def _chosen_fen(text: str) -> int:
    """Fen of a radio button, or AmountUnreadable."""
    if not (text.isascii() and text.isdigit() and len(text) <= FEN_DIGITS_MAX):
        raise AmountUnreadable("not_a_number")
    fen = int(text)
    if not 0 < fen <= AMOUNT_MAX_FEN:
        raise AmountUnreadable("too_large" if fen else "not_positive")
    return fen


def _chosen_amount(value: Any) -> Any:
    """(digits of a radio button, text of the free field in yuan): one of the two, or both when they say the same."""
    if not isinstance(value, tuple):
        return value
    chosen, free = value
    if not chosen or not isinstance(chosen, str):
        return _yuan(free)
    if not isinstance(free, str) or not free.strip():
        return _chosen_fen(chosen)
    fen, typed = _chosen_fen(chosen), typed_yuan(free)
    if fen != typed:
        raise AmountTwice(fen, typed)
    return fen


def absent(value: Any) -> Any:
    """None for the empty choice of a select."""
    return None if value == "" else value


def _channel(code: str) -> str:
    if code not in CHANNELS:
        raise ValueError("请选择付款方式")
    return code


Fen = Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
OptionalCode = Annotated[Code | None, BeforeValidator(absent)]
Ref = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REF_MAX)]
Message = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MESSAGE_MAX), fields.AREA]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX),
    fields.AREA,
    Needed("请写明理由"),
]
if TYPE_CHECKING:
    Way = str
    PromisedWay = str
else:
    Way = Literal[tuple(CHANNELS)]  # the list in channels is the only one
    PromisedWay = Literal[PROMISED]
ConfirmedFen = Annotated[
    int, Field(ge=1, le=AMOUNT_MAX_FEN, description="再次输入的金额，分：与认捐不同或金额异常大时必填")
]
TypedYuan = Annotated[int, BeforeValidator(_yuan)]
ConfirmedYuan = Annotated[int | None, BeforeValidator(_yuan_or_none)]
ChosenAmount = Annotated[int, BeforeValidator(_chosen_amount)]
TypedChannel = Annotated[str, AfterValidator(_channel)]


class Body(BaseModel):
    """A JSON body: unknown names are refused."""

    model_config = ConfigDict(extra="forbid")
