"""Matches from outside: the JSON objects of docs/api.md and the forms, as typed values."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from charity.bank.matching.verbs import LINES_MAX, MOVEMENTS_MAX, REASON_MAX
from charity.bank.statements.forms import PLACE_MAX, LineAnswer
from charity.money import AMOUNT_MAX_FEN, yuan
from charity.money import typed_yuan as typed
from charity.web import api, fields
from charity.web.fields import DayText
from charity.web.messages import Needed

KEY_MAX = 80
Key = Annotated[str, StringConstraints(min_length=1, max_length=KEY_MAX)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX),
    fields.AREA,
    Needed("请写明理由"),
]


def _amount(text: str) -> str:
    return yuan(typed(text)) if text.strip() else ""


class QueueQuery(BaseModel):
    """What of the queue is shown."""

    model_config = ConfigDict(extra="ignore")

    place: str = Field("", max_length=PLACE_MAX)
    after: str = Field("", max_length=200)


class ChosenQuery(BaseModel):
    """Which movements the page of a line offers."""

    model_config = ConfigDict(extra="ignore")

    from_on: DayText = ""
    to_on: DayText = ""
    least: Annotated[str, AfterValidator(_amount)] = ""
    most: Annotated[str, AfterValidator(_amount)] = ""


class MatchForm(BaseModel):
    """What was ticked: movements, and lines beside the one of the page."""

    movements: list[Key] = Field([], max_length=MOVEMENTS_MAX + 1)
    lines: list[Key] = Field([], max_length=LINES_MAX + 1)


class IgnoreForm(BaseModel):
    """Why a line stays open."""

    reason: Reason


class MatchBody(BaseModel):
    """Lines and movements that are the same money."""

    model_config = ConfigDict(extra="forbid")

    lines: list[Key] = Field(max_length=LINES_MAX + 1, description="银行流水的 key")
    movements: list[Key] = Field(max_length=MOVEMENTS_MAX + 1, description="账上收付的 key")


class IgnoreBody(BaseModel):
    """Why a line stays open."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Reason, Field(description="理由，加密保存")]


class QueueParams(api.Page):
    """What of the queue a program asks for."""

    place: str = Field("", max_length=PLACE_MAX, description="资金存放处")
    limit: int = Field(10, ge=1, le=50, description="最多几条")


class MovementsParams(api.Query):
    """Which movements a program asks for."""

    place: str = Field(min_length=1, max_length=PLACE_MAX, description="资金存放处", examples=["1002/ICBC-01"])
    from_on: DayText = Field("", description="入账日期自")
    to_on: DayText = Field("", description="入账日期至")
    least_fen: int | None = Field(None, ge=0, le=AMOUNT_MAX_FEN, description="金额至少，不论收付")
    most_fen: int | None = Field(None, ge=0, le=AMOUNT_MAX_FEN, description="金额至多，不论收付")


class MovementAnswer(BaseModel):
    """What one event of the books moved at a place; out is negative."""

    key: str
    place: str
    on_day: str
    fen: int
    entries: int = Field(description="几笔分录；同一笔转账的多笔捐赠是一项")
    document: str = Field(description="单据的种类")
    number: str


class ProposalAnswer(BaseModel):
    """What a line can be."""

    movement: MovementAnswer
    reasons: list[str] = Field(
        description="number 流水号、alike 看起来相同、pledge、unit 参考号、name 户名和金额、sum 金额"
    )
    score: int
    fits: bool = Field(description="金额是否一分不差")


class WaitingAnswer(LineAnswer):
    """A line that waits, the likeliest first."""

    proposals: list[ProposalAnswer]


class QueueAnswer(BaseModel):
    """Lines that wait, the oldest day first."""

    items: list[WaitingAnswer]
    next: str | None


class MovementsAnswer(BaseModel):
    """Movements that no line has, by day; the first of them."""

    items: list[MovementAnswer]


class DecisionAnswer(BaseModel):
    """Something decided about a line."""

    key: str
    decision: str = Field(description="matched 核对、ignored 不再核对、undone 撤销")
    method: str
    score: int
    reasons: list[str]
    reason: str
    made_at: str
    undone: bool
    items: list[str] = Field(description="所涉流水和收付的 key")


class OneLineAnswer(LineAnswer):
    """A line, and what was decided about it, the newest first."""

    decisions: list[DecisionAnswer]


class MatchAnswer(BaseModel):
    """The key of a decision, by which it is undone."""

    key: str
