"""A fact of the organisation: strings or JSON in, typed facts or field errors out."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from charity.office.models import FactKind, FactStatus
from charity.office.organisation.verbs import VALUE_MAX
from charity.web.api import Query
from charity.web.fields import Day


def _none(text: object) -> object:
    """None for a day that was left empty."""
    return None if text == "" else text


class FactForm(BaseModel):
    """What is true from a day to a day, as the administrator types it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    kind: FactKind
    value: str = Field("", max_length=VALUE_MAX)
    starts_on: Day
    ends_on: Annotated[Day | None, BeforeValidator(_none)] = None


class SecondForm(BaseModel):
    """The fact once more, as whoever has the second look types it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    again: str = Field(max_length=VALUE_MAX)


class SecondBody(BaseModel):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")

    value: str = Field(max_length=VALUE_MAX, description="照原件再输入一次的内容")


class SeenAnswer(BaseModel):
    """What the second look came to."""

    status: FactStatus


class FactBody(BaseModel):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")

    kind: FactKind = Field(description="哪一项单位信息")
    value: str = Field(max_length=VALUE_MAX, description="内容；留空表示这段时间没有")
    starts_on: Day = Field(description="有效期起（含当日）", examples=["2026-01-01"])
    ends_on: Day | None = Field(None, description="有效期止（含当日）；长期有效不填", examples=["2026-12-31"])


class FactsQuery(Query):
    """The day that is asked for."""

    on: Day | None = Field(None, description="日期；不填则为今天")


class FactAnswer(BaseModel):
    """A fact of the organisation."""

    kind: FactKind
    value: str
    starts_on: date
    ends_on: date | None


class FactsAnswer(BaseModel):
    """What is true on a day."""

    on: date
    items: list[FactAnswer]


class EnteredAnswer(FactAnswer):
    """A fact as it was entered."""

    entered_at: str
    entered_by: str
    id: int
    status: FactStatus = Field(description="waiting：等待另一个人核对，还没有生效")


class HistoryAnswer(BaseModel):
    """What was entered, the newest first."""

    items: list[EnteredAnswer]
    next: str | None
