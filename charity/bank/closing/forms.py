"""The close of a day as it is asked for: forms, and the JSON objects of docs/api.md."""

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.bank.closing.confirming import Prepared
from charity.bank.closing.readers import SHOWN
from charity.bank.matching.forms import Reason
from charity.bank.statements.forms import PLACE_MAX
from charity.giving.boxes import DENOMINATIONS, SHEETS_MAX
from charity.money import AMOUNT_MAX_FEN, typed_yuan
from charity.plain import whole
from charity.web import api, fields
from charity.web.fields import ContentHash, Day, DayText


def _balance(value: Any) -> Any:
    """Fen of a balance that may be 0; None where nothing is typed."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if not text else 0 if text in {"0", "0.0", "0.00"} else typed_yuan(text)


def _sheets(value: Any) -> Any:
    """How many sheets were typed; none where nothing is."""
    return (whole(value) or 0) if isinstance(value, str) else value


NOTE_MAX = 200
Sheets = Annotated[int, BeforeValidator(_sheets), Field(ge=0, le=SHEETS_MAX)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX), fields.AREA]
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
    sheets_10000: Sheets = 0
    sheets_5000: Sheets = 0
    sheets_2000: Sheets = 0
    sheets_1000: Sheets = 0
    sheets_500: Sheets = 0
    sheets_100: Sheets = 0
    sheets_50: Sheets = 0
    sheets_10: Sheets = 0
    note: Note = ""
    content_hash: ContentHash

    def prepared(self) -> Prepared:
        """What the cashier says beside what the page showed."""
        sheets = {fen: getattr(self, f"sheets_{fen}") for fen in DENOMINATIONS}
        return Prepared(
            balance_fen=self.balance_yuan, sheets={fen: n for fen, n in sheets.items() if n}, note=self.note
        )


class CloseForm(BaseModel):
    """What was shown to whoever closes."""

    content_hash: ContentHash


class ReopenForm(BaseModel):
    """Why a day is opened again."""

    reason: Reason


class SheetsBody(BaseModel):
    """So many sheets of one denomination."""

    model_config = ConfigDict(extra="forbid")

    fen: Literal[10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10] = Field(description="券别，分")
    count: int = Field(ge=1, le=SHEETS_MAX, description="张（枚）数")


class PrepareBody(BaseModel):
    """A day as `GET /bank/day` showed it."""

    model_config = ConfigDict(extra="forbid")

    place: Place
    on: Day
    balance_fen: Annotated[int, Field(ge=-AMOUNT_MAX_FEN, le=AMOUNT_MAX_FEN)] | None = Field(
        None, description="只在当天银行没有收付、没有对账单时填写：银行的余额"
    )
    sheets: list[SheetsBody] = Field(
        default_factory=list, max_length=len(DENOMINATIONS), description="现金盘点：各券别几张"
    )
    note: Annotated[Note, Field(description="现金和账面不符时的情况，加密保存")] = ""
    content_hash: ContentHash

    def prepared(self) -> Prepared:
        """What the cashier says beside what was shown; a denomination that is named twice counts twice."""
        sheets: Counter[int] = Counter()
        for one in self.sheets:
            sheets[one.fen] += one.count
        return Prepared(balance_fen=self.balance_fen, sheets=sheets, note=self.note)


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


class MissingAnswer(BaseModel):
    """What has to be mended first: the code of the rule that would refuse, and its words."""

    code: str
    detail: str


class ShownAnswer(BaseModel):
    """A day as it is now: `content_hash` is what `POST /bank/days` confirms."""

    facts: dict[str, Any] = Field(description="余额调节表的各项、当天流水的笔数和金额、每一项未达账项；现金为账面余额")
    covered: bool = Field(description="有没有说到这一天结束的对账单")
    missing: list[MissingAnswer] = Field(description="日结以前要办的，没有则可以准备")
    content_hash: str


class DayAnswer(BaseModel):
    """The close of a day; `content_hash` is what closing it confirms."""

    key: str
    place: str
    on: str
    status: str = Field(description="prepared 待复核、closed 已日结、reopened 已重新打开")
    book_fen: int
    counted_fen: int = Field(description="对账单余额；现金为盘点的金额")
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
