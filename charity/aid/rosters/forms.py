"""Rosters from outside: the JSON objects of docs/api.md and the forms, as typed values."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo

from charity.aid.content import RECIPIENTS_MAX
from charity.aid.fields import CODE_MAX
from charity.aid.recipients import BETWEEN, LISTED_MAX, normal
from charity.aid.rosters.content import Line, RosterContent
from charity.money import AMOUNT_MAX_FEN, AmountUnreadable, typed_yuan
from charity.plain import plain
from charity.web import fields
from charity.web.fields import Day
from charity.web.messages import Needed

PLACE_MAX = 100
_COLUMNS = 2
_DIGITS_MAX = 20
DistributedOn = Annotated[Day, Needed("请填写发放日期")]
Place = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=PLACE_MAX), Needed("请填写发放地点")
]


class LineBody(BaseModel):
    """What one recipient got."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX)] = Field(
        description="家庭编号，或个人的内部编号", examples=["HH0001"]
    )
    amount_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分", examples=[50_000])


class RosterBody(BaseModel):
    """A signed roster."""

    model_config = ConfigDict(extra="forbid")

    distributed_on: DistributedOn = Field(description="发放日期", examples=["2026-11-20"])
    place: Place = Field(description="发放地点，加密保存", examples=["石梁村村委会"])
    amount_fen: int = Field(ge=1, le=AMOUNT_MAX_FEN, description="合计，分；有名单时等于各行相加", examples=[100_000])
    recipients: int = Field(ge=1, le=RECIPIENTS_MAX, description="领取的户（人）数；有名单时等于行数", examples=[2])
    lines: list[LineBody] = Field([], max_length=LISTED_MAX, description="名单：每户（人）领取多少；可以没有")

    def content(self) -> RosterContent:
        """The values."""
        lines = tuple(Line(normal(line.code), line.amount_fen) for line in self.lines)
        return RosterContent(
            distributed_on=self.distributed_on,
            place=self.place,
            amount_fen=self.amount_fen,
            recipients=self.recipients,
            lines=lines,
        )


def _lines(value: Any) -> Any:
    """The typed list: on each line a code, blanks, and a sum in yuan."""
    if not isinstance(value, str):
        return value
    lines = []
    for row in filter(None, map(str.strip, normal(value).splitlines())):
        parts = [part for part in BETWEEN.split(row, maxsplit=1) if part]
        if len(parts) != _COLUMNS or len(parts[0]) > CODE_MAX:
            raise ValueError("名单每行写一户（人）：编号，空格，金额（元）")
        try:
            lines.append(Line(parts[0], typed_yuan(parts[1])))
        except AmountUnreadable:
            raise ValueError("名单里有一行的金额读不出来：编号，空格，金额（元）") from None
    if len(lines) > LISTED_MAX:
        raise ValueError("一份花名册最多 500 户（人），多的请分成几份")
    return tuple(lines)


def _total(value: Any, info: ValidationInfo) -> Any:
    """The sum typed beside a list may be left out."""
    if not isinstance(value, str):
        return value
    typed, lines = value.strip(), info.data.get("listed")
    if not typed and (lines or lines is None):  # None: the list is refused, and says why
        return sum(line.amount_fen for line in lines or ())
    return typed_yuan(typed)


def _count(value: Any, info: ValidationInfo) -> Any:
    """So may the number."""
    if not isinstance(value, str):
        return value
    typed = plain(value) or str(len(info.data.get("listed") or ()))
    if not typed.isascii() or not typed.isdigit() or len(typed) > _DIGITS_MAX:
        raise ValueError("请填写户（人）数，只用数字")
    return int(typed)


class RosterForm(BaseModel):
    """The form: the list as one text, sums in yuan."""

    distributed_on: DistributedOn
    place: Place
    listed: Annotated[tuple[Line, ...], BeforeValidator(_lines), fields.AREA] = ()
    amount_yuan: Annotated[int, BeforeValidator(_total)] = Field("", validate_default=True)
    recipients: Annotated[int, BeforeValidator(_count)] = Field("", validate_default=True, le=RECIPIENTS_MAX)

    def content(self) -> RosterContent:
        """The values."""
        return RosterContent(
            distributed_on=self.distributed_on,
            place=self.place,
            amount_fen=self.amount_yuan,
            recipients=self.recipients,
            lines=self.listed,
        )
