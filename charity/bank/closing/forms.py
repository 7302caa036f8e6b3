"""The close of a day as it is asked for: forms, and the JSON objects of docs/api.md."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from charity.bank.closing.readers import SHOWN
from charity.bank.matching.forms import Reason
from charity.bank.statements.forms import PLACE_MAX
from charity.money import AMOUNT_MAX_FEN, typed_yuan
from charity.web import api
from charity.web.fields import ContentHash, Day, DayText


def _balance(value: Any) -> Any:
    """Fen of a balance that may be 0; None where nothing is typed."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if not text else 0 if text in {"0", "0.0", "0.00"} else typed_yuan(text)


Place = Annotated[str, Field(min_length=1, max_length=PLACE_MAX, description="资金存放处", examples=["1002/ICBC-01"])]


class DaysQuery(BaseModel):
    """Which days of the list are shown."""

    model_config = ConfigDict(extra="ignore")

    place: str = Field("", max_length=PLACE_MAX)
    after: str = Field("", max_length=80)


class NewQuery(BaseModel):
    """Which day is looked at."""

    model_config = ConfigDict(extra="ignore")

    place: str = Field("", max_length=PLACE_MAX)
    on: DayText = ""


class PrepareForm(BaseModel):
    """A day as the page showed it; with a balance the bank had no movements."""

    place: Place
    on: Day
    balance_yuan: Annotated[int | None, BeforeValidator(_balance)] = None
    content_hash: ContentHash


class CloseForm(BaseModel):
    """What was shown to whoever closes."""

    content_hash: ContentHash


class ReopenForm(BaseModel):
    """Why a day is opened again."""

    reason: Reason


class PrepareBody(BaseModel):
    """A day as `GET /bank/day` showed it."""

    model_config = ConfigDict(extra="forbid")

    place: Place
    on: Day
    balance_fen: Annotated[int, Field(ge=-AMOUNT_MAX_FEN, le=AMOUNT_MAX_FEN)] | None = Field(
        None, description="只在当天银行没有收付、没有对账单时填写：银行的余额"
    )
    content_hash: ContentHash


class CloseBody(BaseModel):
    """What was shown to whoever closes."""

    model_config = ConfigDict(extra="forbid")

    content_hash: ContentHash


class ReopenBody(BaseModel):
    """Why a day is opened again."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Reason, Field(description="理由，加密保存")]


class DayParams(api.Query):
    """Which day a program asks for."""

    place: Place
    on: Day


class DaysParams(api.Page):
    """Which closes a program asks for."""

    place: str = Field("", max_length=PLACE_MAX, description="资金存放处")
    limit: int = Field(SHOWN, ge=1, le=100, description="最多几条")


class ShownAnswer(BaseModel):
    """A day as it is now: `content_hash` is what `POST /bank/days` confirms."""

    facts: dict[str, Any] = Field(description="余额调节表的各项、当天流水的笔数和金额、每一项未达账项")
    covered: bool = Field(description="有没有这一天的对账单")
    content_hash: str


class DayAnswer(BaseModel):
    """The close of a day; `content_hash` is what closing it confirms."""

    key: str
    place: str
    on: str
    status: str = Field(description="prepared 待复核、closed 已日结、reopened 已重新打开")
    book_fen: int
    counted_fen: int = Field(description="对账单余额")
    content_hash: str
    prepared_at: str
    closed_at: str | None
    reopened_at: str | None


class DaysAnswer(BaseModel):
    """Closes, the newest day first."""

    items: list[DayAnswer]
    next: str | None


class PreparedAnswer(BaseModel):
    """What was prepared."""

    key: str
    content_hash: str


class ClosedAnswer(BaseModel):
    """What was closed, or opened again."""

    key: str
    on: str
