"""A reconciliation as it is asked for, and the balance that an accountant states."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from charity.bank.matching.forms import MovementAnswer
from charity.bank.statements.forms import PLACE_MAX, LineAnswer
from charity.money import typed_yuan
from charity.web import api
from charity.web.fields import Day, DayText
from charity.web.messages import Needed


def _yuan(value: Any) -> Any:
    """Fen of a balance, which may be 0."""
    return value if not isinstance(value, str) else 0 if value.strip() in {"0", "0.00"} else typed_yuan(value)


class DayQuery(BaseModel):
    """Which place and day."""

    model_config = ConfigDict(extra="ignore")

    place: str = Field("", max_length=PLACE_MAX)
    on: DayText = ""


class OpeningForm(BaseModel):
    """The bank's balance at the end of a day."""

    place: Annotated[str, Field(min_length=1, max_length=PLACE_MAX), Needed("请选择账户")]
    on: Day
    balance_yuan: Annotated[int, BeforeValidator(_yuan)]


class DayParams(api.Query):
    """Which place and day a program asks for."""

    place: str = Field(min_length=1, max_length=PLACE_MAX, description="资金存放处", examples=["1002/ICBC-01"])
    on: Day


class ReconciliationAnswer(BaseModel):
    """D11: both balances, what is open, and the difference."""

    place: str
    on: str
    start_on: str = Field(description="从这一天末的对账单余额起算")
    book_fen: int
    bank_fen: int
    bank_in_fen: int = Field(description="银行已收、单位未收")
    bank_out_fen: int = Field(description="银行已付、单位未付")
    book_in_fen: int = Field(description="单位已收、银行未收")
    book_out_fen: int = Field(description="单位已付、银行未付")
    book_adjusted_fen: int
    bank_adjusted_fen: int
    apart_fen: int = Field(description="差额，应为 0")
    lines: list[LineAnswer]
    movements: list[MovementAnswer]
