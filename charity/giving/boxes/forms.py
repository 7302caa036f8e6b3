"""Boxes and openings from outside: forms, and the JSON objects of docs/api.md."""

import re
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from charity.giving.boxes.readers import SHOWN
from charity.giving.boxes.sheets import DENOMINATIONS, SHEETS_MAX
from charity.giving.boxes.verbs import Opened
from charity.plain import whole
from charity.web import api
from charity.web.fields import ContentHash, Day
from charity.web.messages import Needed

TEXT_MAX = 60
CODE_MAX = 64
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX)]
Slip = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CODE_MAX)]


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError("时间请写成 09:30")
    return text


def _sheets(value: Any) -> Any:
    """How many sheets were typed; none where nothing is."""
    return (whole(value) or 0) if isinstance(value, str) else value


Time = Annotated[str, AfterValidator(_time)]
Sheets = Annotated[int, BeforeValidator(_sheets), Field(ge=0, le=SHEETS_MAX)]


class SheetsForm(BaseModel):
    """How many of each note and coin."""

    sheets_10000: Sheets = 0
    sheets_5000: Sheets = 0
    sheets_2000: Sheets = 0
    sheets_1000: Sheets = 0
    sheets_500: Sheets = 0
    sheets_100: Sheets = 0
    sheets_50: Sheets = 0
    sheets_10: Sheets = 0

    def counted(self) -> dict[int, int]:
        """What there is of each."""
        sheets = {fen: getattr(self, f"sheets_{fen}") for fen in DENOMINATIONS}
        return {fen: count for fen, count in sheets.items() if count}


class BoxForm(BaseModel):
    """A box."""

    code: Annotated[Code, Needed("请填写箱号")]
    site: Annotated[Text, Needed("请填写放在哪里")]
    keeper: Annotated[Text, Needed("请填写谁保管")]
    campaign: Annotated[Code, Needed("请选择募捐活动")]


class CountForm(SheetsForm):
    """An opening as one person counted it."""

    on: Day
    time: Annotated[Time, Needed("请填写开箱时间")]
    opener: Annotated[Text, Needed("请填写开箱人")]
    witness: Annotated[Text, Needed("请填写点位证明人")]
    slip_ref: Slip = ""

    def opened(self, box: str) -> Opened:
        """As the verb takes it."""
        return Opened(
            box=box,
            on=self.on.isoformat(),
            time=self.time,
            sheets=self.counted(),
            opener=self.opener,
            witness=self.witness,
            slip_ref=self.slip_ref,
        )


class ConfirmForm(BaseModel):
    """What was shown to the second person."""

    content_hash: ContentHash


class SlipForm(BaseModel):
    """By which slip the cash was paid in."""

    slip_ref: Annotated[Code, Needed("请填写回单号")]


class BoxBody(BoxForm):
    """A box."""

    model_config = ConfigDict(extra="forbid")


class SheetsBody(BaseModel):
    """So many of one note or coin."""

    model_config = ConfigDict(extra="forbid")

    fen: Literal[10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10] = Field(description="券别，分")
    count: int = Field(ge=1, le=SHEETS_MAX, description="张（枚）数")


class CountBody(BaseModel):
    """An opening as one person counted it."""

    model_config = ConfigDict(extra="forbid")

    on: Day
    time: Annotated[Time, Field(description="开箱时间，如 09:30")]
    sheets: list[SheetsBody] = Field(min_length=1, max_length=len(DENOMINATIONS))
    opener: Annotated[Text, Field(description="开箱人，加密保存")]
    witness: Annotated[Text, Field(description="点位证明人，加密保存")]
    slip_ref: Annotated[Slip, Field(description="缴存回单号")] = ""

    def opened(self, box: str) -> Opened:
        """As the verb takes it; a denomination that is named twice counts twice."""
        sheets: Counter[int] = Counter()
        for one in self.sheets:
            sheets[one.fen] += one.count
        return Opened(
            box=box,
            on=self.on.isoformat(),
            time=self.time,
            sheets=sheets,
            opener=self.opener,
            witness=self.witness,
            slip_ref=self.slip_ref,
        )


class ConfirmBody(ConfirmForm):
    """What was shown to the second person."""

    model_config = ConfigDict(extra="forbid")


class SlipBody(SlipForm):
    """By which slip the cash was paid in."""

    model_config = ConfigDict(extra="forbid")


class OpeningsParams(api.Page):
    """Which openings a program asks for."""

    limit: int = Field(SHOWN, ge=1, le=100, description="最多几条")


class BoxAnswer(BaseModel):
    """A box."""

    code: str
    site: str
    campaign: str


class BoxesAnswer(BaseModel):
    """All boxes."""

    items: list[BoxAnswer]


class OpeningAnswer(BaseModel):
    """An opening; `content_hash` is what the second person confirms."""

    number: str
    box: str
    opened_on: str
    opened_time: str
    sheets: list[list[int]] = Field(description="每种券别：分、张（枚）数")
    amount_fen: int
    status: str = Field(description="counted 待第二人确认、confirmed 已入账、dropped 作废")
    slip_ref: str
    donation: str | None
    content_hash: str


class OpeningsAnswer(BaseModel):
    """Openings, the newest first."""

    items: list[OpeningAnswer]
    next: str | None


class CountedAnswer(BaseModel):
    """What was counted."""

    number: str
    content_hash: str


class NumberAnswer(BaseModel):
    """An opening that was changed."""

    number: str


class MadeAnswer(BaseModel):
    """A box that was made."""

    code: str


class BookedAnswer(NumberAnswer):
    """An opening whose gift is booked."""

    id: str
    receipt: dict[str, str]
